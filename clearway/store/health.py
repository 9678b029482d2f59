"""What is stuck or late in the database: the questions that the doctor asks."""

from dataclasses import dataclass
from datetime import datetime

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    all_,
    and_,
    case,
    exists,
    func,
    or_,
    select,
)

from clearway.store import schema


@dataclass(frozen=True)
class Server:
    """The PostgreSQL that answers: its version in words and as a number such as 150004."""

    version: str
    number: int
    is_standby: bool


@dataclass(frozen=True)
class Backlog:
    """How many wait, since when the oldest does, and what it is called (empty: none waits)."""

    count: int
    since: datetime | None = None
    oldest: str = ""
    remedy: str = ""


def server(connection: Connection) -> Server:
    """Which PostgreSQL answers, and whether it takes writes at all."""
    row = connection.execute(
        select(
            func.current_setting("server_version"),
            func.current_setting("server_version_num"),
            func.pg_is_in_recovery(),
        )
    ).one()
    return Server(row[0].split(" ")[0], int(row[1]), row[2])


def schema_revision(connection: Connection) -> str | None:
    """The migration that the database is at; None when it never had one."""
    return MigrationContext.configure(connection).get_current_revision()


def newest_revision() -> str | None:
    """The migration that this program expects."""
    config = Config()
    config.set_main_option("script_location", "clearway.store:migrations")
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config).get_current_head()


def open_faults(connection: Connection) -> Backlog:
    """Technical stops that nobody settled, the oldest with its cause and remedy."""
    fault, instance = schema.fault, schema.instance
    statement = (
        select(
            func.count().over(),
            fault.c.raised_at,
            func.concat_ws(" ", instance.c.key, fault.c.element),
            fault.c.cause,
            fault.c.remedy,
        )
        .outerjoin(instance, instance.c.id == fault.c.instance_id)
        .where(fault.c.settled_at.is_(None))
        .order_by(fault.c.raised_at, fault.c.id)
        .limit(1)
    )
    row = connection.execute(statement).one_or_none()
    if row is None:
        return Backlog(0)
    place = f"{row[2]}: " if row[2] else ""
    return Backlog(row[0], row[1], f"{place}{row[3]}", row[4])


def overdue_jobs(connection: Connection, before: datetime) -> Backlog:
    """Jobs that could have been taken before this instant and that nobody holds."""
    job, instance = schema.job, schema.instance
    return _oldest(
        connection,
        job.join(instance, instance.c.id == job.c.instance_id),
        job.c.run_at,
        func.concat_ws(" ", instance.c.key, job.c.step),
        and_(
            job.c.status == "ready",
            job.c.run_at <= before,
            or_(job.c.lease_until.is_(None), job.c.lease_until <= before),
        ),
    )


def overdue_timers(connection: Connection, before: datetime) -> Backlog:
    """Timers that were due before this instant; those behind a fault count as that fault."""
    timer, instance = schema.timer, schema.instance
    return _oldest(
        connection,
        timer.join(instance, instance.c.id == timer.c.instance_id),
        timer.c.due_at,
        func.concat_ws(" ", instance.c.key, timer.c.element),
        and_(timer.c.due_at <= before, timer.c.parked.is_(False)),
    )


def dead_messages(connection: Connection, since: datetime) -> Backlog:
    """Messages that were given up since this instant: their record ended or never was."""
    message = schema.message
    return _oldest(
        connection,
        message,
        message.c.settled_at,
        func.concat(message.c.name, " to ", message.c.to_key),
        and_(message.c.status == "dead", message.c.settled_at > since),
    )


def untakeable_tasks(connection: Connection, requester_role: str) -> Backlog:
    """Open tasks that no active person may do: by role and group, and free of what they did before.

    Who has a task need not be in its group. Approvals have seats, and are looked at by those.
    """
    item, instance, person = schema.work_item, schema.instance, schema.person
    member, held = schema.membership, schema.group_role
    # Two questions deep, so each says whom it is about: on its own it would take any work item.
    has_role = (
        select(held.c.role)
        .join(member, member.c.group_name == held.c.group_name)
        .where(member.c.person == person.c.name, held.c.role == item.c.role)
        .correlate(person, item)
    )
    is_in_group = (
        select(member.c.person)
        .where(member.c.person == person.c.name, member.c.group_name == item.c.group_name)
        .correlate(person, item)
    )
    is_meant = or_(
        item.c.role.is_(None),
        and_(item.c.role == requester_role, person.c.name == instance.c.requester),
        and_(item.c.role != requester_role, exists(has_role)),
    )
    takers = (
        select(person.c.name)
        .where(
            person.c.active,
            is_meant,
            or_(item.c.group_name.is_(None), person.c.name == item.c.assignee, exists(is_in_group)),
            person.c.name != all_(item.c.excluded),
        )
        .correlate(item, instance)
    )
    of_role = func.concat(", for the role ", item.c.role)
    words = func.concat(
        func.concat_ws(" ", instance.c.key, item.c.name),
        case((item.c.role.is_not(None), of_role), else_=", for everybody"),
        case((item.c.group_name.is_not(None), func.concat(" and the group ", item.c.group_name))),
    )
    return _oldest(
        connection,
        item.join(instance, instance.c.id == item.c.instance_id),
        item.c.opened_at,
        words,
        and_(item.c.closed_at.is_(None), item.c.rule.is_(None), ~exists(takers)),
    )


def unfinished_runs(
    connection: Connection, due_before: datetime, begun_before: datetime
) -> Backlog:
    """Scheduled runs that nobody began, or that were begun so long ago that their process died."""
    run = schema.scheduled_run
    return _oldest(
        connection,
        run,
        run.c.due_at,
        run.c.schedule,
        and_(
            run.c.finished_at.is_(None),
            run.c.due_at <= due_before,
            or_(run.c.started_at.is_(None), run.c.started_at <= begun_before),
        ),
    )


def _oldest(
    connection: Connection,
    rows: FromClause,
    since: ColumnElement[datetime],
    words: ColumnElement[str],
    which: ColumnElement[bool],
) -> Backlog:
    statement = select(func.count().over(), since, words).select_from(rows).where(which)
    row = connection.execute(statement.order_by(since).limit(1)).one_or_none()
    return Backlog(0) if row is None else Backlog(row[0], row[1], row[2])
