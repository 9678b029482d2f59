"""Whether who voted said to be independent of what was voted on."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; the release before leaves it empty."""
    op.add_column("ballot", sa.Column("independent", sa.Boolean))
