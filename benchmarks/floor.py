"""The floor: the same rows on the same tables by one prepared statement written for nothing else.

It has no process, no form, no permission and no history to work out: every value is ready before
the time is taken. What is left is what PostgreSQL and its driver cost.
"""

import contextlib
import json
from collections.abc import Generator, Sequence
from datetime import datetime
from typing import Any

import psycopg
from sqlalchemy import Column
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import JSONB

from benchmarks.stage import Incident
from benchmarks.written import DbRow, TableChange

_DIALECT = postgresql.dialect()
_LOCK = "SELECT engine_state, record, revision FROM instance WHERE id = %(instance_id)b FOR UPDATE"


class Floor:
    """Replays what one command wrote on other instances that stand where that one stood."""

    def __init__(self, url: str, changes: Sequence[TableChange]) -> None:
        self._values: dict[str, object] = {}
        parts = [self._part(change) for change in changes]
        self.statement = f"WITH {', '.join(filter(None, parts))} SELECT".encode()
        self._connection = psycopg.connect(url, application_name="floor", autocommit=True)
        self._cursor = self._connection.cursor(binary=True)

    def write(self, incident: Incident, once: str) -> None:
        """One statement, one commit, one round trip."""
        values = {**self._values, "instance_id": incident.instance_id, "once": once}
        self._cursor.execute(self.statement, values, prepare=True)

    def read_and_write(self, incident: Incident, once: str) -> None:
        """The same after a look at the state under its lock, as any engine must."""
        values = {**self._values, "instance_id": incident.instance_id, "once": once}
        with self._connection.pipeline(), self._connection.transaction():
            self._cursor.execute(_LOCK, values, prepare=True)
            self._cursor.fetchone()
            self._cursor.execute(self.statement, values, prepare=True)

    def told(self) -> tuple[bytes, dict[str, object]]:
        """The statement and its values but two, `instance_id` and `once`, for other processes."""
        return self.statement, dict(self._values)

    def close(self) -> None:
        """Close its connection."""
        self._connection.close()

    def _part(self, change: TableChange) -> str:
        table = change.table.name
        parts: list[str] = []
        if change.updated:
            parts.append(self._update(change))
        if change.deleted:
            tokens = self._value(f"{table}_gone", [row["token"] for row in change.deleted])
            parts.append(
                f'{table}_deleted AS (DELETE FROM "{table}"'
                f" WHERE instance_id = %(instance_id)b AND token = ANY({tokens}b::text[]))"
            )
        if change.inserted:
            parts.append(self._insert(change))
        return ", ".join(parts)

    def _update(self, change: TableChange) -> str:
        table, columns = change.table, change.table.c
        if len(change.updated) != 1:
            raise RuntimeError(f"{len(change.updated)} rows of {table.name}: teach the floor more")
        (row,) = change.updated
        sets = ", ".join(
            f"{name} = {self._typed(f'{table.name}_new_{name}', row[name], columns[name])}"
            for name in change.columns
        )
        where = "id = %(instance_id)b"
        if table.name != "instance":
            token = self._value(f"{table.name}_was_token", row["token"])
            where = f"instance_id = %(instance_id)b AND token = {token}b AND closed_at IS NULL"
        return f'{table.name}_updated AS (UPDATE "{table.name}" SET {sets} WHERE {where})'

    def _insert(self, change: TableChange) -> str:
        """One JSON text for many rows, plain parameters for one: what was measured to be faster."""
        table = change.table
        names = [
            it.name
            for it in table.c
            if it.name in change.inserted[0]
            and it.identity is None
            and any(row[it.name] is not None for row in change.inserted)
        ]
        same = [it for it in names if len({repr(row[it]) for row in change.inserted}) == 1]
        varying = [it for it in names if it not in same]
        values = [
            self._shared(change.inserted[0], table.c[name]) if name in same else f"r.{name}"
            for name in names
        ]
        source = ""
        if varying:
            rows = [{it: _plain(row[it], table.c[it]) for it in varying} for row in change.inserted]
            text = self._value(f"{table.name}_rows", json.dumps(rows))
            types = ", ".join(f"{it} {_type(table.c[it])}" for it in varying)
            source = f" FROM jsonb_to_recordset({text}t::jsonb) AS r({types})"
        return (
            f'{table.name}_inserted AS (INSERT INTO "{table.name}" ({", ".join(names)})'
            f" SELECT {', '.join(values)}{source})"
        )

    def _shared(self, row: DbRow, column: Column[Any]) -> str:
        if column.name == "instance_id":
            return "%(instance_id)b"
        if column.name == "key" and column.table.name == "answer":
            return "%(once)b"
        name = f"{column.table.name}_{column.name}"
        return self._typed(name, row[column.name], column)

    def _typed(self, name: str, value: object, column: Column[Any]) -> str:
        form = "t" if isinstance(column.type, JSONB) else "b"
        return f"{self._value(name, value)}{form}::{_type(column)}"

    def _value(self, name: str, value: object) -> str:
        self._values[name] = value
        return f"%({name})"


@contextlib.contextmanager
def floor_of(url: str, changes: Sequence[TableChange]) -> Generator[Floor]:
    """A floor for these changes, its connection closed at the end."""
    with contextlib.closing(Floor(url, changes)) as floor:
        yield floor


def _type(column: Column[Any]) -> str:
    return column.type.compile(dialect=_DIALECT)


def _plain(value: object, column: Column[Any]) -> object:
    """A value as JSON has it."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    if isinstance(column.type, JSONB) and isinstance(value, str):
        return json.loads(value)
    return value
