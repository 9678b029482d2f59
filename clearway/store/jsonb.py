"""How values become JSON in the database and come back, decimals exactly."""

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import cast

import orjson

from clearway.errors import ClearwayError
from clearway.feel.values import YearsMonths

# `orjson` would write a duration of months as the object that it is in Python.
_OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
_SORTED = _OPTIONS | orjson.OPT_SORT_KEYS
_DEEPEST = 250  # as orjson has it
_TOO_DEEP = f"This value cannot be kept: it nests deeper than {_DEEPEST}."
_AS_THEY_ARE = frozenset((bool, type(None)))
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


class NotJson(ClearwayError):
    """A value that JSON cannot hold; the text says which."""


def dumps(value: object) -> str:
    """JSON text: decimals as numbers in full, instants in ISO 8601, durations too.

    Raises NotJson for any other type, for NUL characters and for halves of surrogate pairs,
    which PostgreSQL refuses.
    """
    return _dumps(value, _OPTIONS)


def canonical(value: object) -> bytes:
    """The one text that a value has, whoever writes it: keys sorted, no blanks."""
    return _dumps(value, _SORTED).encode()


def _whole(text: str) -> int | Decimal:
    """A whole number; one that orjson could not write again stays a decimal."""
    number = int(text) if len(text) <= 20 else Decimal(text)
    return number if isinstance(number, int) and -(2**63) <= number < 2**63 else Decimal(text)


# `loads` of the standard library, because orjson turns decimals into floats.
loads: Callable[[str | bytes], object] = partial(json.loads, parse_float=Decimal, parse_int=_whole)


def exact(value: object) -> object:
    """A value as JSON gives it back: floats as decimals, tuples as lists, instants as text.

    Raises NotJson for what JSON cannot hold, infinite and undefined numbers among it.
    """
    # Most values are exact already: looking at them costs less than a text and back.
    return _exact(value, 0)


def _exact(value: object, depth: int) -> object:
    kind = type(value)
    if kind is str:
        return _text(cast(str, value))
    if kind in _AS_THEY_ARE:
        return value
    if kind is dict:
        if depth > _DEEPEST:
            raise NotJson(_TOO_DEEP)
        items = cast(dict[object, object], value).items()
        return {
            _text(name) if type(name) is str else _name(name): _exact(item, depth + 1)
            for name, item in items
        }
    if kind is int and -(2**63) <= cast(int, value) < 2**63:
        return value
    if kind is Decimal and cast(Decimal, value).is_finite():
        text = _number(cast(Decimal, value))
        return Decimal(text) if "." in text else _whole(text)
    if depth > _DEEPEST:
        raise NotJson(_TOO_DEEP)
    if kind is list or kind is tuple:
        return [_exact(item, depth + 1) for item in cast(Sequence[object], value)]
    if isinstance(value, float) and not math.isfinite(value):
        # `orjson` would turn such floats into null without a word.
        raise NotJson(f"{value} is no number that can be kept.")
    if isinstance(value, Mapping):
        return _exact(dict(cast(Mapping[object, object], value)), depth)
    return loads(dumps(value))


def _name(name: object) -> str:
    if not isinstance(name, str):
        raise NotJson(f"{name!r} cannot be kept as a name: it is no text.")
    return _text(name)


def _text(text: str) -> str:
    # What is not plain is left to the one place that knows what is refused.
    return text if text.isascii() and "\0" not in text else cast(str, loads(dumps(text)))


def _dumps(value: object, options: int) -> str:
    try:
        text = orjson.dumps(value, default=_other, option=options).decode()
    except TypeError as error:
        raise NotJson(_told(error)) from error
    if "\\u0000" in text and _NUL.search(text):
        raise NotJson("Text must not hold the character NUL: take it out.")
    return text


def _told(error: TypeError) -> str:
    if "64-bit" in str(error):
        return "A whole number is too large to be kept: it has at most 18 digits."
    return f"This value cannot be kept: {error}."


def _other(value: object) -> object:
    if isinstance(value, Decimal):
        return orjson.Fragment(_number(value))
    if isinstance(value, datetime):
        return _instant(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return duration(value)
    if isinstance(value, YearsMonths):
        return f"{'-' if value.months < 0 else ''}P{abs(value.months)}M"
    if isinstance(value, Mapping):
        return dict(value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType] any mapping
    if is_dataclass(value) and not isinstance(value, type):
        return {it.name: getattr(value, it.name) for it in fields(value)}
    if isinstance(value, frozenset | set):
        return sorted(value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType] any set
    raise TypeError(f"{type(value).__name__} is no JSON")


def _number(value: Decimal) -> str:
    if not value.is_finite():
        raise TypeError(f"{value} is no number")
    # Plain notation is what jsonb gives back, so that hashes of stored values can be recomputed.
    return "0" if value.is_zero() and value.as_tuple().exponent == 0 else format(value, "f")


def _instant(value: datetime) -> str:
    if value.tzinfo is None:
        return value.isoformat()
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def duration(value: timedelta) -> str:
    """ISO 8601 text of a duration: P1DT2H3M4S."""
    sign = "-" if value < timedelta(0) else ""
    value = abs(value)
    hours, rest = divmod(value.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    exact_seconds = (
        f"{seconds}.{value.microseconds:06d}".rstrip("0") if value.microseconds else f"{seconds}"
    )
    parts = [(hours, "H"), (minutes, "M")]
    clock = "".join(f"{number}{unit}" for number, unit in parts if number)
    clock += f"{exact_seconds}S" if exact_seconds != "0" else ""
    days = f"{value.days}D" if value.days else ""
    return f"{sign}P{days}{'T' + clock if clock else ''}" if days or clock else "PT0S"
