"""What is due or can be delivered now: timers and messages, found before each is locked."""

from datetime import datetime

from clearway.store.database import Row, Transaction

_TIMERS = """SELECT id FROM timer t WHERE due_at <= %(now)s AND NOT parked
    AND NOT EXISTS (
        SELECT FROM timer o WHERE o.instance_id = t.instance_id AND NOT o.parked
            AND (o.due_at, o.id) < (t.due_at, t.id))
ORDER BY due_at, id LIMIT %(limit)s"""
# A message that expires as it is sent is only for who waits already: it is tried once.
_DELIVERABLE = """SELECT m.id FROM message m JOIN instance i ON i.key = m.to_key
WHERE m.status = 'waiting'
    AND (m.expires_at IS NULL OR m.expires_at > %(now)s OR m.expires_at <= m.sent_at)
    AND EXISTS (SELECT FROM subscription s
                WHERE s.instance_id = i.id AND s.kind = m.kind AND s.name = m.name)
ORDER BY m.id LIMIT %(limit)s"""
_OPENING = """SELECT id FROM message WHERE status = 'waiting' AND to_process IS NOT NULL
    AND (expires_at IS NULL OR expires_at > %(now)s)
ORDER BY id LIMIT %(limit)s"""
_EXPIRE = """UPDATE message m SET settled_at = %(now)s,
    status = CASE WHEN m.expires_at <= %(now)s THEN 'expired' ELSE 'dead' END
WHERE m.status = 'waiting' AND (m.expires_at <= %(now)s
    AND NOT (m.expires_at <= m.sent_at AND EXISTS (
        SELECT FROM subscription s JOIN instance i ON i.id = s.instance_id
        WHERE i.key = m.to_key AND s.kind = m.kind AND s.name = m.name))
    OR m.to_key IS NOT NULL
    AND NOT EXISTS (SELECT FROM instance i WHERE i.key = m.to_key AND i.ended_at IS NULL))"""
_TRIED = """UPDATE message m SET status = 'expired', settled_at = %(now)s
WHERE m.id = %(id)s AND m.status = 'waiting' AND m.expires_at <= m.sent_at"""
_KEPT = """SELECT 1 FROM fault WHERE settled_at IS NULL AND instance_id IS NULL
    AND trigger->>'kind' = 'start' AND trigger->>'once' = %(once)s
    AND trigger->'actor'->>'name' = %(actor)s"""
_MESSAGE = """SELECT id, name, to_key, to_process, payload, expires_at, status, sender_id
FROM message WHERE id = %(id)s"""
_SETTLE = """UPDATE message SET status = %(status)s, settled_at = %(now)s
WHERE id = %(id)s AND status = 'waiting' RETURNING id"""
_FAULT = """INSERT INTO fault (instance_id, element, cause, remedy, who_can_fix, trigger, raised_at)
VALUES (NULL, %(element)s, %(cause)s, %(remedy)s, %(who)s, %(trigger)s::jsonb, %(now)s)"""


def due_timers(transaction: Transaction, now: datetime, limit: int) -> list[int]:
    """The ids of timers that are due, the earliest first, and of each record only its first.

    So that several workers may fire them side by side, and each record still sees its own in order.
    """
    return _ids(transaction.all(_TIMERS, {"now": now, "limit": limit}))


def deliverable_messages(transaction: Transaction, now: datetime, limit: int) -> list[int]:
    """The ids of messages that somebody waits for, the oldest first."""
    return _ids(transaction.all(_DELIVERABLE, {"now": now, "limit": limit}))


def opening_messages(transaction: Transaction, now: datetime, limit: int) -> list[int]:
    """The ids of messages that open a record, the oldest first."""
    return _ids(transaction.all(_OPENING, {"now": now, "limit": limit}))


def settle_the_hopeless(transaction: Transaction, now: datetime) -> None:
    """Messages past their time expire; those to records that ended or never were are dead.

    One that expires as it is sent goes on waiting while its receiver waits for it.
    """
    transaction.run(_EXPIRE, {"now": now})


def tried_in_vain(transaction: Transaction, message_id: int, now: datetime) -> None:
    """The receiver did not wait for it: a message that is tried only once expires."""
    transaction.run(_TRIED, {"id": message_id, "now": now})


def message(transaction: Transaction, message_id: int) -> Row | None:
    """Id, name, to_key, to_process, payload, expires_at, status, sender_id."""
    return transaction.one(_MESSAGE, {"id": message_id})


def settle_message(transaction: Transaction, message_id: int, status: str, now: datetime) -> bool:
    """Settle a message that still waits."""
    values = {"id": message_id, "status": status, "now": now}
    return transaction.one(_SETTLE, values) is not None


def raise_homeless_fault(
    transaction: Transaction,
    *,
    element: str | None,
    cause: str,
    remedy: str,
    who: str,
    trigger: str,
    now: datetime,
) -> None:
    """A fault that belongs to no record, because none could be opened; `trigger` is JSON."""
    transaction.run(
        _FAULT,
        {
            "element": element,
            "cause": cause,
            "remedy": remedy,
            "who": who,
            "trigger": trigger,
            "now": now,
        },
    )


def is_kept(transaction: Transaction, once: str, actor: str) -> bool:
    """Whether this opening waits behind a fault already."""
    return transaction.one(_KEPT, {"once": once, "actor": actor}) is not None


def _ids(rows: list[Row]) -> list[int]:
    return [row[0] for row in rows]
