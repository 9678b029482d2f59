"""What a replay comes to: counted from its journals, compared with where the log ends."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from clearway.replay.journal import Line
from clearway.replay.log import Case

NOT_REPLAYED = "not_replayed"


@dataclass(frozen=True)
class Astray:
    """A case that does not end where the log ends."""

    case: str
    key: str
    state: str | None
    expected: str | None
    reason: str


@dataclass(frozen=True)
class Summary:
    """The counts of one replay.

    `events` = `applied` + the sum of `refused`. `final_states` counts the records by where they
    stand. `priority_mismatches` counts rows whose priority the record did not have afterwards;
    `priority_compared` is how many were compared: all, refused ones too, whose record was opened.
    `seconds` is what this run took, without what an earlier, killed one did (`events_before`).
    """

    cases: int
    events: int
    applied: int
    refused: Mapping[str, int]
    final_states: Mapping[str, int]
    cases_astray: int
    priority_compared: int
    priority_mismatches: int
    events_before: int
    seconds: float
    faults: int
    broken_invariants: Sequence[str]


def tally(
    cases: Iterable[Case],
    lines: Iterable[Line],
    *,
    events_before: int,
    seconds: float,
    faults: int,
    broken_invariants: Sequence[str],
) -> tuple[Summary, list[Astray]]:
    """The summary, and the cases that went astray."""
    found = list(lines)
    by_case: dict[str, list[Line]] = {}
    for line in found:
        by_case.setdefault(line.number, []).append(line)
    known = list(cases)
    last = {case.number: _last(by_case.get(case.number, ())) for case in known}
    astray = [_astray(case, by_case.get(case.number, ())) for case in known]
    lost = [it for it in astray if it is not None]
    compared = [line.agrees for line in found if line.agrees is not None]
    summary = Summary(
        cases=len(known),
        events=len(found),
        applied=sum(line.reason is None for line in found),
        refused=_counted(line.reason for line in found if line.reason),
        final_states=_counted(last.values()),
        cases_astray=len(lost),
        priority_compared=len(compared),
        priority_mismatches=compared.count(False),
        events_before=events_before,
        seconds=round(seconds, 1),
        faults=faults,
        broken_invariants=broken_invariants,
    )
    return summary, lost


def _last(lines: Sequence[Line]) -> str:
    return lines[-1].state if lines else NOT_REPLAYED


def _counted(words: Iterable[str]) -> Mapping[str, int]:
    return dict(Counter(words).most_common())


def _astray(case: Case, lines: Sequence[Line]) -> Astray | None:
    state = _last(lines)
    if state == case.final_state:
        return None
    reasons = [line.reason for line in lines if line.reason]
    reason = reasons[-1] if reasons else f"the commands of its last row leave it {state}"
    key = next((line.key for line in reversed(lines) if line.key), "")
    return Astray(case.number, key, state, case.final_state, reason)
