"""The automated steps of an incident."""

from collections.abc import Mapping, Sequence

from clearway.service.other_records import OtherRecord
from tasks.doors import CHANGE, FindService, HasRole, OneRecord
from tasks.major_incidents import has_major_priority

IMPORTANT = "vip"
"""The role of people for whom an incident is one step more urgent."""


def find_context(
    *,
    service: str | None = None,
    asset: str | None = None,
    caller: str | None = None,
    find_service: FindService,
    has_role: HasRole,
) -> Mapping[str, object]:
    """Who supports what is broken, who owns it and how critical it is (1 highest to 4).

    The support group is the asset's, or else the service's. What the registry does not know is
    null: an alert may name a service that nobody entered. A caller with the role `vip` is
    important.
    """
    found = find_service(service, asset)
    return {
        "support_group": found.support_group,
        "service_owner": found.owner,
        "criticality": found.criticality,
        "known": found.known,
        "important_caller": caller is not None and has_role(caller, IMPORTANT),
    }


def find_ended_causes(
    *,
    key: str,
    priority: int | None = None,
    causes: Sequence[str] | None = None,
    told: Sequence[str] | None = None,
    one_record: OneRecord,
) -> Mapping[str, object]:
    """The changes that caused this incident and had ended before anybody could know it.

    `causes` are the keys of the records that cause it, `told` those of changes that were dealt with
    before. Only an incident of priority 1 or 2 has any. A change that is still being made or closed
    looks at its incidents itself. Answers `ended_causes`, with what a review of each is asked with
    (`change`, `title`, `why`, `service`, `author`, `implementer`, `outcome`, `ended`), its
    `template` (a list) and `people` to be told; and `causes_told`, with these added.
    """
    done = list(told or ())
    if not has_major_priority(priority):
        return {"ended_causes": [], "causes_told": done}
    found = [one_record(cause) for cause in dict.fromkeys(causes or ()) if cause not in done]
    ended = [it for it in found if it is not None and _was_closed_unaware(it)]
    why = f"it caused {key}, of priority {priority}, which nobody knew when it ended"
    return {
        "ended_causes": [_cause(it, why) for it in ended],
        "causes_told": [*done, *(it.key for it in ended)],
    }


def _was_closed_unaware(found: OtherRecord) -> bool:
    """Whether it is a change that was made, and that has looked at its incidents for the last time.

    It has looked as soon as it says whether it caused one of priority 1 or 2.
    """
    looked = found.ended_at is not None or found.record.get("caused_major") is False
    made = found.record.get("outcome") is not None
    return found.process == CHANGE and looked and made and not found.record.get("caused_major")


def _cause(found: OtherRecord, why: str) -> Mapping[str, object]:
    record = found.record
    template, author, implementer = (
        record.get(name) for name in ("template", "author", "implementer")
    )
    ended = record.get("actual_end")
    if ended is None and found.ended_at is not None:
        ended = found.ended_at.isoformat()
    return {
        "change": found.key,
        "title": found.title,
        "why": [why],
        "service": record.get("service"),
        "author": author,
        "implementer": implementer,
        "outcome": record.get("outcome"),
        "ended": ended,
        "template": [] if template is None else [template],
        "people": [name for name in (author, implementer) if name is not None]
        + ["change_managers"],
    }
