"""Drafts of processes with every save, their reviews and releases, and moves of many records."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables; the release before works without them."""
    _drafts()
    _reviews()
    _releases()
    _moves()


def _drafts() -> None:
    op.create_table(
        "draft",
        _identity(),
        sa.Column("process", sa.Text, nullable=False),
        sa.Column("base", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        _instant("made_at"),
        sa.Column("made_by", sa.Text, nullable=False),
        _instant("closed_at", nullable=True),
        sa.Column("closed_by", sa.Text),
        sa.Column("version", sa.Integer),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
    )
    op.create_index("ix_draft_process", "draft", ["process", "id"])
    op.create_table(
        "draft_save",
        sa.Column("draft_id", sa.BigInteger, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        _instant("at"),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("source", sa.Integer),
        sa.Column("base", sa.Integer, nullable=False),
        sa.Column("paths", postgresql.ARRAY(sa.Text), nullable=False),
        sa.Column("manifest", postgresql.JSONB, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("draft_id", "revision", name=op.f("pk_draft_save")),
        _of_draft("draft_save"),
    )
    op.execute(
        "CREATE TRIGGER draft_save_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON draft_save"
        " FOR EACH STATEMENT EXECUTE FUNCTION entry_is_append_only()"
    )


def _reviews() -> None:
    op.create_table(
        "draft_review",
        _identity(),
        sa.Column("draft_id", sa.BigInteger, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        _instant("asked_at"),
        sa.Column("asked_by", sa.Text, nullable=False),
        sa.Column("reviewer", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False, server_default=""),
        sa.Column("outcome", sa.Text),
        _instant("closed_at", nullable=True),
        sa.Column("closed_by", sa.Text),
        sa.Column("instead_of", sa.Text),
        sa.Column("comment", sa.Text, nullable=False, server_default=""),
        _instant("voided_at", nullable=True),
        sa.Column("voided_by", sa.Text),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_review")),
        _of_draft("draft_review"),
    )
    op.create_index(
        "uq_draft_review_waiting",
        "draft_review",
        ["draft_id"],
        unique=True,
        postgresql_where=sa.text("outcome IS NULL"),
    )
    op.create_index("ix_draft_review_draft_id", "draft_review", ["draft_id", "id"])


def _releases() -> None:
    op.create_table(
        "draft_release",
        _identity(),
        sa.Column("draft_id", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        _instant("due_at"),
        sa.Column("zone", sa.Text, nullable=False),
        _instant("asked_at"),
        sa.Column("asked_by", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("moves", sa.Boolean, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        _instant("closed_at", nullable=True),
        sa.Column("version", sa.Integer),
        sa.Column("failure", sa.Text),
        sa.Column("remedy", sa.Text),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_release")),
        _of_draft("draft_release"),
    )
    planned = sa.text("state = 'planned'")
    op.create_index(
        "uq_draft_release_planned",
        "draft_release",
        ["draft_id"],
        unique=True,
        postgresql_where=planned,
    )
    op.create_index("ix_draft_release_due", "draft_release", ["due_at"], postgresql_where=planned)
    op.create_index("ix_draft_release_draft_id", "draft_release", ["draft_id", "id"])


def _moves() -> None:
    op.create_table(
        "move",
        _identity(),
        sa.Column("process", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("to_version", sa.Integer, nullable=False),
        sa.Column("undoes", sa.BigInteger),
        _instant("asked_at"),
        sa.Column("asked_by", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        _instant("closed_at", nullable=True),
        sa.Column("stopped_by", sa.Text),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_move")),
        sa.ForeignKeyConstraint(["undoes"], ["move.id"], name=op.f("fk_move_undoes_move")),
    )
    op.create_index("ix_move_process", "move", ["process", "id"])
    op.create_index("ix_move_open", "move", ["id"], postgresql_where=sa.text("closed_at IS NULL"))
    op.create_table(
        "moved_record",
        sa.Column("move_id", sa.BigInteger, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("says", sa.Text),
        sa.Column("notes", postgresql.ARRAY(sa.Text), nullable=False, server_default="{}"),
        sa.Column("text", sa.Text, nullable=False, server_default=""),
        sa.Column("remedy", sa.Text, nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("move_id", "key", name=op.f("pk_moved_record")),
        sa.ForeignKeyConstraint(
            ["move_id"], ["move.id"], name=op.f("fk_moved_record_move_id_move")
        ),
    )
    op.create_index(
        "ix_moved_record_left",
        "moved_record",
        ["move_id", "key"],
        postgresql_where=sa.text("says IS NULL"),
    )


def _identity() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger, sa.Identity(always=False), nullable=False)


def _instant(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _of_draft(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["draft_id"], ["draft.id"], name=op.f(f"fk_{table}_draft_id_draft")
    )
