"""A person with roles and groups, read inside a command's transaction."""

from clearway.store.database import Row, Transaction

_PERSON = """SELECT p.name, p.active,
    ARRAY(SELECT m.group_name FROM membership m WHERE m.person = p.name),
    ARRAY(SELECT DISTINCT g.role FROM membership m JOIN group_role g USING (group_name)
          WHERE m.person = p.name)
FROM person p WHERE p.name = %(name)s"""


def person(transaction: Transaction, name: str) -> Row | None:
    """Name, whether active, groups, roles."""
    return transaction.one(_PERSON, {"name": name})
