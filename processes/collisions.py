"""What does not go together with one planned work: other work, people who are away, windows."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from processes.impact import Network, Reached
from processes.planned import (
    FREEZE,
    HARD,
    MAINTENANCE,
    NONE,
    SOFT,
    Away,
    Occurrence,
    Planned,
    overlap,
)

SAME_THING, RELATED_THING, SAME_PERSON = "same_thing", "related_thing", "same_person"
ABSENT_PERSON, SAME_WINDOW = "absent_person", "same_window"
OUTSIDE_MAINTENANCE = "outside_maintenance"
KINDS: Mapping[str, str] = {
    SAME_THING: "Same thing",
    RELATED_THING: "Related thing",
    SAME_PERSON: "Same person",
    ABSENT_PERSON: "Person away",
    SAME_WINDOW: "Same window",
    FREEZE: "Freeze",
    OUTSIDE_MAINTENANCE: "Outside of maintenance",
}
"""Every kind of collision, as it is called."""

_MOST_NAMES = 3


@dataclass(frozen=True, slots=True)
class Collision:
    """Two things that do not go together: of which kind, when both are (UTC), and why in words.

    `other` is the key of the other record, or the name of a window, a person or a thing.
    """

    kind: str
    other: str
    title: str
    starts: datetime
    ends: datetime
    why: str
    strength: str = NONE
    """Of a freeze: HARD or SOFT."""

    @property
    def is_record(self) -> bool:
        """Whether the other is a record."""
        return self.kind in _OF_RECORDS


_OF_RECORDS = frozenset((SAME_THING, RELATED_THING, SAME_PERSON, SAME_WINDOW))


@dataclass(frozen=True)
class Ground:
    """What planned work is held against."""

    others: Sequence[Planned] = ()
    windows: Sequence[Occurrence] = ()
    away: Sequence[Away] = ()
    network: Network = field(default_factory=lambda: Network(()))


@dataclass(frozen=True)
class Reach:
    """The things of a planned work, what its change reaches, and what reaches it."""

    things: Sequence[str]
    above: Mapping[str, Reached]
    below: Mapping[str, Reached]

    @property
    def touched(self) -> Sequence[str]:
        """Its things and all that its change reaches."""
        return [*self.things, *self.above]

    @property
    def concerned(self) -> frozenset[str]:
        """All names that have anything to do with it."""
        return frozenset((*self.things, *self.above, *self.below))

    def same(self, others: Iterable[str]) -> list[str]:
        """The things that both have."""
        return [name for name in others if name in self.things]

    def related(self, others: Iterable[str]) -> list[str]:
        """A sentence for each thing of the other that stands on one of these, or under it."""
        ways = (self.above.get(name) or self.below.get(name) for name in others)
        return [way.sentence() for way in ways if way is not None]


def reach_of(things: Sequence[str], network: Network) -> Reach:
    """The reach of these things along the relations."""
    above = {it.name: it for it in network.impact(things)} if things else {}
    below = network.reaching(things) if things else {}
    return Reach(things, above, below)


def collisions(mine: Planned, ground: Ground) -> list[Collision]:
    """Everything that collides: freezes first, then by beginning.

    Of another record each reason is told on its own; that both only stand in the same maintenance
    window is told when there is no other reason.
    """
    reach = reach_of(mine.things, ground.network)
    found = [*_freezes(mine, reach, ground.windows), *_absences(mine, ground.away)]
    found += _outside(mine, ground.windows)
    open_times = _open_for(mine, ground.windows)
    for other in ground.others:
        if other.key != mine.key:
            found += _with(mine, other, reach, open_times)
    return sorted(found, key=lambda it: (it.kind != FREEZE, it.starts, it.other, it.kind))


def strongest(found: Iterable[Collision]) -> str:
    """The strength of the freezes among these: HARD, SOFT or NONE."""
    strengths = {it.strength for it in found if it.kind == FREEZE}
    return next((it for it in (HARD, SOFT) if it in strengths), NONE)


def reasons(mine: Planned, other: Planned, reach: Reach) -> list[tuple[str, str]]:
    """Kind and words of each reason for which two works may not happen at once."""
    found: list[tuple[str, str]] = []
    if same := reach.same(other.things):
        found.append((SAME_THING, f"Both touch {_listed(same)}."))
    elif related := reach.related(other.things):
        found.append((RELATED_THING, f"{_listed(related, '; ')}."))
    if people := [name for name in other.people if name in mine.people]:
        found.append((SAME_PERSON, f"{_listed(people)} would have to do both."))
    return found


def _with(
    mine: Planned, other: Planned, reach: Reach, open_times: Sequence[Occurrence]
) -> list[Collision]:
    if overlap(mine.starts, mine.ends, other.starts, other.ends):
        found = reasons(mine, other, reach)
        if found:
            both = max(mine.starts, other.starts), min(mine.ends, other.ends)
            return [Collision(kind, other.key, other.title, *both, why) for kind, why in found]
    shared = next(iter(_open_for(other, open_times)), None)
    if shared is None:
        return []
    why = f"Both are planned in the maintenance window {shared.title}."
    return [Collision(SAME_WINDOW, other.key, other.title, shared.starts, shared.ends, why)]


def _open_for(work: Planned, windows: Sequence[Occurrence]) -> list[Occurrence]:
    """The maintenance windows that are for it, and in which it lies or which it touches."""
    return [
        it
        for it in windows
        if it.kind == MAINTENANCE
        and work.touches
        and overlap(it.starts, it.ends, work.starts, work.ends)
        and it.is_for(work.things)
    ]


def _freezes(mine: Planned, reach: Reach, windows: Sequence[Occurrence]) -> list[Collision]:
    return [
        Collision(
            FREEZE, it.name, it.title, it.starts, it.ends, _why_frozen(it, reach), it.strength
        )
        for it in windows
        if it.kind == FREEZE
        and mine.touches
        and it.is_for(reach.touched)
        and overlap(mine.starts, mine.ends, it.starts, it.ends)
    ]


def _why_frozen(window: Occurrence, reach: Reach) -> str:
    if not window.things:
        return f"A {window.strength} freeze of everything."
    if same := reach.same(sorted(window.things)):
        return f"A {window.strength} freeze of {_listed(same)}."
    ways = reach.related(sorted(window.things))
    return f"A {window.strength} freeze of what it reaches: {_listed(ways, '; ')}."


def _absences(mine: Planned, away: Sequence[Away]) -> list[Collision]:
    return [
        Collision(
            ABSENT_PERSON, it.person, it.person, it.starts, it.ends, f"{it.person} is away then."
        )
        for it in away
        if it.person in mine.people and overlap(mine.starts, mine.ends, it.starts, it.ends)
    ]


def _outside(mine: Planned, windows: Sequence[Occurrence]) -> list[Collision]:
    """A thing with maintenance windows is worked on inside of one of them, from begin to end."""
    found: list[Collision] = []
    spans_of = maintenance_of(mine.things, windows) if mine.touches else {}
    for thing, spans in spans_of.items():
        if any(starts <= mine.starts and mine.ends <= ends for starts, ends in spans):
            continue
        what = thing or "everything"
        why = f"It is not inside of a maintenance window of {what}{_nearest(mine, spans)}."
        found.append(Collision(OUTSIDE_MAINTENANCE, thing, what, mine.starts, mine.ends, why))
    return found


def _nearest(mine: Planned, spans: Sequence[tuple[datetime, datetime]]) -> str:
    coming = next((starts for starts, _ in spans if starts > mine.starts), None)
    return f"; the next begins {coming:%Y-%m-%d %H:%M} UTC" if coming else "; none is to come"


def maintenance_of(
    things: Sequence[str], windows: Sequence[Occurrence]
) -> dict[str, list[tuple[datetime, datetime]]]:
    """When each thing may be worked on, where windows say so; adjoining windows are one.

    A window for everything is one of each thing. Work on no thing is held to such windows alone,
    under the empty name.
    """
    found: dict[str, list[tuple[datetime, datetime]]] = {}
    open_times = [it for it in windows if it.kind == MAINTENANCE]
    for thing in things or ("",):
        mine = [(it.starts, it.ends) for it in open_times if it.is_for([thing])]
        if mine:
            found[thing] = merged(mine)
    return found


def merged(spans: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """The same times without overlaps, in order."""
    found: list[tuple[datetime, datetime]] = []
    for starts, ends in sorted(spans):
        if found and starts <= found[-1][1]:
            found[-1] = found[-1][0], max(ends, found[-1][1])
        else:
            found.append((starts, ends))
    return found


def line_of(collision: Collision, say: Callable[[datetime], str]) -> str:
    """One line for people: what, with what, when and why."""
    when = f"{say(collision.starts)} to {say(collision.ends)}"
    name = collision.other
    if collision.title not in ("", collision.other):
        name = f"{collision.other} {collision.title}".strip()
    return f"{KINDS[collision.kind]}: {name}, {when}. {collision.why}"


def _listed(names: Sequence[str], between: str = ", ") -> str:
    shown = between.join(names[:_MOST_NAMES])
    more = len(names) - _MOST_NAMES
    return f"{shown}{between}and {more} more" if more > 0 else shown
