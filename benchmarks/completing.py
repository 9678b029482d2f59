"""B1: completing a work item through the service layer, against the floor."""

import statistics
from collections.abc import Mapping, Sequence

from benchmarks.floor import Floor, floor_of
from benchmarks.meter import Contestants, Slice, interleaved, ratios, row
from benchmarks.result import Case, Goal, Result, Size
from benchmarks.stage import TRIAGE, Incident, Stage, done
from benchmarks.written import shape, told, written
from clearway.service.complete import complete

_WARM = 10
_CLEARWAY = "clearway: complete(triage)"
_FLOOR = "floor: write"
_READING = "floor: lock, read, write"
_CPU = "CPU in all, times the floor's"


def run(stage: Stage, size: Size) -> Result:
    """Complete the triage of incidents, and write the same rows by hand on others like them."""
    count = 3 * (_WARM + size.rounds * size.pieces + 1) + 1
    incidents = iter(stage.incidents(count))
    sample, once = next(incidents), stage.once()
    changes = written(stage.url, sample.instance_id, once, lambda: _complete(stage, sample, once))
    with floor_of(stage.url, changes) as floor:
        contestants: Contestants[Incident] = {
            _CLEARWAY: lambda it: _complete(stage, it, stage.once()),
            _FLOOR: lambda it: floor.write(it, stage.once()),
            _READING: lambda it: floor.read_and_write(it, stage.once()),
        }

        def pieces(number: int) -> Mapping[str, Sequence[Incident]]:
            return {name: [next(incidents) for _ in range(number)] for name in contestants}

        interleaved(stage, contestants, [pieces(_WARM)])
        slices = interleaved(stage, contestants, [pieces(size.pieces) for _ in range(size.rounds)])
        _refuse_another_shape(stage, floor, (sample, once), next(incidents), next(incidents))
    return _result(slices, told(changes))


CASE = Case("B1", "complete a work item of an incident, against a hand-written transaction", run)


def _complete(stage: Stage, incident: Incident, once: str) -> None:
    done(complete(stage.house, stage.actors["bob"], incident.work_item_id, TRIAGE, once=once))


def _refuse_another_shape(
    stage: Stage, floor: Floor, done_: tuple[Incident, str], first: Incident, second: Incident
) -> None:
    """The floor is one only if it leaves the same rows behind."""
    sample, once = done_
    expected = shape(stage.url, sample.instance_id, once)
    for incident, write in ((first, floor.write), (second, floor.read_and_write)):
        key = stage.once()
        write(incident, key)
        if shape(stage.url, incident.instance_id, key) != expected:
            raise RuntimeError("the floor writes other rows than the command: its figures are void")


def _result(slices: Mapping[str, Sequence[Slice]], rows: Mapping[str, str]) -> Result:
    ours, least, reading = (slices[name] for name in (_CLEARWAY, _FLOOR, _READING))
    slowdowns = ratios(ours, least, lambda it: it.wall)
    return Result(
        rows=[row(name, slices[name]) for name in (_CLEARWAY, _FLOOR, _READING)],
        ratios={
            "throughput, part of the floor's": 1 / statistics.median(slowdowns),
            "throughput, part of the reading floor's": 1
            / statistics.median(ratios(ours, reading, lambda it: it.wall)),
            _CPU: statistics.median(ratios(ours, least, lambda it: it.cpu)),
            "CPU in all, times the reading floor's": statistics.median(
                ratios(ours, reading, lambda it: it.cpu)
            ),
            "CPU of PostgreSQL, times the floor's": statistics.median(
                ratios(ours, least, lambda it: it.database_cpu)
            ),
        },
        notes=[
            f"rows of one command: {'; '.join(f'{name} {what}' for name, what in rows.items())}",
            f"round by round the command took {min(slowdowns):.2f} to {max(slowdowns):.2f} times "
            "as long as the floor",
            "the floor knows all values beforehand, reads nothing and tells no listening page",
        ],
        goals={_CPU: Goal(most=4)},
    )
