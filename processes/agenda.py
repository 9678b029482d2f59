"""The agenda of a meeting that decides: what comes on it, in which order, and what stays out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from processes.calendar import Calendar

_SATURDAY = 5
_LONGEST = timedelta(days=3660)
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A record that waits for a decision: when it begins (UTC) and its risk, None when unknown."""

    key: str
    title: str
    begins: datetime | None
    risk: str | None
    asked_at: datetime
    """Since when its round is open."""


@dataclass(frozen=True, slots=True)
class Place:
    """A record on the agenda, and in words why it stands where it stands."""

    key: str
    why: str


@dataclass(frozen=True, slots=True)
class Agenda:
    """What is decided in this order, and what is left out with the reason."""

    places: tuple[Place, ...]
    left_out: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """When the meeting begins (UTC), how long it takes, and what decides about an item's place.

    `lead_days`: risk -> working days that are needed between the decision and the beginning; 0 for
    what it does not name. `risks`: the highest risk first. What begins later than `horizon` after
    the meeting can wait for the next one. `calendar` says which days are working days; None: those
    from Monday to Friday.
    """

    starts: datetime
    minutes: int
    minutes_each: int
    horizon: timedelta
    lead_days: Mapping[str, int]
    risks: Sequence[str]
    calendar: Calendar | None = None

    @property
    def room(self) -> int:
        """How many items fit into the meeting."""
        return max(0, self.minutes // self.minutes_each)


def agenda(waiting: Iterable[Waiting], terms: Terms) -> Agenda:
    """What must be decided first comes first, measured by the lead time of its risk.

    Then the higher risk, then what begins earlier, then what has waited longer, then the key: the
    same records give the same agenda in whatever order they come.
    """
    places: list[Place] = []
    left_out: list[Place] = []
    for one in sorted(waiting, key=lambda it: _rank(it, terms)):
        if (why := _why_not(one, terms)) is not None:
            left_out.append(Place(one.key, why))
        elif len(places) >= terms.room:
            left_out.append(Place(one.key, _no_room(one, terms)))
        else:
            places.append(Place(one.key, _why_here(one, terms)))
    return Agenda(tuple(places), tuple(left_out))


def decide_by(one: Waiting, terms: Terms) -> datetime | None:
    """The last instant at which a decision leaves the lead time of its risk; None: no beginning."""
    if one.begins is None:
        return None
    return working_days_before(one.begins, _lead(one, terms), terms.calendar)


def working_days_before(instant: datetime, days: int, calendar: Calendar | None = None) -> datetime:
    """So many working days earlier, at the same time of day.

    A day works when the calendar is open on it, in its zone; without one, from Monday to Friday.
    After the day up to which a calendar has its holidays, its week alone counts.
    """
    found = instant
    # A calendar that never opens would be looked through for ever.
    earliest = instant - _LONGEST
    while days > 0 and found > earliest:
        found -= timedelta(days=1)
        days -= _works(found, calendar)
    return found


def _works(instant: datetime, calendar: Calendar | None) -> bool:
    if calendar is None:
        return instant.weekday() < _SATURDAY
    return bool(calendar.windows_on(instant.astimezone(calendar.zone).date()))


def changes(built: Sequence[str], chosen: Sequence[str]) -> list[str]:
    """A sentence for each key that the chair added or dropped, one when the order is another."""
    told = [f"{key} was added." for key in chosen if key not in built]
    told += [f"{key} was dropped." for key in built if key not in chosen]
    kept = [key for key in chosen if key in built]
    if kept != [key for key in built if key in chosen]:
        told.append("The order was changed.")
    return told


def time_spent(
    moves: Sequence[tuple[datetime, str | None]], until: datetime
) -> Mapping[str, timedelta]:
    """How long each key was discussed, from the moves in their order: when, and to which key.

    None: nothing is discussed, as in a pause. `until` is the end, or now.
    """
    found: dict[str, timedelta] = {}
    ends = [*(at for at, _ in moves[1:]), until][: len(moves)]
    for (at, key), end in zip(moves, ends, strict=True):
        if key is not None:
            found[key] = found.get(key, timedelta()) + max(end - at, timedelta())
    return found


def _rank(one: Waiting, terms: Terms) -> tuple[datetime, int, datetime, datetime, str]:
    risks = list(terms.risks)
    risk = risks.index(one.risk) if one.risk in risks else len(risks)
    return (decide_by(one, terms) or _NEVER, risk, one.begins or _NEVER, one.asked_at, one.key)


def _why_not(one: Waiting, terms: Terms) -> str | None:
    if one.begins is None:
        return None
    if one.begins <= terms.starts:
        return (
            f"It begins {_shown(one.begins)}, before the meeting: its seats have to vote before, "
            "or it needs another time."
        )
    if one.begins > terms.starts + terms.horizon:
        return f"It begins {_shown(one.begins)}, which is late enough for a later meeting."
    return None


def _no_room(one: Waiting, terms: Terms) -> str:
    last = decide_by(one, terms)
    until = f" It must be decided by {_shown(last)}." if last else ""
    return f"Not enough time: {terms.room} items fit into {terms.minutes} minutes.{until}"


def _why_here(one: Waiting, terms: Terms) -> str:
    risk = f"risk {one.risk.replace('_', ' ')}" if one.risk else "its risk is not known"
    last = decide_by(one, terms)
    if one.begins is None or last is None:
        return f"It does not say when it begins; {risk}."
    lead = _lead(one, terms)
    begins = f"begins {_shown(one.begins)}, {risk}"
    if lead == 0:
        return f"It {begins}, which needs no lead time."
    needs = f"{lead} working day{'s' if lead > 1 else ''}"
    if last < terms.starts:
        return f"It {begins}: the {needs} that this needs have begun already ({_shown(last)})."
    return f"It {begins}, which needs {needs}: it must be decided by {_shown(last)}."


def _lead(one: Waiting, terms: Terms) -> int:
    return terms.lead_days.get(one.risk or "", 0)


def _shown(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
