"""Finds the records that have certain words, or all of them in order."""

from datetime import UTC, datetime

from clearway.service.cursors import BAD_CURSOR, packed, unpacked
from clearway.service.house import House
from clearway.service.permissions import refuse_unless, sees_all_records, staff_roles
from clearway.service.values import Actor, Page, RecordRow, Refusal
from clearway.store.search import FoundRecord, Reader, RecordOrder, found_records

MOST = 200
_LONGEST_QUERY = 300


def search(
    house: House,
    actor: Actor,
    q: str,
    *,
    process: str | None = None,
    open_only: bool = False,
    order: RecordOrder = "changed",
    after: str | None = None,
    limit: int = 50,
) -> Page[RecordRow] | Refusal:
    """Records that the actor may read and that have all words of `q`.

    The last changed first (`changed`): one that changes while somebody goes on from page to page is
    missed by them. The first opened first (`opened`): none is missed.
    `q` is as in web searches: words, "phrases", or, -without; also the beginning of a key. Empty:
    all records. `values` are the fields of the process's list.
    """
    if refusal := refuse_unless(actor, "search"):
        return refusal
    cursor = _read_cursor(after, order) if after else None
    if after and cursor is None:
        return BAD_CURSOR
    reader, limit = reader_of(house, actor), max(1, min(limit, MOST))
    found = house.store.ask(
        lambda it: found_records(
            it,
            reader,
            q[:_LONGEST_QUERY],
            process=process,
            open_only=open_only,
            order=order,
            after=cursor,
            limit=limit + 1,
        )
    )
    page = found[:limit]
    more = _cursor(page[-1], order) if len(found) > limit else None
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


def _cursor(found: FoundRecord, order: RecordOrder) -> str:
    return packed(f"{order} {found.changed_at.astimezone(UTC).isoformat()} {found.id}")


def _read_cursor(text: str, order: RecordOrder) -> tuple[datetime, int] | None:
    """What `_cursor` wrote in the same order; None for anything else."""
    try:
        written_in, instant, number = unpacked(text).split(" ")
        at = datetime.fromisoformat(instant)
        is_ours = written_in == order and at.tzinfo is not None and abs(int(number)) < 2**63
        return (at, int(number)) if is_ours else None
    except ValueError:
        return None
