"""B6: a user task completed with everything kept, against django-viewflow's equivalent flow."""

import statistics
from collections.abc import Mapping, Sequence

from benchmarks.meter import Slice, by_turns, mean, measured, ratios, row
from benchmarks.peers.install import NotInstalled, python_of
from benchmarks.peers.program import Program
from benchmarks.result import Case, Goal, Result, Size
from benchmarks.stage import Stage, done
from clearway.service.complete import complete
from clearway.service.start import start

_PROCESS = "rounds"
_VALUES: Mapping[str, Mapping[str, object]] = {
    "work": {"found": "nothing"},
    "check": {},
    "review": {"enough": False},
}
_WARM = 2
_OURS, _VIEWFLOW = "clearway: complete", "django-viewflow 2.4.0"
_RATIO = "completions per second, times viewflow's"
_CPU = "CPU of viewflow, times ours"
_WAITING = """SELECT w.id FROM work_item w
WHERE w.instance_id = ANY(%s) AND w.element = %s AND w.closed_at IS NULL ORDER BY w.id"""


def run(stage: Stage, size: Size) -> Result:
    """The same records go round and round in both, task by task."""
    count = max(1, size.pieces // len(_VALUES))
    stage.deploy_own(_PROCESS)
    numbers = [_opened(stage) for _ in range(count)]
    try:
        python = str(python_of("viewflow"))
    except NotInstalled as reason:
        slices = by_turns({_OURS: lambda _: _ours(stage, numbers)}, _WARM + size.rounds)
        return _result({_OURS: slices[_OURS][_WARM:]}, [str(reason)])
    address = stage.other_database("peer_viewflow")
    command = [python, "-m", "benchmarks.peers.programs.viewflow", address, str(count)]
    with Program(command) as viewflow:
        if viewflow.facts["open again"] != count:
            raise RuntimeError(f"viewflow does not go round: {viewflow.facts}")
        slices = by_turns(
            {
                _OURS: lambda _: _ours(stage, numbers),
                _VIEWFLOW: lambda _: _viewflow(stage, viewflow, count),
            },
            _WARM + size.rounds,
        )
        sent = f"viewflow sends {viewflow.facts['statements a task']:.1f} statements a task, ours 2"
    return _result({name: each[_WARM:] for name, each in slices.items()}, [sent])


CASE = Case("B6", "a user task completed and kept, against django-viewflow", run)


def _opened(stage: Stage) -> int:
    opened = start(
        stage.house, stage.actors["bob"], _PROCESS, {"what": "A long story"}, once=stage.once()
    )
    number = done(opened).instance_id
    if number is None:
        raise RuntimeError("the record was not opened")
    return number


def _ours(stage: Stage, numbers: Sequence[int]) -> Slice:
    """One round of each record; looking for what waits is not measured."""
    bob, parts = stage.actors["bob"], list[Slice]()
    for element, values in _VALUES.items():
        items = [row[0] for row in stage.rows(_WAITING, list(numbers), element)]
        if len(items) != len(numbers):
            raise RuntimeError(f"{len(items)} records wait at {element}, not {len(numbers)}")

        def work(item: int, values: Mapping[str, object] = values) -> None:
            done(complete(stage.house, bob, item, values, once=stage.once()))

        parts.append(measured(stage, work, items))
    return mean(parts)


def _viewflow(stage: Stage, viewflow: Program, count: int) -> Slice:
    parts: list[Slice] = []
    for element in _VALUES:
        viewflow.order(f"look at {element}", count)
        viewflow.done()
        parts.append(viewflow.measured(stage, "complete", count))
    return mean(parts)


def _result(slices: Mapping[str, Sequence[Slice]], notes: Sequence[str]) -> Result:
    rows = [row(name, each) for name, each in slices.items()]
    found: dict[str, float] = {}
    if _VIEWFLOW in slices:
        theirs, ours = slices[_VIEWFLOW], slices[_OURS]
        found[_RATIO] = statistics.median(ratios(theirs, ours, lambda it: it.wall))
        found[_CPU] = statistics.median(ratios(theirs, ours, lambda it: it.cpu))
    else:
        rows.append(dict.fromkeys(rows[0], "not installed") | {"medians of rounds": _VIEWFLOW})
    return Result(rows, found, [*notes, *_NOTES], {_RATIO: Goal(least=5)})


_NOTES = (
    "one transaction a task on the same PostgreSQL, fsync on, one connection each; finding the "
    "task is not measured",
    "the same tasks, split, join, timer and loop; viewflow's are Python instead of a diagram",
    "ours checks the form and the role, keeps who did what with a hash, and answers a repeated "
    "command; viewflow locks the process and keeps each node's row; its owner and its permission "
    "cost it no query here",
)
