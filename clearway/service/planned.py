"""The open records that occupy a time, and what they are held against, as the database has it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from clearway.service.house import House
from clearway.service.recurring import nearest, occurrences
from clearway.store import planned as rows
from clearway.store import registry
from clearway.store.database import Connection
from clearway.store.planned import PlannedRow
from clearway.store.search import Reader
from clearway.store.windows import Window, all_windows
from processes.collisions import Ground
from processes.impact import Network, Relation
from processes.planned import (
    MAINTENANCE,
    Away,
    Occurrence,
    Planned,
    PlannedFields,
    fields_of,
)


@dataclass(frozen=True)
class PlannedRecord:
    """An open record that says when it happens, and whether the reader may see it."""

    work: Planned
    process: str
    state: str | None
    revision: int
    is_readable: bool


def planned_fields(house: House, connection: Connection) -> Mapping[int, tuple[str, PlannedFields]]:
    """The versions whose records may occupy a time: id -> process, fields.

    Versions never change, so that each is read once.
    """
    known = house.planned_versions
    for it in rows.versions_but(connection, list(known)):
        said = json.loads(it.schema)
        fields = fields_of(said.get("x-planned")) if isinstance(said, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType] keys of JSON are text
        known[it.version_id] = (it.process, fields)
    return {id: (process, fields) for id, (process, fields) in known.items() if fields}


def planned_records(
    house: House, connection: Connection, reader: Reader | None = None
) -> list[PlannedRecord]:
    """Every open record that says when it happens; without a reader none is readable."""
    versions = planned_fields(house, connection)
    processes = {process for process, _ in versions.values()}
    names = {name for _, fields in versions.values() for name in fields.names}
    found = rows.open_planned(connection, processes, names, reader) if versions else []
    records = (_record(it, versions.get(it.version_id)) for it in found)
    return [it for it in records if it is not None]


def _record(row: PlannedRow, version: tuple[str, PlannedFields] | None) -> PlannedRecord | None:
    work = version[1].read(row.key, row.title, row.record) if version else None
    if work is None:
        return None
    return PlannedRecord(work, row.process, row.state, row.revision, row.is_readable)


def network(connection: Connection) -> Network:
    """What stands on what, by the registry."""
    return Network(Relation(*it) for it in rows.relation_names(connection))


def windows_between(
    connection: Connection, after: datetime, until: datetime
) -> Sequence[Occurrence]:
    """Each time of a declared window between two instants, by its begin."""
    found = [time for it in all_windows(connection) for time in occurrences(it, after, until)]
    return sorted(found, key=lambda it: (it.starts, it.name))


def ground(
    house: House, connection: Connection, others: Sequence[Planned], span: tuple[datetime, datetime]
) -> Ground:
    """What work in this time is held against, besides these others."""
    after, until = span
    away = [
        Away(it.person, it.from_at, it.until_at)
        for it in registry.all_absences(connection, min(after, house.now()))
    ]
    windows = [time for it in all_windows(connection) for time in _held_against(it, after, until)]
    windows.sort(key=lambda it: (it.starts, it.name))
    return Ground(others, windows, away, network(connection))


def _held_against(window: Window, after: datetime, until: datetime) -> list[Occurrence]:
    """A thing that has windows for maintenance is held to them however far off the next one is."""
    found = occurrences(window, after, until)
    if window.kind == MAINTENANCE and not any(it.starts > after for it in found):
        return [*found, nearest(window, after)]
    return found
