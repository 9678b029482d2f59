"""B2: the engine's turn, alone and inside the command, as a share of the command."""

import contextlib
import statistics
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field

from benchmarks.meter import Contestants, Slice, interleaved, median, ratios
from benchmarks.result import Case, Result, Size
from benchmarks.stage import TRIAGE, Incident, Stage, done
from clearway.engine.values import CompleteWorkItem, Trigger, Turn, World
from clearway.service.complete import complete
from clearway.service.deployed import Deployed

_WARM = 10
_TURN, _COMMAND = "engine: load, complete, save", "command: complete(triage)"


@dataclass(frozen=True)
class _Waiting:
    """An incident as it rests, with all that a turn needs."""

    incident: Incident
    state: bytes
    token: str
    world: World


@dataclass
class _Watch:
    """The processor time of this thread inside turns, in seconds: one figure for each turn."""

    deployed: Deployed
    spent: list[float] = field(default_factory=list[float])

    def turn(self, state: bytes | None, trigger: Trigger, world: World) -> Turn:
        before = time.thread_time()
        answer = Deployed.turn(self.deployed, state, trigger, world)
        self.spent.append(time.thread_time() - before)
        return answer


def run(stage: Stage, size: Size) -> Result:
    """Let the engine complete the triage on the saved state, and then the command do it."""
    deployed = stage.house.current("incident")
    if deployed is None:
        raise RuntimeError("the stage has no incident process")
    contestants: Contestants[_Waiting] = {
        _TURN: lambda it: _turn(deployed, it),
        _COMMAND: lambda it: _complete(stage, it.incident),
    }
    waiting = iter(_waiting(stage, _WARM + size.rounds * size.pieces))

    def pieces(count: int) -> dict[str, list[_Waiting]]:
        # A turn changes nothing, so both can take the same instances.
        same = [next(waiting) for _ in range(count)]
        return {name: same for name in contestants}  # noqa: C420 - a list is no value of fromkeys

    interleaved(stage, contestants, [pieces(_WARM)])
    rounds = [pieces(size.pieces) for _ in range(size.rounds)]
    with _watched(deployed) as watch:
        slices = interleaved(stage, contestants, rounds)
    inside = [
        statistics.fmean(watch.spent[first : first + size.pieces])
        for first in range(0, len(watch.spent), size.pieces)
    ]
    return _result(slices[_TURN], slices[_COMMAND], inside)


CASE = Case("B2", "the engine's turn, as a share of the command", run)


@contextlib.contextmanager
def _watched(deployed: Deployed) -> Generator[_Watch]:
    """Let this version's turns inside commands be timed; those of `_turn` go past the watch."""
    watch = _Watch(deployed)
    deployed.turn = watch.turn
    try:
        yield watch
    finally:
        del deployed.turn


def _turn(deployed: Deployed, waiting: _Waiting) -> None:
    trigger = CompleteWorkItem(waiting.token)
    if not Deployed.turn(deployed, waiting.state, trigger, waiting.world).caught:
        raise RuntimeError("the engine did not wait for this task")


def _complete(stage: Stage, incident: Incident) -> None:
    actor = stage.actors["bob"]
    done(complete(stage.house, actor, incident.work_item_id, TRIAGE, once=stage.once()))


def _waiting(stage: Stage, count: int) -> list[_Waiting]:
    incidents = {it.instance_id: it for it in stage.incidents(count)}
    rows = stage.rows(
        "SELECT i.id, i.engine_state, i.record, w.token FROM instance i"
        " JOIN work_item w ON w.instance_id = i.id AND w.closed_at IS NULL"
        " WHERE i.id = ANY(%s) ORDER BY i.id",
        list(incidents),
    )
    now = stage.house.now()
    return [
        _Waiting(it, state, token, World(now, {**record, **TRIAGE}, it.key))
        for number, state, record, token in rows
        for it in [incidents[number]]
    ]


def _result(turns: list[Slice], commands: list[Slice], inside: Sequence[float]) -> Result:
    shares = [spent / it.process_cpu for spent, it in zip(inside, commands, strict=True)]
    in_all = [spent / it.cpu for spent, it in zip(inside, commands, strict=True)]
    alone = ratios(turns, commands, lambda it: it.process_cpu)
    return Result(
        rows=[
            {
                "medians of rounds": name,
                "ms": 1000 * median(slices, lambda it: it.wall),
                "CPU ms, python": 1000 * median(slices, lambda it: it.process_cpu),
                "CPU ms, postgresql": 1000 * median(slices, lambda it: it.database_cpu),
            }
            for name, slices in ((_TURN, turns), (_COMMAND, commands))
        ],
        ratios={
            "turn inside the command, share of its CPU in python": statistics.median(shares),
            "turn inside the command, share of its CPU in all": statistics.median(in_all),
            "turn alone, share of the command's CPU in python": statistics.median(alone),
        },
        notes=[
            f"a turn inside the command takes {1000 * statistics.median(inside):.2f} ms of CPU, "
            f"alone {1000 * median(turns, lambda it: it.process_cpu):.2f} ms"
        ],
    )
