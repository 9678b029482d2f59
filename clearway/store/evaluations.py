"""Evaluations of decisions, those in the history of records and those asked for without one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Text,
    and_,
    insert,
    literal,
    literal_column,
    null,
    select,
    text,
    tuple_,
    union_all,
)
from sqlalchemy import cast as as_type

from clearway.store import jsonb, schema
from clearway.store.rows import Json
from clearway.store.search import Reader, readable_by

# Under another name, because whether a reader may read a record is asked of entries, too.
_TOLD = schema.entry.alias("told")
_INSTANCE, _ASKED = schema.instance, schema.evaluation
IN_HISTORY, ALONE = 1, 0
"""Where an evaluation is kept: in the history of a record, or in a table of its own."""


@dataclass(frozen=True)
class Asked:
    """An evaluation that was asked for without a record."""

    version_id: int
    process: str
    decision: str
    at: datetime
    by: str
    context: Json
    details: Json


@dataclass(frozen=True)
class KeptEvaluation:
    """One evaluation as it is kept; `home` and `id` name its row."""

    home: int
    id: int
    at: datetime
    record: str | None
    by: str
    element: str | None
    details: Json


Cursor = tuple[datetime, int, int]
"""At, home and id of the last evaluation of a page."""


def add(connection: Connection, asked: Asked) -> None:
    """Keep an evaluation that belongs to no record."""
    statement = insert(_ASKED).values(
        version_id=asked.version_id,
        process=asked.process,
        decision=asked.decision,
        at=asked.at,
        asked_by=asked.by,
        context=jsonb.exact(asked.context),
        details=jsonb.exact(asked.details),
    )
    connection.execute(statement)


def kept_evaluations(
    connection: Connection,
    reader: Reader,
    process: str,
    decision: str,
    *,
    with_asked: bool,
    after: Cursor | None,
    limit: int,
) -> list[KeptEvaluation]:
    """The evaluations of a decision, the newest first: of records that the reader may read, and
    with those that were asked for without a record."""
    parts = [_in_history(reader, process, decision, after, limit)]
    parts += [_alone(process, decision, after, limit)] if with_asked else []
    both = union_all(*(part.subquery().select() for part in parts)).subquery()
    newest = (both.c.at.desc(), both.c.home.desc(), both.c.id.desc())
    rows: Sequence[Any] = connection.execute(select(both).order_by(*newest).limit(limit)).all()
    return [KeptEvaluation(*row) for row in rows]


def _in_history(
    reader: Reader, process: str, decision: str, after: Cursor | None, limit: int
) -> Select[Any]:
    columns = _TOLD.c
    statement = select(
        literal(IN_HISTORY).label("home"),
        columns.id,
        columns.at,
        _INSTANCE.c.key.label("record"),
        columns.actor.label("by"),
        columns.element,
        columns.details,
    ).join(_INSTANCE, _INSTANCE.c.id == columns.instance_id)
    wanted = and_(
        # As the index has it, so that it is found whatever the plan knows of the values.
        text("told.kind IN ('decided', 'evaluated')"),
        literal_column("(told.details ->> 'decision')") == decision,
        _INSTANCE.c.process == process,
        readable_by(reader),
        _behind(IN_HISTORY, columns.at, columns.id, after),
    )
    return statement.where(wanted).order_by(columns.at.desc(), columns.id.desc()).limit(limit)


def _alone(process: str, decision: str, after: Cursor | None, limit: int) -> Select[Any]:
    columns = _ASKED.c
    statement = select(
        literal(ALONE).label("home"),
        columns.id,
        columns.at,
        as_type(null(), Text).label("record"),
        columns.asked_by.label("by"),
        as_type(null(), Text).label("element"),
        columns.details,
    )
    wanted = and_(
        columns.process == process,
        columns.decision == decision,
        _behind(ALONE, columns.at, columns.id, after),
    )
    return statement.where(wanted).order_by(columns.at.desc(), columns.id.desc()).limit(limit)


def _behind(
    home: int,
    at: "ColumnElement[datetime]",
    number: "ColumnElement[int]",
    after: Cursor | None,
) -> ColumnElement[bool]:
    """The condition that a row of this home comes after the cursor; each reads along its index."""
    if after is None:
        return literal(True)
    last_at, last_home, last_number = after
    if home == last_home:
        return tuple_(at, number) < tuple_(literal(last_at), literal(last_number))
    return at <= last_at if home < last_home else at < last_at
