"""Business time in the words of the people who wait for it."""

import json
import pickle
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from processes.calendar import (
    Calendar,
    CalendarError,
    add,
    business_days,
    elapsed,
    is_open,
    next_opening,
)
from processes.openings import openings
from processes.sla_cases import run_cases

CASES = Path(__file__).parent.parent / "data" / "sla" / "cases.json"
EVERY_DAY = "mon-sun"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def berlin(hours: object, **more: object) -> Calendar:
    return Calendar.from_data({"tz": "Europe/Berlin", "week": {EVERY_DAY: hours}, **more})


def office(tz: str, hours: str, **more: object) -> Calendar:
    return Calendar.from_data({"tz": tz, "week": {"mon-fri": hours}, **more})


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def test_every_counted_case_holds():
    result = run_cases(json.loads(CASES.read_text()))

    assert result.failures == ()
    assert result.passed == 215


# Vectors of field practice: ServiceNow's and GLPI's documentation, and days when clocks change.
@pytest.mark.parametrize(
    ("calendar", "start", "end", "expected"),
    [
        (office("UTC", "08:00-17:00"), "2014-12-12T21:00Z", "2014-12-15T09:30Z", 1.5),
        (office("UTC", "09:00-17:00"), "2026-06-02T14:00Z", "2026-06-03T09:00Z", 3),
        (berlin("02:30-06:00"), "2026-03-29T00:00+01:00", "2026-03-30T00:00+02:00", 3),
        (berlin("02:15-02:45"), "2026-03-29T00:00+01:00", "2026-03-30T00:00+02:00", 0),
        (berlin("00:00-02:30"), "2026-10-25T00:00+02:00", "2026-10-26T00:00+01:00", 3.5),
        (berlin("02:30-06:00"), "2026-10-25T00:00+02:00", "2026-10-26T00:00+01:00", 4.5),
        (berlin("00:00-02:00"), "2026-10-25T00:00+02:00", "2026-10-26T00:00+01:00", 2),
        (
            berlin(["00:00-02:30", "02:30-06:00"]),
            "2026-10-25T00:00+02:00",
            "2026-10-26T00:00+01:00",
            7,
        ),
        (berlin("02:00-03:00"), "2026-10-25T00:00+02:00", "2026-10-26T00:00+01:00", 2),
        (berlin("22:00-06:00"), "2026-10-24T12:00+02:00", "2026-10-25T12:00+01:00", 9),
    ],
)
def test_elapsed_time_agrees_with_practice(
    calendar: Calendar, start: str, end: str, expected: float
):
    assert elapsed(calendar, at(start), at(end)) == hours(expected)


@pytest.mark.parametrize(
    ("calendar", "start", "amount", "due"),
    [
        (office("UTC", "09:00-17:00"), "2026-06-01T09:00Z", 24, "2026-06-03T17:00Z"),
        (office("UTC", "08:00-18:00"), "2026-06-02T16:00Z", 4, "2026-06-03T10:00Z"),
        (berlin("00:00-24:00"), "2026-03-28T23:00+01:00", 4, "2026-03-29T04:00+02:00"),
        (berlin("00:00-24:00"), "2026-10-24T23:00+02:00", 4, "2026-10-25T02:00+01:00"),
        (
            office("Europe/Berlin", "09:00-17:00"),
            "2026-03-27T16:00+01:00",
            16,
            "2026-03-31T16:00+02:00",
        ),
        (office("Asia/Kolkata", "09:00-18:00"), "2026-06-02T06:00Z", 4, "2026-06-02T15:30+05:30"),
        (
            office("America/New_York", "09:00-17:00"),
            "2026-06-02T06:00Z",
            4,
            "2026-06-02T13:00-04:00",
        ),
    ],
)
def test_due_instants_agree_with_practice(calendar: Calendar, start: str, amount: float, due: str):
    assert add(calendar, at(start), hours(amount)) == at(due)


def test_adding_nothing_gives_the_start_even_when_closed():
    sunday = at("2026-06-07T12:00Z")

    assert add(office("UTC", "09:00-17:00"), sunday, timedelta(0)) == sunday


def test_an_answer_is_an_instant_in_utc():
    due = add(berlin("09:00-17:00"), at("2026-06-01T09:00+02:00"), hours(1))

    assert due.tzinfo is UTC


def test_seconds_are_not_lost():
    start = at("2026-06-01T16:59:58.5Z")

    due = add(office("UTC", "09:00-17:00"), start, timedelta(seconds=2))

    assert due == at("2026-06-02T09:00:00.5Z")


def test_time_runs_backwards_as_a_negative_amount():
    calendar = office("UTC", "09:00-17:00")

    assert elapsed(calendar, at("2026-06-02T10:00Z"), at("2026-06-01T16:00Z")) == -hours(2)


def test_a_day_ends_before_its_midnight_is_shown_a_second_time():
    saturdays = Calendar.from_data({"tz": "America/Havana", "week": {"sat": "00:00-24:00"}})

    weekend = elapsed(saturdays, at("2025-10-31T00:00-04:00"), at("2025-11-04T00:00-05:00"))

    assert weekend == hours(24)


def test_a_closing_shown_twice_before_one_midnight_is_the_later_of_the_two():
    # Beirut repeats 23:00 to 24:00.
    saturdays = Calendar.from_data({"tz": "Asia/Beirut", "week": {"sat": "21:30-23:30"}})

    weekend = elapsed(saturdays, at("2025-10-24T00:00+03:00"), at("2025-10-28T00:00+02:00"))

    assert weekend == hours(3)


def test_openings_that_meet_through_clocks_put_back_count_once():
    # Havana repeats 00:00 to 01:00: one day closes at the second midnight, the next opens at the
    # first.
    havana = Calendar.from_data({"tz": "America/Havana", "week": {EVERY_DAY: "00:00-24:00"}})

    day = elapsed(havana, at("2025-11-02T00:00-04:00"), at("2025-11-03T00:00-05:00"))

    assert day == hours(25)


def test_a_day_that_a_country_skipped_has_no_open_time():
    apia = office("Pacific/Apia", "09:00-17:00")

    # Thursday 29 December 2011 was followed by Saturday 31 December.
    assert elapsed(apia, at("2011-12-29T17:00-10:00"), at("2012-01-02T09:00+14:00")) == hours(0)


def test_a_holiday_closes_the_night_that_begins_on_it_and_not_the_one_that_ends_on_it():
    nights = Calendar.from_data(
        {"tz": "UTC", "week": {EVERY_DAY: "22:00-06:00"}, "holidays": ["2026-12-25"]}
    )

    assert is_open(nights, at("2026-12-25T05:59Z"))
    assert not is_open(nights, at("2026-12-25T23:00Z"))
    assert next_opening(nights, at("2026-12-25T06:00Z")) == at("2026-12-26T22:00Z")


def test_an_extra_opening_opens_a_holiday_and_a_weekend():
    calendar = office(
        "UTC",
        "09:00-17:00",
        holidays=[{"date": date(2026, 12, 25), "name": "Christmas Day"}],
        extra=[
            {"date": "2026-12-25", "hours": "10:00-12:00", "name": "Emergency desk"},
            {"date": "2026-12-26", "hours": ["09:00-10:00", "11:00-12:00"]},
        ],
    )

    assert elapsed(calendar, at("2026-12-25T00:00Z"), at("2026-12-27T00:00Z")) == hours(4)
    assert calendar.holidays == {date(2026, 12, 25): "Christmas Day"}


def test_an_opening_is_half_open():
    calendar = office("UTC", "09:00-17:00")

    assert is_open(calendar, at("2026-06-01T09:00Z"))
    assert not is_open(calendar, at("2026-06-01T17:00Z"))


# Openings are computed in blocks of dates, so each date is once the first of a block.
@pytest.mark.parametrize("tz", ["Pacific/Kiritimati", "UTC", "Pacific/Pago_Pago"])
def test_every_night_ends_in_the_morning_after(tz: str):
    for day in range(40):
        nights = Calendar.from_data({"tz": tz, "week": {EVERY_DAY: "22:00-06:00"}})
        morning = datetime(2026, 1, 1, 6, tzinfo=nights.zone) + timedelta(days=day)

        assert is_open(nights, morning - timedelta(seconds=1))
        assert not is_open(nights, morning)
        assert elapsed(nights, morning - hours(7), morning + hours(1)) == hours(7)


def test_neighbouring_stretches_of_dates_never_share_an_instant():
    # The night ends, and the day begins, at a time that is shown twice.
    windows = {24: [(1320, 1590)], 25: [(150, 360)]}

    stretches = [
        openings(ZoneInfo("Europe/Berlin"), lambda day: windows.get(day.day, ()), first, 1)
        for first in (date(2026, 10, 24), date(2026, 10, 25))
    ]

    assert stretches[0].closes[-1] == stretches[1].opens[0]
    assert sum(stretch.total for stretch in stretches) == hours(9) // timedelta(microseconds=1)


def test_a_business_day_is_open_time_of_its_calendar_and_not_24_hours():
    calendar = office("UTC", "09:00-17:00", day="PT8H")

    due = add(calendar, at("2026-06-01T09:00Z"), business_days(calendar, 5))

    assert due == at("2026-06-05T17:00Z")


def test_a_business_day_is_as_long_as_the_days_are_when_all_are_alike():
    calendar = office("UTC", "09:00-12:30")

    assert business_days(calendar, 2) == hours(7)


def test_days_of_different_length_need_a_declared_business_day():
    calendar = Calendar.from_data(
        {"tz": "UTC", "week": {"mon": "09:00-17:00", "tue": "09:00-12:00"}}
    )

    with pytest.raises(CalendarError, match="day: PT8H"):
        business_days(calendar, 1)


def test_a_calendar_that_stops_opening_is_refused_instead_of_searched_for_ever():
    once = Calendar.from_data(
        {"tz": "UTC", "week": {}, "extra": [{"date": "2026-06-01", "hours": "09:00-10:00"}]}
    )

    assert add(once, at("2026-01-01T00:00Z"), hours(1)) == at("2026-06-01T10:00Z")
    with pytest.raises(CalendarError, match="check the amount"):
        add(once, at("2026-01-01T00:00Z"), hours(1.5))
    with pytest.raises(CalendarError, match="does not open after"):
        next_opening(once, at("2026-06-01T10:00Z"))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"week": {}}, "never opens"),
        ({"week": {"mon": ["09:00-12:00", "11:00-13:00"]}}, "overlap"),
        ({"week": {"mon": "22:00-06:00", "tue": "05:00-10:00"}}, "overlap"),
        ({"week": {"sun": "22:00-06:00", "mon": "05:00-10:00"}}, "overlap"),
        ({"extra": [{"date": "2026-06-01", "hours": "16:00-18:00"}]}, "extra 2026-06-01.*overlap"),
        ({"extra": [{"date": "2026-05-31", "hours": "22:00-09:30"}]}, "extra 2026-05-31.*overlap"),
        ({"extra": [{"date": "2026-06-01"}]}, "extra 2026-06-01"),
        ({"week": {"0": [[1020, 540]]}}, "22:00 to 06:00 is"),
        ({"week": {"0": [[-5, 540]]}}, "no opening"),
        ({"week": {"0": [[0, True]]}}, "no opening"),
        ({"week": {"0": [[0.5, 60]]}}, "no opening"),
        ({"week": {"0": [540, 1020]}}, "no list"),
        ({"week": {"7": "09:00-17:00"}}, "no weekday"),
        ({"week": {"fri-mon": "09:00-17:00"}}, "no weekday"),
        ({"week": {"mon": "09:00-17:00", "0": "10:00-11:00"}}, "given twice"),
        ({"week": {"mon": "9am-5pm"}}, "09:00-17:00"),
        ({"week": {"mon": "09:00-09:00"}}, "at once"),
        ({"week": {"mon": "09:60-17:00"}}, "no clock shows"),
        ({"week": {"mon": "09:00-24:01"}}, "no clock shows"),
        ({"tz": "Europe/Belin"}, "no time zone 'Europe/Belin'"),
        ({"tz": "../etc/passwd"}, "no time zone"),
        ({"tz": "localtime"}, "each machine"),
        ({"tz": 3}, "no text"),
        ({"holidays": ["2026-02-30"]}, "no date"),
        ({"holidays": "2026-02-03"}, "no list"),
        ({"holidays": [{"day": "2026-02-03"}]}, "unknown field 'day'"),
        ({"day": "P1D"}, "PT8H"),
        ({"day": "PT25H"}, "PT8H"),
        ({"hollidays": []}, "unknown field 'hollidays'"),
        ({"until": "2026"}, "until: '2026' is no date"),
        ({"until": "0001-01-01"}, "until: 0001-01-01 is before 1900"),
        (
            {"until": "2026-12-31", "holidays": ["2027-01-01"]},
            "holidays: 2027-01-01 comes after `until`.*move `until`",
        ),
        (
            {"until": "2026-05-31", "extra": [{"date": "2026-06-06", "hours": "09:00-12:00"}]},
            "extra: 2026-06-06 comes after `until`",
        ),
    ],
)
def test_a_calendar_that_makes_no_sense_is_refused_with_place_and_remedy(
    change: dict[str, object], says: str
):
    data = {"tz": "UTC", "week": {"mon-fri": "09:00-17:00"}} | change

    with pytest.raises(CalendarError, match=says):
        Calendar.from_data(data, "mine")


# Friday 29 May 2026 is the last day whose holidays are known; Monday follows.
@pytest.mark.parametrize(
    "question",
    [
        lambda it: elapsed(it, at("2026-05-29T16:00Z"), at("2026-06-01T10:00Z")),
        lambda it: elapsed(it, at("2026-06-01T10:00Z"), at("2026-05-29T16:00Z")),
        lambda it: elapsed(it, at("2026-07-01T10:00Z"), at("2026-07-01T11:00Z")),
        lambda it: add(it, at("2026-05-29T16:00Z"), hours(1.5)),
        lambda it: add(it, at("2026-07-01T16:00Z"), hours(1)),
        lambda it: is_open(it, at("2026-06-01T10:00Z")),
        lambda it: next_opening(it, at("2026-05-29T17:00Z")),
        lambda it: next_opening(it, at("2026-07-01T10:00Z")),
    ],
)
def test_what_needs_a_date_after_the_written_holidays_is_refused_with_the_remedy(question):
    calendar = office("UTC", "09:00-17:00", name="mine", until=date(2026, 5, 29))

    with pytest.raises(CalendarError) as refused:
        question(calendar)

    assert "'mine'" in str(refused.value)
    assert "until 2026-05-29" in str(refused.value)
    assert "add the holidays of the next years and move `until`" in str(refused.value)


def test_what_lies_before_the_end_of_the_written_holidays_is_answered():
    calendar = office("UTC", "09:00-17:00", until="2026-05-29")
    afternoon = at("2026-05-29T16:00Z")

    assert elapsed(calendar, afternoon, at("2026-05-30T00:00Z")) == hours(1)
    assert elapsed(calendar, at("2026-07-01T10:00Z"), at("2026-07-01T10:00Z")) == hours(0)
    assert add(calendar, afternoon, hours(1)) == at("2026-05-29T17:00Z")
    assert add(calendar, at("2026-07-01T10:00Z"), hours(0)) == at("2026-07-01T10:00Z")
    assert not is_open(calendar, at("2026-05-29T23:59:59Z"))
    assert next_opening(calendar, at("2026-05-28T20:00Z")) == at("2026-05-29T09:00Z")


def test_the_last_date_is_one_of_the_calendars_zone():
    calendar = office("Pacific/Auckland", "09:00-17:00", until="2026-05-29")

    assert not is_open(calendar, at("2026-05-29T11:59Z"))
    with pytest.raises(CalendarError, match="until 2026-05-29"):
        is_open(calendar, at("2026-05-29T12:00Z"))


def test_an_amount_that_never_fits_is_told_apart_from_a_calendar_that_ends():
    calendar = office("UTC", "09:00-17:00", until="2026-05-29")

    with pytest.raises(CalendarError, match="check the amount"):
        add(calendar, at("2026-05-28T09:00Z"), timedelta(days=200_000))


@pytest.mark.parametrize("data", [None, [], "mon-fri", {True: "UTC"}])
def test_what_is_no_calendar_at_all_is_refused(data: object):
    with pytest.raises(CalendarError, match="calendar 'mine'"):
        Calendar.from_data(data, "mine")


def test_a_calendar_that_has_answered_is_still_the_same_value():
    asked, fresh = berlin("09:00-17:00"), berlin("09:00-17:00")
    is_open(asked, at("2026-06-01T09:00Z"))

    assert asked == fresh
    assert hash(asked) == hash(fresh)
    assert pickle.loads(pickle.dumps(asked)) == fresh


@pytest.mark.parametrize(
    ("moment", "says"),
    [
        (datetime(2026, 1, 1), "no time zone"),
        (datetime(202, 1, 1, tzinfo=UTC), "not between"),
        (datetime(9999, 12, 31, tzinfo=UTC), "not between"),
    ],
)
def test_an_instant_that_cannot_be_meant_is_refused(moment: datetime, says: str):
    with pytest.raises(CalendarError, match=says):
        elapsed(berlin("09:00-17:00"), moment, datetime(2026, 1, 1, tzinfo=UTC))


def test_a_negative_amount_is_refused():
    with pytest.raises(CalendarError, match="negative"):
        add(berlin("09:00-17:00"), at("2026-01-01T00:00Z"), -hours(1))
