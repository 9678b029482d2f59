"""How records are linked."""

from datetime import datetime

from sqlalchemy import Connection, or_, select

from clearway.store import schema
from clearway.store.database import Transaction
from processes.links import BACKWARDS, no_links

_ADD = """INSERT INTO link (from_key, kind, to_key, made_at, made_by)
VALUES (%(from_key)s, %(kind)s, %(to_key)s, %(made_at)s, %(made_by)s)
ON CONFLICT DO NOTHING RETURNING id"""

_TO = """SELECT kind, true, array_agg(from_key ORDER BY id) FROM link WHERE to_key = %(key)s
GROUP BY kind
UNION ALL SELECT kind, false, array_agg(to_key ORDER BY id) FROM link
WHERE from_key = %(key)s AND kind = ANY(%(named)s) GROUP BY kind"""
# A record that is `resolved_by` another is one that the other `resolves`.
_FORWARDS = {kind: name for name, kind in BACKWARDS.items()}
_CONCERNED = """SELECT key FROM (
    SELECT from_key AS key, id FROM link
    WHERE to_key = %(key)s AND kind IN ('waits_for', 'resolved_by')
    UNION ALL SELECT to_key, id FROM link WHERE from_key = %(key)s AND kind = 'parent_of') AS all_of
GROUP BY key ORDER BY min(id)"""
# Whoever ends this record waits until the link is there, and then sees it.
_HOLD = "SELECT 1 FROM instance WHERE key = %(key)s FOR KEY SHARE"
_ABOVE = """WITH RECURSIVE above(key) AS (
    SELECT %(key)s::text
    UNION
    SELECT link.from_key FROM link JOIN above ON link.to_key = above.key
    WHERE link.kind = 'parent_of')
SELECT 1 FROM above WHERE key = %(other)s"""

_LARGER = """SELECT l.from_key FROM link l JOIN instance i ON i.key = l.from_key
WHERE l.to_key = %(key)s AND l.kind = 'parent_of' AND i.ended_at IS NULL ORDER BY l.id LIMIT 1"""
_TOOK_PART = "SELECT 1 FROM entry WHERE instance_id = %(id)s AND actor = %(person)s LIMIT 1"


def add(
    transaction: Transaction, from_key: str, kind: str, to_key: str, at: datetime, by: str
) -> bool:
    """Link two records; False when they were linked so already."""
    values = {"from_key": from_key, "kind": kind, "to_key": to_key, "made_at": at, "made_by": by}
    return transaction.one(_ADD, values) is not None


def leading_to(transaction: Transaction, key: str) -> dict[str, list[str]]:
    """Each kind of link, with the keys of the records from which one leads to this record.

    Also by its other word, the oldest first: `resolves` has what this one is `resolved_by`.
    """
    found = transaction.all(_TO, {"key": key, "named": list(_FORWARDS)})
    named = {kind if leads else _FORWARDS[kind]: list(keys) for kind, leads, keys in found}
    return {**no_links(), **named}


def concerned(transaction: Transaction, key: str) -> list[str]:
    """Whom the end of a record concerns: what waits for it, what it resolves, and its parts."""
    return [str(row[0]) for row in transaction.all(_CONCERNED, {"key": key})]


def hold(transaction: Transaction, key: str) -> None:
    """Keep another record as it is until this transaction ends, as far as links go."""
    transaction.all(_HOLD, {"key": key})


def is_above(transaction: Transaction, other: str, key: str) -> bool:
    """Whether a record is part of the other one, directly or through larger ones."""
    return transaction.one(_ABOVE, {"key": key, "other": other}) is not None


def larger_of(transaction: Transaction, key: str) -> str | None:
    """The record that this one is part of, as long as that one is open."""
    row = transaction.one(_LARGER, {"key": key})
    return None if row is None else str(row[0])


def took_part(transaction: Transaction, instance_id: int, person: str) -> bool:
    """Whether this person did anything with the record, read inside a command's transaction."""
    return transaction.one(_TOOK_PART, {"id": instance_id, "person": person}) is not None


def links_of(connection: Connection, key: str) -> list[tuple[str, str, str]]:
    """The links that begin or end at this record: from, kind, to; the oldest first."""
    table = schema.link
    statement = (
        select(table.c.from_key, table.c.kind, table.c.to_key)
        .where(or_(table.c.from_key == key, table.c.to_key == key))
        .order_by(table.c.id)
    )
    return [(row[0], row[1], row[2]) for row in connection.execute(statement)]
