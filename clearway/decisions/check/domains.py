"""The values that an input can have, as examples: each limit, and one value between two of them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, cast

from clearway.feel.values import NUMBERS, YearsMonths, kind

Point = Decimal | str | date | time | datetime | timedelta | YearsMonths
TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)
ZONED = ("date and time", "time")
"""The kinds whose values may have a zone."""


def examples(
    kind_of_input: str, values: Iterable[object], limits: Iterable[object]
) -> list[object]:
    """One value of a kind for each constant and for each gap between two constants, in order.

    `values` are compared for equality, `limits` for order; those of another kind are left out.
    An unknown kind gives nothing.
    """
    equal = [each for each in values if kind(each) == kind_of_input]
    ordered = [each for each in limits if kind(each) == kind_of_input]
    if kind_of_input == "boolean":
        return [True, False]
    if kind_of_input == "string" and not ordered:
        texts = sorted(set(cast("list[str]", equal)))
        return [*texts, _other_text(texts)]
    line = LINES.get(kind_of_input)
    if line is None:
        return []
    points = _sorted(line, [*equal, *ordered])
    return list(_along(line, points)) if points else [line.some]


def is_in_order(kind_of_input: str, constants: Iterable[object]) -> bool:
    """Whether all constants of the kind have one order: times with and without zone have none."""
    same = [each for each in constants if kind(each) == kind_of_input]
    if kind_of_input == "date and time":
        aware = {cast(datetime, each).utcoffset() is None for each in same}
        return len(aware) < 2
    if kind_of_input == "time":
        zones = {cast(time, each).tzinfo for each in same}
        return zones <= {None}
    return True


def other_zone(kind_of_input: str, constants: Iterable[object]) -> object:
    """A value without a zone where all constants have one, or with one where none has.

    It has no order with them and is equal to none; None where there are no such constants.
    """
    same = [each for each in constants if kind(each) == kind_of_input]
    if not same or kind_of_input not in ZONED:
        return None
    has_zone = cast("datetime | time", same[0]).tzinfo is not None
    some = cast("datetime | time", LINES[kind_of_input].some)
    return some.replace(tzinfo=None if has_zone else UTC)


@dataclass(frozen=True, slots=True)
class Line:
    """How the values of one kind lie: `some` stands for all where there is no constant.

    The functions give a value below, between or above others, or None where there is none.
    """

    some: Point
    key: Callable[[object], object]
    below: Callable[[object], object]
    between: Callable[[object, object], object]
    above: Callable[[object], object]


def _sorted(line: Line, points: Sequence[object]) -> list[object]:
    by_key: dict[Any, object] = {line.key(each): each for each in points}
    return [by_key[each] for each in sorted(by_key)]


def _along(line: Line, points: Sequence[object]) -> Iterable[object]:
    first = line.below(points[0])
    if first is not None:
        yield first
    for at, point in enumerate(points):
        yield point
        is_last = at + 1 == len(points)
        inner = line.above(point) if is_last else line.between(point, points[at + 1])
        if inner is not None:
            yield inner


def _same(value: object) -> object:
    return value


# numbers


def _number_below(value: object) -> object:
    return NUMBERS.subtract(cast(Decimal, value), Decimal(1))


def _number_above(value: object) -> object:
    return NUMBERS.add(cast(Decimal, value), Decimal(1))


def _number_between(low: object, high: object) -> object:
    """A whole number where there is one; else the middle."""
    one, other = cast(Decimal, low), cast(Decimal, high)
    if abs(one) < 10**30:
        whole = Decimal(int(one.to_integral_value("ROUND_FLOOR"))) + 1
        if one < whole < other:
            return whole
    middle = NUMBERS.divide(NUMBERS.add(one, other), Decimal(2))
    return middle if one < middle < other else None


# texts


def _other_text(texts: Sequence[str]) -> str:
    other = "another text"
    while other in texts:
        other += "."
    return other


def _text_below(value: object) -> object:
    return "" if value != "" else None


def _text_above(value: object) -> object:
    return f"{value}z"


def _text_between(low: object, high: object) -> object:
    for letter in ("a", "0", " ", "\x00"):
        inner = f"{low}{letter}"
        if inner < cast(str, high):
            return inner
    return None


# dates, times and durations


def _day_below(value: object) -> object:
    day = cast(date, value)
    return day - DAY if day > date.min else None


def _day_above(value: object) -> object:
    day = cast(date, value)
    return day + DAY if day < date.max else None


def _day_between(low: object, high: object) -> object:
    after = cast(date, low) + DAY
    return after if after < cast(date, high) else None


def _ticks(value: object) -> int:
    """A time of day in microseconds."""
    at = cast(time, value)
    return ((at.hour * 60 + at.minute) * 60 + at.second) * 1_000_000 + at.microsecond


def _time_of(ticks: int) -> time | None:
    if not 0 <= ticks < 86_400_000_000:
        return None
    rest, micro = divmod(ticks, 1_000_000)
    return time(rest // 3600, rest // 60 % 60, rest % 60, micro)


def _time_below(value: object) -> object:
    return _time_of(_ticks(value) - 60_000_000) or _time_of(_ticks(value) - 1)


def _time_above(value: object) -> object:
    return _time_of(_ticks(value) + 60_000_000) or _time_of(_ticks(value) + 1)


def _time_between(low: object, high: object) -> object:
    middle = _time_of(_middle(_ticks(low), _ticks(high), 60_000_000))
    return None if middle is None or _ticks(middle) in (_ticks(low), _ticks(high)) else middle


def _middle(low: int, high: int, unit: int) -> int:
    """Between two numbers, a multiple of the unit where there is one."""
    middle = (low + high) // 2
    rounded = middle // unit * unit
    return rounded if low < rounded < high else middle


def _instant_key(value: object) -> object:
    at = cast(datetime, value)
    return at if at.tzinfo is None else at.astimezone(UTC)


def _instant_below(value: object) -> object:
    try:
        return cast(datetime, value) - DAY
    except OverflowError:
        return None


def _instant_above(value: object) -> object:
    try:
        return cast(datetime, value) + DAY
    except OverflowError:
        return None


def _instant_between(low: object, high: object) -> object:
    one, other = cast(datetime, low), cast(datetime, high)
    span = other - one
    for step in (DAY, timedelta(hours=1), timedelta(minutes=1), TICK):
        if span > step:
            return one + step
    return None


def _span_below(value: object) -> object:
    try:
        return cast(timedelta, value) - DAY
    except OverflowError:
        return None


def _span_above(value: object) -> object:
    try:
        return cast(timedelta, value) + DAY
    except OverflowError:
        return None


def _span_between(low: object, high: object) -> object:
    one, other = cast(timedelta, low), cast(timedelta, high)
    for step in (DAY, timedelta(hours=1), timedelta(minutes=1), TICK):
        if other - one > step:
            return one + step
    return None


def _months(value: object) -> int:
    return cast(YearsMonths, value).months


def _months_between(low: object, high: object) -> object:
    after = _months(low) + 1
    return YearsMonths(after) if after < _months(high) else None


LINES: dict[str, Line] = {
    "number": Line(Decimal(0), _same, _number_below, _number_between, _number_above),
    "string": Line("a text", _same, _text_below, _text_between, _text_above),
    "date": Line(date(2026, 1, 1), _same, _day_below, _day_between, _day_above),
    "time": Line(time(12), _ticks, _time_below, _time_between, _time_above),
    "date and time": Line(
        datetime(2026, 1, 1), _instant_key, _instant_below, _instant_between, _instant_above
    ),
    "days and time duration": Line(DAY, _same, _span_below, _span_between, _span_above),
    "years and months duration": Line(
        YearsMonths(12),
        _months,
        lambda value: YearsMonths(_months(value) - 1),
        _months_between,
        lambda value: YearsMonths(_months(value) + 1),
    ),
}
