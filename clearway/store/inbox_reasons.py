"""Why a work item is in somebody's inbox: each reason is a look of its own, along an index.

Together in one condition they would make the database read every open work item there is. Who
the reader is comes as values with the names of `Reader.values`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Select,
    TableValuedAlias,
    and_,
    any_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from clearway.store import schema
from clearway.store.leavers import has_left

View = Literal["mine", "unclaimed", "all"]

_ITEM, _INSTANCE, _PERSON = schema.work_item, schema.instance, schema.person
_ROUND, _SEAT, _BALLOT = schema.round_, schema.seat, schema.ballot
_NEVER = literal_column("'infinity'::timestamptz", _ITEM.c.due_at.type)
_DUE = func.coalesce(_ITEM.c.due_at, _NEVER)
# Not values of the statement: the indexes are on these very expressions.
_NO_NAME = literal_column("''", Text)
_ROLE = func.coalesce(_ITEM.c.role, _NO_NAME)
_GROUP = func.coalesce(_ITEM.c.group_name, _NO_NAME)


def _texts(name: str) -> ColumnElement[Any]:
    return bindparam(name, type_=ARRAY(Text))


_ME, _PEOPLE, _INTERESTS = bindparam("me", type_=Text), _texts("people"), _texts("interests")
_ROLES, _WORKING_ROLES, _SEAT_ROLES = _texts("roles"), _texts("working_roles"), _texts("seat_roles")
_GROUPS, _CHAIR_RULES = _texts("groups"), _texts("chair_rules")
_LENDERS, _LENT_ROLES = _texts("lenders"), _texts("lent_roles")
_REQUESTER_ROLE = bindparam("requester_role", type_=Text)


@dataclass(frozen=True)
class Reader:
    """Whose inbox it is: name, roles, groups, and for whom they stand in now, with their roles.

    `behind` are all whose interest they have: also for whom one stands in for whom they do.
    `chair_rules` are the rules by which nothing is decided without the chair.
    """

    name: str
    roles: Collection[str]
    groups: Collection[str]
    stands_in_for: Mapping[str, Collection[str]]
    behind: Collection[str]
    requester_role: str
    chair_rules: Collection[str]

    @property
    def values(self) -> Mapping[str, object]:
        """The reader as the looks know them; an empty name stands for no role and no group.

        What is to be done in the role of those who ask is not for all who have that role, so that
        it is no role in which they work.
        """
        lent = [(person, it) for person, roles in self.stands_in_for.items() for it in roles]
        lent_roles = {role for _, role in lent}
        return {
            "me": self.name,
            "people": [self.name, *self.stands_in_for],
            "interests": [self.name, *self.behind],
            "roles": list(self.roles),
            "working_roles": ["", *(set(self.roles) - {self.requester_role})],
            "seat_roles": list({*self.roles, *lent_roles}),
            "lenders": [*(person for person, _ in lent), *self.stands_in_for],
            "lent_roles": [*(role for _, role in lent), *("" for _ in self.stands_in_for)],
            "groups": ["", *self.groups],
            "requester_role": self.requester_role,
            "chair_rules": list(self.chair_rules),
        }


@dataclass(frozen=True)
class Part:
    """Which part of what is found for a reason: of a process, with these words, behind a line."""

    limit: int
    process: str | None = None
    words: str = ""
    after: tuple[datetime | None, int] | None = None

    @property
    def values(self) -> Mapping[str, object]:
        """The part as the looks know it."""
        due, number = self.after or (None, None)
        return {
            "limit": self.limit,
            "process": self.process,
            "words": self.words,
            "after_due": due,
            "after_id": number,
        }

    @property
    def shape(self) -> "Shape":
        """What the looks ask, whatever the values are."""
        return Shape(
            of_process=self.process is not None,
            with_words=bool(self.words),
            behind=self.after is not None,
        )


@dataclass(frozen=True)
class Shape:
    """What a look asks besides its reason."""

    of_process: bool = False
    with_words: bool = False
    behind: bool = False
    is_ordered: bool = True


def own(shape: Shape) -> Sequence[Select[Any]]:
    """A look for each reason to call it the reader's, of `id` and `due`.

    What several looks find is found several times.
    """
    return [_given(shape), _seated(shape)]


def free(shape: Shape) -> Sequence[Select[Any]]:
    """The same for what they may claim."""
    is_free = and_(_is_nobodys(), _is_of_group(), _is_open_to_me())
    return [_free(shape), _left(shape), _asked(shape, is_free)]


def others(shape: Shape) -> Sequence[Select[Any]]:
    """The same for what they see besides."""
    return [_asked(shape, true()), _colleagues(shape)]


def is_claimable() -> ColumnElement[bool]:
    """Whether the reader may take it: nobody has it, or somebody who has left."""
    return and_(
        _is_nobodys(),
        or_(_ITEM.c.role.is_(None), _ITEM.c.role == any_(_ROLES)),
        or_(_ITEM.c.role.is_distinct_from(_REQUESTER_ROLE), _INSTANCE.c.requester == _ME),
        _is_of_group(),
        _is_open_to_me(),
    )


def open_seat() -> Select[Any]:
    """The first empty seat of the open round for which the reader's ballot is still wanted."""
    return (
        select(_SEAT.c.name)
        .join(_ROUND, _ROUND.c.id == _SEAT.c.round_id)
        .where(_ROUND.c.work_item_id == _ITEM.c.id, _is_wanted())
        .order_by(_SEAT.c.id)
        .limit(literal_column("1"))
        .correlate(_ITEM)
    )


def votes(*, cast: bool) -> Select[Any]:
    """How many seats the open round has, or those of them that have cast."""
    found = (
        select(func.count())
        .select_from(_SEAT)
        .join(_ROUND, _ROUND.c.id == _SEAT.c.round_id)
        .where(_ROUND.c.work_item_id == _ITEM.c.id, _ROUND.c.closed_at.is_(None))
    )
    if cast:
        voted = schema.ballot.alias("voted")
        found = found.where(exists().where(voted.c.seat_id == _SEAT.c.id, ~voted.c.replaced))
    return found.correlate(_ITEM)


def _given(shape: Shape) -> Select[Any]:
    """What they have, or those for whom they stand in."""
    people = _rows(_PEOPLE)
    return _each([people], _open(shape).where(_ITEM.c.assignee == people.c.name), shape)


def _seated(shape: Shape) -> Select[Any]:
    """The approvals for which their ballot is wanted."""
    by_person, by_role = (
        select(_ROUND.c.work_item_id)
        .join(_SEAT, _SEAT.c.round_id == _ROUND.c.id)
        .where(_SEAT.c.is_open, whose, _is_wanted())
        for whose in (
            _SEAT.c.person == any_(_PEOPLE),
            and_(_SEAT.c.person.is_(None), _SEAT.c.role == any_(_SEAT_ROLES)),
        )
    )
    asked = by_person.union(by_role).subquery()
    return _open(shape).where(_ITEM.c.id.in_(select(asked.c.work_item_id)))


def _free(shape: Shape) -> Select[Any]:
    """What nobody has, of each of their roles in each of their groups."""
    roles, groups = _rows(_WORKING_ROLES), _rows(_GROUPS)
    inner = _open(shape).where(
        _ITEM.c.assignee.is_(None),
        roles.c.name == _ROLE,
        groups.c.name == _GROUP,
        _is_open_to_me(),
    )
    return _each([roles, groups], inner, shape)


def _left(shape: Shape) -> Select[Any]:
    """What those had who have left."""
    gone = select(_PERSON.c.name).where(~_PERSON.c.active).subquery("gone")
    inner = _open(shape).where(
        _ITEM.c.assignee == gone.c.name,
        any_(_WORKING_ROLES) == _ROLE,
        any_(_GROUPS) == _GROUP,
        _is_open_to_me(),
    )
    return _each([gone], inner, shape)


def _asked(shape: Shape, which: ColumnElement[bool]) -> Select[Any]:
    """What they have to do as those who asked for it."""
    asked = (
        select(_INSTANCE.c.id)
        .where(_INSTANCE.c.requester == _ME, _INSTANCE.c.ended_at.is_(None))
        .subquery("asked")
    )
    own = (_ITEM.c.instance_id == asked.c.id, _ITEM.c.role == any_(_ROLES))
    is_askers = _ITEM.c.role == _REQUESTER_ROLE
    return _each([asked], _open(shape).where(*own, is_askers, which), shape)


def _colleagues(shape: Shape) -> Select[Any]:
    """What anybody has who works in one of their roles."""
    roles = _rows(_WORKING_ROLES)
    return _each([roles], _open(shape).where(_ITEM.c.role == roles.c.name), shape)


def _is_nobodys() -> ColumnElement[bool]:
    return or_(_ITEM.c.assignee.is_(None), has_left(_ITEM.c.assignee))


def _is_of_group() -> ColumnElement[bool]:
    return or_(_ITEM.c.group_name.is_(None), _ITEM.c.group_name == any_(_GROUPS))


def _is_open_to_me() -> ColumnElement[bool]:
    """It is a form, and nothing keeps the reader from it."""
    return and_(_ITEM.c.rule.is_(None), ~_ITEM.c.excluded.overlap(_INTERESTS))


def _open(shape: Shape) -> Select[Any]:
    """The open work items that are looked for, as many as are wanted."""
    statement = select(_ITEM.c.id, _DUE.label("due")).where(_ITEM.c.closed_at.is_(None))
    if shape.of_process or shape.with_words:
        statement = statement.join(_INSTANCE, _INSTANCE.c.id == _ITEM.c.instance_id)
    if shape.of_process:
        statement = statement.where(_INSTANCE.c.process == bindparam("process", type_=Text))
    if shape.with_words:
        statement = statement.where(_has(bindparam("words", type_=Text)))
    if shape.behind:
        due = func.coalesce(bindparam("after_due", type_=_ITEM.c.due_at.type), _NEVER)
        last = tuple_(due, bindparam("after_id", type_=BigInteger))
        statement = statement.where(tuple_(_DUE, _ITEM.c.id) > last)
    if shape.is_ordered:
        statement = statement.order_by(_DUE, _ITEM.c.id)
    return statement.limit(bindparam("limit"))


def _rows(names: ColumnElement[Any]) -> TableValuedAlias:
    """A row for each name, with the column `name`."""
    return func.unnest(names).table_valued("name").render_derived()


def _each(sources: Sequence[FromClause], inner: Select[Any], shape: Shape) -> Select[Any]:
    """The first ones of each source, which the inner look is correlated with."""
    first = inner.lateral("first")
    statement = select(first.c.id, first.c.due).select_from(sources[0])
    for source in (*sources[1:], first):
        statement = statement.join(source, true())
    return statement if shape.is_ordered else statement.limit(bindparam("limit"))


def _is_wanted() -> ColumnElement[bool]:
    """Whether the reader's ballot is wanted for the seat.

    One person has one ballot. So whoever has cast is asked again only for a seat without which
    nothing is decided, and only while theirs is not such a seat itself: they may move it.
    """
    cast = select(_BALLOT.c.id).where(_BALLOT.c.seat_id == _SEAT.c.id, ~_BALLOT.c.replaced)
    other, own = _SEAT.alias("other"), _BALLOT.alias("own")
    needs_chair = _ROUND.c.rule == any_(_CHAIR_RULES)
    is_needed = or_(_SEAT.c.mandatory, and_(_SEAT.c.chair, needs_chair))
    other_is_needed = or_(other.c.mandatory, and_(other.c.chair, needs_chair))
    has_said_it = (
        select(own.c.id)
        .join(other, other.c.id == own.c.seat_id)
        .where(
            other.c.round_id == _SEAT.c.round_id,
            own.c.person == _ME,
            ~own.c.replaced,
            or_(~is_needed, other_is_needed),
        )
    )
    return and_(
        _ROUND.c.closed_at.is_(None),
        or_(_is_my_own(), _is_lent_to_me()),
        ~_ROUND.c.excluded.overlap(_INTERESTS),
        ~exists(cast),
        ~exists(has_said_it),
    )


def _is_my_own() -> ColumnElement[bool]:
    """The seat is the reader's, and nobody who stood in has cast the reader's vote."""
    is_mine = or_(
        _SEAT.c.person == _ME, and_(_SEAT.c.person.is_(None), _SEAT.c.role == any_(_ROLES))
    )
    return and_(is_mine, ~_is_cast(_ME))


def _is_lent_to_me() -> ColumnElement[bool]:
    """It is of somebody for whom the reader stands in, and nobody else has cast that vote."""
    lent = func.unnest(_LENDERS, _LENT_ROLES).table_valued("person", "role").render_derived()
    is_theirs = or_(
        and_(_SEAT.c.person == lent.c.person, lent.c.role == _NO_NAME),
        and_(_SEAT.c.person.is_(None), _SEAT.c.role == lent.c.role),
    )
    left = select(lent.c.person).where(is_theirs, ~_is_cast(lent.c.person))
    return exists(left)


def _is_cast(person: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether the vote of this person counts in the round, cast by whomever but the reader."""
    other, ballot = _SEAT.alias("voted"), _BALLOT.alias("vote")
    return exists(
        select(ballot.c.id)
        .join(other, other.c.id == ballot.c.seat_id)
        .where(
            other.c.round_id == _SEAT.c.round_id,
            ~ballot.c.replaced,
            ballot.c.person != _ME,
            func.coalesce(ballot.c.instead_of, ballot.c.person) == person,
        )
        # By itself it would ask the tables of the nearest look only, and read all seats anew.
        .correlate_except(other, ballot)
    )


def _has(words: ColumnElement[str]) -> ColumnElement[bool]:
    texts = (_INSTANCE.c.title, _INSTANCE.c.key, _ITEM.c.name)
    return or_(
        *(func.strpos(func.lower(it), func.lower(words)) > literal_column("0") for it in texts)
    )
