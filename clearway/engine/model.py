"""What a diagram says, as plain values: scopes, nodes and flows, free of XML and of any engine."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

Kind = str
"""The BPMN name of a flow node: `userTask`, `exclusiveGateway`, `boundaryEvent` and so on."""

TASKS = frozenset(
    (
        "task",
        "userTask",
        "manualTask",
        "serviceTask",
        "scriptTask",
        "businessRuleTask",
        "sendTask",
        "receiveTask",
    )
)
SUBPROCESSES = frozenset(("subProcess", "transaction", "adHocSubProcess"))
ACTIVITIES = TASKS | SUBPROCESSES | {"callActivity"}
GATEWAYS = frozenset(
    (
        "exclusiveGateway",
        "parallelGateway",
        "inclusiveGateway",
        "eventBasedGateway",
        "complexGateway",
    )
)
CATCHING = frozenset(("startEvent", "intermediateCatchEvent", "boundaryEvent"))
THROWING = frozenset(("intermediateThrowEvent", "endEvent"))
EVENTS = CATCHING | THROWING
FLOW_NODES = ACTIVITIES | GATEWAYS | EVENTS

EventKind = Literal[
    "none",
    "message",
    "timer",
    "signal",
    "error",
    "escalation",
    "conditional",
    "compensate",
    "link",
    "cancel",
    "terminate",
]
TimerKind = Literal["timeDate", "timeDuration", "timeCycle"]


@dataclass(frozen=True, slots=True)
class Flow:
    """A sequence flow."""

    id: str
    source: str
    target: str
    condition: str | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class EventDefinition:
    """What an event catches or throws.

    `name` is the message, signal or link name, or the error or escalation code; None catches all.
    `ref` is the id that the diagram names, None when it names none.
    """

    kind: EventKind
    name: str | None = None
    ref: str | None = None
    timer_kind: TimerKind | None = None
    text: str = ""
    activity: str | None = None
    waits: bool = True


NONE_EVENT = EventDefinition("none")


@dataclass(frozen=True, slots=True)
class Loop:
    """A repeated activity: `standard`, or multi-instance `parallel` or `sequential`."""

    kind: Literal["standard", "parallel", "sequential"]
    condition: str | None = None
    test_before: bool = False
    maximum: str | None = None
    cardinality: str | None = None
    collection: str | None = None
    item: str | None = None
    output_collection: str | None = None
    output_item: str | None = None
    behavior: str = "All"


@dataclass(frozen=True, slots=True)
class SeatDrawing:
    """A seat of an approval as drawn; `person` is an expression."""

    id: str
    role: str | None
    person: str | None
    mandatory: bool
    veto: bool
    chair: bool


@dataclass
class Node:
    """A flow node. `own` are its attributes in our namespace by their local names."""

    id: str
    kind: Kind
    scope: "Scope"
    name: str = ""
    documentation: str = ""
    line: int = 0
    own: dict[str, str] = field(default_factory=dict[str, str])
    inputs: tuple[tuple[str, str], ...] = ()
    outputs: tuple[tuple[str, str], ...] = ()
    seats: tuple[SeatDrawing, ...] = ()
    events: tuple[EventDefinition, ...] = ()
    default: str | None = None
    attached_to: str | None = None
    interrupting: bool = True
    loop: Loop | None = None
    script: str | None = None
    script_format: str | None = None
    called: str | None = None
    message: str | None = None
    message_ref: str | None = None
    for_compensation: bool = False
    inner: "Scope | None" = None
    instantiates: bool = False
    parallel_multiple: bool = False
    activation: str | None = None
    lane: str | None = None
    role: str | None = None

    @property
    def event(self) -> EventDefinition:
        """The only event definition; a node without one is a none event."""
        return self.events[0] if self.events else NONE_EVENT

    @property
    def roles(self) -> tuple[str, ...]:
        """Who may do it or send it: the roles that it names itself, else the role of its lane."""
        return tuple((self.own.get("role") or self.role or "").split())

    @cached_property
    def label(self) -> str:
        """The name, or the id where it has none."""
        return " ".join(self.name.split()) or self.id


@dataclass
class Scope:
    """A process or a subprocess: what lies directly in it."""

    id: str
    kind: Literal["process", "subProcess", "transaction", "adHocSubProcess", "event"]
    name: str = ""
    documentation: str = ""
    executable: bool = True
    parent: "Scope | None" = None
    owner: "Node | None" = None
    nodes: dict[str, Node] = field(default_factory=dict[str, Node])
    flows: list[Flow] = field(default_factory=list[Flow])
    handlers: dict[str, str] = field(default_factory=dict[str, str])
    """Compensation boundary event -> the activity that undoes (a directed association)."""
    other_handlers: dict[str, str] = field(default_factory=dict[str, str])
    """Each further activity at such an event -> the event, which can have only one."""
    has_lanes: bool = False
    ordering: str = "Parallel"
    completion: str | None = None
    cancel_remaining: bool = True
    readers: tuple[str, ...] = ()
    """The roles that may read its records besides those that work in it."""

    def walk(self) -> Iterator["Scope"]:
        """This scope and every scope in it, outer first."""
        yield self
        for node in self.nodes.values():
            if node.inner is not None:
                yield from node.inner.walk()

    def all_nodes(self) -> Iterator[Node]:
        """Every node in this scope and the scopes in it."""
        for scope in self.walk():
            yield from scope.nodes.values()

    def outgoing(self, node: str) -> list[Flow]:
        """Flows that leave a node, in the order of the file."""
        return self._by_source.get(node, [])

    def incoming(self, node: str) -> list[Flow]:
        """Flows that reach a node, in the order of the file."""
        return self._by_target.get(node, [])

    def boundaries(self, node: str) -> list[Node]:
        """Boundary events attached to a node."""
        return self._by_host.get(node, [])

    # Looked up for every node once the scope has been read, so they are sorted once.

    @cached_property
    def _by_source(self) -> dict[str, list[Flow]]:
        found: dict[str, list[Flow]] = {}
        for flow in self.flows:
            found.setdefault(flow.source, []).append(flow)
        return found

    @cached_property
    def _by_target(self) -> dict[str, list[Flow]]:
        found: dict[str, list[Flow]] = {}
        for flow in self.flows:
            found.setdefault(flow.target, []).append(flow)
        return found

    @cached_property
    def _by_host(self) -> dict[str, list[Node]]:
        found: dict[str, list[Node]] = {}
        for node in self.nodes.values():
            if node.attached_to is not None:
                found.setdefault(node.attached_to, []).append(node)
        return found

    def event_subprocesses(self) -> list[Node]:
        """Subprocesses of this scope that an event triggers."""
        return [n for n in self.nodes.values() if n.inner is not None and n.inner.kind == "event"]


@dataclass
class Diagram:
    """All that one BPMN file holds that can run."""

    file: str
    processes: dict[str, Scope] = field(default_factory=dict[str, Scope])
    ids: set[str] = field(default_factory=set[str])
    messages: dict[str, str] = field(default_factory=dict[str, str])
    signals: dict[str, str] = field(default_factory=dict[str, str])
    errors: dict[str, str | None] = field(default_factory=dict[str, "str | None"])
    escalations: dict[str, str | None] = field(default_factory=dict[str, "str | None"])


@dataclass(frozen=True)
class Reading:
    """The diagrams of a bundle and the process that runs."""

    main: Scope
    file: str
    processes: Mapping[str, Scope]
    files: Mapping[str, str]
    """Process id -> the file that holds it."""

    def called(self) -> list[Scope]:
        """The main process and every process reached by call activities from it."""
        found = [self.main]
        for scope in found:
            for node in scope.all_nodes():
                target = self.processes.get(node.called or "")
                if node.kind == "callActivity" and target is not None and target not in found:
                    found.append(target)
        return found
