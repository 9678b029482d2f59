"""Branches that run side by side: where they part, what lies in each until they are joined."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from clearway.engine.compiler import links, starting_nodes
from clearway.engine.model import Node, Scope

_ONE_WAY = frozenset(("exclusiveGateway", "eventBasedGateway"))
_JOINS = frozenset(("parallelGateway", "inclusiveGateway"))


@dataclass(frozen=True)
class SideBySide:
    """Two branches: where they part (None: at the beginning), and the ids of the nodes in each.

    What is in both can be reached by either, before any gateway waits for both.
    """

    place: Node | None
    one: frozenset[str]
    other: frozenset[str]


def side_by_side(scope: Scope) -> Iterator[SideBySide]:
    """Every two branches of a scope that may be open at the same time."""
    after = _followers(scope)
    for place, begins in _parted(scope):
        shut = {place.id} if place is not None else set[str]()
        for one, other in combinations(begins, 2):
            whole = _reached(one, shut, after) & _reached(other, shut, after)
            joins = {it for it in whole if _waits_for_several(scope, it)}
            yield SideBySide(
                place, _reached(one, shut | joins, after), _reached(other, shut | joins, after)
            )


def _parted(scope: Scope) -> Iterator[tuple[Node | None, list[str]]]:
    if not any(node.kind == "startEvent" for node in scope.nodes.values()):
        begins = [node.id for node in starting_nodes(scope)]
        if len(begins) > 1:
            yield None, begins
    for node in scope.nodes.values():
        out = [flow.target for flow in scope.outgoing(node.id)]
        if len(out) > 1 and node.kind not in _ONE_WAY:
            yield node, out


def _followers(scope: Scope) -> Callable[[str], Iterable[str]]:
    """What a token on a node may come to next; what an event takes from it is among that."""
    linked = dict(links(scope))

    def after(node_id: str) -> Iterator[str]:
        yield from (flow.target for flow in scope.outgoing(node_id))
        yield from (boundary.id for boundary in scope.boundaries(node_id))
        if node_id in linked:
            yield linked[node_id]

    return after


def _reached(begin: str, shut: set[str], after: Callable[[str], Iterable[str]]) -> frozenset[str]:
    if begin in shut:
        return frozenset()
    seen, open_ends = {begin}, [begin]
    while open_ends:
        fresh = {it for it in after(open_ends.pop()) if it not in seen and it not in shut}
        seen |= fresh
        open_ends += fresh
    return frozenset(seen)


def _waits_for_several(scope: Scope, node_id: str) -> bool:
    node = scope.nodes.get(node_id)
    return node is not None and node.kind in _JOINS and len(scope.incoming(node_id)) > 1
