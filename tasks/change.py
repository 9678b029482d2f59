"""The automated steps of a change."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from clearway.errors import StepError
from clearway.service.values import Refusal
from processes import calendar
from processes.change_outcome import has_failed
from processes.change_risk import history_points
from processes.sampling import is_drawn
from tasks.doors import (
    AffectedServices,
    CalendarOf,
    EndedChanges,
    HasRole,
    LeadingTo,
    LineOf,
    OneRecord,
)
from tasks.major_incidents import (
    changes_that_caused_major,
    incidents_caused,
    is_live,
    is_major,
    priority_of,
)

LOOKED_BACK = timedelta(days=365)


def check_grounds(
    *,
    author: str | None = None,
    incident: str | None = None,
    registrars: Sequence[str],
    callers: Sequence[str],
    has_role: HasRole,
    line_of: LineOf,
    one_record: OneRecord,
) -> Mapping[str, object]:
    """What the author may do, who leads their line, and how the incident stands that they name.

    `registrars` and `callers` are roles. The line director is the superior of the author's
    superior, or the only superior; null when nobody is above. An incident that is resolved is not
    open, and neither is what is no incident.
    """
    found = None if incident is None else one_record(incident)
    above = [] if author is None else line_of(author)
    return {
        "may_register": _has_one(has_role, author, registrars),
        "may_call_emergency": _has_one(has_role, author, callers),
        "line_director": above[min(1, len(above) - 1)] if above else None,
        "incident_open": found is not None and is_live(found),
        "incident_priority": None if found is None else priority_of(found),
    }


def find_owners(
    *,
    service: str | None = None,
    assets: Sequence[str] | None = None,
    concerned: Sequence[str | None] = (),
    affected_services: AffectedServices,
) -> Mapping[str, object]:
    """Who decides for each other service that a change of a service and of assets reaches.

    `services` has a line for each, with the way to it; `owners` are the people, once each;
    `undecided` are the services that nobody owns, or whose owner is one of the `concerned`. Who
    owns what goes on meanwhile is not asked. `problem` says why it could not be found out, or is
    null.
    """
    changed = [name for name in (service, *(assets or ())) if name is not None]
    found = affected_services(changed)
    if isinstance(found, Refusal):
        problem = f"{found.text} {found.remedy}"
        return {"services": [], "owners": [], "undecided": [], "problem": problem}
    lines: list[str] = []
    owners: list[str] = []
    undecided: list[str] = []
    for it in found:
        if it.name == service:
            continue
        if it.goes_on:
            lines.append(f"{it.way}: it goes on meanwhile, nobody is asked")
        elif it.owner is None:
            lines.append(f"{it.way}: nobody owns it")
            undecided.append(it.name)
        elif it.owner in concerned:
            lines.append(f"{it.way}: {it.owner} owns it, and is concerned")
            undecided.append(it.name)
        else:
            lines.append(f"{it.way}: {it.owner} decides")
            owners.append(it.owner)
    return {
        "services": lines,
        "owners": list(dict.fromkeys(owners)),
        "undecided": undecided,
        "problem": None,
    }


def change_history(
    *,
    key: str,
    service: str | None = None,
    group: str | None = None,
    template: str | None = None,
    criticality: int | None = None,
    ended_changes: EndedChanges,
    leading_to: LeadingTo,
    now: Callable[[], datetime],
) -> Mapping[str, object]:
    """How often changes of this service, group or template failed in twelve months, as points.

    One that caused an incident of priority 1 or 2 failed, whatever is said of it. The worst of
    the three counts: `points` from 0 to 100, `reason` in words.
    """
    ended = [it for it in ended_changes(now() - LOOKED_BACK) if it.key != key]
    caused = changes_that_caused_major([it.key for it in ended], leading_to)
    asked = (("service", service), ("support_group", group), ("template", template))
    found: list[tuple[int, str]] = []
    for field, name in asked:
        if name is None:
            continue
        alike = [it for it in ended if it.record.get(field) == name]
        failed = sum(
            has_failed(_text(it.record.get("outcome")), caused_major=it.key in caused)
            for it in alike
        )
        reason = f"{failed} of {len(alike)} changes of {name} in twelve months did not succeed"
        found.append((history_points(criticality, failed, len(alike)), reason))
    points, reason = max(found, default=(0, "there is nothing to compare it with"))
    return {"points": points, "reason": reason}


def count_business_days(
    *,
    until: str | None = None,
    calendar_name: str = "office",
    calendar_of: CalendarOf,
    now: Callable[[], datetime],
) -> Mapping[str, object]:
    """How many whole business days lie between now and an instant; below zero when it has passed.

    A day that has begun counts as far as it is still open. Raises StepError `unknown_calendar`.
    """
    if until is None:
        return {"days": None}
    found = calendar_of(calendar_name)
    if found is None:
        raise StepError("unknown_calendar", f"There is no calendar {calendar_name}.")
    open_time = calendar.elapsed(found, now(), datetime.fromisoformat(until))
    return {"days": open_time // calendar.business_days(found, 1)}


def look_at_outcome(
    *,
    key: str,
    incidents: Sequence[str] | None = None,
    percent: int,
    leading_to: LeadingTo,
) -> Mapping[str, object]:
    """Whether a change caused an incident of priority 1 or 2, and whether it is drawn by lot.

    Looks at the links. `incidents` are the keys that whoever closes it named, which the form has
    linked; `incidents_unnamed` are those that are linked as caused by it, and were not named.
    """
    caused = incidents_caused([key], leading_to)[key]
    return {
        "caused_major": any(map(is_major, caused)),
        "incidents_unnamed": [it.key for it in caused if it.key not in (incidents or ())],
        "sampled": is_drawn(key, percent),
    }


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _has_one(has_role: HasRole, person: str | None, roles: Sequence[str]) -> bool:
    return person is not None and any(has_role(person, role) for role in roles)
