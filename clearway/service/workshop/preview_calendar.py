"""A calendar while it is written: its days, when an amount of time ends, and what it touches."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import cast
from zoneinfo import ZoneInfo, available_timezones

import yaml

from clearway.engine.calendar_file import CalendarProblem, read_calendar
from clearway.engine.durations import DurationError, add_duration, parse_duration
from clearway.service.house import House
from clearway.service.permissions import refuse_unless
from clearway.service.values import Actor, Refusal
from clearway.service.workshop.calendar_months import duration_words, months_of
from clearway.service.workshop.drafts import held
from clearway.service.workshop.drawn_uses import drawn_in
from clearway.store import versions
from clearway.store.database import Connection
from processes.calendar import FIRST, LAST, Calendar, CalendarError
from processes.hours import read_zone


@dataclass(frozen=True)
class CalendarAsked:
    """What is on the screen. `month` None: the whole year. `amount`: ISO 8601, or empty.

    `begin` gives the instant from which the amount is counted, in the zone of the calendar; it
    raises ValueError with a sentence.
    """

    path: str
    text: str
    year: int
    month: int | None
    amount: str
    begin: Callable[[ZoneInfo], datetime]


def preview_calendar(
    house: House, actor: Actor, process: str, draft_id: int, asked: CalendarAsked
) -> Mapping[str, object] | Refusal:
    """Problem, months, reckoning and what it touches, ready for the page; nothing is stored."""
    found = held(house, actor, process, draft_id)
    if isinstance(found, Refusal):
        return found
    if not FIRST.year <= asked.year < LAST.year:
        text = f"The year {asked.year} is not between {FIRST.year} and {LAST.year - 1}."
        return Refusal("invalid", text, "Choose another year.")
    name = asked.path.rpartition("/")[2].removesuffix(".yaml").removesuffix(".yml")
    drawn = drawn_in(found.bundle)
    around = {
        "name": name,
        "today": str(house.now().date()),
        "used_by": [asdict(it) for it in drawn.timed if it.calendar == name],
        "is_understood": drawn.is_understood,
        "copies": _copies(house, process, asked.path, asked.text),
    }
    calendar = read_calendar(asked.text.encode(), name)
    if isinstance(calendar, CalendarProblem):
        return {**around, "wrong": asdict(calendar)}
    today = house.now().astimezone(calendar.zone).date()
    return {
        **around,
        "wrong": None,
        "notes": calendar_notes(asked.text, calendar, today),
        "today": str(today),
        "zone": calendar.zone.key,
        "day": duration_words(calendar.day) if calendar.day else "",
        "months": [asdict(it) for it in months_of(calendar, asked.year, asked.month)],
        "reckoned": _reckoned(calendar, asked) if asked.amount else None,
    }


def zones(actor: Actor) -> Sequence[str] | Refusal:
    """The names of all time zones that a calendar may have."""
    return refuse_unless(actor, "drafts") or _zones()


def calendar_notes(text: str, calendar: Calendar, today: date) -> list[dict[str, str]]:
    """What is allowed in a calendar and still seldom meant: field, and a sentence."""
    notes: list[dict[str, str]] = []
    if calendar.until is not None and calendar.until < today:
        said = f"until: {calendar.until} is in the past, so nothing after it can be worked out; "
        said += "add the holidays of the next years and move `until`"
        notes.append({"field": "until", "part": "", "text": said})
    for day in _twice(text):
        said = f"holidays: {day} is given twice; the day is closed once and has both names"
        notes.append({"field": "holidays", "part": day, "text": said})
    return notes


def _twice(text: str) -> list[str]:
    """Dates that stand more than once among the holidays of a calendar that can be read."""
    listed = cast(Mapping[str, Sequence[object]], yaml.safe_load(text)).get("holidays") or ()
    dates = [
        str(cast(Mapping[str, object], it).get("date") if isinstance(it, Mapping) else it)
        for it in listed
    ]
    return sorted({it for it in dates if dates.count(it) > 1})


def _reckoned(calendar: Calendar, asked: CalendarAsked) -> Mapping[str, str]:
    """When the amount ends, or why that cannot be told."""
    try:
        begin = asked.begin(calendar.zone)
        end = add_duration(begin, parse_duration(asked.amount), calendar)
    except (CalendarError, DurationError, OverflowError, ValueError) as error:
        return {"wrong": str(error)}
    return {"begins": _said(begin, calendar.zone), "ends": _said(end, calendar.zone)}


def _said(moment: datetime, zone: ZoneInfo) -> str:
    there = moment.astimezone(zone)
    return f"{there:%A}, {there.day} {there:%B %Y}, {there:%H:%M} {there:%Z}"


def _copies(house: House, process: str, path: str, text: str) -> list[dict[str, object]]:
    """The newest versions of other processes that have a file of this path of their own."""
    hashed = hashlib.sha256(text.encode()).hexdigest()

    def ask(connection: Connection) -> list[dict[str, object]]:
        newest = (versions.current(connection, it) for it in versions.current_ids(connection))
        return [
            {"process": it.process, "version": it.number, "is_same": it.manifest[path] == hashed}
            for it in newest
            if it is not None and it.process != process and path in it.manifest
        ]

    return house.store.ask(ask)


@lru_cache(maxsize=1)
def _zones() -> Sequence[str]:
    return sorted(name for name in available_timezones() if _is_meant(name))


def _is_meant(name: str) -> bool:
    try:
        read_zone(name)
    except CalendarError:
        return False
    return True
