"""Moves of many records to a version or back: which, and what became of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, RowMapping, and_, exists, func, insert, select, update

from clearway.store import schema

_MOVE, _EACH = schema.move, schema.moved_record


@dataclass(frozen=True)
class Move:
    """A move of many records. `kind`: migrate, or undo of the move `undoes`."""

    id: int
    process: str
    kind: str
    to_version: int
    undoes: int | None
    asked_at: datetime
    asked_by: str
    reason: str
    closed_at: datetime | None
    stopped_by: str | None


@dataclass(frozen=True)
class MovedRecord:
    """What became of a record: `says` as a rehearsal says it; None: not yet."""

    key: str
    says: str | None
    notes: Sequence[str]
    text: str
    remedy: str


def add(connection: Connection, move: Move, keys: Sequence[str]) -> int:
    """Write a move (its id is ignored) of these records; answers the id it got."""
    values = {name: value for name, value in vars(move).items() if name != "id"}
    number = connection.execute(insert(_MOVE).values(values).returning(_MOVE.c.id)).scalar_one()
    if keys:
        connection.execute(insert(_EACH), [{"move_id": number, "key": key} for key in keys])
    return number


def find(connection: Connection, process: str, move_id: int) -> Move | None:
    """This move of this process."""
    statement = select(_MOVE).where(_MOVE.c.id == move_id, _MOVE.c.process == process)
    return _move(connection.execute(statement).mappings().first())


def of_process(connection: Connection, process: str, limit: int) -> list[Move]:
    """The moves of a process, the newest first."""
    statement = select(_MOVE).where(_MOVE.c.process == process)
    statement = statement.order_by(_MOVE.c.id.desc()).limit(limit)
    found = (_move(row) for row in connection.execute(statement).mappings())
    return [one for one in found if one is not None]


def unfinished(connection: Connection) -> list[Move]:
    """The moves that have records left, the oldest first."""
    statement = select(_MOVE).where(_MOVE.c.closed_at.is_(None)).order_by(_MOVE.c.id)
    found = (_move(row) for row in connection.execute(statement).mappings())
    return [one for one in found if one is not None]


def left(connection: Connection, move_id: int, limit: int) -> list[str]:
    """The keys of records that nobody has moved yet."""
    statement = select(_EACH.c.key).where(_EACH.c.move_id == move_id, _EACH.c.says.is_(None))
    return list(connection.execute(statement.order_by(_EACH.c.key).limit(limit)).scalars())


def told(connection: Connection, move_id: int, records: Sequence[MovedRecord]) -> None:
    """Write what became of records, and close the move when none is left."""
    for record in records:
        statement = update(_EACH).where(
            _EACH.c.move_id == move_id, _EACH.c.key == record.key, _EACH.c.says.is_(None)
        )
        values = {name: value for name, value in vars(record).items() if name != "key"}
        connection.execute(statement.values(values))


def close(
    connection: Connection, move_id: int, at: datetime, stopped_by: str | None = None
) -> bool:
    """End a move that has no record left, or that somebody stops; False: it had ended."""
    statement = update(_MOVE).where(_MOVE.c.id == move_id, _MOVE.c.closed_at.is_(None))
    if stopped_by is None:
        waits = and_(_EACH.c.move_id == move_id, _EACH.c.says.is_(None))
        statement = statement.where(~exists().where(waits))
    done = connection.execute(statement.values(closed_at=at, stopped_by=stopped_by))
    return done.rowcount == 1


def counts(connection: Connection, move_id: int) -> Mapping[str | None, int]:
    """What became of the records -> how many; None: not yet."""
    statement = (
        select(_EACH.c.says, func.count()).where(_EACH.c.move_id == move_id).group_by(_EACH.c.says)
    )
    return {row[0]: row[1] for row in connection.execute(statement)}


def records(
    connection: Connection, move_id: int, says: Sequence[str], limit: int
) -> list[MovedRecord]:
    """The records of a move of which one of these is said, by key."""
    statement = (
        select(_EACH)
        .where(_EACH.c.move_id == move_id, _EACH.c.says.in_(says))
        .order_by(_EACH.c.key)
        .limit(limit)
    )
    found = connection.execute(statement).mappings()
    return [
        MovedRecord(row["key"], row["says"], row["notes"], row["text"], row["remedy"])
        for row in found
    ]


def _move(row: RowMapping | None) -> Move | None:
    return Move(**cast(dict[str, Any], dict(row))) if row else None
