"""Undoing what was done: the ledger of completed activities and the handlers that run backwards."""

from typing import TYPE_CHECKING, Any

from clearway.engine import ledger as ledgers
from clearway.engine.ledger import Ledger
from clearway.engine.model import EventDefinition
from clearway.engine.token import Token

if TYPE_CHECKING:
    from clearway.engine.instance import Instance, Running
    from clearway.engine.specs.activities import ActivitySpec


def remember(token: Token, spec: "ActivitySpec") -> None:
    """Note in the ledger of its scope that an activity could be undone.

    A subprocess without a handler of its own is undone by what was done inside of it.
    """
    inside: Ledger = token.internal_data.get("ledger") or []
    if spec.undo is not None or inside:
        scope: Running = token.workflow
        ledgers.add(scope.ledger, spec.name, None if spec.undo else inside)


def begin(token: Token, event: EventDefinition) -> bool:
    """Run the handlers, the last completed first, one after the other (BPMN 2.0, 13.5.5).

    True when there is nothing to undo, or nobody waits for it; False when the token waits.
    """
    instance: Instance = token.workflow.top_workflow
    scope: Any = token.workflow
    if event.kind == "cancel":
        scope.interrupted = True
        instance.cancel_all(scope, but=token)
    elif scope.spec.scope.kind == "event":
        scope = scope.outer
    handlers = _handlers(instance, _taken(scope, event.activity))
    if not handlers:
        return True
    waits = event.waits or event.kind == "cancel"
    _next(instance, scope, handlers, token.id if waits else None)
    return not waits


def handler_done(token: Token) -> None:
    """A handler has completed: the next one begins, or what waited for all of them goes on."""
    instance: Instance = token.workflow.top_workflow
    instance.happen("compensated", token.task_spec.node)
    chain: Ledger = token.internal_data.get("chain", [])
    waiter: str | None = token.internal_data.get("for")
    if chain:
        _next(instance, token.workflow, chain, waiter)
    elif waiter is not None and waiter in instance.tokens:
        instance.tokens[waiter].complete()


def _taken(scope: "Running", activity: str | None) -> Ledger:
    """Take out of the ledger what is to be undone: nothing is undone twice."""
    taken, scope.ledger = ledgers.split(scope.ledger, lambda name: activity in (None, name))
    return taken


def _handlers(instance: "Instance", done: Ledger) -> Ledger:
    """What undoes these activities, in the order in which they were done."""
    found: Ledger = []
    for name, inside in ledgers.entries(done):
        undo = instance.blueprint.nodes[name].undo
        if undo is not None:
            ledgers.add(found, undo.name)
        else:
            ledgers.extend(found, _handlers(instance, inside))
    return found


def _next(instance: "Instance", scope: "Running", handlers: Ledger, waiter: str | None) -> None:
    last, rest = ledgers.newest(handlers)
    # A handler runs as often as what it undoes was done, over years: that is no circle.
    instance.runs.clear()
    instance.spawn(scope, instance.blueprint.nodes[last], {"chain": rest, "for": waiter})
