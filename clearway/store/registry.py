"""The registry's rows: people, groups, roles, absences, services, assets and how they relate."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    and_,
    delete,
    func,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import insert

from clearway.store import schema

LONGEST_LOGIN = 64
"""Characters of the name of a person."""

_BATCH = 1000
_LOCK = 7_210_001  # one writer of the registry at a time; readers never wait

TABLES: Mapping[str, Table] = {
    "people": schema.person,
    "groups": schema.group_,
    "memberships": schema.membership,
    "group_roles": schema.group_role,
    "absences": schema.absence,
    "services": schema.service,
    "assets": schema.asset,
    "relations": schema.relation,
    "windows": schema.window,
}
KEYS: Mapping[str, tuple[str, ...]] = {
    "people": ("name",),
    "groups": ("name",),
    "memberships": ("group_name", "person"),
    "group_roles": ("group_name", "role"),
    "absences": ("person", "from_at"),
    "services": ("name",),
    "assets": ("name",),
    "relations": ("from_name", "kind", "to_name"),
    "windows": ("name",),
}
"""What makes a row of each table the same row when it is imported again."""

Row = Mapping[str, object]
Key = tuple[object, ...]


@dataclass(frozen=True)
class Person:
    """Somebody who may sign in, be told and be given work."""

    name: str
    full_name: str
    mail: str | None
    manager: str | None
    zone: str
    active: bool
    groups: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


PERSON = """p.name, p.full_name, p.mail, p.manager, p.zone, p.active,
    ARRAY(SELECT m.group_name FROM membership m WHERE m.person = p.name ORDER BY 1),
    ARRAY(SELECT DISTINCT g.role FROM membership m JOIN group_role g USING (group_name)
          WHERE m.person = p.name ORDER BY 1)"""
"""The columns of a Person, in the order of its fields, in a statement that calls the table `p`."""


def as_person(row: Sequence[Any]) -> Person:
    """The person of such a row."""
    return Person(*row[:6], groups=tuple(row[6]), roles=tuple(row[7]))


@dataclass(frozen=True)
class Group:
    """People who share an inbox; its roles are its members' roles."""

    name: str
    title: str
    lead: str | None
    mail: str | None
    members: tuple[str, ...]
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Absence:
    """From when until when (UTC) somebody is away, and who stands in."""

    id: int
    person: str
    delegate: str | None
    from_at: datetime
    until_at: datetime
    note: str


@dataclass(frozen=True)
class Service:
    """What the organisation offers; criticality 1 is the highest of 4."""

    name: str
    title: str
    criticality: int
    owner: str | None
    support_group: str | None


@dataclass(frozen=True)
class Asset:
    """A thing that services stand on; criticality 1 is the highest of 4."""

    name: str
    kind: str
    title: str
    criticality: int
    owner: str | None
    support_group: str | None


@dataclass(frozen=True)
class Relation:
    """`from_name` runs on, depends on, is part of or backs up `to_name`."""

    from_name: str
    kind: str
    to_name: str


# --- questions ---------------------------------------------------------------------------------


def all_people(connection: Connection) -> list[Person]:
    """Everybody, with groups and roles, by name."""
    return _people(connection, true())


def one_person(connection: Connection, name: str) -> Person | None:
    """This person, with groups and roles."""
    found = _people(connection, schema.person.c.name == name)
    return found[0] if found else None


def all_groups(connection: Connection) -> list[Group]:
    """Every group, with its members and roles, by name."""
    group, member, role = schema.group_, schema.membership, schema.group_role
    members = (
        select(func.array_agg(member.c.person).label("all"))
        .where(member.c.group_name == group.c.name)
        .scalar_subquery()
    )
    roles = (
        select(func.array_agg(role.c.role).label("all"))
        .where(role.c.group_name == group.c.name)
        .scalar_subquery()
    )
    columns = (group.c.name, group.c.title, group.c.lead, group.c.mail)
    statement = select(*columns, members.label("members"), roles.label("roles"))
    return [
        Group(row.name, row.title, row.lead, row.mail, _sorted(row.members), _sorted(row.roles))
        for row in connection.execute(statement.order_by(group.c.name))
    ]


def all_absences(connection: Connection, after: datetime) -> list[Absence]:
    """The absences that end after this instant, the earliest first."""
    table = schema.absence
    statement = select(table).where(table.c.until_at > after).order_by(table.c.from_at, table.c.id)
    return [Absence(**row) for row in connection.execute(statement).mappings()]


def all_services(connection: Connection) -> list[Service]:
    """Every service, the most critical first."""
    table = schema.service
    statement = select(table).order_by(table.c.criticality, table.c.name)
    return [Service(**row) for row in connection.execute(statement).mappings()]


def all_assets(connection: Connection) -> list[Asset]:
    """Every asset, by name."""
    statement = select(schema.asset).order_by(schema.asset.c.name)
    return [Asset(**row) for row in connection.execute(statement).mappings()]


def all_relations(connection: Connection) -> list[Relation]:
    """Every relation between services and assets."""
    table = schema.relation
    columns = (table.c.from_name, table.c.kind, table.c.to_name)
    return [Relation(**row) for row in connection.execute(select(*columns)).mappings()]


def one_service(connection: Connection, name: str) -> Service | None:
    """This service."""
    row = connection.execute(select(schema.service).where(schema.service.c.name == name)).first()
    return Service(*row) if row else None


def one_asset(connection: Connection, name: str) -> Asset | None:
    """This asset."""
    row = connection.execute(select(schema.asset).where(schema.asset.c.name == name)).first()
    return Asset(*row) if row else None


def related_assets(connection: Connection, names: Sequence[str]) -> list[Asset]:
    """The assets that these services or assets directly run on, depend on or are part of."""
    asset, relation = schema.asset, schema.relation
    wanted = select(relation.c.to_name).where(relation.c.from_name.in_(names))
    statement = select(asset).where(asset.c.name.in_(wanted)).order_by(asset.c.name)
    return [Asset(*row) for row in connection.execute(statement)]


def mail_addresses(connection: Connection, names: Sequence[str]) -> dict[str, list[str]]:
    """People and groups -> where to write to them; a group without an address: its members.

    A name that is neither a person nor a group is not in the answer; people who have left or have
    no address have an empty list.
    """
    person, group, member = schema.person, schema.group_, schema.membership
    found: dict[str, list[str]] = {}
    members = select(member.c.group_name, person.c.mail).join(
        person,
        and_(person.c.name == member.c.person, person.c.active, person.c.mail.is_not(None)),
    )
    for name, mail in connection.execute(
        select(group.c.name, group.c.mail).where(group.c.name.in_(names))
    ):
        found[name] = [mail] if mail else []
    silent = [name for name, mails in found.items() if not mails]
    for name, mail in connection.execute(members.where(member.c.group_name.in_(silent))):
        found[name].append(mail)
    for name, mail, active in connection.execute(
        select(person.c.name, person.c.mail, person.c.active).where(person.c.name.in_(names))
    ):
        found[name] = [mail] if mail and active else []
    return found


def stands_in_for(connection: Connection, person: str, at: datetime) -> list[str]:
    """Who is away at this instant and named this person as the delegate."""
    table = schema.absence
    statement = select(table.c.person).where(
        table.c.delegate == person, table.c.from_at <= at, table.c.until_at > at
    )
    return sorted(set(connection.execute(statement).scalars()))


def known_names(connection: Connection) -> dict[str, frozenset[str]]:
    """The names of all people, groups, services and assets."""
    tables = ("people", "groups", "services", "assets")
    return {
        table: frozenset(connection.execute(select(TABLES[table].c.name)).scalars())
        for table in tables
    }


def mail_owners(connection: Connection, mails: Iterable[str]) -> dict[str, str]:
    """Who has these addresses already."""
    person = schema.person
    statement = select(person.c.mail, person.c.name).where(person.c.mail.in_(list(mails)))
    return {row.mail: row.name for row in connection.execute(statement)}


# --- changes -----------------------------------------------------------------------------------


def lock_registry(connection: Connection) -> None:
    """Let no other command change the registry until this transaction ends."""
    connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def rows_as_they_are(
    connection: Connection, table: str, keys: Sequence[Key], columns: Sequence[str]
) -> dict[Key, dict[str, object]]:
    """The present values of these columns, for the rows with these keys."""
    source, names = TABLES[table], KEYS[table]
    key_columns = [source.c[name] for name in names]
    wanted = [*key_columns, *(source.c[name] for name in columns if name not in names)]
    found: dict[Key, dict[str, object]] = {}
    for start in range(0, len(keys), _BATCH):
        batch = list(keys[start : start + _BATCH])
        statement = select(*wanted).where(tuple_(*key_columns).in_(batch))
        for row in connection.execute(statement).mappings():
            values = cast(dict[str, object], dict(row))
            found[tuple(values[name] for name in names)] = values
    return found


def save_rows(connection: Connection, table: str, rows: Sequence[Row]) -> None:
    """Add these rows or change those with the same keys; all rows have the same columns."""
    target, names = TABLES[table], KEYS[table]
    if table == "absences":
        # A correction of an absence replaces it: its key is not unique in the schema.
        remove_rows(connection, table, [tuple(row[name] for name in names) for row in rows])
    for start in range(0, len(rows), _BATCH):
        batch = [dict(row) for row in rows[start : start + _BATCH]]
        statement = insert(target).values(batch)
        changes = {name: statement.excluded[name] for name in batch[0] if name not in names}
        if table == "absences":
            connection.execute(statement)
        elif changes:
            connection.execute(statement.on_conflict_do_update(index_elements=names, set_=changes))
        else:
            connection.execute(statement.on_conflict_do_nothing(index_elements=names))


def remove_rows(connection: Connection, table: str, keys: Sequence[Key]) -> int:
    """Remove the rows with these keys; answers how many there were."""
    target = TABLES[table]
    columns = [target.c[name] for name in KEYS[table]]
    statement = delete(target).where(tuple_(*columns).in_([tuple(key) for key in keys]))
    return connection.execute(statement).rowcount


def set_password_hash(connection: Connection, person: str, password_hash: str | None) -> None:
    """Replace what the person's password is compared with."""
    table = schema.person
    connection.execute(
        table.update().where(table.c.name == person).values(password_hash=password_hash)
    )


def password_hash(connection: Connection, person: str) -> str | None:
    """What the password of an active person is compared with; None also for unknown people."""
    table = schema.person
    statement = select(table.c.password_hash).where(table.c.name == person, table.c.active)
    return connection.execute(statement).scalar_one_or_none()


def names_in_use(connection: Connection, names: Sequence[str]) -> set[str]:
    """Which of these names a service or an asset already has."""
    service, asset = schema.service, schema.asset
    statement = (
        select(service.c.name)
        .where(service.c.name.in_(names))
        .union(select(asset.c.name).where(asset.c.name.in_(names)))
    )
    return set(connection.execute(statement).scalars())


def relations_of(connection: Connection, name: str) -> list[Relation]:
    """The relations that begin or end at this service or asset."""
    table = schema.relation
    statement = (
        select(table.c.from_name, table.c.kind, table.c.to_name)
        .where(or_(table.c.from_name == name, table.c.to_name == name))
        .order_by(table.c.id)
    )
    return [Relation(**row) for row in connection.execute(statement).mappings()]


_PEOPLE = select(
    schema.person.c.name,
    schema.person.c.full_name,
    schema.person.c.mail,
    schema.person.c.manager,
    schema.person.c.zone,
    schema.person.c.active,
    select(func.array_agg(schema.membership.c.group_name).label("all"))
    .where(schema.membership.c.person == schema.person.c.name)
    .scalar_subquery()
    .label("groups"),
    select(func.array_agg(schema.group_role.c.role.distinct()).label("all"))
    .select_from(schema.membership)
    .join(schema.group_role, schema.group_role.c.group_name == schema.membership.c.group_name)
    .where(schema.membership.c.person == schema.person.c.name)
    .scalar_subquery()
    .label("roles"),
)


def _people(connection: Connection, which: ColumnElement[bool]) -> list[Person]:
    statement = _PEOPLE.where(which).order_by(schema.person.c.name)
    return [
        Person(
            row.name,
            row.full_name,
            row.mail,
            row.manager,
            row.zone,
            row.active,
            _sorted(row.groups),
            _sorted(row.roles),
        )
        for row in connection.execute(statement)
    ]


def _sorted(names: list[str] | None) -> tuple[str, ...]:
    return tuple(sorted(names or ()))
