"""The automated steps of an exception from a freeze."""

from collections.abc import Mapping

from tasks.doors import LeadingTo
from tasks.major_incidents import is_live, is_major


def find_live_incident(*, change: str, leading_to: LeadingTo) -> Mapping[str, object]:
    """The worst open incident of priority 1 or 2 that this change resolves.

    Looks at the links, not at what somebody typed. Answers `live`, `incident` (its key, or null)
    and `priority` (or null). One that is resolved is live no more.
    """
    linked = leading_to("resolved_by", [change]).get(change, ())
    live = [it for it in linked if is_major(it) and is_live(it)]
    worst = min(live, key=lambda it: (str(it.record["priority"]), it.key), default=None)
    if worst is None:
        return {"live": False, "incident": None, "priority": None}
    return {"live": True, "incident": worst.key, "priority": worst.record["priority"]}
