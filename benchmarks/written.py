"""Which rows one command writes: seen from outside, by comparing the tables before and after."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import dict_row
from sqlalchemy import Column, DateTime, LargeBinary, Table
from sqlalchemy.dialects.postgresql import JSONB

from clearway.store import schema

DbRow = Mapping[str, Any]


@dataclass(frozen=True)
class TableChange:
    """What became of one table's rows of one instance; JSON values are texts."""

    table: Table
    inserted: Sequence[DbRow]
    deleted: Sequence[DbRow]
    updated: Sequence[DbRow]  # the whole row afterwards
    columns: Sequence[str]  # those that an update changed


def written(url: str, instance_id: int, once: str, act: Callable[[], object]) -> list[TableChange]:
    """What `act`, under the idempotency key `once`, writes about this instance."""
    before = _rows(url, instance_id, once)
    act()
    after = _rows(url, instance_id, once)
    changes = [_change(table, before[table.name], after[table.name]) for table in _TABLES]
    return [it for it in changes if it.inserted or it.deleted or it.updated]


def shape(url: str, instance_id: int, once: str) -> Mapping[str, Sequence[object]]:
    """All rows of an instance without what differs from one to the next: ids, keys, instants."""
    return {
        name: [
            tuple(row[it.name] for it in schema.metadata.tables[name].c if not _differs(it))
            for row in rows.values()
        ]
        for name, rows in _rows(url, instance_id, once).items()
    }


def told(changes: Sequence[TableChange]) -> dict[str, str]:
    """The rows in words, by table."""
    return {
        it.table.name: ", ".join(
            f"{len(rows)} {what}"
            for rows, what in (
                (it.inserted, "inserted"),
                (it.updated, "updated"),
                (it.deleted, "deleted"),
            )
            if rows
        )
        for it in changes
    }


_BY = {"instance": "id", "message": "sender_id", "answer": "key"}
_TABLES = [
    table
    for table in schema.metadata.sorted_tables
    if (table.name in _BY or "instance_id" in table.c) and table.primary_key.columns
]
"""What a command writes. The heat map's rows have no key: a worker counts them afterwards."""


def _rows(url: str, instance_id: int, once: str) -> dict[str, dict[object, DbRow]]:
    found: dict[str, dict[object, DbRow]] = {}
    with (
        psycopg.connect(url) as connection,
        connection.cursor(row_factory=dict_row) as cursor,
    ):
        for table in _TABLES:
            by = _BY.get(table.name, "instance_id")
            primary = table.primary_key.columns.values()[0].name
            columns = ", ".join(
                f'"{it.name}"::text' if isinstance(it.type, JSONB) else f'"{it.name}"'
                for it in table.c
                if it.computed is None
            )
            asked = f'SELECT {columns} FROM "{table.name}" WHERE "{by}" = %s ORDER BY "{primary}"'
            cursor.execute(asked.encode(), (once if by == "key" else instance_id,))
            found[table.name] = {row[primary]: row for row in cursor}
    return found


def _change(
    table: Table, before: Mapping[object, DbRow], after: Mapping[object, DbRow]
) -> TableChange:
    updated = [row for key, row in after.items() if key in before and before[key] != row]
    primary = table.primary_key.columns.values()[0].name
    changed = {
        name: None
        for row in updated
        for name, value in row.items()
        if before[row[primary]][name] != value
    }
    return TableChange(
        table,
        inserted=[row for key, row in after.items() if key not in before],
        deleted=[row for key, row in before.items() if key not in after],
        updated=updated,
        columns=list(changed),
    )


def _differs(column: Column[Any]) -> bool:
    return (
        column.computed is not None
        or isinstance(column.type, DateTime | LargeBinary | JSONB)
        or column.name in ("id", "instance_id", "sender_id", "key", "to_key", "request_hash")
    )
