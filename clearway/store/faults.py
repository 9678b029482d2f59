"""Technical stops that nobody has settled yet."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from clearway.store import schema
from clearway.store.database import Transaction
from clearway.store.rows import Json

_HOMELESS = """UPDATE fault SET settled_at = %(now)s, settled_by = %(by)s
WHERE id = %(id)s AND settled_at IS NULL AND instance_id IS NULL
RETURNING (trigger->>'id')::bigint"""
_WAIT_AGAIN = """UPDATE message SET status = 'waiting', settled_at = NULL
WHERE id = %(id)s AND status = 'faulted'"""
_TRIGGER = "SELECT trigger FROM fault WHERE id = %(id)s AND instance_id IS NULL"


@dataclass(frozen=True)
class OpenFaultRow:
    """A fault with the record that it holds up; `key` None: none could be opened."""

    id: int
    key: str | None
    process: str | None
    element: str | None
    cause: str
    remedy: str
    who_can_fix: str
    raised_at: datetime


def open_faults(
    connection: Connection, *, after: int, limit: int, roles: Collection[str] | None
) -> list[OpenFaultRow]:
    """The unsettled faults after this id; `roles` None: all, else those that they can fix."""
    fault, instance = schema.fault, schema.instance
    statement = (
        select(
            fault.c.id,
            instance.c.key,
            func.coalesce(instance.c.process, fault.c.trigger["request"]["process"].astext).label(
                "process"
            ),
            fault.c.element,
            fault.c.cause,
            fault.c.remedy,
            fault.c.who_can_fix,
            fault.c.raised_at,
        )
        .outerjoin(instance, instance.c.id == fault.c.instance_id)
        .where(fault.c.settled_at.is_(None), fault.c.id > after)
        .order_by(fault.c.id)
        .limit(limit)
    )
    if roles is not None:
        wanted = literal(sorted(roles), ARRAY(Text))
        statement = statement.where(fault.c.who_can_fix == any_(wanted))
    return [OpenFaultRow(**row) for row in connection.execute(statement).mappings()]


def homeless_trigger(transaction: Transaction, fault_id: int) -> Json | None:
    """What could not open a record; None when the fault belongs to one, or is not there."""
    row = transaction.one(_TRIGGER, {"id": fault_id})
    return None if row is None else row[0]


def settle_homeless(connection: Connection, fault_id: int, by: str, now: datetime) -> bool:
    """The fault is over, and the message behind it tries again; False when settled already."""
    row = connection.exec_driver_sql(_HOMELESS, {"id": fault_id, "by": by, "now": now}).first()
    if row is None:
        return False
    connection.exec_driver_sql(_WAIT_AGAIN, {"id": row[0]})
    return True
