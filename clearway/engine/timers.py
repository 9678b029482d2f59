"""When something is due: durations, dates and cycles, in calendar time or business time."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from clearway.engine.durations import (
    Duration,
    DurationError,
    add_duration,
    business_length,
    parse_duration,
)
from clearway.engine.expressions import Formula
from clearway.engine.values import ProcessFault, Value
from clearway.feel import feel_text
from clearway.feel.temporal import parse_date_time, zone_name
from clearway.feel.values import YearsMonths
from processes.calendar import Calendar, CalendarError, elapsed

_CYCLE = re.compile(r"^R(\d*)/(.+)$", re.ASCII)
_ISO = re.compile(r"^(R\d*/|[-+]?P|\d{4}-\d\d-\d\d(T|$))")
_MOST_ROUNDS = 100_000
_TOO_FAR = timedelta(days=36525)
_SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)

Missed = Literal["once", "all", "skip"]


class TimerError(ValueError):
    """A timer text that says no time; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Timing:
    """A first due instant; for a cycle also how many more follow (-1: without end) and how far.

    Rounds are counted from `anchor`, in which `due` is number `number`: so the 31st comes back. In
    an IANA `zone` they keep their time of day there.
    """

    due: datetime
    left: int | None = None
    every: str | None = None
    anchor: datetime | None = None
    number: int = 0
    zone: str | None = None

    def armed(self) -> dict[str, Any]:
        """What is kept of it in the state."""
        kept: dict[str, Any] = {"due": due_text(self.due)}
        if self.every is not None and self.anchor is not None:
            kept |= {"left": self.left, "every": self.every}
            kept |= {"anchor": due_text(self.anchor), "number": self.number}
            kept |= {"zone": self.zone} if self.zone is not None else {}
        return kept


@dataclass(frozen=True, slots=True)
class TimerRule:
    """A timer as drawn: a literal text or a formula, and the calendar that counts."""

    kind: str
    element: str
    literal: str | None
    formula: Formula | None
    calendar: Calendar | None = None
    missed: Missed = "once"

    def start(self, now: datetime, evaluate: Callable[[Formula], Value]) -> Timing:
        """The first due instant from `now`; raises ProcessFault when the time cannot be told."""
        value = self.literal if self.formula is None else evaluate(self.formula)
        try:
            return timing(self.kind, value, now, self.calendar)
        except (TimerError, DurationError, CalendarError, OverflowError) as error:
            raise ProcessFault(
                self.element,
                f"The timer cannot be set: {error}",
                "Correct the data it uses and try again, or correct the timer in the diagram.",
            ) from error

    def advance(self, armed: dict[str, Any], times: int, now: datetime) -> bool:
        """Move a cycle on by `times` rounds, at least one; False when it has no round left.

        Unless every missed round is wanted, it goes on at its first instant after `now`.
        """
        if "every" not in armed:
            return False
        every = parse_duration(armed["every"])
        left, wanted = int(armed["left"]), max(times, 1)
        due, rounds, most = due_instant(armed), 0, _MOST_ROUNDS
        if not every.months and self.missed != "all":
            wanted = max(wanted, self._missed(armed, due, every, now))
            most += wanted
        while rounds < wanted or (self.missed != "all" and due <= now and rounds < most):
            step = 1 if rounds or (self.calendar is not None and every.months) else wanted
            rounds += step
            due = self._later(armed, due, every, rounds, step)
        if 0 <= left < rounds:
            return False
        armed["due"], armed["number"] = due_text(due), armed["number"] + rounds
        armed["left"] = left - rounds if left >= 0 else left
        return True

    def _missed(
        self, armed: Mapping[str, Any], due: datetime, every: Duration, now: datetime
    ) -> int:
        """How many rounds lead past `now`, or one less where that is not certain."""
        if now < due:
            return 1
        if self.calendar is not None:
            return elapsed(self.calendar, due, now) // business_length(every, self.calendar)
        missed = (now - due) // every.span + 1
        # A day of a zone may have an hour more: the last of them is looked for.
        return missed - 1 if "zone" in armed else missed

    def _later(
        self, armed: Mapping[str, Any], due: datetime, every: Duration, rounds: int, step: int
    ) -> datetime:
        if self.calendar is not None:
            return add_duration(due, every.times(step), self.calendar)
        anchor = datetime.fromisoformat(armed["anchor"])
        if "zone" in armed:
            anchor = anchor.astimezone(ZoneInfo(armed["zone"]))
        return add_duration(anchor, every.times(armed["number"] + rounds), None)


def is_literal(text: str) -> bool:
    """Whether a timer text is ISO 8601 rather than an expression."""
    return _ISO.match(text) is not None


def check_literal(kind: str, text: str, calendar: Calendar | None) -> None:
    """Raises TimerError, DurationError or CalendarError when no timer can be set by the text."""
    check_constant(kind, text, calendar)


def check_constant(kind: str, value: Value, calendar: Calendar | None) -> None:
    """Raises TimerError, DurationError or CalendarError when no timer can be set by the value."""
    found = timing(kind, value, _SOME_DAY, calendar)
    if too_far(found.due, _SOME_DAY):
        raise TimerError(f"{_told(value)} is more than a hundred years ahead.")


def timing(kind: str, value: Value, now: datetime, calendar: Calendar | None) -> Timing:
    """What a timer's text or value means at `now`; raises TimerError and its kin."""
    try:
        return _timing(kind, value, now, calendar)
    except OverflowError as error:
        raise TimerError(f"{_told(value)} is beyond what any calendar has.") from error


def _timing(kind: str, value: Value, now: datetime, calendar: Calendar | None) -> Timing:
    if kind == "timeDate":
        return Timing(_instant(value).astimezone(UTC))
    if kind == "timeCycle":
        return _cycle(value, now, calendar)
    return Timing(add_duration(now, _duration(value), calendar))


def due_time(value: Value, now: datetime, calendar: Calendar | None = None) -> datetime | None:
    """Until when something is to be done: a duration from `now`, or an instant with its zone.

    A calendar counts the duration in business time. None when the value is null; raises TimerError,
    DurationError, CalendarError or OverflowError for others.
    """
    if value is None:
        return None
    if (length := _length(value)) is not None:
        return add_duration(now, length, calendar)
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value
    raise TimerError(f"{_told(value)} is neither a duration nor an instant with its zone.")


def _instant(value: Value) -> datetime:
    """An instant in the zone that it names."""
    if isinstance(value, str):
        value = _read_instant(value)
    if not isinstance(value, datetime):
        raise TimerError(f"{_told(value)} is not a date and time.")
    if value.tzinfo is None:
        raise TimerError(
            f"`{value.isoformat()}` names no time zone; add Z, +01:00 or @Europe/Paris."
        )
    return value


def _read_instant(text: str) -> datetime:
    try:
        found = parse_date_time(text) if "@" in text else datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None:
        raise TimerError(
            f"`{text}` is not an instant such as 2026-01-31T09:00:00Z or "
            "2026-01-31T09:00:00@Europe/Paris."
        )
    return found


def _duration(value: Value) -> Duration:
    duration = _length(value)
    if duration is None:
        raise TimerError(f"{_told(value)} is not a duration.")
    if duration.is_negative:
        raise TimerError("The duration is negative.")
    return duration


def _length(value: Value) -> Duration | None:
    """None when the value is no length of time; raises DurationError for a text that is none."""
    if isinstance(value, str):
        return parse_duration(value)
    if isinstance(value, timedelta):
        return Duration.of(value)
    if isinstance(value, YearsMonths):
        return Duration(months=value.months)
    return None


def _cycle(value: Value, now: datetime, calendar: Calendar | None) -> Timing:
    if isinstance(value, timedelta | YearsMonths):
        raise TimerError("A cycle needs a text such as R3/PT1H; R/PT1H repeats without end.")
    match = _CYCLE.match(value) if isinstance(value, str) else None
    if match is None:
        raise TimerError(
            f"{_told(value)} is not a cycle such as R3/PT1H; R/PT1H repeats without end."
        )
    count = int(match[1]) if match[1] else None
    if count == 0:
        raise TimerError("A cycle of R0 never happens.")
    first, every = _parts(match[2])
    duration = parse_duration(every)
    if duration.is_zero:
        raise TimerError("A cycle of no length would never end.")
    left = -1 if count is None else count - 1
    if first is None:
        return Timing(add_duration(now, duration, calendar), left, every, now, 1)
    due = _instant(first)
    return Timing(due.astimezone(UTC), left, every, due, 0, zone_name(due.tzinfo))


def _told(value: Value) -> str:
    return f"`{value if isinstance(value, str) else feel_text(value)}`"


def _parts(text: str) -> tuple[str | None, str]:
    first, parted, every = text.rpartition("/")
    if not parted:
        return None, every
    # A zone has slashes in its name, an instant of another kind has none.
    if every.startswith("P") and ("@" in first or "/" not in first):
        return first, every
    raise TimerError(f"`{text}` is not a cycle such as R3/PT1H or R3/2026-01-31T09:00:00Z/PT1H.")


def due_text(instant: datetime) -> str:
    """An instant as it is kept in the state."""
    return instant.astimezone(UTC).isoformat()


def due_instant(armed: Mapping[str, object]) -> datetime:
    """The due instant of an armed timer."""
    return datetime.fromisoformat(str(armed["due"]))


def too_far(due: datetime, now: datetime) -> bool:
    """More than a hundred years ahead is a typing error."""
    return due - now > _TOO_FAR
