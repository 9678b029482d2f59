"""What a record waits for, element by element."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Text, cast, literal, null, select, union_all

from clearway.store import schema
from clearway.store.wanted_votes import TIMES


@dataclass(frozen=True)
class Wait:
    """One thing that a record waits for.

    `what` is work_item, job, timer or event. `since`: since when, where that is known; `due`: until
    when, or from when on. `who` has it, or else may have it by `role` and `group`. `says`: the
    status of a job, `parked` of a timer behind a fault, the name of a message or signal.
    """

    what: str
    element: str
    since: datetime | None
    due: datetime | None
    who: str | None
    role: str | None
    group: str | None
    says: str | None


def waits_of(connection: Connection, instance_id: int) -> list[Wait]:
    """All of them, tasks first, each kind in the order in which they began."""
    item, job = schema.work_item, schema.job
    timer, event = schema.timer, schema.subscription
    nothing = cast(null(), Text)
    no_time = cast(null(), item.c.opened_at.type)
    sources = union_all(
        select(
            literal(1).label("rank"),
            literal("work_item").label("what"),
            item.c.element,
            item.c.opened_at.label("since"),
            item.c.due_at.label("due"),
            item.c.assignee.label("who"),
            item.c.role,
            item.c.group_name.label("group"),
            item.c.rule.label("says"),
            item.c.id,
        ).where(item.c.instance_id == instance_id, item.c.closed_at.is_(None)),
        select(
            literal(2),
            literal("job"),
            job.c.element,
            job.c.created_at,
            job.c.run_at,
            job.c.lease_owner,
            nothing,
            nothing,
            job.c.status,
            job.c.id,
        ).where(
            job.c.instance_id == instance_id,
            job.c.token.is_not(None),
            job.c.status.in_(("ready", "faulted")),
        ),
        select(
            literal(3),
            literal("timer"),
            timer.c.element,
            no_time,
            timer.c.due_at,
            nothing,
            nothing,
            nothing,
            cast(timer.c.parked, Text),
            timer.c.id,
        ).where(
            timer.c.instance_id == instance_id,
            # The vote of a round is listed as a task, with its time.
            ~timer.c.token.startswith(TIMES),
        ),
        select(
            literal(4),
            literal("event"),
            event.c.element,
            no_time,
            no_time,
            nothing,
            event.c.role,
            nothing,
            event.c.name,
            event.c.id,
        ).where(event.c.instance_id == instance_id),
    ).subquery()
    found = select(*(c for c in sources.c if c.name not in ("rank", "id")))
    rows = connection.execute(found.order_by(sources.c.rank, sources.c.id))
    return [Wait(*row) for row in rows]
