"""Finding records by words, among those that somebody may read."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
)

from clearway.store import schema

_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]*-?[0-9]*")


RecordOrder = Literal["changed", "opened"]


@dataclass(frozen=True)
class Reader:
    """Whose eyes: all records, or those of these processes and those the person is part of."""

    person: str | None
    processes: Collection[str]
    sees_all: bool = False


@dataclass(frozen=True)
class FoundRecord:
    """One record in a list."""

    id: int
    key: str
    process: str
    version_id: int
    title: str
    state: str | None
    requester: str | None
    changed_at: datetime
    ended_at: datetime | None
    record: Mapping[str, object]


def readable_by(reader: Reader) -> ColumnElement[bool]:
    """The condition on `instance` that the reader may read it."""
    if reader.sees_all:
        return true()
    instance, item, ballot = schema.instance, schema.work_item, schema.ballot
    mine: list[ColumnElement[bool]] = [instance.c.process.in_(list(reader.processes))]
    if reader.person is not None:
        person = reader.person
        worked = or_(item.c.assignee == person, item.c.closed_by == person)
        voted = (
            exists()
            .where(schema.seat.c.round_id == schema.round_.c.id)
            .where(
                or_(
                    schema.seat.c.person == person,
                    exists().where(ballot.c.seat_id == schema.seat.c.id, ballot.c.person == person),
                )
            )
        )
        seated = exists().where(schema.round_.c.work_item_id == item.c.id, voted)
        entry = schema.entry
        mine.append(instance.c.requester == person)
        # Whoever opened it for somebody else, or did anything else with it.
        mine.append(exists().where(entry.c.instance_id == instance.c.id, entry.c.actor == person))
        mine.append(exists().where(item.c.instance_id == instance.c.id, or_(worked, seated)))
    return or_(*mine)


def found_records(
    connection: Connection,
    reader: Reader,
    words: str,
    *,
    process: str | None,
    open_only: bool,
    order: RecordOrder,
    after: tuple[datetime, int] | None,
    limit: int,
) -> list[FoundRecord]:
    """Records that have all the words, or whose key begins so.

    `changed`: the last changed first. `opened`: the first opened first.
    """
    table = schema.instance
    conditions = [readable_by(reader), _has(words)]
    if process is not None:
        conditions.append(table.c.process == process)
    if open_only:
        conditions.append(table.c.ended_at.is_(None))
    by_change = (table.c.changed_at.desc(), table.c.id.desc())
    if after is not None and order == "opened":
        conditions.append(table.c.id > after[1])
    elif after is not None:
        last = tuple_(literal(after[0]), literal(after[1]))
        conditions.append(tuple_(table.c.changed_at, table.c.id) < last)
    statement = (
        select(*_COLUMNS)
        .where(and_(*conditions))
        .order_by(*((table.c.id,) if order == "opened" else by_change))
        .limit(limit)
    )
    return [
        FoundRecord(*row[:-1], record=cast(Mapping[str, object], row[-1]))
        for row in connection.execute(statement)
    ]


def _has(words: str) -> ColumnElement[bool]:
    """Words as people type them: "quoted phrases", or, -without; and the beginning of a key."""
    table = schema.instance
    words = words.replace("\0", " ").strip()
    if not words:
        return true()
    found = table.c.searchable.bool_op("@@")(func.websearch_to_tsquery("simple", words))
    if _KEY.fullmatch(words):
        return or_(found, table.c.key.startswith(words.upper(), autoescape=True))
    return found


_COLUMNS = (
    schema.instance.c.id,
    schema.instance.c.key,
    schema.instance.c.process,
    schema.instance.c.version_id,
    schema.instance.c.title,
    schema.instance.c.state,
    schema.instance.c.requester,
    schema.instance.c.changed_at,
    schema.instance.c.ended_at,
    schema.instance.c.record,
)


def state_of(connection: Connection, key: str) -> tuple[str | None, bool] | None:
    """The state that a record shows, and whether it has ended."""
    table = schema.instance
    statement = select(table.c.state, table.c.ended_at.is_not(None)).where(table.c.key == key)
    row = connection.execute(statement).first()
    return (row[0], bool(row[1])) if row else None
