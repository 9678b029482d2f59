"""Who is alive: one row for each worker, portal and Prefect."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from clearway.store import schema

SILENT_SINCE = "silent_since"
"""Among the details of one that did not answer since its last sign of life: an ISO 8601 instant."""


@dataclass(frozen=True)
class Heartbeat:
    """When somebody was last known to be alive, and what they said then."""

    name: str
    at: datetime
    details: Mapping[str, object]


def beat(connection: Connection, name: str, now: datetime, details: Mapping[str, object]) -> None:
    """This one is alive now."""
    values = {"at": now, "details": dict(details)}
    statement = insert(schema.heartbeat).values(name=name, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))


def note_silence(
    connection: Connection, name: str, now: datetime, details: Mapping[str, object]
) -> None:
    """This one did not answer now, if its last sign was left with just these details."""
    table = schema.heartbeat
    silent = {**details, SILENT_SINCE: now.isoformat()}
    statement = update(table).where(table.c.name == name, table.c.details == dict(details))
    connection.execute(statement.values(details=silent))


def all_heartbeats(connection: Connection) -> list[Heartbeat]:
    """Everybody who was ever alive and not forgotten, by name."""
    table = schema.heartbeat
    statement = select(table.c.name, table.c.at, table.c.details).order_by(table.c.name)
    return [
        Heartbeat(row[0], row[1], cast(Mapping[str, object], row[2]))
        for row in connection.execute(statement)
    ]


def forget_heartbeat(connection: Connection, name: str) -> None:
    """This one ended in order; nobody need miss it."""
    connection.execute(delete(schema.heartbeat).where(schema.heartbeat.c.name == name))


def forget_heartbeats(connection: Connection, prefix: str, before: datetime) -> int:
    """Forget those whose name begins so and who have been silent since `before`."""
    table = schema.heartbeat
    statement = delete(table).where(
        table.c.name.startswith(prefix, autoescape=True), table.c.at < before
    )
    return connection.execute(statement).rowcount
