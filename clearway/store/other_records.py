"""What a step may look up of other records: one by its key, those that ended, those linked."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Row, Select, func, select

from clearway.store import schema


@dataclass(frozen=True)
class OtherRecord:
    """A record as it stands: `ended_at` None while it is open."""

    key: str
    process: str
    title: str
    state: str | None
    started_at: datetime
    ended_at: datetime | None
    record: Mapping[str, object]


@dataclass(frozen=True)
class OpenRecordDue:
    """An open record with the earliest time by which one of its open tasks is due."""

    key: str
    process: str
    title: str
    state: str | None
    due_at: datetime | None


def one_record(connection: Connection, key: str) -> OtherRecord | None:
    """The record with this key; None when there is none."""
    row = connection.execute(_records().where(schema.instance.c.key == key)).one_or_none()
    return None if row is None else _record(row)


def ended_between(
    connection: Connection,
    process: str,
    fields: Mapping[str, object],
    since: datetime,
    until: datetime,
) -> list[OtherRecord]:
    """The records of a process with these fields that ended after `since` and by `until`."""
    table = schema.instance
    statement = (
        _records()
        .where(
            table.c.process == process,
            table.c.ended_at > since,
            table.c.ended_at <= until,
            table.c.record.contains(dict(fields)),
        )
        .order_by(table.c.ended_at, table.c.id)
    )
    return [_record(row) for row in connection.execute(statement)]


def leading_to(
    connection: Connection, kind: str, keys: Collection[str]
) -> dict[str, list[OtherRecord]]:
    """For each key the records from which a link of this kind leads to it, the oldest first."""
    link = schema.link
    statement = (
        _records()
        .add_columns(link.c.to_key)
        .join(link, link.c.from_key == schema.instance.c.key)
        .where(link.c.kind == kind, link.c.to_key.in_(keys))
        .order_by(link.c.id)
    )
    found: dict[str, list[OtherRecord]] = {}
    for row in connection.execute(statement):
        found.setdefault(row[-1], []).append(_record(row))
    return found


def open_with_due(connection: Connection, processes: Collection[str]) -> list[OpenRecordDue]:
    """Every open record of these processes, by its key."""
    table, item = schema.instance, schema.work_item
    due = (
        select(func.min(item.c.due_at))
        .where(item.c.instance_id == table.c.id, item.c.closed_at.is_(None))
        .scalar_subquery()
    )
    statement = (
        select(table.c.key, table.c.process, table.c.title, table.c.state, due)
        .where(table.c.process.in_(processes), table.c.ended_at.is_(None))
        .order_by(table.c.key)
    )
    return [OpenRecordDue(*row) for row in connection.execute(statement)]


def _records() -> Select[Any]:
    table = schema.instance
    return select(
        table.c.key,
        table.c.process,
        table.c.title,
        table.c.state,
        table.c.started_at,
        table.c.ended_at,
        table.c.record,
    )


def _record(row: Row[Any]) -> OtherRecord:
    record = cast(Mapping[str, object], row[6])
    return OtherRecord(row[0], row[1], row[2], row[3], row[4], row[5], record)
