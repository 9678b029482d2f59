"""Collisions asked of the open records: what is said, to whom, and at which cost."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from works import open_works, plan, works

from clearway.service.calendar import Filter, calendar_of
from clearway.service.collisions import collisions_of, slot_of, slot_text
from clearway.service.gate import examine
from clearway.service.house import House
from clearway.service.values import SYSTEM, Refusal
from clearway.service.windows import Window, save_window
from processes.planned import Planned

DAY = datetime(2026, 4, 1, tzinfo=UTC)
WHEN = {"begins": "2026-04-01T10:00:00Z", "stops": "2026-04-01T12:00:00Z"}


@pytest.fixture
def house(empty_house: House, people) -> House:
    return open_works(empty_house, people["grace"])


def work(begins: int, ends: int, *things: str, people: tuple[str, ...] = ()) -> Planned:
    return Planned(
        "", "", DAY + timedelta(hours=begins), DAY + timedelta(hours=ends), things, people
    )


def ask(house: House, actor, planned: Planned):
    found = collisions_of(house, actor, planned)
    assert not isinstance(found, Refusal)
    return found


@pytest.mark.database
def test_open_records_collide_and_a_slot_is_offered(house, people):
    key = plan(house, people["bob"], what="Disks", assets=["db01"], hand="carol", **WHEN)

    found = ask(house, people["bob"], work(11, 13, "payroll", people=("carol",)))

    assert [(it.kind, it.other, it.title) for it in found.collisions] == [
        ("related_thing", key, "Disks"),
        ("same_person", key, "Disks"),
    ]
    assert found.keys == [key]
    assert [slot_text(it) for it in found.slots] == [
        "2026-04-01T12:00Z/2026-04-01T14:00Z",
        "2026-04-02T12:00Z/2026-04-02T14:00Z",
        "2026-04-03T12:00Z/2026-04-03T14:00Z",
    ]
    assert slot_of(slot_text(found.slots[0])) == found.slots[0]


@pytest.mark.database
def test_who_may_not_read_a_record_learns_only_that_somebody_is_busy(house, people):
    plan(house, people["bob"], what="Secret", assets=["db01"], **WHEN)

    [found] = ask(house, people["alice"], work(11, 13, "db01")).collisions
    [entry] = calendar_of(house, people["alice"], DAY, DAY + timedelta(days=1)).entries

    assert (found.other, found.title, found.why) == ("", "busy", "Both touch db01.")
    assert (entry.key, entry.title, entry.things, entry.is_hidden) == ("", "busy", (), True)


@pytest.mark.database
@pytest.mark.parametrize(
    ("planned", "said"),
    [
        (work(13, 11), "It ends before it begins"),
        (work(-24 * 60, -24 * 50), "It begins in the past"),
        (work(1, 24 * 400), "more than 366 days"),
        (work(1, 2, "mars"), "There is no service or asset mars: choose a name"),
        (work(1, 2, people=("nobody",)), "There is no person nobody: choose a name"),
    ],
)
def test_a_question_that_makes_no_sense_says_what_to_do(house, people, planned, said: str):
    found = ask(house, people["bob"], planned)

    assert said in (found.problem or "")
    assert (found.collisions, found.slots) == ((), ())
    assert found.freeze is None


@pytest.mark.database
def test_a_thing_is_held_to_its_maintenance_however_far_off_or_over_that_is(house, people):
    times = ("2026-04-04T20:00", "2026-04-04T23:00", "UTC")
    for name, thing, repeats in (
        ("quarters", "db01", "FREQ=MONTHLY;INTERVAL=3"),
        ("once", "payroll", None),
    ):
        window = Window(name, "maintenance", name, None, *times, (thing,), repeats)
        saved = save_window(house, SYSTEM, window, once=name)
        assert not isinstance(saved, Refusal)

    found = ask(house, people["bob"], work(5 * 24, 5 * 24 + 1, "db01"))
    over = ask(house, people["bob"], work(5 * 24, 5 * 24 + 1, "payroll"))
    during = ask(house, people["bob"], work(3 * 24 + 22, 3 * 24 + 24, "db01"))

    said = [it.why for one in (found, over, during) for it in one.collisions]
    assert said == [
        "It is not inside of a maintenance window of db01; the next begins 2026-07-04 20:00 UTC.",
        "It is not inside of a maintenance window of payroll; none is to come.",
        "It is not inside of a maintenance window of db01; the next begins 2026-07-04 20:00 UTC.",
    ]
    assert (found.slots, over.slots) == ([], [])


@pytest.mark.database
def test_a_time_that_has_begun_hides_no_freeze(house, people):
    freeze = Window("now", "freeze", "Now", "hard", "2026-01-01T00:00", "2026-12-01T00:00", "UTC")
    save_window(house, SYSTEM, freeze, once="1")
    begun = replace(work(1, 2, "db01"), starts=house.now() - timedelta(minutes=1))

    found = ask(house, people["bob"], begun)

    assert "It begins in the past" in (found.problem or "")
    assert (found.freeze, found.is_stopped) == ("hard", True)


@pytest.mark.database
def test_the_calendar_has_windows_and_works_and_can_be_narrowed(house, people):
    key = plan(house, people["bob"], what="Disks", assets=["db01"], hand="carol", **WHEN)
    night = ("2026-04-01T20:00", "2026-04-02T02:00", "UTC")
    freeze = Window("close", "freeze", "Closing", "soft", *night, ("payroll",))
    save_window(house, SYSTEM, freeze, once="1")

    def seen(**only: str) -> list[str]:
        view = calendar_of(house, people["bob"], DAY, DAY + timedelta(days=1), Filter(**only))
        assert not isinstance(view, Refusal)
        return [it.key for it in view.entries]

    assert seen() == [key, "close"]
    assert seen(thing="payroll") == ["close"]
    assert seen(person="carol") == [key]
    assert seen(process="works", person="dave") == []
    assert isinstance(calendar_of(house, people["bob"], DAY, DAY), Refusal)


@pytest.mark.database
def test_collisions_take_the_same_statements_however_much_is_planned(house, people):
    def statements() -> int:
        seen: list[str] = []
        with house.store.watched_by(seen.append):
            ask(house, people["bob"], work(11, 13, "db01", people=("carol",)))
        return len(seen) - seen.count("COMMIT")

    ask(house, people["bob"], work(11, 13, "db01"))
    few = statements()
    for number in range(10):
        plan(house, people["bob"], what=str(number), assets=["db01"], hand="carol", **WHEN)

    assert (few, statements()) == (8, 8)


# --- the keyword ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("planned", "said"),
    [
        ("begins", "is no object"),
        ({"from": "begins"}, "`until` of x-planned names no field: None"),
        ({"from": "what", "until": "stops"}, "names `what`, which is no instant"),
        ({"from": "begins", "until": "begins"}, "begins and ends with the same field"),
        ({"from": "begins", "until": "stops", "things": "service"}, "`things` of x-planned is no"),
        ({"from": "begins", "until": "stops", "things": ["mars"]}, "names no field: 'mars'"),
        ({"from": "begins", "until": "stops", "where": []}, "has `where`, which means nothing"),
        ({"from": "begins", "until": "stops", "collides_with": "mars"}, "names no field: 'mars'"),
        ({"from": "begins", "until": "stops", "collides_with": "what"}, "which holds no keys"),
    ],
)
def test_the_gate_refuses_a_plan_that_names_no_time_or_nothing(planned, said: str):
    problems = [it.message for it in examine(works(**{"x-planned": planned}))]

    assert any(said in it for it in problems), problems


def test_the_gate_takes_texts_and_lists_of_texts():
    assert [it for it in examine(works()) if it.rule.startswith("record")] == []
