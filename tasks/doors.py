"""What steps may ask of Clearway itself: named questions and commands, handed in by wiring."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Protocol

from clearway.errors import ClearwayError
from clearway.service.collisions import CollisionsView, collisions_of
from clearway.service.controls import Examined, examined_records
from clearway.service.house import House
from clearway.service.ics import host_of
from clearway.service.impact import AffectedService, affected_services
from clearway.service.jobs import WORKER
from clearway.service.link import link
from clearway.service.open_work import OpenWork, open_work
from clearway.service.other_records import OtherRecord, ended_between, leading_to, one_record
from clearway.service.registry import (
    ServiceContext,
    addresses_of,
    has_role,
    line_of,
    service_context,
)
from clearway.service.templates import template_text
from clearway.service.values import Done, Refusal
from processes.calendar import Calendar
from processes.planned import Planned
from tasks.meeting_doors import LookForCollisions, doors_of_meetings


class FindService(Protocol):
    """What the registry knows about a service and an asset, either of which may be None."""

    def __call__(self, service: str | None, asset: str | None) -> ServiceContext: ...


class Link(Protocol):
    """Link two records under an idempotency key; False when one of them does not exist."""

    def __call__(self, from_key: str, kind: str, to_key: str, once: str) -> bool: ...


class EndedBetween(Protocol):
    """The records of a process with these fields that ended after an instant and by another."""

    def __call__(
        self, process: str, fields: Mapping[str, object], since: datetime, until: datetime
    ) -> list[OtherRecord]: ...


class LeadingTo(Protocol):
    """For each key the records from which a link of this kind leads to it."""

    def __call__(self, kind: str, keys: Collection[str]) -> Mapping[str, list[OtherRecord]]: ...


OneRecord = Callable[[str], OtherRecord | None]
"""The record with a key as it stands."""

HasRole = Callable[[str, str], bool]
"""Whether a person has a role by a group; False for who is not there."""

LineOf = Callable[[str], list[str]]
"""Who is above a person: the manager, the manager's manager and so on."""

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


AffectedServices = Callable[[Sequence[str]], Sequence[AffectedService] | Refusal]
"""The services that a change of these services and assets reaches, and who owns each."""


def doors_of(house: House, *, base_url: str, sent_from: str = "") -> dict[str, object]:
    """The questions and commands that steps may ask of this house, by the names they need.

    `sent_from` is the address that mails come from; without one, one at the host of `base_url`.
    """
    find: FindService = partial(service_context, house)
    has: HasRole = partial(has_role, house)
    join: Link = partial(_linked, house)
    collect: CollectOpenWork = partial(open_work, house)
    write_to: AddressesOf = partial(addresses_of, house)
    read: TemplateOf = partial(template_text, house)
    ended: EndedBetween = partial(ended_between, house)
    leads: LeadingTo = partial(leading_to, house)
    one: OneRecord = partial(one_record, house)
    look: LookForCollisions = partial(_collisions, house)
    reach: AffectedServices = partial(affected_services, house, WORKER)
    line: LineOf = partial(line_of, house)
    changes: EndedChanges = partial(_closed_changes, house)
    calendar: CalendarOf = partial(_calendar, house)
    return {
        "find_service": find,
        "has_role": has,
        "affected_services": reach,
        "line_of": line,
        "ended_changes": changes,
        "calendar_of": calendar,
        "link": join,
        "open_work": collect,
        "ended_between": ended,
        "leading_to": leads,
        "one_record": one,
        "addresses_of": write_to,
        "template_of": read,
        "look_for_collisions": look,
        "base_url": base_url,
        "sent_from": sent_from or f"clearway@{host_of(base_url)}",
        "now": house.now,
        **doors_of_meetings(house),
    }


def _collisions(house: House, planned: Planned) -> CollisionsView:
    found = collisions_of(house, WORKER, planned)
    if isinstance(found, Refusal):
        raise ClearwayError(f"{found.text} {found.remedy}")
    return found


def _linked(house: House, from_key: str, kind: str, to_key: str, once: str) -> bool:
    return isinstance(link(house, WORKER, from_key, kind, to_key, once=once), Done)


def _closed_changes(house: House, since: datetime) -> list[Examined]:
    return [
        it for it in examined_records(house, CHANGE, CLOSED, house.now()) if it.ended_at >= since
    ]


def _calendar(house: House, name: str) -> Calendar | None:
    deployed = house.current(CHANGE)
    return None if deployed is None else deployed.blueprint.calendars.get(name)
