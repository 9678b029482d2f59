"""The releases of drafts: asked for now or for an instant, and what came of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Row, RowMapping, and_, func, insert, or_, select, update

from clearway.store import schema

_RELEASE, _DRAFT = schema.draft_release, schema.draft


@dataclass(frozen=True)
class Release:
    """A release of exactly what has this hash. `state`: planned, done, failed or withdrawn.

    `zone` is the one in which `due_at` was meant. `moves`: the running records go along.
    """

    id: int
    draft_id: int
    hash: str
    due_at: datetime
    zone: str
    asked_at: datetime
    asked_by: str
    reason: str
    moves: bool
    state: str
    closed_at: datetime | None
    version: int | None
    failure: str | None
    remedy: str | None


def add(connection: Connection, release: Release) -> int:
    """Write a release (its id is ignored); answers the id it got."""
    values = {name: value for name, value in vars(release).items() if name != "id"}
    return connection.execute(insert(_RELEASE).values(values).returning(_RELEASE.c.id)).scalar_one()


def close(
    connection: Connection,
    release_id: int,
    state: str,
    *,
    at: datetime,
    version: int | None = None,
    failure: str | None = None,
    remedy: str | None = None,
) -> None:
    """Write what came of a planned release."""
    statement = update(_RELEASE).where(_RELEASE.c.id == release_id)
    connection.execute(
        statement.values(state=state, closed_at=at, version=version, failure=failure, remedy=remedy)
    )


def last_of(connection: Connection, draft_id: int) -> Release | None:
    """The newest release of a draft."""
    found = releases_of(connection, draft_id, 1)
    return found[0] if found else None


def releases_of(connection: Connection, draft_id: int, limit: int) -> list[Release]:
    """The releases of a draft, the newest first."""
    statement = select(_RELEASE).where(_RELEASE.c.draft_id == draft_id)
    statement = statement.order_by(_RELEASE.c.id.desc()).limit(limit)
    return [_release(row) for row in connection.execute(statement).mappings()]


def due(connection: Connection, now: datetime, limit: int) -> list[tuple[Release, str]]:
    """The planned releases that are due, the earliest first, each with its process."""
    statement = (
        select(_RELEASE, _DRAFT.c.process.label("process"))
        .join(_DRAFT, _DRAFT.c.id == _RELEASE.c.draft_id)
        .where(_RELEASE.c.state == "planned", _RELEASE.c.due_at <= now)
        .order_by(_RELEASE.c.due_at, _RELEASE.c.id)
        .limit(limit)
    )
    found: list[tuple[Release, str]] = []
    for row in connection.execute(statement).mappings():
        values = dict(row)
        process = str(values.pop("process"))
        found.append((Release(**cast(dict[str, Any], values)), process))
    return found


def is_planned(connection: Connection, release_id: int) -> bool:
    """Whether this release still waits for its instant; locked until the transaction ends."""
    statement = select(_RELEASE.c.state).where(_RELEASE.c.id == release_id).with_for_update()
    return connection.execute(statement).scalar() == "planned"


def unsettled(connection: Connection, late: datetime) -> tuple[int, Row[Any] | None]:
    """The releases that failed at their time and that nobody took note of, and those that are due
    since before `late`: how many, and of the oldest its process, draft, time, state, failure and
    remedy."""
    statement = (
        select(
            func.count().over(),
            _DRAFT.c.process,
            _RELEASE.c.draft_id,
            _RELEASE.c.due_at,
            _RELEASE.c.state,
            _RELEASE.c.failure,
            _RELEASE.c.remedy,
        )
        .join(_DRAFT, _DRAFT.c.id == _RELEASE.c.draft_id)
        .where(
            or_(
                and_(
                    _RELEASE.c.state == "failed", _DRAFT.c.state.not_in(("released", "discarded"))
                ),
                and_(_RELEASE.c.state == "planned", _RELEASE.c.due_at <= late),
            )
        )
        .order_by(_RELEASE.c.due_at, _RELEASE.c.id)
        .limit(1)
    )
    row = connection.execute(statement).one_or_none()
    return (row[0], row) if row else (0, None)


def _release(row: RowMapping) -> Release:
    return Release(**cast(dict[str, Any], dict(row)))
