"""Runs small diagrams with known outcomes, as data/bpmn-features writes them, and counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from clearway.engine.blueprint import Blueprint, BlueprintError, StartEventInfo, build
from clearway.engine.turn import turn, waits
from clearway.engine.values import (
    BroadcastSignal,
    Bundle,
    CompleteWorkItem,
    DeliverMessage,
    FireTimer,
    Happening,
    ProcessFault,
    SetVariables,
    Start,
    Trigger,
    World,
)
from clearway.feel import FeelError, compile_expression

BEGIN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MOST_FIRINGS = 10_000


@dataclass(frozen=True)
class Outcome:
    """How one case ended, and why."""

    case: str
    reason: str


@dataclass
class Report:
    """All cases by how they ended: as expected, refused by the gate, or otherwise."""

    executed: list[Outcome] = field(default_factory=list[Outcome])
    refused: list[Outcome] = field(default_factory=list[Outcome])
    wrong: list[Outcome] = field(default_factory=list[Outcome])


@dataclass
class Run:
    """One case while it runs; the state is saved and loaded after every step."""

    blueprint: Blueprint
    now: datetime = BEGIN
    state: bytes | None = None
    finished: bool = False
    fault: str | None = None
    completed: dict[str, int] = field(default_factory=dict[str, int])

    def apply(self, trigger: Trigger) -> bool:
        """One turn; False when nothing waited for it. A fault is remembered and ends the run."""
        world = World(self.now, {}, "CASE-1")
        try:
            done = turn(self.blueprint, self.state, trigger, world)
        except ProcessFault as fault:
            # What completed on the way to the fault is what the case asks about.
            self.fault = str(fault)
            self._count(fault.happenings)
            return True
        self.state, self.finished = done.state, done.finished
        self._count(done.happenings)
        return done.caught

    def _count(self, happenings: Sequence[Happening]) -> None:
        for happening in happenings:
            if happening.kind == "completed":
                self.completed[happening.element] = self.completed.get(happening.element, 0) + 1


def conformance(cases: Sequence[Mapping[str, Any]]) -> Report:
    """Run all cases. Never raises for a case: what cannot even be read is refused."""
    report = Report()
    for case in cases:
        name = str(case.get("name", ""))
        try:
            blueprint = build(_bundle(case), strict=False)
        except BlueprintError as error:
            report.refused.append(Outcome(name, str(error)))
            continue
        problem = _problem(case, blueprint)
        if problem is None:
            report.executed.append(Outcome(name, "as expected"))
        else:
            report.wrong.append(Outcome(name, problem))
    return report


def _bundle(case: Mapping[str, Any]) -> Bundle:
    xml = str(case["xml"])
    process = str(case.get("process") or "p")
    return Bundle(process, {f"{process}/{process}.bpmn": xml.encode()})


def _problem(case: Mapping[str, Any], blueprint: Blueprint) -> str | None:
    run = Run(blueprint)
    actions: list[str] = list(case.get("actions", ()))
    problem = _begin(case, run, actions)
    for action in actions:
        if problem is not None or run.fault is not None:
            break
        problem = _act(run, action)
    return problem or _difference(case, run)


def _begin(case: Mapping[str, Any], run: Run, actions: list[str]) -> str | None:
    """Start without a trigger where that is possible; else the first action starts it."""
    variables: dict[str, Any] = dict(case.get("var") or {})
    starts = run.blueprint.start_events
    if not starts or any(start.kind == "none" for start in starts):
        run.apply(Start(variables=variables))
        return None
    verb, _, rest = (actions.pop(0) if actions else "").partition(":")
    for start in starts:
        if verb in ("message", "signal") and rest in (start.message, start.signal):
            run.apply(Start(start.id, variables))
            return None
        if verb == "wait" and start.kind == "timer":
            return _begin_later(run, start, variables, timedelta(seconds=float(rest)))
    return f"it has no start event for `{verb}:{rest}`"


def _begin_later(
    run: Run, start: StartEventInfo, variables: dict[str, Any], span: timedelta
) -> str | None:
    """A timer start event: the instance begins when it is due, and the rest of the time passes."""
    end = run.now + span
    catch = run.blueprint.nodes[start.id].catches[0]
    if catch.timer is None or catch.timer.literal is None:
        return "when it starts depends on an expression"
    due = catch.timer.start(run.now, lambda _: None).due
    if due > end:
        return "it has not started"
    run.now = max(run.now, due)
    run.apply(Start(start.id, variables))
    return _wait(run, end - run.now)


def _act(run: Run, action: str) -> str | None:
    verb, _, rest = action.partition(":")
    if verb == "complete":
        items = waits(run.blueprint, run.state or b"", World(run.now, {})).work_items
        found = [item for item in items if item.element == rest]
        if not found:
            return f"no work item of `{rest}` is open"
        run.apply(CompleteWorkItem(found[0].token))
    elif verb == "message":
        run.apply(DeliverMessage(rest))
    elif verb == "signal":
        run.apply(BroadcastSignal(rest))
    elif verb == "set":
        return _set(run, rest)
    elif verb == "wait":
        return _wait(run, timedelta(seconds=float(rest)))
    else:
        return f"nobody knows the action `{action}`"
    return None


def _set(run: Run, text: str) -> str | None:
    name, _, value = text.partition("=")
    try:
        run.apply(SetVariables({name.strip(): compile_expression(value).evaluate({})}))
    except FeelError as error:
        return f"`{text}` cannot be set: {error}"
    return None


def _wait(run: Run, span: timedelta) -> str | None:
    """Time passes; each timer fires at its own instant, in order."""
    end = run.now + span
    for _ in range(MOST_FIRINGS):
        if run.finished or run.fault is not None:
            return None
        timers = waits(run.blueprint, run.state or b"", World(run.now, {})).timers
        due = sorted((timer for timer in timers if timer.due <= end), key=lambda t: t.due)
        if not due:
            run.now = end
            return None
        run.now = max(run.now, due[0].due)
        run.apply(FireTimer(due[0].token))
    return "its timers never come to rest"


def _difference(case: Mapping[str, Any], run: Run) -> str | None:
    if bool(case.get("err")) != (run.fault is not None):
        return f"it fails: {run.fault}" if run.fault else "it does not fail, but should"
    if bool(case.get("done")) != run.finished:
        return "it ends, but should not" if run.finished else "it does not end, but should"
    missing = [name for name in case.get("expect", ()) if name not in run.completed]
    if missing:
        return f"{', '.join(missing)} does not complete, but should"
    extra = [name for name in case.get("absent", ()) if name in run.completed]
    if extra:
        return f"{', '.join(extra)} completes, but should not"
    counts: Mapping[str, int] = case.get("counts") or {}
    off = [
        f"{name} completes {done}×, not {wanted}×"
        for name, wanted in counts.items()
        if (done := run.completed.get(name, 0)) != wanted
    ]
    return ", ".join(off) or None
