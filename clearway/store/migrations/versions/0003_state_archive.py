"""How an instance stood before it was moved to another version."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "state_archive",
        sa.Column("instance_id", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("engine_state", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("done_by", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("people", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("went_on", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_state_archive_instance_id_instance")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["version.id"], name=op.f("fk_state_archive_version_id_version")
        ),
        sa.PrimaryKeyConstraint("instance_id", name=op.f("pk_state_archive")),
    )
    # The state is compressed already; trying again at each write is wasted.
    op.execute("ALTER TABLE state_archive ALTER COLUMN engine_state SET STORAGE EXTERNAL")
