"""When it was noticed that a scheduled run did not come at its time, why, and the proof."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; the release before writes lines without them."""
    op.add_column(
        "scheduled_run", sa.Column("missed_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column("scheduled_run", sa.Column("missed_because", sa.Text(), nullable=True))
    op.add_column("scheduled_run", sa.Column("missed_evidence", sa.Text(), nullable=True))
    op.create_foreign_key(
        op.f("fk_scheduled_run_missed_evidence_content"),
        "scheduled_run",
        "content",
        ["missed_evidence"],
        ["hash"],
    )
