"""When planned work would fit: the next times at which nothing stands against it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from processes.collisions import Ground, Reach, maintenance_of, merged, reach_of, reasons
from processes.planned import FREEZE, Planned

Span = tuple[datetime, datetime]
QUARTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """Local hours on some days of the week (0 is Monday) in which work may be done."""

    zone: ZoneInfo
    begins: time
    ends: time
    weekdays: frozenset[int] = frozenset(range(7))

    def spans(self, after: datetime, until: datetime) -> list[Span]:
        """These hours between two instants; an end not after the begin is on the next day."""
        found: list[Span] = []
        day = after.astimezone(self.zone).date() - timedelta(days=1)
        while day <= until.astimezone(self.zone).date():
            if day.weekday() in self.weekdays:
                last = day if self.ends > self.begins else day + timedelta(days=1)
                starts = datetime.combine(day, self.begins, self.zone).astimezone(UTC)
                ends = datetime.combine(last, self.ends, self.zone).astimezone(UTC)
                if starts < ends:
                    found.append((starts, ends))
            day += timedelta(days=1)
        return merged(found)


def free_slots(
    mine: Planned,
    ground: Ground,
    *,
    after: datetime,
    until: datetime,
    zone: tzinfo = UTC,
    hours: WorkingHours | None = None,
    count: int = 3,
) -> list[Span]:
    """The next times (UTC) of the same length between `after` and `until` at which it would fit.

    Inside of the maintenance windows of its things where there are any, outside of freezes, with
    its people there and free, and its things free; in `hours` where asked. One slot begins with
    each gap, at a quarter of an hour; a long gap has one a day, at the same local time in `zone`.
    """
    length = mine.ends - mine.starts
    reach = reach_of(mine.things, ground.network)
    gaps = [(after, until)]
    for spans in maintenance_of(mine.things, ground.windows).values():
        gaps = _both(gaps, spans)
    if hours is not None:
        gaps = _both(gaps, hours.spans(after, until))
    found: list[Span] = []
    for starts, ends in _without(gaps, _taken(mine, ground, reach)):
        begin = _on_the_quarter(starts)
        while begin + length <= ends and len(found) < count:
            found.append((begin, begin + length))
            begin = _next_day(begin, zone)
            while begin < found[-1][1]:
                begin = _next_day(begin, zone)
    return found


def _taken(mine: Planned, ground: Ground, reach: Reach) -> list[Span]:
    """When something stands against it."""
    taken = [
        (it.starts, it.ends)
        for it in ground.others
        if it.key != mine.key and reasons(mine, it, reach)
    ]
    taken += [
        (it.starts, it.ends)
        for it in ground.windows
        if it.kind == FREEZE and it.is_for(reach.touched)
    ]
    taken += [(it.starts, it.ends) for it in ground.away if it.person in mine.people]
    return merged(taken)


def _both(some: Sequence[Span], others: Sequence[Span]) -> list[Span]:
    """The times in both; each in order and without overlaps."""
    found = [
        (max(one[0], other[0]), min(one[1], other[1]))
        for one in some
        for other in others
        if one[0] < other[1] and other[0] < one[1]
    ]
    return sorted(found)


def _without(some: Sequence[Span], taken: Sequence[Span]) -> list[Span]:
    """The times in `some` that nothing takes; both in order and without overlaps."""
    found: list[Span] = []
    for starts, ends in some:
        begin = starts
        for busy, free in taken:
            if free <= begin or busy >= ends:
                continue
            if busy > begin:
                found.append((begin, busy))
            begin = free
        if begin < ends:
            found.append((begin, ends))
    return found


def _on_the_quarter(instant: datetime) -> datetime:
    over = timedelta(
        minutes=instant.minute % 15, seconds=instant.second, microseconds=instant.microsecond
    )
    return instant + (QUARTER - over) if over else instant


def _next_day(instant: datetime, zone: tzinfo) -> datetime:
    """The same local time a day later; from where clocks skip it on, an hour later."""
    there = instant.astimezone(zone)
    return (there + timedelta(days=1)).replace(fold=0).astimezone(UTC)
