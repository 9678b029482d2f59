"""Who takes part in a run: the people of its scenarios, or one for each role; and as typed."""

from collections.abc import Mapping
from typing import cast

import yaml

from clearway.engine.bundle import scenario_files
from clearway.engine.yaml_problem import yaml_problem
from clearway.service.deployed import Deployed, StartEvent
from clearway.service.plan_start import may_start
from clearway.service.scenario_file import Scenario, ScenarioError, read_scenario
from clearway.service.scenario_text import as_plain
from clearway.service.stage import Stage
from clearway.service.values import Refusal
from clearway.service.workshop.run import registry_problem, run_of
from clearway.service.workshop.trying import Sandbox

_LONGEST = 20_000
Cast = Mapping[str, object]
"""`people`, `groups` and `absences`, as a scenario has them under `registry`."""


def usual_cast(deployed: Deployed) -> Cast:
    """The people of the first scenario that names some; else one person for each role."""
    for path in scenario_files(deployed.bundle):
        try:
            found = cast_of(read_scenario(deployed.bundle.files[path]))
        except (ScenarioError, ValueError, TypeError):
            continue
        if found:
            return found
    return {"people": {role: [role] for role in sorted(deployed.roles)}}


def cast_of(run: Scenario) -> Cast:
    """Who takes part in this run; empty when nobody is named."""
    return cast(Cast, as_plain(run).get("registry") or {})


def starters(sandbox: Sandbox, given: Cast, start: StartEvent | None) -> list[str]:
    """Who of the cast may start it there."""
    stage = Stage(sandbox.deployed, run_of({"registry": given}), sandbox.steps, sandbox.rules)
    people = [stage.actor(name, 1) for name in stage.scenario.people]
    return [it.name for it in people if start is None or may_start(it, start)]


def cast_text(given: Cast) -> str:
    """The cast as it is typed: a line for each person and each group."""
    lines: list[str] = []
    for name, table in given.items():
        lines.append(f"{name}:")
        for key, value in cast(Mapping[str, object], table).items():
            lines.append(f"  {_flow(key)}: {_flow(value)}")
    return "\n".join(lines) + "\n"


def read_cast(text: str) -> Cast | Refusal:
    """What was typed; a Refusal says what is wrong with it."""
    if len(text) > _LONGEST:
        return _wrong(f"This has more than {_LONGEST} letters.")
    try:
        # Through the reader of scenarios, which refuses what YAML can hide.
        lines = text.replace("\t", "  ").splitlines()
        content = "\n".join(["registry:", *(f"  {line}" for line in lines)])
        found: object = yaml.safe_load(text) or {}
        problem = registry_problem(found)
        if problem is None:
            read_scenario(content.encode())
    except yaml.YAMLError as error:
        line, told = yaml_problem(error)
        return _wrong(f"Line {line}: this cannot be read: {told}.")
    except ScenarioError as error:
        return _wrong(error.text)
    except (ValueError, RecursionError) as error:
        return _wrong(f"This cannot be read: {error}.")
    if problem is None and not cast("Mapping[str, object]", found).get("people"):
        problem = "Nobody takes part: name at least one person."
    return _wrong(problem) if problem else cast(Cast, found)


def _wrong(problem: str) -> Refusal:
    remedy = "Write for example `people: {alice: [requester]}`, and `groups: {desk: [alice]}`."
    return Refusal("invalid", problem, remedy, {"registry": problem})


def _flow(value: object) -> str:
    text = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=1_000_000)
    return text.removesuffix("\n").removesuffix("\n...")
