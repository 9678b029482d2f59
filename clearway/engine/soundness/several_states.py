"""Parts of a drawing that may be open several times at once, and then show several states."""

from collections.abc import Collection, Mapping

from clearway.engine import undoing
from clearway.engine.gate.say import Say
from clearway.engine.model import Node, Scope

_REMEDY = "Give clearway:state to the activity around them instead, or the same to all of them."


def beside(scope: Scope) -> list[Node]:
    """The event subprocesses that go on beside the work of the scope."""
    return [
        node
        for node in scope.event_subprocesses()
        if node.inner is not None
        and any(it.kind == "startEvent" and not it.interrupting for it in node.inner.nodes.values())
    ]


def check(scope: Scope, shows: Mapping[str, frozenset[str]], say: Say) -> None:
    """Refuse several states in what may be open more than once at the same time.

    `shows` has the states that a record may show by each node of the scope.
    """
    for node in scope.nodes.values():
        if len(shows[node.id]) > 1 and node.loop is not None and node.loop.kind == "parallel":
            _tell(node, shows[node.id], "it is done several times at the same time", say)
    for node in beside(scope):
        inner = node.inner.nodes.values() if node.inner is not None else ()
        starts = (it for it in inner if it.kind == "startEvent")
        if len(shows[node.id]) > 1 and any(map(_comes_again, starts)):
            _tell(node, shows[node.id], "its event may come again while it is open", say)
    for event in scope.nodes.values():
        if event.attached_to is not None and not event.interrupting and _comes_again(event):
            behind = {
                state for it in undoing.behind(scope, event.id) for state in shows.get(it, ())
            }
            if len(behind) > 1:
                why = "it may come again while what it has begun is open"
                _tell(event, behind, why, say)


def _comes_again(event: Node) -> bool:
    return event.event.kind != "timer" or event.event.timer_kind == "timeCycle"


def _tell(node: Node, states: Collection[str], why: str, say: Say) -> None:
    say.error(
        node.id,
        "states-at-once",
        f"The record would show more than one state at once ({' and '.join(sorted(states))}): "
        f"*{node.label}* shows them, and {why}.",
        _REMEDY,
    )
