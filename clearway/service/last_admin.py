"""That somebody is always left who may change the registry: the last administrator stays."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from clearway.service.permissions import ADMIN
from clearway.service.values import Refusal
from clearway.store import registry as rows
from clearway.store.database import Connection

NOBODY_LEFT = "Nobody active would have the role admin any more"
FIRST_ANOTHER = "give the role to somebody else first"


def last_to_leave(connection: Connection, is_active: Mapping[str, bool]) -> list[str]:
    """The last administrators, when all of them would leave with `is_active`; nobody otherwise.

    `is_active` is what is to be said of people by name; the others stay as they are. The registry
    must be locked.
    """
    if all(is_active.values()):
        return []
    holders = [person for person in rows.all_people(connection) if ADMIN in person.roles]
    if any(is_active.get(person.name, person.active) for person in holders):
        return []
    return [person.name for person in holders if person.active]


def refuse_last_removed(
    connection: Connection, table: str, key: Sequence[str | datetime]
) -> Refusal | None:
    """None when somebody active has the role admin without this row, or nobody had it with it.

    The registry must be locked.
    """
    if table not in ("memberships", "group_roles"):
        return None
    active = {person.name for person in rows.all_people(connection) if person.active}
    grants = [
        (group.name, person)
        for group in rows.all_groups(connection)
        if ADMIN in group.roles
        for person in group.members
        if person in active
    ]
    left = [grant for grant in grants if not _rests_on(grant, table, tuple(key))]
    if left or not grants:
        return None
    remedy = f"{FIRST_ANOTHER[0].upper()}{FIRST_ANOTHER[1:]}."
    return Refusal("invalid", f"{NOBODY_LEFT}: the row stays.", remedy)


def _rests_on(grant: tuple[str, str], table: str, key: tuple[str | datetime, ...]) -> bool:
    """Whether somebody has the role by a group only as long as this row is there."""
    group, person = grant
    return key == ((group, person) if table == "memberships" else (group, ADMIN))
