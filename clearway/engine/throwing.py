"""What a token tells others, and what it throws at the scopes around it."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from clearway.engine import catching, keeping
from clearway.engine.durations import DurationError
from clearway.engine.expressions import Formula
from clearway.engine.model import EventDefinition
from clearway.engine.timers import TimerError, timing
from clearway.engine.token import Token
from clearway.engine.values import Notice, OutgoingMessage, ProcessFault, Value
from clearway.feel import feel_text
from clearway.feel.values import is_list

if TYPE_CHECKING:
    from clearway.engine.instance import Instance
    from clearway.engine.specs.events import BoundarySpec, StartSpec


@dataclass(frozen=True, slots=True)
class Telling:
    """A notice to people (`template`), or a message to a record, to a new record or to itself."""

    message: str | None
    template: str | None
    to: Formula | None
    starts: str | None
    inputs: tuple[tuple[str, Formula], ...] = ()
    invitation: str | None = None
    expires: str | Formula | None = None
    """How long a message to a record is wanted: ISO 8601 or a formula; None: until caught."""


def tell(token: Token, telling: Telling | None) -> None:
    """Send a notice or a message."""
    if telling is None:
        return
    instance: Instance = token.workflow.top_workflow
    element = token.task_spec.name
    values = {name: instance.value(formula, token) for name, formula in telling.inputs}
    to = None if telling.to is None else _addressees(instance, token, telling.to)
    if telling.template is not None:
        if to:
            notice = Notice(telling.template, tuple(to), values, element, telling.invitation)
            instance.effects.notices.append(notice)
        return
    name = telling.message or ""
    if telling.starts is not None:
        made = OutgoingMessage(name, None, values, element, telling.starts)
        instance.effects.messages.append(made)
    elif to is not None:
        until = _expiry(instance, token, telling.expires)
        instance.effects.messages += [
            OutgoingMessage(name, key, values, element, expires=until) for key in to
        ]
    else:
        keeping.send(instance, name, values, element)


def broadcast(token: Token, name: str) -> None:
    """A signal reaches everything in this instance that waits for it now."""
    instance: Instance = token.workflow.top_workflow
    instance.effects.signals.append(name)
    catching.fire_all(instance, "signal", name)


def interrupt(token: Token, event: EventDefinition) -> None:
    """What an end event does to the scope it ends in, and to the scopes around it."""
    instance: Instance = token.workflow.top_workflow
    if event.kind == "terminate":
        token.workflow.interrupted = True
        instance.cancel_all(token.workflow, but=token)
    elif event.kind == "cancel":
        _leave_transaction(instance, token)
    elif event.kind in ("error", "escalation") and not throw(
        token, event.kind, event.name, {"code": event.name}
    ):
        raise ProcessFault(
            token.task_spec.name,
            f"Nothing catches the {event.kind} `{event.name}`.",
            f"Draw a boundary event or an event subprocess that catches the {event.kind}.",
        )


def throw(token: Token, kind: str, code: str | None, details: dict[str, Value]) -> bool:
    """Find the innermost event that catches an error or escalation; False when none does.

    In one place an event that names the code goes before one that catches all.
    """
    instance: Instance = token.workflow.top_workflow
    holder: Token = token
    said = {"message": None, **details, "element": token.task_spec.node.label}
    while True:
        boundary = _match(getattr(holder.task_spec, "boundaries", ()), kind, code)
        if boundary is not None:
            host = instance.tokens.get(holder.internal_data.get("body", holder.id), holder)
            catching.keep_message(instance, boundary, host, said, "error")
            catching.fire_boundary(instance, host, boundary, details)
            return True
        scope: Any = holder.workflow
        start = None if scope.interrupted else _match(scope.spec.event_starts, kind, code)
        if start is not None:
            catching.keep_message(instance, start, scope, said, "error")
            catching.start_event_subprocess(instance, scope, start, details)
            return True
        if scope is instance:
            return False
        holder = instance.tokens[scope.id]


def _expiry(instance: "Instance", token: Token, expires: str | Formula | None) -> datetime | None:
    if expires is None:
        return None
    value = instance.value(expires, token) if isinstance(expires, Formula) else expires
    try:
        return timing("timeDuration", value, instance.world.now, None).due
    except (TimerError, DurationError, OverflowError) as error:
        raise ProcessFault(
            token.task_spec.name,
            f"It is not clear when the message expires: {error}",
            "Correct the data that clearway:expires uses, or the expression in the diagram.",
        ) from error


def _match(
    specs: "tuple[BoundarySpec, ...] | tuple[StartSpec, ...]", kind: str, code: str | None
) -> Any:
    for wanted in (code, None):
        for spec in specs:
            for catch in spec.catches:
                if catch.kind == kind and catch.name == wanted:
                    return spec
    return None


def _leave_transaction(instance: "Instance", token: Token) -> None:
    owner = instance.tokens[token.workflow.id]
    boundary = _match(owner.task_spec.boundaries, "cancel", None)
    host = instance.tokens[owner.internal_data.get("body", owner.id)]
    catching.fire_boundary(instance, host, boundary, {})


def _addressees(instance: "Instance", token: Token, formula: Formula) -> list[str]:
    value = instance.value(formula, token)
    several: list[Value] = value if is_list(value) else [value]
    found: list[str] = []
    for one in several:
        if isinstance(one, str) and one:
            found.append(one)
        elif one is not None:
            raise ProcessFault(
                token.task_spec.name,
                f"`{formula.text}` gives {feel_text(one)}, which names nobody.",
                "Correct the data, or the expression in the diagram.",
            )
    return found
