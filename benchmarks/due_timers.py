"""B9: a hundred thousand timers that are due: claimed, and each wakes its record, once."""

import contextlib
import os
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from benchmarks.copies import copies
from benchmarks.meter import Slice, database_cpu
from benchmarks.peers.program import Program
from benchmarks.result import Case, Goal, Result, Size
from benchmarks.stage import Stage, done
from benchmarks.watching import Seen, watching
from clearway.now import system_time
from clearway.service.complete import complete
from clearway.service.start import start
from clearway.store import due

DUE = 100_000
_ALONE = DUE // 10  # are fired by one worker, to see what the second one adds
_PROCESS = "rounds"
_DAYS = 8  # ahead; the timer of the task `review` is due after 7
_BATCH = 50  # what a worker takes at once unless it is told otherwise
_BATCHES = (_BATCH, 1_000, DUE)
_OPEN = "SELECT id FROM work_item WHERE instance_id = %s AND element = %s AND closed_at IS NULL"
_ONCE = """SELECT
    (SELECT count(*) FROM timer WHERE instance_id = ANY(%(made)s)),
    (SELECT count(DISTINCT instance_id) FROM entry
     WHERE instance_id = ANY(%(made)s) AND command = 'timer' AND kind = 'timer'),
    (SELECT count(*) FROM entry
     WHERE instance_id = ANY(%(made)s) AND command = 'timer' AND kind = 'timer')"""
_WOKEN = "records woken per second"


def _claimed(batch: int) -> str:
    return f"timers claimed per second, {batch:,} at once"


def run(stage: Stage, size: Size) -> Result:
    """Claim them in batches again and again; then let a worker for each processor fire them all."""
    stage.deploy_own(_PROCESS)
    made = copies(stage, _at_review(stage), DUE)
    claims = {batch: _claim(stage, batch, size.rounds) for batch in _BATCHES}
    alone, together = _wake(stage)
    [(left, woken, lines)] = stage.named_rows(_ONCE, made=made)
    if (left, woken, lines) != (0, DUE, DUE):
        raise RuntimeError(f"not each timer once: {left} left, {woken} records, {lines} times")
    return _result(claims, alone, together)


CASE = Case("B9", "100,000 due timers: claimed, and each wakes its record once", run)


def _at_review(stage: Stage) -> int:
    """A record whose review has a timer."""
    bob = stage.actors["bob"]
    opened = start(stage.house, bob, _PROCESS, {"what": "To be reminded"}, once=stage.once())
    number = done(opened).instance_id
    if number is None:
        raise RuntimeError("the record was not opened")
    for element, values in (("work", {"found": "nothing"}), ("check", {})):
        [(item,)] = stage.rows(_OPEN, number, element)
        done(complete(stage.house, bob, item, values, once=stage.once()))
    return number


def _ahead() -> datetime:
    return system_time() + timedelta(days=_DAYS)


def _claim(stage: Stage, batch: int, rounds: int) -> Slice:
    """Seconds for a timer. A claim changes no row, so that each finds the earliest ones again."""
    times = max(1, min(40, DUE // batch))
    slices: list[tuple[float, float, float]] = []
    for _ in range(rounds if batch < DUE else 3):
        database, cpu, wall = database_cpu(stage), time.process_time(), time.perf_counter()
        for _ in range(times):
            found = stage.house.store.command(
                lambda it: due.due_timers(it, _ahead(), batch), changed=lambda _: []
            )
            if len(found) != batch:
                raise RuntimeError(f"{len(found)} timers were claimed, not {batch}")
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        slices.append((wall, cpu, database_cpu(stage) - database))
    pieces = times * batch
    wall, cpu, database = (statistics.median(it) / pieces for it in zip(*slices, strict=True))
    return Slice(wall, cpu, database)


@dataclass(frozen=True)
class _Waking:
    """How long so many workers needed for so many timers, and what was seen meanwhile."""

    fired: Sequence[int]
    wall: float
    cpu: float
    seen: Seen

    @property
    def per_second(self) -> float:
        return sum(self.fired) / self.wall


def _wake(stage: Stage) -> tuple[_Waking, _Waking]:
    """One worker fires the first ones; then as many as processors fire all that are left."""
    module = "benchmarks.peers.programs.waker"
    command = [sys.executable, "-m", module, stage.url, _PROCESS, str(_DAYS)]
    with contextlib.ExitStack() as open_:
        workers = [open_.enter_context(Program(command)) for _ in range(os.cpu_count() or 1)]
        return _watched(stage, workers[:1], most=_ALONE), _watched(stage, workers)


def _watched(stage: Stage, workers: Sequence[Program], **more: object) -> _Waking:
    for worker in workers:
        worker.rest()
    with watching(stage.url, "clearway", [it.pid for it in workers]) as seen:
        wall = time.perf_counter()
        for worker in workers:
            worker.order("fire", _BATCH, **more)
        spent = [worker.done() for worker in workers]
        wall = time.perf_counter() - wall
    return _Waking([it["answer"] for it in spent], wall, sum(it["cpu"] for it in spent), seen)


def _result(claims: Mapping[int, Slice], alone: _Waking, together: _Waking) -> Result:
    rows = [
        _row(f"claim, {batch:,} at once", it.wall, it.process_cpu, it.database_cpu)
        for batch, it in claims.items()
    ]
    rows += [_waking_row(alone), _waking_row(together)]
    fired = ", ".join(f"{it:,}" for it in (*alone.fired, *together.fired))
    return Result(
        rows,
        ratios={
            **{_claimed(batch): 1 / it.wall for batch, it in claims.items()},
            _WOKEN: together.per_second,
            "all workers, times one worker": together.per_second / alone.per_second,
        },
        notes=[
            f"each of the {DUE:,} timers woke its record once: none is left, and each record has "
            f"one line about it in history (workers fired {fired}; with the one that was copied)",
            f"limit of waking, one worker: {alone.seen.limit()}",
            f"limit of waking, all workers: {together.seen.limit()}",
            f"of all workers' connections waited: {together.seen.told_waits()}",
            "a claim finds what may be fired now and locks nothing; the lock is taken by waking, a "
            "whole command: load, engine, rows, history, commit",
        ],
        goals={_claimed(_BATCH): Goal(least=20_000), _WOKEN: Goal(least=1_000)},
    )


def _waking_row(it: _Waking) -> Mapping[str, object]:
    name = f"wake, {len(it.fired)} worker{'s' if len(it.fired) > 1 else ''}, {_BATCH} at once"
    number = sum(it.fired)
    database = it.seen.cores["PostgreSQL"] * it.wall
    return _row(name, it.wall / number, it.cpu / number, database / number)


def _row(name: str, wall: float, cpu: float, database: float) -> Mapping[str, object]:
    return {
        "a timer": name,
        "per second": 1 / wall,
        "ms": 1000 * wall,
        "CPU ms, python": 1000 * cpu,
        "CPU ms, postgresql": 1000 * database,
    }
