"""The registry's commands and questions: who and what there is, and who stands in for whom."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from clearway.service.house import House
from clearway.service.last_admin import refuse_last_removed
from clearway.service.look_again import look_again_for_rows
from clearway.service.permissions import refuse_unless
from clearway.service.registry_command import answer_once, record_entry
from clearway.service.registry_import import checked, imported, refused
from clearway.service.registry_sheet import COLUMNS, Sheet, read_sheet
from clearway.service.sign_in import as_actor
from clearway.service.values import Actor, Done, Refusal
from clearway.store import candidates
from clearway.store import registry as rows
from clearway.store.database import Connection
from clearway.store.registry import Absence, Asset, Group, Person, Relation, Service

__all__ = [
    "Absence",
    "Asset",
    "Group",
    "Person",
    "Relation",
    "Service",
    "ServiceContext",
    "absences",
    "actor_of",
    "addresses_of",
    "assets",
    "groups",
    "has_role",
    "import_csv",
    "line_of",
    "people",
    "relations",
    "remove",
    "service_context",
    "services",
    "set_absence",
    "stands_in_for",
]

REMOVABLE = ("memberships", "group_roles", "absences", "relations")
"""The tables whose rows may go; everything else is named in history and only becomes inactive."""

_WHEN = {"absences": ("until_at",)}
"""What is asked of a row before it goes, besides its key."""


# --- questions ---------------------------------------------------------------------------------


def people(house: House, actor: Actor) -> list[Person] | Refusal:
    """Everybody with groups and roles, by name."""
    if refusal := refuse_unless(actor, "people"):
        return refusal
    return house.store.ask(rows.all_people)


def groups(house: House, actor: Actor) -> list[Group] | Refusal:
    """Every group with its members and roles, by name."""
    if refusal := refuse_unless(actor, "groups"):
        return refusal
    return house.store.ask(rows.all_groups)


def absences(house: House, actor: Actor) -> list[Absence] | Refusal:
    """The absences that are not over, the earliest first."""
    if refusal := refuse_unless(actor, "absences"):
        return refusal
    return house.store.ask(lambda it: rows.all_absences(it, house.now()))


def services(house: House, actor: Actor) -> list[Service] | Refusal:
    """Every service, the most critical first."""
    if refusal := refuse_unless(actor, "services"):
        return refusal
    return house.store.ask(rows.all_services)


def assets(house: House, actor: Actor) -> list[Asset] | Refusal:
    """Every asset, by name."""
    if refusal := refuse_unless(actor, "assets"):
        return refusal
    return house.store.ask(rows.all_assets)


def relations(house: House, actor: Actor, name: str) -> list[Relation] | Refusal:
    """What this service or asset stands on, and what stands on it."""
    if refusal := refuse_unless(actor, "relations"):
        return refusal
    return house.store.ask(lambda it: rows.relations_of(it, name))


def actor_of(house: House, person: str) -> Actor | None:
    """The person with the roles of their groups; None when unknown or no longer active."""
    found = house.store.ask(lambda it: rows.one_person(it, person))
    return as_actor(found) if found and found.active else None


def stands_in_for(house: House, person: str) -> list[str]:
    """Who is away now and named this person as delegate."""
    return house.store.ask(lambda it: rows.stands_in_for(it, person, house.now()))


@dataclass(frozen=True)
class ServiceContext:
    """Who supports, who owns, how critical; `known` is False when the registry has neither."""

    support_group: str | None
    owner: str | None
    criticality: int | None
    known: bool


def service_context(house: House, service: str | None, asset: str | None) -> ServiceContext:
    """What the registry knows about a service, an asset or both.

    The asset's support group comes before the service's, the service's owner before the
    asset's; of the two criticalities the higher one (the smaller number) counts.
    """

    def look(connection: Connection) -> tuple[Service | None, Asset | None]:
        return (
            rows.one_service(connection, service) if service else None,
            rows.one_asset(connection, asset) if asset else None,
        )

    offered, thing = house.store.ask(look)
    found = [it for it in (thing, offered) if it is not None]
    return ServiceContext(
        next((it.support_group for it in found if it.support_group), None),
        next((it.owner for it in reversed(found) if it.owner), None),
        min((it.criticality for it in found), default=None),
        bool(found),
    )


def line_of(house: House, person: str) -> list[str]:
    """Who is above a person: the manager, the manager's manager and so on, each once."""

    def look(connection: Connection) -> list[str]:
        above: list[str] = []
        found = rows.one_person(connection, person)
        while found and found.manager and found.manager not in (person, *above):
            above.append(found.manager)
            found = rows.one_person(connection, found.manager)
        return above

    return house.store.ask(look)


def has_role(house: House, person: str, role: str) -> bool:
    """Whether an active person has this role by one of their groups."""
    found = house.store.look(lambda it: candidates.person(it, person))
    return found is not None and found.active and role in found.roles


def addresses_of(house: House, names: Sequence[str]) -> dict[str, list[str]]:
    """People and groups -> mail addresses; what has an @ is an address already.

    Names that nobody has are left out; people without an address have an empty list.
    """
    direct = {name: [name] for name in names if "@" in name}
    found = house.store.ask(
        lambda it: rows.mail_addresses(it, [name for name in names if name not in direct])
    )
    return {**direct, **found}


# --- commands ----------------------------------------------------------------------------------


def import_csv(
    house: House, actor: Actor, table: str, text: str, *, once: str, dry_run: bool = False
) -> Done | Refusal:
    """Add or change the rows of one table from CSV: all of them or, with any problem, none.

    `table` is people, groups, memberships, group_roles, absences, services, assets, relations or
    windows.
    The first line names the columns; a column that is left out stays as it is. The answer's
    details count `added`, `changed` and `unchanged`; where people become inactive who have open
    tasks, `left_behind` has a sentence for each. A refusal's fields say what is wrong at which
    place. A dry run checks everything and changes nothing.
    """
    if refusal := refuse_unless(actor, "import_csv"):
        return refusal
    if table not in COLUMNS:
        return Refusal(
            "invalid", f"There is no table {table[:60]}.", f"Import one of {', '.join(COLUMNS)}."
        )
    sheet = read_sheet(table, text, rows.KEYS[table])
    if sheet.problems:
        return refused(sheet.problems)
    if dry_run:
        return house.store.ask(lambda it: checked(house, it, sheet))
    request = {"table": table, "text": hashlib.sha256(text.encode()).hexdigest()}
    return answer_once(
        house, actor, "import_csv", request, once, lambda it: imported(house, it, actor, sheet)
    )


def set_absence(
    house: House,
    actor: Actor,
    person: str,
    from_at: datetime,
    until_at: datetime,
    *,
    delegate: str | None = None,
    note: str = "",
    once: str,
) -> Done | Refusal:
    """Say when a person is away and who stands in; people their own, administrators anybody's.

    Times are aware instants. The same beginning again corrects the absence.
    """
    if actor.name != person and (refusal := refuse_unless(actor, "set_absence")):
        return refusal
    row = {
        "person": person,
        "from_at": from_at,
        "until_at": until_at,
        "delegate": delegate,
        "note": note[:300],
    }
    if not actor.is_person and actor.name == person:
        return Refusal("not_allowed", "A channel is never away.")
    sheet = Sheet("absences", COLUMNS["absences"], (row,), (1,))
    request = {name: str(value) for name, value in row.items()}

    def kept(connection: Connection) -> Done | Refusal:
        if until_at <= house.now():
            told = "This is over already: give a time that is still ahead."
            return Refusal("invalid", "The absence is over.", "Correct the times.", {"until": told})
        return imported(house, connection, actor, sheet)

    return answer_once(house, actor, "set_absence", request, once, kept)


def remove(
    house: House, actor: Actor, table: str, key: Sequence[str | datetime], *, once: str
) -> Done | Refusal:
    """Take a row out of memberships, group_roles, absences or relations; `key` as in its CSV."""
    own_absence = table == "absences" and len(key) == 2 and key[0] == actor.name
    if not own_absence and (refusal := refuse_unless(actor, "remove_from_registry")):
        return refusal
    if table not in REMOVABLE:
        return Refusal(
            "invalid",
            f"Rows of {table[:60]} stay, because history names them.",
            f"Set a person inactive, or remove from {', '.join(REMOVABLE)}.",
        )
    if len(key) != len(rows.KEYS[table]):
        return Refusal("invalid", f"A key has {len(rows.KEYS[table])} parts.", "Give all parts.")

    def gone(connection: Connection) -> Done | Refusal:
        rows.lock_registry(connection)
        if refusal := refuse_last_removed(connection, table, key):
            return refusal
        before = rows.rows_as_they_are(connection, table, [tuple(key)], _WHEN.get(table, ()))
        removed = rows.remove_rows(connection, table, [tuple(key)])
        if not removed:
            return Refusal("not_found", "There is no such row.", "Look at the table again.")
        details = {"table": table, "key": [str(part) for part in key]}
        record_entry(house, connection, actor, "remove_from_registry", details)
        look_again_for_rows(house, connection, table, before.values())
        return Done(details={"removed": removed})

    request = {"table": table, "key": [str(part) for part in key]}
    return answer_once(house, actor, "remove_from_registry", request, once, gone)
