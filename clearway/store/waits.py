"""Where the tokens of a record stand, by what it waits for."""

from sqlalchemy import Connection, func, literal, select, union_all

from clearway.store import schema


def waiting_elements(connection: Connection, instance_id: int) -> list[tuple[str, str, int]]:
    """Element, what waits there (work_item, job, timer, event) and how many."""
    item, job = schema.work_item, schema.job
    timer, event = schema.timer, schema.subscription
    sources = union_all(
        select(literal("work_item").label("what"), item.c.element, item.c.token).where(
            item.c.instance_id == instance_id, item.c.closed_at.is_(None)
        ),
        select(literal("job"), job.c.element, job.c.token).where(
            job.c.instance_id == instance_id,
            job.c.token.is_not(None),
            job.c.status.in_(("ready", "faulted")),
        ),
        select(literal("timer"), timer.c.element, timer.c.token).where(
            timer.c.instance_id == instance_id
        ),
        select(literal("event"), event.c.element, event.c.token).where(
            event.c.instance_id == instance_id
        ),
    ).subquery()
    statement = select(sources.c.element, sources.c.what, func.count()).group_by(
        sources.c.element, sources.c.what
    )
    return [(row[0], row[1], row[2]) for row in connection.execute(statement)]
