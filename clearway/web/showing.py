"""How a value of a record is shown to a reader, by what its schema says of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import cast
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from clearway.web import times
from clearway.web.forms import (
    Schema,
    as_text,
    choices_of,
    items_of,
    label_of,
    properties_of,
)

_LONG = 90
_NOTHING = Markup('<span class="quiet">–</span>')


@dataclass(frozen=True)
class Fact:
    """One field of a record: its label, its value, and whether it needs the whole width."""

    name: str
    label: str
    value: object
    schema: Schema
    is_long: bool


def facts(
    schema: Schema, values: Mapping[str, object], only: Sequence[str] | None = None
) -> Sequence[Fact]:
    """The fields that hold something, in the order of the schema; undeclared ones come last.

    `only` these fields, in this order.
    """
    declared = properties_of(schema)
    every = [*declared, *(name for name in values if name not in declared)]
    names = every if only is None else only
    found = [(name, values.get(name), declared.get(name, {})) for name in names]
    return [
        Fact(name, label_of(name, one), value, one, _is_long(value))
        for name, value, one in found
        if value not in (None, "", [], {})
    ]


def shown(value: object, schema: Schema, zone: ZoneInfo, now: datetime) -> Markup:
    """The value as HTML: words of a choice, times in the reader's zone, lists as lists."""
    if value is None or value == "":
        return _NOTHING
    if isinstance(value, bool):
        return Markup("Yes") if value else Markup("No")
    for constant, words in choices_of(schema):
        if constant == value:
            return escape(words)
    if isinstance(value, Mapping):
        return _shown_mapping(cast(Mapping[str, object], value), schema, zone, now)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return _shown_list(cast(Sequence[object], value), schema, zone, now)
    return _shown_plain(value, schema, zone, now)


def _shown_plain(value: object, schema: Schema, zone: ZoneInfo, now: datetime) -> Markup:
    instant = _instant(value, schema)
    if instant is not None:
        return Markup('<time datetime="{}" title="{}">{}</time>').format(
            instant.isoformat(), times.in_utc(instant), times.absolute(instant, zone, now)
        )
    day = _day(value, schema)
    if day is not None:
        return escape(f"{day.day} {day:%b %Y}")
    if isinstance(value, Decimal | int | float):
        return escape(as_text(value))
    text = escape(str(value))
    return Markup('<span class="lines">{}</span>').format(text) if _is_long(value) else text


def _shown_list(values: Sequence[object], schema: Schema, zone: ZoneInfo, now: datetime) -> Markup:
    if not values:
        return _NOTHING
    items = Markup("").join(
        Markup("<li>{}</li>").format(shown(one, items_of(schema), zone, now)) for one in values
    )
    return Markup('<ul class="values">{}</ul>').format(items)


def _shown_mapping(
    values: Mapping[str, object], schema: Schema, zone: ZoneInfo, now: datetime
) -> Markup:
    lines = Markup("").join(
        Markup("<dt>{}</dt><dd>{}</dd>").format(
            fact.label, shown(fact.value, fact.schema, zone, now)
        )
        for fact in facts(schema, values)
    )
    return Markup('<dl class="inner">{}</dl>').format(lines)


def _instant(value: object, schema: Schema) -> datetime | None:
    if isinstance(value, datetime):
        return value if value.tzinfo else None
    if schema.get("format") != "date-time":
        return None
    try:
        read = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return read if read.tzinfo else None


def _day(value: object, schema: Schema) -> date | None:
    if isinstance(value, date):
        return value
    if schema.get("format") != "date":
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def _is_long(value: object) -> bool:
    if isinstance(value, Mapping):
        return True
    if isinstance(value, Sequence) and not isinstance(value, str):
        return any(_is_long(one) for one in cast(Sequence[object], value))
    return isinstance(value, str) and (len(value) > _LONG or "\n" in value)
