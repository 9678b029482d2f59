"""Open records that occupy a time: which fields say so, what they hold, and who is told of news."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Connection, false, func, insert, literal, select, true, union_all
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TEXT, aggregate_order_by

from clearway.store import schema
from clearway.store.search import Reader, readable_by


@dataclass(frozen=True)
class VersionRecord:
    """A version, and the record.json of its process as stored."""

    version_id: int
    process: str
    schema: bytes


@dataclass(frozen=True)
class PlannedRow:
    """An open record with those of its fields that say what it occupies."""

    key: str
    version_id: int
    process: str
    title: str
    state: str | None
    revision: int
    record: Mapping[str, object]
    is_readable: bool


def versions_but(connection: Connection, known: Collection[int]) -> list[VersionRecord]:
    """The versions that are not among `known`, each with its record.json."""
    version, content = schema.version, schema.content
    path = version.c.process + "/record.json"
    statement = (
        select(version.c.id, version.c.process, content.c.bytes)
        .join(content, content.c.hash == version.c.manifest[path].astext)
        .where(version.c.id.not_in(list(known)))
    )
    return [VersionRecord(*row) for row in connection.execute(statement)]


def open_planned(
    connection: Connection,
    processes: Collection[str],
    fields: Collection[str],
    reader: Reader | None = None,
) -> list[PlannedRow]:
    """The open records of these processes with these fields of theirs.

    `is_readable` says whether the reader may see each; without a reader none is asked about.
    """
    table = schema.instance
    each = func.jsonb_each(table.c.record).table_valued("key", "value").alias("each")
    wanted = literal(list(fields), ARRAY(TEXT))
    # One pass over the record: each operator on its own would unpack all of it again.
    occupied = (
        select(func.jsonb_object_agg(each.c.key, each.c.value, type_=JSONB))
        .where(each.c.key == func.any(wanted))
        .scalar_subquery()
    )
    statement = (
        select(
            table.c.key,
            table.c.version_id,
            table.c.process,
            table.c.title,
            table.c.state,
            table.c.revision,
            occupied,
            readable_by(reader) if reader else false(),
        )
        .where(table.c.ended_at.is_(None), table.c.process.in_(list(processes)))
        .order_by(table.c.id)
    )
    return [
        PlannedRow(*row[:6], record=cast(Mapping[str, object], row[6] or {}), is_readable=row[7])
        for row in connection.execute(statement)
    ]


def relation_names(connection: Connection) -> Iterator[tuple[str, str, str]]:
    """Every relation as from, kind and to."""
    table = schema.relation
    # Thousands of rows: as three lists they are read ten times as quickly.
    columns = (table.c.from_name, table.c.kind, table.c.to_name)
    lists = [func.array_agg(aggregate_order_by(it, table.c.id)) for it in columns]
    row = connection.execute(select(*lists)).one()
    return zip(*(cast("list[str] | None", it) or [] for it in row), strict=True)  # pyright: ignore[reportReturnType] three lists


def unknown_things(connection: Connection, names: Sequence[str]) -> list[str]:
    """Those of these names that no service and no asset has."""
    service, asset = schema.service, schema.asset
    known = union_all(
        select(service.c.name).where(service.c.name.in_(names)),
        select(asset.c.name).where(asset.c.name.in_(names)),
    )
    found = set(connection.execute(known).scalars()) if names else set[str]()
    return [name for name in names if name not in found]


def unknown_people(connection: Connection, names: Sequence[str]) -> list[str]:
    """Those of these names that no active person has."""
    person = schema.person
    statement = select(person.c.name).where(person.c.name.in_(names), person.c.active == true())
    found = set(connection.execute(statement).scalars()) if names else set[str]()
    return [name for name in names if name not in found]


def tell_who_waits(
    connection: Connection, name: str, keys: Collection[str], now: datetime
) -> Sequence[str]:
    """Send a message without values to those of these records that wait for it now; their keys.

    Who begins to wait later does not get it.
    """
    table, waits, message = schema.instance, schema.subscription, schema.message
    waiting = (
        select(table.c.key)
        .join(waits, waits.c.instance_id == table.c.id)
        .where(table.c.key.in_(list(keys)), waits.c.kind == "message", waits.c.name == name)
        .distinct()
    )
    found = sorted(connection.execute(waiting).scalars()) if keys else []
    if found:
        rows: list[dict[str, object]] = [
            {
                "name": name,
                "to_key": key,
                "payload": dict[str, str](),
                "sent_at": now,
                "expires_at": now,
            }
            for key in found
        ]
        connection.execute(insert(message).values(rows))
    return found
