"""B5: engines alone: load the saved state, complete a user task, save it; ours and its peers."""

import statistics
import sys
from collections.abc import Callable, Mapping, Sequence

from benchmarks.meter import Slice, by_turns, median, ratios
from benchmarks.peers.install import HERE, node_modules_of, python_of
from benchmarks.peers.program import Commands, Program, started
from benchmarks.result import Case, Goal, Result, Size
from benchmarks.stage import PROCESSES, Stage

_LOOPS = 20
_TASKS = 3  # user tasks in one round of the diagram
_OURS, _SPIFF, _NODE = "clearway: turn", "SpiffWorkflow 3.2.0", "bpmn-engine 25.0.1 (node)"
_STAGES = {"first": "at the first step", "later": f"after {_LOOPS} loops"}
_GOALS = {
    f"{_SPIFF}, times ours, at the first step": Goal(least=5),
    f"{_SPIFF}, times ours, after {_LOOPS} loops": Goal(least=40),
    f"{_NODE}, times ours, at the first step": Goal(least=35),
    f"{_NODE}, times ours, after {_LOOPS} loops": Goal(least=35),
}
# A slice of ours is made of more rounds than a slice of a slow engine, so that both last.
_SHARES = {_OURS: 4.0, _SPIFF: 0.25, _NODE: 0.25}
_PROCESS = "rounds"
_DIAGRAM = str(PROCESSES / _PROCESS / f"{_PROCESS}.bpmn")
_PROGRAMS = HERE / "programs"


def run(stage: Stage, size: Size) -> Result:
    """Each engine goes one round of the same diagram again and again, from the same saved state."""
    with started(_COMMANDS) as (programs, missing):
        _refuse_other_work(programs)
        slices = _measured(stage, size, programs)
        facts = {name: program.facts for name, program in programs.items()}
    return _result(slices, facts, missing)


CASE = Case("B5", "engines alone: load, complete a user task, save", run)


def _ours() -> Sequence[str]:
    module = "benchmarks.peers.programs.clearway_engine"
    return [sys.executable, "-m", module, str(PROCESSES), _PROCESS, str(_LOOPS)]


def _spiff() -> Sequence[str]:
    module = "benchmarks.peers.programs.spiffworkflow"
    return [str(python_of("spiffworkflow")), "-m", module, _DIAGRAM, _PROCESS, str(_LOOPS)]


def _node() -> Sequence[str]:
    environment = str(node_modules_of("bpmn_engine"))
    program = str(_PROGRAMS / "bpmn_engine.mjs")
    return ["node", program, environment, _DIAGRAM, _PROCESS, str(_LOOPS)]


_COMMANDS: Commands = {
    _OURS: _ours,
    _SPIFF: _spiff,
    _NODE: _node,
}


def _refuse_other_work(programs: Mapping[str, Program]) -> None:
    """All wait for the same user tasks before and after a round, or the figures say nothing."""
    for at in _STAGES:
        waits = {
            name: (program.facts[at]["open"], program.facts[at]["open after a round"])
            for name, program in programs.items()
        }
        if any(it != (["check", "work"], ["check", "work"]) for it in waits.values()):
            raise RuntimeError(f"the engines do not do the same work ({at}): {waits}")


def _measured(
    stage: Stage, size: Size, programs: Mapping[str, Program]
) -> dict[tuple[str, str], list[Slice]]:
    found: dict[tuple[str, str], list[Slice]] = {}
    for at in _STAGES:

        def turn_of(name: str, at: str = at) -> Callable[[int], Slice]:
            count = max(1, round(size.pieces * _SHARES[name]))
            return lambda _round: programs[name].measured(stage, at, count, per=_TASKS)

        contestants = {name: turn_of(name) for name in programs}
        by_turns(contestants, 2)  # warm
        slices = by_turns(contestants, size.rounds)
        found |= {(name, at): each for name, each in slices.items()}
    return found


def _result(
    slices: Mapping[tuple[str, str], Sequence[Slice]],
    facts: Mapping[str, Mapping[str, Mapping[str, object]]],
    missing: Mapping[str, str],
) -> Result:
    rows = [
        {
            "medians of rounds": name,
            "when": when,
            "CPU ms": 1000 * median(slices[name, at], lambda it: it.process_cpu),
            "ms": 1000 * median(slices[name, at], lambda it: it.wall),
            "saved, bytes": facts[name][at]["bytes"],
        }
        for at, when in _STAGES.items()
        for name in facts
    ]
    nothing = dict.fromkeys(("when", "CPU ms", "ms", "saved, bytes"), "not installed")
    rows += [{"medians of rounds": name, **nothing} for name in missing]
    compared = {
        f"{name}, times ours, {when}": statistics.median(
            ratios(slices[name, at], slices[_OURS, at], lambda it: it.process_cpu)
        )
        for name in facts
        if name != _OURS
        for at, when in _STAGES.items()
    }
    return Result(rows, compared, [*missing.values(), *_NOTES], _GOALS)


_NOTES = (
    f"CPU for each of the {_TASKS} user tasks of one round; the ratios are of CPU",
    "the same diagram for all; only the condition and the duration are in each engine's language",
    "peers save their data with the state, here two fields; ours lie in the record",
    "ours works out besides what is waited for before and after, and what history is to say",
)
