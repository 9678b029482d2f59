"""Times as a reader sees and types them, over the changes of the clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from clearway.web import times

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("instant", "zone", "said"),
    [
        (datetime(2026, 3, 2, 9, 0, tzinfo=UTC), "Europe/Berlin", "2 Mar, 10:00 CET"),
        (datetime(2026, 7, 2, 9, 0, tzinfo=UTC), "Europe/Berlin", "2 Jul, 11:00 CEST"),
        (datetime(2025, 12, 31, 23, 30, tzinfo=UTC), "Europe/Berlin", "1 Jan, 00:30 CET"),
        (datetime(2025, 12, 31, 12, 0, tzinfo=UTC), "UTC", "31 Dec 2025, 12:00 UTC"),
        (datetime(2026, 3, 2, 9, 0, tzinfo=UTC), "Asia/Dubai", "2 Mar, 13:00 UTC+04"),
        (datetime(2026, 3, 2, 9, 0, tzinfo=UTC), "Asia/Kathmandu", "2 Mar, 14:45 UTC+0545"),
    ],
)
def test_an_instant_is_said_with_its_zone(instant: datetime, zone: str, said: str):
    assert times.absolute(instant, ZoneInfo(zone), NOW) == said


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=5), "in 5 min"),
        (-timedelta(hours=3, minutes=59), "3 h ago"),
        (timedelta(days=40), "in 40 d"),
    ],
)
def test_how_far_away_is_said_in_one_unit(span: timedelta, said: str):
    assert times.relative(NOW + span, NOW) == said


def test_an_hour_that_happens_twice_means_the_first_and_one_that_is_skipped_is_refused():
    assert times.typed_instant("2026-10-25T02:30", BERLIN) == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )
    with pytest.raises(ValueError, match="does not exist in Europe/Berlin"):
        times.typed_instant("2026-03-29T02:30", BERLIN)


def test_what_a_field_shows_is_read_back_as_the_same_instant():
    for hours in range(0, 24 * 365, 7):
        instant = NOW + timedelta(hours=hours)
        assert times.typed_instant(times.for_input(instant, BERLIN), BERLIN) == instant


@pytest.mark.parametrize("name", ["Nowhere/Land", "", "../../etc/passwd", "Europe"])
def test_an_unknown_zone_is_utc(name: str):
    assert times.zone_named(name).key == "UTC"
