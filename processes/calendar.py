"""Business time: how much of it lies between two instants, and where an amount of it ends."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from processes.hours import DAY_MINUTES, WEEKDAYS, CalendarError, Window, read_hours
from processes.openings import Instant, Openings, openings, to_datetime, to_instant

__all__ = [
    "Calendar",
    "CalendarError",
    "add",
    "business_days",
    "elapsed",
    "is_open",
    "next_opening",
]

# Outside these years a date is a typing error, and searching further would only take time.
FIRST = datetime(1900, 1, 1, tzinfo=UTC)
LAST = datetime(2200, 1, 1, tzinfo=UTC)

_MICROSECOND = timedelta(microseconds=1)
_BLOCK_DAYS = 32


@dataclass(frozen=True, slots=True)
class Calendar:
    """When a service is open, as local wall time of one zone.

    `week` has seven entries, Monday first, each a tuple of windows (minutes from that midnight,
    half-open, a night ends after 1440). A window belongs to the date on which it begins: a holiday
    closes what begins on it, and `extra` opens more on a date, holiday or not. `day` is how much
    open time "one business day" means. Semantics on days when clocks change: a window opens when
    the clocks first reach its opening (the earlier of two, or the end of a gap) and closes after
    they last show less than its closing. `until` is the last date whose holidays are written out:
    no question that needs to know a later date is answered. Raises CalendarError when windows
    overlap or none exists, or when a holiday or an extra lies after `until`.
    """

    name: str
    zone: ZoneInfo
    week: tuple[tuple[Window, ...], ...]
    holidays: Mapping[date, str] = field(default_factory=dict[date, str], hash=False)
    extra: Mapping[date, tuple[Window, ...]] = field(
        default_factory=dict[date, tuple[Window, ...]], hash=False
    )
    day: timedelta | None = None
    until: date | None = None
    # Whether the calendar is open is certain before this instant; it follows from `until`.
    certain_before: Instant = field(default=0, init=False, repr=False, compare=False)
    # Openings already computed, by block of dates. They follow from the other fields alone.
    _blocks: dict[int, Openings] = field(
        default_factory=dict[int, Openings], init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        _check_until(self)
        _check_windows(self)
        if self.day is not None and not timedelta(0) < self.day <= timedelta(days=1):
            raise CalendarError("day: a business day lasts up to 24 hours; write for example PT8H")
        object.__setattr__(self, "certain_before", _certain_before(self))

    @classmethod
    def from_data(cls, data: Mapping[str, object], name: str = "calendar") -> "Calendar":
        """Read a calendar from plain data; `processes.hours.read_hours` tells the shape.

        Without `day`, a business day is as long as the open weekdays are, if they are all alike.
        """
        try:
            hours = read_hours(data, name)
            day = hours.day or _usual_day(hours.week)
            return cls(
                hours.name, hours.zone, hours.week, hours.holidays, hours.extra, day, hours.until
            )
        except CalendarError as error:
            raise CalendarError(f"calendar {name!r}: {error}") from error

    def windows_on(self, day: date) -> Sequence[Window]:
        """The windows that begin on a local date, in order, as if no holiday came after `until`."""
        extra = self.extra.get(day, ())
        if day in self.holidays:
            return extra
        usual = self.week[day.weekday()]
        return sorted((*usual, *extra)) if extra else usual


def elapsed(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """The open time between two aware instants; negative when `end` comes before `start`.

    Raises CalendarError when a part of it lies after the calendar's `until`.
    """
    begin, finish = _instant(start), _instant(end)
    if finish < begin:
        return -elapsed(calendar, end, start)
    if begin < finish and finish > calendar.certain_before:
        raise _uncertain(calendar, end)
    total = 0
    for block in range(_first_block(begin), _last_block(finish) + 1):
        part = _openings(calendar, block)
        total += part.open_until(finish) - part.open_until(begin)
    return total * _MICROSECOND


def add(calendar: Calendar, start: datetime, amount: timedelta) -> datetime:
    """The first instant (UTC) at which `amount` of open time has passed since `start`.

    Adding nothing gives `start` itself, open or not; adding up to a closing gives that closing.
    Raises CalendarError for a negative amount, when the calendar does not open that much again, or
    not before its `until`.
    """
    begin, missing = _instant(start), amount // _MICROSECOND
    if missing < 0:
        raise CalendarError("an amount of open time cannot be negative; give zero or more")
    if missing == 0:
        return to_datetime(begin)
    possible = missing <= _instant(LAST) - begin
    for block in range(_first_block(begin), _certain_block(calendar) + 1) if possible else ():
        part = _openings(calendar, block)
        gone = part.open_until(begin)
        if part.total - gone >= missing:
            return to_datetime(part.reached(gone + missing))
        missing -= part.total - gone
    if possible and calendar.until is not None:
        raise _uncertain(calendar, start, amount)
    raise CalendarError(
        f"calendar {calendar.name!r} has no {amount} of open time between {start} and {LAST.year}; "
        "check the amount, the week and the holidays"
    )


def business_days(calendar: Calendar, n: int) -> timedelta:
    """`n` business days as open time, for `add`; raises CalendarError if a day has no length."""
    if calendar.day is None:
        raise CalendarError(
            f"calendar {calendar.name!r}: its days differ in length, so say what one business day "
            "is; add for example day: PT8H"
        )
    return n * calendar.day


def is_open(calendar: Calendar, instant: datetime) -> bool:
    """Openings are half-open: open at the opening, closed at the closing.

    Raises CalendarError when that depends on a date after the calendar's `until`.
    """
    moment = _instant(instant)
    if moment >= calendar.certain_before:
        raise _uncertain(calendar, instant)
    return _next_open(calendar, moment, _last_block(moment)) == moment


def next_opening(calendar: Calendar, instant: datetime) -> datetime:
    """The first open instant (UTC) at or after `instant`: itself when it is open.

    Raises CalendarError when there is none any more, or none before the calendar's `until`.
    """
    found = _next_open(calendar, _instant(instant), _certain_block(calendar))
    if found is None and calendar.until is not None:
        raise _uncertain(calendar, instant)
    if found is None:
        raise CalendarError(
            f"calendar {calendar.name!r} does not open after {instant}; give it a week or an extra"
        )
    return to_datetime(found)


def _next_open(calendar: Calendar, moment: Instant, last_block: int) -> Instant | None:
    for block in range(_first_block(moment), last_block + 1):
        found = _openings(calendar, block).first_open(moment)
        if found is not None:
            return found
    return None


def _openings(calendar: Calendar, block: int) -> Openings:
    found = calendar._blocks.get(block)  # pyright: ignore[reportPrivateUsage] - same room
    if found is None:
        first = date.fromordinal(block * _BLOCK_DAYS)
        found = openings(calendar.zone, _certain_windows(calendar), first, _BLOCK_DAYS)
        calendar._blocks[block] = found  # pyright: ignore[reportPrivateUsage] - same room
    return found


def _certain_windows(calendar: Calendar) -> Callable[[date], Sequence[Window]]:
    """The windows on each date; none after `until`, where nothing is promised."""
    until = calendar.until
    if until is None:
        return calendar.windows_on
    return lambda day: calendar.windows_on(day) if day <= until else ()


def _certain_before(calendar: Calendar) -> Instant:
    """The first instant at which a window that begins after `until` could change anything.

    A night that begins on `until` is certain to its end: dates after it are supposed to be open all
    day, and what they add is what is not certain.
    """
    until = calendar.until
    if until is None or until >= LAST.date():
        return _instant(LAST) + 1
    known = _certain_windows(calendar)
    supposed = openings(
        calendar.zone,
        lambda day: known(day) if day <= until else ((0, DAY_MINUTES),),
        until + timedelta(days=1),
        # Three, for a zone whose clocks skipped the whole next day.
        3,
    )
    return supposed.opens[0]


def _certain_block(calendar: Calendar) -> int:
    return _last_block(min(calendar.certain_before, _instant(LAST)))


def _uncertain(
    calendar: Calendar, moment: datetime, amount: timedelta | None = None
) -> CalendarError:
    asked = f"{moment}" if amount is None else f"{amount} of open time after {moment}"
    return CalendarError(
        f"calendar {calendar.name!r} has its holidays only until {calendar.until}, so it cannot "
        f"answer for {asked}; add the holidays of the next years and move `until`"
    )


def _first_block(instant: Instant) -> int:
    """The earliest block that may still be open: local dates and nights reach three days back."""
    return (to_datetime(instant).toordinal() - 3) // _BLOCK_DAYS


def _last_block(instant: Instant) -> int:
    return (to_datetime(instant).toordinal() + 2) // _BLOCK_DAYS


def _instant(moment: datetime) -> Instant:
    if moment.utcoffset() is None:
        raise CalendarError(f"{moment} has no time zone; give an aware instant")
    if not FIRST <= moment <= LAST:
        raise CalendarError(f"{moment} is not between {FIRST.year} and {LAST.year}; check the date")
    return to_instant(moment)


def _usual_day(week: Sequence[Sequence[Window]]) -> timedelta | None:
    lengths = {sum(closes - opens for opens, closes in day) for day in week if day}
    return timedelta(minutes=lengths.pop()) if len(lengths) == 1 else None


def _check_until(calendar: Calendar) -> None:
    if calendar.until is None:
        return
    if calendar.until < FIRST.date():
        raise CalendarError(f"until: {calendar.until} is before {FIRST.year}; check the date")
    for field_name, dates in (("holidays", calendar.holidays), ("extra", calendar.extra)):
        late = [day for day in dates if day > calendar.until]
        if late:
            raise CalendarError(
                f"{field_name}: {min(late)} comes after `until`, {calendar.until}; add what is "
                "missing between them and move `until`"
            )


def _check_windows(calendar: Calendar) -> None:
    if len(calendar.week) != 7:
        raise CalendarError("week: it has seven days, Monday first; leave a closed day empty")
    if not any(calendar.week) and not any(calendar.extra.values()):
        raise CalendarError("week: this calendar never opens; give it at least one opening")
    for weekday, windows in enumerate(calendar.week):
        following = calendar.week[(weekday + 1) % 7]
        _check_day(f"week.{WEEKDAYS[weekday]}", windows, following)
    for day in calendar.extra:
        for neighbour in (day - timedelta(days=1), day):
            windows = calendar.windows_on(neighbour)
            following = calendar.windows_on(neighbour + timedelta(days=1))
            _check_day(f"extra {day}", windows, following)


def _check_day(where: str, windows: Sequence[Window], following: Sequence[Window]) -> None:
    for opens, closes in windows:
        if not 0 <= opens < DAY_MINUTES or not opens < closes <= opens + DAY_MINUTES:
            raise CalendarError(
                f"{where}: [{opens}, {closes}] is no opening; it begins at 0 to 1439 and ends "
                "later, at most a day later (22:00 to 06:00 is [1320, 1800])"
            )
    # What overlaps on the following day is that day's: it is named when its own turn comes.
    later = [(opens + DAY_MINUTES, closes + DAY_MINUTES) for opens, closes in following[:1]]
    for (_, closes), (opens, _) in pairwise([*windows, *later]):
        if opens < closes:
            raise CalendarError(f"{where}: two openings overlap; join them into one")
