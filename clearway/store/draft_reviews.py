"""The reviews of drafts: who was asked, for which content, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, insert, select, update

from clearway.store import schema

_REVIEW = schema.draft_review


@dataclass(frozen=True)
class Review:
    """A review; `hash` is of the content that is looked at.

    `outcome`: None while it waits, or approved, given_back, withdrawn or voided: approved, and then
    somebody saved something else. `instead_of`: the reviewer who was asked, when another stood in.
    """

    id: int
    draft_id: int
    revision: int
    hash: str
    asked_at: datetime
    asked_by: str
    reviewer: str
    note: str
    outcome: str | None
    closed_at: datetime | None
    closed_by: str | None
    instead_of: str | None
    comment: str
    voided_at: datetime | None
    voided_by: str | None


def ask(
    connection: Connection,
    *,
    draft_id: int,
    revision: int,
    hashed: str,
    at: datetime,
    by: str,
    reviewer: str,
    note: str,
) -> int:
    """Write that somebody was asked; answers the id of the review."""
    statement = insert(_REVIEW).values(
        draft_id=draft_id,
        revision=revision,
        hash=hashed,
        asked_at=at,
        asked_by=by,
        reviewer=reviewer,
        note=note,
    )
    return connection.execute(statement.returning(_REVIEW.c.id)).scalar_one()


def last_of(connection: Connection, draft_id: int) -> Review | None:
    """The newest review of a draft."""
    found = reviews_of(connection, draft_id, 1)
    return found[0] if found else None


def reviews_of(connection: Connection, draft_id: int, limit: int) -> list[Review]:
    """The reviews of a draft, the newest first."""
    statement = select(_REVIEW).where(_REVIEW.c.draft_id == draft_id)
    statement = statement.order_by(_REVIEW.c.id.desc()).limit(limit)
    found = connection.execute(statement).mappings()
    return [Review(**cast(dict[str, Any], dict(row))) for row in found]


def waiting_for(connection: Connection, people: Sequence[str]) -> list[tuple[str, Review]]:
    """The reviews that wait for one of these people, each with its process."""
    draft = schema.draft
    statement = (
        select(_REVIEW, draft.c.process.label("process"))
        .join(draft, draft.c.id == _REVIEW.c.draft_id)
        .where(_REVIEW.c.outcome.is_(None), _REVIEW.c.reviewer.in_(people))
        .order_by(_REVIEW.c.id)
    )
    found: list[tuple[str, Review]] = []
    for row in connection.execute(statement).mappings():
        values = dict(row)
        process = str(values.pop("process"))
        found.append((process, Review(**cast(dict[str, Any], values))))
    return found


def with_role(connection: Connection, role: str) -> dict[str, str]:
    """The active people with this role: name -> full name."""
    person, member, has = schema.person, schema.membership, schema.group_role
    statement = (
        select(person.c.name, person.c.full_name)
        .join(member, member.c.person == person.c.name)
        .join(has, has.c.group_name == member.c.group_name)
        .where(person.c.active, has.c.role == role)
        .order_by(person.c.name)
    )
    return {row[0]: row[1] for row in connection.execute(statement)}


def close(
    connection: Connection,
    review_id: int,
    outcome: str,
    *,
    at: datetime,
    by: str,
    comment: str = "",
    instead_of: str | None = None,
) -> None:
    """Write what came of a review that waited."""
    statement = update(_REVIEW).where(_REVIEW.c.id == review_id, _REVIEW.c.outcome.is_(None))
    connection.execute(
        statement.values(
            outcome=outcome, closed_at=at, closed_by=by, comment=comment, instead_of=instead_of
        )
    )


def void(connection: Connection, draft_id: int, *, at: datetime, by: str) -> str | None:
    """Take the approval of a draft away; answers who had given it, None when there was none."""
    statement = (
        update(_REVIEW)
        .where(_REVIEW.c.draft_id == draft_id, _REVIEW.c.outcome == "approved")
        .values(outcome="voided", voided_at=at, voided_by=by)
        .returning(_REVIEW.c.closed_by)
    )
    return connection.execute(statement).scalars().first()
