"""The whole effect of one command on one instance, as plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from clearway.store.rows import FirstAnswer, Json


@dataclass(frozen=True)
class InstanceChange:
    """The instance as it is after the command; `engine_state` and `record` None: as before."""

    revision: int
    changed_at: datetime
    state: str | None
    title: str
    requester: str | None
    ended_at: datetime | None
    done_by: Mapping[str, Sequence[str]]
    engine_state: bytes | None = None
    record: Json | None = None


@dataclass(frozen=True)
class NewInstance:
    """What a new instance is known by; it is at revision 1."""

    key: str
    process: str
    version_id: int


@dataclass(frozen=True)
class ClosedItem:
    """A work item that nobody has to do any more; outcome `completed` or `cancelled`."""

    token: str
    by: str
    outcome: str


@dataclass(frozen=True)
class ChangedItem:
    """An open work item with who has it now, who may not complete it, and until when it is due."""

    id: int
    assignee: str | None
    excluded: Sequence[str]
    due_at: datetime | None


@dataclass(frozen=True)
class RenamedItem:
    """An open work item as another version has it, until when it was; and who has it now."""

    id: int
    element: str
    name: str
    role: str | None
    form: str | None
    apart_from: Sequence[str]
    assignee: str | None
    excluded: Sequence[str]
    due_at: datetime | None


@dataclass(frozen=True)
class OpenedItem:
    """A user task that begins to wait for a person."""

    token: str
    element: str
    name: str
    role: str | None
    group: str | None
    assignee: str | None
    form: str | None
    rule: str | None
    item: object
    apart_from: Sequence[str]
    excluded: Sequence[str]
    due_at: datetime | None


@dataclass(frozen=True)
class OpenedSeat:
    """A seat of a round that opens."""

    name: str
    role: str | None
    person: str | None
    mandatory: bool
    veto: bool
    chair: bool


@dataclass(frozen=True)
class OpenedRound:
    """A round of the work item with this token."""

    token: str
    work_item_id: int | None  # None: the work item opens in the same effect
    revision: int
    rule: str
    excluded: Sequence[str]
    result_field: str
    deadline: datetime | None
    seats: Sequence[OpenedSeat]


@dataclass(frozen=True)
class ClosedRound:
    """A round that is over: approved, rejected, deferred, undecided or voided, and why."""

    id: int
    outcome: str
    reason: str


@dataclass(frozen=True)
class CastBallot:
    """A ballot; `replaces` are the ids of those that no longer count.

    `instead_of` is whose vote it is, when `person` stood in for somebody. `independent`: whether
    they said to have no interest in the outcome; None: they were not asked.
    """

    seat_id: int
    person: str
    choice: str
    reason: str | None
    conditions: str | None
    replaces: tuple[int, ...] = ()
    instead_of: str | None = None
    independent: bool | None = None


@dataclass(frozen=True)
class SetTimer:
    """A timer that begins to run, or runs on until another instant."""

    token: str
    element: str
    due_at: datetime
    repeats_left: int | None
    missed: str


@dataclass(frozen=True)
class Subscribe:
    """A message or signal that the instance begins to wait for."""

    token: str
    element: str
    kind: str
    name: str
    action: str | None
    role: str | None
    form: str | None


@dataclass(frozen=True)
class QueueJob:
    """A step to be called, or a notice to be sent (`token` None)."""

    token: str | None
    element: str
    step: str
    inputs: Json
    retries: int
    template_hash: str | None = None


@dataclass(frozen=True)
class SendMessage:
    """What another record is told, or a record that is to be opened."""

    name: str
    to_key: str | None
    to_process: str | None
    payload: Json
    expires_at: datetime | None = None


@dataclass(frozen=True)
class Concern:
    """A record that this one was found to collide with, or not any more.

    It is sent the message `name`, unless its own field of that name says the same of this record
    already (`key`), or it waits for no such message.
    """

    name: str
    to_key: str
    field: str
    key: str
    collides: bool


@dataclass(frozen=True)
class RaiseFault:
    """A technical stop, with what was parked."""

    element: str | None
    cause: str
    remedy: str
    who_can_fix: str
    trigger: Json


@dataclass(frozen=True)
class JobChange:
    """What becomes of the job that the command holds under `fence`; None: whatever its fence."""

    id: int
    fence: int | None
    status: str
    result: Json | None = None
    last_error: str | None = None
    run_at: datetime | None = None
    attempts: int | None = None


@dataclass(frozen=True)
class OtherVersion:
    """The instance belongs to another version from now on.

    How it stood before is kept in the archive (`keeps`), or was taken from there. `went_on`: it
    did more than change its version, so that this cannot be undone.
    """

    version_id: int
    keeps: bool = True
    went_on: bool = False


@dataclass(frozen=True)
class Line:
    """One line of history."""

    kind: str
    element: str | None = None
    details: Json = field(default_factory=dict[str, object])
    state_before: str | None = None
    state_after: str | None = None


@dataclass(frozen=True)
class NewLink:
    """How two records are linked."""

    from_key: str
    kind: str
    to_key: str


@dataclass(frozen=True)
class Effect:
    """Everything that one command writes, in one transaction and one statement."""

    actor: str
    command: str
    at: datetime
    instance: InstanceChange
    key: str
    instance_id: int | None = None  # None: `new` is opened
    new: NewInstance | None = None
    closed_items: Sequence[ClosedItem] = ()
    changed_items: Sequence[ChangedItem] = ()
    renamed_items: Sequence[RenamedItem] = ()
    opened_items: Sequence[OpenedItem] = ()
    opened_rounds: Sequence[OpenedRound] = ()
    closed_rounds: Sequence[ClosedRound] = ()
    ballots: Sequence[CastBallot] = ()
    cleared_timers: Sequence[str] = ()
    set_timers: Sequence[SetTimer] = ()
    parked_timers: Mapping[str, bool] = field(default_factory=dict[str, bool])
    unsubscribed: Sequence[str] = ()
    subscribed: Sequence[Subscribe] = ()
    cancelled_jobs: Sequence[str] = ()
    queued_jobs: Sequence[QueueJob] = ()
    renamed_jobs: Mapping[str, str] = field(default_factory=dict[str, str])  # token -> element
    job: JobChange | None = None
    messages: Sequence[SendMessage] = ()
    concerns: Sequence[Concern] = ()
    signals: Sequence[str] = ()  # to every other record that waits for one of them now
    settled_message: tuple[int, str] | None = None  # id, status
    links: Sequence[NewLink] = ()  # those that are there already stay as they are
    faults: Sequence[RaiseFault] = ()
    settled_faults: Sequence[int] = ()
    lines: Sequence[Line] = ()
    version: OtherVersion | None = None
    answer: tuple[str, FirstAnswer] | None = None  # under which idempotency key
