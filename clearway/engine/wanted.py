"""What an expression is to give at its place, and what is wrong with a value that it gives."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

from clearway.engine.durations import DurationError
from clearway.engine.timers import TimerError, check_constant, due_time
from clearway.engine.values import Value
from clearway.feel import feel_text
from clearway.feel.values import is_list
from processes.calendar import Calendar, CalendarError

Wanted = Callable[[Value], str | None]
"""What is wrong with a value, as a sentence; None when it fits."""

_SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)
"""From where a duration is counted when only its form is in question."""


def a_truth(value: Value) -> str | None:
    """A condition: true, false, or null, which is not true."""
    if value is None or isinstance(value, bool):
        return None
    return f"{_told(value)} is neither true nor false."


def a_name(value: Value) -> str | None:
    """A person or a group; nobody when it is null or empty."""
    return None if value is None or isinstance(value, str) else f"{_told(value)} is not a name."


def names(value: Value) -> str | None:
    """One name or a list of them; what is null in it does not count."""
    several: list[Value] = value if is_list(value) else [value]
    return next((f"{told}" for told in map(a_name, several) if told), None)


def a_count(value: Value) -> str | None:
    """A number of rounds."""
    if isinstance(value, Decimal) and value >= 0 and value == value.to_integral_value():
        return None
    return f"{_told(value)} is no whole number of rounds."


def a_list(value: Value) -> str | None:
    """Something to go through."""
    return None if is_list(value) else f"{_told(value)} is not a list to go through."


def a_due_time(value: Value) -> str | None:
    """Until when something is to be done."""
    return _timely(lambda: due_time(value, _SOME_DAY))


def a_timing(kind: str, calendar: Calendar | None) -> Wanted:
    """What a timer of this kind can be set by."""
    return lambda value: _timely(lambda: check_constant(kind, value, calendar))


def _timely(find: Callable[[], object]) -> str | None:
    try:
        find()
    except (TimerError, DurationError, CalendarError, OverflowError) as error:
        return str(error)
    return None


def _told(value: Value) -> str:
    return f"`{feel_text(value)}`"
