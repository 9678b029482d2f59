"""The ledger of scheduled runs: taking a run, keeping its result, and what was never done."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from clearway.service.house import House
from clearway.store import jsonb
from clearway.store import schedule_ledger as rows
from clearway.store.database import Connection
from clearway.store.schedule_ledger import ScheduledRun

__all__ = [
    "ScheduledRun",
    "begin_run",
    "finish_run",
    "keep_evidence",
    "last_due",
    "mark_missed",
    "note_due",
    "note_missed",
    "release_run",
    "runs",
    "unfinished_runs",
    "unpunctual_runs",
]


def runs(house: House, schedule: str | None = None, limit: int = 50) -> list[ScheduledRun]:
    """The newest lines of the ledger, of one schedule or of all."""
    return house.store.ask(lambda it: rows.ledger(it, schedule, limit))


def last_due(house: House, schedule: str) -> datetime | None:
    """The newest instant in the ledger; None when the schedule never ran."""
    return house.store.ask(lambda it: rows.last_due(it, schedule))


def note_due(house: House, schedule: str, due: Sequence[datetime]) -> None:
    """Write down that runs were due at these instants."""
    if not due:
        return
    house.store.change(lambda it: rows.note_due(it, schedule, due))


def begin_run(house: House, schedule: str, due_at: datetime, runner: str) -> bool:
    """Take a run; False when it is done already, or another process is at it."""
    return house.store.change(lambda it: rows.begin_run(it, schedule, due_at, runner, house.now()))


def release_run(house: House, schedule: str, due_at: datetime, runner: str) -> None:
    """Give a run back that could not be done."""
    house.store.change(lambda it: rows.release_run(it, schedule, due_at, runner))


def keep_evidence(house: House, evidence: object) -> str:
    """Keep the canonical JSON of the evidence; answers its sha-256."""
    text = jsonb.canonical(evidence)
    return house.store.change(lambda it: rows.keep_content(it, text))


def finish_run(
    house: House,
    schedule: str,
    due_at: datetime,
    runner: str,
    *,
    outcome: str,
    population: int | None = None,
    exceptions: Sequence[Mapping[str, object]] = (),
    evidence_hash: str | None = None,
) -> bool:
    """Keep the result of a run; False when the run was taken from this process."""

    def write(connection: Connection) -> bool:
        return rows.finish_run(
            connection,
            schedule,
            due_at,
            runner,
            now=house.now(),
            outcome=outcome,
            population=population,
            exceptions=exceptions,
            evidence_hash=evidence_hash,
        )

    return house.store.change(write)


def mark_missed(house: House, schedule: str, due: Sequence[datetime]) -> int:
    """Write down that these runs are not made up for."""
    if not due:
        return 0
    return house.store.change(lambda it: rows.mark_missed(it, schedule, due, house.now()))


def unfinished_runs(house: House, schedule: str, until: datetime) -> list[datetime]:
    """What was due by then and is not finished, the oldest first."""
    return house.store.ask(lambda it: rows.unfinished_runs(it, schedule, until))


def unpunctual_runs(house: House, schedule: str, until: datetime) -> list[ScheduledRun]:
    """What was due by then, is not done and nobody is at, and was not noticed as missed yet."""
    return house.store.ask(lambda it: rows.unpunctual_runs(it, schedule, until, house.now()))


def note_missed(
    house: House, schedule: str, due_at: datetime, because: str, evidence: Mapping[str, object]
) -> bool:
    """Write down, once, that a run did not come at its time, with what was known then.

    False when it is written already, or the run came meanwhile. It may still be done: the line then
    has its outcome, and that it was late.
    """
    now = house.now()
    text = jsonb.canonical({**evidence, "because": because, "noticed_at": now})
    return house.store.change(lambda it: rows.note_missed(it, schedule, due_at, now, because, text))
