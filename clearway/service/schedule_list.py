"""The ledger of scheduled runs as its readers see it: what was due, what came of it, the proof."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from clearway.service.cursors import after_due, read_due
from clearway.service.house import House
from clearway.service.permissions import refuse_unless
from clearway.service.values import Actor, Page, Refusal
from clearway.store import schedule_ledger as rows
from clearway.store.schedule_ledger import ScheduledRun

_MOST = 500
_SHORTEST_HASH = 8
_HASH = re.compile(r"[0-9a-f]{8,64}")

_OUTCOMES = {"passed": "kept", "done": "kept", "failed": "failed", "missed": "missed"}
_NO_PROOF = Refusal(
    "not_found",
    "There is no such proof of a scheduled run.",
    f"Take a hash from the list of runs, at least its first {_SHORTEST_HASH} digits.",
)


@dataclass(frozen=True)
class RunView:
    """One due run of a schedule.

    `outcome`: kept, failed (it ran, and found exceptions), missed, running, due, or watched (the
    first line of a schedule: from then on none is left out). `late`: missed at its time, and done
    after all. `note` says why in a sentence; empty when there is nothing to say. `proofs` are
    pairs of what is proven and the hash under which the proof is kept.
    """

    schedule: str
    due: datetime
    began: datetime | None
    ended: datetime | None
    outcome: str
    late: bool
    note: str
    proofs: Sequence[tuple[str, str]]


def scheduled_runs(
    house: House,
    actor: Actor,
    *,
    schedule: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[RunView] | Refusal:
    """The runs that were due, of one schedule or of all, the newest first."""
    if (refusal := refuse_unless(actor, "schedules")) is not None:
        return refusal
    limit = max(1, min(limit, _MOST))
    before, skipped = read_due(after) or (None, 0)
    skipped = max(0, min(skipped, _MOST))
    found = house.store.ask(
        lambda it: rows.ledger(it, schedule, limit + 1, until=before, skip=skipped)
    )
    shown = found[:limit]
    more = _cursor(shown, before, skipped) if len(found) > limit else None
    return Page([_view(run) for run in shown], more)


def proof(house: House, actor: Actor, hashed: str) -> tuple[str, bytes] | Refusal:
    """The proof of a run by its hash or the beginning of it: the whole hash, and canonical JSON."""
    if (refusal := refuse_unless(actor, "schedules")) is not None:
        return refusal
    if _HASH.fullmatch(hashed) is None:
        return _NO_PROOF
    found = house.store.ask(lambda it: rows.proofs(it, hashed))
    return found[0] if len(found) == 1 else _NO_PROOF


def _cursor(shown: Sequence[ScheduledRun], before: datetime | None, skipped: int) -> str:
    """Behind the last line shown: its instant, and how many lines of that instant were shown."""
    last = shown[-1].due_at
    same = sum(run.due_at == last for run in shown)
    return after_due(last, same + (skipped if before == last else 0))


def _view(run: ScheduledRun) -> RunView:
    proofs = [("result", run.evidence_hash), ("missed", run.missed_evidence)]
    return RunView(
        run.schedule,
        run.due_at,
        run.started_at,
        run.finished_at,
        _outcome(run),
        run.is_late,
        _note(run),
        [(what, hashed) for what, hashed in proofs if hashed is not None],
    )


def _outcome(run: ScheduledRun) -> str:
    if run.outcome == "begun":
        return "watched"
    if run.outcome is not None:
        return _OUTCOMES.get(run.outcome, run.outcome)
    return "due" if run.started_at is None else "running"


def _note(run: ScheduledRun) -> str:
    if run.outcome == "begun":
        return "From here on every run that was due is in this list."
    told: list[str] = []
    records = "record" if run.population == 1 else "records"
    if run.outcome == "failed":
        count = len(run.exceptions)
        told.append(f"{count} exception{'s' * (count != 1)} among {run.population} {records}.")
    elif run.population is not None:
        told.append(f"{run.population} {records} looked at, no exception.")
    if run.missed_because:
        told.append(run.missed_because)
    return " ".join(told)
