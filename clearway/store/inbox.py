"""Which work items wait for whom."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    any_,
    exists,
    func,
    literal,
    or_,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from clearway.store import schema

_ITEM, _INSTANCE = schema.work_item, schema.instance
_ROUND, _SEAT, _BALLOT = schema.round_, schema.seat, schema.ballot
_NEVER = datetime.max


@dataclass(frozen=True)
class Reader:
    """Whose inbox it is: name, roles, groups, and for whom they stand in now, with whose roles.

    `chair_rules` are the rules by which nothing is decided without the chair.
    """

    name: str
    roles: Collection[str]
    groups: Collection[str]
    stands_in_for: Collection[str]
    stands_in_as: Collection[str]
    requester_role: str
    chair_rules: Collection[str]


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


def waiting_work_items(
    connection: Connection,
    reader: Reader,
    *,
    view: str,
    process: str | None,
    words: str,
    after: tuple[datetime | None, int] | None,
    limit: int,
) -> list[Waiting]:
    """The reader's open work items, those due first before the others; at most `limit`.

    Views: `mine` (given to the reader or to whom they stand in for, and their open seats),
    `unclaimed` (they may claim it), `all` (both, and what colleagues with the role have).
    `after` is the due instant and id of the last line before.
    """
    seat = _open_seat(reader)
    statement = (
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
            _INSTANCE.c.record["priority"].label("priority"),
            _ITEM.c.opened_at,
            _ITEM.c.due_at,
            _ITEM.c.rule.is_not(None).label("is_approval"),
            seat.scalar_subquery().label("seat"),
            _is_claimable(reader).label("may_claim"),
        )
        .join(_INSTANCE, _INSTANCE.c.id == _ITEM.c.instance_id)
        .where(_ITEM.c.closed_at.is_(None), _belongs(reader, view, seat))
        .order_by(_due(), _ITEM.c.id)
        .limit(limit)
    )
    if process is not None:
        statement = statement.where(_INSTANCE.c.process == process)
    if words:
        statement = statement.where(_has(words))
    if after is not None:
        last = tuple_(literal(after[0] or _NEVER, _ITEM.c.due_at.type), literal(after[1]))
        statement = statement.where(tuple_(_due(), _ITEM.c.id) > last)
    return [Waiting(**row) for row in connection.execute(statement).mappings()]


def count_work_items(
    connection: Connection, reader: Reader, views: Sequence[str]
) -> dict[str, int]:
    """How many open work items each view has."""
    seat = _open_seat(reader)
    columns = [func.count().filter(_belongs(reader, view, seat)).label(view) for view in views]
    statement = (
        select(*columns)
        .select_from(_ITEM)
        .join(_INSTANCE, _INSTANCE.c.id == _ITEM.c.instance_id)
        .where(_ITEM.c.closed_at.is_(None))
    )
    return dict(connection.execute(statement).mappings().one())


def people_stood_in_for(
    connection: Connection, person: str, now: datetime
) -> dict[str, Sequence[str]]:
    """Who is away now and named this person as the delegate, with their roles."""
    table, member, role = schema.absence, schema.membership, schema.group_role
    roles = (
        select(func.array_agg(role.c.role.distinct()))
        .select_from(member.join(role, role.c.group_name == member.c.group_name))
        .where(member.c.person == table.c.person)
        .scalar_subquery()
    )
    statement = select(table.c.person, roles).where(
        table.c.delegate == person, table.c.from_at <= now, table.c.until_at > now
    )
    return {name: held or () for name, held in connection.execute(statement)}


def _belongs(reader: Reader, view: str, seat: Select[Any]) -> ColumnElement[bool]:
    if view == "mine":
        return _is_mine(reader, seat)
    if view == "unclaimed":
        return _is_claimable(reader)
    own = _ITEM.c.role == any_(_texts(reader.roles))
    return or_(_is_mine(reader, seat), _is_claimable(reader), and_(own, _is_requester(reader)))


def _is_mine(reader: Reader, seat: Select[Any]) -> ColumnElement[bool]:
    people = [reader.name, *reader.stands_in_for]
    return or_(
        _ITEM.c.assignee == any_(_texts(people)),
        and_(_ITEM.c.rule.is_not(None), exists(seat)),
    )


def _is_claimable(reader: Reader) -> ColumnElement[bool]:
    return and_(
        _ITEM.c.assignee.is_(None),
        _ITEM.c.rule.is_(None),
        or_(_ITEM.c.role.is_(None), _ITEM.c.role == any_(_texts(reader.roles))),
        _is_requester(reader),
        or_(_ITEM.c.group_name.is_(None), _ITEM.c.group_name == any_(_texts(reader.groups))),
        ~_ITEM.c.excluded.overlap(_texts([reader.name, *reader.stands_in_for])),
    )


def _is_requester(reader: Reader) -> ColumnElement[bool]:
    """What a requester has to do is for the one who asked, not for everybody who may ask."""
    return or_(
        _ITEM.c.role.is_distinct_from(reader.requester_role),
        _INSTANCE.c.requester == reader.name,
    )


def _open_seat(reader: Reader) -> Select[Any]:
    """The first empty seat of the open round for which the reader's ballot is still wanted.

    One person has one ballot. So whoever has cast is asked again only for a seat without which
    nothing is decided, and only while theirs is not such a seat itself: they may move it.
    """
    cast = select(_BALLOT.c.id).where(_BALLOT.c.seat_id == _SEAT.c.id, ~_BALLOT.c.replaced)
    other = _SEAT.alias("other")
    has_cast = (
        select(_BALLOT.c.id)
        .join(other, other.c.id == _BALLOT.c.seat_id)
        .where(
            other.c.round_id == _ROUND.c.id,
            _BALLOT.c.person == reader.name,
            ~_BALLOT.c.replaced,
        )
    )
    needs_chair = _ROUND.c.rule == any_(_texts(reader.chair_rules))
    is_needed = or_(_SEAT.c.mandatory, and_(_SEAT.c.chair, needs_chair))
    has_needed = has_cast.where(or_(other.c.mandatory, and_(other.c.chair, needs_chair)))
    people = _texts([reader.name, *reader.stands_in_for])
    roles = _texts({*reader.roles, *reader.stands_in_as})
    return (
        select(_SEAT.c.name)
        .join(_ROUND, _ROUND.c.id == _SEAT.c.round_id)
        .where(
            _ROUND.c.work_item_id == _ITEM.c.id,
            _ROUND.c.closed_at.is_(None),
            or_(
                _SEAT.c.person == any_(people),
                and_(_SEAT.c.person.is_(None), _SEAT.c.role == any_(roles)),
            ),
            ~_ROUND.c.excluded.overlap(people),
            ~exists(cast),
            or_(~exists(has_cast), and_(is_needed, ~exists(has_needed))),
        )
        .order_by(_SEAT.c.id)
        .limit(1)
        .correlate(_ITEM)
    )


def _has(words: str) -> ColumnElement[bool]:
    return or_(
        _INSTANCE.c.title.icontains(words, autoescape=True),
        _INSTANCE.c.key.icontains(words, autoescape=True),
        _ITEM.c.name.icontains(words, autoescape=True),
    )


def _due() -> ColumnElement[datetime]:
    return func.coalesce(_ITEM.c.due_at, literal(_NEVER, _ITEM.c.due_at.type))


def _texts(names: Collection[str]) -> ColumnElement[Any]:
    return literal(sorted(names), ARRAY(Text))
