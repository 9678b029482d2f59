"""Built-in functions that make one kind of value from another."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import TypeVar

from clearway.feel.arithmetic import add_months
from clearway.feel.builtins.signature import BuiltIn, built_in
from clearway.feel.errors import FeelEvaluationError
from clearway.feel.lexer import NUMBER
from clearway.feel.limits import Run
from clearway.feel.temporal import (
    FARTHEST_OFFSET,
    parse_date,
    parse_date_time,
    parse_duration,
    parse_time,
    zone_named,
)
from clearway.feel.text import string_of
from clearway.feel.values import YearsMonths, number_of

T = TypeVar("T")

GROUPS = (" ", ",", ".")
MIDNIGHT = time()
ZONE = 200


def date_from(_run: Run, value: str | date) -> date | None:
    """`date(from)`."""
    if isinstance(value, str):
        return parse_date(value)
    return value.date() if isinstance(value, datetime) else value


def date_of(_run: Run, year: Decimal, month: Decimal, day: Decimal) -> date | None:
    """`date(year, month, day)`."""
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    if not 1 <= year <= 9999:
        raise FeelEvaluationError(f"year {year}: dates reach from year 1 to year 9999")
    return _or_none(date, year, month, day)


def time_from(run: Run, value: str | date | time) -> time | None:
    """`time(from)`; a date's time is midnight in UTC."""
    if isinstance(value, str):
        return _parsed(run, parse_time, value)
    if isinstance(value, datetime):
        return value.timetz().replace(fold=0)
    return value if isinstance(value, time) else time(tzinfo=UTC)


def time_of(
    _run: Run, hour: Decimal, minute: Decimal, second: Decimal, offset: timedelta | None = None
) -> time | None:
    """`time(hour, minute, second, offset)`; the second may have a fraction."""
    whole = int(second)
    if offset is not None and abs(offset) > FARTHEST_OFFSET:
        return None
    found = _or_none(time, hour, minute, Decimal(whole))
    if found is None or second < 0:
        return None
    part = (second - whole) * 1_000_000
    if part != part.to_integral_value():
        raise FeelEvaluationError(f"{second} s: times are kept to the microsecond")
    zone = timezone(offset) if offset is not None else None
    return found.replace(microsecond=int(part), tzinfo=zone)


def date_time_from(run: Run, value: str | date) -> datetime | None:
    """`date and time(from)`; a date alone is its midnight."""
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time(tzinfo=UTC))
    moment = _parsed(run, parse_date_time, value)
    day = parse_date(value) if moment is None else None
    return moment if day is None else datetime.combine(day, MIDNIGHT)


def date_time_of(_run: Run, day: date, hour: time) -> datetime:
    """`date and time(date, time)`."""
    return datetime.combine(day.date() if isinstance(day, datetime) else day, hour)


def number_from(
    run: Run, text: str | Decimal, group: str | None = None, point: str | None = None
) -> Decimal | None:
    """`number(from, grouping separator, decimal separator)`."""
    if isinstance(text, Decimal):
        return text
    if (group is not None and group not in GROUPS) or (
        point is not None and point not in GROUPS[1:]
    ):
        return None
    if group is not None and group == point:
        return None
    run.text_room(len(text))
    if group is not None:
        text = text.replace(group, "")
    if point is not None:
        text = text.replace(point, ".")
    if NUMBER.fullmatch(text.removeprefix("-")) is None:
        return None
    try:
        return number_of(text)
    except ArithmeticError:
        return None


def string_from(run: Run, value: object) -> str | None:
    """`string(from)`."""
    text = string_of(value)
    if text is not None:
        run.text_room(len(text))
    return text


def duration_from(
    _run: Run, value: str | timedelta | YearsMonths
) -> timedelta | YearsMonths | None:
    """`duration(from)`."""
    return parse_duration(value) if isinstance(value, str) else value


def months_between(_run: Run, start: date, end: date) -> YearsMonths:
    """`years and months duration(from, to)`: whole months only."""
    first, last = _plain_date(start), _plain_date(end)
    if last < first:
        return YearsMonths(-months_between(_run, end, start).months)
    months = (last.year - first.year) * 12 + last.month - first.month
    if last < add_months(first, months) or last.day < first.day:
        months -= 1
    return YearsMonths(months)


def now(run: Run) -> datetime:
    """`now()`: the instant the caller gave."""
    if run.now is None:
        raise FeelEvaluationError(
            "`now()` has no answer here: this expression is evaluated without a time"
        )
    return run.now


def today(run: Run) -> date:
    """`today()`: the date of the instant the caller gave."""
    return now(run).date()


def _parsed(run: Run, parse: Callable[[str], T], text: str) -> T:
    """What the text says; a zone that was not asked for before is looked up in files."""
    if "@" not in text:
        return parse(text)
    before = zone_named.cache_info().misses
    value = parse(text)
    if zone_named.cache_info().misses != before:
        run.spend(ZONE)
    return value


def _plain_date(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _or_none(make: Callable[[int, int, int], T], *parts: Decimal) -> T | None:
    if any(part != part.to_integral_value() or abs(part) > 9999 for part in parts):
        return None
    try:
        first, second, third = (int(part) for part in parts)
        return make(first, second, third)
    except ValueError:
        return None


FUNCTIONS: tuple[BuiltIn, ...] = (
    built_in(
        "date",
        ("from: string | date | date and time", date_from),
        ("year: number, month: number, day: number", date_of),
    ),
    built_in(
        "time",
        ("from: string | date | time | date and time", time_from),
        (
            "hour: number, minute: number, second: number, [offset: days and time duration?]",
            time_of,
        ),
    ),
    built_in(
        "date and time",
        ("from: string | date | date and time", date_time_from),
        ("date: date | date and time, time: time", date_time_of),
    ),
    built_in(
        "number",
        ("from: string | number", number_from),
        ("from: string, grouping separator: string?, [decimal separator: string?]", number_from),
    ),
    built_in("string", ("from: any", string_from)),
    built_in(
        "duration",
        ("from: string | days and time duration | years and months duration", duration_from),
    ),
    built_in(
        "years and months duration",
        ("from: date | date and time, to: date | date and time", months_between),
    ),
    built_in("now", ("", now)),
    built_in("today", ("", today)),
)
