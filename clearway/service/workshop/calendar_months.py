"""A calendar as a page shows it: its days with their hours, and where clocks change."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from processes.calendar import Calendar, CalendarError, elapsed
from processes.hours import DAY_MINUTES, Window

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Day:
    """One date. `hours`: its openings as texts; `open`: how long they are, in words.

    `holiday` is the name of the day that closes it, and None when none does. `clocks` says how they
    are put that day. `is_known` is false after the calendar's `until`.
    """

    date: str
    hours: Sequence[str]
    open: str
    holiday: str | None
    is_extra: bool
    clocks: str
    is_known: bool


@dataclass(frozen=True)
class Month:
    """The days of a month; `first` is the weekday of the first one, 0 for Monday."""

    year: int
    month: int
    first: int
    days: Sequence[Day]


def months_of(calendar: Calendar, year: int, month: int | None) -> list[Month]:
    """One month, or all of the year when `month` is None."""
    wanted = range(1, 13) if month is None else (month,)
    return [_month(calendar, year, number) for number in wanted]


def duration_words(span: timedelta) -> str:
    """`8 h`, `7 h 30 min`, `45 min`; nothing for no time."""
    minutes = round(span / timedelta(minutes=1))
    parts = ((minutes // 60, "h"), (minutes % 60, "min"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number)


def window_text(window: Window) -> str:
    """`09:00-17:00`; a night ends on the next day."""
    opens, closes = window
    return f"{_clock(opens)}-{_clock(closes)}"


def _clock(minute: int) -> str:
    minute = minute if minute <= DAY_MINUTES else minute - DAY_MINUTES
    return f"{minute // 60:02}:{minute % 60:02}"


def _month(calendar: Calendar, year: int, month: int) -> Month:
    days = list(_dates(year, month))
    return Month(year, month, days[0].weekday(), [_day(calendar, it) for it in days])


def _dates(year: int, month: int) -> Iterator[date]:
    day = date(year, month, 1)
    while day.month == month:
        yield day
        day += timedelta(days=1)


def _day(calendar: Calendar, day: date) -> Day:
    known = calendar.until is None or day <= calendar.until
    windows = calendar.windows_on(day) if known else ()
    return Day(
        str(day),
        [window_text(it) for it in windows],
        _open(calendar, windows, day),
        calendar.holidays.get(day),
        day in calendar.extra,
        _clocks(calendar.zone, day),
        known,
    )


def _open(calendar: Calendar, windows: Sequence[Window], day: date) -> str:
    """How long what begins on this date is open; on a day when clocks change, really so long."""
    if not windows:
        return ""
    wall = timedelta(minutes=sum(closes - opens for opens, closes in windows))
    begins = [_at(calendar.zone, day, opens) for opens, _ in windows]
    ends = [_at(calendar.zone, day, closes) for _, closes in windows]
    pairs = zip(begins, ends, strict=True)
    try:
        real = sum((elapsed(calendar, *it) for it in pairs), timedelta(0))
    except CalendarError:
        real = wall
    return duration_words(real)


def _at(zone: ZoneInfo, day: date, minute: int) -> datetime:
    there = datetime.combine(day, time(), zone) + timedelta(minutes=minute)
    return there.astimezone(UTC)


def _clocks(zone: ZoneInfo, day: date) -> str:
    begin = datetime.combine(day, time(), zone).astimezone(UTC)
    end = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
    before, after = _offset(zone, begin), _offset(zone, end)
    if before == after:
        return ""
    low, high = begin, end
    while high - low > _SECOND:
        middle = low + (high - low) / 2
        low, high = (middle, high) if _offset(zone, middle) == before else (low, middle)
    change = high.replace(microsecond=0)
    was, becomes = (f"{(change + it).replace(tzinfo=None):%H:%M}" for it in (before, after))
    return f"Clocks go from {was} to {becomes}"


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta(0)
