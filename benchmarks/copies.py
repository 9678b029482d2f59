"""Many records that stand where one stands, made by copying its rows, which is quicker."""

from typing import LiteralString

from psycopg import Connection, connect, sql
from sqlalchemy import Table

from benchmarks.stage import Incident, Stage
from clearway.store import schema

_OWN = ("id", "instance_id", "key")
_CHILDREN: tuple[tuple[Table, LiteralString], ...] = (
    (schema.work_item, "c.closed_at IS NULL"),
    (schema.timer, "TRUE"),
    (schema.subscription, "TRUE"),
)


def copies(stage: Stage, instance_id: int, count: int) -> list[int]:
    """The ids of so many copies, which wait for all that the original waits for.

    History, jobs and messages are not copied.
    """
    with connect(stage.url) as connection:
        made = _instances(connection, instance_id, count, stage.once())
        for table, which in _CHILDREN:
            _children(connection, table, which, instance_id, made)
    with connect(stage.url, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
    return made


def incident_copies(stage: Stage, original: Incident, count: int) -> list[Incident]:
    """The same for an incident at its triage."""
    made = copies(stage, original.instance_id, count)
    rows = stage.rows(
        "SELECT i.key, i.id, w.id FROM instance i JOIN work_item w ON w.instance_id = i.id"
        " WHERE i.id = ANY(%s) ORDER BY i.id",
        made,
    )
    return [Incident(*row) for row in rows]


def _instances(connection: Connection, instance_id: int, count: int, mark: str) -> list[int]:
    columns = _columns(schema.instance)
    made = connection.execute(
        sql.SQL(
            "INSERT INTO instance (key, {columns}) SELECT i.key || %(mark)s || n, {values}"
            " FROM instance i, generate_series(1, %(count)s) n WHERE i.id = %(id)s RETURNING id"
        ).format(columns=_listed(columns), values=_listed(columns, "i")),
        {"id": instance_id, "count": count, "mark": f"-{mark.split()[-1]}-"},
    )
    return [row[0] for row in made]


def _children(
    connection: Connection, table: Table, which: LiteralString, instance_id: int, made: list[int]
) -> None:
    columns = _columns(table)
    connection.execute(
        sql.SQL(
            "INSERT INTO {table} (instance_id, {columns}) SELECT n, {values} FROM {table} c,"
            " unnest(%(made)s::bigint[]) n WHERE c.instance_id = %(id)s AND {which} ORDER BY n"
        ).format(
            table=sql.Identifier(table.name),
            columns=_listed(columns),
            values=_listed(columns, "c"),
            which=sql.SQL(which),
        ),
        {"id": instance_id, "made": made},
    )


def _columns(table: Table) -> list[str]:
    return [it.name for it in table.c if it.name not in _OWN and it.computed is None]


def _listed(columns: list[str], of: str | None = None) -> sql.Composed:
    names = [sql.Identifier(of, it) if of else sql.Identifier(it) for it in columns]
    return sql.SQL(", ").join(names)
