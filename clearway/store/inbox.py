"""Which work items wait for whom."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, case, false, func, literal_column, select, union_all
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from clearway.store import schema
from clearway.store.database import Transaction
from clearway.store.inbox_reasons import (
    Part,
    Reader,
    Shape,
    View,
    found,
    is_claimable,
    open_seat,
)
from clearway.store.leavers import has_left

VIEWS: Sequence[View] = ("mine", "unclaimed", "all")

_ITEM, _INSTANCE = schema.work_item, schema.instance
_DIALECT = PGDialect_psycopg()
_STOOD_IN_FOR = """SELECT a.person, ARRAY(SELECT DISTINCT r.role FROM membership m
    JOIN group_role r USING (group_name) WHERE m.person = a.person)
FROM absence a
WHERE a.delegate = %(person)s AND a.from_at <= %(now)s AND a.until_at > %(now)s"""


@dataclass(frozen=True)
class Waiting:
    """One waiting work item with what its line shows."""

    id: int
    key: str
    title: str
    process: str
    version_id: int
    element: str
    name: str
    role: str | None
    group: str | None
    assignee: str | None
    state: str | None
    priority: object
    opened_at: datetime
    due_at: datetime | None
    is_approval: bool
    seat: str | None
    may_claim: bool
    has_left: bool


def waiting_work_items(
    transaction: Transaction, reader: Reader, view: View, part: Part
) -> list[Waiting]:
    """That part of the reader's open work items, those due first before the others.

    Views: `mine` (given to the reader or to whom they stand in for, and their open seats),
    `unclaimed` (they may claim it: nobody has it, or somebody who has left), `all` (both, and what
    colleagues with the role have).
    """
    values = {**reader.values, **part.values}
    return [Waiting(*row) for row in transaction.all(_waiting(view, part.shape), values)]


def count_work_items(transaction: Transaction, reader: Reader, most: int) -> dict[str, int]:
    """How many open work items each view has, counted up to `most`."""
    values = {**reader.values, "limit": most}
    [counts] = transaction.all(_counting(), values)
    return {view: min(count, most) for view, count in zip(VIEWS, counts, strict=True)}


@functools.cache
def _waiting(view: View, shape: Shape) -> str:
    """The statement; to compose it takes longer than to execute it."""
    looks = union_all(*found(view, shape)).subquery("looks")
    first = (
        select(looks.c.id, looks.c.due)
        .distinct()
        .order_by(looks.c.due, looks.c.id)
        .limit(bindparam("limit"))
        .subquery("first")
    )
    return _text(
        select(
            _ITEM.c.id,
            _INSTANCE.c.key,
            _INSTANCE.c.title,
            _INSTANCE.c.process,
            _INSTANCE.c.version_id,
            _ITEM.c.element,
            _ITEM.c.name,
            _ITEM.c.role,
            _ITEM.c.group_name.label("group"),
            _ITEM.c.assignee,
            _INSTANCE.c.state,
            _INSTANCE.c.record.op("->")(literal_column("'priority'")).label("priority"),
            _ITEM.c.opened_at,
            _ITEM.c.due_at,
            _ITEM.c.rule.is_not(None).label("is_approval"),
            case((_ITEM.c.rule.is_not(None), open_seat().scalar_subquery())).label("seat"),
            is_claimable().label("may_claim"),
            func.coalesce(has_left(_ITEM.c.assignee), false()).label("has_left"),
        )
        .select_from(first)
        .join(_ITEM, _ITEM.c.id == first.c.id)
        .join(_INSTANCE, _INSTANCE.c.id == _ITEM.c.instance_id)
        .order_by(first.c.due, first.c.id)
    )


@functools.cache
def _counting() -> str:
    shape = Shape(is_ordered=False)
    looks = {view: union_all(*found(view, shape)).subquery() for view in VIEWS}
    counts = {view: select(func.count(it.c.id.distinct())) for view, it in looks.items()}
    return _text(select(*(it.scalar_subquery().label(view) for view, it in counts.items())))


def _text(statement: Select[Any]) -> str:
    return str(statement.compile(dialect=_DIALECT))


def people_stood_in_for(
    transaction: Transaction, person: str, now: datetime
) -> dict[str, Sequence[str]]:
    """Who is away now and named this person as the delegate, with their roles."""
    rows = transaction.all(_STOOD_IN_FOR, {"person": person, "now": now})
    return {row[0]: row[1] for row in rows}
