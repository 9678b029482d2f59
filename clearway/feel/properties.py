"""Which properties the values of each kind have, and of which kind these are."""

from collections.abc import Mapping

_DAY: Mapping[str, str] = dict.fromkeys(("year", "month", "day", "weekday"), "number")
_CLOCK: Mapping[str, str] = {
    **dict.fromkeys(("hour", "minute", "second"), "number"),
    "time offset": "days and time duration",
    "timezone": "string",
}
PROPERTIES: Mapping[str, Mapping[str, str]] = {
    "number": {},
    "string": {},
    "boolean": {},
    "date": _DAY,
    "time": _CLOCK,
    "date and time": {**_DAY, **_CLOCK},
    "days and time duration": dict.fromkeys(("days", "hours", "minutes", "seconds"), "number"),
    "years and months duration": dict.fromkeys(("years", "months"), "number"),
}
"""By kind; of contexts, lists, ranges and functions nothing is known beforehand."""
