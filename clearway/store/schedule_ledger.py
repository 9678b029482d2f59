"""The ledger of what was due and what ran; one row for each schedule and instant."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from clearway.store import schema

ABANDONED = timedelta(hours=1)
"""A run that began so long ago and did not finish lost its process; another may take it over."""
_NOT_MADE_UP_FOR = "A later run came first, and this schedule does not make up for earlier ones."


@dataclass(frozen=True)
class ScheduledRun:
    """A line of the ledger; `outcome` is passed, failed, done, missed or begun.

    `missed_at` is when it was noticed that the run did not come at its time; what was known then is
    in `missed_because`, as a sentence, and under `missed_evidence`. They stay when it comes later.
    """

    schedule: str
    due_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    outcome: str | None
    population: int | None
    exceptions: Sequence[Mapping[str, object]]
    evidence_hash: str | None
    runner: str | None
    missed_at: datetime | None
    missed_because: str | None
    missed_evidence: str | None

    @property
    def is_late(self) -> bool:
        """Whether it was missed at its time and was done later."""
        return self.missed_at is not None and self.outcome not in (None, "missed")


def last_due(connection: Connection, schedule: str) -> datetime | None:
    """The newest instant that is in the ledger."""
    table = schema.scheduled_run
    statement = select(func.max(table.c.due_at)).where(table.c.schedule == schedule)
    return connection.execute(statement).scalar_one_or_none()


def note_due(connection: Connection, schedule: str, due: Sequence[datetime]) -> None:
    """Write down that runs were due; those that are noted stay as they are."""
    if not due:
        return
    rows = [{"schedule": schedule, "due_at": instant} for instant in due]
    statement = insert(schema.scheduled_run).values(rows)
    connection.execute(statement.on_conflict_do_nothing(index_elements=["schedule", "due_at"]))


def begin_run(
    connection: Connection, schedule: str, due_at: datetime, runner: str, now: datetime
) -> bool:
    """Take the run; False when it is finished, or another process is at it."""
    table = schema.scheduled_run
    note_due(connection, schedule, [due_at])
    # Whoever has it may ask again: the answer to the first time may have been lost on its way.
    is_ours = and_(table.c.runner == runner, table.c.finished_at.is_(None))
    statement = update(table).where(
        table.c.schedule == schedule, table.c.due_at == due_at, or_(_is_free(now), is_ours)
    )
    begun = connection.execute(statement.values(started_at=now, runner=runner))
    return begun.rowcount == 1


def finish_run(
    connection: Connection,
    schedule: str,
    due_at: datetime,
    runner: str,
    *,
    now: datetime,
    outcome: str,
    population: int | None = None,
    exceptions: Sequence[Mapping[str, object]] = (),
    evidence_hash: str | None = None,
) -> bool:
    """Write the result of a run; False when it was taken from us."""
    table = schema.scheduled_run
    statement = (
        update(table)
        .where(
            table.c.schedule == schedule,
            table.c.due_at == due_at,
            table.c.runner == runner,
            table.c.finished_at.is_(None),
        )
        .values(
            finished_at=now,
            outcome=outcome,
            population=population,
            exceptions=[dict(exception) for exception in exceptions],
            evidence_hash=evidence_hash,
        )
    )
    return connection.execute(statement).rowcount == 1


def release_run(connection: Connection, schedule: str, due_at: datetime, runner: str) -> None:
    """Give back a run that could not be done, so that it is tried again; who tried it stays."""
    table = schema.scheduled_run
    connection.execute(
        update(table)
        .where(
            table.c.schedule == schedule,
            table.c.due_at == due_at,
            table.c.runner == runner,
            table.c.finished_at.is_(None),
        )
        .values(started_at=None)
    )


def mark_missed(
    connection: Connection, schedule: str, due: Sequence[datetime], now: datetime
) -> int:
    """Write down that these runs are not made up for; answers how many there were."""
    table = schema.scheduled_run
    statement = (
        update(table)
        .where(
            table.c.schedule == schedule,
            table.c.due_at.in_(due),
            table.c.started_at.is_(None),
            table.c.finished_at.is_(None),
        )
        .values(
            finished_at=now,
            outcome="missed",
            missed_at=func.coalesce(table.c.missed_at, now),
            missed_because=func.coalesce(table.c.missed_because, _NOT_MADE_UP_FOR),
        )
    )
    return connection.execute(statement).rowcount


def unpunctual_runs(
    connection: Connection, schedule: str, until: datetime, now: datetime
) -> list[ScheduledRun]:
    """What was due by `until`, is not done and nobody is at, and was not noticed yet."""
    table = schema.scheduled_run
    statement = select(table).where(
        table.c.schedule == schedule,
        table.c.due_at <= until,
        table.c.missed_at.is_(None),
        _is_free(now),
    )
    return [_run(row) for row in connection.execute(statement.order_by(table.c.due_at))]


def note_missed(
    connection: Connection,
    schedule: str,
    due_at: datetime,
    now: datetime,
    because: str,
    evidence: bytes,
) -> bool:
    """Write down that this run did not come at its time; it may still be done.

    False when it is known already, or the run came meanwhile.
    """
    table = schema.scheduled_run
    this = and_(table.c.schedule == schedule, table.c.due_at == due_at)
    noticed = update(table).where(this, table.c.missed_at.is_(None), _is_free(now))
    noticed = noticed.values(missed_at=now, outcome="missed", missed_because=because)
    if connection.execute(noticed).rowcount != 1:
        return False
    hashed = keep_content(connection, evidence)
    connection.execute(update(table).where(this).values(missed_evidence=hashed))
    return True


def unfinished_runs(connection: Connection, schedule: str, until: datetime) -> list[datetime]:
    """What was due and is not finished, the oldest first."""
    table = schema.scheduled_run
    statement = (
        select(table.c.due_at)
        .where(table.c.schedule == schedule, table.c.finished_at.is_(None), table.c.due_at <= until)
        .order_by(table.c.due_at)
    )
    return list(connection.execute(statement).scalars())


def ledger(
    connection: Connection,
    schedule: str | None = None,
    limit: int = 50,
    *,
    until: datetime | None = None,
    skip: int = 0,
) -> list[ScheduledRun]:
    """The newest lines, of one schedule or of all.

    To go on behind a page: `until` its last instant, `skip` as many lines of that instant.
    """
    table = schema.scheduled_run
    statement = select(table).order_by(table.c.due_at.desc(), table.c.schedule).limit(limit)
    if schedule is not None:
        statement = statement.where(table.c.schedule == schedule)
    if until is not None:
        statement = statement.where(table.c.due_at <= until).offset(skip)
    return [_run(row) for row in connection.execute(statement)]


def proofs(connection: Connection, hashed: str) -> list[tuple[str, bytes]]:
    """What is kept under a hash that begins so and that a line of the ledger names; at most two."""
    runs, kept = schema.scheduled_run, schema.content
    named = or_(runs.c.evidence_hash == kept.c.hash, runs.c.missed_evidence == kept.c.hash)
    statement = (
        select(kept.c.hash, kept.c.bytes)
        .where(kept.c.hash.startswith(hashed, autoescape=True), exists().where(named))
        .order_by(kept.c.hash)
        .limit(2)
    )
    return [(row.hash, bytes(row.bytes)) for row in connection.execute(statement)]


def keep_content(connection: Connection, content: bytes) -> str:
    """Keep these bytes under their sha-256, once."""
    hashed = hashlib.sha256(content).hexdigest()
    statement = insert(schema.content).values(hash=hashed, bytes=content)
    connection.execute(statement.on_conflict_do_nothing(index_elements=["hash"]))
    return hashed


def _is_free(now: datetime) -> ColumnElement[bool]:
    """Not done, and nobody is at it whose process can still be alive."""
    table = schema.scheduled_run
    return and_(
        table.c.finished_at.is_(None),
        or_(table.c.started_at.is_(None), table.c.started_at <= now - ABANDONED),
    )


def _run(row: Row[Any]) -> ScheduledRun:
    return ScheduledRun(
        row.schedule,
        row.due_at,
        row.started_at,
        row.finished_at,
        row.outcome,
        row.population,
        cast(Sequence[Mapping[str, object]], row.exceptions or ()),
        row.evidence_hash,
        row.runner,
        row.missed_at,
        row.missed_because,
        row.missed_evidence,
    )
