"""B15: what collides with one planned work, among 500 open ones and 2,000 assets."""

import http.client
import random
import statistics
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import psycopg

from benchmarks.copies import copies
from benchmarks.large_inbox import served
from benchmarks.result import Case, Goal, Result, Size
from benchmarks.stage import Stage, done
from clearway.now import system_time
from clearway.service.collisions import collisions_of
from clearway.service.registry import import_csv
from clearway.service.start import start
from clearway.service.values import SYSTEM, Refusal
from clearway.service.windows import Window, save_window
from processes.planned import Planned

_WORKS, _ASSETS, _SERVICES, _WINDOWS = 500, 2_000, 100, 20
_WARM = 5
_GOALS = {"collisions": 100.0, "calendar page": 150.0}
_LONG = "Step by step, with the minutes that each step takes. " * 60


def run(stage: Stage, size: Size) -> Result:
    """Fill the house, then ask for collisions and for the calendar again and again, in turns."""
    first = _settle(stage)
    taken: dict[str, list[float]] = {}
    with served(stage, stage.actors["bob"]) as asking:
        questions = _questions(stage, first, asking)
        for number in range(_WARM + size.rounds * 10):
            for name, ask in questions.items():
                began = time.perf_counter()
                ask()
                if number >= _WARM:
                    taken.setdefault(name, []).append(1000 * (time.perf_counter() - began))
    middle = {name: statistics.median(times) for name, times in taken.items()}
    return Result(
        rows=[
            {
                "milliseconds": name,
                "p50": middle[name],
                "p95": statistics.quantiles(times, n=20)[-1],
                "asked": len(times),
            }
            for name, times in taken.items()
        ],
        ratios={f"{name}, ms": each for name, each in middle.items()},
        notes=[
            f"{_WORKS} open works with texts of 9 KB each, all in the same fortnight; {_ASSETS:,} "
            f"assets and {_SERVICES} services, each on some of those below it; {_WINDOWS} windows "
            "that repeat",
            "collisions: from the question to the list with its slots; page: the whole answer of "
            "the portal for the month",
        ],
        goals={f"{name}, ms": Goal(most=most) for name, most in _GOALS.items()},
    )


CASE = Case("B15", "collisions of a planned work among 500 open ones and 2,000 assets", run)


def _questions(
    stage: Stage, first: datetime, asking: tuple[http.client.HTTPConnection, str]
) -> Mapping[str, Callable[[], None]]:
    pick = random.Random(15)
    connection, cookie = asking

    def collisions() -> None:
        begins = first + timedelta(hours=pick.randrange(14 * 24))
        things = (f"service-{pick.randrange(_SERVICES)}", f"asset-{pick.randrange(_ASSETS)}")
        work = Planned("", "", begins, begins + timedelta(hours=2), things, ("bob",))
        found = collisions_of(stage.house, stage.actors["bob"], work)
        if isinstance(found, Refusal) or found.problem:
            raise RuntimeError(f"no collisions were looked for: {found}")

    def page() -> None:
        connection.request(
            "GET", f"/calendar?view=month&at={first:%Y-%m-%d}", headers={"Cookie": cookie}
        )
        answer = connection.getresponse()
        if answer.status != 200 or b"calendar" not in answer.read():
            raise RuntimeError(f"the calendar answered {answer.status}")

    return {"collisions": collisions, "calendar page": page}


def _settle(stage: Stage) -> datetime:
    """Registry, windows and works; answers when the fortnight of the works begins."""
    stage.deploy_own("planned_work")
    _registry(stage)
    first = (system_time() + timedelta(days=7)).replace(hour=0, minute=0, second=0, microsecond=0)
    for number in range(_WINDOWS):
        day = first + timedelta(days=number % 7)
        window = Window(
            f"window-{number}",
            "maintenance",
            f"Window {number}",
            None,
            f"{day:%Y-%m-%d}T20:00",
            f"{day:%Y-%m-%d}T23:00",
            "Europe/Lisbon",
            (f"asset-{number * 7}",),
            "FREQ=WEEKLY",
        )
        done(save_window(stage.house, SYSTEM, window, once=stage.once()))
    values = {"what": "A work", "hand": "bob", "service": "service-1"}
    one = done(start(stage.house, SYSTEM, "planned_work", values, once=stage.once()))
    stage.answer_steps()
    made = copies(stage, int(one.instance_id or 0), _WORKS - 1)
    _spread(stage, [int(one.instance_id or 0), *made], first)
    stage.tidy()
    return first


def _registry(stage: Stage) -> None:
    pick = random.Random(7)
    assets = [f"asset-{number}" for number in range(_ASSETS)]
    services = [f"service-{number}" for number in range(_SERVICES)]
    stands = [(it, "runs_on", pick.choice(assets)) for it in services for _ in range(3)]
    stands += [
        (f"asset-{number}", "depends_on", f"asset-{pick.randrange(number)}")
        for number in range(1, _ASSETS)
    ]
    sheets = {
        "services": "name,title,criticality\n" + "".join(f"{it},{it},2\n" for it in services),
        "assets": "name,kind,title,criticality\n"
        + "".join(f"{it},server,{it},2\n" for it in assets),
        "relations": "from,kind,to\n" + "".join(f"{','.join(it)}\n" for it in sorted(set(stands))),
    }
    for table, text in sheets.items():
        done(import_csv(stage.house, SYSTEM, table, text, once=stage.once()))


def _spread(stage: Stage, instances: list[int], first: datetime) -> None:
    """Each work has a time, things and texts of its own."""
    with psycopg.connect(stage.url) as connection, connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE instance SET title = 'Work ' || id, record = record || jsonb_build_object("
            " 'begins', to_char(%s AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'),"
            " 'stops', to_char(%s AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'),"
            " 'service', %s::text, 'assets', jsonb_build_array(%s::text), 'hand', %s::text,"
            " 'one', %s::text || id, 'two', %s::text || id, 'three', %s::text || id)"
            " WHERE id = %s",
            [
                (
                    first + timedelta(hours=number * 14 * 24 / _WORKS),
                    first + timedelta(hours=number * 14 * 24 / _WORKS + 2),
                    f"service-{number % _SERVICES}",
                    f"asset-{number * 3 % _ASSETS}",
                    ("alice", "bob", "erin", "grace")[number % 4],
                    _LONG,
                    _LONG[::-1],
                    _LONG.upper(),
                    instance,
                )
                for number, instance in enumerate(instances)
            ],
        )
