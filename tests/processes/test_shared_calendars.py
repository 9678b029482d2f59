"""The calendars that come with the house are read as their owners wrote them."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from holidays import country_holidays

from processes.calendar import (
    Calendar,
    CalendarError,
    add,
    business_days,
    elapsed,
    is_open,
)

FOLDER = Path(__file__).parents[2] / "bpmn" / "shared" / "calendars"


def shared(name: str) -> Calendar:
    return Calendar.from_data(yaml.safe_load((FOLDER / f"{name}.yaml").read_text()), name)


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.yaml")))
def test_each_file_holds_the_calendar_it_is_named_after(name: str):
    assert shared(name).name == name


def test_always_never_closes():
    start = datetime.fromisoformat("2026-01-01T00:00+01:00")

    assert elapsed(shared("always"), start, start + timedelta(days=400)) == timedelta(days=400)


def test_the_office_is_closed_on_exactly_the_public_holidays_until_its_date():
    office = shared("office")
    expected = country_holidays("DE", years=range(2026, 2037), language="en_US")

    assert set(office.holidays) == set(expected)
    assert office.holidays[date(2026, 4, 3)] == "Good Friday"
    assert office.until == max(expected).replace(month=12, day=31) == date(2036, 12, 31)


def test_no_night_begins_at_christmas_or_on_the_last_of_the_year_until_its_date():
    night = shared("night")
    christmas = [
        day
        for day, name in country_holidays("DE", years=range(2026, 2037), language="en_US").items()
        if name == "Christmas Day"
    ]
    eves = [day - timedelta(days=1) for day in christmas]
    last_days = [day.replace(day=31) for day in christmas]

    assert set(night.holidays) == {*christmas, *eves, *last_days}
    assert night.until == max(last_days)


def test_the_office_says_nothing_about_the_year_after_its_holidays():
    office = shared("office")
    last_day = datetime.fromisoformat("2036-12-31T16:00+01:00")

    assert add(office, last_day, timedelta(hours=1)) == last_day + timedelta(hours=1)
    with pytest.raises(CalendarError, match=r"'office' .* until 2036-12-31.* move `until`"):
        add(office, last_day, timedelta(hours=2))


def test_five_business_days_of_the_office_over_easter():
    office = shared("office")
    maundy_thursday = datetime.fromisoformat("2026-04-02T09:00+02:00")

    due = add(office, maundy_thursday, business_days(office, 5))

    assert due == datetime.fromisoformat("2026-04-10T17:00+02:00")


def test_friday_night_ends_on_saturday_morning_and_saturday_night_is_free():
    night = shared("night")

    assert is_open(night, datetime.fromisoformat("2026-06-06T05:59+02:00"))
    assert not is_open(night, datetime.fromisoformat("2026-06-06T22:00+02:00"))
