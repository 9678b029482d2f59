"""What is open at a moment: records, work items that are late, and since when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, or_, select

from clearway.store import schema
from clearway.store.leavers import has_left


@dataclass(frozen=True)
class OpenRecord:
    """A record that nobody finished yet."""

    key: str
    process: str
    title: str
    state: str | None
    started_at: datetime


def open_records_by_process(connection: Connection) -> Mapping[str, int]:
    """How many records are open in each process."""
    table = schema.instance
    statement = (
        select(table.c.process, func.count())
        .where(table.c.ended_at.is_(None))
        .group_by(table.c.process)
        .order_by(table.c.process)
    )
    return {row[0]: row[1] for row in connection.execute(statement)}


def oldest_open_records(connection: Connection, limit: int) -> list[OpenRecord]:
    """The records that have been open for longest."""
    table = schema.instance
    statement = (
        select(table.c.key, table.c.process, table.c.title, table.c.state, table.c.started_at)
        .where(table.c.ended_at.is_(None))
        .order_by(table.c.started_at, table.c.id)
        .limit(limit)
    )
    return [OpenRecord(*row) for row in connection.execute(statement)]


def open_work_items(connection: Connection, now: datetime) -> tuple[int, int, int]:
    """How many tasks are open, how many of them are overdue, how many nobody has, or a leaver."""
    table = schema.work_item
    statement = select(
        func.count(),
        func.count().filter(table.c.due_at < now),
        func.count().filter(or_(table.c.assignee.is_(None), has_left(table.c.assignee))),
    ).where(table.c.closed_at.is_(None))
    row = connection.execute(statement).one()
    return row[0], row[1], row[2]


def open_faults(connection: Connection) -> int:
    """How many technical stops wait for somebody."""
    table = schema.fault
    statement = select(func.count()).select_from(table).where(table.c.settled_at.is_(None))
    return connection.execute(statement).scalar_one()
