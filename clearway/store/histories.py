"""The history of a record, as it is read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, func, or_, select, true

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


def passed_elements(connection: Connection, instance_id: int) -> dict[str, int]:
    """Element -> how often it was completed."""
    named = func.jsonb_array_elements_text(_ENTRY.c.details["passed"])
    passed = named.table_valued("value").alias("passed")
    statement = (
        select(passed.c.value, func.count())
        .select_from(_ENTRY.join(passed, true()))
        .where(_ENTRY.c.instance_id == instance_id, _ENTRY.c.details.has_key("passed"))
        .group_by(passed.c.value)
    )
    return {row[0]: row[1] for row in connection.execute(statement)}


def took_part(connection: Connection, instance_id: int, person: str) -> bool:
    """Whether this person did anything with the record."""
    statement = select(_ENTRY.c.id).where(
        _ENTRY.c.instance_id == instance_id, _ENTRY.c.actor == person
    )
    return connection.execute(statement.limit(1)).first() is not None
