"""What moving instances to another version asks: which there are, and what the archive holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from clearway.store import schema
from clearway.store.database import Transaction

_VERSION = "SELECT id FROM version WHERE process = %(process)s AND number = %(number)s"
_ARCHIVED = """SELECT revision, version_id, engine_state, state, done_by, people, went_on
FROM state_archive WHERE instance_id = %(instance_id)s"""


@dataclass(frozen=True)
class Archived:
    """How an instance stood before it was moved; `revision` is the one that moving gave it.

    `people` are the open work items of that time: id, assignee, who may not complete it.
    """

    revision: int
    version_id: int
    engine_state: bytes
    state: str | None
    done_by: Mapping[str, Sequence[str]]
    people: Sequence[tuple[int, str | None, Sequence[str]]]
    went_on: bool


def version_id(transaction: Transaction, process: str, number: int) -> int | None:
    """The id of this version of a process."""
    row = transaction.one(_VERSION, {"process": process, "number": number})
    return row[0] if row else None


def archived(transaction: Transaction, instance_id: int) -> Archived | None:
    """How this instance stood before it was moved last."""
    row = transaction.one(_ARCHIVED, {"instance_id": instance_id})
    return Archived(row[0], row[1], bytes(row[2]), *row[3:]) if row else None


def open_elsewhere(
    connection: Connection, process: str, version: int, from_version: int | None
) -> list[str]:
    """The keys of the records of a process that run on another version than this one.

    `version` and `from_version` are ids; only those on `from_version` when it is given.
    """
    table = schema.instance
    statement = select(table.c.key).where(table.c.process == process, table.c.ended_at.is_(None))
    if from_version is None:
        statement = statement.where(table.c.version_id != version)
    else:
        statement = statement.where(table.c.version_id == from_version)
    return list(connection.execute(statement.order_by(table.c.id)).scalars())
