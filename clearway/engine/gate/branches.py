"""Branches that run side by side: where they part, and by which of them a node is reached."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import pairwise

from clearway.engine.compiler import links, starting_nodes
from clearway.engine.model import Flow, Node, Scope

_ONE_WAY = frozenset(("exclusiveGateway", "eventBasedGateway"))
_JOINS = frozenset(("parallelGateway", "inclusiveGateway"))

MOST_STEPS = 1_000_000
"""For all scopes of a process together: some seconds, which only a tangle of a diagram needs."""

Way = int
"""A set of branches, a bit for each: one alone, or those that a gateway has waited for."""


@dataclass(frozen=True)
class SideBySide:
    """Branches that begin at one place: node id -> the ways by which it may be reached.

    Several ways that are `apart` on one node: it may be open twice at the same time. What comes
    behind a gateway that waits for all branches is left out.
    """

    where: str
    ways: Mapping[str, frozenset[Way]]


@dataclass
class Effort:
    """The steps that may still be taken; when none is left, not everything was looked at."""

    left: int = field(default_factory=lambda: MOST_STEPS)


def apart(one: Way, other: Way) -> bool:
    """Whether neither way has waited for all of the other, so that both may be gone at once."""
    return one & other not in (one, other)


def parted_by_flows(scope: Scope, effort: Effort) -> Iterator[SideBySide]:
    """Every place of a scope from which several flows may be taken at the same time."""
    paths = _Paths(scope, effort)
    for place, begins in _partings(scope):
        where = f"after `{place.label}`" if place is not None else "from the beginning"
        numbered = [(begin, 1 << at) for at, begin in enumerate(begins)]
        again = place is not None and place.id not in paths.joins
        yield from paths.spread(where, numbered, place.id if place else None, again=again)


def parted_by_events(scope: Scope, effort: Effort) -> Iterator[SideBySide]:
    """What lies behind an event that does not interrupt, and what goes on beside it.

    What such an event begins more than once is one branch here.
    """
    paths = _Paths(scope, effort)
    for event in scope.nodes.values():
        host, out = event.attached_to, scope.outgoing(event.id)
        if host is not None and out and not event.interrupting:
            begins = [*((flow.target, 1) for flow in out), (host, 2)]
            yield from paths.spread(f"after `{event.label}`", begins, event.id, again=False)
    beside = [it.id for it in scope.event_subprocesses() if not _interrupts(it)]
    if beside:
        ways = {it.id: frozenset((1 << len(beside),)) for it in _main_flow(scope)}
        ways |= {each: frozenset((1 << at,)) for at, each in enumerate(beside)}
        yield SideBySide("once an event has come", ways)


def parted_by_undoing(scope: Scope, effort: Effort) -> Iterator[SideBySide]:
    """An event that does not wait for what it undoes, and what lies behind it."""
    paths = _Paths(scope, effort)
    for event in scope.nodes.values():
        if event.event.kind == "compensate" and not event.event.waits:
            begins = [(flow.target, 1) for flow in scope.outgoing(event.id)]
            where = f"after `{event.label}`"
            for found in paths.spread(where, begins, event.id, again=False):
                yield SideBySide(where, {**found.ways, event.id: frozenset((2,))})


def two_apart(ways: Iterable[tuple[Way, str]]) -> tuple[tuple[Way, str], tuple[Way, str]] | None:
    """The first two that are apart, each with its node; None when each way holds the one before."""
    in_order = sorted(ways, key=lambda it: (it[0].bit_count(), *it))
    return next((two for two in pairwise(in_order) if apart(two[0][0], two[1][0])), None)


def _partings(scope: Scope) -> Iterator[tuple[Node | None, list[str]]]:
    if not any(node.kind == "startEvent" for node in scope.nodes.values()):
        begins = [node.id for node in starting_nodes(scope)]
        if len(begins) > 1:
            yield None, begins
    for node in scope.nodes.values():
        if node.kind in _ONE_WAY:
            continue
        for together in _taken_together(node):
            if len(together) > 1:
                yield node, [flow.target for flow in together]


def _taken_together(node: Node) -> Iterator[list[Flow]]:
    """The flows that may be taken at once: a default flow only when no condition holds."""
    out = node.scope.outgoing(node.id)
    default = [it for it in out if it.id == node.default and node.kind != "parallelGateway"]
    if not default:
        yield out
        return
    yield [it for it in out if it not in default]
    yield [it for it in out if it in default or it.condition is None]


def _main_flow(scope: Scope) -> Iterator[Node]:
    aside = {each.id for each in scope.event_subprocesses()}
    return (
        node
        for node in scope.nodes.values()
        if node.kind != "startEvent" and node.id not in aside and not node.for_compensation
    )


def _interrupts(subprocess: Node) -> bool:
    inner = subprocess.inner.nodes.values() if subprocess.inner is not None else ()
    return all(it.interrupting for it in inner if it.kind == "startEvent")


def _telling(known: frozenset[Way], more: Iterable[Way]) -> frozenset[Way]:
    """All of the ways, or two of them that are apart: more than those tell nothing new."""
    if two_apart((way, "") for way in known) is not None:
        return known
    together = known.union(more)
    found = two_apart((way, "") for way in together)
    return together if found is None else frozenset(way for way, _ in found)


def _ranks(after: Mapping[str, list[str]]) -> dict[str, int]:
    """Node -> its number in an order in which a node comes before all that it leads to."""
    left: list[str] = []
    seen: set[str] = set()
    for root in after:
        path = [] if root in seen else [(root, iter(after[root]))]
        seen.add(root)
        while path:
            then = next((it for it in path[-1][1] if it not in seen), None)
            if then is None:
                left.append(path.pop()[0])
            else:
                seen.add(then)
                path.append((then, iter(after.get(then, ()))))
    return {node: at for at, node in enumerate(reversed(left))}


class _Paths:
    """Where tokens may go in a scope. Every node is looked at after those that lead to it, so that
    one look is enough where there is no round."""

    def __init__(self, scope: Scope, effort: Effort) -> None:
        self.effort = effort
        linked = dict(links(scope))
        self.after = {
            node_id: [
                *(flow.target for flow in scope.outgoing(node_id)),
                *(boundary.id for boundary in scope.boundaries(node_id)),
                *((linked[node_id],) if node_id in linked else ()),
            ]
            for node_id in scope.nodes
        }
        self.rank = _ranks(self.after)
        self.joins = {
            node.id
            for node in scope.nodes.values()
            if node.kind in _JOINS and len(scope.incoming(node.id)) > 1
        }

    def spread(
        self, where: str, begins: list[tuple[str, Way]], place: str | None, *, again: bool
    ) -> Iterator[SideBySide]:
        """Follow the branches; nothing when the effort is at its end.

        `again`: a branch that leads back to the place begins all of them once more.
        """
        reach = self._reach(begins, place)
        ways = self._ways(begins, reach, place if again else None)
        if self.effort.left > 0:
            yield SideBySide(where, ways)

    def _reach(self, begins: list[tuple[str, Way]], place: str | None) -> dict[str, Way]:
        """Node -> all branches that lead to it, up to a gateway that waits for every branch."""
        found: dict[str, Way] = {}
        open_ends = _Queue(self.rank)
        held: set[str] = set()

        def come(node: str, way: Way) -> None:
            grown = found.get(node, 0) | way
            if node != place and grown != found.get(node):
                found[node] = grown
                open_ends.add(node)

        everything = 0
        for begin, way in begins:
            everything |= way
            come(begin, way)
        passed: set[str] = set()
        for node in self._looked_at(open_ends):
            if found[node] == everything and node in self.joins and node not in passed:
                held.add(node)
            else:
                for then in self.after.get(node, ()):
                    come(then, found[node])
            if not open_ends and len(held) > 1:
                # Behind one such gateway there is nothing side by side any more; behind
                # several there may be a later one that waits for them.
                passed |= held
                for gateway in held:
                    open_ends.add(gateway)
                held = set()
        return found

    def _ways(
        self, begins: list[tuple[str, Way]], reach: dict[str, Way], again: str | None
    ) -> dict[str, frozenset[Way]]:
        found: dict[str, frozenset[Way]] = {}
        open_ends = _Queue(self.rank)

        def come(node: str, ways: Iterable[Way]) -> None:
            if node not in reach and node != again:
                return
            known = found.get(node, frozenset())
            if node in self.joins and reach.get(node, 0).bit_count() > 1:
                ways = (reach[node],)
            grown = _telling(known, ways)
            if grown != known:
                found[node] = grown
                open_ends.add(node)

        for begin, way in begins:
            come(begin, (way,))
        for node in self._looked_at(open_ends):
            for then in self.after.get(node, ()):
                come(then, found[node])
            if node == again:
                for begin, way in begins:
                    come(begin, (way,))
        return found

    def _looked_at(self, open_ends: "_Queue") -> Iterator[str]:
        while open_ends and self.effort.left > 0:
            node = open_ends.pop()
            self.effort.left -= 1 + len(self.after.get(node, ()))
            yield node


class _Queue:
    """Nodes to look at, each once, in the order of their ranks."""

    def __init__(self, rank: Mapping[str, int]) -> None:
        self._rank = rank
        self._heap: list[tuple[int, str]] = []
        self._inside: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self._heap)

    def add(self, node: str) -> None:
        if node not in self._inside:
            self._inside.add(node)
            heappush(self._heap, (self._rank.get(node, 0), node))

    def pop(self) -> str:
        node = heappop(self._heap)[1]
        self._inside.discard(node)
        return node
