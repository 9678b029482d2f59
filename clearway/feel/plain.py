"""Values from and to JSON: for people and records, and without loss for the engine's state."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal

from clearway.feel.errors import FeelEvaluationError, FeelLimitError
from clearway.feel.temporal import (
    parse_date,
    parse_date_time,
    parse_duration,
    parse_time,
    temporal_text,
)
from clearway.feel.text import number_text
from clearway.feel.values import Function, Range, YearsMonths, adopt, is_context, is_list, number_of

DEEPEST = 100
TAG = "$"
EXACT_INTEGERS = 2**53
LONGEST_INTEGER = 34


def from_json(value: object) -> object:
    """A JSON value as a FEEL value: numbers become decimals, all else keeps its kind.

    Raises FeelEvaluationError for what JSON cannot hold, FeelLimitError below 100 levels.
    """
    return _mapped(value, _from_scalar, DEEPEST)


def to_plain(value: object) -> object:
    """A FEEL value for people and records.

    Whole numbers become int, other numbers stay Decimal, dates, times and durations become ISO
    text, ranges FEEL text. Raises FeelEvaluationError for a function.
    """
    return _mapped(value, _plain_scalar, DEEPEST)


def encode(value: object) -> object:
    """A FEEL value as JSON (no float, no Decimal) from which `decode` makes the same value.

    Raises FeelEvaluationError for a function, FeelLimitError below 100 levels.
    """
    return _encoded(value, DEEPEST)


def decode(value: object) -> object:
    """The FEEL value that `encode` wrote; raises FeelEvaluationError for anything else."""
    return _decoded(value, DEEPEST)


def _mapped(value: object, scalar: Callable[[object], object], left: int) -> object:
    value = adopt(value)
    if is_list(value):
        _check_depth(left)
        return [_mapped(item, scalar, left - 1) for item in value]
    if is_context(value):
        _check_depth(left)
        return {_text_key(key): _mapped(item, scalar, left - 1) for key, item in value.items()}
    return scalar(value)


def _check_depth(left: int) -> None:
    if left == 0:
        raise FeelLimitError(f"the value nests deeper than {DEEPEST}")


def _text_key(key: object) -> str:
    if not isinstance(key, str):
        raise FeelEvaluationError(f"the key {key!r} of a context is no text")
    return key


def _from_scalar(value: object) -> object:
    return value


def _plain_scalar(value: object) -> object:
    if isinstance(value, Decimal):
        whole = value == value.to_integral_value() and value.adjusted() < LONGEST_INTEGER
        return int(value) if whole else value
    if isinstance(value, datetime) and value.utcoffset() is not None:
        # The zone's name is no part of ISO 8601; the offset is.
        return temporal_text(value.replace(tzinfo=timezone(value.utcoffset() or timedelta(0))))
    if isinstance(value, date | time | timedelta | YearsMonths):
        return temporal_text(value)
    if isinstance(value, Range):
        return _range_text(value)
    if isinstance(value, Function):
        raise _is_function(value)
    return value


def _range_text(value: Range) -> str:
    low, high = (
        ""
        if end is None
        else str(number_text(end) if isinstance(end, Decimal) else _plain_scalar(end))
        for end in (value.low, value.high)
    )
    return f"{'[' if value.low_included else '('}{low}..{high}{']' if value.high_included else ')'}"


def _is_function(value: Function) -> FeelEvaluationError:
    return FeelEvaluationError(
        f"the function `{value.source}` cannot be stored; store what it returns"
    )


def _encoded(value: object, left: int) -> object:
    value = adopt(value)
    if is_list(value):
        _check_depth(left)
        return [_encoded(item, left - 1) for item in value]
    if is_context(value):
        _check_depth(left)
        made = {_text_key(key): _encoded(item, left - 1) for key, item in value.items()}
        return {TAG: "context", "entries": made} if TAG in made else made
    if isinstance(value, Decimal):
        return _encoded_number(value)
    if isinstance(value, Range):
        ends = [_encoded(value.low, left - 1), _encoded(value.high, left - 1)]
        return {TAG: "range", "ends": ends, "included": [value.low_included, value.high_included]}
    if isinstance(value, Function):
        raise _is_function(value)
    return _encoded_temporal(value)


def _encoded_number(value: Decimal) -> object:
    if value.as_tuple().exponent == 0 and abs(value) < EXACT_INTEGERS and not value.is_signed():
        return int(value)
    if value.as_tuple().exponent == 0 and -EXACT_INTEGERS < value < 0:
        return int(value)
    return {TAG: "number", "text": str(value)}


def _encoded_temporal(value: object) -> object:
    if isinstance(value, datetime):
        return {TAG: "date and time", "text": temporal_text(value), "fold": value.fold}
    if isinstance(value, date):
        return {TAG: "date", "text": temporal_text(value)}
    if isinstance(value, time):
        return {TAG: "time", "text": temporal_text(value)}
    if isinstance(value, timedelta | YearsMonths):
        return {TAG: "duration", "text": temporal_text(value)}
    return value


def _decoded(value: object, left: int) -> object:
    if is_list(value):
        _check_depth(left)
        return [_decoded(item, left - 1) for item in value]
    if is_context(value):
        _check_depth(left)
        if TAG in value:
            return _untagged(value, left)
        return {key: _decoded(item, left - 1) for key, item in value.items()}
    return adopt(value)


def _untagged(value: Mapping[str, object], left: int) -> object:
    tag, text = value[TAG], value.get("text")
    found: object = None
    if tag == "context" and is_context(value.get("entries")):
        entries = value["entries"]
        found = {key: _decoded(item, left - 1) for key, item in _entries(entries)}
    elif tag == "range":
        found = _decoded_range(value, left)
    elif isinstance(text, str) and isinstance(tag, str):
        found = _decoded_text(tag, text, value.get("fold"))
    if found is None:
        raise FeelEvaluationError(f"{dict(value)!r} was not written by this version of Clearway")
    return found


def _entries(value: object) -> list[tuple[str, object]]:
    return list(value.items()) if is_context(value) else []


def _decoded_range(value: Mapping[str, object], left: int) -> Range | None:
    ends, included = value.get("ends"), value.get("included")
    if not is_list(ends) or not is_list(included) or len(ends) != 2 or len(included) != 2:
        return None
    low, high = (_decoded(end, left - 1) for end in ends)
    return Range(low, high, included[0] is True, included[1] is True)


def _decoded_text(tag: str, text: str, fold: object) -> object:
    if tag == "number":
        return _decoded_number(text)
    if tag == "date and time":
        moment = parse_date_time(text)
        return moment.replace(fold=1) if moment is not None and fold == 1 else moment
    parse: dict[str, Callable[[str], object]] = {
        "date": parse_date,
        "time": parse_time,
        "duration": parse_duration,
    }
    return parse[tag](text) if tag in parse else None


def _decoded_number(text: str) -> Decimal | None:
    try:
        return number_of(text)
    except ArithmeticError:
        return None
