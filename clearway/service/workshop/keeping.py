"""Keeps a run as a scenario: what was done, and after it what anybody can see came of it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from clearway.engine.bundle import scenario_files
from clearway.engine.values import Bundle
from clearway.service.play import Play
from clearway.service.scenario_file import Scenario, ScenarioError, Step, read_scenario
from clearway.service.scenario_text import written
from clearway.service.values import Refusal
from clearway.service.workshop.trying import Doing, Sandbox, Trial
from processes.blank import is_blank

_LONGEST_NAME = 200
_LONGEST_FILE = 60
_HANDS = frozenset({"claim", "unclaim", "assign"})


@dataclass(frozen=True)
class Kept:
    """A scenario to be put into the folder of its process."""

    path: str
    content: bytes


def keep(sandbox: Sandbox, run: Scenario, name: str) -> Kept | Refusal:
    """The run as a scenario file, which passes on the files that it was tried on.

    Refused when the name is taken or none, and when the run itself does not fit the files.
    """
    name = " ".join(name.split())
    bundle = sandbox.deployed.bundle
    if (refusal := _refuse_name(bundle, name)) is not None:
        return refusal
    tried = sandbox.replay(run)
    if tried.trial is None or tried.refusal is not None:
        return tried.refusal or Refusal("invalid", "There is no run.", "Start it first.")
    content = written(scenario_of_trial(tried.trial, run, name))
    try:
        Play(sandbox.deployed, read_scenario(content), sandbox.steps, sandbox.rules).run()
    except ScenarioError as error:
        # Never kept and wrong: what does not pass now would only ever be in the way.
        return Refusal(
            "invalid",
            f"The scenario that was written does not pass: {error}",
            "Report this to the makers of Clearway; the run itself is still here.",
        )
    return Kept(path_of(bundle.process, name), content)


def path_of(process: str, name: str) -> str:
    """Where a scenario with this name is kept."""
    words = re.findall(r"[a-z0-9]+", name.lower())
    slug = "_".join(words)[:_LONGEST_FILE].strip("_") or "scenario"
    return f"{process}/scenarios/{slug}.yaml"


def scenario_of_trial(trial: Trial, run: Scenario, name: str) -> Scenario:
    """The run with what came of each doing, where something did."""
    opened, *doings = trial.doings
    last = trial.doings[-1]
    steps = list(_expected(opened, None, run.start, is_last=opened is last))
    for before, doing in zip(trial.doings, doings, strict=False):
        steps.append(cast(Step, doing.step))
        if doing is last:
            steps += _unanswered(trial)
        steps += _expected(doing, before, _given(cast(Step, doing.step)), is_last=doing is last)
    if not doings:
        steps = [*_unanswered(trial), *steps]
    return replace(run, name=name, steps=steps)


def _expected(
    doing: Doing, before: Doing | None, given: Mapping[str, object], *, is_last: bool
) -> Iterator[Step]:
    found: dict[str, object] = {}
    if is_last or before is None or doing.state != before.state:
        found["state"] = doing.state
    if is_last or before is None or sorted(doing.waiting) != sorted(before.waiting):
        found["waiting"] = list(doing.waiting)
    if doing.step is not None and doing.step.kind in _HANDS:
        found["assignee"] = dict(doing.assignees)
    record = {
        field: after
        for field, (_, after) in doing.changed.items()
        if (field not in given or given[field] != after) and _can_be_written(after)
    }
    if record:
        found["record"] = record
    if doing.notices:
        found["told"] = [it.template for it in doing.notices]
    if doing.sent:
        found["sent"] = list(doing.sent)
    if doing.ended and (before is None or not before.ended):
        found["ended"] = True
    if is_last or doing.faults != (before.faults if before else 0):
        found["faults"] = doing.faults
    if found:
        yield Step(0, "expect", found, {})


def _unanswered(trial: Trial) -> list[Step]:
    """A step that had no answer in the run must wait in the scenario as well."""
    lines = [it.step for it in trial.doings]
    answered = {
        str(step.what): number for number, step in enumerate(lines) if step and step.kind == "step"
    }
    waiting: list[str] = []
    for name, called in trial.called.items():
        last = answered.get(name, 0)
        if called >= last or name in trial.doings[last].asked:
            waiting.append(name)
    return [Step(0, "step", name, {"waits": True}) for name in waiting]


def _given(step: Step) -> Mapping[str, object]:
    values = step.words.get("answers") if step.kind == "step" else step.words.get("with")
    return cast(Mapping[str, object], values) if isinstance(values, Mapping) else {}


def _can_be_written(value: object) -> bool:
    """Whether a file gives this very value back: none does for numbers of any length."""
    probe = Scenario("", 1, {"value": value}, None, None, None)
    try:
        return read_scenario(written(probe)).start["value"] == value
    except (ScenarioError, ValueError, ArithmeticError):
        return False


def _refuse_name(bundle: Bundle, name: str) -> Refusal | None:
    if is_blank(name) or len(name) > _LONGEST_NAME:
        told = f"A scenario needs a name of at most {_LONGEST_NAME} letters."
        return Refusal("invalid", told, "Say in one sentence what it shows.", {"name": told})
    path = path_of(bundle.process, name)
    taken = path if path in bundle.files else _named(bundle, name)
    if taken is None:
        return None
    told = f"There is a scenario with this name already: {taken}."
    return Refusal("invalid", told, "Give this one another name.", {"name": told})


def _named(bundle: Bundle, name: str) -> str | None:
    for path in scenario_files(bundle):
        first = bundle.files[path].partition(b"\n")[0].decode(errors="replace")
        words: Sequence[str] = first.partition("scenario:")[2].strip().strip("\"'").split()
        if " ".join(words).lower() == name.lower():
            return path
    return None
