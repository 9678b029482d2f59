"""Planned work: which times, things and people a record occupies, and what is wrong with a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

FREEZE, MAINTENANCE = "freeze", "maintenance"
HARD, SOFT, NONE = "hard", "soft", "none"


@dataclass(frozen=True, slots=True)
class Planned:
    """Work that occupies a time (aware instants, the end not included), things and people."""

    key: str
    title: str
    starts: datetime
    ends: datetime
    things: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    touches: bool = True
    """False for what touches no thing by its kind, as a meeting: no window is for it."""


@dataclass(frozen=True, slots=True)
class PlannedFields:
    """The fields of a record that say what it occupies: `x-planned` of its record.json."""

    starts: str
    ends: str
    things: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    collides_with: str = ""
    """The field with the keys of the records that it was found to collide with; empty: none."""

    @property
    def names(self) -> tuple[str, ...]:
        """Those that say what it occupies."""
        return (self.starts, self.ends, *self.things, *self.people)

    def read(self, key: str, title: str, record: Mapping[str, object]) -> Planned | None:
        """What this record occupies; None while it does not say when, or says it backwards."""
        starts, ends = instant_of(record.get(self.starts)), instant_of(record.get(self.ends))
        if starts is None or ends is None or ends <= starts:
            return None
        return Planned(
            key,
            title,
            starts,
            ends,
            names_of(*(record.get(name) for name in self.things)),
            names_of(*(record.get(name) for name in self.people)),
            touches=bool(self.things),
        )


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that a declared window is open or frozen, for `things` (none: for all)."""

    name: str
    kind: str
    """FREEZE or MAINTENANCE."""
    title: str
    starts: datetime
    ends: datetime
    things: frozenset[str] = frozenset()
    strength: str = NONE
    """HARD or SOFT for a freeze."""

    def is_for(self, things: Sequence[str]) -> bool:
        """Whether it concerns any of these; a window for no thing in particular concerns all."""
        return not self.things or not self.things.isdisjoint(things)


@dataclass(frozen=True, slots=True)
class Away:
    """Somebody is away from when until when."""

    person: str
    starts: datetime
    ends: datetime


def fields_of(said: object) -> PlannedFields | None:
    """The fields that `x-planned` names; None where there is none or it makes no sense."""
    if not isinstance(said, Mapping):
        return None
    found = cast(Mapping[str, object], said)
    starts, ends = found.get("from"), found.get("until")
    if not isinstance(starts, str) or not isinstance(ends, str):
        return None
    things, people = names_of(found.get("things")), names_of(found.get("people"))
    against = found.get("collides_with")
    return PlannedFields(starts, ends, things, people, against if isinstance(against, str) else "")


def names_of(*values: object) -> tuple[str, ...]:
    """Every name in these, each a text, a list of texts or nothing; each name once, in order."""
    found: dict[str, None] = {}
    for value in values:
        several: Sequence[object] = (
            cast(Sequence[object], value) if isinstance(value, list | tuple) else (value,)
        )
        for one in several:
            if isinstance(one, str) and one.strip():
                found[one.strip()] = None
    return tuple(found)


def instant_of(value: object) -> datetime | None:
    """An aware instant, as a value or as ISO 8601 text; None for anything else."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    return value if isinstance(value, datetime) and value.tzinfo is not None else None


def overlap(starts: datetime, ends: datetime, others: datetime, others_end: datetime) -> bool:
    """Whether two times have a moment in common; one that ends as the other begins has none."""
    return starts < others_end and others < ends


FURTHEST_YEARS = 20


def problem_of(starts: datetime, ends: datetime, now: datetime) -> str | None:
    """What is wrong with a time for planned work, with the remedy; None when it can be used."""
    if ends <= starts:
        return "It ends before it begins: swap the two times, or give a later end."
    if starts < now:
        return "It begins in the past: give a time that is still to come."
    if ends.year - now.year > FURTHEST_YEARS:
        return f"It lies more than {FURTHEST_YEARS} years ahead: give a time that can be planned."
    return None
