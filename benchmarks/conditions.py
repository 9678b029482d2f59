"""B13: the condition of a gateway in FEEL, against the same as a compiled Python expression."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from benchmarks.meter import Slice, by_turns, median, ratios
from benchmarks.result import Case, Goal, Result, Size
from benchmarks.stage import Stage
from clearway.feel import compile_expression

_RECORD: dict[str, object] = {
    "impact": Decimal(2),
    "urgency": Decimal(1),
    "state": "in_progress",
    "cost": Decimal("1250.50"),
    "vip": False,
}
_CONTEXT: dict[str, object] = {"record": _RECORD}
_CONDITIONS = (
    ('record.state = "in_progress"', 'record["state"] == "in_progress"'),
    (
        "record.impact <= 2 and record.urgency < 3",
        'record["impact"] <= 2 and record["urgency"] < 3',
    ),
    (
        'record.vip or record.cost * 1.19 > 1000 and record.state != "closed"',
        'record["vip"] or record["cost"] * tax > 1000 and record["state"] != "closed"',
    ),
)
_NAMES = ("equality", "two comparisons", "arithmetic and logic")
_FEEL, _PYTHON = "FEEL", "Python"
_EACH = 200  # evaluations for each piece


def run(_stage: Stage, size: Size) -> Result:
    """Both are compiled before; a value that differs voids the run."""
    rows: list[dict[str, object]] = []
    compared: dict[str, float] = {}
    for name, (feel, python) in zip(_NAMES, _CONDITIONS, strict=True):
        contestants = {_FEEL: _feel(feel, size), _PYTHON: _python(python, size)}
        by_turns(contestants, 2)  # warm
        slices = by_turns(contestants, size.rounds)
        rows += [_row(name, side, slices[side]) for side in contestants]
        compared[_TIMES.format(name)] = statistics.median(
            ratios(slices[_FEEL], slices[_PYTHON], lambda it: it.process_cpu)
        )
    return Result(rows, compared, _NOTES, {_TIMES.format(it): Goal(most=10) for it in _NAMES})


CASE = Case("B13", "a gateway's condition", run)
_TIMES = "FEEL, times Python: {}"


def _feel(text: str, size: Size) -> Callable[[int], Slice]:
    condition = compile_expression(text)
    return _timed(lambda: condition.evaluate(_CONTEXT), size)


def _python(text: str, size: Size) -> Callable[[int], Slice]:
    code = compile(text, "condition", "eval")
    # Numbers are decimals on both sides; a constant is made once, as FEEL's are.
    names: Mapping[str, object] = {**_CONTEXT, "tax": Decimal("1.19")}
    return _timed(lambda: eval(code, {"__builtins__": {}}, names), size)


def _timed(evaluate: Callable[[], object], size: Size) -> Callable[[int], Slice]:
    if evaluate() is not True:
        raise RuntimeError("both sides say true of this record")
    count = size.pieces * _EACH

    def once(_round: int) -> Slice:
        wall, cpu = time.perf_counter(), time.process_time()
        for _ in range(count):
            evaluate()
        return Slice((time.perf_counter() - wall) / count, (time.process_time() - cpu) / count, 0.0)

    return once


def _row(name: str, side: str, slices: Sequence[Slice]) -> dict[str, object]:
    return {
        "medians of rounds": f"{name}, {side}",
        "CPU us": 1_000_000 * median(slices, lambda it: it.process_cpu),
    }


_NOTES = (
    "FEEL: decimals of 34 digits, three-valued logic, a bound on steps, names that may be missing",
    "Python: code compiled before, evaluated with decimals; no bound, no null, no names checked",
)
