"""B4: one record through 5,000 rounds: what the last ones cost, its size, what is kept."""

import gc
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import psycopg

from benchmarks.meter import Slice, by_turns, database_cpu, median, ratios
from benchmarks.result import Case, Goal, Result, Size
from benchmarks.stage import Stage, done
from clearway.service.complete import complete
from clearway.service.start import start

ROUNDS = 5_000
_HUNDRED = 100
_SLICE = 10  # rounds that are measured together
_STATE = 2_500  # bytes
_PROCESS = "rounds"
_TASKS = ("work", "check", "review")
_SERVED = "clearway"  # what the store calls itself to the database
_STANDING = """SELECT octet_length(i.engine_state), array_agg(w.element), array_agg(w.id)
FROM instance i LEFT JOIN work_item w ON w.instance_id = i.id AND w.closed_at IS NULL
WHERE i.id = %s GROUP BY i.id"""
_HISTORY = """SELECT
    (SELECT count(*) FROM entry WHERE instance_id = i.id AND kind = 'done' AND element = %(task)s),
    (SELECT count(*) FROM work_item
     WHERE instance_id = i.id AND element = %(task)s AND outcome = 'completed')
FROM instance i WHERE i.id = %(id)s"""
_REVISIONS = """SELECT i.revision, i.ended_at IS NOT NULL,
    (SELECT count(DISTINCT revision) FROM entry WHERE instance_id = i.id)
FROM instance i WHERE i.id = %s"""


@dataclass
class _Life:
    """One record that goes round and round; only its commands are measured."""

    stage: Stage
    looking: psycopg.Connection
    number: int
    rounds: int = 0
    largest: int = 0
    _spent: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])

    def go(self, rounds: int, *, enough: bool = False) -> None:
        """So many rounds; with `enough`, the last of them ends it."""
        for _ in range(rounds):
            self.rounds += 1
            self._complete("work", {"found": f"nothing new in round {self.rounds}"})
            self._complete("check", {})
            self._complete("review", {"enough": enough})

    def measured(self, rounds: int) -> Slice:
        """Seconds for each command of these rounds, looking aside."""
        gc.collect()
        self._spent.clear()
        before = database_cpu(self.stage, _SERVED)
        self.go(rounds)
        database = (database_cpu(self.stage, _SERVED) - before) / len(self._spent)
        wall, cpu = (statistics.fmean(it) for it in zip(*self._spent, strict=True))
        return Slice(wall, cpu, database)

    def _complete(self, element: str, values: Mapping[str, object]) -> None:
        size, elements, numbers = self._standing()
        self.largest = max(self.largest, size)
        item, once = numbers[elements.index(element)], self.stage.once()
        cpu, wall = time.process_time(), time.perf_counter()
        done(complete(self.stage.house, self.stage.actors["bob"], item, values, once=once))
        self._spent.append((time.perf_counter() - wall, time.process_time() - cpu))

    def _standing(self) -> tuple[int, list[str], list[int]]:
        row = self.looking.execute(_STANDING, (self.number,)).fetchone()
        if row is None:
            raise RuntimeError("the record is gone")
        return row[0], row[1], row[2]


def run(stage: Stage, _size: Size) -> Result:
    """Warm on another record; then measure the first hundred, go on for years, measure the last."""
    stage.deploy_own(_PROCESS)
    with psycopg.connect(stage.url, autocommit=True, application_name="looking") as looking:
        _life(stage, looking).go(_HUNDRED)
        old = _life(stage, looking)
        slices = _HUNDRED // _SLICE
        first = [old.measured(_SLICE) for _ in range(slices)]
        old.go(ROUNDS - 2 * _HUNDRED - 1)
        young = _life(stage, looking)
        late = by_turns(
            {"last": lambda _: old.measured(_SLICE), "young": lambda _: young.measured(_SLICE)},
            slices,
        )
        old.go(1, enough=True)
    return _result(stage, old, first, late["last"], late["young"])


CASE = Case("B4", "one record through 5,000 rounds, through the whole service layer", run)


def _life(stage: Stage, looking: psycopg.Connection) -> _Life:
    opened = start(
        stage.house, stage.actors["bob"], _PROCESS, {"what": "For years"}, once=stage.once()
    )
    number = done(opened).instance_id
    if number is None:
        raise RuntimeError("the record was not opened")
    return _Life(stage, looking, number)


def _result(
    stage: Stage,
    old: _Life,
    first: Sequence[Slice],
    last: Sequence[Slice],
    young: Sequence[Slice],
) -> Result:
    [(revision, ended, revisions)] = stage.rows(_REVISIONS, old.number)
    kept = {task: stage.named_rows(_HISTORY, task=task, id=old.number)[0] for task in _TASKS}
    complete_ = all(counts == (ROUNDS, ROUNDS) for counts in kept.values())
    if not (complete_ and ended and revision == revisions == 1 + ROUNDS * len(_TASKS)):
        raise RuntimeError(f"history is not complete: {kept}, {revision}, {revisions}, {ended}")
    own = median(last, lambda it: it.cpu) / median(first, lambda it: it.cpu)
    same_minute = statistics.median(ratios(last, young, lambda it: it.cpu))
    named = {
        "the first hundred rounds": first,
        "the last hundred rounds": last,
        "a new record's first hundred, at the same time": young,
    }
    return Result(
        rows=[_row(name, slices) for name, slices in named.items()],
        ratios={
            _OWN: own,
            _SAME_MINUTE: same_minute,
            _LARGEST: float(old.largest),
        },
        notes=[
            f"kept in the database: {ROUNDS:,} completions of each of {', '.join(_TASKS)}, in "
            f"history and as closed work items; {revisions:,} commands, each with its own "
            "revision; it ended",
            f"medians of {_HUNDRED // _SLICE} slices of {_SLICE} rounds; "
            f"{len(_TASKS)} commands a round",
            "the state was looked at before every command; looking is not measured",
        ],
        goals={_OWN: Goal(most=1.1), _SAME_MINUTE: Goal(most=1.1), _LARGEST: Goal(most=_STATE)},
    )


_OWN = "CPU of the last hundred, times its first hundred's"
_SAME_MINUTE = "CPU of the last hundred, times a new record's at the same time"
_LARGEST = "largest saved state, bytes"


def _row(name: str, slices: Sequence[Slice]) -> Mapping[str, object]:
    return {
        "a command of": name,
        "ms": 1000 * median(slices, lambda it: it.wall),
        "CPU ms, python": 1000 * median(slices, lambda it: it.process_cpu),
        "CPU ms, postgresql": 1000 * median(slices, lambda it: it.database_cpu),
        "CPU ms": 1000 * median(slices, lambda it: it.cpu),
    }
