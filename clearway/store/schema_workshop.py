"""The tables of the workshop: drafts with every save, their reviews, releases and bulk moves."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from clearway.store.schema_base import identity, instant, metadata

draft = Table(
    "draft",  # a working copy of the files of a process that is not deployed
    metadata,
    identity(),
    Column("process", Text, nullable=False),
    Column("base", Integer, nullable=False),  # number of the version that it builds on now
    Column("revision", Integer, nullable=False),  # of the newest save
    Column("state", Text, nullable=False),  # as in workshop/views.py
    instant("made_at"),
    Column("made_by", Text, nullable=False),
    instant("closed_at", nullable=True),
    Column("closed_by", Text),
    Column("version", Integer),  # the number that it was released as
    Index("ix_draft_process", "process", "id"),
)

draft_save = Table(
    "draft_save",  # append-only: what the draft held after each save
    metadata,
    Column("draft_id", BigInteger, ForeignKey("draft.id"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    instant("at"),
    Column("by", Text, nullable=False),
    Column("kind", Text, nullable=False),  # made, saved, removed, restored, merged
    Column("source", Integer),  # the save that was restored, or the version that was brought in
    Column("base", Integer, nullable=False),
    Column("paths", ARRAY(Text), nullable=False),  # what differs from the save before
    Column("manifest", JSONB, nullable=False),  # path -> content hash
    Column("hash", Text, nullable=False),  # as of a version with these files
)

draft_review = Table(
    "draft_review",
    metadata,
    identity(),
    Column("draft_id", BigInteger, ForeignKey("draft.id"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("hash", Text, nullable=False),  # what is looked at, and approved, and nothing else
    instant("asked_at"),
    Column("asked_by", Text, nullable=False),
    Column("reviewer", Text, nullable=False),
    Column("note", Text, nullable=False, server_default=""),
    Column("outcome", Text),  # approved, given_back, withdrawn, voided
    instant("closed_at", nullable=True),
    Column("closed_by", Text),
    Column("instead_of", Text),  # the reviewer, when somebody stood in
    Column("comment", Text, nullable=False, server_default=""),
    instant("voided_at", nullable=True),  # an approval that a later save made void
    Column("voided_by", Text),
    Index(
        "uq_draft_review_waiting",
        "draft_id",
        unique=True,
        postgresql_where=text("outcome IS NULL"),
    ),
    Index("ix_draft_review_draft_id", "draft_id", "id"),
)

draft_release = Table(
    "draft_release",  # a release that was asked for: now, or at an instant
    metadata,
    identity(),
    Column("draft_id", BigInteger, ForeignKey("draft.id"), nullable=False),
    Column("hash", Text, nullable=False),
    instant("due_at"),
    Column("zone", Text, nullable=False),
    instant("asked_at"),
    Column("asked_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("moves", Boolean, nullable=False),  # move the running records when it is out
    Column("state", Text, nullable=False),  # planned, done, failed, withdrawn
    instant("closed_at", nullable=True),
    Column("version", Integer),
    Column("failure", Text),
    Column("remedy", Text),
    Index(
        "uq_draft_release_planned",
        "draft_id",
        unique=True,
        postgresql_where=text("state = 'planned'"),
    ),
    Index("ix_draft_release_due", "due_at", postgresql_where=text("state = 'planned'")),
    Index("ix_draft_release_draft_id", "draft_id", "id"),
)

move = Table(
    "move",  # many records of a process go to a version, or back, one command each
    metadata,
    identity(),
    Column("process", Text, nullable=False),
    Column("kind", Text, nullable=False),  # migrate, undo
    Column("to_version", Integer, nullable=False),
    Column("undoes", BigInteger, ForeignKey("move.id")),
    instant("asked_at"),
    Column("asked_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    instant("closed_at", nullable=True),
    Column("stopped_by", Text),
    Index("ix_move_process", "process", "id"),
    Index("ix_move_open", "id", postgresql_where=text("closed_at IS NULL")),
)

moved_record = Table(
    "moved_record",
    metadata,
    Column("move_id", BigInteger, ForeignKey("move.id"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("says", Text),  # null: not yet; ready, notes, there, refused, as a rehearsal says it
    Column("notes", ARRAY(Text), nullable=False, server_default="{}"),
    Column("text", Text, nullable=False, server_default=""),
    Column("remedy", Text, nullable=False, server_default=""),
    Index("ix_moved_record_left", "move_id", "key", postgresql_where=text("says IS NULL")),
)
