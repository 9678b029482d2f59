"""The forward schedule: planned records and declared windows in a time, as readers may see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from clearway.service.collisions import BUSY
from clearway.service.house import House
from clearway.service.permissions import refuse_unless
from clearway.service.planned import PlannedRecord, planned_records, windows_between
from clearway.service.search import reader_of
from clearway.service.values import Actor, Refusal
from clearway.store.database import Connection
from clearway.store.search import Reader
from processes.planned import MAINTENANCE, NONE, Occurrence, overlap

LONGEST = timedelta(days=400)
WORK = "work"


@dataclass(frozen=True)
class Filter:
    """What of it is asked for: of a process, about a service or asset, with a person; "": all."""

    process: str = ""
    thing: str = ""
    person: str = ""


@dataclass(frozen=True)
class CalendarEntry:
    """One thing in the calendar: a planned record (`work`), a `freeze` or `maintenance`.

    Instants are UTC. A record that the reader may not see is called busy and has no key.
    """

    kind: str
    key: str
    title: str
    starts: datetime
    ends: datetime
    things: Sequence[str] = ()
    people: Sequence[str] = ()
    process: str = ""
    state: str | None = None
    strength: str = NONE
    revision: int = 0

    @property
    def is_work(self) -> bool:
        """It is a planned record, not a window."""
        return self.kind == WORK

    @property
    def is_hidden(self) -> bool:
        """It is a record that the reader may not see."""
        return self.is_work and not self.key


@dataclass(frozen=True)
class CalendarView:
    """What is in a time, by its begin; and the processes that plan at all, with their names."""

    entries: Sequence[CalendarEntry]
    processes: Sequence[str]


def calendar_of(
    house: House, actor: Actor, after: datetime, until: datetime, only: Filter = Filter()
) -> CalendarView | Refusal:
    """What is planned, frozen or open for maintenance between two instants."""
    if refusal := refuse_unless(actor, "calendar"):
        return refusal
    if not after < until:
        return Refusal("invalid", "The time ends before it begins.", "Give a later end.")
    if until - after > LONGEST:
        return Refusal(
            "too_large", "The time is too long.", f"Ask for at most {LONGEST.days} days at once."
        )
    reader = reader_of(house, actor)
    return house.store.ask(lambda it: _look(house, it, reader, (after, until), only))


def _look(
    house: House,
    connection: Connection,
    reader: Reader,
    span: tuple[datetime, datetime],
    only: Filter,
) -> CalendarView:
    after, until = span
    records = planned_records(house, connection, reader)
    found = [
        _of_record(it)
        for it in records
        if overlap(it.work.starts, it.work.ends, after, until) and _fits(it, only)
    ]
    if not only.process and not only.person:
        found += [
            _of_window(it)
            for it in windows_between(connection, after, until)
            if not only.thing or it.is_for([only.thing])
        ]
    found.sort(key=lambda it: (it.starts, it.is_work, it.ends, it.key, it.title))
    return CalendarView(found, sorted({it.process for it in records}))


def _fits(record: PlannedRecord, only: Filter) -> bool:
    return (
        only.process in ("", record.process)
        and (not only.thing or only.thing in record.work.things)
        and (not only.person or only.person in record.work.people)
    )


def _of_record(it: PlannedRecord) -> CalendarEntry:
    if not it.is_readable:
        return CalendarEntry(WORK, "", BUSY, it.work.starts, it.work.ends)
    return CalendarEntry(
        WORK,
        it.work.key,
        it.work.title,
        it.work.starts,
        it.work.ends,
        it.work.things,
        it.work.people,
        it.process,
        it.state,
        revision=it.revision,
    )


def _of_window(it: Occurrence) -> CalendarEntry:
    strength = NONE if it.kind == MAINTENANCE else it.strength
    return CalendarEntry(
        it.kind, it.name, it.title, it.starts, it.ends, sorted(it.things), strength=strength
    )
