"""Reviews: what a reviewer is shown, collected from the work itself."""

from collections.abc import Mapping
from dataclasses import replace

from clearway.errors import ClearwayError
from clearway.service.open_work import OpenWork
from clearway.service.values import Actor
from tasks.doors import CollectOpenWork

REVIEW = "weekly_review"
REVIEWS = Actor("reviews", roles=frozenset({"service_manager"}), is_person=False)
"""The schedule begins a review as the role whose lane begins that process."""


class ReviewError(ClearwayError):
    """A review cannot be started; the text says why."""


def collect_open_work(*, open_work: CollectOpenWork) -> Mapping[str, object]:
    """The figures and a summary in words of all open work at this moment, reviews left out."""
    found = without_reviews(open_work())
    return {
        "open_count": sum(found.by_process.values()),
        "by_process": dict(found.by_process),
        "task_count": found.tasks,
        "overdue_count": found.overdue,
        "unclaimed_count": found.unclaimed,
        "fault_count": found.faults,
        "oldest": [record.key for record in found.oldest],
        "collected_at": found.at,
        "summary": summary(found),
    }


def without_reviews(found: OpenWork) -> OpenWork:
    """A review does not review itself."""
    counts = {process: count for process, count in found.by_process.items() if process != REVIEW}
    oldest = [record for record in found.oldest if record.process != REVIEW]
    return replace(found, by_process=counts, oldest=oldest)


def summary(found: OpenWork) -> str:
    """Open work in words, the oldest records by name."""
    counts = ", ".join(f"{process} {count}" for process, count in found.by_process.items())
    lines = [
        f"Open records: {sum(found.by_process.values())}" + (f" ({counts})" if counts else ""),
        f"Open tasks: {found.tasks}, overdue {found.overdue}, not claimed {found.unclaimed}",
        f"Faults: {found.faults}",
    ]
    lines += [
        f"Open since {record.started_at:%Y-%m-%d}: {record.key} {record.title}"
        for record in found.oldest
    ]
    return "\n".join(lines)
