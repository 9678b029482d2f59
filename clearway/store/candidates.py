"""Whom the registry knows for a piece of work: a person, a lead, an owner, who may take a seat."""
# ruff: noqa: S608 - the statements are put together from our own texts only

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clearway.store.absences import EVERYBODY
from clearway.store.database import Transaction
from clearway.store.registry import PERSON, Person, as_person

_BY_NAME = f"SELECT {PERSON} FROM person p WHERE p.name = %(name)s"
_ACTIVE = f"""SELECT {PERSON} FROM person p WHERE p.active AND (%(group)s::text IS NULL OR EXISTS (
    SELECT FROM membership m WHERE m.person = p.name AND m.group_name = %(group)s))
ORDER BY p.name"""
# Whoever is among the first so many that may take a seat: a round has fewer seats than that.
_PEOPLE_SHOWN = 20
# The rounds first, then for each seat whose vote may fill it, and who would cast it: who holds the
# seat, or somebody who stands in.
_NEEDED_SEATS = f"""WITH RECURSIVE asked AS MATERIALIZED (
    SELECT i.key, w.name AS approval, r.id, r.rule, r.opened_at, r.excluded
    FROM round r JOIN work_item w ON w.id = r.work_item_id JOIN instance i ON i.id = w.instance_id
    WHERE r.closed_at IS NULL AND w.closed_at IS NULL
        AND (%(work_item_id)s::bigint IS NULL OR w.id = %(work_item_id)s)
    ORDER BY r.opened_at, r.id LIMIT %(most)s),
{EVERYBODY}
SELECT r.key, r.approval, r.id, r.opened_at, s.name, s.role, s.person, found.takers, found.barred
FROM asked r JOIN seat s ON s.round_id = r.id
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(DISTINCT h.name ORDER BY h.name) FILTER (WHERE h.may),
            '{{}}') AS takers,
        coalesce(jsonb_agg(jsonb_build_array(h.name, h.active, h.interest) ORDER BY h.name)
            FILTER (WHERE NOT h.may AND h.holds), '[]') AS barred
    FROM (
        SELECT c.name, p.active, c.holds, c.has_cast, i.interest,
            c.has_cast OR (p.active AND i.interest IS NULL
                AND (s.person IS NULL OR s.person <> ALL(r.excluded))) AS may
        FROM (
            SELECT name, caster, bool_or(holds) AS holds, bool_or(has_cast) AS has_cast FROM (
                SELECT s.person, s.person, true, false
                UNION ALL
                SELECT m.person, m.person, true, false
                FROM membership m JOIN group_role g USING (group_name)
                WHERE s.person IS NULL AND g.role = s.role
                UNION ALL
                SELECT a.person, a.delegate, false, false FROM away a
                WHERE a.person = s.person OR (s.person IS NULL AND EXISTS (
                    SELECT FROM membership m JOIN group_role g USING (group_name)
                    WHERE m.person = a.person AND g.role = s.role))
                UNION ALL
                SELECT coalesce(b.instead_of, b.person), b.person, false, true FROM ballot b
                WHERE b.seat_id = s.id AND NOT b.replaced) AS those(name, caster, holds, has_cast)
            GROUP BY name, caster) c
        JOIN person p ON p.name = c.caster
        CROSS JOIN LATERAL (SELECT CASE WHEN p.name = ANY(r.excluded) THEN p.name ELSE (
            SELECT min(b.person) FROM behind b
            WHERE b.name = p.name AND b.person = ANY(r.excluded)) END AS interest) i
        ORDER BY may DESC, c.name LIMIT %(people)s) h) found
WHERE s.mandatory OR (s.chair AND r.rule = ANY(%(chair_rules)s::text[]))
ORDER BY r.opened_at, r.id, s.id"""
_LEAD = 'SELECT g.lead FROM "group" g WHERE g.name = %(name)s'
_OWNER = "SELECT s.owner FROM service s WHERE s.name = %(name)s"


def person(transaction: Transaction, name: str) -> Person | None:
    """The person with this name; None when the registry does not know them."""
    row = transaction.one(_BY_NAME, {"name": name})
    return as_person(row) if row else None


def active_people(transaction: Transaction, group: str | None) -> list[Person]:
    """All who are active, or those of them in this group, by name."""
    return [as_person(row) for row in transaction.all(_ACTIVE, {"group": group})]


def lead(transaction: Transaction, group: str) -> str | None:
    """Who leads this group."""
    row = transaction.one(_LEAD, {"name": group})
    return row[0] if row else None


def owner(transaction: Transaction, service: str) -> str | None:
    """Who owns this service."""
    row = transaction.one(_OWNER, {"name": service})
    return row[0] if row else None


@dataclass(frozen=True)
class NeededSeat:
    """A seat without which an open round cannot decide, with whose vote may fill it now.

    They cast it themselves, or one who stands in for them does. `takers` has whose vote fills it
    already, too. `barred` are those who hold the seat and may not take
    it: who, whether they may sign in, and for whom with an interest they stand in (None: nobody).
    """

    key: str
    approval: str
    round_id: int
    opened_at: datetime
    name: str
    role: str | None
    person: str | None
    takers: tuple[str, ...]
    barred: tuple[tuple[str, bool, str | None], ...]


def needed_seats(
    transaction: Transaction,
    now: datetime,
    chair_rules: Sequence[str],
    most: int,
    work_item_id: int | None = None,
) -> list[NeededSeat]:
    """The seats that must cast in the `most` oldest open rounds, or in that of this work item.

    They are mandatory, or the chair's where the round has one of `chair_rules`.
    """
    rows = transaction.all(
        _NEEDED_SEATS,
        {
            "now": now,
            "chair_rules": list(chair_rules),
            "most": most,
            "work_item_id": work_item_id,
            "people": _PEOPLE_SHOWN,
        },
    )
    return [_needed_seat(*row) for row in rows]


def _needed_seat(*row: Any) -> NeededSeat:
    *plain, takers, barred = row
    return NeededSeat(*plain, takers=tuple(takers), barred=tuple(_barred(it) for it in barred))


def _barred(row: Sequence[object]) -> tuple[str, bool, str | None]:
    name, may_sign_in, stands_in_for = row
    return str(name), bool(may_sign_in), None if stands_in_for is None else str(stands_in_for)
