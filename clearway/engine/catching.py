"""What an instance waits for at this moment, and what happens when it comes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clearway.engine.names import write_field
from clearway.engine.spiff import WAITING
from clearway.engine.token import Token
from clearway.engine.values import Value

if TYPE_CHECKING:
    from clearway.engine.instance import Instance, Running
    from clearway.engine.specs.base import Catch, NodeSpec
    from clearway.engine.specs.events import BoundarySpec, StartSpec


@dataclass(frozen=True, slots=True)
class Subscription:
    """One event that would be caught now. `holder` is the token or scope that waits."""

    token: str
    holder: Any
    spec: "NodeSpec"
    catch: "Catch"

    @property
    def arms(self) -> dict[str, Any]:
        """What is kept for the events of the holder."""
        if isinstance(self.holder, Token):
            return self.holder.internal_data.setdefault("arms", {})
        return self.holder.arms

    @property
    def is_open(self) -> bool:
        """Whether the holder still waits."""
        if isinstance(self.holder, Token):
            return self.holder.is_live
        return not (self.holder.completed or self.holder.interrupted)


def subscriptions(instance: "Instance") -> Iterator[Subscription]:
    """Everything that waits, outer scopes first."""
    for scope in list(instance.scopes()) if not instance.completed else ():
        if not scope.interrupted:
            for start in scope.spec.event_starts:
                yield from _of(scope, f"{scope.id}:{start.name}", start)
        for token in scope.live:
            yield from _of_token(token)


def waiting_for(instance: "Instance", kind: str, name: str) -> list[Subscription]:
    """What waits for this message or signal."""
    return [
        each
        for each in subscriptions(instance)
        if each.catch.kind == kind and each.catch.name == name
    ]


def fire_all(
    instance: "Instance",
    kind: str,
    name: str,
    *,
    element: str | None = None,
    payload: Mapping[str, Value] | None = None,
) -> bool:
    """A message or signal reaches all that waits for it, or only `element`; False if none does."""
    found = [s for s in waiting_for(instance, kind, name) if element in (None, s.spec.name)]
    for each in found:
        if each.is_open:
            fire(instance, each, {kind: name}, payload)
    return bool(found)


def fire(
    instance: "Instance",
    caught: Subscription,
    details: Mapping[str, Value],
    payload: Mapping[str, Value] | None = None,
) -> None:
    """What was waited for has happened."""
    spec, holder = caught.spec, caught.holder
    keep_message(instance, spec, holder, payload)
    if not isinstance(holder, Token):
        start_event_subprocess(instance, holder, spec, details)
    elif spec in getattr(holder.task_spec, "boundaries", ()):
        fire_boundary(instance, holder, spec, details)
    elif spec is not holder.task_spec:
        happened(instance, spec, details)
        holder.internal_data["chosen"] = spec.name
        holder.complete()
    else:
        happened(instance, spec, details)
        holder.internal_data["fired"] = True
        holder.internal_data.pop("arms", None)
        holder.make_ready()


def fire_boundary(
    instance: "Instance", host: Token, spec: Any, details: Mapping[str, Value]
) -> None:
    """A boundary event happens: its host stops, unless the event does not interrupt."""
    happened(instance, spec, details)
    scope = host.workflow
    boundary: BoundarySpec = spec
    if boundary.interrupting:
        instance.cancel_token(host)
    instance.spawn(scope, boundary)


def start_event_subprocess(
    instance: "Instance", scope: "Running", spec: Any, details: Mapping[str, Value]
) -> None:
    """An event subprocess begins: everything else in the scope stops, unless it may go on."""
    happened(instance, spec, details)
    start: StartSpec = spec
    if start.node.interrupting:
        scope.interrupted = True
        scope.arms.clear()
        instance.cancel_all(scope)
    instance.spawn(scope, instance.blueprint.nodes[start.node.scope.id], {"start": start.name})


def happened(instance: "Instance", spec: "NodeSpec", details: Mapping[str, Value]) -> None:
    """One line for the history: a timer fired, or something was caught."""
    kind = "timer" if "due" in details else "caught"
    instance.happen(kind, spec.node, details)


def keep_message(
    instance: "Instance",
    spec: "NodeSpec",
    holder: Any,
    payload: Mapping[str, Value] | None,
    called: str = "message",
) -> None:
    """Write what the diagram keeps of a message, or of an error, into the record."""
    if payload is None or not spec.message_outputs:
        return
    extra: dict[str, Value] = {called: dict(payload)}
    values = [(name, instance.value(f, holder, extra)) for name, f in spec.message_outputs]
    for name, value in values:
        write_field(instance, spec.name, name, value)


def _of_token(token: Token) -> Iterator[Subscription]:
    spec = token.task_spec
    if "body" not in token.internal_data:
        for boundary in getattr(spec, "boundaries", ()):
            yield from _of(token, f"{token.id}:{boundary.name}", boundary)
    if token.state != WAITING:
        return
    for target in getattr(spec, "targets", ()):
        yield from _of(token, f"{token.id}:{target.name}", target)
    yield from _of(token, token.id, spec)


def _of(holder: "Token | Running", token: str, spec: "NodeSpec") -> Iterator[Subscription]:
    for number, catch in enumerate(spec.catches):
        name = token if number == 0 else f"{token}#{number}"
        yield Subscription(name, holder, spec, catch)
