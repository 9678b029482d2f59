"""Incidents of priority 1 or 2: which are live, and which a change caused."""

from collections.abc import Collection, Mapping

from clearway.service.other_records import OtherRecord
from tasks.doors import LeadingTo

INCIDENT = "incident"
_MAJOR = 2
"""Priorities up to this one."""
_OVER = frozenset({"resolved", "closed", "cancelled"})
"""States of an incident in which the service is there again."""


def is_major(found: OtherRecord) -> bool:
    """Whether it is an incident of priority 1 or 2."""
    return has_major_priority(priority_of(found))


def has_major_priority(priority: int | None) -> bool:
    """Whether this is priority 1 or 2."""
    return priority is not None and 1 <= priority <= _MAJOR


def is_live(found: OtherRecord) -> bool:
    """Whether it is an incident whose service is not back yet."""
    return found.process == INCIDENT and found.ended_at is None and found.state not in _OVER


def priority_of(found: OtherRecord) -> int | None:
    """The priority of an incident; None for what has none."""
    priority = found.record.get("priority")
    return priority if found.process == INCIDENT and isinstance(priority, int) else None


def incidents_caused(
    changes: Collection[str], leading_to: LeadingTo
) -> Mapping[str, list[OtherRecord]]:
    """Key of each change -> the incidents that are linked as caused by it."""
    caused = leading_to("caused_by", changes)
    return {key: [it for it in caused.get(key, ()) if it.process == INCIDENT] for key in changes}


def changes_that_caused_major(changes: Collection[str], leading_to: LeadingTo) -> frozenset[str]:
    """Those of the changes by which an incident of priority 1 or 2 is linked as caused."""
    caused = incidents_caused(changes, leading_to)
    return frozenset(key for key, found in caused.items() if any(map(is_major, found)))
