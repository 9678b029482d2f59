"""What an instance waits for, as values for the world outside."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from clearway.engine import catching, work_items
from clearway.engine.catching import Subscription
from clearway.engine.instance import Instance
from clearway.engine.specs.activities import ServiceSpec, UserSpec
from clearway.engine.spiff import WAITING
from clearway.engine.timers import TimerRule, due_instant
from clearway.engine.values import ApprovalSpec, WaitingEvent, WaitingJob, WaitingTimer, Waits
from clearway.feel import decode

if TYPE_CHECKING:
    from clearway.engine.specs.base import NodeSpec


def waits_of(instance: Instance) -> Waits:
    """All work items, timers, events and jobs of an instance, each by its stable token."""
    if instance.completed:
        return Waits()
    items: list[work_items.WaitingWorkItem] = []
    jobs: list[WaitingJob] = []
    for scope in instance.scopes():
        for token in scope.live:
            spec = token.task_spec
            if isinstance(spec, UserSpec) and token.state == WAITING:
                items.append(work_items.work_item(instance, token))
            elif isinstance(spec, ServiceSpec) and "loop" not in token.internal_data:
                inputs = {
                    name: decode(value) for name, value in token.internal_data.get("in", {}).items()
                }
                retries = int(spec.node.own.get("retries", "3"))
                step = spec.node.own.get("step", "")
                jobs.append(WaitingJob(token.id, spec.name, step, inputs, retries))
    timers: list[WaitingTimer] = []
    events: list[WaitingEvent] = []
    for each in catching.subscriptions(instance):
        if each.catch.timer is not None:
            timers.extend(_timer(each, each.catch.timer))
        elif each.catch.kind in ("message", "signal"):
            events.append(_event(each))
    return Waits(tuple(items), tuple(timers), tuple(events), tuple(jobs))


def approvals_anew(instance: Instance) -> Mapping[str, ApprovalSpec]:
    """What each waiting approval would ask if it began now, by its token."""
    waiting = [
        token
        for scope in instance.scopes()
        for token in scope.live
        if isinstance(token.task_spec, UserSpec) and token.state == WAITING
    ]
    found = {token.id: work_items.asked_anew(token) for token in waiting}
    return {token: spec for token, spec in found.items() if spec is not None}


def repeats(spec: "NodeSpec") -> bool:
    """Whether an event may happen more than once while its holder waits."""
    return spec.node.kind in ("boundaryEvent", "startEvent") and not spec.node.interrupting


def _timer(each: Subscription, rule: TimerRule) -> list[WaitingTimer]:
    """The timer of an event; none when it has fired for the last time."""
    armed = each.arms.get(each.catch.key)
    if armed is None:
        return []
    left = armed.get("left") if repeats(each.spec) else None
    # What comes once is never skipped: nothing else would let the process go on.
    missed = "once" if left is None else rule.missed
    return [WaitingTimer(each.token, each.spec.name, due_instant(armed), left, missed)]


def _event(each: Subscription) -> WaitingEvent:
    offer = each.spec.offer
    return WaitingEvent(
        each.token,
        each.spec.name,
        "message" if each.catch.kind == "message" else "signal",
        each.catch.name or "",
        offer.action,
        offer.role,
        offer.form,
    )
