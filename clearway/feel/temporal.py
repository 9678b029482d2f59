"""Dates, times and durations: from ISO text and back."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from clearway.feel.errors import FeelEvaluationError
from clearway.feel.values import YearsMonths

DATE = r"(?P<sign>-)?(?P<year>[1-9][0-9]{4,8}|[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
TIME = (
    r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})(?:\.(?P<part>[0-9]+))?"
    r"(?P<zone>[zZ]|[+-][0-9]{2}:[0-9]{2}(?::[0-9]{2})?|@[A-Za-z][A-Za-z0-9_+/-]{0,60})?"
)
ONLY_DATE = re.compile(DATE)
ONLY_TIME = re.compile(f"T?{TIME}")
DATE_TIME = re.compile(f"{DATE}T{TIME}")
# What Python reads as FEEL does: to the microsecond at most, and no zone but an offset.
PLAIN_DATE_TIME = re.compile(
    r"(?!0000)[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?"
    r"(?:Z|[+-](?:0[0-9]|1[0-7]):[0-5][0-9])?"
)
YEARS_MONTHS = re.compile(r"(-)?P(?:([0-9]+)Y)?(?:([0-9]+)M)?")
DAYS_TIME = re.compile(
    r"(-)?P(?:([0-9]+)D)?"
    r"(?:T(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+)(?:\.([0-9]+))?S)?)?"
)
FARTHEST_OFFSET = timedelta(hours=18)
MOST_MONTHS = 12 * 10**12
MOST_DIGITS = 20
SECOND = timedelta(seconds=1)
END_OF_DAY = "24"
"""The hour of 24:00:00, the first instant of the next day (XML Schema 1.1 part 2, 3.3.7)."""

Temporal = date | time | datetime | timedelta | YearsMonths


def at_literal(text: str) -> Temporal | None:
    """The value of `@"text"`; null for a text that is none of the five."""
    for parse in (parse_date, parse_date_time, parse_time, parse_duration):
        value = parse(text)
        if value is not None:
            return value
    return None


def parse_date(text: str) -> date | None:
    """A date such as 2026-01-31; None for other text."""
    match = ONLY_DATE.fullmatch(text)
    return _date(match) if match else None


def parse_time(text: str) -> time | None:
    """A time such as 10:30:00, maybe with offset or `@Europe/Berlin`; None for other text."""
    match = ONLY_TIME.fullmatch(text)
    return _time(match) if match else None


def parse_date_time(text: str) -> datetime | None:
    """A date and time such as 2026-01-31T10:30:00+01:00; None for other text."""
    if PLAIN_DATE_TIME.fullmatch(text):
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass  # Such as the end of a day, which Python's library does not know.
    match = DATE_TIME.fullmatch(text)
    if match is None:
        return None
    day, hour = _date(match), _time(match)
    if day is None or hour is None:
        return None
    if match["hour"] == END_OF_DAY:
        day = _day_after(day)
    return datetime.combine(day, hour)


def parse_duration(text: str) -> YearsMonths | timedelta | None:
    """A duration of one of the two kinds, such as P1Y2M or P3DT4H; None for other text."""
    if text.endswith(("P", "T")):
        return None
    if match := YEARS_MONTHS.fullmatch(text):
        sign, years, months = match.groups()
        total = _whole(years, text) * 12 + _whole(months, text)
        if total > MOST_MONTHS:
            raise _too_long(text)
        return YearsMonths(-total if sign else total)
    match = DAYS_TIME.fullmatch(text)
    return _days_time(match) if match else None


@lru_cache(maxsize=1024)
def zone_named(name: str) -> ZoneInfo | None:
    """The IANA zone, or None when there is none of that name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def zone_name(zone: tzinfo | None) -> str | None:
    """The IANA name of a zone; None for an offset."""
    return zone.key if isinstance(zone, ZoneInfo) else None


def temporal_text(value: Temporal) -> str:
    """The ISO text, with `@` and the zone's name where there is one."""
    if isinstance(value, YearsMonths):
        return _years_months_text(value)
    if isinstance(value, timedelta):
        return _days_time_text(value)
    if isinstance(value, datetime):
        return f"{value.date().isoformat()}T{_clock_text(value.time())}{_zone_text(value)}"
    if isinstance(value, time):
        return _clock_text(value) + _zone_text(value)
    return value.isoformat()


def _date(match: re.Match[str]) -> date | None:
    year, month, day = int(match["year"]), int(match["month"]), int(match["day"])
    if match["sign"] or not 1 <= year <= 9999:
        if 1 <= month <= 12 and 1 <= day <= 31:
            raise FeelEvaluationError(f"{match.group()}: dates reach from year 1 to year 9999")
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _day_after(day: date) -> date:
    if day == date.max:
        raise FeelEvaluationError(f"the end of {day}: dates reach from year 1 to year 9999")
    return day + timedelta(days=1)


def _time(match: re.Match[str]) -> time | None:
    part = (match["part"] or "").rstrip("0")
    zone: tzinfo | None = None
    if match["zone"]:
        zone = _zone(match["zone"])
        if zone is None:
            return None
    hour, minute, second = (match[name] for name in ("hour", "minute", "second"))
    if hour == END_OF_DAY and not part:
        hour = "00" if (minute, second) == ("00", "00") else hour
    try:
        found = time(int(hour), int(minute), int(second), tzinfo=zone)
    except ValueError:
        return None
    return found.replace(microsecond=_microseconds(part))


def _microseconds(part: str) -> int:
    if len(part.rstrip("0")) > 6:
        raise FeelEvaluationError(f"0.{part} s: times are kept to the microsecond")
    return int(part[:6].ljust(6, "0"))


def _zone(text: str) -> tzinfo | None:
    if text in ("Z", "z"):
        return UTC
    if text[0] == "@":
        return zone_named(text[1:])
    hours, minutes, *seconds = (int(part) for part in text[1:].split(":"))
    if minutes > 59 or (seconds and seconds[0] > 59):
        return None
    offset = timedelta(hours=hours, minutes=minutes, seconds=seconds[0] if seconds else 0)
    if offset > FARTHEST_OFFSET:
        return None
    return timezone(-offset if text[0] == "-" else offset)


def _days_time(match: re.Match[str]) -> timedelta:
    sign, days, hours, minutes, seconds, part = match.groups()
    try:
        value = timedelta(
            days=_whole(days, match.group()),
            hours=_whole(hours, match.group()),
            minutes=_whole(minutes, match.group()),
            seconds=_whole(seconds, match.group()),
            microseconds=_microseconds(part or ""),
        )
        return -value if sign else value
    except OverflowError as error:
        raise _too_long(match.group()) from error


def _whole(digits: str | None, text: str) -> int:
    digits = (digits or "").lstrip("0")
    if len(digits) > MOST_DIGITS:
        raise _too_long(text)
    return int(digits or 0)


def _too_long(text: str) -> FeelEvaluationError:
    reach = f"durations reach to a billion days or {MOST_MONTHS} months"
    return FeelEvaluationError(f"{text[:40]}: {reach}")


def _years_months_text(value: YearsMonths) -> str:
    years, months = divmod(abs(value.months), 12)
    text = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
    return f"{'-' if value.months < 0 else ''}P{text or '0M'}"


def _days_time_text(value: timedelta) -> str:
    if value < timedelta(0):
        return "-" + _days_time_text(-value) if value > timedelta.min else _below_least(value)
    minutes, seconds = divmod(value.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    part = f".{value.microseconds:06d}".rstrip("0") if value.microseconds else ""
    clock = (
        (f"{hours}H" if hours else "")
        + (f"{minutes}M" if minutes else "")
        + (f"{seconds}{part}S" if seconds or part else "")
    )
    days = f"{value.days}D" if value.days else ""
    return f"P{days}T{clock}" if clock else f"P{days}" if days else "PT0S"


def _below_least(value: timedelta) -> str:
    # The negative of the least timedelta does not exist, so its days are written directly.
    return f"-P{-value.days}D"


def _clock_text(value: time) -> str:
    part = f".{value.microsecond:06d}".rstrip("0") if value.microsecond else ""
    return f"{value.hour:02d}:{value.minute:02d}:{value.second:02d}{part}"


def _zone_text(value: time | datetime) -> str:
    name = zone_name(value.tzinfo)
    if name is not None:
        return f"@{name}"
    offset = value.utcoffset()
    if offset is None:
        return ""
    if not offset:
        return "Z"
    sign = "-" if offset < timedelta(0) else "+"
    minutes, seconds = divmod(abs(offset) // SECOND, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{sign}{hours:02d}:{minutes:02d}" + (f":{seconds:02d}" if seconds else "")
