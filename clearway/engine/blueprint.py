"""A version of a process, ready to run: built once for each content, shared by all instances."""

import re
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from clearway.decisions import Decisions
from clearway.engine.bundle import bundle_hash
from clearway.engine.examine import Examined, examine
from clearway.engine.model import EVENTS, EventDefinition, Node, Reading, Scope
from clearway.engine.process_spec import ScopeSpec
from clearway.engine.reminders import reminders
from clearway.engine.specs.activities import UserSpec
from clearway.engine.specs.base import NodeSpec
from clearway.engine.values import Bundle, Finding
from clearway.errors import ClearwayError
from processes.calendar import Calendar

KEPT = 128


class BlueprintError(ClearwayError):
    """A process cannot run; `findings` say why."""

    def __init__(self, findings: list[Finding]) -> None:
        shown = "; ".join(
            f"{' '.join(filter(None, (f.file, f.element)))}: {f.message} {f.remedy}"
            for f in findings[:5]
        )
        more = f" (and {len(findings) - 5} more)" if len(findings) > 5 else ""
        super().__init__(f"The process cannot run: {shown}{more}")
        self.findings = findings


@dataclass(frozen=True)
class ElementInfo:
    """A flow node or sequence flow as the world outside may know it.

    `parent` is the subprocess or process around it, `attached_to` the host of a boundary event,
    `incoming` and `outgoing` are ids of flows; a flow has its source and target there. `role` is
    one role, or of a message event several, parted by blanks. `only` is the field of the record
    with the person who alone may send a message event, `also` the one with a person who may as
    well, `channels` the roles of the tokens that may send it from outside, `holder` the field
    in which whoever has a user task stands, or who opened the record.
    `assignee` and `group` are the fields that say who gets a user task, where the diagram names
    nothing but a field. `reasons` and `conditions` are the fields that keep what was said in an
    approval, which `may_defer`; at its deadline it `concludes`, and at the parts `remind` of the
    time until then, whoever has not voted is reminded. `event` is what an event catches or throws
    (timer, message ...), `repeats` says that an activity is a loop or runs for each item of a list.
    """

    id: str
    kind: str
    name: str
    documentation: str
    role: str | None
    state: str | None
    incoming: tuple[str, ...]
    outgoing: tuple[str, ...]
    parent: str
    attached_to: str | None = None
    lane: str | None = None
    step: str | None = None
    decision: str | None = None
    rule: str | None = None
    message: str | None = None
    called: str | None = None
    only: str | None = None
    also: str | None = None
    channels: frozenset[str] = frozenset()
    holder: str | None = None
    assignee: str | None = None
    group: str | None = None
    reasons: str | None = None
    conditions: str | None = None
    may_defer: bool = False
    concludes: bool = False
    remind: tuple[Fraction, ...] = ()
    event: str | None = None
    repeats: bool = False


@dataclass(frozen=True)
class StartEventInfo:
    """A start event of the process itself. A timer start is started by whoever keeps schedules."""

    id: str
    kind: Literal["none", "message", "timer", "signal", "conditional"]
    name: str
    message: str | None = None
    form: str | None = None
    action: str | None = None
    role: str | None = None
    timer: str | None = None
    timer_kind: str | None = None
    calendar: str | None = None
    signal: str | None = None


@dataclass(frozen=True, eq=False)
class Blueprint:
    """Everything an instance of one version needs. Nothing in it changes while instances run."""

    process: str
    name: str
    documentation: str
    hash: str
    xml: bytes
    files: Mapping[str, bytes]
    record_schema: Mapping[str, Any]
    forms: Mapping[str, Mapping[str, Any]]
    forms_of: Mapping[str, str]
    decisions: Mapping[str, Decisions]
    calendars: Mapping[str, Calendar]
    templates: Mapping[str, bytes]
    elements: Mapping[str, ElementInfo]
    start_events: tuple[StartEventInfo, ...]
    warnings: tuple[Finding, ...]
    variables: frozenset[str]
    has_conditions: bool
    readers: frozenset[str]
    """The roles that may read its records besides those that work in it."""
    asks_links: bool
    """Whether an expression asks which records are linked with this one."""
    spec: ScopeSpec = field(repr=False)
    scopes: Mapping[str, ScopeSpec] = field(repr=False)
    nodes: Mapping[str, NodeSpec] = field(repr=False)

    def form_of(self, element: str) -> Mapping[str, Any] | None:
        """The form of a user task, start event or message event; None when it has none."""
        path = self.forms_of.get(element)
        return None if path is None else self.forms[path]

    @property
    def parts_kept_apart(self) -> frozenset[str]:
        """The elements whose people may not do another one."""
        tasks = (spec for spec in self.nodes.values() if isinstance(spec, UserSpec))
        return frozenset(name for it in tasks for name in it.asking.not_same_person_as)


_BUILT: OrderedDict[tuple[str, bool], Blueprint] = OrderedDict()
_LOCK = threading.Lock()


def build(bundle: Bundle, *, strict: bool = True) -> Blueprint:
    """The blueprint of a bundle, from a cache by content.

    The bundle must have passed the gate once: its XML is trusted not to be built to hang a
    parser. Raises BlueprintError when it cannot run. `strict=False` leaves out rules of style and
    references to files outside the diagram.
    """
    key = (bundle_hash(bundle), strict)
    with _LOCK:
        found = _BUILT.get(key)
        if found is not None:
            _BUILT.move_to_end(key)
            return found
    made = blueprint_of(examine(bundle, strict=strict, trusted=True))
    with _LOCK:
        _BUILT[key] = made
        while len(_BUILT) > KEPT:
            _BUILT.popitem(last=False)
    return made


def blueprint_of(examined: Examined) -> Blueprint:
    """A blueprint from a bundle that was examined; raises BlueprintError when it cannot run."""
    reading, compiled = examined.reading, examined.compiled
    if examined.findings.errors or reading is None or compiled is None:
        raise BlueprintError(examined.findings.errors or list(examined.findings.found))
    main, process = reading.main, examined.bundle.process
    prefix = f"{process}/forms/"
    forms_of = {path[len(prefix) : -len(".json")]: path for path in examined.forms}
    return Blueprint(
        process=process,
        name=main.name or process,
        documentation=main.documentation,
        hash=bundle_hash(examined.bundle),
        xml=examined.bundle.files[reading.file],
        files=examined.bundle.files,
        record_schema=examined.record_schema,
        forms=examined.forms,
        forms_of=forms_of,
        decisions=examined.decisions,
        calendars=examined.calendars,
        templates=examined.templates,
        elements=_elements(reading),
        start_events=tuple(_start_events(main, forms_of)),
        warnings=tuple(examined.findings.found),
        variables=frozenset(compiled.variables),
        has_conditions=compiled.has_conditions,
        readers=frozenset(main.readers),
        asks_links=_asks_links(examined),
        spec=compiled.scopes[main.id],
        scopes=compiled.scopes,
        nodes=compiled.nodes,
    )


def _asks_links(examined: Examined) -> bool:
    formulas = examined.context.formulas_found if examined.context else []
    tables = [decisions.get(name).paths for name, decisions in examined.decisions.items()]
    return any("linked" in it.formula.expression.free_names for it in formulas) or any(
        path[0] == "linked" for paths in tables for path in paths
    )


def _elements(reading: Reading) -> dict[str, ElementInfo]:
    found: dict[str, ElementInfo] = {}
    for process in reading.called():
        for scope in process.walk():
            for node in scope.nodes.values():
                found[node.id] = _element(node)
            for flow in scope.flows:
                found[flow.id] = ElementInfo(
                    flow.id,
                    "sequenceFlow",
                    flow.name,
                    "",
                    None,
                    None,
                    (flow.source,),
                    (flow.target,),
                    scope.id,
                )
    return found


def _element(node: Node) -> ElementInfo:
    scope = node.scope
    return ElementInfo(
        id=node.id,
        kind=node.kind,
        name=node.name,
        documentation=node.documentation,
        role=" ".join(node.roles) or None,
        state=node.own.get("state"),
        incoming=tuple(flow.id for flow in scope.incoming(node.id)),
        outgoing=tuple(flow.id for flow in scope.outgoing(node.id)),
        parent=scope.id,
        attached_to=node.attached_to,
        lane=node.lane,
        step=node.own.get("step"),
        decision=node.own.get("decision"),
        rule=node.own.get("rule"),
        message=node.message or _message(node.events),
        called=node.called,
        only=_field(node, "only"),
        also=_field(node, "also"),
        channels=frozenset(node.own.get("channel", "").split()),
        holder=_field(node, "holder"),
        assignee=_plain_field(node.own.get("assignee")),
        group=_plain_field(node.own.get("group")),
        reasons=_field(node, "reasons"),
        conditions=_field(node, "conditions"),
        may_defer=node.own.get("may-defer") == "true",
        concludes=node.own.get("at-deadline") == "conclude",
        remind=reminders(node.own.get("remind", "")) or (),
        event=node.event.kind if node.kind in EVENTS else None,
        repeats=node.loop is not None,
    )


def _field(node: Node, name: str) -> str | None:
    """The field of the record that this attribute names."""
    return node.own.get(name, "").removeprefix("record.") or None


def _plain_field(text: str | None) -> str | None:
    """The field of the record that an expression is, when it is nothing more."""
    found = re.fullmatch(r"\s*=?\s*record\.(\w+)\s*", text or "")
    return found[1] if found else None


def _message(events: tuple[EventDefinition, ...]) -> str | None:
    return next((event.name for event in events if event.kind == "message"), None)


def _start_events(main: Scope, forms_of: Mapping[str, str]) -> list[StartEventInfo]:
    return [
        StartEventInfo(
            id=node.id,
            kind=node.event.kind,  # pyright: ignore[reportArgumentType] the gate refuses others
            name=node.name,
            message=_message(node.events),
            form=forms_of.get(node.id),
            action=node.own.get("action"),
            role=" ".join(node.roles) or None,
            timer=node.event.text or None,
            timer_kind=node.event.timer_kind,
            calendar=node.own.get("calendar"),
            signal=node.event.name if node.event.kind == "signal" else None,
        )
        for node in main.nodes.values()
        if node.kind == "startEvent"
    ]
