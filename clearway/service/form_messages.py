"""What a person is told about a form field that does not hold what it should."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, cast
from urllib.parse import urlsplit

from jsonschema import FormatChecker
from jsonschema.exceptions import ValidationError

_TYPES = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "yes or no",
    "array": "a list",
    "object": "a group of fields",
    "null": "empty",
}
_FORMATS = {
    "date": "a date such as 2026-03-31",
    "time": "a time such as 14:30:00",
    "date-time": "an instant with its zone such as 2026-03-31T14:30:00+02:00",
    "duration": "a duration such as P2D or PT4H",
    "email": "a mail address",
    "uri": "a web address",
}
_DURATION = re.compile(
    r"-?P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?"
)
_MAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)*")

FORMATS = FormatChecker(formats=())
"""Our own checks: those of the library are left out silently when a package is missing."""


def explain(error: ValidationError) -> tuple[str, str]:
    """Which field (nested ones as `lines/0/price`) and what is wrong with it."""
    keyword = str(error.validator)
    path = [str(part) for part in error.absolute_path]
    if keyword == "required":
        return "/".join([*path, _missing(error)]), "This is needed."
    if keyword == "dependentRequired":
        name, other = _dependent(error)
        return "/".join([*path, name]), f"This is needed with {other}."
    if keyword == "anyOf" and (names := _one_of(error)):
        told = "".join(f", or {_title(error, name)}" for name in names[1:])
        return "/".join([*path, names[0]]), f"This is needed{told}."
    if keyword == "additionalProperties":
        return "/".join(
            path
        ), f"There is something here that the form does not know: {error.message}"
    words = _WORDS.get(keyword)
    told = words(error.validator_value, error.schema) if words else error.message
    return "/".join(path), told


def _missing(error: ValidationError) -> str:
    present = cast(Mapping[str, object], error.instance)
    # One error for each missing name, which only its text tells.
    names = cast(Sequence[str], error.validator_value)
    return next(
        (name for name in names if name not in present and repr(name) in error.message), names[0]
    )


def _dependent(error: ValidationError) -> tuple[str, str]:
    """Which field is missing, and what people call the one that needs it."""
    present = cast(Mapping[str, object], error.instance)
    needs = cast(Mapping[str, Sequence[str]], error.validator_value)
    # One error for each missing name, which only its text tells.
    pairs = [
        (name, other)
        for other, names in needs.items()
        if other in present
        for name in names
        if name not in present
    ]
    name, other = next(
        (it for it in pairs if error.message == f"{it[0]!r} is a dependency of {it[1]!r}"), pairs[0]
    )
    return name, _title(error, other)


def _one_of(error: ValidationError) -> Sequence[str]:
    """The fields of which one must be there, when that is all that the choices ask for."""
    choices = cast(Sequence[Mapping[str, Sequence[str]] | bool], error.validator_value)
    asked = [it.get("required", ()) for it in choices if not isinstance(it, bool) and len(it) == 1]
    names = [needed[0] for needed in asked if len(needed) == 1]
    return names if len(names) == len(choices) else ()


def _title(error: ValidationError, field: str) -> str:
    """What people call a field beside the one that is missing."""
    schema = cast(Mapping[str, Mapping[str, Mapping[str, object]]], error.schema)
    return str(schema.get("properties", {}).get(field, {}).get("title", field))


def _type(wanted: Any, _schema: Any) -> str:
    kinds = [wanted] if isinstance(wanted, str) else wanted
    return f"This must be {' or '.join(_TYPES.get(kind, kind) for kind in kinds)}."


def _choice(wanted: Any, schema: Any) -> str:
    titles: object = cast(Mapping[str, object], schema).get("x-titles") or {}
    words = cast(Mapping[object, object], titles)
    return f"This must be one of {', '.join(str(words.get(it, it)) for it in wanted)}."


def _format(wanted: Any, _schema: Any) -> str:
    return f"This must be {_FORMATS.get(wanted, wanted)}."


def _pattern(wanted: Any, schema: Any) -> str:
    examples = cast(Mapping[str, Sequence[object]], schema).get("examples")
    shown = f" It looks like {examples[0]}." if examples else ""
    return f"This does not have the form that is asked for ({wanted}).{shown}"


_WORDS: Mapping[str, Callable[[Any, Any], str]] = {
    "type": _type,
    "enum": _choice,
    "const": lambda wanted, _schema: f"This must be {wanted}.",
    "format": _format,
    "pattern": _pattern,
    "minLength": lambda wanted, _schema: (
        "This must not be empty." if wanted == 1 else f"This needs at least {wanted} characters."
    ),
    "maxLength": lambda wanted, _schema: f"This takes at most {wanted} characters.",
    "minimum": lambda wanted, _schema: f"This must be at least {wanted}.",
    "maximum": lambda wanted, _schema: f"This must be at most {wanted}.",
    "exclusiveMinimum": lambda wanted, _schema: f"This must be more than {wanted}.",
    "exclusiveMaximum": lambda wanted, _schema: f"This must be less than {wanted}.",
    "multipleOf": lambda wanted, _schema: f"This must be a multiple of {wanted}.",
    "minItems": lambda wanted, _schema: f"Choose at least {wanted}.",
    "maxItems": lambda wanted, _schema: f"Choose at most {wanted}.",
    "uniqueItems": lambda _wanted, _schema: "Each entry may be there only once.",
}


@FORMATS.checks("date", raises=ValueError)
def _is_date(value: object) -> bool:
    return not isinstance(value, str) or value == date.fromisoformat(value).isoformat()


@FORMATS.checks("time", raises=ValueError)
def _is_time(value: object) -> bool:
    return not isinstance(value, str) or time.fromisoformat(value) >= time.min


@FORMATS.checks("date-time", raises=ValueError)
def _is_instant(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


@FORMATS.checks("duration")
def _is_duration(value: object) -> bool:
    return not isinstance(value, str) or _DURATION.fullmatch(value) is not None


@FORMATS.checks("email")
def _is_mail(value: object) -> bool:
    return not isinstance(value, str) or _MAIL.fullmatch(value) is not None


@FORMATS.checks("uri", raises=ValueError)
def _is_address(value: object) -> bool:
    if not isinstance(value, str):
        return True
    parts = urlsplit(value)
    return parts.scheme in ("http", "https", "mailto") and bool(parts.netloc or parts.path)
