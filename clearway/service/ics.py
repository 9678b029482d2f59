"""Planned work as iCalendar (RFC 5545): a feed, one event, an invitation and its cancelling."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from urllib.parse import quote, urlsplit

from icalendar import Calendar, Event, vCalAddress

Method = Literal["REQUEST", "CANCEL"]
"""What an invitation asks of a calendar (RFC 5546): to take it up, or to strike it out."""

_PRODUCT = "-//Clearway//Calendar//EN"


@dataclass(frozen=True)
class Happening:
    """One event: `uid` stays the same when it is told again, and `sequence` only grows."""

    uid: str
    title: str
    starts: datetime
    ends: datetime
    sequence: int = 0
    text: str = ""
    address: str = ""
    is_free: bool = False
    """It takes nobody's time: a window."""


@dataclass(frozen=True)
class Invitation:
    """Who is asked by whom: mail addresses."""

    method: Method
    organiser: str
    attendees: Sequence[str]


def host_of(base_url: str) -> str:
    """The name of the house in what must be unique in the world."""
    return urlsplit(base_url).hostname or "clearway"


def uid_of(key: str, base_url: str) -> str:
    """The identity of a record's event, in the feed as in invitations."""
    return f"{key}@{host_of(base_url)}"


def record_address(key: str, base_url: str) -> str:
    """Where the record is read."""
    return f"{base_url.rstrip('/')}/records/{quote(key)}"


def calendar_text(
    happenings: Iterable[Happening],
    now: datetime,
    *,
    name: str = "",
    invitation: Invitation | None = None,
) -> bytes:
    """The events as a calendar file; `now` is when it was told."""
    calendar: Any = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    if invitation is not None:
        calendar.add("method", invitation.method)
    if name:
        calendar.add("name", name)
        calendar.add("x-wr-calname", name)
    for it in happenings:
        calendar.add_component(_event(it, now, invitation))
    return calendar.to_ical()


def _event(it: Happening, now: datetime, invitation: Invitation | None) -> Event:
    event: Any = Event()
    event.add("uid", it.uid)
    event.add("dtstamp", now)
    event.add("dtstart", it.starts)
    event.add("dtend", it.ends)
    event.add("summary", it.title)
    event.add("sequence", it.sequence)
    event.add("transp", "TRANSPARENT" if it.is_free else "OPAQUE")
    if it.text:
        event.add("description", it.text)
    if it.address:
        event.add("url", it.address)
    if invitation is not None:
        _invite(event, invitation)
    return event


def _invite(event: Any, invitation: Invitation) -> None:
    event.add("status", "CANCELLED" if invitation.method == "CANCEL" else "CONFIRMED")
    event.add("organizer", vCalAddress(f"mailto:{invitation.organiser}"))
    for address in invitation.attendees:
        attendee: Any = vCalAddress(f"mailto:{address}")
        attendee.params["ROLE"] = "REQ-PARTICIPANT"
        attendee.params["RSVP"] = "FALSE"
        event.add("attendee", attendee, encode=0)
