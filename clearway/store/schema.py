"""Every table of Clearway, declared once.

Instants are `timestamptz` in UTC. What is open and what is done live in one table each, with
partial indexes on the open rows. `entry` is append-only. Identifiers are bigint identities;
people, roles and groups are known by their names.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Computed,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> Column[int]:
    return Column("id", BigInteger, Identity(always=False), primary_key=True)


def _instant(name: str, *, nullable: bool = False) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


def _instance_id() -> Column[int]:
    return Column("instance_id", BigInteger, ForeignKey("instance.id"), nullable=False)


# --- processes as deployed --------------------------------------------------------------------

content = Table(
    "content",
    metadata,
    Column("hash", Text, primary_key=True),  # sha-256 of the bytes, hex
    Column("bytes", LargeBinary, nullable=False),
)

version = Table(
    "version",
    metadata,
    _id(),
    Column("process", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("parent", Integer),
    Column("hash", Text, nullable=False),  # sha-256 of the sorted manifest
    Column("manifest", JSONB, nullable=False),  # path -> content hash
    _instant("deployed_at"),
    Column("deployed_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("evidence", JSONB, nullable=False),  # findings and scenario results at deployment
    UniqueConstraint("process", "number"),
)

# --- running instances and their records --------------------------------------------------------

instance = Table(
    "instance",
    metadata,
    _id(),
    Column("key", Text, nullable=False, unique=True),  # the record's key, INC-1001
    Column("process", Text, nullable=False),
    Column("version_id", BigInteger, ForeignKey("version.id"), nullable=False),
    Column("revision", Integer, nullable=False),  # counts commands
    Column("engine_state", LargeBinary, nullable=False),
    Column("record", JSONB, nullable=False),
    Column("state", Text),  # what the tokens say: in_progress
    Column("title", Text, nullable=False),
    Column("requester", Text),
    _instant("started_at"),
    _instant("changed_at"),
    _instant("ended_at", nullable=True),
    Column(
        "searchable",
        TSVECTOR,
        Computed(
            "to_tsvector('simple', key || ' ' || title || ' ' || coalesce(requester, ''))"
            " || jsonb_to_tsvector('simple', record, '[\"string\"]')",
            persisted=True,
        ),
    ),
    Index("ix_instance_open", "process", "id", postgresql_where=text("ended_at IS NULL")),
    Index("ix_instance_searchable", "searchable", postgresql_using="gin"),
    Index("ix_instance_requester", "requester", "id"),
)

work_item = Table(
    "work_item",
    metadata,
    _id(),
    _instance_id(),
    Column("token", Text, nullable=False),
    Column("element", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text),
    Column("group_name", Text),
    Column("assignee", Text),
    Column("form", Text),  # path in the version's manifest
    Column("item", JSONB),
    Column("excluded", ARRAY(Text), nullable=False, server_default="{}"),  # may not complete it
    _instant("opened_at"),
    _instant("due_at", nullable=True),
    _instant("closed_at", nullable=True),
    Column("closed_by", Text),
    Column("outcome", Text),  # completed, cancelled
    Column("draft", JSONB),
    Index("ix_work_item_instance", "instance_id"),
    Index("ix_work_item_assignee", "assignee", "id", postgresql_where=text("closed_at IS NULL")),
    Index("ix_work_item_role", "role", "id", postgresql_where=text("closed_at IS NULL")),
    Index(
        "uq_work_item_open",
        "instance_id",
        "token",
        unique=True,
        postgresql_where=text("closed_at IS NULL"),
    ),
)

timer = Table(
    "timer",
    metadata,
    _id(),
    _instance_id(),
    Column("token", Text, nullable=False),
    Column("element", Text, nullable=False),
    _instant("due_at"),
    Column("repeats_left", Integer),
    Column("missed", Text, nullable=False, server_default="once"),
    UniqueConstraint("instance_id", "token"),
    Index("ix_timer_due_at", "due_at"),
)

subscription = Table(
    "subscription",
    metadata,
    _id(),
    _instance_id(),
    Column("token", Text, nullable=False),
    Column("element", Text, nullable=False),
    Column("kind", Text, nullable=False),  # message, signal
    Column("name", Text, nullable=False),
    Column("action", Text),
    Column("role", Text),
    Column("form", Text),
    UniqueConstraint("instance_id", "token"),
    Index("ix_subscription_name", "kind", "name"),
)

job = Table(
    "job",
    metadata,
    _id(),  # also the idempotency key that the step is given
    _instance_id(),
    Column("token", Text),  # null for a notice: nothing waits for it
    Column("element", Text, nullable=False),
    Column("step", Text, nullable=False),  # "notice" for notices
    Column("inputs", JSONB, nullable=False),
    Column("template_hash", Text),
    _instant("created_at"),
    _instant("run_at"),  # not before
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("retries", Integer, nullable=False, server_default="3"),
    Column("fence", BigInteger, nullable=False, server_default="0"),
    Column("lease_owner", Text),
    _instant("lease_until", nullable=True),
    Column("status", Text, nullable=False, server_default="ready"),  # ready done cancelled faulted
    Column("last_error", Text),
    Column("result", JSONB),
    _instant("finished_at", nullable=True),
    Index("ix_job_ready", "run_at", "id", postgresql_where=text("status = 'ready'")),
    Index("ix_job_instance", "instance_id"),
)

message = Table(
    "message",
    metadata,
    _id(),
    Column("sender_id", BigInteger, ForeignKey("instance.id")),
    Column("name", Text, nullable=False),
    Column("to_key", Text),  # the receiving record; null: opens a record of to_process
    Column("to_process", Text),
    Column("payload", JSONB, nullable=False),
    _instant("sent_at"),
    _instant("expires_at", nullable=True),
    Column("status", Text, nullable=False, server_default="waiting"),
    # waiting, caught, expired, dead (the receiver ended or does not exist)
    _instant("settled_at", nullable=True),
    Index("ix_message_waiting", "to_key", "id", postgresql_where=text("status = 'waiting'")),
)

fault = Table(
    "fault",
    metadata,
    _id(),
    _instance_id(),
    Column("element", Text),
    Column("cause", Text, nullable=False),
    Column("remedy", Text, nullable=False),
    Column("who_can_fix", Text, nullable=False),  # a role
    Column("trigger", JSONB, nullable=False),  # what was parked, to be tried again
    _instant("raised_at"),
    _instant("settled_at", nullable=True),
    Column("settled_by", Text),
    Index("ix_fault_open", "instance_id", postgresql_where=text("settled_at IS NULL")),
)

round_ = Table(
    "round",
    metadata,
    _id(),
    Column("work_item_id", BigInteger, ForeignKey("work_item.id"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("rule", Text, nullable=False),
    Column("excluded", ARRAY(Text), nullable=False, server_default="{}"),
    Column("result_field", Text, nullable=False),
    _instant("opened_at"),
    _instant("deadline", nullable=True),
    _instant("closed_at", nullable=True),
    Column("outcome", Text),  # approved, rejected, voided
    Column("reason", Text),
    UniqueConstraint("work_item_id", "revision"),
)

seat = Table(
    "seat",
    metadata,
    _id(),
    Column("round_id", BigInteger, ForeignKey("round.id"), nullable=False),
    Column("name", Text, nullable=False),  # the seat's id in the diagram
    Column("role", Text),
    Column("person", Text),
    Column("mandatory", Boolean, nullable=False),
    Column("veto", Boolean, nullable=False),
    Column("chair", Boolean, nullable=False),
    UniqueConstraint("round_id", "name"),
    Index("ix_seat_person", "person"),
)

ballot = Table(
    "ballot",
    metadata,
    _id(),
    Column("seat_id", BigInteger, ForeignKey("seat.id"), nullable=False),
    Column("person", Text, nullable=False),
    Column("choice", Text, nullable=False),
    Column("reason", Text),
    Column("conditions", Text),
    _instant("cast_at"),
    Column("replaced", Boolean, nullable=False, server_default=text("false")),
    Index("ix_ballot_seat_id", "seat_id"),
)

link = Table(
    "link",
    metadata,
    _id(),
    Column("from_key", Text, nullable=False),
    Column("kind", Text, nullable=False),  # parent_of, caused_by, duplicates, resolved_by ...
    Column("to_key", Text, nullable=False),
    _instant("made_at"),
    Column("made_by", Text, nullable=False),
    UniqueConstraint("from_key", "kind", "to_key"),
    Index("ix_link_to_key", "to_key"),
)

# --- history -----------------------------------------------------------------------------------

entry = Table(
    "entry",
    metadata,
    _id(),
    Column("instance_id", BigInteger, ForeignKey("instance.id")),  # null: registry, deployment
    Column("revision", Integer, nullable=False),
    _instant("at"),
    Column("actor", Text, nullable=False),
    Column("command", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("element", Text),
    Column("state_before", Text),
    Column("state_after", Text),
    Column("details", JSONB, nullable=False),
    Column("leaf", LargeBinary, nullable=False),  # sha-256 over the entry's canonical text
    Index("ix_entry_instance", "instance_id", "id"),
)

answer = Table(
    "answer",  # what a command answered, so that a repeated delivery gets the same
    metadata,
    Column("key", Text, primary_key=True),
    Column("command", Text, nullable=False),
    Column("request_hash", Text, nullable=False),
    Column("answer", JSONB, nullable=False),
    _instant("at"),
)

attachment = Table(
    "attachment",
    metadata,
    _id(),
    _instance_id(),
    Column("name", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("hash", Text, ForeignKey("content.hash"), nullable=False),
    _instant("added_at"),
    Column("added_by", Text, nullable=False),
    Index("ix_attachment_instance", "instance_id"),
)

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
    _id(),
    Column("person", Text, ForeignKey("person.name"), nullable=False),
    Column("delegate", Text, ForeignKey("person.name")),
    _instant("from_at"),
    _instant("until_at"),
    Column("note", Text, nullable=False, server_default=""),
    Index("ix_absence_person", "person", "until_at"),
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
    _id(),
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
    _instant("created_at"),
    _instant("seen_at"),
    _instant("expires_at"),
)

api_token = Table(
    "api_token",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("person", Text),  # acts as this person, or
    Column("roles", ARRAY(Text), nullable=False, server_default="{}"),  # as a channel with roles
    _instant("created_at"),
    _instant("expires_at"),
)

# --- arriving and scheduled ---------------------------------------------------------------------

alert = Table(
    "alert",  # which record an outside alert belongs to
    metadata,
    Column("source", Text, primary_key=True),
    Column("fingerprint", Text, primary_key=True),
    Column("key", Text, nullable=False),
    _instant("first_seen_at"),
    _instant("last_seen_at"),
    Column("times", Integer, nullable=False),
    Column("status", Text, nullable=False),  # firing, resolved
)

scheduled_run = Table(
    "scheduled_run",  # the ledger of what was due and what ran
    metadata,
    _id(),
    Column("schedule", Text, nullable=False),
    _instant("due_at"),
    _instant("started_at", nullable=True),
    _instant("finished_at", nullable=True),
    Column("outcome", Text),  # passed, failed, error
    Column("population", Integer),
    Column("exceptions", JSONB),
    Column("evidence_hash", Text, ForeignKey("content.hash")),
    Column("runner", Text),  # the flow run's id
    UniqueConstraint("schedule", "due_at"),
)

heartbeat = Table(
    "heartbeat",  # who is alive: worker, prefect, portal; read by the doctor
    metadata,
    Column("name", Text, primary_key=True),
    _instant("at"),
    Column("details", JSONB, nullable=False),
)
