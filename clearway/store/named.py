"""Which names the registry has, read inside a command's transaction."""

from collections.abc import Collection, Mapping

from clearway.store.database import Transaction

TABLES = ("people", "groups", "services", "assets")
"""What a form field may take its names from."""

_KNOWN = """SELECT 'people', name FROM person WHERE active AND name = ANY(%(people)s::text[])
UNION ALL SELECT 'groups', name FROM "group" WHERE name = ANY(%(groups)s::text[])
UNION ALL SELECT 'services', name FROM service WHERE name = ANY(%(services)s::text[])
UNION ALL SELECT 'assets', name FROM asset WHERE name = ANY(%(assets)s::text[])"""


def known(
    transaction: Transaction, wanted: Mapping[str, Collection[str]]
) -> frozenset[tuple[str, str]]:
    """Those of the wanted names of each table that are there, as (table, name).

    A person who is not active any more is not there.
    """
    rows = transaction.all(_KNOWN, {table: list(wanted.get(table, ())) for table in TABLES})
    return frozenset((table, name) for table, name in rows)
