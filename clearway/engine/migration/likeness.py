"""Whether an element of one version is the same kind of place as an element of another."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from clearway.engine.model import Loop
from clearway.engine.specs.activities import InsideSpec, ServiceSpec, UserSpec
from clearway.engine.specs.base import Catch, NodeSpec

Called = Callable[[str], str]
"""The name of an element in the new version."""
_MAP = "Let it be done in the old version first, or map it to an element of its kind."


@dataclass(frozen=True)
class Difference:
    """What an element has become, said after its name, and what helps."""

    what: str
    remedy: str


def difference(was: NodeSpec, now: NodeSpec, called: Called) -> Difference | None:
    """None when a token that rests on the one can rest on the other."""
    if was.node.kind != now.node.kind:
        return Difference(f"is a {now.node.kind} there, no {was.node.kind}", _MAP)
    if _inner_kind(was) != _inner_kind(now) or was.node.for_compensation != (
        now.node.for_compensation
    ):
        return Difference("begins in another way there", _MAP)
    if _event_kinds(was) != _event_kinds(now):
        told = " or ".join(_event_kinds(now)) or "nothing"
        return Difference(f"waits for another kind of event there ({told})", _MAP)
    if _repeats(was) != _repeats(now):
        return Difference("is repeated in another way there", _MAP)
    return _other_work(was, now, called)


def counterpart(event: NodeSpec | None, number: int, catch: Catch) -> Catch | None:
    """What stood for this catch of an event in the old version; None when it is new."""
    if event is None or number >= len(event.catches):
        return None
    before = event.catches[number]
    if before.kind != catch.kind:
        return None
    if before.timer is not None and catch.timer is not None:
        return before if before.timer.kind == catch.timer.kind else None
    return before


def new_wait(event: NodeSpec, before: NodeSpec | None) -> str | None:
    """What an event waits for now and did not, or does now; None when all that is the same."""
    if before is None:
        return None
    was, now = _told(before), _told(event)
    if was == now:
        if event.node.interrupting == before.node.interrupting:
            return None
        does = "interrupts now" if event.node.interrupting else "interrupts no longer"
        return f"{event.node.label} {does}."
    return f"{event.node.label} waits for {now} now, no longer for {was}."


def _told(event: NodeSpec) -> str:
    return " or ".join(map(_waits_for, event.catches)) or "nothing"


def _waits_for(catch: Catch) -> str:
    if catch.timer is not None:
        return "a timer"
    if catch.kind == "conditional":
        return "a condition"
    if catch.name is None:
        return f"any {catch.kind}" if catch.kind in ("error", "escalation") else f"a {catch.kind}"
    return f"the {catch.kind} {catch.name}" if catch.kind in ("error", "escalation") else catch.name


def _other_work(was: NodeSpec, now: NodeSpec, called: Called) -> Difference | None:
    if isinstance(was, ServiceSpec) and was.node.own.get("step") != now.node.own.get("step"):
        return Difference(
            f"calls {now.node.own.get('step')} there, and {was.node.own.get('step')} is running",
            "Wait until the step has answered, or map it to an element that calls the same step.",
        )
    if isinstance(was, UserSpec) and isinstance(now, UserSpec):
        if (was.asking.rule is None) != (now.asking.rule is None):
            what = "a task" if now.asking.rule is None else "an approval"
            return Difference(f"is {what} there", _MAP)
        if _seats(was) != _seats(now):
            return Difference(
                "is decided by other seats or another rule there",
                "Let this round be decided in the old version first, or keep its seats and rule.",
            )
        if _kept_out(was, called) != _kept_out(now, str):
            return Difference(
                "keeps other people from voting there",
                "Let this round be decided in the old version first, or keep who may not vote.",
            )
    return None


def _inner_kind(spec: NodeSpec) -> str | None:
    inner = spec.node.inner
    return inner.kind if inner is not None and isinstance(spec, InsideSpec) else None


def _event_kinds(spec: NodeSpec) -> list[str]:
    return sorted(catch.kind for catch in spec.catches)


def _repeats(spec: NodeSpec) -> tuple[str, bool] | None:
    loop: Loop | None = spec.node.loop
    return None if loop is None else (loop.kind, loop.collection is not None)


def _kept_out(spec: UserSpec, called: Called) -> Any:
    """Who may not vote in an approval; of another task, whom the diagram names besides."""
    asking = spec.asking
    if asking.rule is None:
        return asking.excluded and asking.excluded.text
    return asking.excluded and asking.excluded.text, {*map(called, asking.not_same_person_as)}


def _seats(spec: UserSpec) -> Any:
    return spec.asking.rule, spec.asking.result, spec.node.seats
