"""Undoing what was done: the ledger of completed activities and the handlers that run backwards."""

from typing import TYPE_CHECKING, Any

from clearway.engine.model import EventDefinition
from clearway.engine.token import Token

if TYPE_CHECKING:
    from clearway.engine.instance import Instance, Running
    from clearway.engine.specs.activities import ActivitySpec


def remember(token: Token, spec: "ActivitySpec") -> None:
    """Note in the ledger of its scope that an activity could be undone.

    A subprocess without a handler of its own keeps what is in its own ledger.
    """
    inner: list[Any] = token.internal_data.get("ledger") or []
    if spec.undo is not None or inner:
        scope: Running = token.workflow
        scope.ledger.append([spec.name, inner])


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
    chain: list[str] = token.internal_data.get("chain", [])
    waiter: str | None = token.internal_data.get("for")
    if chain:
        _next(instance, token.workflow, chain, waiter)
    elif waiter is not None and waiter in instance.tokens:
        instance.tokens[waiter].complete()


def _taken(scope: "Running", activity: str | None) -> list[list[Any]]:
    """Take out of the ledger what is to be undone: nothing is undone twice."""
    taken = [entry for entry in scope.ledger if activity in (None, entry[0])]
    scope.ledger = [entry for entry in scope.ledger if entry not in taken]
    return taken


def _handlers(instance: "Instance", entries: list[list[Any]]) -> list[str]:
    found: list[str] = []
    for name, inner in reversed(entries):
        undo = instance.blueprint.nodes[name].undo
        found.extend([undo.name] if undo is not None else _handlers(instance, inner))
    return found


def _next(instance: "Instance", scope: "Running", handlers: list[str], waiter: str | None) -> None:
    first, *rest = handlers
    kept = {"chain": rest, "for": waiter}
    instance.spawn(scope, instance.blueprint.nodes[first], kept)
