"""B7: completed tasks of an incident per second at one connection, against DBOS's durable steps."""

import statistics
from collections.abc import Mapping, Sequence

from benchmarks.meter import Slice, by_turns, mean, measured, ratios, row
from benchmarks.peers.install import NotInstalled, python_of
from benchmarks.peers.program import Program
from benchmarks.result import Case, Goal, Result, Size
from benchmarks.stage import TRIAGE, Incident, Stage, done
from clearway.service.complete import complete

_WARM = 2
_OURS, _DBOS = "clearway: both tasks of an incident", "DBOS 3.4.0: durable step"
_TRIAGE, _RESOLVE = "clearway: complete(triage)", "clearway: complete(resolve)"
_SOLUTION: Mapping[str, object] = {
    "resolution_code": "workaround",
    "resolution_notes": "It was restarted and works again.",
    "caused_by_change": "no",
}
_WAITING = """SELECT id FROM work_item
WHERE instance_id = ANY(%s) AND element = 'resolve' AND closed_at IS NULL ORDER BY id"""
_RATIO = "completions per second, times DBOS's steps per second"
_CPU = "CPU of a completion, times that of a step"


def run(stage: Stage, size: Size) -> Result:
    """Incidents are triaged and resolved, by turns with workflows of as many steps."""
    rounds, each = _WARM + size.rounds, max(1, size.pieces // 2)
    incidents = iter(stage.incidents(rounds * each))
    parts: dict[str, list[Slice]] = {_TRIAGE: [], _RESOLVE: []}

    def ours(_round: int) -> Slice:
        mine = [next(incidents) for _ in range(each)]
        both = [_triage(stage, mine), _resolve(stage, mine)]
        for name, part in zip(parts, both, strict=True):
            parts[name].append(part)
        return mean(both)

    try:
        python = str(python_of("dbos"))
    except NotInstalled as reason:
        slices = by_turns({_OURS: ours}, rounds)
        return _result(_kept(slices | parts), [str(reason)])
    address = stage.other_database("peer_dbos")
    with Program([python, "-m", "benchmarks.peers.programs.dbos", address]) as dbos:
        slices = by_turns(
            {_OURS: ours, _DBOS: lambda _: dbos.measured(stage, "steps", 2 * each)}, rounds
        )
    return _result(_kept(slices | parts), [])


CASE = Case("B7", "tasks of a real diagram, against DBOS's durable steps, one connection", run)


def _triage(stage: Stage, incidents: Sequence[Incident]) -> Slice:
    bob = stage.actors["bob"]

    def work(item: int) -> None:
        done(complete(stage.house, bob, item, TRIAGE, once=stage.once()))

    return measured(stage, work, [it.work_item_id for it in incidents])


def _resolve(stage: Stage, incidents: Sequence[Incident]) -> Slice:
    """Looking for what waits is not measured."""
    erin = stage.actors["erin"]
    items = [row[0] for row in stage.rows(_WAITING, [it.instance_id for it in incidents])]
    if len(items) != len(incidents):
        raise RuntimeError(f"{len(items)} incidents wait to be resolved, not {len(incidents)}")

    def work(item: int) -> None:
        done(complete(stage.house, erin, item, _SOLUTION, once=stage.once()))

    return measured(stage, work, items)


def _kept(slices: Mapping[str, Sequence[Slice]]) -> Mapping[str, Sequence[Slice]]:
    return {name: each[_WARM:] for name, each in slices.items()}


def _result(slices: Mapping[str, Sequence[Slice]], notes: Sequence[str]) -> Result:
    rows = [row(name, each) for name, each in slices.items()]
    found: dict[str, float] = {}
    if _DBOS in slices:
        ours, theirs = slices[_OURS], slices[_DBOS]
        found[_RATIO] = statistics.median(ratios(theirs, ours, lambda it: it.wall))
        found[_CPU] = statistics.median(ratios(ours, theirs, lambda it: it.cpu))
    else:
        rows.append(dict.fromkeys(rows[0], "not installed") | {"medians of rounds": _DBOS})
    return Result(rows, found, [*notes, *_NOTES], {_RATIO: Goal(least=1)})


_NOTES = (
    "both commit each piece before the next one, on the same PostgreSQL with fsync on",
    "a step of DBOS only keeps what a function answered; its workflow is begun and ended once in a "
    "slice. Ours checks form, role and names, runs decision tables and the diagram, and writes "
    "work items, jobs, subscriptions and history",
)
