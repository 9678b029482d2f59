"""When a stretch of local dates is open on the UTC line, whatever its zone's clocks do."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from processes.hours import DAY_MINUTES, Window

Instant = int
"""Microseconds since 1970-01-01T00:00Z; whole numbers, so that sums are exact."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL = _EPOCH.toordinal()
_MICROSECOND = timedelta(microseconds=1)
_MINUTE = 60_000_000
_LONG_AGO = -(2**63)

# Each minute of the day, once for each of the two times it may be shown.
_TIMES = [
    (time(minute // 60, minute % 60), time(minute // 60, minute % 60, fold=1))
    for minute in range(DAY_MINUTES)
]

# A window lasts a day at most and no zone ever put its clocks back by more than a day: what began
# three dates ago is over.
_REACH_DAYS = 3


def to_instant(moment: datetime) -> Instant:
    """`moment` must be aware."""
    return (moment.astimezone(UTC) - _EPOCH) // _MICROSECOND


def to_datetime(instant: Instant) -> datetime:
    return _EPOCH + instant * _MICROSECOND


@dataclass(frozen=True, slots=True)
class Openings:
    """Disjoint intervals `[opens[i], closes[i])` in order, and the open time before each."""

    opens: Sequence[Instant]
    closes: Sequence[Instant]
    before: Sequence[int]
    total: int

    def open_until(self, instant: Instant) -> int:
        """The open microseconds of this stretch that lie before `instant`."""
        i = bisect_right(self.opens, instant) - 1
        return 0 if i < 0 else self.before[i] + min(instant, self.closes[i]) - self.opens[i]

    def reached(self, amount: int) -> Instant:
        """The first instant before which `amount` (0 < amount <= total) has been open."""
        i = bisect_left(self.before, amount) - 1
        return self.opens[i] + amount - self.before[i]

    def first_open(self, instant: Instant) -> Instant | None:
        """The first open instant at or after `instant`, if this stretch still has one."""
        i = bisect_right(self.closes, instant)
        return max(instant, self.opens[i]) if i < len(self.opens) else None


def openings(
    zone: ZoneInfo,
    windows_on: Callable[[date], Sequence[Window]],
    first: date,
    days: int,
) -> Openings:
    """The openings of the windows that begin on `days` local dates from `first`.

    Windows that overlap on the UTC line although their wall times do not (clocks put back over a
    closing) count once, and count for the earlier date; so neighbouring stretches add up.
    """
    opens: list[Instant] = []
    closes: list[Instant] = []
    before: list[int] = []
    total, free_from = 0, _LONG_AGO
    for ordinal in range(first.toordinal() - _REACH_DAYS, first.toordinal() + days):
        for opening, closing in windows_on(date.fromordinal(ordinal)):
            begins = max(free_from, _first_shown(zone, ordinal, opening))
            ends = _last_before(zone, ordinal, closing)
            free_from = max(free_from, ends)
            if ordinal >= first.toordinal() and begins < ends:
                opens.append(begins)
                closes.append(ends)
                before.append(total)
                total += ends - begins
    return Openings(opens, closes, before, total)


def _first_shown(zone: ZoneInfo, ordinal: int, minute: int) -> Instant:
    """When the clocks first show this wall time, or are put forward over it."""
    wall, early, late = _shown(zone, ordinal, minute)
    return wall - early if early >= late else _passed_by(zone, wall, wall - late, wall - early)


def _last_before(zone: ZoneInfo, ordinal: int, minute: int) -> Instant:
    """The end of the last moment at which the clocks show less than this wall time."""
    wall, early, late = _shown(zone, ordinal, minute)
    if early == late:
        return wall - early
    if early < late:
        return _passed_by(zone, wall, wall - late, wall - early)
    return wall - (late if _repeats_just_before(zone, ordinal, minute) else early)


def _shown(zone: ZoneInfo, ordinal: int, minute: int) -> tuple[int, int, int]:
    """A wall time as if it were UTC, and how far ahead of UTC the clocks are that show it.

    The two offsets, before and after, differ only where clocks are put back or forward. This is the
    dearest line of business time, so: no `replace`, and no arithmetic with dates.
    """
    if minute >= DAY_MINUTES:
        ordinal, minute = ordinal + 1, minute - DAY_MINUTES
    day = date.fromordinal(ordinal)
    early, late = _TIMES[minute]
    before = _ahead(zone.utcoffset(datetime.combine(day, early)))
    after = _ahead(zone.utcoffset(datetime.combine(day, late)))
    return ((ordinal - _EPOCH_ORDINAL) * DAY_MINUTES + minute) * _MINUTE, before, after


def _repeats_just_before(zone: ZoneInfo, ordinal: int, minute: int) -> bool:
    """False for the first wall time of a repeated hour: what is less was shown only once."""
    shown = datetime.fromordinal(ordinal) + timedelta(minutes=minute) - _MICROSECOND
    return zone.utcoffset(shown) != zone.utcoffset(shown.replace(fold=1))


def _passed_by(zone: ZoneInfo, wall: int, low: Instant, high: Instant) -> Instant:
    """The instant at which clocks that never show `wall` are put forward over it."""
    while high - low > 1:
        middle = (low + high) // 2
        shown = to_datetime(middle).astimezone(zone)
        ahead = (shown.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND
        low, high = (middle, high) if ahead < wall else (low, middle)
    return high


def _ahead(offset: timedelta | None) -> int:
    """Microseconds; an offset is of whole seconds, and a ZoneInfo never has none."""
    if offset is None:
        raise AssertionError("a zone answered without an offset")
    return (offset.days * 86_400 + offset.seconds) * 1_000_000
