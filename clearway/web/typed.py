"""What a person typed into a form, turned into the values that its schema speaks of."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from clearway.service.forms import unkeepable
from clearway.web.forms import (
    Schema,
    as_text,
    choices_of,
    items_of,
    kind_of,
    properties_of,
    required_of,
    type_of,
)
from clearway.web.times import typed_instant
from processes.blank import is_blank

PREFIX = "f."
"""Before each field of a process, so that none can be taken for one of the page itself."""


@dataclass(frozen=True)
class Typed:
    """The values that could be read, what is wrong with the others, and every text as typed."""

    values: Mapping[str, object]
    errors: Mapping[str, str]
    texts: Mapping[str, Sequence[str]]


def read_typed(
    schema: Schema | None,
    sent: Iterable[tuple[str, str]],
    zone: ZoneInfo,
    values: Mapping[str, object] | None = None,
) -> Typed:
    """Read the fields of a form; a field that the schema does not declare is an error.

    An empty field is left out, or None where the record's `values` hold something, which clears
    it: whether it may be empty is for the schema to say. Fields that are only shown are never
    sent on.
    """
    texts: dict[str, list[str]] = {}
    for name, text in sent:
        if name.startswith(PREFIX):
            texts.setdefault(name.removeprefix(PREFIX), []).append(text)
    properties, required = properties_of(schema), required_of(schema)
    before = values or {}
    read: dict[str, object] = {}
    errors = {
        name: "This form has no such field. Reload the page and try again."
        for name in texts
        if name not in properties
    }
    for name, declared in properties.items():
        if declared.get("readOnly") is True:
            continue
        try:
            value = _read(declared, texts.get(name, []), zone, required=name in required)
        except ValueError as error:
            errors[name] = str(error)
            continue
        if problems := unkeepable({name: value}):
            errors.update(problems)
            continue
        emptied = name in texts and name not in required and before.get(name) is not None
        if value is not None or emptied:
            read[name] = value
    return Typed(read, errors, texts)


def _read(declared: Schema, texts: Sequence[str], zone: ZoneInfo, *, required: bool) -> object:
    kind = kind_of(declared)
    if kind == "checks":
        return [_chosen(items_of(declared), text) for text in texts] or None
    text = texts[-1] if texts else ""
    if kind == "tick":
        return _ticked(text, required=required)
    if is_blank(text):
        return None
    if kind == "lines":
        items = type_of(items_of(declared))
        return [_plain(items, line.strip()) for line in text.splitlines() if not is_blank(line)]
    if kind == "choice":
        return _chosen(declared, text)
    if kind == "date":
        return _date(text)
    if kind == "instant":
        return typed_instant(text, zone).isoformat().replace("+00:00", "Z")
    if kind == "json":
        return _json(text)
    return _plain(type_of(declared), text)


def _plain(name: str, text: str) -> object:
    if name == "integer":
        return _whole(text)
    if name == "number":
        return _number(text)
    # Browsers send line ends as CR LF.
    return text.replace("\r\n", "\n")


def _whole(text: str) -> int:
    number = _number(text)
    if number != int(number):
        raise ValueError("Give a whole number.")
    return int(number)


def _number(text: str) -> int | Decimal:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        raise ValueError("Give a number, such as 3 or 2.5.") from None
    if not number.is_finite() or abs(number) > Decimal("1e15"):
        raise ValueError("This number is too large.")
    return int(number) if number == int(number) else number


def _chosen(declared: Schema, text: str) -> object:
    for value, _ in choices_of(declared):
        if as_text(value) == text:
            return value
    raise ValueError("Choose one of the list.")


def _ticked(text: str, *, required: bool) -> bool | None:
    """A box that is not ticked is not sent and means no; a required question has two buttons."""
    if text in ("true", "on"):
        return True
    if text == "false":
        return False
    if text:
        raise ValueError("Answer yes or no.")
    return None if required else False


def _date(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError("Give a date, such as 2026-03-02.") from None


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError as error:
        raise ValueError(f"This is not JSON: {error}.") from None
