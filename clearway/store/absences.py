"""Who is away now, and who stands in for whom, through however many."""
# ruff: noqa: S608 - the statements are put together from our own texts only

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select

from clearway.store import schema
from clearway.store.database import Transaction
from processes.absences import Away

BEHIND = """WITH RECURSIVE behind (person) AS (
    SELECT b.person FROM absence b
    WHERE b.delegate = %(actor)s AND b.from_at <= %(now)s AND b.until_at > %(now)s
    UNION
    SELECT b.person FROM behind h JOIN absence b ON b.delegate = h.person
    WHERE b.from_at <= %(now)s AND b.until_at > %(now)s)"""
"""All for whom the actor stands in, also by one who stands in for them in turn; by an index."""
EVERYBODY = """away AS MATERIALIZED (
    SELECT person, delegate FROM absence
    WHERE delegate IS NOT NULL AND from_at <= %(now)s AND until_at > %(now)s),
behind (name, person) AS (
    SELECT delegate, person FROM away
    UNION
    SELECT b.name, a.person FROM behind b JOIN away a ON a.delegate = b.person)"""
"""Who is `away`, and everybody who stands in (`name`) with all for whom; after WITH RECURSIVE."""
_BEHIND = f"""{BEHIND}
SELECT h.person, EXISTS (SELECT FROM absence a WHERE a.person = h.person
        AND a.delegate = %(actor)s AND a.from_at <= %(now)s AND a.until_at > %(now)s),
    ARRAY(SELECT DISTINCT r.role FROM membership m JOIN group_role r USING (group_name)
        WHERE m.person = h.person)
FROM behind h"""
_EVERYBODY = f"WITH RECURSIVE {EVERYBODY} SELECT name, array_agg(person) FROM behind GROUP BY name"


class Absent(NamedTuple):
    """Somebody who is away now, with their roles.

    They named the person who is asked about (`is_direct`), or somebody who named that person.
    """

    name: str
    is_direct: bool
    roles: Sequence[str]


def people_behind(transaction: Transaction, person: str, now: datetime) -> list[Absent]:
    """All for whom this person stands in now, also by one who stands in for them in turn."""
    return [Absent(*row) for row in transaction.all(_BEHIND, {"actor": person, "now": now})]


def everybody_behind(transaction: Transaction, now: datetime) -> Mapping[str, frozenset[str]]:
    """The same for whoever stands in for anybody: name -> names."""
    rows = transaction.all(_EVERYBODY, {"now": now})
    return {row[0]: frozenset(row[1]) for row in rows}


def delegations(connection: Connection) -> list[Away]:
    """Who stands in for whom, and when."""
    table = schema.absence
    found = select(table.c.person, table.c.delegate, table.c.from_at, table.c.until_at)
    return [Away(*row) for row in connection.execute(found.where(table.c.delegate.is_not(None)))]
