"""B8: sixteen connections that complete work items at once, against a floor with as many."""

import contextlib
import os
import pickle
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.copies import incident_copies
from benchmarks.floor import floor_of
from benchmarks.meter import Slice, by_turns, database_cpu, ratios, row
from benchmarks.peers.program import Program
from benchmarks.result import Case, Goal, Result, Size
from benchmarks.stage import TRIAGE, Incident, Stage, done
from benchmarks.watching import Seen, watching
from benchmarks.written import written
from clearway.service.complete import complete

_CONNECTIONS = 16
_WARM = 2
_OURS, _FLOOR = "clearway: complete(triage)", "floor: write"
_WORKS = {_OURS: "ours", _FLOOR: "floor"}
_APPLICATIONS = {_OURS: "clearway", _FLOOR: "floor"}
_RATIO = f"throughput at {_CONNECTIONS} connections, part of the floor's"


def run(stage: Stage, size: Size) -> Result:
    """As many processes as processors, their threads together sixteen; the same for the floor."""
    processes = min(os.cpu_count() or 1, _CONNECTIONS)
    each = size.pieces * 8
    rounds = _WARM + size.rounds
    original, sample = stage.incidents(2)
    incidents = iter(incident_copies(stage, original, len(_WORKS) * rounds * each))
    once = stage.once()
    bob = stage.actors["bob"]
    changes = written(
        stage.url,
        sample.instance_id,
        once,
        lambda: done(complete(stage.house, bob, sample.work_item_id, TRIAGE, once=once)),
    )
    seen: dict[str, list[Seen]] = {name: [] for name in _WORKS}
    with contextlib.ExitStack() as open_:
        folder = Path(open_.enter_context(tempfile.TemporaryDirectory(prefix="clearway-crowd-")))
        told = folder / "told"
        with floor_of(stage.url, changes) as floor:
            told.write_bytes(pickle.dumps((*floor.told(), dict(TRIAGE))))
        module = "benchmarks.peers.programs.crowd"
        command = [
            sys.executable,
            "-m",
            module,
            stage.url,
            str(_CONNECTIONS // processes),
            str(told),
        ]
        programs = [open_.enter_context(Program(command)) for _ in range(processes)]
        slices = by_turns(
            {
                name: (lambda _, name=name: _slice(stage, programs, name, incidents, each, seen))
                for name in _WORKS
            },
            rounds,
        )
    kept = {name: it[_WARM:] for name, it in slices.items()}
    return _result(kept, {name: it[_WARM:] for name, it in seen.items()}, processes)


CASE = Case("B8", "sixteen connections at once, against the floor", run)


def _slice(
    stage: Stage,
    programs: Sequence[Program],
    name: str,
    incidents: Iterator[Incident],
    count: int,
    seen: Mapping[str, list[Seen]],
) -> Slice:
    pieces = [(it.instance_id, it.work_item_id) for _, it in zip(range(count), incidents)]  # noqa: B905 - endless
    if len(pieces) != count:
        raise RuntimeError("too few incidents were made")
    for program in programs:
        program.rest()
    database = database_cpu(stage)
    pids = [it.pid for it in programs]
    with watching(stage.url, _APPLICATIONS[name], pids) as looked:
        wall = time.perf_counter()
        for number, program in enumerate(programs):
            program.order(_WORKS[name], 0, pieces=pieces[number :: len(programs)])
        spent = [program.done() for program in programs]
        wall = time.perf_counter() - wall
    seen[name].append(looked)
    database = database_cpu(stage) - database
    return Slice(wall / count, sum(it["cpu"] for it in spent) / count, database / count)


def _result(
    slices: Mapping[str, Sequence[Slice]], seen: Mapping[str, Sequence[Seen]], processes: int
) -> Result:
    ours, floor = slices[_OURS], slices[_FLOOR]
    usual = {name: each[len(each) // 2] for name, each in seen.items()}
    limits = [f"limit of {name}: {usual[name].limit()}" for name in slices]
    waits = [
        f"of {_CONNECTIONS} connections of {name} waited: {usual[name].told_waits()}"
        for name in slices
    ]
    return Result(
        rows=[_row(name, slices[name]) for name in slices],
        ratios={
            _RATIO: statistics.median(ratios(floor, ours, lambda it: it.wall)),
            "CPU in all, times the floor's": statistics.median(
                ratios(ours, floor, lambda it: it.cpu)
            ),
        },
        notes=[
            *limits,
            *waits,
            f"{processes} processes with {_CONNECTIONS // processes} threads each, on both sides; "
            "the records are copies of one incident at its triage",
        ],
        goals={_RATIO: Goal(least=0.4)},
    )


def _row(name: str, slices: Sequence[Slice]) -> Mapping[str, object]:
    """With sixteen at once, the time from one to the next is nobody's waiting time."""
    return {what: value for what, value in row(name, slices).items() if what != "ms"}
