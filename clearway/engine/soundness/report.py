"""Says in the owner's words what cannot work: standstill, endless round, dead part, two states."""

import time
from collections.abc import Collection, Mapping

from clearway.engine import undoing
from clearway.engine.gate.say import Say
from clearway.engine.model import ACTIVITIES, Node, Scope
from clearway.engine.soundness import recursion, several_states
from clearway.engine.soundness.net import Marking, Net, Outcome, outcome_of, takes_time
from clearway.engine.soundness.search import MOST_SECONDS, Explored, explore
from clearway.engine.soundness.several_states import beside

_LONGEST_TRACE = 12
_MOST_NAMED = 5

Shows = dict[str, frozenset[str]]
"""Node -> the states that a record may show by it; those of what lies in it come first."""


def check(process: Scope, processes: Mapping[str, Scope], say: Say) -> None:
    """Look at the process and at each subprocess in it, the innermost first.

    `processes` are those that it may call, by their ids.

    A scope with a flow that leads nowhere is left out: the gate refuses that flow by itself
    (`flow-end`), and whatever else could be said would only follow from it.
    """
    outcomes: dict[str, Outcome] = {}
    shows: Shows = {}
    deadline = time.monotonic() + MOST_SECONDS
    _never_undone(process, processes, say)
    recursion.check(process, processes, say)
    for scope in reversed(list(process.walk())):
        around = _state_around(scope)
        for node in scope.nodes.values():
            shown = _states(node, shows, processes)
            shows[node.id] = (
                frozenset((around,)) if not shown and around and _rests(node) else shown
            )
        several_states.check(scope, shows, say)
        if _leads_nowhere(scope):
            continue
        net = Net(scope, outcomes, processes)
        found = _explored(net, shows, deadline)
        if scope.owner is not None:
            known = outcome_of(scope, found.came_by.keys())
            outcomes[scope.owner.id] = known if found.is_whole else Outcome(throws=known.throws)
        _report(scope, found, shows, say)


def _leads_nowhere(scope: Scope) -> bool:
    # What has no id cannot be told apart from others, nor be the end of a flow.
    return "" in scope.nodes or any(
        end not in scope.nodes for it in scope.flows for end in (it.source, it.target)
    )


def _explored(net: Net, shows: Shows, deadline: float) -> Explored:
    """The few markings that show whether it can finish; all of them where more is to be known."""
    if not net.is_independent or _shows_states(net.scope, shows):
        return explore(net, deadline)
    few = explore(net, deadline, in_turn=True)
    if not few.is_whole or not (few.stuck or few.trapped() is not None):
        return few
    # Something is wrong: the shortest way there is told, if there is time to find it.
    every = explore(net, deadline)
    return every if every.is_whole else few


def _report(scope: Scope, found: Explored, shows: Shows, say: Say) -> None:
    if not found.came_by:
        return
    if found.stuck:
        _standstill(scope, found, found.stuck[0], say)
    _two_states(scope, found, shows, say)
    _half_ended(scope, found, say)
    if not found.is_whole:
        owner = scope.owner.id if scope.owner else scope.id
        say.warning(
            owner,
            "soundness-unproven",
            f"It has too many ways to look at all of them: {len(found.came_by)} were looked at.",
            "Put parts that belong together into subprocesses: each is then looked at by itself.",
        )
        return
    trapped = None if _can_be_left(scope) else found.trapped()
    if trapped is not None:
        _endless(scope, found, trapped, say)
    if not found.stuck and trapped is None:
        _dead(scope, found, say)


def _standstill(scope: Scope, found: Explored, marking: Marking, say: Say) -> None:
    net = found.net
    told: list[str] = []
    place = scope.owner.id if scope.owner else scope.id
    for join, here in net.waiting_at(marking).items():
        have = {flow.id for flow in here}
        missing = [flow for flow in scope.incoming(join) if flow.id not in have]
        came = " and ".join(_label(scope, flow.source) for flow in here)
        wanted = " and ".join(_label(scope, flow.source) for flow in missing)
        told.append(f"what came from {came} waits at {_label(scope, join)} for {wanted}")
        place = join
    for node_id, _ in marking:
        node = scope.nodes.get(node_id)
        if node is not None:
            told.append(f"{_label(scope, node_id)} never ends")
            place = node_id
    say.error(
        place,
        "deadlock",
        f"It can come to a standstill: {_way(found, marking)}{'; '.join(told)}, for ever.",
        "Join what an exclusive gateway parted with an exclusive gateway, and what a parallel one "
        "parted with a parallel one; an inclusive gateway waits only for what can still come.",
    )


def _endless(scope: Scope, found: Explored, marking: Marking, say: Say) -> None:
    at = " and ".join(_label(scope, place) for place, _ in marking if place in scope.nodes)
    say.error(
        next((place for place, _ in marking if place in scope.nodes), scope.id),
        "livelock",
        f"It can go round for ever: {_way(found, marking)}from {at or 'there'} no way leads to "
        "where nothing is open any more.",
        "Draw a way from there to an end event.",
    )


def _never_undone(process: Scope, processes: Mapping[str, Scope], say: Say) -> None:
    """What undoes in a process that another calls may be wanted by that one."""
    called = {it.called for each in processes.values() for it in each.all_nodes()}
    if process.id in called:
        return
    wanted = undoing.wanted(process, processes)
    for scope in process.walk():
        for handler in scope.handlers.values():
            if handler not in wanted:
                say.error(
                    handler,
                    "dead-activity",
                    f"Nothing ever comes to {_label(scope, handler)}: no event undoes what it "
                    "would undo.",
                    "Draw a compensation event that throws behind it, or take the handler out.",
                )


def _dead(scope: Scope, found: Explored, say: Say) -> None:
    aside = {node.id for node in scope.event_subprocesses()} | found.acted
    unseen = [it for it in scope.nodes.values() if it.kind in ACTIVITIES and it.id not in aside]
    come_to = {place for marking in found.came_by if unseen for place, _ in marking}
    for node in unseen:
        if node.for_compensation or node.id in come_to:
            continue
        say.error(
            node.id,
            "dead-activity",
            f"Nothing ever comes to {_label(scope, node.id)}.",
            "Draw a way to it from a start event, or take it out.",
        )


def _two_states(scope: Scope, found: Explored, shows: Shows, say: Say) -> None:
    """Each element once, with what is open beside it and shows another state."""
    ways: dict[str, Marking] = {}
    besides: dict[str, list[str]] = {}
    aside = [it.id for it in beside(scope) if shows[it.id]]
    for marking in found.came_by:
        open_at_once = [place for place, _ in marking if shows.get(place)]
        one, *others = [*open_at_once, *aside] or [""]
        for other in others:
            told = besides.setdefault(one, [])
            if other not in told and len(shows[one] | shows[other]) > 1:
                ways.setdefault(one, marking)
                told.append(other)
    for one, marking in ways.items():
        other, *more = besides[one]
        states = " and ".join(sorted(shows[one] | shows[other]))
        text = (
            f"The record would show more than one state at once ({states}): "
            f"{_way(found, marking)}{_label(scope, one)} and {_label(scope, other)} are "
            f"open at the same time{_once_come(other, aside)}."
        )
        if more:
            named = ", ".join(_label(scope, it) for it in more[:_MOST_NAMED])
            rest = f" and {len(more) - _MOST_NAMED} more" if len(more) > _MOST_NAMED else ""
            text += f" So it is with {named}{rest}."
        say.error(
            one,
            "states-at-once",
            text,
            "Give clearway:state to one of the two only, or the same to both.",
        )


def _once_come(node: str, aside: Collection[str]) -> str:
    """What the way there leaves out: an event subprocess begins at any time by its event."""
    return ", once the event of the subprocess beside has come" if node in aside else ""


def _half_ended(scope: Scope, found: Explored, say: Say) -> None:
    """An end event with a state says that all is over; then nothing may be open."""
    told: set[str] = set()
    aside = [it.id for it in beside(scope) if _is_slow(it, found.net.processes)]
    for marking in found.came_by:
        for place, _ in marking:
            end = scope.nodes.get(place)
            if end is None or end.kind != "endEvent" or place in told or not end.own.get("state"):
                continue
            rest = [it for it, _ in marking if it != place]
            others = [it for it in rest if it in found.net.undoes or _lasts(scope.nodes.get(it))]
            others += [place] if place in found.net.undoes and not end.event.waits else []
            others += aside
            if not others or end.event.kind in ("terminate", "error", "cancel"):
                continue
            told.add(place)
            say.error(
                place,
                "improper-completion",
                f"The record would show {end.own['state']} while {_label(scope, others[0])} is "
                f"still open: {_way(found, marking)}it comes to {_label(scope, place)}"
                f"{_once_come(others[0], aside)}.",
                "Join the branches before the end event, or let it terminate the process.",
            )


def _is_slow(node: Node, processes: Mapping[str, Scope]) -> bool:
    inside = node.inner.all_nodes() if node.inner is not None else ()
    undone = (it for each in inside for it in undoing.handlers(each, processes))
    return takes_time(node) or any(map(takes_time, undone))


def _lasts(node: Node | None) -> bool:
    """What is done by itself in the same moment is never seen open."""
    return _rests(node) and node is not None and takes_time(node)


def _rests(node: Node | None) -> bool:
    return node is not None and (
        node.kind in ACTIVITIES or node.kind in ("intermediateCatchEvent", "eventBasedGateway")
    )


def _shows_states(scope: Scope, shows: Shows) -> bool:
    """Whether it matters what can be open at the same time."""
    shown = {state for node_id in scope.nodes for state in shows[node_id]}
    ends = any(it.kind == "endEvent" and it.own.get("state") for it in scope.nodes.values())
    return len(shown) > 1 or ends


def _states(node: Node, shows: Shows, processes: Mapping[str, Scope]) -> frozenset[str]:
    """The states that a record may show while a token is on the node, in it, or in what undoes."""
    if node.event.kind == "compensate" and node.kind != "boundaryEvent":
        undone = undoing.handlers(node, processes)
        return frozenset(it for each in undone for it in _states_within(each, processes))
    if node.kind not in ACTIVITIES and node.kind != "intermediateCatchEvent":
        return frozenset()
    if node.kind == "callActivity":
        return _states_within(node, processes)
    own = node.own.get("state")
    inside = node.inner.nodes if node.inner is not None else ()
    return frozenset((own,) if own else ()).union(*(shows[it] for it in inside))


def _state_around(scope: Scope) -> str | None:
    """The state that a record shows by what lies in the scope and has none of its own."""
    while scope.owner is not None:
        if scope.owner.own.get("state"):
            return scope.owner.own["state"]
        scope = scope.owner.scope
    return None


def _states_within(node: Node, processes: Mapping[str, Scope]) -> frozenset[str]:
    """The states of a node and of all that lies in it or that it calls, however deep."""
    nodes, seen = [node], {node.id}
    for each in nodes:
        for scope in (each.inner, processes.get(each.called or "")):
            inside = scope.nodes.values() if scope is not None else ()
            nodes += [it for it in inside if it.kind != "endEvent" and it.id not in seen]
            seen |= {it.id for it in inside}
    return frozenset(it.own["state"] for it in nodes if it.own.get("state"))


def _can_be_left(scope: Scope) -> bool:
    """Whether an event may interrupt the scope from outside or from inside, wherever it stands."""
    place: Scope | None = scope
    inside: Node | None = None
    while place is not None:
        others = (it for it in place.event_subprocesses() if it is not inside)
        if any(map(_begins_by_interrupting, others)):
            return True
        inside = owner = place.owner
        if owner is not None and any(
            it.interrupting and it.event.kind != "compensate"
            for it in owner.scope.boundaries(owner.id)
        ):
            return True
        place = place.parent
    return False


def _begins_by_interrupting(node: Node) -> bool:
    inner = node.inner
    if inner is None:
        return False
    return any(it.kind == "startEvent" and it.interrupting for it in inner.nodes.values())


def _way(found: Explored, marking: Marking) -> str:
    """The shortest way there as words: `after *assess* and then *notify*, `."""
    scope = found.net.scope
    steps: list[str] = []
    for move in found.trace(marking):
        way = None if move.way is None else _way_name(scope, move.way)
        node = scope.nodes[move.node]
        if way is not None:
            steps.append(way)
        elif node.kind in ACTIVITIES:
            steps.append(_label(scope, move.node))
    if not steps:
        return ""
    if len(steps) > _LONGEST_TRACE:
        half = _LONGEST_TRACE // 2
        steps = [*steps[:half], "...", *steps[-half:]]
    return f"after {', then '.join(steps)}, "


def _way_name(scope: Scope, way: str) -> str | None:
    boundary = scope.nodes.get(way)
    if boundary is not None:
        return _label(scope, way)
    flow = next((it for it in scope.flows if it.id == way), None)
    if flow is None:
        return None
    return f"{_label(scope, flow.source)}: *{flow.name or flow.id}*"


def _label(scope: Scope, node_id: str) -> str:
    node = scope.nodes.get(node_id)
    return f"*{node.label}*" if node is not None else f"`{node_id}`"
