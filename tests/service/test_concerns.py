"""When planned work is put onto the time and things of another, the other is told, once."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest
from works import answer_steps, open_works, plan

from clearway.service.deliver import deliver_waiting
from clearway.service.house import House
from clearway.service.jobs import claim_jobs, finish_job
from clearway.service.record import record
from clearway.service.values import SYSTEM, Done, Refusal
from clearway.service.windows import Window, save_window

pytestmark = pytest.mark.database

WHEN = {"begins": "2026-04-01T10:00:00Z", "stops": "2026-04-01T12:00:00Z"}
DAYS = ("2026-04-01T00:00", "2026-04-02T00:00", "UTC", ("db01",))
FREEZE = Window("closing", "freeze", "Closing", "soft", *DAYS)
SENT = "SELECT to_key FROM message WHERE name = 'planned.look_again' ORDER BY id"


@pytest.fixture
def house(empty_house: House, people) -> House:
    return open_works(empty_house, people["grace"])


@pytest.fixture
def work(house: House, people):
    """Plan work, and let a worker do all that follows from it; answers its key."""

    def planned(**values: object) -> str:
        key = plan(house, people["bob"], **values)
        answer_steps(house)
        return key

    return planned


def against(house: House, people, key: str) -> object:
    view = record(house, people["bob"], key)
    assert not isinstance(view, Refusal)
    return view.values["against"]


def test_whoever_other_work_is_opened_onto_looks_again_once(house, people, work, rows):
    mine = work(what="A", assets=["db01"], hand="carol", **WHEN)
    apart = work(what="C", service="web", hand="dave", **WHEN)

    theirs = work(what="B", service="payroll", hand="erin", **WHEN)

    assert rows(SENT) == [(mine,)]
    assert [against(house, people, it) for it in (mine, theirs, apart)] == [[theirs], [mine], []]


def test_nobody_is_told_again_of_a_collision_that_is_known(house, people, work, rows):
    mine = work(what="A", assets=["db01"], hand="carol", **WHEN)
    theirs = work(what="B", assets=["db01"], hand="dave", **WHEN)

    save_window(house, SYSTEM, FREEZE, once="1")
    answer_steps(house)

    of_the_window = [(mine,), (theirs,)]
    assert rows(SENT) == [(mine,), *of_the_window]


def look(house: House, found: Mapping[str, Sequence[str]]) -> int:
    """Let each record that looks find these; answers how many statements the commands took."""
    seen: list[str] = []
    for job in claim_jobs(house, "worker", 50, timedelta(hours=1)):
        answer = {"collisions": [], "slots": [], "freeze": "none", "problem": None}
        keys = found.get(str(job.inputs["key"]), [])
        with house.store.watched_by(seen.append):
            done = finish_job(house, job.id, job.fence, {**answer, "collides_with": keys})
        assert isinstance(done, Done), done
    return len(seen)


def test_whoever_work_collided_with_looks_again_when_it_does_no_more(house, people, work, rows):
    mine = work(what="A", assets=["db01"], hand="carol", **WHEN)
    theirs = work(what="B", assets=["db01"], hand="dave", **WHEN)
    save_window(house, SYSTEM, FREEZE, once="1")
    deliver_waiting(house, 10)
    before = rows(SENT)

    look(house, {mine: [theirs], theirs: []})

    assert rows(SENT)[len(before) :] == [(mine,)]
    answer_steps(house)


def test_it_costs_no_statement_more_and_one_message_to_each_however_many_there_are(
    house, people, work, rows
):
    others = [
        work(what=str(hour), assets=["db01"], begins=at(hour), stops=at(hour + 1))
        for hour in range(10, 22)
    ]
    mine = {"assets": ["db01"], "begins": at(9), "stops": at(22)}
    plan(house, people["bob"], what="Alone", **mine)
    few = look(house, {})
    assert rows(SENT) == []

    key = plan(house, people["bob"], what="Over all", **mine)
    many = look(house, {key: others})

    assert many == few
    assert rows(SENT) == [(it,) for it in others]
    look_of_others = deliver_waiting(house, 50)
    look(house, {it: [key] for it in others})
    assert (look_of_others, len(rows(SENT))) == (len(others), len(others)), "and nobody echoes"


def test_to_stand_in_the_same_maintenance_window_is_no_news(house, people, work, rows):
    night = ("2026-04-01T08:00", "2026-04-01T20:00", "UTC")
    save_window(house, SYSTEM, Window("night", "maintenance", "Night", None, *night), once="1")
    mine = work(what="A", assets=["db01"], hand="carol", **WHEN)

    work(what="B", service="web", hand="dave", begins=at(14), stops=at(15))

    assert rows(SENT) == []
    assert against(house, people, mine) == []


def at(hour: int) -> str:
    return f"2026-04-01T{hour:02}:00:00Z"
