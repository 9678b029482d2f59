"""The incident log of a ServiceNow instance, as the UCI Machine Learning Repository keeps it.

Source: UCI data set 498, doi 10.24432/C57S4H. One row is the incident as an update left it. Times
are local, day first and without a zone; they are read as UTC. `?` stands for not known.
"""

import csv
import functools
import io
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
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


class LogError(ClearwayError):
    """The file is not the log; the text says what is missing."""


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
    for row in _rows(path):
        found.setdefault(row["number"], []).append(_event(row))
    return [_case(number, events) for number, events in islice(found.items(), limit)]


def _rows(path: Path) -> Iterator[Mapping[str, str]]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if name.lower().endswith(".csv")]
            if len(names) != 1:
                raise LogError(f"{path} must hold one CSV file, not {len(names)}: name the log.")
            with archive.open(names[0]) as file:
                reader = csv.DictReader(io.TextIOWrapper(file, "utf-8", newline=""))
                missing = [name for name in _NEEDED if name not in (reader.fieldnames or ())]
                if missing:
                    raise LogError(f"{names[0]} has no column {', '.join(missing)}: name the log.")
                for row in reader:
                    yield {name: sys.intern(row[name].strip()) for name in _NEEDED}
    except (OSError, zipfile.BadZipFile, UnicodeDecodeError, csv.Error) as error:
        raise LogError(f"{path} cannot be read as a zipped log: {error}.") from error


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
        raise LogError(f"{row['number']} has an update that is not numbered.") from error


def _instant(row: Mapping[str, str]) -> datetime:
    try:
        return _read_instant(row["sys_updated_at"])
    except ValueError as error:
        text = row["sys_updated_at"]
        raise LogError(f"{row['number']} has an update at `{text}`, which is no time.") from error


@functools.lru_cache(maxsize=4096)
def _read_instant(text: str) -> datetime:
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=UTC)


def _event(row: Mapping[str, str]) -> Event:
    """The row by itself: its position is the number of its update, its time as written."""
    return Event(
        number=row["number"],
        position=_update(row),
        at=_instant(row),
        said=row["incident_state"],
        impact=_level(row, "impact"),
        urgency=_level(row, "urgency"),
        priority=_level(row, "priority"),
        group=_known(row["assignment_group"]),
        assignee=_known(row["assigned_to"]),
        updated_by=row["sys_updated_by"],
        opened_by=_known(row["opened_by"]),
        caller=_known(row["caller_id"]),
        channel=row["contact_type"],
        about=sys.intern(_about(row)),
        closed_code=_known(row["closed_code"]),
        waits_for=_waits_for(row),
    )


def _level(row: Mapping[str, str], name: str) -> int:
    """The number in front, as in `2 - Medium`."""
    number = row[name].split(" ", 1)[0]
    if not number.isdecimal():
        raise LogError(f"{row['number']} has the {name} `{row[name]}`, which has no number.")
    return int(number)


def _about(row: Mapping[str, str]) -> str:
    parts = [_known(row[name]) for name in ("category", "subcategory", "u_symptom")]
    return ", ".join(part for part in parts if part) or "Nothing is known of it"


def _waits_for(row: Mapping[str, str]) -> str | None:
    names = {"Awaiting Problem": "problem_id", "Awaiting Vendor": "vendor"}
    name = names.get(row["incident_state"])
    return _known(row[name]) if name else None


def _known(text: str) -> str | None:
    return None if text in ("", "?") else text
