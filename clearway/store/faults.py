"""Technical stops that nobody has settled yet."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, Connection, and_, any_, case, cast, func, literal, select
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
# What was parked, and a later fault of the same.
_SINCE = """WITH it AS (SELECT id, instance_id, trigger->>'kind' AS kind,
    CASE WHEN trigger->>'kind' <> 'command' THEN (trigger->>'id')::bigint END AS parked
    FROM fault WHERE id = %(id)s)
SELECT again.element, again.cause, again.remedy,
    CASE WHEN job.attempts > 0 AND job.lease_until IS NULL THEN job.last_error END,
    coalesce(job.status = 'ready', message.status = 'waiting', NOT timer.parked, false)
FROM it
LEFT JOIN LATERAL (SELECT element, cause, remedy FROM fault
    WHERE fault.id > it.id AND settled_at IS NULL
        AND fault.instance_id IS NOT DISTINCT FROM it.instance_id
        AND trigger->>'kind' = it.kind AND trigger->>'id' = it.parked::text
    ORDER BY fault.id DESC LIMIT 1) AS again ON true
LEFT JOIN job ON it.kind = 'job' AND job.id = it.parked
LEFT JOIN message ON it.kind = 'message' AND message.id = it.parked
LEFT JOIN timer ON it.kind = 'timer' AND timer.id = it.parked"""
_RETRIED = """SELECT 1 FROM entry WHERE instance_id = %(instance_id)s AND kind = 'retried'
AND details->'parked'->>'kind' = %(kind)s AND details->'parked'->>'id' = %(parked)s LIMIT 1"""
_TRIGGER = "SELECT trigger FROM fault WHERE id = %(id)s AND instance_id IS NULL"


@dataclass(frozen=True)
class OpenFaultRow:
    """A fault with the record that it holds up; `key` None: none could be opened.

    `sender` is then who wanted it opened: a person, a channel, or the key of a record.
    """

    id: int
    key: str | None
    process: str | None
    sender: str | None
    element: str | None
    cause: str
    remedy: str
    who_can_fix: str
    raised_at: datetime


class Since(NamedTuple):
    """What became of a settled fault's cause: the same fault again, or the last error of its job.

    `waits`: what was parked is still to be done.
    """

    element: str | None
    cause: str | None
    remedy: str | None
    last_error: str | None
    waits: bool


def since(connection: Connection, fault_id: int) -> Since | None:
    """What became of what was parked behind this fault; None when there is no such fault."""
    row = connection.exec_driver_sql(_SINCE, {"id": fault_id}).first()
    return None if row is None else Since(*row)


def was_retried(transaction: Transaction, instance_id: int, trigger: Mapping[str, object]) -> bool:
    """Whether somebody had this job, timer or message of the record tried again before."""
    values = {"instance_id": instance_id, "kind": trigger["kind"], "parked": str(trigger["id"])}
    return transaction.one(_RETRIED, values) is not None


def open_faults(
    connection: Connection, *, after: int, limit: int, roles: Collection[str] | None
) -> list[OpenFaultRow]:
    """The unsettled faults after this id; `roles` None: all, else those that they can fix."""
    fault, instance, message = schema.fault, schema.instance, schema.message
    sender = instance.alias("sender")
    kept = case(
        (
            and_(fault.c.instance_id.is_(None), fault.c.trigger["kind"].astext == "message"),
            cast(fault.c.trigger["id"].astext, BigInteger),
        )
    )
    statement = (
        select(
            fault.c.id,
            instance.c.key,
            func.coalesce(
                instance.c.process,
                fault.c.trigger["request"]["process"].astext,
                message.c.to_process,
            ).label("process"),
            case(
                (
                    fault.c.instance_id.is_(None),
                    func.coalesce(fault.c.trigger["actor"]["name"].astext, sender.c.key),
                )
            ).label("sender"),
            fault.c.element,
            fault.c.cause,
            fault.c.remedy,
            fault.c.who_can_fix,
            fault.c.raised_at,
        )
        .outerjoin(instance, instance.c.id == fault.c.instance_id)
        .outerjoin(message, message.c.id == kept)
        .outerjoin(sender, sender.c.id == message.c.sender_id)
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
