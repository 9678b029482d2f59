"""When the work on a job began, and what heat maps derive from history."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def _instant(name: str, *, nullable: bool = True) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    """Add the column and the tables, which fill themselves; the release before works without."""
    op.add_column("job", _instant("began_at"))
    op.create_table(
        "told",
        sa.Column("instance_id", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("versions", postgresql.ARRAY(sa.BigInteger), nullable=False),
        sa.PrimaryKeyConstraint("instance_id", name=op.f("pk_told")),
    )
    op.create_table(
        "stay",
        sa.Column("instance_id", sa.BigInteger, nullable=False),
        sa.Column("version_id", sa.BigInteger, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("element", sa.Text, nullable=False),
        _instant("opened_at"),
        _instant("began_at"),
        _instant("ended_at"),
        sa.Column("outcome", sa.Text),
        sa.Column("who", sa.Text),
        _instant("due_at"),
        sa.Column("waited", sa.Double[float]()),
        sa.Column("worked", sa.Double[float]()),
        sa.Column("overrun", sa.Double[float]()),
    )
    op.create_table(
        "way",
        sa.Column("instance_id", sa.BigInteger, nullable=False),
        sa.Column("version_id", sa.BigInteger, nullable=False),
        _instant("at", nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("passed", postgresql.JSONB, nullable=False),
        sa.Column("flows", postgresql.JSONB, nullable=False),
    )
    for table in ("stay", "way"):
        op.create_index(f"ix_{table}_instance_id", table, ["instance_id"])
    op.create_index("ix_stay_version_id", "stay", ["version_id", "element"])
    op.create_index("ix_way_version_id", "way", ["version_id"])
