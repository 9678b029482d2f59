"""A calendar cut into the days of the reader's zone: months, weeks and lists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from clearway.service.calendar import CalendarEntry
from clearway.web.times import abbreviation

VIEWS = ("month", "week", "list")
_DAY = timedelta(days=1)
_IN_A_CELL: Mapping[str, int] = {"month": 5, "week": 20}


@dataclass(frozen=True)
class Period:
    """What a view shows: its days, and where one goes from it."""

    view: str
    title: str
    first: date
    last: date
    """The day after the last one shown."""
    before: date
    following: date

    def span(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """From midnight to midnight, in UTC."""
        return _midnight(self.first, zone), _midnight(self.last, zone)


@dataclass(frozen=True)
class ShownEntry:
    """An entry on one day: `hours` say when it is on that day, by the reader's clock."""

    entry: CalendarEntry
    hours: str


@dataclass(frozen=True)
class Day:
    """One day with what is on it; `more` entries have no room."""

    day: date
    entries: Sequence[ShownEntry]
    more: int
    is_today: bool
    is_other_month: bool

    @property
    def said(self) -> str:
        """Monday 2 March"""
        return f"{self.day:%A} {self.day.day} {self.day:%B}"


def period_of(view: str, at: date) -> Period:
    """The month, the week or the list of a month that holds this day; weeks begin on Monday."""
    if view == "week":
        first = at - timedelta(days=at.weekday())
        title = f"Week of {first.day} {first:%B %Y}"
        return Period(view, title, first, first + 7 * _DAY, first - 7 * _DAY, first + 7 * _DAY)
    month = at.replace(day=1)
    following = (month + 31 * _DAY).replace(day=1)
    before = (month - _DAY).replace(day=1)
    title = f"{month:%B %Y}"
    if view == "list":
        return Period(view, title, month, following, before, following)
    first = month - timedelta(days=month.weekday())
    last = following + timedelta(days=-following.weekday() % 7)
    return Period("month", title, first, last, before, following)


def weeks_of(
    period: Period, at: date, entries: Sequence[CalendarEntry], zone: ZoneInfo, today: date
) -> list[list[Day]]:
    """The days of a month or a week, seven in a row."""
    by_day = _by_day(period, entries, zone)
    room = _IN_A_CELL[period.view]
    days: list[Day] = []
    day = period.first
    while day < period.last:
        found = by_day.get(day, [])
        # One more line would take the room of the words that say how many there are.
        shown = found if len(found) <= room else found[: room - 1]
        other = period.view == "month" and day.month != at.month
        days.append(Day(day, shown, len(found) - len(shown), day == today, other))
        day += _DAY
    return [days[number : number + 7] for number in range(0, len(days), 7)]


def zone_said(zone: ZoneInfo, span: tuple[datetime, datetime]) -> str:
    """`Europe/Lisbon (WET, WEST)`: the zone, with the short names that it has in this time."""
    names = dict.fromkeys(abbreviation(at.astimezone(zone)) for at in span)
    return f"{zone.key} ({', '.join(names)})" if list(names) != [zone.key] else zone.key


def _by_day(
    period: Period, entries: Sequence[CalendarEntry], zone: ZoneInfo
) -> dict[date, list[ShownEntry]]:
    found: dict[date, list[ShownEntry]] = {}
    for it in entries:
        begins, ends = it.starts.astimezone(zone), it.ends.astimezone(zone)
        last = (ends - timedelta(microseconds=1)).date()
        day = max(begins.date(), period.first)
        while day <= last and day < period.last:
            found.setdefault(day, []).append(ShownEntry(it, _hours(day, begins, ends)))
            day += _DAY
    return found


def _hours(day: date, begins: datetime, ends: datetime) -> str:
    starts = f"{begins:%H:%M}" if begins.date() == day else ""
    stops = f"{ends:%H:%M}" if ends.date() == day else ""
    if starts and ends.date() == day + _DAY and ends.time() == time():
        stops = "24:00"
    if (not starts and not stops) or (starts == "00:00" and stops == "24:00"):
        return "all day"
    if starts and stops:
        return f"{starts}–{stops}"
    return f"from {starts}" if starts else f"until {stops}"


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
