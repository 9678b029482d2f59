"""How instants and durations are said to a reader: in the reader's zone, with its name."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_UNITS = (("d", 86400), ("h", 3600), ("min", 60))


def zone_named(name: str) -> ZoneInfo:
    """The IANA zone with this name, or UTC when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def absolute(instant: datetime, zone: ZoneInfo, now: datetime) -> str:
    """`2 Mar 2026, 10:00 CET`; the year is left out when it is this one."""
    there = instant.astimezone(zone)
    year = "" if there.year == now.astimezone(zone).year else f" {there.year}"
    return f"{there.day} {there:%b}{year}, {there:%H:%M} {abbreviation(there)}"


def abbreviation(there: datetime) -> str:
    """The zone's short name, or its offset where it has only numbers: `CET`, `UTC+04`."""
    name = there.tzname() or ""
    return f"UTC{name}" if name[:1] in "+-" else name


def in_utc(instant: datetime) -> str:
    """`2026-03-02 09:00:00 UTC`."""
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def relative(instant: datetime, now: datetime) -> str:
    """`in 3 h`, `2 d ago`, `just now`: one unit, rounded down."""
    said = duration(abs(instant - now))
    if not said:
        return "just now"
    return f"in {said}" if instant > now else f"{said} ago"


def duration(span: timedelta) -> str:
    """The largest unit of days, hours and minutes, or nothing below a minute."""
    seconds = int(span.total_seconds())
    for unit, length in _UNITS:
        if seconds >= length:
            return f"{seconds // length} {unit}"
    return ""


def typed_instant(text: str, zone: ZoneInfo) -> datetime:
    """What a person typed into a date-and-time field, in UTC.

    Raises ValueError with a sentence for the reader: unreadable, or an hour that the change to
    summer time skips. An hour that happens twice means the first.
    """
    try:
        there = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("Give a date and a time, such as 2026-03-02T09:30.") from None
    if there.tzinfo is not None:
        return there.astimezone(UTC)
    instant = there.replace(tzinfo=zone).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) != there:
        raise ValueError(f"This hour does not exist in {zone.key}: clocks skip it that night.")
    return instant


def for_input(instant: datetime, zone: ZoneInfo) -> str:
    """The instant as a date-and-time field wants it: local, to the minute."""
    return f"{instant.astimezone(zone):%Y-%m-%dT%H:%M}"
