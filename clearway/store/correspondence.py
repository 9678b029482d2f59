"""Which records wrote to each other: who sent a message, what one opened, and who may read it."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select

from clearway.store import schema
from clearway.store.search import Reader, readable_by

# What opened a record keeps its answer under the message's own idempotency key.
_OPENED = """SELECT message.sent_at, message.name, message.to_process, answer.answer->>'key'
FROM message LEFT JOIN answer ON answer.key = 'message ' || message.id AND answer.command = 'start'
WHERE message.sender_id = %(id)s AND message.to_process IS NOT NULL ORDER BY message.id"""


class Opened(NamedTuple):
    """A message that opens a record of a process; `key` None: it is not opened yet."""

    sent_at: datetime
    name: str
    process: str
    key: str | None


def senders(
    connection: Connection, instance_id: int, messages: Collection[int]
) -> Mapping[int, str]:
    """Message id -> the key of the other record that sent it; a channel's message has none."""
    message, instance = schema.message, schema.instance
    statement = (
        select(message.c.id, instance.c.key)
        .join(instance, instance.c.id == message.c.sender_id)
        .where(message.c.id.in_(list(messages)), instance.c.id != instance_id)
    )
    return {row[0]: row[1] for row in connection.execute(statement)}


def opened_by(connection: Connection, instance_id: int) -> list[Opened]:
    """The messages of this record that open others, the oldest first."""
    return [Opened(*row) for row in connection.exec_driver_sql(_OPENED, {"id": instance_id})]


def readable_keys(connection: Connection, reader: Reader, keys: Collection[str]) -> frozenset[str]:
    """Those of these keys that are records which the reader may read."""
    table = schema.instance
    statement = select(table.c.key).where(table.c.key.in_(list(keys)), readable_by(reader))
    return frozenset(connection.execute(statement).scalars())
