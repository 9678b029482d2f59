"""What the closed changes say about our rules: whether the bands of risk hold, and who is late."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from clearway.service.controls import Examined, examined_records
from clearway.service.house import House
from clearway.service.other_records import leading_to
from processes.change_outcome import has_failed
from processes.change_risk import BackTest, back_test
from tasks.doors import CHANGE, CLOSED
from tasks.major_incidents import changes_that_caused_major

LOOKED_BACK = timedelta(days=365)
"""How far the report looks back."""


@dataclass(frozen=True)
class ChangeReport:
    """The report: `evidence` has every figure, and `holds` says whether the bands are in order."""

    population: int
    holds: bool
    evidence: Mapping[str, object]


def change_report(house: House, until: datetime) -> ChangeReport:
    """Look at every change that was closed in the twelve months before `until`."""
    ended = examined_records(house, CHANGE, CLOSED, until)
    looked_at = [it for it in ended if it.ended_at > until - LOOKED_BACK]
    caused = changes_that_caused_major([it.key for it in looked_at], partial(leading_to, house))
    return report_of(looked_at, until, caused)


def report_of(
    ended: Sequence[Examined], until: datetime, caused_major: Collection[str]
) -> ChangeReport:
    """The report about these changes: bands against what came of them, and who was late.

    `caused_major` has the keys of those that caused an incident of priority 1 or 2.
    """
    tested = back_test(
        (_text(it, "risk_band"), _failed(it, it.key in caused_major)) for it in ended
    )
    evidence = {
        "statement": "Changes of a higher band of risk fail at least as often as those of a lower.",
        "until": until,
        "changes": [it.key for it in ended],
        "bands": _bands(tested),
        "violations": list(tested.violations),
        "without_band": tested.unbanded,
        "caused_major": [it.key for it in ended if it.key in caused_major],
        "groups": _groups(ended),
    }
    return ChangeReport(len(ended), not tested.violations, evidence)


def _bands(tested: BackTest) -> list[Mapping[str, object]]:
    return [
        {
            "band": it.band,
            "changes": it.changes,
            "not_successful": it.failed,
            "percent": None if it.share is None else round(100 * it.share),
        }
        for it in tested.results
    ]


def _groups(ended: Sequence[Examined]) -> list[Mapping[str, object]]:
    """How many changes of each group were expedited, or emergencies."""
    every, late, urgent = Counter[str](), Counter[str](), Counter[str]()
    for it in ended:
        group = _text(it, "support_group") or "without a group"
        every[group] += 1
        late[group] += it.record.get("expedited") is True
        urgent[group] += it.record.get("change_type") == "emergency"
    return [
        {"group": name, "changes": count, "expedited": late[name], "emergencies": urgent[name]}
        for name, count in sorted(every.items())
    ]


def _failed(it: Examined, caused_major: bool) -> bool | None:
    outcome = _text(it, "outcome")
    return None if outcome is None else has_failed(outcome, caused_major=caused_major)


def _text(it: Examined, field: str) -> str | None:
    value = it.record.get(field)
    return value if isinstance(value, str) else None
