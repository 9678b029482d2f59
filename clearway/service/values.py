"""What every command and question is given, and what it answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from clearway.engine.values import Finding

T = TypeVar("T")


@dataclass(frozen=True)
class Actor:
    """Who does it: a signed-in person, or a channel such as `alertmanager` or `timer`."""

    name: str
    roles: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    is_person: bool = True
    full_name: str = ""
    zone: str = "UTC"


SYSTEM = Actor("clearway", roles=frozenset({"system"}), is_person=False)
MESSENGER = Actor("message", roles=frozenset({"system"}), is_person=False)
"""Who delivers what records tell each other."""


@dataclass(frozen=True)
class Refusal:
    """An ordinary answer to what may not be done: why, and what to do instead.

    `code` is stable: not_found, not_allowed, not_yours, already_done, invalid, conflict,
    not_waiting, stale, too_large, undecided, faulted. `fields` maps a form field to what is wrong
    with it.
    """

    code: str
    text: str
    remedy: str = ""
    fields: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Done:
    """A command took effect (or had already, when `repeated`)."""

    key: str = ""
    instance_id: int | None = None
    revision: int = 0
    state: str | None = None
    ended: bool = False
    work_item_id: int | None = None
    details: Mapping[str, object] = field(default_factory=dict[str, object])
    repeated: bool = False


@dataclass(frozen=True)
class WorkItemView:
    """One line of an inbox, and the head of a task page.

    `may_claim`: nobody has it, and the reader may take it. `has_left`: the assignee is not active
    any more, so that it counts as one that nobody has. `voted` of the `seats` of an approval have
    cast; None where that was not asked.
    """

    id: int
    key: str
    title: str
    process: str
    process_title: str
    element: str
    name: str
    role: str | None
    group: str | None
    assignee: str | None
    state: str | None
    priority: object
    opened_at: datetime
    due_at: datetime | None
    is_approval: bool
    seat: str | None = None
    may_claim: bool = False
    has_left: bool = False
    voted: int | None = None
    seats: int | None = None


@dataclass(frozen=True)
class BallotView:
    """A ballot as shown to readers of the record."""

    seat: str
    person: str
    choice: str
    reason: str | None
    conditions: str | None
    at: datetime
    instead_of: str | None = None
    """Whose vote it is, when the person stood in for somebody."""
    independent: bool | None = None
    """Whether they said to have no interest in the outcome; None: they were not asked."""


@dataclass(frozen=True)
class SeatView:
    """A seat of a round as shown: who may cast, what was cast."""

    name: str
    role: str | None
    person: str | None
    mandatory: bool
    veto: bool
    chair: bool
    ballot: BallotView | None
    open_to_you: bool
    why_not: str | None
    whose_vote: str | None = None
    """For whom you would cast; None: for yourself, or not at all."""


@dataclass(frozen=True)
class RoundView:
    """An approval round: its seats, and what the rule says now.

    `choices` is what a ballot may say. `progress` tells in words how many have voted and who is
    still needed. `asks_interest`: some may not vote because they have an interest in the outcome,
    so that the others say that they have none.
    """

    revision: int
    rule: str
    deadline: datetime | None
    seats: Sequence[SeatView]
    standing: str
    outcome: str | None
    choices: Sequence[str]
    progress: str
    asks_interest: bool


@dataclass(frozen=True)
class TaskView:
    """All that the page of one work item shows."""

    item: WorkItemView
    schema: Mapping[str, object] | None
    values: Mapping[str, object]
    documentation: str
    may_claim: bool
    may_complete: bool
    may_assign: bool
    assignable: Mapping[str, str] | None
    """Name -> full name of whom it may be assigned to; None: that was not asked."""
    why_not: str | None
    round: RoundView | None
    closed_by: str | None
    closed_at: datetime | None
    brief: Sequence[str] = ()
    """The fields of the record that somebody who decides must see, in this order."""


@dataclass(frozen=True)
class ActionView:
    """A button on the record page: a message that a person may send now."""

    element: str
    label: str
    schema: Mapping[str, object] | None


@dataclass(frozen=True)
class FaultView:
    """A technical stop, with what to do about it."""

    id: int
    element: str | None
    cause: str
    remedy: str
    who_can_fix: str
    raised_at: datetime
    may_retry: bool


@dataclass(frozen=True)
class RecordView:
    """All that a record page shows besides its history."""

    key: str
    process: str
    process_title: str
    version: int
    title: str
    state: str | None
    requester: str | None
    schema: Mapping[str, object]
    values: Mapping[str, object]
    started_at: datetime
    changed_at: datetime
    ended_at: datetime | None
    tasks: Sequence[WorkItemView]
    actions: Sequence[ActionView]
    faults: Sequence[FaultView]
    links: Sequence[tuple[str, str, str]]
    attachments: Sequence[Mapping[str, object]]
    may_comment: bool
    may_cancel: bool
    may_open_again: bool
    """It has ended, and the actor may open a new record that follows it."""
    held: Mapping[str, str]
    """Field -> name of the open task whose holder stands in it: has it, and has not done it yet."""


@dataclass(frozen=True)
class EntryView:
    """One line of a record's history."""

    id: int
    at: datetime
    actor: str
    command: str
    kind: str
    element: str | None
    element_name: str | None
    state_before: str | None
    state_after: str | None
    details: Mapping[str, object]
    sentence: str
    keys: Sequence[str] = ()
    """The other records that it names and that the actor may read."""
    explanation: Sequence[str] = ()
    """Of a decision: a sentence for each input, then the row that fired with what it gave."""


@dataclass(frozen=True)
class PathStep:
    """One element that a record passed: the how-manieth of all, when, in which command, by whom."""

    number: int
    element: str
    name: str
    at: datetime
    revision: int
    by: str


@dataclass(frozen=True)
class InstanceView:
    """The diagram of a record with its tokens: element id -> how many, and what was passed.

    `flows`: how often each flow was taken, as far as history knows. `path`: what was passed last,
    in order; `steps` is how much it was in all. `waiting` and `faults` say in words what holds an
    element up. `outline` says the same as the drawing, in the order in which it is read.
    """

    key: str
    process: str
    version: int
    xml: str
    tokens: Mapping[str, int]
    completed: Mapping[str, int]
    outline: Sequence[Mapping[str, object]]
    flows: Mapping[str, int] = field(default_factory=dict[str, int])
    path: Sequence[PathStep] = ()
    steps: int = 0
    waiting: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    faults: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])


@dataclass(frozen=True)
class RecordRow:
    """One record in a list or in search results."""

    key: str
    process: str
    title: str
    state: str | None
    requester: str | None
    changed_at: datetime
    ended_at: datetime | None
    values: Mapping[str, object]


@dataclass(frozen=True)
class ProcessView:
    """A process as deployed."""

    process: str
    title: str
    documentation: str
    current: int
    open_instances: int | None  # None: not asked
    may_start: bool
    start_schema: Mapping[str, object] | None
    start_label: str


@dataclass(frozen=True)
class VersionView:
    """One deployed version of a process."""

    number: int
    parent: int | None
    deployed_at: datetime
    deployed_by: str
    reason: str
    hash: str
    open_instances: int


@dataclass(frozen=True)
class EvaluationView:
    """What a decision answered: outputs by name, the numbers of the rules that fired, the inputs
    by label, the version of the process whose table decided, and all of it for people.

    `needed` has the same of each decision that it needed, in the order in which they were made.
    """

    process: str
    decision: str
    version: int
    hit_policy: str
    inputs: Mapping[str, object]
    rules: Sequence[int]
    outputs: Mapping[str, object]
    notes: Sequence[str]
    needed: Sequence[Mapping[str, object]]
    explanation: Sequence[str]
    record: str | None


@dataclass(frozen=True)
class RecordedEvaluation:
    """An evaluation of the past. `element` is the business rule task; None: it was asked by API.

    `record` None: it was asked without a record. `version` None: it is from before history told it.
    """

    id: str
    at: datetime
    record: str | None
    by: str
    decision: str
    version: int | None
    element: str | None
    inputs: Mapping[str, object]
    rules: Sequence[int]
    outputs: Mapping[str, object]


@dataclass(frozen=True)
class GateReport:
    """What the deploy gate says of a bundle; deployable when no finding is an error."""

    findings: Sequence[Finding]
    scenarios_passed: int
    scenario_failures: Sequence[str]
    deployable: bool


@dataclass(frozen=True)
class Page(Generic[T]):
    """A keyset page: `after` is the cursor of the next one, None when this is the last."""

    rows: Sequence[T]
    after: str | None
