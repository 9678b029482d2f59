"""One turn: a trigger goes in, the instance runs until all waits, its effects come out."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from clearway.engine import catching, state, throwing
from clearway.engine.instance import Instance
from clearway.engine.specs.activities import ServiceSpec, UserSpec
from clearway.engine.specs.events import StartSpec
from clearway.engine.specs.gateways import JoinSpec
from clearway.engine.spiff import STARTED, WAITING
from clearway.engine.timers import due_instant
from clearway.engine.token import Token
from clearway.engine.values import (
    ApprovalSpec,
    BroadcastSignal,
    CancelInstance,
    CompleteWorkItem,
    DeliverMessage,
    FailJob,
    FinishJob,
    FireTimer,
    ProcessFault,
    SetVariables,
    Start,
    Trigger,
    Turn,
    Value,
    Waits,
    Wake,
    World,
)
from clearway.engine.waits import approvals_anew, repeats, waits_of
from clearway.errors import ClearwayError
from clearway.feel import FeelError, from_json

if TYPE_CHECKING:
    from clearway.engine.blueprint import Blueprint

T = TypeVar("T")


def turn(blueprint: "Blueprint", saved: bytes | None, trigger: Trigger, world: World) -> Turn:
    """The whole effect of one trigger. Pure: nothing outside the answer changes.

    `saved` is None for Start and only then. Raises ProcessFault when the process itself fails and
    StateError for bytes that are no instance of this version; then nothing has happened.
    """
    if (saved is None) != isinstance(trigger, Start):
        raise ValueError("An instance is started once: give saved state, or Start, not both.")
    instance = Instance(blueprint, world) if saved is None else state.load(blueprint, saved, world)
    # Nothing waits in an instance before it begins, whatever its diagram waits for from then on.
    before = Waits() if saved is None else _looked_at(instance, waits_of)
    try:
        caught = _APPLIED[type(trigger)](instance, trigger)
        instance.run()
    except ProcessFault as fault:
        fault.happenings = tuple(instance.effects.happenings)
        raise
    return concluded(instance, before, caught=caught)


def concluded(instance: Instance, before: Waits, *, caught: bool = True) -> Turn:
    """The turn of an instance that has run until all waits."""
    shown = _shown_state(instance)
    after = waits_of(instance)
    return Turn(
        state=_saved(instance),
        finished=instance.completed,
        shown_state=shown,
        before=before,
        after=after,
        record=instance.record,
        record_changes=tuple(instance.effects.record_changes),
        messages=tuple(instance.effects.messages),
        notices=tuple(instance.effects.notices),
        happenings=tuple(instance.effects.happenings),
        caught=caught,
        signals=tuple(instance.effects.signals),
        stuck=_stuck(instance, after),
        flows=tuple(dict.fromkeys(instance.effects.flows)),
    )


def approvals(blueprint: "Blueprint", saved: bytes, world: World) -> Mapping[str, ApprovalSpec]:
    """What the waiting approvals would ask if they began now, by token.

    Raises ProcessFault when an expression fails, and StateError for bytes that are no instance.
    """
    return _looked_at(state.load(blueprint, saved, world), approvals_anew)


def waits(blueprint: "Blueprint", saved: bytes, world: World) -> Waits:
    """What a saved instance waits for; raises StateError for bytes that are none."""
    return _looked_at(state.load(blueprint, saved, world), waits_of)


def _looked_at(instance: Instance, look: Callable[[Instance], T]) -> T:
    """What is seen of an instance that was just loaded; raises StateError when that is damaged."""
    try:
        return look(instance)
    except ClearwayError:
        raise
    except Exception as error:  # what is damaged can fail anywhere
        told = f"The saved instance is damaged: it does not fit: {error!r}."
        raise state.StateError(told) from error


def _start(instance: Instance, trigger: Start) -> bool:
    start = _start_event(instance, trigger.event)
    name = None if start is None else start.name
    instance.variables.update(_values(trigger.variables, name, "start"))
    if start is not None and start.message_outputs:
        catching.keep_message(instance, start, instance, trigger.variables)
    instance.begin_scope(instance, start)
    return True


def _start_event(instance: Instance, event: str | None) -> StartSpec | None:
    scope = instance.spec
    if event is None:
        if scope.starts:
            return None
        raise ProcessFault(
            scope.name,
            "It has no start event without a trigger.",
            "Start it at one of its message start events, or draw a start event.",
        )
    for spec in scope.nodes:
        if isinstance(spec, StartSpec) and (
            spec.name == event or event in [catch.name for catch in spec.catches]
        ):
            return spec
    raise ProcessFault(event, "It is no start event of this process.", "Name a start event.")


def _complete(instance: Instance, trigger: CompleteWorkItem) -> bool:
    token = instance.tokens.get(trigger.token)
    if token is None or not isinstance(token.task_spec, UserSpec) or not _waits(token):
        return False
    token.complete()
    return True


def _message(instance: Instance, trigger: DeliverMessage) -> bool:
    payload = _values(trigger.payload, trigger.element, f"message `{trigger.name}`")
    return catching.fire_all(
        instance, "message", trigger.name, element=trigger.element, payload=payload
    )


def _signal(instance: Instance, trigger: BroadcastSignal) -> bool:
    return catching.fire_all(instance, "signal", trigger.name)


def _timer(instance: Instance, trigger: FireTimer) -> bool:
    """Fire a timer `times` times; 0 lets missed rounds of a cycle pass unheard."""
    for each in catching.subscriptions(instance):
        armed: dict[str, Any] | None = each.arms.get(each.catch.key)
        rule = each.catch.timer
        if each.token != trigger.token or rule is None or armed is None:
            continue
        due = due_instant(armed)
        goes_on = repeats(each.spec) and rule.advance(armed, trigger.times, instance.world.now)
        if not goes_on:
            each.arms.pop(each.catch.key)
        for _ in range(max(trigger.times, 0) if repeats(each.spec) else 1):
            if each.is_open:
                catching.fire(instance, each, {"due": due})
        return True
    return False


def _finish_job(instance: Instance, trigger: FinishJob) -> bool:
    token = _job(instance, trigger.token)
    if token is None:
        return False
    result = _values(trigger.result, token.task_spec.name, "answer of the step")
    token.task_spec.answer(token, result)
    return True


def _fail_job(instance: Instance, trigger: FailJob) -> bool:
    token = _job(instance, trigger.token)
    if token is None:
        return False
    details: dict[str, Value] = {"code": trigger.error_code, "message": trigger.message}
    if not throwing.throw(token, "error", trigger.error_code, details):
        raise ProcessFault(
            token.task_spec.name,
            f"The step failed with `{trigger.error_code}`: {trigger.message}",
            "Draw an error boundary event that catches this code, or correct the data and retry.",
        )
    return True


def _set(instance: Instance, trigger: SetVariables) -> bool:
    instance.variables.update(_values(trigger.variables, None, "set of variables"))
    return True


def _wake(_instance: Instance, _trigger: Wake) -> bool:
    return True


def _cancel(instance: Instance, _trigger: CancelInstance) -> bool:
    instance.interrupted = True
    instance.cancel_all(instance)
    instance.emptied.clear()
    if not instance.completed:
        instance.completed = True
        instance.happenings_add("ended", instance.blueprint.process, instance.blueprint.name)
    return True


_APPLIED: dict[type, Callable[[Instance, Any], bool]] = {
    Start: _start,
    CompleteWorkItem: _complete,
    DeliverMessage: _message,
    BroadcastSignal: _signal,
    FireTimer: _timer,
    FinishJob: _finish_job,
    FailJob: _fail_job,
    SetVariables: _set,
    Wake: _wake,
    CancelInstance: _cancel,
}


def _values(given: Mapping[str, Value], element: str | None, what: str) -> dict[str, Value]:
    try:
        return {name: from_json(value) for name, value in given.items()}
    except FeelError as error:
        raise ProcessFault(
            element,
            f"The {what} carries something that is no value: {error}.",
            "Send text, numbers, dates, lists or mappings.",
        ) from error


def _job(instance: Instance, identifier: str) -> Token | None:
    token = instance.tokens.get(identifier)
    if token is None or not isinstance(token.task_spec, ServiceSpec):
        return None
    return token if _waits(token) and "loop" not in token.internal_data else None


def _waits(token: Token) -> bool:
    return token.state in (WAITING, STARTED)


def _saved(instance: Instance) -> bytes:
    try:
        return state.save(instance)
    except state.StateError as error:
        raise ProcessFault(
            None, f"The instance cannot be kept: {error}", "Correct the data and try again."
        ) from error


def _stuck(instance: Instance, after: Waits) -> tuple[str, ...]:
    if instance.completed or after.work_items or after.timers or after.events or after.jobs:
        return ()
    if any(each.catch.kind == "conditional" for each in catching.subscriptions(instance)):
        return ()
    places = [token.task_spec for scope in instance.scopes() for token in scope.live]
    return tuple(dict.fromkeys(spec.name for spec in places if not hasattr(spec, "inside")))


def _shown_state(instance: Instance) -> str | None:
    """The state of the token that came last among those that show one; else the last one shown.

    A token that has arrived at a join shows nothing: its work is done.
    """
    newest, shown = -1, instance.last_state
    for scope in instance.scopes() if not instance.completed else ():
        for token in scope.live:
            if isinstance(token.task_spec, JoinSpec):
                continue
            state_here = _state_at(instance, token)
            if state_here is not None and int(token.id) > newest:
                newest, shown = int(token.id), state_here
    if shown != instance.told_state and shown is not None:
        before, instance.told_state = instance.told_state, shown
        instance.happenings_add(
            "state",
            instance.blueprint.process,
            instance.blueprint.name,
            {"from": before, "to": shown},
        )
    instance.last_state = shown
    return shown


def _state_at(instance: Instance, token: Token) -> str | None:
    spec, scope = token.task_spec, token.workflow
    while spec.state_shown is None:
        if scope is instance:
            return None
        owner = instance.tokens[scope.id]
        spec, scope = owner.task_spec, owner.workflow
    return spec.state_shown
