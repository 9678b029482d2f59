"""Who is away now, and who stands in for whom, through however many."""
# ruff: noqa: S608 - the statements are put together from our own texts only

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from clearway.store.database import Transaction

_AWAY = """away AS (
    SELECT person, delegate FROM absence
    WHERE delegate IS NOT NULL AND from_at <= %(now)s AND until_at > %(now)s)"""
_BEHIND = f"""WITH RECURSIVE {_AWAY},
behind (person) AS (
    SELECT person FROM away WHERE delegate = %(person)s
    UNION
    SELECT a.person FROM behind b JOIN away a ON a.delegate = b.person)
SELECT b.person, EXISTS (SELECT FROM away a WHERE a.person = b.person AND a.delegate = %(person)s),
    ARRAY(SELECT DISTINCT r.role FROM membership m JOIN group_role r USING (group_name)
        WHERE m.person = b.person)
FROM behind b"""
_EVERYBODY = f"""WITH RECURSIVE {_AWAY},
behind (name, person) AS (
    SELECT delegate, person FROM away
    UNION
    SELECT b.name, a.person FROM behind b JOIN away a ON a.delegate = b.person)
SELECT name, array_agg(person) FROM behind GROUP BY name"""


class Absent(NamedTuple):
    """Somebody who is away now, with their roles.

    They named the person who is asked about (`is_direct`), or somebody who named that person.
    """

    name: str
    is_direct: bool
    roles: Sequence[str]


def people_behind(transaction: Transaction, person: str, now: datetime) -> list[Absent]:
    """All for whom this person stands in now, also by one who stands in for them in turn."""
    return [Absent(*row) for row in transaction.all(_BEHIND, {"person": person, "now": now})]


def everybody_behind(transaction: Transaction, now: datetime) -> Mapping[str, frozenset[str]]:
    """The same for whoever stands in for anybody: name -> names."""
    rows = transaction.all(_EVERYBODY, {"now": now})
    return {row[0]: frozenset(row[1]) for row in rows}
