"""The values of FEEL that Python has no type for, and what kind a value is.

number = Decimal, string = str, boolean = bool, null = None, date, time and date and time = those
of the datetime module, days and time duration = timedelta, list = list, context = dict.
"""

from collections.abc import Iterable, Mapping, Sized
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import TypeGuard, cast

from clearway.feel.errors import FeelEvaluationError
from clearway.feel.limits import Run

# IEEE 754 decimal128, which the standard asks for.
NUMBERS = Context(
    prec=34,
    rounding=ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    capitals=1,
    clamp=0,
    flags=[],
    traps=[InvalidOperation, DivisionByZero, Overflow],
)


@dataclass(frozen=True, slots=True)
class YearsMonths:
    """A years and months duration, in whole months of either sign."""

    months: int


@dataclass(frozen=True, slots=True)
class Range:
    """From `low` to `high`; an end that is None is open without bound."""

    low: object
    high: object
    low_included: bool
    high_included: bool


class Function:
    """What an expression can call; built-in or defined in FEEL.

    No abstract base class, because asking whether a value is one of those costs microseconds.
    """

    name: str
    source: str

    def call(self, run: Run, arguments: list[object]) -> object:
        """The result for arguments by position; null where they do not fit."""
        raise NotImplementedError

    def call_named(self, run: Run, arguments: Mapping[str, object]) -> object:
        """The result for arguments by name; null where they do not fit."""
        raise NotImplementedError

    def conforms(self, count: int) -> bool:
        """Whether `count` arguments may be given."""
        raise NotImplementedError

    def same_as(self, other: "Function") -> bool:
        """Whether both have the same parameters, body and scope (DMN table 53)."""
        return self is other


KINDS: dict[type, str] = {
    Decimal: "number",
    str: "string",
    bool: "boolean",
    type(None): "null",
    date: "date",
    time: "time",
    datetime: "date and time",
    timedelta: "days and time duration",
    YearsMonths: "years and months duration",
    list: "list",
    dict: "context",
    Range: "range",
}
ITEMS_PER_STEP = 32
# Whole numbers below need no rounding.
EXACT = 10**NUMBERS.prec
VALUES = frozenset(KINDS)
SCALARS = frozenset(kind for kind in KINDS if kind is not list)


def kind(value: object) -> str:
    """The FEEL name of the value's type, as `instance of` knows it."""
    found = KINDS.get(type(value))
    if found is not None:
        return found
    return "function" if isinstance(value, Function) else kind(adopt(value))


def adopt(value: object) -> object:
    """A caller's value as a FEEL value: whole and floating numbers become decimals.

    Raises FeelEvaluationError for what FEEL has no value for.
    """
    if type(value) in SCALARS or isinstance(value, Function):
        return value
    if is_list(value):
        return _adopted_list(value)
    if isinstance(value, bool | int | float | Decimal | str):
        return _adopted_scalar(value)
    if isinstance(value, list | tuple):
        return [adopt(item) for item in cast(Iterable[object], value)]
    if isinstance(value, Mapping):
        return dict(cast(Mapping[str, object], value))
    return _adopted_temporal(value)


def adopted(run: Run, value: object) -> object:
    """The same, paid for: what is in a list or foreign context has to be looked through."""
    if type(value) in SCALARS:
        return value
    if is_list(value):
        if len(value) >= ITEMS_PER_STEP:
            run.spend(len(value) // ITEMS_PER_STEP)
        return _adopted_list(value)
    if type(value) is int:
        return whole(value)
    return _paid(run, value)


def whole(value: int) -> Decimal:
    """A whole number, rounded to 34 digits; raises FeelEvaluationError for one too large."""
    if -EXACT < value < EXACT:
        return Decimal(value)
    return _rounded(value)


def operand_of(value: object) -> object:
    """The same for what no operator of arithmetic works on lists for, so they stay unread."""
    return value if is_list(value) else adopt(value)


def is_list(value: object) -> TypeGuard[list[object]]:
    """A FEEL list."""
    return type(value) is list


def is_context(value: object) -> TypeGuard[dict[str, object]]:
    """A FEEL context."""
    return type(value) is dict


def number_of(value: int | float | str | Decimal) -> Decimal:
    """A number rounded to 34 digits; raises ArithmeticError when it is not finite."""
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not exact.is_finite():
        raise InvalidOperation(f"{value} is not a number of FEEL")
    return NUMBERS.plus(exact)


def _paid(run: Run, value: object) -> object:
    if isinstance(value, Sized):
        run.spend(len(value) // ITEMS_PER_STEP)
    return adopt(value)


def _adopted_list(items: list[object]) -> list[object]:
    return items if VALUES.issuperset(map(type, items)) else [adopt(item) for item in items]


def _adopted_scalar(value: bool | int | float | Decimal | str) -> object:
    if isinstance(value, str):
        return str.__str__(value)
    return _rounded(value)


def _rounded(value: int | float | Decimal) -> Decimal:
    try:
        return number_of(value)
    except ArithmeticError as error:
        raise FeelEvaluationError("the number is too large, or not finite") from error


def _adopted_temporal(value: object) -> object:
    if isinstance(value, datetime):
        return datetime(
            value.year, value.month, value.day, value.hour, value.minute, value.second,
            value.microsecond, value.tzinfo, fold=value.fold,
        )  # fmt: skip
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    raise FeelEvaluationError(
        f"a {type(value).__name__} is no value of FEEL; give text, numbers, dates, lists, contexts"
    )
