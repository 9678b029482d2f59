"""Technical stops that nobody has settled yet."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from clearway.store import schema
from clearway.store.database import Transaction

_HOMELESS = """UPDATE fault SET settled_at = %(now)s, settled_by = %(by)s
WHERE id = %(id)s AND settled_at IS NULL AND instance_id IS NULL
RETURNING (trigger->>'id')::bigint"""
_WAIT_AGAIN = """UPDATE message SET status = 'waiting', settled_at = NULL
WHERE id = %(id)s AND status = 'faulted'"""
_EXISTS = "SELECT instance_id FROM fault WHERE id = %(id)s"


@dataclass(frozen=True)
class OpenFaultRow:
    """A fault with the record that it holds up; `key` None: a message could not open one."""

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
            instance.c.process,
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


def is_homeless(transaction: Transaction, fault_id: int) -> bool:
    """Whether the fault belongs to no record."""
    row = transaction.one(_EXISTS, {"id": fault_id})
    return row is not None and row[0] is None


def retry_homeless(connection: Connection, fault_id: int, by: str, now: datetime) -> bool:
    """Let the message that could not open a record try again; False when settled already."""
    row = connection.exec_driver_sql(_HOMELESS, {"id": fault_id, "by": by, "now": now}).first()
    if row is None:
        return False
    connection.exec_driver_sql(_WAIT_AGAIN, {"id": row[0]})
    return True
