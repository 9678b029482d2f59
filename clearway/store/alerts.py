"""Which record an outside alert belongs to: one row for each source and fingerprint."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, case, select
from sqlalchemy.dialects.postgresql import insert

from clearway.store import schema

FIRING, RESOLVED = "firing", "resolved"


@dataclass(frozen=True)
class AlertRow:
    """An alert as it was last heard of; `key` is empty when no record was opened for it.

    `first_seen_at` is when its present episode began, by the clock of its source.
    """

    key: str
    first_seen_at: datetime
    last_seen_at: datetime
    times: int
    status: str


def one_alert(connection: Connection, source: str, fingerprint: str) -> AlertRow | None:
    """What is known of this alert."""
    table = schema.alert
    row = connection.execute(
        select(*_COLUMNS).where(table.c.source == source, table.c.fingerprint == fingerprint)
    ).first()
    return AlertRow(*row) if row else None


def heard(
    connection: Connection,
    source: str,
    fingerprint: str,
    *,
    began: datetime,
    now: datetime,
    status: str,
    key: str = "",
) -> AlertRow:
    """Count a delivery; a later episode than the known one takes its place.

    Within an episode a resolution stays, whatever is delivered late, and a record's key too.
    """
    table = schema.alert
    statement = insert(table).values(
        source=source,
        fingerprint=fingerprint,
        key=key,
        first_seen_at=began,
        last_seen_at=now,
        times=1,
        status=status,
    )
    new = statement.excluded
    later: ColumnElement[bool] = new.first_seen_at > table.c.first_seen_at
    same: ColumnElement[bool] = new.first_seen_at == table.c.first_seen_at
    changes = {
        "times": table.c.times + 1,
        "last_seen_at": new.last_seen_at,
        "first_seen_at": case((later, new.first_seen_at), else_=table.c.first_seen_at),
        "key": case(
            (later & (new.key != ""), new.key),
            (same & (table.c.key == ""), new.key),
            else_=table.c.key,
        ),
        "status": case(
            (later | (same & (table.c.status == FIRING)), new.status), else_=table.c.status
        ),
    }
    row = connection.execute(
        statement.on_conflict_do_update(
            index_elements=["source", "fingerprint"], set_=changes
        ).returning(*_COLUMNS)
    ).one()
    return AlertRow(*row)


_COLUMNS = (
    schema.alert.c.key,
    schema.alert.c.first_seen_at,
    schema.alert.c.last_seen_at,
    schema.alert.c.times,
    schema.alert.c.status,
)
