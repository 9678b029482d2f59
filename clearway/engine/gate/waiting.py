"""Waits that nothing need ever end: neither time nor a person leads on from them."""

from collections.abc import Iterable, Iterator

from clearway.engine.examine import Examined
from clearway.engine.gate.branches import Effort, apart, parted_by_flows
from clearway.engine.gate.say import Say
from clearway.engine.model import Node, Scope

_COMES_FROM_ELSEWHERE = frozenset(("message", "signal", "conditional"))
_THROWN_INSIDE = frozenset(("error", "escalation", "cancel"))
_REMEDY = (
    "Draw a timer beside it, on it or around it, or a button (clearway:action) for somebody"
    " who may go on without it."
)

Known = dict[int, frozenset[str]]
"""Scope (by its identity) -> the nodes beside which another branch may end everything."""


def check(process: Scope, examined: Examined, say: Say) -> None:
    """Refuse a wait for what may never come, where neither time nor a person leads on.

    A user task needs none: it stands in somebody's inbox.
    """
    known: Known = {}
    for node in process.all_nodes():
        if _waits(node) and not _has_way_out(node, examined, frozenset(), known):
            say.refuse(node, "wait-forever", "may wait for ever: nothing need come", _REMEDY)


def _waits(node: Node) -> bool:
    if node.kind == "receiveTask":
        return not node.instantiates
    if node.kind != "intermediateCatchEvent":
        return False
    return any(event.kind in _COMES_FROM_ELSEWHERE for event in node.events)


def _has_way_out(node: Node, examined: Examined, seen: frozenset[str], known: Known) -> bool:
    """Whether time or a person leads on from here, or from what lies around it."""
    if _leads_on(node) or any(map(_leads_on, _beside(node))):
        return True
    if _is_ended_beside(node, known):
        return True
    around = _around(node.scope, examined)
    return bool(around) and all(_is_left(it, examined, seen, known) for it in around)


def _is_ended_beside(node: Node, known: Known) -> bool:
    """Whether another branch may end all that is in the scope."""
    if id(node.scope) not in known:
        known[id(node.scope)] = frozenset(_ended_beside(node.scope))
    return node.id in known[id(node.scope)]


def _ended_beside(scope: Scope) -> Iterator[str]:
    ends = [it.id for it in scope.nodes.values() if _ends_all(it)]
    for found in parted_by_flows(scope, Effort()) if ends else ():
        ending = {way for end in ends for way in found.ways.get(end, ())}
        for node_id, ways in found.ways.items():
            if any(apart(one, other) for one in ways for other in ending):
                yield node_id


def _is_left(around: Node, examined: Examined, seen: frozenset[str], known: Known) -> bool:
    if around.id in seen:
        return False
    thrown = any(_is_left_by_throwing(event) for event in around.scope.boundaries(around.id))
    return thrown or _has_way_out(around, examined, seen | {around.id}, known)


def _around(scope: Scope, examined: Examined) -> list[Node]:
    """The subprocess that holds this scope, or all that call this process; none around the main."""
    if scope.owner is not None:
        return [scope.owner]
    return [
        node
        for process in examined.read.called()
        for node in process.all_nodes()
        if node.kind == "callActivity" and node.called == scope.id
    ]


def _beside(node: Node) -> Iterator[Node]:
    """What may happen instead: on its border, behind the same gateway, anywhere in its scope."""
    scope = node.scope
    yield from scope.boundaries(node.id)
    for flow in scope.incoming(node.id):
        # A flow that comes from nowhere is refused by itself (`flow-end`).
        before = scope.nodes.get(flow.source)
        if before is not None and before.kind == "eventBasedGateway":
            targets = (scope.nodes.get(it.target) for it in scope.outgoing(before.id))
            yield from (it for it in targets if it is not None)
    yield from _starts(scope.event_subprocesses())


def _starts(subprocesses: Iterable[Node]) -> Iterator[Node]:
    for node in subprocesses:
        if node.inner is not None:
            yield from (it for it in node.inner.nodes.values() if it.kind == "startEvent")


def _leads_on(node: Node) -> bool:
    return bool(node.own.get("action")) or any(event.kind == "timer" for event in node.events)


def _ends_all(node: Node) -> bool:
    return node.kind == "endEvent" and any(event.kind == "terminate" for event in node.events)


def _is_left_by_throwing(node: Node) -> bool:
    return node.interrupting and any(event.kind in _THROWN_INSIDE for event in node.events)
