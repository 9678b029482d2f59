"""The moments that a form asks for: whether each lies where the form says it must."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from clearway.engine.timers import too_far

Values = Mapping[str, object]

_CLOCKS_APART = timedelta(minutes=5)
"""By so much may the clock of who fills in the form be fast."""


def unfit_moments(
    fields: Mapping[str, Mapping[str, Any]], given: Values, record: Values, now: datetime
) -> dict[str, str]:
    """Field -> what is wrong with its moment, by `x-ahead`, `x-past` and `x-after` of the form.

    What the form does not ask for again counts as the record has it. Empty fields are no moments.
    """
    problems: dict[str, str] = {}
    for name, value in given.items():
        shape = fields[name]
        if value is None:
            continue
        before = shape.get("x-after")
        problem = _not_ahead(value, now) if shape.get("x-ahead") else None
        if shape.get("x-past"):
            problem = _not_past(value, now)
        if before is not None and problem is None:
            first = given.get(before, record.get(before))
            problem = _not_after(value, first, str(fields.get(before, {}).get("title", before)))
        if problem is not None:
            problems[name] = problem
    return problems


def _not_ahead(value: object, now: datetime) -> str | None:
    moment = _moment(value)
    if moment is None:
        return "This must be a moment."
    if moment <= now:
        return f"This must be ahead; it is {now:%Y-%m-%d %H:%M} UTC now."
    if too_far(moment, now):
        return "This is more than a hundred years ahead: correct the year."
    return None


def _not_past(value: object, now: datetime) -> str | None:
    moment = _moment(value)
    if moment is None:
        return "This must be a moment."
    if moment > now + _CLOCKS_APART:
        return f"This is still ahead; it is {now:%Y-%m-%d %H:%M} UTC now."
    return None


def _not_after(value: object, first: object, title: str) -> str | None:
    begin, end = _moment(first), _moment(value)
    if begin is None:
        return None
    if end is None:
        return "This must be a moment."
    return None if end > begin else f"This must be later than {title}."


def _moment(value: object) -> datetime | None:
    """With its offset; None for everything else."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return None if moment is None or moment.tzinfo is None else moment
