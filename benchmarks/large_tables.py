"""B12: large decision tables, of constants and of computed cells; ours and SpiffWorkflow's."""

import statistics
import sys
from collections.abc import Callable, Mapping, Sequence

from benchmarks.meter import Slice, by_turns, median, ratios
from benchmarks.peers.install import python_of
from benchmarks.peers.program import Commands, Program, started
from benchmarks.peers.programs.large_tables import DIFFERENT, KINDS, sizes_of
from benchmarks.result import Case, Goal, Result, Size
from benchmarks.stage import Stage

_OURS, _SPIFF = "clearway", "SpiffWorkflow 3.2.0"
_SIZES, _LARGEST = (100, 1000), 10_000
_RULES = 1000
_TIMES = f"{_SPIFF}, times ours, {_RULES} rules, {{}} cells"
_GROWTH = f"ours, {_LARGEST:,} rules, times {_RULES:,} rules"
_GOALS = {
    _TIMES.format("constant"): Goal(least=100),
    _TIMES.format("computed"): Goal(least=15),
    _TIMES.format(DIFFERENT): Goal(least=15),
    _GROWTH: Goal(most=_LARGEST / _RULES),
}
# A slice of ours is made of more questions than one of a slow engine, so that both last.
_SHARES = {_OURS: 20.0, _SPIFF: 0.2}


def run(stage: Stage, size: Size) -> Result:
    """Both answer the same questions; a wrong answer ends the program, and the run with it."""
    with started(_COMMANDS) as (programs, missing):
        slices = _measured(stage, size, programs)
    return _result(slices, missing)


CASE = Case("B12", "decision tables: one question, one rule that fits", run)


def _ours() -> Sequence[str]:
    module = "benchmarks.peers.programs.clearway_tables"
    return [sys.executable, "-m", module, *map(str, (*_SIZES, _LARGEST))]


def _spiff() -> Sequence[str]:
    module = "benchmarks.peers.programs.spiffworkflow_tables"
    return [str(python_of("spiffworkflow")), "-m", module, *map(str, _SIZES)]


_COMMANDS: Commands = {_OURS: _ours, _SPIFF: _spiff}


def _measured(
    stage: Stage, size: Size, programs: Mapping[str, Program]
) -> dict[tuple[str, str], list[Slice]]:
    found: dict[tuple[str, str], list[Slice]] = {}
    for kind in KINDS:
        for rules in sizes_of(kind, (*_SIZES, _LARGEST)):
            work = f"{kind} {rules}"

            def turn_of(name: str, kind: str = kind, work: str = work) -> Callable[[int], Slice]:
                share = 1.0 if name == _OURS and kind == DIFFERENT else _SHARES[name]
                count = max(1, round(size.pieces * share))
                return lambda _round: programs[name].measured(stage, work, count)

            asked = [it for it in programs if it == _OURS or rules in _SIZES]
            contestants = {name: turn_of(name) for name in asked}
            by_turns(contestants, 1)  # warm
            slices = by_turns(contestants, size.rounds)
            found |= {(name, work): each for name, each in slices.items()}
    return found


def _result(
    slices: Mapping[tuple[str, str], Sequence[Slice]], missing: Mapping[str, str]
) -> Result:
    rows: list[dict[str, object]] = [
        {
            "medians of rounds": name,
            "table": f"{work} rules",
            "CPU us": 1_000_000 * median(each, lambda it: it.process_cpu),
            "a second": 1 / median(each, lambda it: it.process_cpu),
        }
        for (name, work), each in slices.items()
    ]
    rows += [
        {"medians of rounds": name, **dict.fromkeys(("table", "CPU us", "a second"), "not there")}
        for name in missing
    ]
    compared = {
        _TIMES.format(kind): _times(slices[_SPIFF, work], slices[_OURS, work])
        for kind in KINDS
        for work in [f"{kind} {_RULES}"]
        if (_SPIFF, work) in slices
    }
    large, usual = slices[_OURS, f"constant {_LARGEST}"], slices[_OURS, f"constant {_RULES}"]
    compared[_GROWTH] = _times(large, usual)
    return Result(rows, compared, [*missing.values(), *_NOTES], _GOALS)


def _times(slow: Sequence[Slice], quick: Sequence[Slice]) -> float:
    return statistics.median(ratios(slow, quick, lambda it: it.process_cpu))


_NOTES = (
    "four inputs: a range of numbers, a text, a number, a boolean; hit policy UNIQUE",
    "computed cells ask other values of the context, so no index can be made of them; as in any "
    "table of combinations the same cell stands in many rules, and ours asks it once",
    "different cells are computed, too, and no two of them are the same",
    "SpiffWorkflow stops at the first rule that fits; ours makes sure that no other does, checks "
    "types and tells which rule fired",
)
