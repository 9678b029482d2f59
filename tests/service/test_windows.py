"""Windows: declared strictly, open when their zone's clocks say so, and told to who is planned."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from works import answer_steps, open_works, plan

from clearway.service.record import record
from clearway.service.recurring import occurrences, problems_of
from clearway.service.registry import import_csv, remove, set_absence
from clearway.service.values import SYSTEM, Actor, Done, Refusal
from clearway.service.windows import Window, remove_window, save_window, windows

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PLANNER = Actor("olga", roles=frozenset({"change_manager"}))
SUNDAYS = Window(
    "sundays",
    "maintenance",
    "Sunday evening",
    None,
    "2026-03-08T20:00",
    "2026-03-08T23:00",
    "Europe/Lisbon",
    ("db01",),
    "FREQ=WEEKLY;BYDAY=SU",
)
FREEZE = Window(
    "closing", "freeze", "Closing", "hard", "2026-03-30T00:00", "2026-04-03T00:00", "Europe/Berlin"
)


# --- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "part", "said"),
    [
        ({"ends": "2026-03-30T00:00"}, "until", "ends before it begins"),
        ({"ends": "2027-04-30T00:00"}, "until", "at most 366 days"),
        ({"begins": "2026-02-01T00:00", "ends": "2026-02-02T00:00"}, "until", "over already"),
        ({"begins": "2026-03-29T02:30"}, "from", "does not exist in Europe/Berlin"),
        ({"ends": "2026-10-25T02:30"}, "until", "is there twice in Europe/Berlin"),
        ({"begins": "2026-03-30T00:00+02:00"}, "from", "without an offset"),
        ({"begins": "tomorrow"}, "from", "such as 2026-12-20T18:00"),
        ({"zone": "Europe/Atlantis"}, "zone", "There is no time zone 'Europe/Atlantis'"),
        ({"kind": "holiday"}, "kind", "freeze or maintenance"),
        ({"strength": None}, "strength", "hard or soft"),
        ({"kind": "maintenance"}, "strength", "leave it empty"),
        ({"repeats": "every sunday"}, "repeats", "no rule"),
        ({"repeats": "FREQ=HOURLY"}, "repeats", "FREQ is one of"),
        ({"repeats": "FREQ=WEEKLY;BYHOUR=3"}, "repeats", "BYHOUR is not known here"),
        ({"repeats": "FREQ=WEEKLY;COUNT=2;UNTIL=20270101"}, "repeats", "keep one"),
        ({"repeats": "FREQ=WEEKLY;UNTIL=20270101T000000Z"}, "repeats", "without a Z"),
        ({"repeats": "FREQ=WEEKLY;BYDAY=SU"}, "repeats", "it first comes 2026-04-05T00:00"),
        ({"repeats": "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"}, "repeats", "does not come at"),
        ({"repeats": "FREQ=MONTHLY;BYDAY=99MO"}, "repeats", "cannot be read"),
        ({"repeats": "FREQ=MONTHLY;BYDAY=1MO,TU"}, "repeats", "declare two windows"),
        ({"repeats": "FREQ=DAILY;UNTIL=00010101"}, "repeats", "a year from 2000 to 2199"),
        ({"begins": "0001-01-01T00:00"}, "from", "a year from 2000 to 2199"),
        ({"ends": "9999-12-31T23:59"}, "until", "a year from 2000 to 2199"),
        ({"repeats": "FREQ=DAILY"}, "until", "longer than the time until it comes again"),
    ],
)
def test_a_window_that_makes_no_sense_is_refused_with_the_remedy(parts, part: str, said: str):
    wrong = problems_of(replace(FREEZE, **parts), NOW)

    assert said in wrong[part]


def test_a_time_of_a_repeating_window_that_clocks_skip_is_refused_by_its_date():
    nights = replace(SUNDAYS, begins="2026-03-08T01:30", ends="2026-03-08T04:00")

    wrong = problems_of(nights, NOW)

    assert wrong["from"].startswith(
        "One of its times: 2026-03-29T01:30 does not exist in Europe/Lisbon"
    )
    assert "declare the window in the zone UTC" in wrong["from"]


def test_times_of_an_old_window_are_looked_at_for_ten_years_from_now():
    old = replace(SUNDAYS, zone="Europe/Berlin", repeats="FREQ=YEARLY;INTERVAL=11")

    wrong = problems_of(replace(old, begins="2020-03-30T02:30", ends="2020-03-30T03:30"), NOW)
    over = problems_of(
        replace(old, begins="2021-03-29T02:30", ends="2021-03-29T03:30", repeats="FREQ=YEARLY"),
        datetime(2026, 4, 1, tzinfo=UTC),
    )

    assert wrong["from"].startswith("One of its times: 2031-03-30T02:30 does not exist")
    assert over == {}, "that of 2026 is past"


def test_a_daily_window_is_looked_at_to_the_last_of_the_ten_years():
    daily = replace(SUNDAYS, begins="2015-03-02T20:00", ends="2015-03-02T21:00")
    rule = "FREQ=DAILY;UNTIL=20270328"

    wrong = problems_of(replace(daily, begins="2015-03-02T01:30", repeats=rule), NOW)

    assert "2026-03-29T01:30 does not exist" in wrong["from"]


@pytest.mark.parametrize("every", ["DAILY", "WEEKLY", "MONTHLY", "YEARLY"])
def test_a_rule_that_never_comes_is_refused(every: str):
    rule = f"FREQ={every};BYMONTH=2;BYSETPOS=31;BYDAY=SU"

    wrong = problems_of(replace(SUNDAYS, repeats=rule), NOW)
    found = occurrences(replace(SUNDAYS, repeats=rule), NOW, datetime(2199, 1, 1, tzinfo=UTC))

    assert "does not come at" in wrong["repeats"]
    assert found == []


def test_what_is_well_declared_has_no_problems():
    assert [problems_of(it, NOW) for it in (SUNDAYS, FREEZE)] == [{}, {}]


# --- when it is -----------------------------------------------------------------------------------


def test_a_repeating_window_keeps_to_the_clocks_of_its_zone():
    found = occurrences(SUNDAYS, NOW, NOW + timedelta(days=35))

    assert [f"{it.starts:%d %b %H:%M}" for it in found] == [
        "08 Mar 20:00",
        "15 Mar 20:00",
        "22 Mar 20:00",
        "29 Mar 19:00",
        "05 Apr 19:00",
    ]


@pytest.mark.parametrize("ends", ["COUNT=2", "UNTIL=20260315", "UNTIL=20260315T200000"])
def test_a_rule_ends_when_it_says(ends: str):
    window = replace(SUNDAYS, repeats=f"FREQ=WEEKLY;{ends}")

    assert len(occurrences(window, NOW, NOW + timedelta(days=365))) == 2


# --- commands -------------------------------------------------------------------------------------


@pytest.mark.database
def test_a_window_is_declared_corrected_and_taken_back(empty_house):
    open_works(empty_house, SYSTEM)

    added = save_window(empty_house, PLANNER, SUNDAYS, once="1")
    changed = save_window(empty_house, PLANNER, replace(SUNDAYS, title="Late"), once="2")

    assert (added.details["added"], changed.details["changed"]) == (1, 1)
    assert [it.title for it in windows(empty_house, PLANNER)] == ["Late"]
    assert isinstance(remove_window(empty_house, PLANNER, "sundays", once="3"), Done)
    assert windows(empty_house, PLANNER) == []


@pytest.mark.database
def test_who_does_not_plan_declares_no_window_and_nobody_one_for_an_unknown_service(
    empty_house, people
):
    for command in (save_window, remove_window):
        refused = command(empty_house, people["bob"], SUNDAYS, once="1")
        assert isinstance(refused, Refusal)
        assert refused.text.endswith("needs the role admin or change_manager.")

    unknown = save_window(empty_house, PLANNER, replace(FREEZE, things=("mars",)), once="2")

    assert isinstance(unknown, Refusal)
    assert unknown.fields == {
        "things": "There is no service or asset mars: choose a name from the registry."
    }


@pytest.mark.database
def test_windows_are_imported_line_by_line(empty_house):
    open_works(empty_house, SYSTEM)
    header = "name,kind,title,strength,from,until,zone,things,repeats\n"
    good = "a,freeze,A,soft,2026-04-01T00:00,2026-04-02T00:00,UTC,payroll db01,\n"
    bad = "b,freeze,B,,2026-04-01T00:00,2026-04-02T00:00,UTC,mars,\n"

    refused = import_csv(empty_house, SYSTEM, "windows", header + good + bad, once="1")
    done = import_csv(empty_house, SYSTEM, "windows", header + good, once="2")
    again = import_csv(
        empty_house,
        SYSTEM,
        "windows",
        "name,kind,title,from,until,zone\na,freeze,B,2026-04-01T00:00,2026-04-03T00:00,UTC\n",
        once="3",
    )

    assert set(refused.fields) == {"line 3, column strength", "line 3, column things"}
    assert (done.details["added"], again.details["changed"]) == (1, 1)
    [window] = windows(empty_house, SYSTEM)
    assert (window.strength, window.things, window.title) == ("soft", ("payroll", "db01"), "B")


# --- who is told ----------------------------------------------------------------------------------


@pytest.mark.database
def test_planned_records_look_again_when_anything_that_they_touch_moves(empty_house, people):
    house = open_works(empty_house, people["grace"])
    when = {"begins": "2026-04-01T10:00:00Z", "stops": "2026-04-01T12:00:00Z"}
    key = plan(house, people["bob"], what="A", assets=["db01"], hand="carol", **when)
    other = plan(house, people["bob"], what="B", service="web", hand="dave", **when)
    answer_steps(house)

    def found(of: str) -> list[str]:
        answer_steps(house)
        view = record(house, people["bob"], of)
        assert not isinstance(view, Refusal)
        return [it.split(":")[0] for it in view.values.get("found", [])]

    assert (found(key), found(other)) == ([], [])

    told = save_window(house, PLANNER, replace(FREEZE, things=("payroll",)), once="1")
    assert told.details["told"] == [key]
    assert found(key) == ["Freeze"]

    start, end = (datetime(2026, 4, 1, hour, tzinfo=UTC) for hour in (8, 18))
    set_absence(house, SYSTEM, "carol", start, end, once="2")
    assert found(key) == ["Freeze", "Person away"]

    row = "from,kind,to\nweb,runs_on,switch\n"
    import_csv(house, SYSTEM, "relations", row, once="3")
    assert found(other) == []
    remove(house, SYSTEM, "relations", ("payroll", "runs_on", "db01"), once="4")
    assert found(key) == ["Person away"]

    import_csv(house, SYSTEM, "relations", "from,kind,to\nweb,runs_on,db01\n", once="5")
    assert found(key) == ["Person away", "Related thing"]
    remove(house, SYSTEM, "absences", ("carol", start), once="6")
    assert found(key) == ["Related thing"]
    assert record(house, people["bob"], key).values["against"] == [other]
