"""Addition, subtraction, multiplication, division and powers over all kinds (DMN 10.3.2.5)."""

from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import TypeVar

from clearway.feel.errors import FeelEvaluationError
from clearway.feel.limits import Run
from clearway.feel.logic import as_utc, instants, seconds_of
from clearway.feel.temporal import MOST_MONTHS
from clearway.feel.values import NUMBERS, YearsMonths, operand_of

DAY = timedelta(days=1)
# What a logarithm or a power with a fraction takes, in microseconds.
TRANSCENDENTAL = 40
MICROSECOND = timedelta(microseconds=1)
FARTHEST_EXPONENT = Decimal(999_999_999)

Operation = Callable[[Run, object, object], object]
T = TypeVar("T")


def add(run: Run, left: object, right: object) -> object:
    """`left + right`; null where the standard has no sum."""
    if type(left) is str and type(right) is str:
        return _joined(run, left, right)
    left, right = operand_of(left), operand_of(right)
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return _number(NUMBERS.add, left, right)
    if isinstance(left, str) and isinstance(right, str):
        return _joined(run, left, right)
    if isinstance(left, timedelta | YearsMonths) and not isinstance(right, timedelta | YearsMonths):
        left, right = right, left
    return _moved(left, right)


def subtract(_run: Run, left: object, right: object) -> object:
    """`left - right`; null where the standard has no difference."""
    left, right = operand_of(left), operand_of(right)
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return _number(NUMBERS.subtract, left, right)
    if isinstance(right, timedelta | YearsMonths):
        return _moved(left, negate(right))
    if isinstance(left, date) and isinstance(right, date):
        return _between(left, right)
    if isinstance(left, time) and isinstance(right, time):
        return _between_times(left, right)
    return None


def multiply(_run: Run, left: object, right: object) -> object:
    """`left * right`; one of them may be a duration."""
    left, right = operand_of(left), operand_of(right)
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return _number(NUMBERS.multiply, left, right)
    if isinstance(left, Decimal):
        left, right = right, left
    if isinstance(left, timedelta | YearsMonths) and isinstance(right, Decimal):
        return _scaled(left, NUMBERS.multiply, right)
    return None


def divide(_run: Run, left: object, right: object) -> object:
    """`left / right`; a duration by a number, or by a duration of its kind. By zero is null."""
    left, right = operand_of(left), operand_of(right)
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return _number(NUMBERS.divide, left, right)
    if isinstance(left, timedelta | YearsMonths) and isinstance(right, Decimal):
        return _scaled(left, NUMBERS.divide, right)
    if isinstance(left, timedelta) and isinstance(right, timedelta):
        return _number(NUMBERS.divide, _units(left), _units(right))
    if isinstance(left, YearsMonths) and isinstance(right, YearsMonths):
        return _number(NUMBERS.divide, _units(left), _units(right))
    return None


def power(run: Run, left: object, right: object) -> object:
    """`left ** right` for numbers."""
    left, right = operand_of(left), operand_of(right)
    if not isinstance(left, Decimal) or not isinstance(right, Decimal):
        return None
    if right == right.to_integral_value() and abs(right) <= FARTHEST_EXPONENT:
        return _number(NUMBERS.power, left, right)
    run.spend(TRANSCENDENTAL)
    if abs(right) > FARTHEST_EXPONENT and (abs(left) == 1 or not left):
        # Of so large an exponent only the sign matters here, and whether it is odd.
        return _number(NUMBERS.power, left, _small(right) if left else Decimal(1).copy_sign(right))
    result = _number(NUMBERS.power, left, right)
    return None if result is None else _trimmed(result)


def _small(exponent: Decimal) -> Decimal:
    """An exponent that is odd, even or broken as this one is, for a power of 1 or -1."""
    with localcontext(NUMBERS) as wide:
        wide.prec = 7_000
        return wide.remainder(exponent, Decimal(2))


def _trimmed(value: Decimal) -> Decimal:
    """The same number without the zeros that filled its digits: 2, and not 2.000."""
    found = value.normalize(NUMBERS)
    exponent = found.as_tuple().exponent
    return (
        NUMBERS.quantize(found, Decimal(1)) if isinstance(exponent, int) and exponent > 0 else found
    )


def negate(value: object) -> object:
    """`- value` for numbers and durations."""
    value = operand_of(value)
    if isinstance(value, Decimal):
        return NUMBERS.minus(value)
    if isinstance(value, timedelta):
        return _or_out_of_range(lambda: -value)
    return YearsMonths(-value.months) if isinstance(value, YearsMonths) else None


OPERATIONS: dict[str, Operation] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "**": power,
}
NUMBER_OPERATIONS: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": NUMBERS.add,
    "-": NUMBERS.subtract,
    "*": NUMBERS.multiply,
    "/": NUMBERS.divide,
}


def add_months(day: date, months: int) -> date:
    """The same day `months` later, or the last of that month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise FeelEvaluationError(f"year {year}: dates reach from year 1 to year 9999")
    return day.replace(year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1]))


def midnight_utc(value: date) -> datetime:
    """A date as the standard counts with it: midnight in UTC; a date and time stays."""
    return (
        value
        if isinstance(value, datetime)
        else datetime(value.year, value.month, value.day, tzinfo=UTC)
    )


def _number(
    operation: Callable[[Decimal, Decimal], Decimal], left: Decimal, right: Decimal
) -> Decimal | None:
    try:
        result = operation(left, right)
    except ArithmeticError:
        return None
    # Zero to the power of a negative number is endless without any signal.
    return result if result.is_finite() else None


def _joined(run: Run, left: str, right: str) -> str:
    run.text_room(len(left) + len(right))
    return left + right


def _moved(value: object, by: object) -> object:
    if isinstance(value, timedelta) and isinstance(by, timedelta):
        return _or_out_of_range(lambda: value + by)
    if isinstance(value, YearsMonths) and isinstance(by, YearsMonths):
        return _months(value.months + by.months)
    if isinstance(value, date) and isinstance(by, YearsMonths):
        return add_months(value, by.months)
    if isinstance(value, datetime) and isinstance(by, timedelta):
        return _or_out_of_range(lambda: _later(value, by))
    if isinstance(value, date) and isinstance(by, timedelta):
        return _or_out_of_range(lambda: value + timedelta(days=by // DAY))
    if isinstance(value, time) and isinstance(by, timedelta):
        return _on_the_clock(value, by)
    return None


def _later(value: datetime, by: timedelta) -> datetime:
    # Python adds on the wall clock; four hours must stay four hours when the clocks change.
    if value.utcoffset() is None:
        return value + by
    return (as_utc(value) + by).astimezone(value.tzinfo)


def _on_the_clock(value: time, by: timedelta) -> time:
    moved = datetime(2000, 1, 2) + (seconds_of(value) + by) % DAY
    return moved.time().replace(tzinfo=value.tzinfo)


def _between(left: date, right: date) -> timedelta | None:
    if not isinstance(left, datetime) and not isinstance(right, datetime):
        return left - right
    sides = instants(midnight_utc(left), midnight_utc(right))
    return sides[0] - sides[1] if sides is not None else None


def _between_times(left: time, right: time) -> timedelta | None:
    one, other = left.utcoffset(), right.utcoffset()
    if left.tzinfo == right.tzinfo:
        return seconds_of(left) - seconds_of(right)
    if one is None or other is None:
        return None
    return (seconds_of(left) - one) - (seconds_of(right) - other)


def _scaled(
    value: timedelta | YearsMonths,
    operation: Callable[[Decimal, Decimal], Decimal],
    factor: Decimal,
) -> timedelta | YearsMonths | None:
    units = _number(operation, _units(value), factor)
    if units is None:
        return None
    if isinstance(value, YearsMonths):
        return _months(int(units))
    whole = int(units.to_integral_value(ROUND_HALF_EVEN))
    return _or_out_of_range(lambda: timedelta(microseconds=whole))


def _months(months: int) -> YearsMonths:
    if abs(months) > MOST_MONTHS:
        raise FeelEvaluationError(f"durations reach to {MOST_MONTHS} months")
    return YearsMonths(months)


def _units(value: timedelta | YearsMonths) -> Decimal:
    return Decimal(value.months if isinstance(value, YearsMonths) else value // MICROSECOND)


def _or_out_of_range(compute: Callable[[], T]) -> T:
    try:
        return compute()
    except (OverflowError, ValueError) as error:
        raise FeelEvaluationError(
            "the date or duration lies outside the years 1 to 9999"
        ) from error
