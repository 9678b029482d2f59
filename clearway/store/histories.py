"""The history of a record, as it is read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Select, func, literal, or_, select, true, union_all

from clearway.store import schema
from clearway.store.rows import Json

_ENTRY = schema.entry


@dataclass(frozen=True)
class Entry:
    """One line of history."""

    id: int
    revision: int
    at: datetime
    actor: str
    command: str
    kind: str
    element: str | None
    state_before: str | None
    state_after: str | None
    details: Json


def entries_of(
    connection: Connection,
    instance_id: int,
    *,
    after: int,
    limit: int,
    with_internal: bool,
    newest_first: bool = False,
) -> list[Entry]:
    """The lines of a record behind the line `after` (0: from the first), in their order or back.

    Internal comments only when asked.
    """
    statement = (
        select(
            _ENTRY.c.id,
            _ENTRY.c.revision,
            _ENTRY.c.at,
            _ENTRY.c.actor,
            _ENTRY.c.command,
            _ENTRY.c.kind,
            _ENTRY.c.element,
            _ENTRY.c.state_before,
            _ENTRY.c.state_after,
            _ENTRY.c.details,
        )
        .where(_ENTRY.c.instance_id == instance_id)
        .order_by(_ENTRY.c.id.desc() if newest_first else _ENTRY.c.id)
        .limit(limit)
    )
    if after:
        behind = _ENTRY.c.id < after if newest_first else _ENTRY.c.id > after
        statement = statement.where(behind)
    if not with_internal:
        is_public = _ENTRY.c.details["public"].as_boolean()
        statement = statement.where(or_(_ENTRY.c.kind != "comment", is_public))
    return [
        Entry(**cast(dict[str, Any], dict(r))) for r in connection.execute(statement).mappings()
    ]


@dataclass(frozen=True)
class Way:
    """What one command completed, and which flows gateways chose, in their order."""

    revision: int
    at: datetime
    actor: str
    passed: Sequence[str]
    flows: Sequence[str]


def passed_elements(
    connection: Connection, instance_id: int
) -> tuple[dict[str, int], dict[str, int]]:
    """How often each element was completed, and each flow chosen by a gateway."""

    def counted(name: str) -> Select[Any]:
        each = func.jsonb_array_elements_text(_ENTRY.c.details[name]).table_valued("value")
        named = each.alias(name)
        return (
            select(literal(name).label("what"), named.c.value, func.count())
            .select_from(_ENTRY.join(named, true()))
            .where(_ENTRY.c.instance_id == instance_id, _ENTRY.c.details.has_key(name))
            .group_by(named.c.value)
        )

    found: dict[str, dict[str, int]] = {"passed": {}, "flows": {}}
    for what, name, count in connection.execute(union_all(counted("passed"), counted("flows"))):
        found[what][name] = count
    return found["passed"], found["flows"]


def last_ways(connection: Connection, instance_id: int, most: int) -> list[Way]:
    """The ways of the last commands that completed something, the first of them first."""
    statement = (
        select(
            _ENTRY.c.revision,
            _ENTRY.c.at,
            _ENTRY.c.actor,
            _ENTRY.c.details["passed"],
            _ENTRY.c.details["flows"],
        )
        .where(_ENTRY.c.instance_id == instance_id, _ENTRY.c.details.has_key("passed"))
        .order_by(_ENTRY.c.id.desc())
        .limit(most)
    )
    rows = connection.execute(statement).all()
    return [Way(row[0], row[1], row[2], row[3] or (), row[4] or ()) for row in reversed(rows)]


def writes_of(connection: Connection, key: str, field: str) -> list[tuple[datetime, str | None]]:
    """When a field of this record was written, and which text it held then, in order."""
    written = _ENTRY.c.details["fields"][field][1]
    statement = (
        select(_ENTRY.c.at, written.as_string())
        .join(schema.instance, schema.instance.c.id == _ENTRY.c.instance_id)
        .where(schema.instance.c.key == key, _ENTRY.c.details["fields"].has_key(field))
        .order_by(_ENTRY.c.id)
    )
    return [(row[0], row[1]) for row in connection.execute(statement)]


def took_part(connection: Connection, instance_id: int, person: str) -> bool:
    """Whether this person did anything with the record."""
    statement = select(_ENTRY.c.id).where(
        _ENTRY.c.instance_id == instance_id, _ENTRY.c.actor == person
    )
    return connection.execute(statement.limit(1)).first() is not None
