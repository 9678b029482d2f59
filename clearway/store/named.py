"""Which names the registry has, read inside a command's transaction."""

from collections.abc import Collection, Mapping

from clearway.store.database import Transaction

TABLES = ("people", "groups", "services", "assets")
"""What a form field may take its names from."""

# A member who may sign in can take a task of the group, by whichever of their groups has its role.
_KNOWN = """SELECT 'people', p.name, ARRAY(
        SELECT DISTINCT g.role FROM membership m JOIN group_role g USING (group_name)
        WHERE m.person = p.name)
    FROM person p WHERE p.active AND p.name = ANY(%(people)s::text[])
UNION ALL SELECT 'groups', o.name, ARRAY(
        SELECT DISTINCT r.role FROM membership m
        JOIN person p ON p.name = m.person AND p.active
        JOIN membership a ON a.person = m.person
        JOIN group_role r ON r.group_name = a.group_name
        WHERE m.group_name = o.name)
    FROM "group" o WHERE o.name = ANY(%(groups)s::text[])
UNION ALL SELECT 'services', name, '{}' FROM service WHERE name = ANY(%(services)s::text[])
UNION ALL SELECT 'assets', name, '{}' FROM asset WHERE name = ANY(%(assets)s::text[])"""


_IN_USE = """SELECT 'people', name FROM person WHERE name = ANY(%(people)s::text[])
UNION ALL SELECT 'groups', name FROM "group" WHERE name = ANY(%(groups)s::text[])
UNION ALL SELECT 'services', name FROM service WHERE name = ANY(%(services)s::text[])
UNION ALL SELECT 'assets', name FROM asset WHERE name = ANY(%(assets)s::text[])"""


def known(
    transaction: Transaction, wanted: Mapping[str, Collection[str]]
) -> Mapping[tuple[str, str], frozenset[str]]:
    """Those of the wanted names of each table that are there: (table, name) -> roles.

    A person who is not active any more is not there. The roles are those of a person, or those
    that active members of a group have.
    """
    rows = transaction.all(_KNOWN, {table: list(wanted.get(table, ())) for table in TABLES})
    return {(table, name): frozenset(roles) for table, name, roles in rows}


def in_use(transaction: Transaction, wanted: Mapping[str, Collection[str]]) -> set[tuple[str, str]]:
    """Those of the wanted names of each table that are there, of inactive people as well."""
    rows = transaction.all(_IN_USE, {table: list(wanted.get(table, ())) for table in TABLES})
    return {(table, name) for table, name in rows}
