"""Finds the records that have certain words, or all of them in order."""

import base64
import binascii
from datetime import UTC, datetime

from clearway.service.house import House
from clearway.service.permissions import refuse_unless, sees_all_records, staff_roles
from clearway.service.values import Actor, Page, RecordRow, Refusal
from clearway.store.search import FoundRecord, Reader, found_records

MOST = 200
_LONGEST_QUERY = 300


def search(
    house: House,
    actor: Actor,
    q: str,
    *,
    process: str | None = None,
    open_only: bool = False,
    after: str | None = None,
    limit: int = 50,
) -> Page[RecordRow] | Refusal:
    """Records that the actor may read and that have all words of `q`, the last changed first.

    `q` is as in web searches: words, "phrases", or, -without; also the beginning of a key. Empty:
    all records. `values` are the fields of the process's list.
    """
    if refusal := refuse_unless(actor, "search"):
        return refusal
    cursor = _read_cursor(after) if after else None
    if after and cursor is None:
        return Refusal("invalid", "This page marker is not one of ours.", "Begin anew.")
    reader, limit = reader_of(house, actor), max(1, min(limit, MOST))
    found = house.store.ask(
        lambda it: found_records(
            it,
            reader,
            q[:_LONGEST_QUERY],
            process=process,
            open_only=open_only,
            after=cursor,
            limit=limit + 1,
        )
    )
    page = found[:limit]
    more = _cursor(page[-1]) if len(found) > limit else None
    return Page([_row(house, record) for record in page], more)


def reader_of(house: House, actor: Actor) -> Reader:
    """Whose eyes the actor has: the processes they may read by role, and what they are part of."""
    person = actor.name if actor.is_person else None
    if sees_all_records(actor):
        return Reader(person, (), sees_all=True)
    works_in = [
        deployed.process
        for deployed in house.all_current()
        if actor.roles & staff_roles(deployed.readers)
    ]
    return Reader(person, works_in)


def _row(house: House, found: FoundRecord) -> RecordRow:
    fields = house.version(found.version_id).list_fields
    return RecordRow(
        found.key,
        found.process,
        found.title,
        found.state,
        found.requester,
        found.changed_at,
        found.ended_at,
        {name: found.record.get(name) for name in fields},
    )


def _cursor(found: FoundRecord) -> str:
    text = f"{found.changed_at.astimezone(UTC).isoformat()} {found.id}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_cursor(text: str) -> tuple[datetime, int] | None:
    try:
        plain = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
        instant, number = plain.split(" ")
        at = datetime.fromisoformat(instant)
        return (at, int(number)) if at.tzinfo is not None and abs(int(number)) < 2**63 else None
    except (ValueError, binascii.Error):
        return None
