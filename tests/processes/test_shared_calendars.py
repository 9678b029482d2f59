"""The calendars that come with the house are read as their owners wrote them."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from holidays import country_holidays

from processes.calendar import Calendar, add, business_days, elapsed, is_open

FOLDER = Path(__file__).parents[2] / "bpmn" / "shared" / "calendars"


def shared(name: str) -> Calendar:
    return Calendar.from_data(yaml.safe_load((FOLDER / f"{name}.yaml").read_text()), name)


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.yaml")))
def test_each_file_holds_the_calendar_it_is_named_after(name: str):
    assert shared(name).name == name


def test_always_never_closes():
    start = datetime.fromisoformat("2026-01-01T00:00+01:00")

    assert elapsed(shared("always"), start, start + timedelta(days=400)) == timedelta(days=400)


def test_the_office_is_closed_on_exactly_the_public_holidays_of_two_years():
    expected = country_holidays("DE", years=[2026, 2027])

    assert set(shared("office").holidays) == set(expected)
    assert shared("office").holidays[date(2026, 4, 3)] == "Good Friday"


def test_five_business_days_of_the_office_over_easter():
    office = shared("office")
    maundy_thursday = datetime.fromisoformat("2026-04-02T09:00+02:00")

    due = add(office, maundy_thursday, business_days(office, 5))

    assert due == datetime.fromisoformat("2026-04-10T17:00+02:00")


def test_friday_night_ends_on_saturday_morning_and_saturday_night_is_free():
    night = shared("night")

    assert is_open(night, datetime.fromisoformat("2026-06-06T05:59+02:00"))
    assert not is_open(night, datetime.fromisoformat("2026-06-06T22:00+02:00"))
