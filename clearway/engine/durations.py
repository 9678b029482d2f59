"""Durations as ISO 8601 writes them, added to an instant in calendar or business time."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import lru_cache

from processes import calendar as business
from processes.calendar import Calendar

_DURATION = re.compile(
    r"^P(?!$)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?"
    r"(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d{1,6})?)S)?)?$",
    re.ASCII,
)
_MOST_DAYS = 36525


class DurationError(ValueError):
    """A text that is no duration; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Duration:
    """Months, days and exact time, each counted on its own: a month is no number of days."""

    months: int = 0
    days: int = 0
    time: timedelta = timedelta(0)

    @classmethod
    def of(cls, delta: timedelta) -> "Duration":
        """A days and time duration of FEEL, which does not tell P1D from PT24H.

        Whole days count as days; anything else counts as time.
        """
        whole = delta > timedelta(0) and delta % timedelta(days=1) == timedelta(0)
        return cls(days=delta.days) if whole else cls(time=delta)

    @property
    def span(self) -> timedelta:
        """Its length where no month is in it and a day has 24 hours."""
        return timedelta(days=self.days) + self.time

    def times(self, rounds: int) -> "Duration":
        """It, so many times."""
        return Duration(self.months * rounds, self.days * rounds, self.time * rounds)

    @property
    def is_negative(self) -> bool:
        """Whether it reaches into the past."""
        return self.months < 0 or self.days < 0 or self.time < timedelta(0)

    @property
    def is_zero(self) -> bool:
        """Whether it lasts no time at all."""
        return self == Duration()


@lru_cache(maxsize=1024)
def parse_duration(text: str) -> Duration:
    """`P3DT4H30M`, `P2W`, `P1M`; raises DurationError for anything else, and for negative ones."""
    match = _DURATION.match(text.strip())
    if match is None:
        raise DurationError(f"`{text}` is not a duration such as PT4H, P5D or P1M.")
    years, months, weeks, days, hours, minutes = (int(part or 0) for part in match.groups()[:6])
    seconds = Fraction(match[7] or 0)
    whole_days = days + 7 * weeks
    if whole_days > _MOST_DAYS or hours > 24 * _MOST_DAYS or years * 12 + months > 1200:
        raise DurationError(f"`{text}` is longer than a hundred years.")
    time = timedelta(hours=hours, minutes=minutes, microseconds=int(seconds * 1_000_000))
    return Duration(years * 12 + months, whole_days, time)


def add_duration(start: datetime, duration: Duration, calendar: Calendar | None) -> datetime:
    """The instant `duration` after `start`.

    With a calendar, days are business days and time is open time; months stay months. Where the
    start is in a zone, months and days keep its time of day, and time is exact.
    """
    moved = _add_months(start, duration.months)
    if calendar is None:
        return (moved + timedelta(days=duration.days)).astimezone(UTC) + duration.time
    return business.add(calendar, moved, business_length(duration, calendar))


def business_length(duration: Duration, calendar: Calendar) -> timedelta:
    """Its days and time as open time; months are no part of it."""
    if not duration.days:
        return duration.time
    return duration.time + business.business_days(calendar, duration.days)


def _add_months(start: datetime, months: int) -> datetime:
    if not months:
        return start
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return start.replace(
        year=year, month=month + 1, day=min(start.day, monthrange(year, month + 1)[1])
    )
