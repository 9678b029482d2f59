"""What goes into the engine room and what comes out: plain values, no SpiffWorkflow."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from clearway.errors import ClearwayError
from processes.links import no_links

Value = object
"""A FEEL value (see clearway.feel): numbers are Decimal, instants are aware datetimes."""


@dataclass(frozen=True)
class Bundle:
    """The files of one process, as deployed: path inside `bpmn/` -> bytes.

    Paths look like `incident/incident.bpmn`, `incident/forms/triage.json`,
    `shared/calendars/office.yaml`. The shared files that the diagram needs are included.
    """

    process: str
    files: Mapping[str, bytes]


@dataclass(frozen=True)
class Surroundings:
    """What exists around a process: names that its diagram may use. Handed in by wiring."""

    steps: frozenset[str] = frozenset()
    rules: frozenset[str] = frozenset()
    roles: frozenset[str] | None = frozenset()
    """None: not known here, so that nothing is said about roles."""
    processes: frozenset[str] = frozenset()
    """Processes that a message may start; empty: nothing is said about them."""


class Severity(StrEnum):
    """How bad a finding is; an error stops a deployment."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """One thing wrong with a process: where, what, and what to do instead."""

    file: str
    element: str | None
    rule: str
    severity: Severity
    message: str
    remedy: str


class ProcessFault(ClearwayError):
    """The process itself failed: no flow matches, a decision answers nothing, an expression fails.

    The caller rolls back and keeps the instance at its last good state. `happenings` is what led
    to the fault in the turn that failed; none of it counts.
    """

    def __init__(self, element: str | None, cause: str, remedy: str) -> None:
        super().__init__(f"{element or 'process'}: {cause} {remedy}")
        self.element = element
        self.cause = cause
        self.remedy = remedy
        self.happenings: tuple[Happening, ...] = ()


# --- what moves an instance -------------------------------------------------------------------


@dataclass(frozen=True)
class Start:
    """Open the instance at its none start event, or at the message start event `event`."""

    event: str | None = None
    variables: Mapping[str, Value] = field(default_factory=dict[str, Value])


@dataclass(frozen=True)
class CompleteWorkItem:
    """A person completed the work item with this token."""

    token: str


@dataclass(frozen=True)
class DeliverMessage:
    """A message arrives. `element` picks one waiting event; None means all that wait for it."""

    name: str
    payload: Mapping[str, Value] = field(default_factory=dict[str, Value])
    element: str | None = None


@dataclass(frozen=True)
class BroadcastSignal:
    """A signal reaches this instance."""

    name: str


@dataclass(frozen=True)
class FireTimer:
    """The timer with this token is due. `times` > 1 fires missed rounds of a cycle together."""

    token: str
    times: int = 1


@dataclass(frozen=True)
class FinishJob:
    """The step behind this job answered `result`."""

    token: str
    result: Mapping[str, Value]


@dataclass(frozen=True)
class FailJob:
    """The step behind this job raised a business error that the diagram may catch by its code."""

    token: str
    error_code: str
    message: str


@dataclass(frozen=True)
class SetVariables:
    """Set instance variables, then look at conditional events again (conformance runs)."""

    variables: Mapping[str, Value]


@dataclass(frozen=True)
class Wake:
    """Run on without a trigger: the record changed, so conditional events are looked at again."""


@dataclass(frozen=True)
class CancelInstance:
    """Stop everything; nothing waits afterwards."""


Trigger = (
    Start
    | CompleteWorkItem
    | DeliverMessage
    | BroadcastSignal
    | FireTimer
    | FinishJob
    | FailJob
    | SetVariables
    | Wake
    | CancelInstance
)


# --- what an instance waits for ----------------------------------------------------------------


@dataclass(frozen=True)
class SeatSpec:
    """A seat of an approval as drawn: a role, or a person already worked out from the record."""

    id: str
    role: str | None
    person: str | None
    mandatory: bool = False
    veto: bool = False
    chair: bool = False


@dataclass(frozen=True)
class ApprovalSpec:
    """The approval a user task asks for; `rule` is a name in processes/catalogue.py."""

    rule: str
    seats: tuple[SeatSpec, ...]
    excluded: frozenset[str]
    result_field: str
    deadline: datetime | None = None
    looks_around: bool = False
    """Who votes depends on the time or on links, which change without a command of the record."""


@dataclass(frozen=True)
class WaitingWorkItem:
    """A user task waits for a person. `token` is stable for the life of the wait."""

    token: str
    element: str
    name: str
    role: str | None
    group: str | None
    assignee: str | None
    form: str | None
    due: datetime | None
    not_same_person_as: tuple[str, ...] = ()
    excluded: frozenset[str] = frozenset()
    """Who may not do it, besides those who did the elements above."""
    item: Value = None
    approval: ApprovalSpec | None = None


@dataclass(frozen=True)
class WaitingTimer:
    """Something is due at an instant. `repeats_left` None: fires once; -1: without end."""

    token: str
    element: str
    due: datetime
    repeats_left: int | None = None
    missed: Literal["once", "all", "skip"] = "once"


@dataclass(frozen=True)
class WaitingEvent:
    """A message or signal that the instance would catch now.

    When `action` is set, people with `role` may send it from the record page; its form is
    `forms/<element>.json` when that exists.
    """

    token: str
    element: str
    kind: Literal["message", "signal"]
    name: str
    action: str | None = None
    role: str | None = None
    form: str | None = None


@dataclass(frozen=True)
class WaitingJob:
    """A service task waits for its step."""

    token: str
    element: str
    step: str
    inputs: Mapping[str, Value]
    retries: int = 3


@dataclass(frozen=True)
class Waits:
    """All that an instance waits for, each by its stable token."""

    work_items: tuple[WaitingWorkItem, ...] = ()
    timers: tuple[WaitingTimer, ...] = ()
    events: tuple[WaitingEvent, ...] = ()
    jobs: tuple[WaitingJob, ...] = ()


# --- what a turn of the engine did ----------------------------------------------------------------


@dataclass(frozen=True)
class OutgoingMessage:
    """What this record tells others: `to` is a record key.

    `to` None: opens a new record of `starts`. `expires` None: kept until it is caught; the
    instant of sending: only for a receiver that waits for it already.
    """

    name: str
    to: str | None
    payload: Mapping[str, Value]
    element: str
    starts: str | None = None
    expires: datetime | None = None


@dataclass(frozen=True)
class Notice:
    """People are told: `template` is a file in messages/, `to` people, groups or addresses."""

    template: str
    to: tuple[str, ...]
    values: Mapping[str, Value]
    element: str
    invitation: str | None = None
    """`true`: it invites to the time that the record is planned for; `cancel`: not any more."""


@dataclass(frozen=True)
class Happening:
    """One line for the history. `kind`: started, completed, cancelled, caught, timer, decided,
    computed, state, ended, compensated."""

    kind: str
    element: str
    name: str
    details: Mapping[str, Value] = field(default_factory=dict[str, Value])


@dataclass(frozen=True)
class RecordChange:
    """A field of the record written by a step, a decision, a script or a message."""

    field: str
    before: Value
    after: Value
    element: str


@dataclass(frozen=True)
class Turn:
    """The whole effect of one trigger, to be written in one transaction."""

    state: bytes
    finished: bool
    shown_state: str | None
    before: Waits
    after: Waits
    record: Mapping[str, Value]
    record_changes: tuple[RecordChange, ...]
    messages: tuple[OutgoingMessage, ...]
    notices: tuple[Notice, ...]
    happenings: tuple[Happening, ...]
    caught: bool = True
    """False when a delivered message, signal or timer found nothing waiting."""
    signals: tuple[str, ...] = ()
    """Signals that this instance broadcast; inside it they have been delivered already."""
    stuck: tuple[str, ...] = ()
    """When an unfinished instance waits for nothing at all: the elements where its tokens stand,
    waiting for other tokens that can never come."""
    flows: tuple[str, ...] = ()
    """The sequence flows that tokens went along, each once."""


@dataclass(frozen=True)
class World:
    """What the engine may see of the outside during one turn."""

    now: datetime
    record: Mapping[str, Value]
    key: str = ""
    linked: Mapping[str, Value] = field(default_factory=lambda: dict[str, Value](no_links()))
    """Each kind of link, with the keys of the records from which one leads here."""
