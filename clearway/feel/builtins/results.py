"""Which kind of value a built-in function gives, of those that always give one kind or null."""

from collections.abc import Mapping

_BY_KIND = {
    "number": (
        "number, string length, count, decimal, floor, ceiling, round up, round down, "
        "round half up, round half down, modulo, sqrt, log, exp, product, median, stddev, "
        "day of year, week of year"
    ),
    "string": (
        "string, substring, upper case, lower case, substring before, substring after, replace, "
        "string join, day of week, month of year"
    ),
    "boolean": (
        "not, contains, starts with, ends with, matches, list contains, all, any, odd, even, is, "
        "before, after, meets, met by, overlaps, overlaps before, overlaps after, finishes, "
        "finished by, includes, during, starts, started by, coincides"
    ),
    "date": "date, today",
    "time": "time",
    "date and time": "date and time, now",
    "years and months duration": "years and months duration",
    "list": (
        "sublist, append, concatenate, insert before, remove, list replace, reverse, index of, "
        "union, distinct values, flatten, sort, split, mode, get entries"
    ),
    "context": "context, context put, context merge",
}
RESULTS: Mapping[str, str] = {
    name: kind for kind, names in _BY_KIND.items() for name in names.split(", ")
}
"""By name; of all others the kind depends on what they are given."""
