"""Which work items wait for whom."""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ScalarSelect,
    Select,
    bindparam,
    case,
    false,
    func,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from clearway.store import schema
from clearway.store.database import Transaction
from clearway.store.inbox_reasons import (
    Part,
    Reader,
    Shape,
    View,
    free,
    is_claimable,
    open_seat,
    others,
    own,
    votes,
)
from clearway.store.leavers import has_left

VIEWS: Sequence[View] = ("mine", "unclaimed", "all")

_REASONS: Mapping[View, Sequence[Callable[[Shape], Sequence[Select[Any]]]]] = {
    "mine": (own,),
    "unclaimed": (free,),
    "all": (own, free, others),
}
_ITEM, _INSTANCE = schema.work_item, schema.instance
_DIALECT = PGDialect_psycopg()


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
    voted: int | None
    seats: int | None
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
    reasons = [look for why in _REASONS[view] for look in why(shape)]
    looks = union_all(*reasons).subquery("looks")
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
            case((_ITEM.c.rule.is_not(None), votes(cast=True).scalar_subquery())).label("voted"),
            case((_ITEM.c.rule.is_not(None), votes(cast=False).scalar_subquery())).label("seats"),
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
    """The statement; what the reader sees besides is only looked for where it would count."""
    mine, unclaimed, besides = (
        union_all(*why(Shape(is_ordered=False))).cte(name)
        for why, name in ((own, "mine"), (free, "unclaimed"), (others, "besides"))
    )
    some = _how_many(mine, unclaimed)
    most = bindparam("limit", type_=BigInteger)
    everything = case((some >= most, most), else_=_how_many(mine, unclaimed, besides))
    return _text(select(_how_many(mine), _how_many(unclaimed), everything))


def _how_many(*looks: CTE) -> ScalarSelect[int]:
    found = union_all(*(select(it.c.id) for it in looks)).subquery()
    return select(func.count(found.c.id.distinct())).scalar_subquery()


def _text(statement: Select[Any]) -> str:
    return str(statement.compile(dialect=_DIALECT))
