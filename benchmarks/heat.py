"""B14: the heat map of a process over 25,000 worked incidents, its figures and its page."""

import http.client
import statistics
import time
from collections.abc import Callable, Mapping, Sequence

from benchmarks.large_inbox import served
from benchmarks.meter import database_cpu
from benchmarks.result import Case, Goal, Result, Size
from benchmarks.stage import Stage
from benchmarks.worked_incidents import COPIES, WORKED, settle
from clearway.service.heat import Asked, HeatMap, heat
from clearway.service.heat_keeping import keep_up
from clearway.service.house import House
from clearway.service.values import SYSTEM

_RECORDS = WORKED * (COPIES + 1)
_GOAL = 1000.0


def run(stage: Stage, size: Size) -> Result:
    """Fill the house, write all records down once, then ask for the map again and again."""
    clock = settle(stage)
    began = time.perf_counter()
    house = House(stage.house.store, clock)
    kept = keep_up(house)
    first = time.perf_counter() - began
    if kept != _RECORDS:
        raise RuntimeError(f"{kept} records were written down, not {_RECORDS}")
    stage.tidy()
    taken: dict[str, list[float]] = {}
    spent: dict[str, list[float]] = {}
    with served(stage, stage.actors["grace"]) as asking:
        questions = _questions(house, asking)
        for number in range(2 + max(5, size.rounds)):
            for name, ask in questions.items():
                start, cpu = time.perf_counter(), time.process_time() + database_cpu(stage)
                ask()
                wall = time.perf_counter() - start
                cpu = time.process_time() + database_cpu(stage) - cpu
                if number >= 2:
                    taken.setdefault(name, []).append(1000 * wall)
                    spent.setdefault(name, []).append(1000 * cpu)
    return _result(stage, taken, spent, first)


CASE = Case("B14", "the heat map of a process over 25,000 worked incidents", run)


def _questions(
    house: House, asking: tuple[http.client.HTTPConnection, str]
) -> Mapping[str, Callable[[], object]]:
    connection, cookie = asking

    def figures() -> None:
        made = heat(house, SYSTEM, Asked("incident", 1))
        if not isinstance(made, HeatMap) or made.population.records != _RECORDS or made.behind:
            raise RuntimeError("the map is not of all records")

    def page(query: str) -> Callable[[], None]:
        def get() -> None:
            connection.request(
                "GET", f"/processes/incident/heat{query}", headers={"Cookie": cookie}
            )
            answer = connection.getresponse()
            if answer.status != 200 or b"<table" not in answer.read():
                raise RuntimeError(f"the page answered {answer.status}")

        return get

    return {
        "figures": figures,
        "page, how often": page(""),
        "page, waiting": page("?metric=wait&measure=total"),
        "records behind a figure": page("/resolve?metric=wait"),
    }


def _result(
    stage: Stage,
    taken: Mapping[str, Sequence[float]],
    spent: Mapping[str, Sequence[float]],
    first: float,
) -> Result:
    rows: list[dict[str, object]] = [
        {
            "milliseconds": name,
            "p50": statistics.median(times),
            "most": max(times),
            "CPU of Python and PostgreSQL": statistics.median(spent[name]),
            "asked": len(times),
        }
        for name, times in taken.items()
    ]
    [(entries, items)] = stage.rows(
        "SELECT (SELECT count(*) FROM entry), (SELECT count(*) FROM work_item)"
    )
    pages = [name for name in taken if name.startswith("page")]
    return Result(
        rows=rows,
        ratios={f"{name}, ms": statistics.median(taken[name]) for name in pages}
        | {f"{name}, ms of CPU": statistics.median(spent[name]) for name in pages},
        notes=[
            f"{_RECORDS:,} incidents, {entries:,} lines of history, {items:,} tasks: {WORKED} led"
            f" through their process by commands, each with {COPIES} copies of other lengths",
            f"written down for the first time in {first:.0f} s, by a worker beside its other work",
        ],
        goals={f"{name}, ms": Goal(most=_GOAL) for name in pages},
    )
