"""The tables of what happened: history, evaluations without a record, answers of commands."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from clearway.store.schema_base import identity, instant, metadata

entry = Table(
    "entry",
    metadata,
    identity(),
    Column("instance_id", BigInteger, ForeignKey("instance.id")),  # null: registry, deployment
    Column("revision", Integer, nullable=False),
    instant("at"),
    Column("actor", Text, nullable=False),
    Column("command", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("element", Text),
    Column("state_before", Text),
    Column("state_after", Text),
    Column("details", JSONB, nullable=False),
    Column("leaf", LargeBinary, nullable=False),  # sha-256 over the entry's canonical text
    Index("ix_entry_instance", "instance_id", "id"),
    Index(
        "ix_entry_decision",
        text("(details ->> 'decision')"),
        "at",
        "id",
        postgresql_where=text("kind IN ('decided', 'evaluated')"),
    ),
)

evaluation = Table(
    "evaluation",  # asked for without a record; append-only, as `entry` is
    metadata,
    identity(),
    Column("version_id", BigInteger, ForeignKey("version.id"), nullable=False),
    Column("process", Text, nullable=False),
    Column("decision", Text, nullable=False),
    instant("at"),
    Column("asked_by", Text, nullable=False),
    Column("context", JSONB, nullable=False),
    Column("details", JSONB, nullable=False),  # as those of an entry: inputs, rules, outputs ...
    Index("ix_evaluation_decision", "process", "decision", "at", "id"),
)

answer = Table(
    "answer",  # what a command answered, so that a repeated delivery gets the same
    metadata,
    Column("key", Text, primary_key=True),
    Column("command", Text, nullable=False),
    Column("request_hash", Text, nullable=False),
    Column("answer", JSONB, nullable=False),
    instant("at"),
)
