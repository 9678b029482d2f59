"""Who stands in for whom: whether a delegation ends with the one who gave it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Away:
    """Somebody is away from an instant until another (not included), and who stands in."""

    person: str
    delegate: str
    start: datetime
    end: datetime


def circle(new: Away, others: Sequence[Away]) -> tuple[str, ...]:
    """Who would stand in for whom in a circle, at one time, with `new` among the `others`.

    The names from who is away to the one who hands it back, each standing in for the one before;
    empty when there is no circle. Within one no vote and no task would find anybody.
    """
    return _back_to(new.person, new, others, (new.person,))


def _back_to(
    person: str, link: Away, others: Sequence[Away], way: tuple[str, ...]
) -> tuple[str, ...]:
    if link.delegate == person:
        return way
    if link.delegate in way:
        return ()
    for other in others:
        start, end = max(link.start, other.start), min(link.end, other.end)
        if other.person == link.delegate and start < end:
            narrowed = Away(other.person, other.delegate, start, end)
            if found := _back_to(person, narrowed, others, (*way, link.delegate)):
                return found
    return ()
