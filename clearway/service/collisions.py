"""What collides with planned work, asked of the open records, the registry and the windows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from clearway.service.house import House
from clearway.service.permissions import refuse_unless
from clearway.service.planned import PlannedRecord, ground, planned_records
from clearway.service.search import reader_of
from clearway.service.values import Actor, Refusal
from clearway.store.database import Connection
from clearway.store.planned import unknown_people, unknown_things
from clearway.store.search import Reader
from processes.collisions import SAME_WINDOW, Collision, collisions, strongest
from processes.planned import HARD, Planned, problem_of
from processes.slots import Span, free_slots

BUSY = "busy"
"""How a record is called that the reader may not see."""
AHEAD = timedelta(days=60)
"""How far from its begin on a slot is looked for."""
LONGEST = timedelta(days=366)


@dataclass(frozen=True)
class CollisionsView:
    """What stands against a planned work, and when it would fit instead.

    `problem`: what is wrong with the question itself, with the remedy; then nothing else is said,
    except of a time that has begun and is not over: what stands against it is found all the same.
    `freeze` is hard, soft or none, and null where nobody could look. `slots` are begin and
    end (UTC); none where it fits as it is.
    """

    problem: str | None = None
    collisions: Sequence[Collision] = ()
    freeze: str | None = None
    slots: Sequence[Span] = ()

    @property
    def keys(self) -> Sequence[str]:
        """The keys of the records among them, each once.

        To stand in the same maintenance window is told, but stands against nothing: there would
        be news for everybody in it with each that comes.
        """
        records = [it for it in self.collisions if it.is_record and it.kind != SAME_WINDOW]
        return list(dict.fromkeys(it.other for it in records if it.other))

    @property
    def is_stopped(self) -> bool:
        """A hard freeze holds."""
        return self.freeze == HARD


def collisions_of(house: House, actor: Actor, planned: Planned) -> CollisionsView | Refusal:
    """What stands against this work, whose own record (its key) does not count.

    A record that the actor may not see is there without key and title.
    """
    if refusal := refuse_unless(actor, "collisions"):
        return refusal
    reader = reader_of(house, actor)
    zone = ZoneInfo(actor.zone)
    return house.store.ask(lambda it: _look(house, it, planned, reader, zone))


def _look(
    house: House,
    connection: Connection,
    planned: Planned,
    reader: Reader,
    zone: ZoneInfo,
) -> CollisionsView:
    now = house.now()
    begun = planned.starts < now < planned.ends
    if problem := _problem(connection, planned, planned.starts if begun else now):
        return CollisionsView(problem)
    late = problem_of(planned.starts, planned.ends, now)
    records = planned_records(house, connection, reader)
    until = max(planned.ends, planned.starts + AHEAD)
    works = [it.work for it in records if it.work.ends > planned.starts]
    held = ground(house, connection, works, (planned.starts, until))
    found = collisions(planned, held)
    slots: Sequence[Span] = ()
    if any(it.kind != SAME_WINDOW for it in found):
        begin = max(planned.starts, now)
        slots = free_slots(planned, held, after=begin, until=until, zone=zone)
    return CollisionsView(late, _masked(found, records), strongest(found), slots)


def _problem(connection: Connection, planned: Planned, now: datetime) -> str | None:
    if problem := problem_of(planned.starts, planned.ends, now):
        return problem
    if planned.ends - planned.starts > LONGEST:
        return f"It takes more than {LONGEST.days} days: give an earlier end."
    if unknown := unknown_things(connection, planned.things):
        names = " and no ".join(unknown)
        return f"There is no service or asset {names}: choose a name from the registry."
    if unknown := unknown_people(connection, planned.people):
        return f"There is no person {' and no '.join(unknown)}: choose a name from the registry."
    return None


def _masked(found: Sequence[Collision], records: Sequence[PlannedRecord]) -> list[Collision]:
    """Without the key and the title of what the reader may not see."""
    seen = {it.work.key for it in records if it.is_readable}
    return [
        it if not it.is_record or it.other in seen else replace(it, other="", title=BUSY)
        for it in found
    ]


def slot_text(slot: Span) -> str:
    """`2026-03-02T20:00Z/2026-03-02T22:00Z`."""
    return "/".join(f"{it:%Y-%m-%dT%H:%M}Z" for it in slot)


def slot_of(text: str) -> Span | None:
    """The slot of such a text; None for anything else."""
    try:
        begin, end = (datetime.fromisoformat(part) for part in text.split("/"))
    except ValueError:
        return None
    return (begin, end) if begin.tzinfo and end.tzinfo and begin < end else None
