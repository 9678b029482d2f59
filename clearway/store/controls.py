"""What control tests look at: whole populations of records, never a sample."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Connection, select

from clearway.store import schema


@dataclass(frozen=True)
class EndedRecord:
    """A record that reached its end, with what it held then."""

    key: str
    ended_at: datetime
    record: Mapping[str, object]


def ended_records(
    connection: Connection, process: str, state: str, until: datetime
) -> list[EndedRecord]:
    """Every record of the process that ended in this state, by key."""
    table = schema.instance
    statement = (
        select(table.c.key, table.c.ended_at, table.c.record)
        .where(table.c.process == process, table.c.state == state, table.c.ended_at <= until)
        .order_by(table.c.key)
    )
    return [
        EndedRecord(row[0], row[1], cast(Mapping[str, object], row[2]))
        for row in connection.execute(statement)
    ]


def subjects(connection: Connection, process: str, fields: Mapping[str, object]) -> dict[str, str]:
    """What the records of a process with these fields are about: subject -> key, the newest."""
    table = schema.instance
    subject = table.c.record["subject"].astext
    statement = (
        select(subject, table.c.key)
        .where(table.c.process == process, table.c.record.contains(dict(fields)))
        .order_by(table.c.id)
    )
    return {row[0]: row[1] for row in connection.execute(statement) if row[0]}
