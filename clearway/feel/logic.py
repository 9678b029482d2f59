"""Equality and order of values in three-valued logic: true, false, null."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta, timezone
from decimal import Decimal
from operator import ge, gt, le, lt
from typing import cast

from clearway.feel.limits import TEXT_PER_STEP, Run
from clearway.feel.temporal import zone_name
from clearway.feel.values import (
    Function,
    Range,
    YearsMonths,
    adopt,
    adopted,
    is_context,
    is_list,
    kind,
)

Answer = bool | None

ORDERS = cast(dict[str, Callable[[object, object], bool]], {"<": lt, "<=": le, ">": gt, ">=": ge})
# What Python compares as FEEL does, if both sides are of the same of these types.
PLAIN = frozenset((Decimal, bool))
COMPARABLE = frozenset(
    (
        "number",
        "string",
        "date",
        "time",
        "date and time",
        "days and time duration",
        "years and months duration",
    )
)


def equal(run: Run, left: object, right: object) -> Answer:
    """`left = right`; null for values of different kinds (DMN table 53)."""
    if left is None or right is None:
        return left is right
    if type(left) is not type(right):
        left, right = adopted(run, left), adopted(run, right)
        if type(left) is not type(right):
            return None
    if left is right:
        return True
    if type(left) is str and len(left) <= TEXT_PER_STEP:
        return left == right
    return left == right if type(left) in PLAIN else _same(run, left, right)


def compare(operator: str, left: object, right: object) -> Answer:
    """`left operator right` for one of < <= > >=; null where there is no order."""
    sides = comparable(left, right)
    return None if sides is None else ORDERS[operator](sides[0], sides[1])


def comparable(left: object, right: object) -> tuple[object, object] | None:
    """Both values as Python orders them; None where the standard has no order for them."""
    found = kind(left)
    if found not in COMPARABLE or kind(right) != found:
        return None
    if isinstance(left, datetime) and isinstance(right, datetime):
        return instants(left, right)
    if isinstance(left, time) and isinstance(right, time):
        return _offsets(left, right)
    if isinstance(left, YearsMonths) and isinstance(right, YearsMonths):
        return left.months, right.months
    return (left, right) if found != "number" else (adopt(left), adopt(right))


def instants(left: datetime, right: datetime) -> tuple[datetime, datetime] | None:
    """Both on one time line, as UTC or local; None for one with a zone and one without."""
    if _is_fixed(left) and _is_fixed(right):
        return left, right
    aware, other = left.utcoffset() is not None, right.utcoffset() is not None
    if aware != other:
        return None
    return (as_utc(left), as_utc(right)) if aware else (left, right)


def _is_fixed(value: datetime) -> bool:
    """Whether Python compares the value as it is: a fixed offset, and not at a calendar's end."""
    return type(value.tzinfo) is timezone and 1 < value.year < 9999


def as_utc(value: datetime) -> datetime:
    """The instant in UTC: Python compares two times of one zone by the wall clock otherwise.

    At the very ends of the calendar, where UTC would leave it, the offset is dropped instead.
    """
    try:
        return value.astimezone(UTC)
    except OverflowError:
        return value.replace(tzinfo=UTC)


def contains(run: Run, items: object, value: object) -> Answer:
    """`value in items` where `items` is a list, range or single value."""
    if isinstance(items, Range):
        return in_range(items, value)
    if not is_list(items):
        return equal(run, value, items)
    unknown = False
    run.spend(len(items))
    for item in items:
        if isinstance(item, Range):
            answer = in_range(item, value)
        else:
            answer = equal(run, value, item)
            if answer is not True and is_list(item) and not is_list(value):
                answer = contains(run, item, value)
        if answer is True:
            return True
        unknown = unknown or (answer is None and item is not None)
    return None if unknown and value is None else False


def in_range(limits: Range, value: object) -> Answer:
    """Whether `value` lies in the range; null where it has no order with the ends."""
    low, high = limits.low, limits.high
    if type(value) is Decimal and type(low) is Decimal and type(high) is Decimal:
        above = low <= value if limits.low_included else low < value
        return above and (value <= high if limits.high_included else value < high)
    answers: list[Answer] = []
    if limits.low is not None:
        answers.append(compare(">=" if limits.low_included else ">", value, limits.low))
    if limits.high is not None:
        answers.append(compare("<=" if limits.high_included else "<", value, limits.high))
    if False in answers:
        return False
    return None if None in answers or not answers else True


def all_true(answers: list[Answer]) -> Answer:
    """The conjunction of answers."""
    if False in answers:
        return False
    return None if None in answers else True


def _same(run: Run, left: object, right: object) -> Answer:
    if is_list(left) and is_list(right):
        run.spend(len(left) + 1)
        return len(left) == len(right) and all(
            equal(run, one, other) is True for one, other in zip(left, right, strict=True)
        )
    if is_context(left) and is_context(right):
        run.spend(len(left) + 1)
        return left.keys() == right.keys() and all(
            equal(run, value, right[key]) is True for key, value in left.items()
        )
    if isinstance(left, Range) and isinstance(right, Range):
        return _same_range(run, left, right)
    if isinstance(left, datetime) and isinstance(right, datetime):
        sides = instants(left, right)
        return sides is not None and sides[0] == sides[1]
    if isinstance(left, time) and isinstance(right, time):
        hours = _offsets(left, right)
        return hours is not None and hours[0] == hours[1]
    if isinstance(left, Function) and isinstance(right, Function):
        return left.same_as(right)
    pay_for_texts(run, left, right)
    return left == right


def pay_for_texts(run: Run, left: object, right: object) -> None:
    """Pay for comparing two texts, when they are long."""
    if isinstance(left, str) and isinstance(right, str):
        length = min(len(left), len(right))
        if length > TEXT_PER_STEP:
            run.spend(length // TEXT_PER_STEP)


def _same_range(run: Run, left: Range, right: Range) -> bool:
    return (
        left.low_included == right.low_included
        and left.high_included == right.high_included
        and equal(run, left.low, right.low) is True
        and equal(run, left.high, right.high) is True
    )


def _offsets(left: time, right: time) -> tuple[object, object] | None:
    # Without a date a zone such as Europe/Berlin has no offset: only its own times have an order.
    if zone_name(left.tzinfo) is not None and zone_name(left.tzinfo) == zone_name(right.tzinfo):
        return left.replace(tzinfo=None), right.replace(tzinfo=None)
    one, other = left.utcoffset(), right.utcoffset()
    if left.tzinfo is None and right.tzinfo is None:
        return left, right
    if one is None or other is None:
        return None
    return seconds_of(left) - one, seconds_of(right) - other


def seconds_of(value: time) -> timedelta:
    """The time of day as a duration since midnight."""
    return timedelta(
        hours=value.hour,
        minutes=value.minute,
        seconds=value.second,
        microseconds=value.microsecond,
    )
