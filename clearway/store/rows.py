"""What the command path loads: one instance with all that a command may have to look at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from processes.links import no_links

Json = Mapping[str, object]


@dataclass(frozen=True)
class Seat:
    """A right to one ballot in an open round."""

    id: int
    name: str
    role: str | None
    person: str | None
    mandatory: bool
    veto: bool
    chair: bool


@dataclass(frozen=True)
class Ballot:
    """A ballot that counts: it has not been replaced."""

    id: int
    seat_id: int
    person: str
    choice: str
    reason: str | None
    conditions: str | None
    cast_at: datetime
    instead_of: str | None = None
    """Whose vote it is, when `person` stood in for somebody."""
    independent: bool | None = None
    """Whether they said to have no interest in the outcome; None: they were not asked."""


@dataclass(frozen=True)
class Round:
    """An open round of an approval, with its seats in the order of the diagram."""

    id: int
    revision: int
    rule: str
    excluded: tuple[str, ...]
    result_field: str
    opened_at: datetime
    deadline: datetime | None
    seats: tuple[Seat, ...]
    ballots: tuple[Ballot, ...]


@dataclass(frozen=True)
class WorkItem:
    """A work item as it stands; closed ones are loaded only when the command names them."""

    id: int
    token: str
    element: str
    name: str
    role: str | None
    group: str | None
    assignee: str | None
    form: str | None
    rule: str | None
    item: object
    apart_from: tuple[str, ...]
    excluded: tuple[str, ...]
    opened_at: datetime
    due_at: datetime | None
    closed_at: datetime | None = None
    closed_by: str | None = None
    outcome: str | None = None
    round: Round | None = None


@dataclass(frozen=True)
class Subscription:
    """A message or signal that the instance would catch now."""

    token: str
    element: str
    kind: str
    name: str
    action: str | None
    role: str | None
    form: str | None


@dataclass(frozen=True)
class OpenFault:
    """A fault that nobody has settled, with what it parked."""

    id: int
    element: str | None
    cause: str
    remedy: str
    who_can_fix: str
    trigger: Json


@dataclass(frozen=True)
class Job:
    """One queued call of a step."""

    id: int
    token: str | None
    element: str
    step: str
    inputs: Json
    template_hash: str | None
    attempts: int
    retries: int
    fence: int
    status: str
    run_at: datetime
    lease_until: datetime | None
    last_error: str | None


@dataclass(frozen=True)
class Timer:
    """Something due at an instant."""

    id: int
    token: str
    element: str
    due_at: datetime
    repeats_left: int | None
    missed: str
    parked: bool


@dataclass(frozen=True)
class Message:
    """What one record tells another, until it is settled; kind `message` or `signal`."""

    id: int
    kind: str
    name: str
    to_key: str | None
    to_process: str | None
    payload: Json
    expires_at: datetime | None
    status: str


@dataclass(frozen=True)
class StandIn:
    """Somebody who is away and for whom the actor acts until an instant, with their roles."""

    person: str
    until: datetime
    roles: frozenset[str]


@dataclass(frozen=True)
class Snapshot:
    """One instance as it stands under its lock."""

    instance_id: int
    key: str
    process: str
    version_id: int
    revision: int
    engine_state: bytes
    record: Json
    state: str | None
    title: str
    requester: str | None
    done_by: Mapping[str, tuple[str, ...]]
    started_at: datetime
    ended_at: datetime | None
    work_items: tuple[WorkItem, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
    faults: tuple[OpenFault, ...] = ()
    stands_in_for: tuple[StandIn, ...] = ()
    behind: frozenset[str] = frozenset()
    """All for whom the actor stands in, also by one who stands in for them in turn."""
    left: frozenset[str] = frozenset()
    """Of those who have a work item or stand in a field of the record: who is not active now."""
    linked: Mapping[str, Sequence[str]] = field(default_factory=no_links)
    """Each kind of link, with the keys of the records from which one leads here.

    Read only when the diagram asks for it; until then there seem to be none.
    """
    job: Job | None = None
    timer: Timer | None = None
    message: Message | None = None

    def work_item(self, work_item_id: int) -> WorkItem | None:
        """This work item, open or closed."""
        return next((item for item in self.work_items if item.id == work_item_id), None)

    def open_items(self) -> tuple[WorkItem, ...]:
        """The work items that wait for somebody."""
        return tuple(item for item in self.work_items if item.closed_at is None)


@dataclass(frozen=True)
class FirstAnswer:
    """What the command with this idempotency key answered the first time."""

    command: str
    request_hash: str
    answer: Json = field(default_factory=dict[str, object])
