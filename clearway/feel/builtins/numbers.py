"""Built-in functions over numbers."""

from collections.abc import Callable
from datetime import timedelta
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)

from clearway.feel.arithmetic import TRANSCENDENTAL, negate
from clearway.feel.builtins.signature import BuiltIn, built_in
from clearway.feel.limits import Run
from clearway.feel.values import NUMBERS, YearsMonths

# What one of these takes, in microseconds.
SQUARE_ROOT, ROUNDING = 5, 10
LEAST_SCALE, MOST_SCALE = -6111, 6176


def rounding(mode: str) -> Callable[..., Decimal | None]:
    """A function that rounds a number to a scale in one way."""

    def rounded(run: Run, number: Decimal, scale: Decimal | None = None) -> Decimal | None:
        digits = Decimal(0) if scale is None else scale.to_integral_value(ROUND_DOWN)
        if not LEAST_SCALE <= digits <= MOST_SCALE:
            return None
        # A number that has no digit behind the scale is left as it is: it may have 34 digits.
        exponent = number.as_tuple().exponent
        if isinstance(exponent, int) and -exponent <= digits:
            return number
        run.spend(ROUNDING)
        return _quantized(number, int(digits), mode)

    return rounded


def absolute(_run: Run, value: Decimal | timedelta | YearsMonths) -> object:
    """`abs(n)` of a number or duration."""
    if isinstance(value, Decimal):
        return NUMBERS.abs(value)
    if isinstance(value, YearsMonths):
        return YearsMonths(abs(value.months))
    return negate(value) if value < timedelta(0) else value


def modulo(run: Run, dividend: Decimal, divisor: Decimal) -> Decimal | None:
    """`modulo(dividend, divisor)`, which has the sign of the divisor."""
    if not divisor:
        return None
    # The quotient may have more digits than a number of FEEL; the rest is exact all the same.
    apart = max(0, dividend.adjusted() - divisor.adjusted())
    context = NUMBERS.copy()
    context.prec = apart + 2 * NUMBERS.prec
    run.spend(apart)
    rest = context.remainder(dividend, divisor)
    return NUMBERS.add(rest, divisor) if rest and (rest < 0) != (divisor < 0) else rest


def square_root(run: Run, number: Decimal) -> Decimal | None:
    """`sqrt(number)`; null below zero."""
    run.spend(SQUARE_ROOT)
    return NUMBERS.sqrt(number) if number >= 0 else None


def logarithm(run: Run, number: Decimal) -> Decimal | None:
    """`log(number)`, the natural one; null for zero and below."""
    run.spend(TRANSCENDENTAL)
    return NUMBERS.ln(number) if number > 0 else None


def exponential(run: Run, number: Decimal) -> Decimal | None:
    """`exp(number)`; null when it is too large."""
    run.spend(TRANSCENDENTAL)
    try:
        return NUMBERS.exp(number)
    except ArithmeticError:
        return None


def odd(_run: Run, number: Decimal) -> bool | None:
    """`odd(number)`; null for a number that is not whole."""
    even_answer = even(_run, number)
    return None if even_answer is None else not even_answer


def even(_run: Run, number: Decimal) -> bool | None:
    """`even(number)`; null for a number that is not whole."""
    if number != number.to_integral_value():
        return None
    # Written out, a number such as 1e6000 has thousands of digits, the last of which is 0.
    exponent = number.as_tuple().exponent
    return (isinstance(exponent, int) and exponent > 0) or int(number) % 2 == 0


def _quantized(number: Decimal, digits: int, mode: str) -> Decimal | None:
    context = NUMBERS.copy()
    context.rounding = mode
    context.prec = 6200
    try:
        return NUMBERS.plus(number.quantize(Decimal(1).scaleb(-digits), context=context))
    except ArithmeticError:
        return None


def _rounder(name: str, mode: str, scale: str) -> BuiltIn:
    return built_in(name, (f"n: number, {scale}", rounding(mode)))


FUNCTIONS: tuple[BuiltIn, ...] = (
    _rounder("decimal", ROUND_HALF_EVEN, "scale: number"),
    _rounder("floor", ROUND_FLOOR, "[scale: number]"),
    _rounder("ceiling", ROUND_CEILING, "[scale: number]"),
    _rounder("round up", ROUND_UP, "scale: number"),
    _rounder("round down", ROUND_DOWN, "scale: number"),
    _rounder("round half up", ROUND_HALF_UP, "scale: number"),
    _rounder("round half down", ROUND_HALF_DOWN, "scale: number"),
    built_in("abs", ("n: number | days and time duration | years and months duration", absolute)),
    built_in("modulo", ("dividend: number, divisor: number", modulo)),
    built_in("sqrt", ("number: number", square_root)),
    built_in("log", ("number: number", logarithm)),
    built_in("exp", ("number: number", exponential)),
    built_in("odd", ("number: number", odd)),
    built_in("even", ("number: number", even)),
)
