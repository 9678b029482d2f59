"""The tables of the registry, of signing in, and of what arrives and is scheduled."""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from clearway.store.schema_base import identity, instant, metadata

# --- registry -----------------------------------------------------------------------------------

person = Table(
    "person",
    metadata,
    Column("name", Text, primary_key=True),  # short login name
    Column("full_name", Text, nullable=False),
    Column("mail", Text, unique=True),
    Column("manager", Text),
    Column("zone", Text, nullable=False, server_default="UTC"),
    Column("password_hash", Text),
    Column("active", Boolean, nullable=False, server_default=text("true")),
)

group_ = Table(
    "group",
    metadata,
    Column("name", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("lead", Text),
    Column("mail", Text),
)

membership = Table(
    "membership",
    metadata,
    Column("group_name", Text, ForeignKey("group.name"), primary_key=True),
    Column("person", Text, ForeignKey("person.name"), primary_key=True),
    Index("ix_membership_person", "person"),
)

group_role = Table(
    "group_role",  # roles come from groups
    metadata,
    Column("group_name", Text, ForeignKey("group.name"), primary_key=True),
    Column("role", Text, primary_key=True),
)

absence = Table(
    "absence",
    metadata,
    identity(),
    Column("person", Text, ForeignKey("person.name"), nullable=False),
    Column("delegate", Text, ForeignKey("person.name")),
    instant("from_at"),
    instant("until_at"),
    Column("note", Text, nullable=False, server_default=""),
    Index("ix_absence_person", "person", "until_at"),
    Index("ix_absence_delegate", "delegate", "until_at"),
)

service = Table(
    "service",
    metadata,
    Column("name", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("criticality", Integer, nullable=False),  # 1 highest to 4
    Column("owner", Text),
    Column("support_group", Text),
)

asset = Table(
    "asset",
    metadata,
    Column("name", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("criticality", Integer, nullable=False),
    Column("owner", Text),
    Column("support_group", Text),
)

relation = Table(
    "relation",
    metadata,
    identity(),
    Column("from_name", Text, nullable=False),  # a service or an asset
    Column("kind", Text, nullable=False),  # runs_on, depends_on, part_of, backs_up
    Column("to_name", Text, nullable=False),
    UniqueConstraint("from_name", "kind", "to_name"),
    Index("ix_relation_to_name", "to_name"),
)

# --- signing in ----------------------------------------------------------------------------------

session = Table(
    "session",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("person", Text, ForeignKey("person.name"), nullable=False),
    Column("csrf", Text, nullable=False),
    instant("created_at"),
    instant("seen_at"),
    instant("expires_at"),
)

api_token = Table(
    "api_token",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("person", Text),  # acts as this person, or
    Column("roles", ARRAY(Text), nullable=False, server_default="{}"),  # as a channel with roles
    instant("created_at"),
    instant("expires_at"),
)

# Added by registry and sign-in: guesses are counted in the database, so that every portal process
# counts the same; a row is written before the password is looked at and removed when it was right.
sign_in_failure = Table(
    "sign_in_failure",
    metadata,
    identity(),
    Column("name", Text, nullable=False),  # as typed, known or not
    Column("source", Text, nullable=False),  # the address it came from
    instant("at"),
    Index("ix_sign_in_failure_name", "name", "at"),
)

# --- arriving and scheduled ---------------------------------------------------------------------

alert = Table(
    "alert",  # which record an outside alert belongs to
    metadata,
    Column("source", Text, primary_key=True),
    Column("fingerprint", Text, primary_key=True),
    Column("key", Text, nullable=False),
    instant("first_seen_at"),
    instant("last_seen_at"),
    Column("times", Integer, nullable=False),
    Column("status", Text, nullable=False),  # firing, resolved
)

scheduled_run = Table(
    "scheduled_run",  # the ledger of what was due and what ran
    metadata,
    identity(),
    Column("schedule", Text, nullable=False),
    instant("due_at"),
    instant("started_at", nullable=True),
    instant("finished_at", nullable=True),
    Column("outcome", Text),  # passed, failed, done, missed, begun
    Column("population", Integer),
    Column("exceptions", JSONB),
    Column("evidence_hash", Text, ForeignKey("content.hash")),
    Column("runner", Text),  # the flow run's id
    # Kept when the run comes after all: then it was late.
    instant("missed_at", nullable=True),
    Column("missed_because", Text),
    Column("missed_evidence", Text, ForeignKey("content.hash")),
    UniqueConstraint("schedule", "due_at"),
)

heartbeat = Table(
    "heartbeat",  # who is alive: worker, prefect, portal; read by the doctor
    metadata,
    Column("name", Text, primary_key=True),
    instant("at"),
    Column("details", JSONB, nullable=False),
)
