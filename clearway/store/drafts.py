"""Drafts and their saves: the working copies of processes that are not deployed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, RowMapping, Select, func, insert, select, tuple_, update

from clearway.store import schema

_DRAFT, _SAVE = schema.draft, schema.draft_save


@dataclass(frozen=True)
class Draft:
    """A draft as it stands; `base` is the number of the version that it builds on."""

    id: int
    process: str
    base: int
    revision: int
    state: str
    made_at: datetime
    made_by: str
    closed_at: datetime | None
    closed_by: str | None
    version: int | None


@dataclass(frozen=True)
class Save:
    """One save: what the draft held after it, and what differs from the save before (`paths`).

    `source` is the save that was restored, or the version that was brought in.
    """

    draft_id: int
    revision: int
    at: datetime
    by: str
    kind: str
    source: int | None
    base: int
    paths: Sequence[str]
    manifest: Mapping[str, str]
    hash: str


def add(connection: Connection, process: str, base: int, at: datetime, by: str) -> int:
    """Make a draft without a save; answers its id."""
    statement = insert(_DRAFT).values(
        process=process, base=base, revision=0, state="open", made_at=at, made_by=by
    )
    return connection.execute(statement.returning(_DRAFT.c.id)).scalar_one()


def add_save(connection: Connection, save: Save) -> None:
    """Keep a save, which is the newest from now on."""
    connection.execute(insert(_SAVE).values(**vars(save)))
    statement = update(_DRAFT).where(_DRAFT.c.id == save.draft_id)
    connection.execute(statement.values(revision=save.revision, base=save.base))


def set_state(
    connection: Connection,
    draft_id: int,
    state: str,
    *,
    at: datetime | None = None,
    by: str | None = None,
    version: int | None = None,
) -> None:
    """Write how the draft stands; `at` and `by` when that closes it."""
    statement = update(_DRAFT).where(_DRAFT.c.id == draft_id)
    connection.execute(statement.values(state=state, closed_at=at, closed_by=by, version=version))


def find(
    connection: Connection, process: str, draft_id: int, *, locked: bool = False
) -> Draft | None:
    """This draft of this process; `locked`: nobody else changes it until the transaction ends."""
    statement = select(_DRAFT).where(_DRAFT.c.id == draft_id, _DRAFT.c.process == process)
    if locked:
        statement = statement.with_for_update()
    return _draft(connection.execute(statement).mappings().first())


def of_process(connection: Connection, process: str, limit: int) -> list[tuple[Draft, Save]]:
    """The drafts of a process: first those that are worked on, then the newest first. Each with its
    newest save, without what that holds."""
    is_closed = _DRAFT.c.state.in_(("released", "discarded"))
    statement = (
        select(_DRAFT)
        .where(_DRAFT.c.process == process)
        .order_by(is_closed, _DRAFT.c.id.desc())
        .limit(limit)
    )
    found = [_draft(row) for row in connection.execute(statement).mappings()]
    drafts = [one for one in found if one is not None]
    newest = tuple_(_SAVE.c.draft_id, _SAVE.c.revision)
    wanted = [(one.id, one.revision) for one in drafts]
    saves = connection.execute(_without_manifest().where(newest.in_(wanted))).mappings()
    last = {row["draft_id"]: _light(row) for row in saves}
    return [(one, last[one.id]) for one in drafts]


def save_at(connection: Connection, draft_id: int, revision: int) -> Save | None:
    """What the draft held after this save."""
    statement = select(_SAVE).where(_SAVE.c.draft_id == draft_id, _SAVE.c.revision == revision)
    row = connection.execute(statement).mappings().first()
    return Save(**cast(dict[str, Any], dict(row))) if row else None


def saves(connection: Connection, draft_id: int, limit: int, before: int | None) -> list[Save]:
    """The saves of a draft, the newest first, without what they held: `manifest` is empty."""
    statement = _without_manifest().where(_SAVE.c.draft_id == draft_id)
    if before is not None:
        statement = statement.where(_SAVE.c.revision < before)
    statement = statement.order_by(_SAVE.c.revision.desc()).limit(limit)
    return [_light(row) for row in connection.execute(statement).mappings()]


def earlier(
    connection: Connection, draft_id: int, path: str, hashes: Collection[str]
) -> bytes | None:
    """The newest bytes with one of these hashes that a file of this draft ever had."""
    held = _SAVE.c.manifest[path].astext
    table = schema.content
    statement = (
        select(table.c.bytes)
        .join(_SAVE, held == table.c.hash)
        .where(_SAVE.c.draft_id == draft_id, held.in_(hashes))
        .order_by(_SAVE.c.revision.desc())
        .limit(1)
    )
    found = connection.execute(statement).scalar_one_or_none()
    return None if found is None else bytes(found)


def authors(connection: Connection, draft_id: int) -> list[str]:
    """Everybody who made the draft or saved something in it."""
    statement = select(_SAVE.c.by).where(_SAVE.c.draft_id == draft_id).distinct()
    return sorted(connection.execute(statement).scalars())


def last_changes(connection: Connection, draft_id: int) -> dict[str, tuple[datetime, str]]:
    """Path -> when and by whom it was saved last, also of files that are gone now.

    What only the making of the draft wrote is not among them.
    """
    path = func.unnest(_SAVE.c.paths).label("path")
    each = (
        select(path, _SAVE.c.revision, _SAVE.c.at, _SAVE.c.by)
        .where(_SAVE.c.draft_id == draft_id)
        .subquery()
    )
    statement = (
        select(each.c.path, each.c.at, each.c.by)
        .distinct(each.c.path)
        .order_by(each.c.path, each.c.revision.desc())
    )
    return {row[0]: (row[1], row[2]) for row in connection.execute(statement)}


def sizes(connection: Connection, hashes: Sequence[str]) -> dict[str, int]:
    """Content hash -> bytes."""
    table = schema.content
    statement = select(table.c.hash, func.octet_length(table.c.bytes)).where(
        table.c.hash.in_(hashes)
    )
    return {row[0]: row[1] for row in connection.execute(statement)}


def content(connection: Connection, hashed: str) -> bytes:
    """The bytes with this hash."""
    table = schema.content
    found = connection.execute(select(table.c.bytes).where(table.c.hash == hashed)).scalar_one()
    return bytes(found)


def _without_manifest() -> Select[Any]:
    return select(*(column for column in _SAVE.c if column.name != "manifest"))


def _light(row: RowMapping) -> Save:
    return Save(**cast(dict[str, Any], dict(row)), manifest={})


def _draft(row: RowMapping | None) -> Draft | None:
    return Draft(**cast(dict[str, Any], dict(row))) if row else None
