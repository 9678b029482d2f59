"""B10: incidents moved to another version of their process, in bulk."""

import os
import resource
from collections.abc import Mapping, Sequence

from benchmarks.copies import incident_copies
from benchmarks.meter import Slice, measured, median
from benchmarks.result import Case, Goal, Result, Size
from benchmarks.stage import Stage, done
from benchmarks.watching import Seen, watching
from clearway.bulk import Processes
from clearway.engine.values import Bundle
from clearway.service.deploy import deploy
from clearway.service.migrate import Summary, migrate_all
from clearway.service.values import SYSTEM

_WARM = 1
_RATIO = "records moved per second"
_DIAGRAM = "incident/incident.bpmn"
_REASON = "to be measured"
_OPEN = """SELECT count(*) FROM instance i
JOIN work_item w ON w.instance_id = i.id AND w.element = 'triage' AND w.closed_at IS NULL
WHERE i.id = ANY(%s) AND i.version_id = (SELECT id FROM version WHERE process = 'incident'
    AND number = %s)"""


def run(stage: Stage, size: Size) -> Result:
    """Deploy a changed incident and move records that stand at their triage, some each round."""
    count, rounds = size.pieces * 40, _WARM + size.rounds
    [original] = stage.incidents(1)
    incidents = incident_copies(stage, original, count * rounds)
    number = _deploy_changed(stage)
    seen: list[Seen] = []
    slices: list[Slice] = []
    for first in range(0, len(incidents), count):
        keys = [it.key for it in incidents[first : first + count]]
        with watching(stage.url, "clearway", [os.getpid()]) as looked:
            slices.append(_moved(stage, keys, number))
        seen.append(looked)
    [(there,)] = stage.rows(_OPEN, [it.instance_id for it in incidents], number)
    if there != len(incidents):
        raise RuntimeError(f"{there} of {len(incidents)} records were moved")
    return _result(slices[_WARM:], seen[_WARM:], len(incidents))


CASE = Case("B10", "incidents moved to another version of their process, in bulk", run)


def _deploy_changed(stage: Stage) -> int:
    """Another version of the incident, in which a task is called otherwise; its number."""
    current = stage.house.current("incident")
    if current is None:
        raise RuntimeError("the stage has no incident process")
    drawn = current.bundle.files[_DIAGRAM]
    found = drawn.index(b'<bpmn:userTask id="triage" name="')
    changed = drawn[:found] + drawn[found:].replace(b' name="', b' name="Again: ', 1)
    files = {**current.bundle.files, _DIAGRAM: changed}
    bundle, reason = Bundle("incident", files), f"despite scenarios: {_REASON}"
    deployed = deploy(
        stage.house, SYSTEM, bundle, parent=current.number, reason=reason, once=stage.once()
    )
    return int(str(done(deployed).details["version"]))


def _moved(stage: Stage, keys: Sequence[str], number: int) -> Slice:
    def move(_: object) -> None:
        summary = migrate_all(
            stage.house,
            SYSTEM,
            "incident",
            number,
            keys,
            reason=_REASON,
            once=stage.once(),
            carry=Processes(stage.url),
        )
        if not isinstance(summary, Summary) or summary.moved != len(keys):
            raise RuntimeError(f"not all were moved: {summary}")

    before = _used_by_children()
    one = measured(stage, move, [None])
    used = one.process_cpu + _used_by_children() - before
    return Slice(one.wall / len(keys), used / len(keys), one.database_cpu / len(keys))


def _used_by_children() -> float:
    """Seconds of CPU of the processes that have ended, as those of a move have."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _result(slices: Sequence[Slice], seen: Sequence[Seen], count: int) -> Result:
    row: Mapping[str, object] = {
        "medians of rounds": "clearway: migrate_all",
        "per second": 1 / median(slices, lambda it: it.wall),
        "ms": 1000 * median(slices, lambda it: it.wall),
        "CPU ms, python": 1000 * median(slices, lambda it: it.process_cpu),
    }
    usual = seen[len(seen) // 2]
    return Result(
        rows=[row],
        ratios={_RATIO: 1 / median(slices, lambda it: it.wall)},
        notes=[
            f"{count:,} incidents at their triage, all moved and still waiting there; two "
            "processes, whose start counts, and each record a command of its own",
            f"limit: {usual.limit()}",
            f"connections waited: {usual.told_waits()}",
        ],
        goals={_RATIO: Goal(least=500)},
    )
