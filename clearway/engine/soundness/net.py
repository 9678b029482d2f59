"""How tokens move through one scope, when every condition may hold and every event may come.

A token rests on a node, or on a flow into a gateway that joins. What lies in a subprocess is looked
at by itself; from outside, a subprocess is an activity that ends, if there is a way to its end.
"""

from bisect import bisect
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations

from clearway.engine import undoing
from clearway.engine.compiler import links, starting_nodes
from clearway.engine.model import ACTIVITIES, EventDefinition, Flow, Node, Scope
from clearway.engine.reach import nodes_before

Token = tuple[str, tuple[str, ...]]
"""A flow into a join with `()`, or a node with the boundary events that it has let go already.

An event that does not wait for what it undoes stays, with `_UNDOING`, until that is done.
"""
Marking = tuple[Token, ...]
"""All tokens of a scope, sorted."""

_ABROAD = "\0"
"""Where the only token of a scope is that an error or a cancellation has left; no id of XML."""

_UNDOING = ("undoing",)

PASSING = frozenset(
    (
        "intermediateThrowEvent",
        "startEvent",
        "task",
        "manualTask",
        "scriptTask",
        "sendTask",
        "businessRuleTask",
    )
)
"""What is done in the same moment; everything else may take its time."""

_SPLITS = ("exclusiveGateway", "parallelGateway", "inclusiveGateway")

ALIKE = 2
"""More tokens than this at one place show nothing that these do not, unless a join is ahead."""

MOST_ALIKE = 8
"""With a join ahead each of them counts; a scope with more than this is not proven."""

_WIDEST = 6
"""An inclusive split with more ways takes one, two, or all of them here."""


@dataclass(frozen=True)
class Move:
    """A step to another marking: `node` acted; `way` is the flow or boundary event it took."""

    after: Marking
    node: str
    way: str | None = None


@dataclass(frozen=True)
class Outcome:
    """How a subprocess can be over: whether at its end, and with which errors that leave it."""

    ends: bool = True
    throws: frozenset[str] = frozenset()


@dataclass
class Net:
    """A scope with its moves. `outcomes` tells of each subprocess in it how it can be over.

    `processes` are those that may be called, by their ids.
    """

    scope: Scope
    outcomes: dict[str, Outcome]
    processes: Mapping[str, Scope] = field(default_factory=dict[str, Scope])
    overflows: int = 0
    """How many markings were left out because too many tokens were at one place."""
    _reaches: dict[str, dict[str, frozenset[str]]] = field(
        default_factory=dict[str, dict[str, frozenset[str]]]
    )
    _links: dict[str, str] = field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        self._links = dict(links(self.scope))

    def first(self) -> list[Marking]:
        """What the scope may begin with: one marking for each of its triggers."""
        starts = [it for it in self.scope.nodes.values() if it.kind == "startEvent"]
        if starts:
            return [((it.id, ()),) for it in starts]
        begins: Marking = tuple(sorted((it.id, ()) for it in starting_nodes(self.scope)))
        return [begins] if begins else []

    @cached_property
    def is_independent(self) -> bool:
        """Whether nothing that one token does can keep another from going on."""
        ends = {node.event.kind for node in self.scope.nodes.values() if node.kind == "endEvent"}
        throws = any(outcome.throws for outcome in self.outcomes.values())
        return not throws and not ends & {"terminate", "error", "cancel"}

    def moves(self, marking: Marking) -> Iterator[list[Move]]:
        """Every step from here, those of one token together; none when nothing can go on.

        What needs no waiting happens first and in any one order: the order makes no difference.
        """
        resting: list[Token] = []
        for token in dict.fromkeys(marking):
            is_quick = self._quick.get(token[0])
            if is_quick:
                yield self._bounded(self._leave(marking, token, self.scope.nodes[token[0]]))
                return
            if is_quick is not None:
                resting.append(token)
        joined = self._join(marking)
        if joined is not None:
            yield self._bounded([joined])
            return
        for token in resting:
            moves = self._bounded(self._leave(marking, token, self.scope.nodes[token[0]]))
            if moves:
                yield moves

    def _bounded(self, moves: Iterable[Move]) -> list[Move]:
        return [it for it in map(self._countable, moves) if it is not None]

    def _countable(self, move: Move) -> Move | None:
        """The move without alike tokens that make no difference; None when too many are left."""
        after = move.after
        if len(after) - len(set(after)) < ALIKE:
            return move
        for token, count in Counter(after).items():
            if count > ALIKE and token[0] not in self._counted:
                for _ in range(count - ALIKE):
                    after = _without(after, token)
            elif count > MOST_ALIKE:
                self.overflows += 1
                return None
        return replace(move, after=after)

    def waiting_at(self, marking: Marking) -> dict[str, list[Flow]]:
        """Joins that wait here, each with the flows on which a token has come."""
        here: dict[str, list[Flow]] = {}
        for place, _ in marking:
            flow = self._flows.get(place)
            if flow is not None:
                here.setdefault(flow.target, []).append(flow)
        return here

    @cached_property
    def undoes(self) -> frozenset[str]:
        """The events that undo something which takes its time; a cancelling ends all else first."""
        return frozenset(
            node.id
            for node in self.scope.nodes.values()
            if node.event.kind == "compensate"
            and any(map(takes_time, undoing.handlers(node, self.processes)))
        )

    @cached_property
    def _counted(self) -> frozenset[str]:
        """The places from which a token may come to a join: how many are there matters."""
        joins = [node for node in self.scope.nodes.values() if self._joins(node)]
        found = {flow.id for join in joins for flow in self.scope.incoming(join.id)}
        for join in joins:
            for before in nodes_before(join).values():
                found |= before
        return frozenset(found)

    @cached_property
    def _flows(self) -> dict[str, Flow]:
        return {flow.id: flow for flow in self.scope.flows}

    @cached_property
    def _quick(self) -> dict[str, bool]:
        return {node.id: self._is_quick(node) for node in self.scope.nodes.values()}

    def _is_quick(self, node: Node) -> bool:
        if node.id in self.undoes:
            return False
        if node.kind in _SPLITS:
            return True
        if node.kind in PASSING:
            return node.loop is None and not self.scope.boundaries(node.id)
        return node.kind == "endEvent" and node.event.kind != "terminate"

    def _leave(self, marking: Marking, token: Token, node: Node) -> Iterator[Move]:
        rest = _without(marking, token)
        if token[1] == _UNDOING:
            yield Move(rest, node.id)
            return
        if node.event.kind == "compensate" and not node.event.waits and node.id in self.undoes:
            rest = _with(rest, (node.id, _UNDOING))
        if node.kind == "endEvent":
            if node.event.kind in ("error", "cancel"):
                yield Move(((_ABROAD, (_word(node.event),)),), node.id)
            else:
                yield Move(() if node.event.kind == "terminate" else rest, node.id)
            return
        if node.kind in ACTIVITIES:
            yield from self._interrupted(marking, token, node)
        outcome = self.outcomes.get(node.id, Outcome())
        for code in sorted(outcome.throws):
            if not any(_catches(it.event, code) for it in self.scope.boundaries(node.id)):
                yield Move(((_ABROAD, (code,)),), node.id)
        if outcome.ends:
            for taken in self._ways(node):
                named = taken[0].id if len(taken) == 1 and self._is_choice(node) else None
                yield Move(self._arrive(rest, [flow.id for flow in taken]), node.id, named)

    def _interrupted(self, marking: Marking, token: Token, node: Node) -> Iterator[Move]:
        rest = _without(marking, token)
        for boundary in self.scope.boundaries(node.id):
            if boundary.event.kind == "compensate":
                continue
            out = [flow.id for flow in self.scope.outgoing(boundary.id)]
            if boundary.interrupting:
                yield Move(self._arrive(rest, out), node.id, boundary.id)
            elif boundary.id not in token[1]:
                again = (token[0], tuple(sorted({*token[1], boundary.id})))
                yield Move(self._arrive(_with(rest, again), out), node.id, boundary.id)

    def _is_choice(self, node: Node) -> bool:
        return len(self.scope.outgoing(node.id)) > 1

    def _ways(self, node: Node) -> list[list[Flow]]:
        """The sets of flows that a node may take; one empty set when it leads nowhere."""
        out = self.scope.outgoing(node.id)
        target = self._links.get(node.id)
        if target is not None:
            out = [*out, Flow(f"link {target}", node.id, target)]
        if node.kind in ("exclusiveGateway", "eventBasedGateway"):
            return [[flow] for flow in out] or [[]]
        if node.kind == "parallelGateway":
            return [out]
        open_ends = [flow for flow in out if flow.condition is not None and flow.id != node.default]
        default = [flow for flow in out if flow.id == node.default]
        always = [flow for flow in out if flow not in open_ends and flow not in default]
        if not open_ends:
            return [[*always, *default]]
        found = [[*always, *some] for some in _some_of(open_ends)]
        if default or always:
            found.append([*always, *default])
        return found

    def _arrive(self, marking: Marking, flows: Sequence[str]) -> Marking:
        """The marking with a token at the end of each flow; a parallel join may fire by it."""
        for flow_id in flows:
            flow = self._flows.get(flow_id)
            place = flow.target if flow is not None else flow_id.removeprefix("link ")
            node = self.scope.nodes.get(place)
            if flow is None or node is None or not self._joins(node):
                marking = _with(marking, (place, ()))
                continue
            marking = _with(marking, (flow_id, ()))
            if node.kind == "parallelGateway":
                needed: set[Token] = {(it.id, ()) for it in self.scope.incoming(node.id)}
                if needed.issubset(marking):
                    for it in needed:
                        marking = _without(marking, it)
                    marking = _with(marking, (node.id, ()))
        return marking

    def _joins(self, node: Node) -> bool:
        return (
            node.kind in ("parallelGateway", "inclusiveGateway")
            and len(self.scope.incoming(node.id)) > 1
        )

    def _join(self, marking: Marking) -> Move | None:
        """An inclusive join fires when nothing can reach a flow of it that is still empty."""
        for join, here in self.waiting_at(marking).items():
            node = self.scope.nodes[join]
            if node.kind != "inclusiveGateway":
                continue
            filled = {flow.id for flow in here}
            if self._could_come(node, filled, marking):
                continue
            for flow in filled:
                marking = _without(marking, (flow, ()))
            return Move(_with(marking, (join, ())), join)
        return None

    def _could_come(self, join: Node, filled: Collection[str], marking: Marking) -> bool:
        if join.id not in self._reaches:
            self._reaches[join.id] = nodes_before(join)
        reaches = self._reaches[join.id]
        empty = [flow for flow in reaches if flow not in filled]
        for place, _ in marking:
            flow = self._flows.get(place)
            at = place if flow is None else flow.target
            if at == join.id:
                continue
            could = any(at in reaches[it] for it in empty)
            if could and not any(at in reaches[it] for it in filled):
                return True
        return False


def takes_time(node: Node) -> bool:
    """Whether an activity, or something in it, may still be open when all else has been done."""
    inside = [node] if node.inner is None else list(node.inner.all_nodes())
    quick = (*PASSING, *_SPLITS, "endEvent")
    return any(it.inner is None and (it.kind not in quick or it.loop is not None) for it in inside)


def is_over(marking: Marking) -> bool:
    """Whether nothing is to go on: all tokens are used up, or an error has left the scope."""
    return not marking or marking[0][0] == _ABROAD


def outcome_of(scope: Scope, markings: Collection[Marking]) -> Outcome:
    """How a scope with these markings can be over, with what its event subprocesses catch."""
    errors = {it[0][1][0] for it in markings if it and it[0][0] == _ABROAD}
    inside = [
        start.event
        for each in scope.event_subprocesses()
        if each.inner is not None
        for start in each.inner.nodes.values()
        if start.kind == "startEvent" and start.interrupting
    ]
    caught = {code for code in errors if any(_catches(event, code) for event in inside)}
    return Outcome(() in markings or bool(inside), frozenset(errors - caught))


def _word(event: EventDefinition) -> str:
    return event.kind if event.kind == "cancel" else f"error {event.name or ''}"


def _catches(event: EventDefinition, word: str) -> bool:
    if event.kind == "error":
        return word.startswith("error ") and event.name in (None, word.removeprefix("error "))
    return event.kind == "cancel" and word == "cancel"


def _some_of(flows: list[Flow]) -> Iterator[list[Flow]]:
    sizes = range(1, len(flows) + 1) if len(flows) <= _WIDEST else (1, 2, len(flows))
    for size in sizes:
        for some in combinations(flows, size):
            yield list(some)


def _with(marking: Marking, token: Token) -> Marking:
    at = bisect(marking, token)
    return (*marking[:at], token, *marking[at:])


def _without(marking: Marking, token: Token) -> Marking:
    at = marking.index(token)
    return (*marking[:at], *marking[at + 1 :])
