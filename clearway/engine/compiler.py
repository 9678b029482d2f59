"""Builds what SpiffWorkflow runs from our picture of a diagram: one spec for each node drawn.

The library's own parser is not used: it accepts constructs that it then runs wrongly, can hang,
and orders flows by where they are drawn.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from clearway.engine.compile_activities import activity
from clearway.engine.compile_context import CompileContext
from clearway.engine.compile_events import catches_of, telling_of
from clearway.engine.model import (
    ACTIVITIES,
    Node,
    Reading,
    Scope,
)
from clearway.engine.process_spec import ScopeSpec
from clearway.engine.reach import nodes_before
from clearway.engine.specs.activities import ActivitySpec
from clearway.engine.specs.base import NodeSpec, Offer, Way
from clearway.engine.specs.events import BoundarySpec, CatchSpec, StartSpec, ThrowSpec
from clearway.engine.specs.gateways import (
    EventGatewaySpec,
    ExclusiveSpec,
    InclusiveSpec,
    ParallelSpec,
)
from clearway.engine.wanted import a_truth

GATEWAY_SPECS: Mapping[str, type[NodeSpec]] = {
    "exclusiveGateway": ExclusiveSpec,
    "parallelGateway": ParallelSpec,
    "inclusiveGateway": InclusiveSpec,
    # With one way in it behaves as an inclusive split; the gate refuses it with more.
    "complexGateway": InclusiveSpec,
    "eventBasedGateway": EventGatewaySpec,
}


@dataclass
class Compiled:
    """All scopes and nodes of a process and of what it calls, by their ids."""

    scopes: dict[str, ScopeSpec] = field(default_factory=dict[str, ScopeSpec])
    nodes: dict[str, NodeSpec] = field(default_factory=dict[str, NodeSpec])
    variables: set[str] = field(default_factory=set[str])
    has_conditions: bool = False


def compile_reading(reading: Reading, context: CompileContext) -> Compiled:
    """Compile the main process and all it calls; problems go to the context's findings."""
    compiled = Compiled()
    for process in reading.called():
        context.file = reading.files[process.id]
        for scope in process.walk():
            _scope(scope, compiled, context)
        for scope in process.walk():
            _connect(scope, compiled, context)
    compiled.variables = set(context.variables)
    compiled.has_conditions = any(
        catch.kind == "conditional" for spec in compiled.nodes.values() for catch in spec.catches
    )
    return compiled


def _scope(scope: Scope, compiled: Compiled, context: CompileContext) -> None:
    spec = ScopeSpec(scope)
    compiled.scopes[scope.id] = spec
    if scope.kind == "adHocSubProcess" and scope.completion is not None:
        spec.completion = context.formula(
            scope.completion, scope.id, "completion condition", a_truth
        )
    for node in scope.nodes.values():
        compiled.nodes[node.id] = _node(spec, node, context)


def _node(scope: ScopeSpec, node: Node, context: CompileContext) -> NodeSpec:
    if node.kind in ACTIVITIES:
        return activity(scope, node, context)
    if node.kind in GATEWAY_SPECS:
        return GATEWAY_SPECS[node.kind](scope, node)
    if node.kind in ("intermediateThrowEvent", "endEvent"):
        thrower = ThrowSpec(scope, node)
        thrower.telling = telling_of(node, context)
        return thrower
    kinds = {"startEvent": StartSpec, "boundaryEvent": BoundarySpec}
    spec = kinds.get(node.kind, CatchSpec)(scope, node)
    spec.catches = catches_of(node, context)
    spec.message_outputs = context.formulas(node.outputs, node.id, "output")
    return spec


def _connect(scope: Scope, compiled: Compiled, context: CompileContext) -> None:
    ways: dict[str, list[Way]] = {}
    for flow in scope.flows:
        source, target = compiled.nodes.get(flow.source), compiled.nodes.get(flow.target)
        if source is None or target is None:
            continue
        default = scope.nodes[flow.source].default == flow.id
        condition = None
        if flow.condition is not None and not default:
            role = f"condition of the flow `{flow.id}`"
            condition = context.formula(flow.condition, flow.source, role, a_truth)
        ways.setdefault(flow.source, []).append(Way(flow.id, target, condition, default))
        target.incoming_count += 1
        source.connect(target)
    for source, target in links(scope):
        way = Way(f"{source}/{target}", compiled.nodes[target], None, False)
        ways.setdefault(source, []).append(way)
        compiled.nodes[source].connect(compiled.nodes[target])
    for node, found in ways.items():
        spec = compiled.nodes[node]
        spec.ways = tuple(found)
        spec.is_plain = all(way.condition is None and not way.is_default for way in found)
    for node in scope.nodes.values():
        _attach(node, compiled)
        compiled.nodes[node.id].offer = Offer(
            node.own.get("action"), " ".join(node.roles) or None, context.form_of(node.id)
        )
    _start(scope, compiled)


def links(scope: Scope) -> list[tuple[str, str]]:
    """Link throw events and the catch events that they lead to."""
    catchers = {
        node.event.name: node.id
        for node in scope.nodes.values()
        if node.kind == "intermediateCatchEvent" and node.event.kind == "link"
    }
    return [
        (node.id, catchers[node.event.name])
        for node in scope.nodes.values()
        if node.kind == "intermediateThrowEvent"
        and node.event.kind == "link"
        and node.event.name in catchers
    ]


def _attach(node: Node, compiled: Compiled) -> None:
    spec = compiled.nodes[node.id]
    if isinstance(spec, EventGatewaySpec):
        spec.targets = tuple(way.target for way in spec.ways)
        states = {target.state_shown for target in spec.targets}
        # Whoever waits at the gateway waits at the events behind it.
        if spec.state_shown is None and len(states) == 1:
            spec.state_shown = states.pop()
    if isinstance(spec, InclusiveSpec) and spec.incoming_count > 1:
        spec.reaches = nodes_before(node)
    if not isinstance(spec, ActivitySpec):
        return
    boundaries: list[BoundarySpec] = []
    for event in node.scope.boundaries(node.id):
        attached = compiled.nodes[event.id]
        if event.event.kind == "compensate":
            handler = node.scope.handlers.get(event.id)
            spec.undo = None if handler is None else compiled.nodes[handler]
        elif isinstance(attached, BoundarySpec):
            boundaries.append(attached)
    spec.boundaries = tuple(boundaries)


def _start(scope: Scope, compiled: Compiled) -> None:
    spec = compiled.scopes[scope.id]
    spec.starts = tuple(compiled.nodes[node.id] for node in starting_nodes(scope))
    spec.inclusive_joins = tuple(
        each for each in spec.nodes if isinstance(each, InclusiveSpec) and each.incoming_count > 1
    )
    events: list[StartSpec] = []
    for owner in scope.event_subprocesses():
        for node in owner.inner.nodes.values() if owner.inner is not None else ():
            start = compiled.nodes[node.id]
            if isinstance(start, StartSpec):
                events.append(start)
    spec.event_starts = tuple(events)


def starting_nodes(scope: Scope) -> list[Node]:
    """What begins when a scope begins: its none start event, or all that nothing leads to."""
    starts = [node for node in scope.nodes.values() if node.kind == "startEvent"]
    if starts:
        return [node for node in starts if node.event.kind == "none"]
    return [node for node in scope.nodes.values() if is_first(scope, node)]


def is_first(scope: Scope, node: Node) -> bool:
    """Whether nothing in the drawing leads to a node that must be led to."""
    if node.kind == "boundaryEvent" or node.for_compensation:
        return False
    if node.inner is not None and node.inner.kind == "event":
        return False
    if node.kind == "intermediateCatchEvent" and node.event.kind == "link":
        return False
    return not scope.incoming(node.id)
