"""Dates, times, zones and durations."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearway.feel import FeelEvaluationError, YearsMonths, compile_expression, feel_text

BERLIN = ZoneInfo("Europe/Berlin")


def value(text: str, **context: object) -> object:
    return compile_expression(text).evaluate(context)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('date("2026-02-29")', "null"),
        ('date(2026, 2, 28) + duration("P1D")', 'date("2026-03-01")'),
        ('date("2026-01-31") + duration("P1M")', 'date("2026-02-28")'),
        ('date("2026-03-31") - duration("P1M")', 'date("2026-02-28")'),
        ('date("2026-01-01") + duration("PT36H")', 'date("2026-01-02")'),
        ('date("2026-03-02") - date("2026-02-27")', 'duration("P3D")'),
        ('@"2026-01-01T10:00:00Z" < @"2026-01-01T11:30:00+01:00"', "true"),
        ('@"2026-01-01T10:00:00Z" = @"2026-01-01T11:00:00+01:00"', "true"),
        ('@"2026-01-01T10:00:00" < @"2026-01-01T11:30:00+01:00"', "null"),
        ('@"2026-01-01" < @"2026-01-01T11:30:00Z"', "null"),
        ('time("10:30:00+01:00") + duration("PT14H")', 'time("00:30:00+01:00")'),
        ('time("12:00:00") - time("10:30:00")', 'duration("PT1H30M")'),
        ('time(10, 30, 1.5, duration("PT1H"))', 'time("10:30:01.5+01:00")'),
        ('time("24:00:00")', 'time("00:00:00")'),
        ('time("24:00:01")', "null"),
        ('duration("P1Y2M") + duration("P11M")', 'duration("P2Y1M")'),
        ('duration("P1D") * 1.5', 'duration("P1DT12H")'),
        ('duration("P1D") / duration("PT6H")', "4"),
        ('duration("P1Y") / 5', 'duration("P2M")'),
        ('-duration("PT4H")', 'duration("-PT4H")'),
        ('duration("P1M2D")', "null"),
        ('duration("P")', "null"),
        ('duration("PT0S")', 'duration("PT0S")'),
        ('abs(duration("-P3M"))', 'duration("P3M")'),
        ('years and months duration(date("2024-03-31"), date("2026-02-28"))', 'duration("P1Y10M")'),
        ('date and time("2026-01-01T10:30:15.5@Europe/Berlin").second', "15.5"),
        ('date and time("2026-01-01T10:30:00@Europe/Berlin").timezone', '"Europe/Berlin"'),
        ('date and time("2026-07-01T10:30:00@Europe/Berlin").time offset', 'duration("PT2H")'),
        ('date("2026-07-05").weekday', "7"),
        ('day of week(date("2026-07-05"))', '"Sunday"'),
        ('week of year(date("2026-01-01"))', "1"),
        ('day of year(date("2026-02-01"))', "32"),
        ('month of year(date("2026-02-01"))', '"February"'),
        ('duration("P3DT4H5M6S").hours', "4"),
        ('duration("-P1Y2M").months', "-2"),
        ('date and time("2026-01-01T10:00:00@Nowhere/Here")', "null"),
        ('date and time("2026-01-01T10:00:00+19:00")', "null"),
        ('string(date("2026-01-01"))', '"2026-01-01"'),
        ('for d in @"2026-01-30"..@"2026-02-01" return d.day', "[30, 31, 1]"),
        ('is(time("10:00:00Z"), time("11:00:00+01:00"))', "false"),
    ],
)
def test_a_temporal_expression_has_this_value(text: str, expected: str):
    assert feel_text(value(text)) == expected


def test_four_hours_are_four_hours_when_the_clocks_change():
    evening = datetime(2026, 3, 28, 23, 0, tzinfo=BERLIN)

    later = value('start + duration("PT4H")', start=evening)

    assert later == datetime(2026, 3, 29, 4, 0, tzinfo=BERLIN)
    assert value("later - start", later=later, start=evening) == timedelta(hours=4)


def test_two_times_of_one_zone_are_compared_as_instants():
    first = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=0)
    second = datetime(2026, 10, 25, 2, 10, tzinfo=BERLIN, fold=1)

    assert value("first < second", first=first, second=second) is True
    assert value("first = second", first=first, second=first.replace(fold=1)) is False


def test_now_and_today_come_from_the_caller():
    instant = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    assert compile_expression("now()").evaluate({}, now=instant) == instant
    assert compile_expression("today()").evaluate({}, now=instant) == date(2026, 3, 2)
    with pytest.raises(FeelEvaluationError, match="without a time"):
        compile_expression("now()").evaluate({})


@pytest.mark.parametrize(
    "text",
    [
        'date("0000-01-01")',
        'date("12345-01-01")',
        'date("9999-12-31") + duration("P1D")',
        'date("9999-12-31") + duration("P1M")',
        'duration("P999999999D") + duration("P1D")',
        'time("10:00:00.123456789")',
        'duration("P1Y") * 1e6000',
        'duration("P1D") * 1e6000',
        'date("2026-01-01") + duration("P999999999999Y")',
    ],
)
def test_what_cannot_be_kept_exactly_is_refused_and_not_rounded(text: str):
    with pytest.raises(FeelEvaluationError):
        value(text)


@given(
    st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9998, 1, 1)),
    st.timedeltas(min_value=timedelta(days=-300), max_value=timedelta(days=300)),
)
def test_adding_and_taking_away_a_duration_comes_back(start: datetime, span: timedelta):
    start = start.replace(tzinfo=UTC)
    if not datetime(1, 12, 1, tzinfo=UTC) < start:
        return

    assert value("start + span - span", start=start, span=span) == start
    assert value("start + span - start", start=start, span=span) == span


@given(st.dates(min_value=date(100, 1, 1), max_value=date(9000, 1, 1)), st.integers(-900, 900))
def test_months_between_a_date_and_itself_later_are_those_months(start: date, months: int):
    first = start.replace(day=1)

    found = value(
        "years and months duration(first, first + span)", first=first, span=YearsMonths(months)
    )

    assert found == YearsMonths(months)
