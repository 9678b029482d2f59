"""What steps may ask of Clearway itself: named questions and commands, handed in by wiring."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Protocol

from clearway.service.controls import Examined, examined_records
from clearway.service.house import House
from clearway.service.jobs import WORKER
from clearway.service.link import link
from clearway.service.open_work import OpenWork, open_work
from clearway.service.registry import (
    ServiceContext,
    addresses_of,
    has_role,
    line_of,
    service_context,
)
from clearway.service.standing import Held, held
from clearway.service.templates import template_text
from clearway.service.values import Done
from processes.calendar import Calendar


class FindService(Protocol):
    """What the registry knows about a service and an asset, either of which may be None."""

    def __call__(self, service: str | None, asset: str | None) -> ServiceContext: ...


class Link(Protocol):
    """Link two records under an idempotency key; False when one of them does not exist."""

    def __call__(self, from_key: str, kind: str, to_key: str, once: str) -> bool: ...


HasRole = Callable[[str, str], bool]
"""Whether a person has a role by a group; False for who is not there."""

LineOf = Callable[[str], list[str]]
"""Who is above a person: the manager, the manager's manager and so on."""

ReadRecord = Callable[[str], Held | None]
"""What a record holds; None when there is none with this key."""

EndedChanges = Callable[[datetime], list[Examined]]
"""The changes that were closed since an instant, with what they held."""

CalendarOf = Callable[[str], Calendar | None]
"""A calendar as it is in force; None when there is none of this name."""

CHANGE, CLOSED = "change", "closed"
"""The process whose history is asked for, and the state in which its records end."""

CollectOpenWork = Callable[[], OpenWork]
"""All open records at this moment."""

AddressesOf = Callable[[list[str]], dict[str, list[str]]]
"""People, groups and addresses -> where to write to them; unknown names are left out."""

TemplateOf = Callable[[str], str]
"""The text of a message template by its hash."""


def doors_of(house: House, *, base_url: str) -> dict[str, object]:
    """The questions and commands that steps may ask of this house, by the names they need."""
    find: FindService = partial(service_context, house)
    has: HasRole = partial(has_role, house)
    join: Link = partial(_linked, house)
    collect: CollectOpenWork = partial(open_work, house)
    write_to: AddressesOf = partial(addresses_of, house)
    read: TemplateOf = partial(template_text, house)
    line: LineOf = partial(line_of, house)
    of_record: ReadRecord = partial(held, house)
    ended: EndedChanges = partial(_closed_changes, house)
    calendar: CalendarOf = partial(_calendar, house)
    return {
        "find_service": find,
        "has_role": has,
        "line_of": line,
        "read_record": of_record,
        "ended_changes": ended,
        "calendar_of": calendar,
        "link": join,
        "open_work": collect,
        "addresses_of": write_to,
        "template_of": read,
        "base_url": base_url,
        "now": house.now,
    }


def _linked(house: House, from_key: str, kind: str, to_key: str, once: str) -> bool:
    return isinstance(link(house, WORKER, from_key, kind, to_key, once=once), Done)


def _closed_changes(house: House, since: datetime) -> list[Examined]:
    return [
        it for it in examined_records(house, CHANGE, CLOSED, house.now()) if it.ended_at >= since
    ]


def _calendar(house: House, name: str) -> Calendar | None:
    deployed = house.current(CHANGE)
    return None if deployed is None else deployed.blueprint.calendars.get(name)
