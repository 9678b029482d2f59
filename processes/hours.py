"""How opening hours are written: texts and numbers become minutes, dates and durations."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from clearway.errors import ClearwayError

Window = tuple[int, int]
"""Minutes of local wall time from the midnight a window begins on; half-open."""

DAY_MINUTES = 1440
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_FIELDS = ("name", "description", "tz", "week", "holidays", "until", "extra", "day")
_CLOCK_RANGE = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")
_DURATION = re.compile(r"PT(?=\d)(?:(\d{1,4})H)?(?:(\d{1,4})M)?")
_MACHINE_ZONES = ("localtime", "posixrules", "Factory")


class CalendarError(ClearwayError):
    """A calendar, or a question to one, makes no sense; the text names the field and the remedy."""


@dataclass(frozen=True, slots=True)
class Hours:
    """A calendar as read, before anyone asked whether its windows agree with each other."""

    name: str
    zone: ZoneInfo
    week: tuple[tuple[Window, ...], ...]
    holidays: dict[date, str]
    extra: dict[date, tuple[Window, ...]]
    day: timedelta | None
    until: date | None


def read_hours(data: Mapping[str, object], name: str) -> Hours:
    """Read `{name, description, tz, week, holidays, until, extra, day}`; `tz` and `week` suffice.

    `week` maps "monday", "mon", "mon-fri" or 0..6 (0 is Monday) to windows: "09:00-17:00", a list
    of such texts, or pairs of minutes. Raises CalendarError.
    """
    for field in _mapping(data, "calendar"):
        if field not in _FIELDS:
            raise CalendarError(f"unknown field {field!r}; a calendar has {', '.join(_FIELDS)}")
    for needed in ("tz", "week"):
        if needed not in data:
            raise CalendarError(f"the field {needed!r} is missing; add it")
    return Hours(
        name=_text(data.get("name", name), "name"),
        zone=read_zone(data["tz"]),
        week=_read_week(data["week"]),
        holidays=_read_holidays(data.get("holidays", ())),
        extra=_read_extra(data.get("extra", ())),
        day=None if data.get("day") is None else _read_day(data["day"]),
        until=None if data.get("until") is None else _date(data["until"], "until"),
    )


def read_zone(value: object) -> ZoneInfo:
    """An IANA zone by name; raises CalendarError for anything that is not one."""
    name = _text(value, "tz")
    remedy = "use a name of the IANA time zone database such as Europe/Berlin"
    if name in _MACHINE_ZONES or name.startswith(("posix/", "right/")):
        raise CalendarError(f"tz: {name!r} means something else on each machine; {remedy}")
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError) as error:
        raise CalendarError(f"tz: there is no time zone {name!r}; {remedy}") from error


def _read_week(value: object) -> tuple[tuple[Window, ...], ...]:
    week: list[tuple[Window, ...]] = [()] * 7
    named: set[int] = set()
    for key, hours in _mapping(value, "week").items():
        windows = read_windows(hours, f"week.{key}")
        for weekday in _weekdays(key):
            if weekday in named:
                raise CalendarError(f"week: {WEEKDAYS[weekday]} is given twice; keep one of them")
            named.add(weekday)
            week[weekday] = windows
    return tuple(week)


def _weekdays(key: object) -> range:
    text = str(key).strip().lower()
    if re.fullmatch("[0-6]", text):
        return range(int(text), int(text) + 1)
    first, hyphen, last = text.partition("-")
    begin, end = _weekday(first), _weekday(last if hyphen else first)
    if begin is None or end is None or begin > end:
        raise CalendarError(
            f"week: {key!r} is no weekday; write monday, mon, mon-fri, or 0 to 6 (0 is Monday)"
        )
    return range(begin, end + 1)


def _weekday(text: str) -> int | None:
    text = text.strip()
    for index, weekday in enumerate(WEEKDAYS):
        if text in (weekday, weekday[:3]):
            return index
    return None


def read_windows(value: object, field: str) -> tuple[Window, ...]:
    """One day's windows in order; raises CalendarError naming `field`."""
    entries = [value] if isinstance(value, str) else _list(value, field)
    return tuple(sorted(_read_window(entry, field) for entry in entries))


def _read_window(value: object, field: str) -> Window:
    if isinstance(value, str):
        return _clock_range(value, field)
    pair = _list(value, field)
    if len(pair) != 2 or not all(type(minute) is int for minute in pair):
        raise CalendarError(
            f'{field}: {value!r} is no opening; write "09:00-17:00" or two minutes of the day'
        )
    return cast(int, pair[0]), cast(int, pair[1])


def _clock_range(text: str, field: str) -> Window:
    """A closing at or before the opening is on the next day; 24:00 is the end of this one."""
    match = _CLOCK_RANGE.fullmatch(text.strip())
    remedy = "write hours as 09:00-17:00, or 22:00-06:00 for a night"
    if match is None:
        raise CalendarError(f"{field}: {text!r} is no opening; {remedy}")
    hour, minute, last_hour, last_minute = (int(group) for group in match.groups())
    opens, closes = hour * 60 + minute, last_hour * 60 + last_minute
    if minute > 59 or last_minute > 59 or opens >= DAY_MINUTES or closes > DAY_MINUTES:
        raise CalendarError(f"{field}: {text!r} has a time that no clock shows; {remedy}")
    if opens == closes:
        raise CalendarError(f"{field}: {text!r} opens and closes at once; {remedy}")
    return opens, closes if closes > opens else closes + DAY_MINUTES


def _read_holidays(value: object) -> dict[date, str]:
    holidays: dict[date, str] = {}
    for entry in _list(value, "holidays"):
        if isinstance(entry, str | date):
            day, name = _date(entry, "holidays"), ""
        else:
            fields = _fields(entry, "holidays", ("date", "name"))
            day = _date(fields.get("date"), "holidays.date")
            name = _text(fields.get("name", ""), "holidays.name")
        # Two feasts may fall on one date; the day is closed once and keeps both names.
        holidays[day] = ", ".join(filter(None, (holidays.get(day), name)))
    return holidays


def _read_extra(value: object) -> dict[date, tuple[Window, ...]]:
    extra: dict[date, tuple[Window, ...]] = {}
    for entry in _list(value, "extra"):
        fields = _fields(entry, "extra", ("date", "hours", "name"))
        day = _date(fields.get("date"), "extra.date")
        if day in extra:
            raise CalendarError(f"extra: {day} is given twice; put its hours into one list")
        extra[day] = read_windows(fields.get("hours"), f"extra {day}")
    return extra


def _read_day(value: object) -> timedelta:
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise CalendarError(f"day: {value!r} is no length of a day; write PT8H or PT7H30M")
    return timedelta(hours=int(match[1] or 0), minutes=int(match[2] or 0))


def _fields(value: object, field: str, known: tuple[str, ...]) -> Mapping[object, object]:
    fields = _mapping(value, field)
    for key in fields:
        if key not in known:
            raise CalendarError(f"{field}: unknown field {key!r}; use {', '.join(known)}")
    return fields


def _date(value: object, field: str) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(_text(value, field))
    except ValueError as error:
        raise CalendarError(f"{field}: {value!r} is no date; write it as 2026-12-25") from error


def _text(value: object, field: str) -> str:
    if not isinstance(value, str):
        raise CalendarError(f"{field}: {value!r} is no text; write a text")
    return value


def _list(value: object, field: str) -> Sequence[object]:
    if isinstance(value, list | tuple):
        return cast(Sequence[object], value)
    raise CalendarError(f"{field}: {value!r} is no list; write a list")


def _mapping(value: object, field: str) -> Mapping[object, object]:
    if isinstance(value, Mapping):
        return cast(Mapping[object, object], value)
    raise CalendarError(f"{field}: {value!r} is no mapping; write names with their values")
