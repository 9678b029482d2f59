"""What is kept with each version: who made, reviewed and released it, and what the gate found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from clearway.service.house import House
from clearway.service.permissions import refuse_unless
from clearway.service.values import Actor
from clearway.store import versions
from clearway.store.versions import Version


@dataclass(frozen=True)
class Evidence:
    """What speaks for a version.

    `authors`: who saved something in its draft; empty for one that was deployed without a draft.
    `reviewed_by` None: nobody reviewed it. `planned_for` None: it was released at once.
    """

    draft: int | None
    authors: Sequence[str]
    reviewed_by: str | None
    reviewed_at: datetime | None
    instead_of: str | None
    comment: str
    planned_for: datetime | None
    rolled_back_to: int | None
    warnings: Sequence[str]
    scenarios_passed: int
    scenario_failures: Sequence[str]


def evidence_of(house: House, actor: Actor, process: str) -> Mapping[int, Evidence]:
    """The number of each version of a process -> its evidence; empty for who may not see it."""
    if refuse_unless(actor, "drafts") is not None:
        return {}
    found = house.store.ask(lambda it: versions.all_of(it, process))
    return {version.number: _evidence(version) for version in found}


def _evidence(version: Version) -> Evidence:
    kept = version.evidence
    review = cast(Mapping[str, object], kept.get("review") or {})
    planned = cast(Mapping[str, object], kept.get("planned") or {})
    findings = cast(Sequence[Mapping[str, object]], kept.get("findings") or ())
    return Evidence(
        draft=cast("int | None", kept.get("draft")),
        authors=cast(Sequence[str], kept.get("authors") or ()),
        reviewed_by=cast("str | None", review.get("closed_by")),
        reviewed_at=_instant(review.get("closed_at")),
        instead_of=cast("str | None", review.get("instead_of")),
        comment=str(review.get("comment") or ""),
        planned_for=_instant(planned.get("for")),
        rolled_back_to=cast("int | None", kept.get("rolled_back_to")),
        warnings=[f"{it.get('element') or it.get('file')}: {it.get('message')}" for it in findings],
        scenarios_passed=int(str(kept.get("scenarios_passed") or 0)),
        scenario_failures=cast(Sequence[str], kept.get("scenario_failures") or ()),
    )


def _instant(text: object) -> datetime | None:
    return datetime.fromisoformat(str(text)) if text else None
