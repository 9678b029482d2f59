"""Runs a process's own tests: in memory, with a clock moved by hand, by the rules of commands."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from clearway import engine
from clearway.engine.bundle import scenario_files
from clearway.engine.values import Bundle, Surroundings
from clearway.service.deployed import Deployed
from clearway.service.house import Step
from clearway.service.play import Play
from clearway.service.scenario_file import ScenarioError, read_scenario
from processes.catalogue import Rule


@dataclass(frozen=True)
class ScenarioResult:
    """How one scenario ended; `failure` begins with the line of the file where it went wrong.

    `visited` are the nodes that were entered or passed, and the flows that tokens went along;
    `fired` the rules of decisions that fired, each as its decision and number: for coverage.
    """

    name: str
    file: str
    passed: bool
    failure: str = ""
    visited: frozenset[str] = field(default=frozenset())
    fired: frozenset[tuple[str, int]] = field(default=frozenset())


def run_scenarios(
    bundle: Bundle,
    surroundings: Surroundings,  # noqa: ARG001 - what the gate knows; scenarios bring their own people
    steps: Mapping[str, Step],
    rules: Mapping[str, Rule],
    select: Collection[str] | None = None,
) -> list[ScenarioResult]:
    """Run the scenarios of a bundle, or those whose file names `select` holds.

    A step is called for real unless the scenario says what it answers. Raises BlueprintError when
    the process cannot run at all.
    """
    files = scenario_files(bundle)
    wanted = [it for it in files if select is None or it.rpartition("/")[2] in select]
    if not wanted:
        return []
    deployed = Deployed(bundle, hash=engine.bundle_hash(bundle))
    return [_run(deployed, path, steps, rules) for path in wanted]


def _run(
    deployed: Deployed, path: str, steps: Mapping[str, Step], rules: Mapping[str, Rule]
) -> ScenarioResult:
    name, play = path, None
    try:
        scenario = read_scenario(deployed.bundle.files[path])
        name = scenario.name
        play = Play(deployed, scenario, steps, rules)
        play.run()
    except ScenarioError as error:
        return _result(name, path, play, str(error))
    return _result(name, path, play)


def _result(name: str, path: str, play: Play | None, failure: str = "") -> ScenarioResult:
    visited = frozenset(play.visited) if play else frozenset[str]()
    fired = frozenset(play.fired) if play else frozenset[tuple[str, int]]()
    return ScenarioResult(name, path, not failure, failure, visited, fired)
