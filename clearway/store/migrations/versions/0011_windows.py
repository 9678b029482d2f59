"""Windows that the registry declares, and the private feeds of the calendar."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add two empty tables; the release before works without."""
    op.create_table(
        "window",
        *(sa.Column(name, sa.Text, nullable=False) for name in ("name", "kind", "title")),
        sa.Column("strength", sa.Text),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("begins", "ends", "zone")),
        sa.Column(
            "things",
            postgresql.ARRAY(sa.Text),
            nullable=False,
            server_default=sa.text("'{}'"),
        ),
        sa.Column("repeats", sa.Text),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_window")),
    )
    op.create_table(
        "calendar_feed",
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("token_hash", sa.Text, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_calendar_feed")),
        sa.ForeignKeyConstraint(
            ["person"], ["person.name"], name=op.f("fk_calendar_feed_person_person")
        ),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
    )
