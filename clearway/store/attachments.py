"""Files that belong to records: content kept once under its hash, and what each is called."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from clearway.store import schema
from clearway.store.database import Transaction

_KEEP = "INSERT INTO content (hash, bytes) VALUES (%(hash)s, %(bytes)s) ON CONFLICT DO NOTHING"
_ADD = """INSERT INTO attachment (instance_id, name, media_type, size, hash, added_at, added_by)
VALUES (%(instance_id)s, %(name)s, %(media_type)s, %(size)s, %(hash)s, %(added_at)s, %(added_by)s)
RETURNING id"""
_COUNT = "SELECT count(*), coalesce(sum(size), 0) FROM attachment WHERE instance_id = %(id)s"


@dataclass(frozen=True)
class Attachment:
    """What a file is called and what it is; `size` in bytes."""

    id: int
    name: str
    media_type: str
    size: int
    hash: str
    added_at: datetime
    added_by: str


def total(transaction: Transaction, instance_id: int) -> tuple[int, int]:
    """How many files the record has, and their bytes."""
    row = transaction.one(_COUNT, {"id": instance_id})
    return (int(row[0]), int(row[1])) if row else (0, 0)


def add(
    transaction: Transaction,
    instance_id: int,
    *,
    name: str,
    media_type: str,
    content: bytes,
    hashed: str,
    at: datetime,
    by: str,
) -> int:
    """Keep a file; answers the attachment's id."""
    transaction.run(_KEEP, {"hash": hashed, "bytes": content})
    values = {
        "instance_id": instance_id,
        "name": name,
        "media_type": media_type,
        "size": len(content),
        "hash": hashed,
        "added_at": at,
        "added_by": by,
    }
    row = transaction.one(_ADD, values)
    return int(row[0]) if row else 0


def attachments_of(connection: Connection, instance_id: int) -> list[Attachment]:
    """The record's files, the oldest first."""
    table = schema.attachment
    statement = select(*_COLUMNS).where(table.c.instance_id == instance_id).order_by(table.c.id)
    return [Attachment(*row) for row in connection.execute(statement)]


def content_of(
    connection: Connection, instance_id: int, attachment_id: int
) -> tuple[Attachment, bytes] | None:
    """A file of this record with its content."""
    table, content = schema.attachment, schema.content
    statement = (
        select(*_COLUMNS, content.c.bytes)
        .join(content, content.c.hash == table.c.hash)
        .where(table.c.instance_id == instance_id, table.c.id == attachment_id)
    )
    row = connection.execute(statement).first()
    return (Attachment(*row[:-1]), bytes(row[-1])) if row else None


def kept_content(connection: Connection, hashed: str) -> bytes | None:
    """The bytes with this sha-256."""
    statement = select(schema.content.c.bytes).where(schema.content.c.hash == hashed)
    found = connection.execute(statement).scalar_one_or_none()
    return bytes(found) if found is not None else None


_COLUMNS = (
    schema.attachment.c.id,
    schema.attachment.c.name,
    schema.attachment.c.media_type,
    schema.attachment.c.size,
    schema.attachment.c.hash,
    schema.attachment.c.added_at,
    schema.attachment.c.added_by,
)
