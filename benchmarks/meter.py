"""Takes time: on the wall, of this process, and of the PostgreSQL backends that serve it."""

import gc
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from benchmarks.stage import Stage

T = TypeVar("T")
Contestants = Mapping[str, Callable[[T], object]]


@dataclass(frozen=True)
class Slice:
    """What one contestant's share of a round took, in seconds per piece of work."""

    wall: float
    process_cpu: float
    database_cpu: float

    @property
    def cpu(self) -> float:
        """Both sides of the connection together."""
        return self.process_cpu + self.database_cpu


def interleaved(
    stage: Stage, contestants: Contestants[T], rounds: Sequence[Mapping[str, Sequence[T]]]
) -> dict[str, list[Slice]]:
    """Let the contestants take turns, another one first each round; slices by name.

    `rounds` has the pieces of work of each contestant in each round. What the machine does besides
    hits all of them alike.
    """

    def turn_of(name: str) -> Callable[[int], Slice]:
        return lambda number: measured(stage, contestants[name], rounds[number][name])

    return by_turns({name: turn_of(name) for name in contestants}, len(rounds))


def by_turns(
    contestants: Mapping[str, Callable[[int], Slice]], rounds: int
) -> dict[str, list[Slice]]:
    """The same for contestants that are measured in their own way, given the round's number."""
    names = list(contestants)
    found: dict[str, list[Slice]] = {name: [] for name in names}
    for number in range(rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            found[name].append(contestants[name](number))
    return found


def median(slices: Sequence[Slice], figure: Callable[[Slice], float]) -> float:
    """The median of a figure over the rounds."""
    return statistics.median(figure(it) for it in slices)


def row(name: str, slices: Sequence[Slice]) -> dict[str, object]:
    """A line of a table: what one piece takes, as medians of the rounds."""
    return {
        "medians of rounds": name,
        "per second": 1 / median(slices, lambda it: it.wall),
        "ms": 1000 * median(slices, lambda it: it.wall),
        "CPU ms, client": 1000 * median(slices, lambda it: it.process_cpu),
        "CPU ms, postgresql": 1000 * median(slices, lambda it: it.database_cpu),
        "CPU ms": 1000 * median(slices, lambda it: it.cpu),
    }


def mean(parts: Sequence[Slice]) -> Slice:
    """One slice for several of the same number of pieces."""
    return Slice(
        statistics.fmean(it.wall for it in parts),
        statistics.fmean(it.process_cpu for it in parts),
        statistics.fmean(it.database_cpu for it in parts),
    )


def ratios(
    these: Sequence[Slice], those: Sequence[Slice], figure: Callable[[Slice], float]
) -> list[float]:
    """How many times more these take than those, round by round."""
    return [figure(a) / figure(b) for a, b in zip(these, those, strict=True)]


def measured(stage: Stage, work: Callable[[T], object], pieces: Sequence[T]) -> Slice:
    """What these pieces of work take in this process and in the backends that serve it."""
    gc.collect()
    backends = _backends(stage)
    database, cpu, wall = _cpu_of(backends), time.process_time(), time.perf_counter()
    for piece in pieces:
        work(piece)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    # A backend that came in the meantime counts from its birth; one that went is lost.
    database = _cpu_of(_backends(stage)) - database
    return Slice(wall / len(pieces), cpu / len(pieces), database / len(pieces))


def database_cpu(stage: Stage, application: str | None = None) -> float:
    """Seconds on a processor so far, of all PostgreSQL backends that serve somebody now.

    `application`: only those whose client calls itself so.
    """
    return _cpu_of(_backends(stage, application))


def _backends(stage: Stage, application: str | None = None) -> list[int]:
    found = stage.rows(
        "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"
        " AND pid <> pg_backend_pid() AND (%s::text IS NULL OR application_name = %s) ORDER BY pid",
        application,
        application,
    )
    return [row[0] for row in found]


def _cpu_of(processes: Sequence[int]) -> float:
    """Seconds on a processor so far; Linux keeps them in nanoseconds."""
    return sum(
        int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9 for pid in processes
    )
