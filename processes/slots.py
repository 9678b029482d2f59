"""When planned work would fit: the next times at which nothing stands against it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo

from processes.collisions import Ground, Reach, maintenance_of, merged, reach_of, reasons
from processes.planned import FREEZE, Planned

Span = tuple[datetime, datetime]
QUARTER = timedelta(minutes=15)


def free_slots(
    mine: Planned,
    ground: Ground,
    *,
    after: datetime,
    until: datetime,
    zone: tzinfo = UTC,
    count: int = 3,
) -> list[Span]:
    """The next times (UTC) of the same length between `after` and `until` at which it would fit.

    Inside of the maintenance windows of its things where there are any, outside of freezes, with
    its people there and free, and its things free; at any hour, also of a working day. One slot
    begins with each gap, at a quarter of an hour; a long gap has one a day, at the same local time
    in `zone`.
    """
    length = mine.ends - mine.starts
    reach = reach_of(mine.things, ground.network)
    gaps = [(after, until)]
    for spans in maintenance_of(mine.things, ground.windows).values():
        gaps = _both(gaps, spans)
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
