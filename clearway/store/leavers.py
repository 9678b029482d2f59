"""People who have left, and the open work that hangs on them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, exists, select, values
from sqlalchemy import column as named_column
from sqlalchemy.types import BigInteger, Text

from clearway.store import schema


@dataclass(frozen=True)
class LeftWork:
    """An open task, or an event that only this person may send, and who has left it."""

    key: str
    name: str
    person: str


def has_left(person: ColumnElement[str | None]) -> ColumnElement[bool]:
    """Whether the person with this name is in the registry and not active any more."""
    gone = select(schema.person.c.name).where(~schema.person.c.active)
    return person.in_(gone)


def left_tasks(connection: Connection, people: Collection[str] | None = None) -> list[LeftWork]:
    """The open tasks that people have who have left, the oldest first.

    `people`: of these only, whether they have left already or are about to.
    """
    item, instance = schema.work_item, schema.instance
    whose = has_left(item.c.assignee) if people is None else item.c.assignee.in_(people)
    statement = (
        select(instance.c.key, item.c.name, item.c.assignee)
        .join(instance, instance.c.id == item.c.instance_id)
        .where(item.c.closed_at.is_(None), whose)
        .order_by(item.c.id)
    )
    return [LeftWork(*row) for row in connection.execute(statement)]


def waiting_actions(connection: Connection) -> list[tuple[int, str]]:
    """The version and the element of every event that people may send somewhere now."""
    event, instance = schema.subscription, schema.instance
    statement = (
        select(instance.c.version_id, event.c.element)
        .join(instance, instance.c.id == event.c.instance_id)
        .where(event.c.action.is_not(None))
        .distinct()
    )
    return [(row[0], row[1]) for row in connection.execute(statement)]


def left_events(connection: Connection, only: Sequence[tuple[int, str, str]]) -> list[LeftWork]:
    """The waiting events that only somebody may send who has left, the oldest first.

    `only` has the version, the element and the field of the record that names the person. What is
    drawn beside a task that the same person has is the task's.
    """
    if not only:
        return []
    event, instance, item = schema.subscription, schema.instance, schema.work_item
    field = (
        values(
            named_column("version_id", BigInteger),
            named_column("element", Text),
            named_column("field", Text),
            name="asked",
        )
        .data(list(only))
        .alias("asked")
    )
    person = instance.c.record[field.c.field].as_string()
    has_task = exists(select(item.c.id)).where(
        item.c.instance_id == instance.c.id, item.c.closed_at.is_(None), item.c.assignee == person
    )
    statement = (
        select(instance.c.key, event.c.action, person)
        .select_from(event)
        .join(instance, instance.c.id == event.c.instance_id)
        .join(
            field,
            and_(field.c.version_id == instance.c.version_id, field.c.element == event.c.element),
        )
        .where(has_left(person), ~has_task)
        .order_by(event.c.id)
    )
    return [LeftWork(*row) for row in connection.execute(statement)]
