"""What the page of a record shows besides what its commands load."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, or_, select

from clearway.store import schema


@dataclass(frozen=True)
class Extras:
    """When it changed, its links (from, kind, to), its attachments, when its faults were raised."""

    changed_at: datetime
    links: Sequence[tuple[str, str, str]]
    attachments: Sequence[Mapping[str, object]]
    raised: Mapping[int, datetime]


def extras(connection: Connection, instance_id: int, key: str) -> Extras:
    """All of it for one record."""
    instance, link = schema.instance, schema.link
    attachment, fault = schema.attachment, schema.fault
    changed = connection.execute(
        select(instance.c.changed_at).where(instance.c.id == instance_id)
    ).scalar_one()
    links = connection.execute(
        select(link.c.from_key, link.c.kind, link.c.to_key)
        .where(or_(link.c.from_key == key, link.c.to_key == key))
        .order_by(link.c.id)
    )
    files = connection.execute(
        select(
            attachment.c.id,
            attachment.c.name,
            attachment.c.media_type,
            attachment.c.size,
            attachment.c.hash,
            attachment.c.added_at,
            attachment.c.added_by,
        )
        .where(attachment.c.instance_id == instance_id)
        .order_by(attachment.c.id)
    )
    raised = connection.execute(
        select(fault.c.id, fault.c.raised_at).where(fault.c.instance_id == instance_id)
    )
    return Extras(
        changed,
        [(row[0], row[1], row[2]) for row in links],
        [dict(row) for row in files.mappings()],
        {row[0]: row[1] for row in raised},
    )
