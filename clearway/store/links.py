"""How records are linked."""

from datetime import datetime

from sqlalchemy import Connection, or_, select

from clearway.store import schema
from clearway.store.database import Transaction

_ADD = """INSERT INTO link (from_key, kind, to_key, made_at, made_by)
VALUES (%(from_key)s, %(kind)s, %(to_key)s, %(made_at)s, %(made_by)s)
ON CONFLICT DO NOTHING RETURNING id"""

_TOOK_PART = "SELECT 1 FROM entry WHERE instance_id = %(id)s AND actor = %(person)s LIMIT 1"


def add(
    transaction: Transaction, from_key: str, kind: str, to_key: str, at: datetime, by: str
) -> bool:
    """Link two records; False when they were linked so already."""
    values = {"from_key": from_key, "kind": kind, "to_key": to_key, "made_at": at, "made_by": by}
    return transaction.one(_ADD, values) is not None


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
