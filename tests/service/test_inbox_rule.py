"""The inbox against a plain reading of its rule, over random work: no index, no SQL condition."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from clearway.service.house import House
from clearway.service.inbox import inbox, inbox_counts, reader_of
from clearway.service.values import Actor
from clearway.store.inbox import count_work_items

NAMES = ("alice", "bob", "carol", "dave", "erin", "frank", "grace")
ROLES = ("requester", "desk", "board", "chair")
GONE = "grace"
CHAIRED = "cab_majority"
MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)


@dataclass
class Seat:
    """A seat, and who has cast in it."""

    name: str
    person: str | None
    role: str | None
    mandatory: bool
    chair: bool
    caster: str | None
    instead_of: str | None = None


@dataclass
class Work:
    """A work item as the oracle knows it."""

    process: str
    title: str
    requester: str
    name: str
    role: str | None
    group: str | None
    assignee: str | None
    excluded: Sequence[str]
    due: datetime | None
    is_open: bool
    rule: str | None = None
    seats: list[Seat] = field(default_factory=list[Seat])
    id: int = 0


def drawn(dice: random.Random) -> Work:
    """Any work."""
    maybe = dice.choice
    due = MIDNIGHT + timedelta(hours=dice.randrange(6))
    work = Work(
        process=maybe(("errand", "journey")),
        title=maybe(("A pen", "A 100% pen", "Paper_clips")),
        requester=maybe(NAMES),
        name=maybe(("Sort", "Fetch")),
        role=maybe((*ROLES, None)),
        group=maybe((*ROLES, None, None)),
        assignee=maybe((*NAMES, *[None] * 6)),
        excluded=dice.sample(NAMES, dice.choice((0, 0, 0, 1, 2))),
        due=maybe((due, due, None)),
        is_open=dice.random() < 0.9,
    )
    if dice.random() < 0.4:
        work.rule, work.assignee, work.role, work.group = maybe((CHAIRED, "all")), None, None, None
        work.seats = [seat(dice, f"seat {number}") for number in range(dice.randrange(1, 6))]
    return work


def seat(dice: random.Random, name: str) -> Seat:
    """Any seat; the role stands where no person does."""
    person = dice.choice((*NAMES, None, None, None))
    role = None if person else dice.choice(("board", "chair", "desk"))
    caster = dice.choice(("alice", "dave", "dave", None, None, None))
    instead_of = dice.choice((*NAMES, *[None] * 10)) if caster else None
    return Seat(name, person, role, dice.random() < 0.2, dice.random() < 0.3, caster, instead_of)


# --- the rule, read plainly ----------------------------------------------------------------------


@dataclass
class Rule:
    """Whose inbox it is, and for whom they stand in."""

    me: Actor
    others: Sequence[Actor]
    behind_others: Sequence[str] = ()

    @property
    def interests(self) -> set[str]:
        """Everybody whose interest is mine: also of those for whom the others stand in."""
        return self.people | set(self.behind_others)

    @property
    def people(self) -> set[str]:
        """Everybody whose work it is."""
        return {self.me.name, *(it.name for it in self.others)}

    def is_mine(self, work: Work) -> bool:
        """Given to me, or my ballot is wanted."""
        return work.assignee in self.people or self.wanted_seat(work) is not None

    def is_free(self, work: Work) -> bool:
        """I may take it."""
        return (
            work.rule is None
            and work.assignee in (None, GONE)
            and (work.role is None or work.role in self.me.roles)
            and (work.role != "requester" or work.requester == self.me.name)
            and (work.group is None or work.group in self.me.groups)
            and not self.interests & set(work.excluded)
        )

    def is_colleagues(self, work: Work) -> bool:
        """Of a role of mine."""
        mine = work.role in self.me.roles
        return mine and (work.role != "requester" or work.requester == self.me.name)

    def wanted_seat(self, work: Work) -> str | None:
        """The first seat that waits for me."""
        if self.interests & set(work.excluded):
            return None
        cast = {it.instead_of or it.caster for it in work.seats if it.caster != self.me.name}
        votes_left = [it for it in (self.me, *self.others) if it.name not in cast]

        def is_needed(it: Seat) -> bool:
            return it.mandatory or (it.chair and work.rule == CHAIRED)

        own = [it for it in work.seats if it.caster == self.me.name]
        for it in work.seats:
            is_for_me = any(
                it.person == who.name if it.person else it.role in who.roles for who in votes_left
            )
            if not is_for_me or it.caster is not None:
                continue
            if not own or (is_needed(it) and not any(map(is_needed, own))):
                return it.name
        return None

    def view(self, name: str, works: Sequence[Work]) -> list[Work]:
        """The open work of a view, the earliest due first."""
        tests: Mapping[str, Callable[[Work], bool]] = {
            "mine": self.is_mine,
            "unclaimed": self.is_free,
            "all": lambda it: self.is_mine(it) or self.is_free(it) or self.is_colleagues(it),
        }
        found = [it for it in works if it.is_open and tests[name](it)]
        return sorted(found, key=lambda it: (it.due or datetime.max.replace(tzinfo=UTC), it.id))


# --- the test ------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", range(6))
def test_each_view_is_what_the_rule_says(
    house: House,
    people: Mapping[str, Actor],
    database_url: str,
    absent: Callable[[str, str], None],
    number: int,
):
    dice = random.Random(number)
    works = [drawn(dice) for _ in range(120)]
    with psycopg.connect(database_url) as connection:
        put_down(connection, works)
        connection.execute("UPDATE person SET active = false WHERE name = %s", (GONE,))
    delegate, away, further = dice.sample(NAMES[:-1], 3)
    absent(away, delegate)
    absent(further, away)
    stands_in_for = {delegate: away, away: further}

    for name in NAMES[:-1]:
        others = [people[stands_in_for[name]]] if name in stands_in_for else []
        rule = Rule(people[name], others, [further] if name == delegate else [])
        counts = inbox_counts(house, people[name])
        few = house.store.look(
            lambda it, me=people[name]: count_work_items(it, reader_of(house, it, me), 5)
        )
        for view in ("mine", "unclaimed", "all"):
            expected = rule.view(view, works)
            assert counts[view] == min(len(expected), 100)
            assert few[view] == min(len(expected), 5)
            lines = listed(house, people[name], view=view)
            assert [it.id for it in lines] == [it.id for it in expected], (name, view)
            for line, work in zip(lines, expected, strict=True):
                assert line.may_claim is rule.is_free(work)
                assert line.has_left is (work.assignee == GONE)
                assert line.seat == rule.wanted_seat(work)
            some = [it.id for it in expected if it.process == "journey" and "100% p" in it.title]
            asked = listed(house, people[name], view=view, process="journey", q="100% P")
            assert [it.id for it in asked] == some


def listed(house: House, actor: Actor, **asked: Any) -> list[Any]:
    """All lines, seven at a time."""
    lines: list[Any] = []
    after: str | None = None
    while True:
        page = inbox(house, actor, limit=7, after=after, **asked)
        lines += page.rows
        after = page.after
        if after is None:
            return lines


def put_down(connection: psycopg.Connection, works: Sequence[Work]) -> None:
    """Write it into the tables, without any command."""
    [(version,)] = connection.execute("SELECT id FROM version").fetchall()
    for number, work in enumerate(works):
        instance = written(
            connection,
            """INSERT INTO instance (key, process, version_id, revision, engine_state, record,
                title, requester, started_at, changed_at, ended_at)
            VALUES (%s, %s, %s, 1, '', '{}', %s, %s, now(), now(), CASE WHEN %s THEN NULL
                ELSE now() END) RETURNING id""",
            (f"K-{number}", work.process, version, work.title, work.requester, work.is_open),
        )
        closed = None if work.is_open else MIDNIGHT
        work.id = written(
            connection,
            """INSERT INTO work_item (instance_id, token, element, name, role, group_name, assignee,
                rule, excluded, opened_at, due_at, closed_at)
            VALUES (%s, 't', 'sort', %s, %s, %s, %s, %s, %s, now(), %s, %s) RETURNING id""",
            (
                instance,
                work.name,
                work.role,
                work.group,
                work.assignee,
                work.rule,
                list(work.excluded),
                work.due,
                closed,
            ),
        )
        if work.rule is not None:
            put_down_round(connection, work, closed)


def put_down_round(connection: psycopg.Connection, work: Work, closed: datetime | None) -> None:
    """The round of an approval, with its seats and ballots."""
    number = written(
        connection,
        """INSERT INTO round (work_item_id, revision, rule, excluded, result_field, opened_at,
            closed_at) VALUES (%s, 1, %s, %s, 'approval', now(), %s) RETURNING id""",
        (work.id, work.rule, list(work.excluded), closed),
    )
    for it in work.seats:
        seated = written(
            connection,
            """INSERT INTO seat (round_id, name, role, person, mandatory, veto, chair, is_open)
            VALUES (%s, %s, %s, %s, %s, false, %s, %s) RETURNING id""",
            (number, it.name, it.role, it.person, it.mandatory, it.chair, closed is None),
        )
        if it.caster is not None:
            written(
                connection,
                """INSERT INTO ballot (seat_id, person, instead_of, choice, cast_at)
                VALUES (%s, %s, %s, 'approve', now()) RETURNING id""",
                (seated, it.caster, it.instead_of),
            )


def written(connection: psycopg.Connection, statement: Any, values: Sequence[object]) -> int:
    """Insert a row; answers its id."""
    row = connection.execute(statement, values).fetchone()
    assert row is not None
    return row[0]
