"""Who takes part in a replay: the log's people and groups as registry and commands know them."""

import re
from collections.abc import Collection, Iterable, Iterator

from clearway.replay.log import Case
from clearway.service.values import Actor

DESK = "service_desk"
SERVICE = "not_named"
"""The log hardly ever names what is broken, so all its incidents name the same service."""
_LEADS = "service_desk_lead"
"""Who may cancel: the diagram names the role, and the log has nobody who does it."""
OWNER = "owner"
"""Who may look at it afterwards: nobody of the log owns the process."""
_ROLES = frozenset({"requester", "service_desk", "resolver"})


def login(name: str) -> str:
    """`Updated by 21` -> `updated.by.21`: the log's names, as the registry takes them."""
    return re.sub(r"\s+", ".", name.strip()).lower()


def group_name(group: str | None) -> str:
    """An incident that the log gives to no group is with the service desk."""
    return login(group) if group else DESK


def acting(name: str, group: str | None) -> Actor:
    """This person, at the service desk and in the group that has the incident.

    The log names who updated, who is assigned and who called in three separate series, so that it
    cannot be told which of them are one person, nor which roles they had.
    """
    groups = frozenset({DESK, group}) if group else frozenset({DESK})
    return Actor(name, roles=_ROLES, groups=groups)


def sheets(cases: Iterable[Case]) -> Iterator[tuple[str, str]]:
    """The tables of the registry as CSV, in the order in which they can be imported."""
    found = list(cases)
    desk, resolvers, callers, groups = _names(found)
    people = sorted({*desk, *(person for _, person in resolvers), *callers})
    named = [(login(name), name) for name in people]
    yield "people", _csv("name,full_name", [*named, (OWNER, "Owner of the process")])
    titles = [(DESK, "Service desk"), (_LEADS, "Leads of the service desk")]
    titles += [(OWNER, "Owners of the process")]
    titles += [(login(name), name) for name in sorted(groups)]
    yield "groups", _csv("name,title", titles)
    roles = [(_LEADS, _LEADS), (OWNER, "process_owner"), *((DESK, role) for role in sorted(_ROLES))]
    roles += [(login(name), "resolver") for name in sorted(groups)]
    yield "group_roles", _csv("group,role", roles)
    members = {(DESK, login(name)) for name in desk}
    members |= {(group_name(group), login(person)) for group, person in resolvers}
    members.add((OWNER, OWNER))
    yield "memberships", _csv("group,person", sorted(members))
    yield "services", f"name,title,criticality\n{SERVICE},Not named in the log,3\n"


def _names(
    cases: Iterable[Case],
) -> tuple[set[str], set[tuple[str | None, str]], set[str], set[str]]:
    desk: set[str] = set()
    resolvers: set[tuple[str | None, str]] = set()
    callers: set[str] = set()
    groups: set[str] = set()
    for event in (event for case in cases for event in case.events):
        desk |= {event.updated_by, *([event.opened_by] if event.opened_by else [])}
        groups |= {event.group} if event.group else set()
        callers |= {event.caller} if event.caller else set()
        if event.assignee:
            resolvers.add((event.group, event.assignee))
    return desk, resolvers | _updaters(cases, groups - {it for it, _ in resolvers}), callers, groups


def _updaters(cases: Iterable[Case], groups: Collection[str | None]) -> set[tuple[str | None, str]]:
    """Those who wrote while one of these groups had the incident: the log assigns nobody of it."""
    events = (event for case in cases for event in case.events)
    return {(it.group, it.updated_by) for it in events if it.group in groups}


def _csv(header: str, rows: Iterable[tuple[str, str]]) -> str:
    return "\n".join([header, *(",".join(row) for row in rows)]) + "\n"
