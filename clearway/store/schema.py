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
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR

from clearway.store.schema_approvals import ballot, round_, seat
from clearway.store.schema_base import identity, instant, metadata
from clearway.store.schema_calendar import calendar_feed, window
from clearway.store.schema_heat import stay, told, way
from clearway.store.schema_history import answer, entry, evaluation
from clearway.store.schema_registry import (
    absence,
    alert,
    api_token,
    asset,
    group_,
    group_role,
    heartbeat,
    membership,
    person,
    relation,
    scheduled_run,
    service,
    session,
    sign_in_failure,
)
from clearway.store.schema_workshop import (
    draft,
    draft_release,
    draft_review,
    draft_save,
    move,
    moved_record,
)

__all__ = [
    "absence",
    "alert",
    "answer",
    "api_token",
    "asset",
    "attachment",
    "ballot",
    "calendar_feed",
    "content",
    "draft",
    "draft_release",
    "draft_review",
    "draft_save",
    "entry",
    "evaluation",
    "fault",
    "group_",
    "group_role",
    "heartbeat",
    "instance",
    "job",
    "link",
    "membership",
    "message",
    "metadata",
    "move",
    "moved_record",
    "person",
    "relation",
    "round_",
    "scheduled_run",
    "seat",
    "service",
    "session",
    "sign_in_failure",
    "state_archive",
    "stay",
    "subscription",
    "timer",
    "told",
    "version",
    "way",
    "window",
    "work_item",
]


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
    identity(),
    Column("process", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("parent", Integer),
    Column("hash", Text, nullable=False),  # sha-256 of the sorted manifest
    Column("manifest", JSONB, nullable=False),  # path -> content hash
    instant("deployed_at"),
    Column("deployed_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("evidence", JSONB, nullable=False),  # findings and scenario results at deployment
    UniqueConstraint("process", "number"),
)

# --- running instances and their records --------------------------------------------------------

instance = Table(
    "instance",
    metadata,
    identity(),
    Column("key", Text, nullable=False, unique=True),  # the record's key, INC-1001
    Column("process", Text, nullable=False),
    Column("version_id", BigInteger, ForeignKey("version.id"), nullable=False),
    Column("revision", Integer, nullable=False),  # counts commands
    Column("engine_state", LargeBinary, nullable=False),
    Column("record", JSONB, nullable=False),
    Column("state", Text),  # what the tokens say: in_progress
    Column("title", Text, nullable=False),
    Column("requester", Text),
    Column("done_by", JSONB, nullable=False, server_default="{}"),  # element -> who completed it
    instant("started_at"),
    instant("changed_at"),
    instant("ended_at", nullable=True),
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
    Index("ix_instance_asked", "requester", postgresql_where=text("ended_at IS NULL")),
)

state_archive = Table(
    "state_archive",  # how an instance stood before it was moved to another version, to undo that
    metadata,
    Column("instance_id", BigInteger, ForeignKey("instance.id"), primary_key=True),
    Column("revision", Integer, nullable=False),  # which the instance got by being moved
    Column("version_id", BigInteger, ForeignKey("version.id"), nullable=False),
    Column("engine_state", LargeBinary, nullable=False),
    Column("state", Text),
    Column("done_by", JSONB, nullable=False),
    Column("people", JSONB, nullable=False),  # [work item, assignee, excluded]
    Column("went_on", Boolean, nullable=False),  # it did more than change its version
    instant("at"),
)

_DUE_FIRST = text("coalesce(due_at, 'infinity'::timestamptz)")

work_item = Table(
    "work_item",
    metadata,
    identity(),
    _instance_id(),
    Column("token", Text, nullable=False),
    Column("element", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text),
    Column("group_name", Text),
    Column("assignee", Text),
    Column("form", Text),  # path in the version's manifest
    Column("item", JSONB),
    Column("rule", Text),  # set on an approval
    Column("apart_from", ARRAY(Text), nullable=False, server_default="{}"),  # elements
    Column("excluded", ARRAY(Text), nullable=False, server_default="{}"),  # may not complete it
    instant("opened_at"),
    instant("due_at", nullable=True),
    instant("closed_at", nullable=True),
    Column("closed_by", Text),
    Column("outcome", Text),  # completed, cancelled
    Column("draft", JSONB),
    Index("ix_work_item_instance", "instance_id"),
    # The inbox: what somebody has, what somebody with the role has, and what nobody has.
    Index(
        "ix_work_item_assignee",
        "assignee",
        _DUE_FIRST,
        "id",
        postgresql_where=text("closed_at IS NULL"),
    ),
    Index(
        "ix_work_item_role", "role", _DUE_FIRST, "id", postgresql_where=text("closed_at IS NULL")
    ),
    Index(
        "ix_work_item_free",
        text("coalesce(role, '')"),
        text("coalesce(group_name, '')"),
        _DUE_FIRST,
        "id",
        postgresql_where=text("closed_at IS NULL AND assignee IS NULL AND rule IS NULL"),
    ),
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
    identity(),
    _instance_id(),
    Column("token", Text, nullable=False),
    Column("element", Text, nullable=False),
    instant("due_at"),
    Column("repeats_left", Integer),
    Column("missed", Text, nullable=False, server_default="once"),
    Column("parked", Boolean, nullable=False, server_default=text("false")),  # behind a fault
    UniqueConstraint("instance_id", "token"),
    Index("ix_timer_due_at", "due_at", "id", postgresql_where=text("NOT parked")),
)

subscription = Table(
    "subscription",
    metadata,
    identity(),
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
    identity(),  # also the idempotency key that the step is given
    _instance_id(),
    Column("token", Text),  # null for a notice: nothing waits for it
    Column("element", Text, nullable=False),
    Column("step", Text, nullable=False),  # "notice" for notices
    Column("inputs", JSONB, nullable=False),
    Column("template_hash", Text),
    instant("created_at"),
    instant("run_at"),  # not before
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("retries", Integer, nullable=False, server_default="3"),
    Column("fence", BigInteger, nullable=False, server_default="0"),
    Column("lease_owner", Text),
    instant("lease_until", nullable=True),
    Column("status", Text, nullable=False, server_default="ready"),  # ready done cancelled faulted
    Column("last_error", Text),
    Column("result", JSONB),
    instant("finished_at", nullable=True),
    instant("began_at", nullable=True),  # its first lease; null of what older releases leased
    Index("ix_job_ready", "run_at", "id", postgresql_where=text("status = 'ready'")),
    Index("ix_job_instance", "instance_id"),
    Index(
        "uq_job_open",
        "instance_id",
        "token",
        unique=True,
        postgresql_where=text("status IN ('ready', 'faulted')"),
    ),
)

message = Table(
    "message",
    metadata,
    identity(),
    Column("sender_id", BigInteger, ForeignKey("instance.id")),
    Column("kind", Text, nullable=False, server_default="message"),  # message, signal
    Column("name", Text, nullable=False),
    Column("to_key", Text),  # the receiving record; null: opens a record of to_process
    Column("to_process", Text),
    Column("payload", JSONB, nullable=False),
    instant("sent_at"),
    instant("expires_at", nullable=True),
    Column("status", Text, nullable=False, server_default="waiting"),
    # waiting, caught, expired, faulted, dead (the receiver ended or does not exist)
    instant("settled_at", nullable=True),
    Index("ix_message_waiting", "to_key", "id", postgresql_where=text("status = 'waiting'")),
    Index("ix_message_opening", "sender_id", "id", postgresql_where=text("to_process IS NOT NULL")),
)

fault = Table(
    "fault",
    metadata,
    identity(),
    # null: a message could not open its record
    Column("instance_id", BigInteger, ForeignKey("instance.id")),
    Column("element", Text),
    Column("cause", Text, nullable=False),
    Column("remedy", Text, nullable=False),
    Column("who_can_fix", Text, nullable=False),  # a role
    Column("trigger", JSONB, nullable=False),  # what was parked, to be tried again
    instant("raised_at"),
    instant("settled_at", nullable=True),
    Column("settled_by", Text),
    Index("ix_fault_open", "instance_id", postgresql_where=text("settled_at IS NULL")),
)

link = Table(
    "link",
    metadata,
    identity(),
    Column("from_key", Text, nullable=False),
    Column("kind", Text, nullable=False),  # parent_of, caused_by, duplicates, resolved_by ...
    Column("to_key", Text, nullable=False),
    instant("made_at"),
    Column("made_by", Text, nullable=False),
    UniqueConstraint("from_key", "kind", "to_key"),
    Index("ix_link_to_key", "to_key"),
)

attachment = Table(
    "attachment",
    metadata,
    identity(),
    _instance_id(),
    Column("name", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("hash", Text, ForeignKey("content.hash"), nullable=False),
    instant("added_at"),
    Column("added_by", Text, nullable=False),
    Index("ix_attachment_instance", "instance_id"),
)
