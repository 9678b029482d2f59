"""When declared windows are open: recurrence rules, read strictly and in the window's own zone."""

import re
import warnings
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice, pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from clearway.store.windows import Window
from processes.hours import CalendarError, read_zone
from processes.planned import FREEZE, HARD, MAINTENANCE, NONE, SOFT, Occurrence

LONGEST = timedelta(days=366)
AHEAD = timedelta(days=3660)
"""How far from now each time of a repeating window is looked at when it is saved: ten years."""

YEARS = range(2000, 2200)
"""In which a calendar can be asked for, and windows can be declared."""
_EVER = datetime(YEARS[-1], 12, 31)
_LATER = timedelta(days=19 * 146_097)
"""Nineteen times 400 years, after which the days of weeks and months are the same again.

Rules are read that much later: a rule that never comes is looked for until the year 9999, and that
is near then.
"""
_LONGEST_RULE = 200
_WHICH_DAYS = ("BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST")
_RULE_PARTS = ("FREQ", "INTERVAL", *_WHICH_DAYS, "COUNT", "UNTIL")
_EVERY = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_WALL = "%Y-%m-%dT%H:%M"
_EXAMPLE = "Write a rule of RFC 5545 such as FREQ=WEEKLY;BYDAY=SU."


class Times(NamedTuple):
    """The begin and the end of one time of a window, as clocks in its zone show them."""

    begins: datetime
    ends: datetime


def problems_of(window: Window, now: datetime) -> Mapping[str, str]:
    """What is wrong with a window: its part -> a sentence with the remedy; empty: nothing."""
    found = dict(_plain_problems(window))
    if found:
        return found
    first = _first(window)
    if first.ends <= first.begins:
        return {"until": "It ends before it begins: swap the two times, or give a later end."}
    if first.ends - first.begins > LONGEST:
        return {"until": f"A window has at most {LONGEST.days} days: declare several."}
    return _rule_problems(window, first, now)


def nearest(window: Window, after: datetime) -> Occurrence:
    """The next time that begins after this instant; where none is to come, the first there was."""
    zone = ZoneInfo(window.zone)
    here = after.astimezone(zone).replace(tzinfo=None)
    coming = (it for it in _times(window, _EVER) if it.begins >= here)
    spans = (_instants(it, zone) for it in coming)
    found = next((it for it in spans if it[0] > after), _instants(_first(window), zone))
    return _occurrence(window, *found)


def occurrences(window: Window, after: datetime, until: datetime) -> list[Occurrence]:
    """Each time that the window is open between two instants, in order."""
    months = _month(after), _month(until) + 1
    return [it for it in _of_months(window, *months) if it.starts < until and it.ends > after]


def wall_time(text: str) -> datetime | None:
    """A local date and time without an offset, to the minute."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return None if found.tzinfo or found.second or found.microsecond else found


# --- is it well declared? -------------------------------------------------------------------------


def _plain_problems(window: Window) -> Iterator[tuple[str, str]]:
    if window.kind not in (FREEZE, MAINTENANCE):
        yield "kind", f"Write {FREEZE} or {MAINTENANCE}."
    elif window.kind == FREEZE and window.strength not in (HARD, SOFT):
        yield "strength", f"Say how strong the freeze is: {HARD} or {SOFT}."
    elif window.kind == MAINTENANCE and window.strength:
        yield "strength", "Only a freeze has a strength: leave it empty."
    try:
        read_zone(window.zone)
    except CalendarError as error:
        said = str(error).removeprefix("tz: ")
        yield "zone", f"{said[:1].upper()}{said[1:]}."
    for name, text in (("from", window.begins), ("until", window.ends)):
        wall = wall_time(text)
        if wall is not None and wall.year not in YEARS:
            yield name, f"Give a year from {YEARS[0]} to {YEARS[-1]}."
        if wall is None:
            yield (
                name,
                "Give a local date and time to the minute such as 2026-12-20T18:00, without an "
                "offset: the zone stands beside it.",
            )
    if window.repeats is not None and (problem := _unfit_rule(window.repeats)):
        yield "repeats", problem


def _unfit_rule(rule: str) -> str | None:
    if len(rule) > _LONGEST_RULE or not re.fullmatch(r"[A-Z]+=[A-Z0-9,+-]+(;[A-Z]+=[^;=]+)*", rule):
        return f"This is no rule. {_EXAMPLE}"
    names = [part.partition("=")[0] for part in rule.split(";")]
    if len(set(names)) < len(names):
        return "A part of the rule is there twice: keep one."
    if unknown := sorted(set(names) - set(_RULE_PARTS)):
        return f"{unknown[0]} is not known here. A rule has {', '.join(_RULE_PARTS)}."
    parts = _parts(rule)
    if parts.get("FREQ") not in _EVERY:
        return f"FREQ is one of {', '.join(_EVERY)}. {_EXAMPLE}"
    if "COUNT" in parts and "UNTIL" in parts:
        return "It ends by COUNT and by UNTIL: keep one."
    if not re.fullmatch(r"[1-9]\d{0,3}", parts.get("COUNT", "1")):
        return "COUNT is a whole number from 1 to 9999."
    if not re.fullmatch(r"[1-9]\d{0,2}", parts.get("INTERVAL", "1")):
        return "INTERVAL is a whole number from 1 to 999."
    if "UNTIL" in parts and not re.fullmatch(r"\d{8}(T\d{6})?", parts["UNTIL"]):
        return "Write UNTIL in the zone of the window, such as 20271231T235900, without a Z."
    if parts["FREQ"] in ("DAILY", "WEEKLY") and re.search(r"\d", parts.get("BYDAY", "")):
        return f"Only months and years count their days: leave the number in BYDAY out. {_EXAMPLE}"
    days = parts.get("BYDAY", "").split(",")
    if len({bool(re.search(r"\d", it)) for it in days}) > 1:
        return "BYDAY has either numbers at all of its days or at none: declare two windows."
    try:
        if _last_moment(parts.get("UNTIL", "20260101")).year not in YEARS:
            return f"UNTIL has a year from {YEARS[0]} to {YEARS[-1]}."
        next(_begins(rule, datetime(2026, 1, 1), datetime(2030, 1, 1)), None)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        return f"The rule cannot be read ({error}). {_EXAMPLE}"
    return None


def _rule_problems(window: Window, first: Times, now: datetime) -> Mapping[str, str]:
    zone = ZoneInfo(window.zone)
    if window.repeats is None:
        if _instants(first, zone)[1] <= now:
            return {"until": "This window is over already: give times that are still to come."}
        return _clock_problems(first, zone, is_first=True)
    here = now.astimezone(zone).replace(tzinfo=None)
    times = list(_times(window, max(first.begins, here) + AHEAD))
    if not times or times[0].begins != first.begins:
        coming = f"; it first comes {times[0].begins:{_WALL}}" if times else ""
        return {
            "repeats": f"The rule does not come at {first.begins:{_WALL}}, where the window "
            f"begins{coming}: change the begin or the rule."
        }
    if any(before.ends > after.begins for before, after in pairwise(times)):
        return {
            "until": "It is longer than the time until it comes again: end it earlier, or let "
            "it repeat less often."
        }
    last = _ends_by(window)
    if last and _instants(times[-1], zone)[1] <= now:
        return {"repeats": "All of its times are over already: let it repeat longer."}
    for each in (first, *(it for it in times if it.ends > here)):
        if found := _clock_problems(each, zone, is_first=each == first):
            return found
    return {}


def _clock_problems(times: Times, zone: ZoneInfo, *, is_first: bool) -> Mapping[str, str]:
    """A clock shows each of both times exactly once."""
    for name, wall in (("from", times.begins), ("until", times.ends)):
        again = "" if is_first else "One of its times: "
        remedy = "give an hour before or after it, or declare the window in the zone UTC."
        if _skipped(wall, zone):
            said = f"{wall:{_WALL}} does not exist in {zone.key}, where clocks go forward"
            return {name: f"{again}{said}: {remedy}"}
        if wall.replace(tzinfo=zone).utcoffset() != wall.replace(tzinfo=zone, fold=1).utcoffset():
            said = f"{wall:{_WALL}} is there twice in {zone.key}, where clocks go back"
            return {name: f"{again}{said}: {remedy}"}
    return {}


def _skipped(wall: datetime, zone: ZoneInfo) -> bool:
    there = wall.replace(tzinfo=zone)
    return there.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != wall


# --- when is it? ----------------------------------------------------------------------------------


@lru_cache(maxsize=2000)
def _of_months(window: Window, first: int, last: int) -> tuple[Occurrence, ...]:
    """The times that touch some months; what was saved does not change, so that they are kept."""
    zone = ZoneInfo(window.zone)
    after, until = _first_of(first), _first_of(last)
    found: list[Occurrence] = []
    for times in _times(window, until.replace(tzinfo=None) + timedelta(days=2)):
        starts, ends = _instants(times, zone)
        if starts < until and ends > after:
            found.append(_occurrence(window, starts, ends))
    return tuple(found)


def _occurrence(window: Window, starts: datetime, ends: datetime) -> Occurrence:
    things = frozenset(window.things)
    strength = window.strength or NONE
    return Occurrence(window.name, window.kind, window.title, starts, ends, things, strength)


def _times(window: Window, until: datetime) -> Iterator[Times]:
    """Each time that begins up to `until`, by the clock of the zone."""
    first = _first(window)
    if window.repeats is None:
        yield first
        return
    length = first.ends - first.begins
    for begins in _begins(window.repeats, first.begins, until):
        yield Times(begins, begins + length)


def _begins(rule: str, first: datetime, until: datetime) -> Iterator[datetime]:
    parts = _parts(rule)
    count = int(parts.pop("COUNT", "0"))
    ends = min(until, _last_moment(parts.pop("UNTIL"))) if "UNTIL" in parts else until
    if ends < first:
        return
    parts["UNTIL"] = f"{ends + _LATER:%Y%m%dT%H%M%S}"
    text = ";".join(f"{name}={value}" for name, value in parts.items())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        found = iter(rrulestr(text, dtstart=first + _LATER))
    for at in islice(found, count or None):
        yield at - _LATER


def _parts(rule: str) -> dict[str, str]:
    return {name: value for name, _, value in (it.partition("=") for it in rule.split(";"))}


def _last_moment(until: str) -> datetime:
    """A day without a time means all of it."""
    return datetime.fromisoformat(until if "T" in until else f"{until}T235959")


def _ends_by(window: Window) -> bool:
    return bool(window.repeats) and any(it in (window.repeats or "") for it in ("COUNT=", "UNTIL="))


def _instants(times: Times, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The earliest begin and the latest end that such clocks can mean."""
    begins = times.begins.replace(tzinfo=zone).astimezone(UTC)
    return begins, times.ends.replace(tzinfo=zone, fold=1).astimezone(UTC)


def _first(window: Window) -> Times:
    return Times(datetime.fromisoformat(window.begins), datetime.fromisoformat(window.ends))


def _month(instant: datetime) -> int:
    there = instant.astimezone(UTC)
    return there.year * 12 + there.month - 1


def _first_of(month: int) -> datetime:
    return datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC)
