"""Which messages of a record opened others, found from the record."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index; the release before does not use it."""
    op.create_index(
        "ix_message_opening",
        "message",
        ["sender_id", "id"],
        postgresql_where=sa.text("to_process IS NOT NULL"),
    )
