"""Evaluations that were asked for without a record, and a way to those that history holds."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table and the index; the release before works without them."""
    op.create_table(
        "evaluation",
        sa.Column("id", sa.BigInteger, sa.Identity(always=False), nullable=False),
        sa.Column("version_id", sa.BigInteger, nullable=False),
        sa.Column("process", sa.Text, nullable=False),
        sa.Column("decision", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Text, nullable=False),
        sa.Column("context", postgresql.JSONB, nullable=False),
        sa.Column("details", postgresql.JSONB, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["version.id"], name=op.f("fk_evaluation_version_id_version")
        ),
    )
    op.create_index("ix_evaluation_decision", "evaluation", ["process", "decision", "at", "id"])
    op.execute(
        "CREATE TRIGGER evaluation_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON evaluation"
        " FOR EACH STATEMENT EXECUTE FUNCTION entry_is_append_only()"
    )
    op.create_index(
        "ix_entry_decision",
        "entry",
        [sa.text("(details ->> 'decision')"), "at", "id"],
        postgresql_where=sa.text("kind IN ('decided', 'evaluated')"),
    )
