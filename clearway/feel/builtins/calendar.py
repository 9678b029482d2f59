"""Built-in functions that place a date in its year, month and week."""

from datetime import date, datetime, time
from decimal import Decimal

from clearway.feel.builtins.signature import BuiltIn, built_in
from clearway.feel.limits import Run
from clearway.feel.logic import equal
from clearway.feel.temporal import zone_name
from clearway.feel.values import kind

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def day_of_year(_run: Run, day: date) -> Decimal:
    """`day of year(date)`, from 1."""
    return Decimal(day.timetuple().tm_yday)


def day_of_week(_run: Run, day: date) -> str:
    """`day of week(date)`, by its English name."""
    return DAYS[day.weekday()]


def month_of_year(_run: Run, day: date) -> str:
    """`month of year(date)`, by its English name."""
    return MONTHS[day.month - 1]


def week_of_year(_run: Run, day: date) -> Decimal:
    """`week of year(date)`, as ISO 8601 counts."""
    return Decimal(day.isocalendar().week)


def is_identical(run: Run, one: object, other: object) -> bool:
    """`is(value1, value2)`: same kind and same value, zone and offset included."""
    if kind(one) != kind(other):
        return False
    if isinstance(one, datetime | time) and isinstance(other, datetime | time):
        return _zoned(one) == _zoned(other) and one.replace(tzinfo=None) == other.replace(
            tzinfo=None
        )
    return equal(run, one, other) is True


def _zoned(value: datetime | time) -> tuple[object, object]:
    return zone_name(value.tzinfo), value.utcoffset()


FUNCTIONS: tuple[BuiltIn, ...] = (
    built_in("day of year", ("date: date | date and time", day_of_year)),
    built_in("day of week", ("date: date | date and time", day_of_week)),
    built_in("month of year", ("date: date | date and time", month_of_year)),
    built_in("week of year", ("date: date | date and time", week_of_year)),
    built_in("is", ("value1: any, value2: any", is_identical)),
)
