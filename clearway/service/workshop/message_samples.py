"""Values that stand for those of a record, so that a message can be read before there is one."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

_LONGEST = 80
_SOME = 3
_HOURS_AHEAD = {"date-time": 24, "date": 24}


def sample_record(schema: Mapping[str, Any], now: datetime, reader: str) -> dict[str, object]:
    """A value for each field of a record, fit for its type; `reader` stands for people."""
    return {name: sample_of(name, shape, now, reader) for name, shape in fields_of(schema).items()}


def sample_of(name: str, shape: Mapping[str, Any], now: datetime, reader: str) -> object:
    """One value that such a field could hold."""
    for word in ("const", "default"):
        if word in shape:
            return shape[word]
    for word in ("examples", "enum"):
        given = shape.get(word)
        if isinstance(given, list) and given:
            return cast(object, given[0])
    kind = shape.get("type")
    kinds = cast(Sequence[object], kind) if isinstance(kind, list) else [kind]
    match next((it for it in kinds if it != "null"), None):
        case "boolean":
            return True
        case "integer" | "number":
            return _number(shape)
        case "array":
            return [sample_of(name, _items(shape), now, reader)]
        case "object":
            return sample_record(shape, now, reader)
        case _:
            return _text(name, shape, now, reader)


def fields_of(schema: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """The fields that a schema declares, leaving out what is no declaration."""
    found = schema.get("properties")
    if not isinstance(found, dict):
        return {}
    declared = cast(Mapping[str, object], found)
    return {
        name: cast(Mapping[str, Any], shape)
        for name, shape in declared.items()
        if isinstance(shape, dict)
    }


def sample_text(name: str) -> str:
    """What stands for a text of which only the name is known."""
    return f"(example of {name.replace('_', ' ')})"


def _items(shape: Mapping[str, Any]) -> Mapping[str, Any]:
    found = shape.get("items")
    return cast(Mapping[str, Any], found) if isinstance(found, dict) else {"type": "string"}


def _number(shape: Mapping[str, Any]) -> object:
    lowest, highest = shape.get("minimum"), shape.get("maximum")
    if isinstance(lowest, int | float) and lowest > _SOME:
        return lowest
    return highest if isinstance(highest, int | float) and highest < _SOME else _SOME


def _text(name: str, shape: Mapping[str, Any], now: datetime, reader: str) -> str:
    kind = shape.get("format")
    if kind in _HOURS_AHEAD:
        then = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=_HOURS_AHEAD[kind])
        return then.isoformat().replace("+00:00", "Z") if kind == "date-time" else str(then.date())
    if kind == "time":
        return "09:00:00Z"
    if kind == "duration":
        return "PT4H"
    if shape.get("x-suggest") == "people":
        return reader
    longest = shape.get("maxLength")
    words = sample_text(str(shape.get("title") or name))
    return words[: longest if isinstance(longest, int) else _LONGEST]
