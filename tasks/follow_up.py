"""What became of changes afterwards: reviews and actions that are late, templates out of use."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from clearway.service.house import House
from clearway.service.other_records import OpenRecordDue, open_with_due

REVIEW = "post_implementation_review"
ACTION = "review_action"
TEMPLATE = "standard_change"
SUSPENDED = "suspended"


@dataclass(frozen=True)
class Finding:
    """An open record and what is wrong with it; `wrong` None when nothing is."""

    record: OpenRecordDue
    wrong: str | None


def follow_up(house: House, at: datetime) -> Sequence[Finding]:
    """Every open review, action and template as it stands now, judged at the instant `at`."""
    found = open_with_due(house, (REVIEW, ACTION, TEMPLATE))
    return [Finding(it, what_is_wrong(it, at)) for it in found]


def what_is_wrong(record: OpenRecordDue, at: datetime) -> str | None:
    """A review or an action with a task that is late, or a template that is suspended."""
    if record.process == TEMPLATE:
        return "It is suspended." if record.state == SUSPENDED else None
    if record.due_at is None or record.due_at >= at:
        return None
    return f"It was due at {record.due_at:%Y-%m-%d %H:%M} UTC."


def evidence_of(finding: Finding) -> Mapping[str, object]:
    """A line of the proof: what was looked at, and what was seen."""
    it = finding.record
    return {
        "key": it.key,
        "process": it.process,
        "state": it.state,
        "due_at": it.due_at,
        "wrong": finding.wrong,
    }
