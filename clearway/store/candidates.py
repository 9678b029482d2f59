"""A person with roles and groups, and who leads a group, read inside a command's transaction."""

from clearway.store.database import Row, Transaction

_PERSON = """SELECT p.name, p.active,
    ARRAY(SELECT m.group_name FROM membership m WHERE m.person = p.name),
    ARRAY(SELECT DISTINCT g.role FROM membership m JOIN group_role g USING (group_name)
          WHERE m.person = p.name)
FROM person p WHERE p.name = %(name)s"""
_LEAD = 'SELECT g.lead FROM "group" g WHERE g.name = %(name)s'


def person(transaction: Transaction, name: str) -> Row | None:
    """Name, whether active, groups, roles."""
    return transaction.one(_PERSON, {"name": name})


def lead(transaction: Transaction, group: str) -> str | None:
    """Who leads this group."""
    row = transaction.one(_LEAD, {"name": group})
    return row[0] if row else None
