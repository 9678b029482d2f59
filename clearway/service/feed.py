"""The calendar outside of Clearway: a private feed for each person, and single records."""

import secrets
from datetime import datetime, timedelta

from clearway.service.calendar import CalendarEntry, CalendarView, calendar_of
from clearway.service.house import House
from clearway.service.ics import Happening, calendar_text, record_address, uid_of
from clearway.service.permissions import refuse_unless
from clearway.service.reading import readable
from clearway.service.registry import actor_of
from clearway.service.registry_command import record_entry
from clearway.service.values import Actor, Done, Refusal
from clearway.store import feeds
from clearway.store.database import Connection
from clearway.store.sessions import token_hash

BEFORE, AHEAD = timedelta(days=30), timedelta(days=365)
"""What the feed holds, from now on."""

_FREEZES = {"hard": "Freeze", "soft": "Soft freeze"}


def make_feed(house: House, actor: Actor) -> str | Refusal:
    """A new secret token of the actor's feed, told this once; an earlier one ends with it."""
    if refusal := _refuse(actor):
        return refusal
    token = secrets.token_urlsafe(32)

    def make(connection: Connection) -> None:
        feeds.set_feed(connection, actor.name, token_hash(token), house.now())
        record_entry(house, connection, actor, "make_feed", {"person": actor.name})

    house.store.change(make)
    return token


def revoke_feed(house: House, actor: Actor) -> Done | Refusal:
    """Make the token of the actor's feed worthless."""
    if refusal := _refuse(actor):
        return refusal

    def revoke(connection: Connection) -> Done | Refusal:
        if not feeds.remove_feed(connection, actor.name):
            return Refusal("not_found", "You have no calendar feed.", "Make one first.")
        record_entry(house, connection, actor, "revoke_feed", {"person": actor.name})
        return Done()

    return house.store.change(revoke)


def feed_made_at(house: House, actor: Actor) -> datetime | None:
    """Since when the actor has a feed; None: there is none."""
    return house.store.ask(lambda it: feeds.feed_made_at(it, actor.name))


def feed_text(house: House, token: str, base_url: str) -> bytes | None:
    """The calendar as whoever has this token may see it; None: nobody has it.

    What they may not read is left out. It holds 30 days before now and a year ahead.
    """
    person = house.store.ask(lambda it: feeds.person_of_feed(it, token_hash(token)))
    actor = actor_of(house, person) if person else None
    if actor is None:
        return None
    now = house.now()
    found = calendar_of(house, actor, now - BEFORE, now + AHEAD)
    entries = found.entries if isinstance(found, CalendarView) else ()
    happenings = [_happening(it, base_url) for it in entries if not it.is_hidden]
    return calendar_text(happenings, now, name="Clearway")


def event_text(house: House, actor: Actor, key: str, base_url: str) -> bytes | Refusal:
    """When one record is planned, as a calendar file."""
    snapshot = readable(house, actor, key)
    if isinstance(snapshot, Refusal):
        return snapshot
    fields = house.version(snapshot.version_id).planned
    work = fields.read(key, snapshot.title, snapshot.record) if fields else None
    if work is None:
        return Refusal("not_found", f"{key} is not planned.", "Plan it: give its begin and end.")
    entry = CalendarEntry(
        "work",
        snapshot.key,
        work.title,
        work.starts,
        work.ends,
        work.things,
        work.people,
        snapshot.process,
        snapshot.state,
        revision=snapshot.revision,
    )
    return calendar_text([_happening(entry, base_url)], house.now())


def _happening(it: CalendarEntry, base_url: str) -> Happening:
    if it.is_work:
        about = [f"About {', '.join(it.things)}" if it.things else ""]
        about += [f"With {', '.join(it.people)}" if it.people else ""]
        return Happening(
            uid_of(it.key, base_url),
            it.title if it.title == it.key else f"{it.key} {it.title}",
            it.starts,
            it.ends,
            it.revision,
            "\n".join(part for part in about if part),
            record_address(it.key, base_url),
        )
    kind = _FREEZES.get(it.strength, "Maintenance")
    text = f"For {', '.join(it.things)}" if it.things else "For everything"
    uid = uid_of(f"{it.key}-{it.starts:%Y%m%dT%H%M%SZ}", base_url)
    return Happening(uid, f"{kind}: {it.title}", it.starts, it.ends, 0, text, is_free=True)


def _refuse(actor: Actor) -> Refusal | None:
    if not actor.is_person:
        return Refusal("not_allowed", "A channel has no calendar.", "Ask as a person.")
    return refuse_unless(actor, "calendar")
