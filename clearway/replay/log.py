"""The incident log of a ServiceNow instance, as the UCI Machine Learning Repository keeps it.

Source: UCI data set 498, doi 10.24432/C57S4H. One row is the incident as an update left it. Times
are local, day first and without a zone; they are read as UTC. `?` stands for not known.
"""

import csv
import functools
import io
import lzma
import re
import sys
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice
from pathlib import Path

from clearway.errors import ClearwayError

STATES: Mapping[str, str] = {
    "New": "new",
    "Active": "in_progress",
    "Awaiting User Info": "on_hold",
    "Awaiting Vendor": "on_hold",
    "Awaiting Problem": "on_hold",
    "Awaiting Evidence": "on_hold",
    "Resolved": "resolved",
    "Closed": "closed",
}
"""What the log calls a state -> what the incident process calls it; others are not understood."""

_NEEDED = (
    "number",
    "incident_state",
    "sys_mod_count",
    "caller_id",
    "opened_by",
    "sys_updated_by",
    "sys_updated_at",
    "contact_type",
    "category",
    "subcategory",
    "u_symptom",
    "impact",
    "urgency",
    "priority",
    "assignment_group",
    "assigned_to",
    "problem_id",
    "rfc",
    "vendor",
    "closed_code",
)


_HIGHEST = {"impact": 3, "urgency": 3, "priority": 5}
_LEVELS = frozenset("12345")
_YEARS = (1970, 2100)
LONGEST = timedelta(days=1800)
"""From the first row to any other: what a process of the replay leases is its own for longer than
from any row to any other."""
_LONGEST_NUMBER = 100
_LONGEST_NAME = 64
_NAME = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._@ -]{{0,{_LONGEST_NAME - 1}}}")
_MEND = "Correct the line, or fetch the log again; nothing was begun."
_UNREADABLE = (
    OSError,
    EOFError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    RuntimeError,  # a password is asked for
    NotImplementedError,  # a method of packing that nothing here knows
    UnicodeDecodeError,
    csv.Error,
)


class LogError(ClearwayError):
    """The file is not the log, or not as it should be; the text says where and what to do."""


class _Wrong(Exception):
    """What is wrong with a row."""


@dataclass(frozen=True, slots=True)
class Event:
    """One row: the incident `number` after its update `position`, counted from 0 in its case.

    `at` is when it takes place in the replay: the row's own time, or that of an earlier update of
    the same incident where the log goes back in time.
    """

    number: str
    position: int
    at: datetime
    said: str
    impact: int
    urgency: int
    priority: int
    group: str | None
    assignee: str | None
    updated_by: str
    opened_by: str | None
    caller: str | None
    channel: str
    about: str
    closed_code: str | None
    waits_for: str | None

    @property
    def state(self) -> str | None:
        """The state in the words of the process; None when the log's word is not understood."""
        return STATES.get(self.said)

    @property
    def tracked(self) -> tuple[object, ...]:
        """All that the process also knows."""
        return (self.said, self.impact, self.urgency, self.group, self.assignee)


@dataclass(frozen=True, slots=True)
class Case:
    """One incident with its events in the order of its updates."""

    number: str
    events: Sequence[Event]

    @property
    def final_state(self) -> str | None:
        """Where the log leaves it, in the words of the process."""
        return self.events[-1].state


def read_cases(path: Path, limit: int | None = None) -> list[Case]:
    """The incidents of the zipped log in their order, at most `limit`.

    Raises LogError when it is no zip file with such a table in it.
    """
    found: dict[str, list[Event]] = {}
    first: datetime | None = None
    for line, row in _rows(path):
        try:
            event = _event(row)
            first = first or event.at
            _check_span(first, event.at)
        except _Wrong as wrong:
            raise LogError(f"{path}, line {line}: {wrong} {_MEND}") from wrong
        found.setdefault(event.number, []).append(event)
    if not found:
        raise LogError(f"{path} has no incident in it: name the log.")
    return [_case(number, events) for number, events in islice(found.items(), limit)]


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Each row with the line of the table on which it ends."""
    line = 0
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if name.lower().endswith(".csv")]
            if len(names) != 1:
                raise LogError(f"{path} must hold one CSV file, not {len(names)}: name the log.")
            with archive.open(names[0]) as file:
                reader = csv.DictReader(io.TextIOWrapper(file, "utf-8", newline=""))
                missing = [name for name in _NEEDED if name not in (reader.fieldnames or ())]
                if missing:
                    told = ", ".join(missing)
                    raise LogError(f"{path} has no column {told}: name the log.")
                for row in reader:
                    line = reader.line_num
                    _check_columns(path, line, row)
                    yield line, {name: sys.intern(row[name].strip()) for name in _NEEDED}
    except _UNREADABLE as error:
        where = f" after line {line}" if line else ""
        told = str(error).rstrip(".") or type(error).__name__
        raise LogError(
            f"{path} cannot be read as a zipped log{where}: {told}. "
            "Fetch the log again, as a zip file without a password, packed with deflate."
        ) from error


def _check_columns(path: Path, line: int, row: Mapping[str | None, object]) -> None:
    """The reader fills up what is missing with None, and keeps under None what is too much."""
    if None in row or None in row.values():
        many = "more" if None in row else "fewer"
        raise LogError(
            f"{path}, line {line}: The row has {many} columns than the first line. "
            "Fetch the log again: it may have been cut off; or correct the line."
        )


def _check_span(first: datetime, at: datetime) -> None:
    """Times that no replay can go through are typing errors."""
    if not _YEARS[0] <= at.year <= _YEARS[1]:
        raise _Wrong(f"The year {at.year} is not between {_YEARS[0]} and {_YEARS[1]}.")
    if abs(at - first) > LONGEST:
        years = LONGEST.days // 365
        raise _Wrong(f"It is more than {years} years away from the first row, of {first:%Y-%m-%d}.")


def _case(number: str, events: Sequence[Event]) -> Case:
    """In the order of the updates; what shares a number stays as in the file."""
    ordered = sorted(events, key=lambda event: event.position)
    times = accumulate((event.at for event in ordered), max)
    placed = (
        replace(event, position=position, at=at)
        for position, (event, at) in enumerate(zip(ordered, times, strict=True))
    )
    return Case(number, tuple(placed))


def _update(row: Mapping[str, str]) -> int:
    try:
        return int(row["sys_mod_count"])
    except ValueError as error:
        text = f"{row['number']} has an update that is not numbered, but `{row['sys_mod_count']}`."
        raise _Wrong(text) from error


def _instant(row: Mapping[str, str]) -> datetime:
    try:
        return _read_instant(row["sys_updated_at"])
    except ValueError as error:
        text = row["sys_updated_at"]
        text = f"{row['number']} has an update at `{text}`, which is no time like 29/2/2016 01:16."
        raise _Wrong(text) from error


@functools.lru_cache(maxsize=4096)
def _read_instant(text: str) -> datetime:
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=UTC)


def _event(row: Mapping[str, str]) -> Event:
    """The row by itself: its position is the number of its update, its time as written."""
    return Event(
        number=_number(row),
        position=_update(row),
        at=_instant(row),
        said=row["incident_state"],
        impact=_level(row, "impact"),
        urgency=_level(row, "urgency"),
        priority=_level(row, "priority"),
        group=_name(row, "assignment_group"),
        assignee=_name(row, "assigned_to"),
        updated_by=_writer(row),
        opened_by=_name(row, "opened_by"),
        caller=_name(row, "caller_id"),
        channel=row["contact_type"],
        about=sys.intern(_about(row)),
        closed_code=_known(row["closed_code"]),
        waits_for=_waits_for(row),
    )


def _number(row: Mapping[str, str]) -> str:
    """It becomes part of idempotency keys, titles and the journal's lines."""
    number = row["number"]
    if not number or len(number) > _LONGEST_NUMBER or not number.isprintable():
        raise _Wrong(
            f"{number[:_LONGEST_NUMBER]!r} is no number of an incident: it has 1 to "
            f"{_LONGEST_NUMBER} letters and digits."
        )
    return number


def _level(row: Mapping[str, str], name: str) -> int:
    """The number in front, as in `2 - Medium`."""
    number, highest = row[name].split(" ", 1)[0], _HIGHEST[name]
    if number not in _LEVELS or int(number) > highest:
        text = f"{row['number']} has the {name} `{row[name]}`, which is not 1 to {highest}."
        raise _Wrong(text)
    return int(number)


def _name(row: Mapping[str, str], column: str) -> str | None:
    """A person or a group, as the registry can have it."""
    name = _known(row[column])
    if name is not None and not _is_name(name):
        raise _Wrong(
            f"{row['number']} has the {column} {name[:_LONGEST_NUMBER]!r}, which is no name: "
            f"at most {_LONGEST_NAME} letters, digits, spaces, dots, hyphens, @ and _."
        )
    return name


@functools.lru_cache(maxsize=16_384)
def _is_name(text: str) -> bool:
    return _NAME.fullmatch(text) is not None


def _writer(row: Mapping[str, str]) -> str:
    name = _name(row, "sys_updated_by")
    if name is None:
        raise _Wrong(f"{row['number']} has no sys_updated_by: somebody must have written the row.")
    return name


def _about(row: Mapping[str, str]) -> str:
    parts = [_known(row[name]) for name in ("category", "subcategory", "u_symptom")]
    return ", ".join(part for part in parts if part) or "Nothing is known of it"


def _waits_for(row: Mapping[str, str]) -> str | None:
    names = {"Awaiting Problem": "problem_id", "Awaiting Vendor": "vendor"}
    name = names.get(row["incident_state"])
    return _known(row[name]) if name else None


def _known(text: str) -> str | None:
    return None if text in ("", "?") else text
