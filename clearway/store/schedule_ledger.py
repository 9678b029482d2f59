"""The ledger of what was due and what ran; one row for each schedule and instant."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Connection, and_, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from clearway.store import schema

ABANDONED = timedelta(hours=1)
"""A run that began so long ago and did not finish lost its process; another may take it over."""


@dataclass(frozen=True)
class ScheduledRun:
    """A line of the ledger; `outcome` is passed, failed, done, missed or begun."""

    schedule: str
    due_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    outcome: str | None
    population: int | None
    exceptions: Sequence[Mapping[str, object]]
    evidence_hash: str | None
    runner: str | None


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
    free = and_(
        table.c.schedule == schedule,
        table.c.due_at == due_at,
        table.c.finished_at.is_(None),
        or_(table.c.started_at.is_(None), table.c.started_at <= now - ABANDONED),
    )
    statement = update(table).where(free).values(started_at=now, runner=runner)
    return connection.execute(statement).rowcount == 1


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
    """Give back a run that could not be done, so that it is tried again."""
    table = schema.scheduled_run
    connection.execute(
        update(table)
        .where(
            table.c.schedule == schedule,
            table.c.due_at == due_at,
            table.c.runner == runner,
            table.c.finished_at.is_(None),
        )
        .values(started_at=None, runner=None)
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
        .values(finished_at=now, outcome="missed")
    )
    return connection.execute(statement).rowcount


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
    connection: Connection, schedule: str | None = None, limit: int = 50
) -> list[ScheduledRun]:
    """The newest lines, of one schedule or of all."""
    table = schema.scheduled_run
    statement = select(table).order_by(table.c.due_at.desc(), table.c.schedule).limit(limit)
    if schedule is not None:
        statement = statement.where(table.c.schedule == schedule)
    return [
        ScheduledRun(
            row.schedule,
            row.due_at,
            row.started_at,
            row.finished_at,
            row.outcome,
            row.population,
            cast(Sequence[Mapping[str, object]], row.exceptions or ()),
            row.evidence_hash,
            row.runner,
        )
        for row in connection.execute(statement)
    ]


def keep_content(connection: Connection, content: bytes) -> str:
    """Keep these bytes under their sha-256, once."""
    hashed = hashlib.sha256(content).hexdigest()
    statement = insert(schema.content).values(hash=hashed, bytes=content)
    connection.execute(statement.on_conflict_do_nothing(index_elements=["hash"]))
    return hashed
