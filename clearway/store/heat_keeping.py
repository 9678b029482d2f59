"""Writes down, record by record, what history says of its stays at elements, for heat maps.

A record is done again whenever its revision is another than the one that was written down. So what
is derived is as new as the last look, and asks nothing of the commands that write history.
"""
# ruff: noqa: S608 - the statements are put together from our own texts only

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, text

Source = Literal["items", "jobs", "events", "passes"]
"""Where the stays at an element are found: tasks, steps, what was waited for, what only passed."""


@dataclass(frozen=True)
class Beginning:
    """What in history shows that a wait at `element` began, the last time before it ended.

    `how` passed: the element `source` was passed; flow: the gateway `source` chose the flow `name`;
    started: the activity `source` began. Elements are those of the version `version_id`.
    """

    version_id: int
    element: str
    how: Literal["passed", "flow", "started"]
    source: str
    name: str


@dataclass(frozen=True)
class Stale:
    """Records that changed since they were written down, each with its revision and the versions
    on which it ever was."""

    instances: Sequence[int]
    revisions: Sequence[int]
    versions: Sequence[Sequence[int]]


def stale_records(connection: Connection, process: str | None, limit: int) -> Stale:
    """So many records that have to be written down, of one process or of all (None)."""
    found = connection.execute(text(_STALE), {"process": process, "limit": limit}).all()
    versions = [sorted({row[2], *(row[3] or ())}) for row in found]
    return Stale([row[0] for row in found], [row[1] for row in found], versions)


def count_stale(connection: Connection, process: str) -> int:
    """How many records of a process changed since they were written down."""
    return connection.execute(text(_COUNT_STALE), {"process": process}).scalar_one()


def wait_for_turn(connection: Connection) -> None:
    """Nobody else writes down until the end of this transaction."""
    connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))


def not_yet_written(connection: Connection, stale: Stale) -> Stale:
    """Those that nobody has written down meanwhile."""
    found = connection.execute(
        text(f"SELECT instance_id, revision FROM told WHERE instance_id = {_THESE}"),
        {"instances": list(stale.instances)},
    )
    told = {row[0]: row[1] for row in found}
    left = [
        (instance, revision, versions)
        for instance, revision, versions in zip(
            stale.instances, stale.revisions, stale.versions, strict=True
        )
        if told.get(instance, 0) < revision
    ]
    return Stale([it[0] for it in left], [it[1] for it in left], [it[2] for it in left])


def write_down(connection: Connection, stale: Stale, beginnings: Sequence[Beginning]) -> None:
    """Write the stays and ways of these records, in place of what was written of them before.

    One writer at a time (`wait_for_turn`): two that do the same record would write it twice.
    """
    values: dict[str, object] = {
        "instances": list(stale.instances),
        "revisions": list(stale.revisions),
        "were_on": [f"{{{','.join(map(str, it))}}}" for it in stale.versions],
        "versions": [it.version_id for it in beginnings],
        "elements": [it.element for it in beginnings],
        "hows": [it.how for it in beginnings],
        "sources": [it.source for it in beginnings],
        "names": [it.name for it in beginnings],
    }
    for statement in _WRITING:
        connection.execute(text(statement), values)


_COUNT_STALE = """SELECT count(*) FROM instance i LEFT JOIN told t ON t.instance_id = i.id
WHERE i.process = :process AND t.revision IS DISTINCT FROM i.revision"""
_LOCK = 7_261_001
_STALE = """SELECT i.id, i.revision, i.version_id, (
        SELECT array_agg(v.id) FROM entry e JOIN version v ON v.process = i.process
            AND v.number IN ((e.details ->> 'from')::int, (e.details ->> 'to')::int)
        WHERE e.instance_id = i.id AND e.kind IN ('migrated', 'migration_undone'))
FROM (SELECT i.id, i.revision, i.version_id, i.process
      FROM instance i LEFT JOIN told t ON t.instance_id = i.id
      WHERE (CAST(:process AS text) IS NULL OR i.process = :process)
          AND t.revision IS DISTINCT FROM i.revision
      ORDER BY i.id LIMIT :limit) i"""

_THESE = "ANY(CAST(:instances AS bigint[]))"

# What a record did before it was moved to another version belongs to the version it was on then.
_PART = f"""moved AS (
    SELECT e.instance_id, e.revision, e.at, was.id AS was, became.id AS became
    FROM entry e JOIN instance i ON i.id = e.instance_id
        JOIN version was ON was.process = i.process AND was.number = (e.details ->> 'from')::int
        JOIN version became ON became.process = i.process
            AND became.number = (e.details ->> 'to')::int
    WHERE e.instance_id = {_THESE} AND e.kind IN ('migrated', 'migration_undone')),
part AS (
    SELECT i.id AS instance_id, i.version_id, '-infinity'::timestamptz AS since,
        'infinity'::timestamptz AS until
    FROM instance i WHERE i.id = {_THESE} AND i.id NOT IN (SELECT instance_id FROM moved)
    UNION ALL
    SELECT f.instance_id, f.was, '-infinity', f.at
    FROM (SELECT DISTINCT ON (instance_id) instance_id, at, was FROM moved
          ORDER BY instance_id, revision) f
    UNION ALL
    SELECT instance_id, became, at,
        lead(at, 1, 'infinity') OVER (PARTITION BY instance_id ORDER BY revision)
    FROM moved)"""

_IN_PART = "{0} >= p.since AND (p.until = 'infinity' OR {0} < p.until)"


def _seconds(later: str, earlier: str) -> str:
    return f"extract(epoch FROM {later} - {earlier})::float8"


def _in_order(opened: str, began: str, ended: str) -> str:
    """Instants come from the clocks of several machines: where one that comes later by its nature
    is earlier by its clock, it is not known how long anything took."""
    return (
        f"({opened} <= coalesce({began}, {ended}, 'infinity')"
        f" AND coalesce({began}, {opened}) <= coalesce({ended}, 'infinity'))"
    )


# Who had a task first is what history says of its claims. A line that does not name its work item,
# as the releases before wrote it, is told by element and time; it is nobody's where it fits two.
_ITEMS = f"""WITH {_PART},
item AS (
    SELECT w.*, p.version_id
    FROM work_item w JOIN part p ON p.instance_id = w.instance_id
        AND {_IN_PART.format("coalesce(w.closed_at, 'infinity')")}
    WHERE w.instance_id = {_THESE}),
line AS (
    SELECT e.id, e.instance_id, e.element, e.at, e.details ->> 'before' AS had,
        e.details ->> 'after' AS got, (e.details ->> 'work_item')::bigint AS item
    FROM entry e WHERE e.instance_id = {_THESE} AND e.kind = 'given'),
claim AS (
    SELECT i.id, l.id AS line, l.at, l.had, l.got,
        l.item IS NULL AND count(*) OVER (PARTITION BY l.id) > 1 AS unclear
    FROM item i JOIN line l ON l.instance_id = i.instance_id AND l.element = i.element
        AND (l.item = i.id OR l.item IS NULL AND l.at >= i.opened_at
            AND l.at <= coalesce(i.closed_at, 'infinity'))),
taken AS (
    SELECT id, min(at) FILTER (WHERE got IS NOT NULL) AS first_at,
        min(line) FILTER (WHERE had IS NOT NULL) = min(line) AS from_the_start,
        bool_or(unclear) AS unclear
    FROM claim GROUP BY id),
vote AS (
    SELECT i.id, min(b.cast_at) AS first_at
    FROM item i JOIN round r ON r.work_item_id = i.id JOIN seat s ON s.round_id = r.id
        JOIN ballot b ON b.seat_id = s.id
    WHERE i.rule IS NOT NULL GROUP BY i.id),
known AS (
    SELECT i.*, coalesce(t.unclear, false) AS unclear,
        CASE WHEN i.rule IS NOT NULL THEN v.first_at
             WHEN t.unclear THEN NULL
             WHEN t.from_the_start OR t.id IS NULL AND i.assignee IS NOT NULL THEN i.opened_at
             ELSE t.first_at END AS began_at
    FROM item i LEFT JOIN taken t ON t.id = i.id LEFT JOIN vote v ON v.id = i.id)
INSERT INTO stay (instance_id, version_id, source, element, opened_at, began_at, ended_at, outcome,
    who, due_at, waited, worked, overrun)
SELECT instance_id, version_id, 'items', element, opened_at, began_at, closed_at,
    CASE outcome WHEN 'completed' THEN 'done' ELSE outcome END, closed_by, due_at,
    CASE WHEN NOT unclear AND {_in_order("opened_at", "began_at", "closed_at")}
        THEN {_seconds("coalesce(began_at, closed_at)", "opened_at")} END,
    CASE WHEN {_in_order("opened_at", "began_at", "closed_at")}
        THEN {_seconds("closed_at", "began_at")} END,
    CASE WHEN closed_at > due_at THEN {_seconds("closed_at", "due_at")} END
FROM known"""

_JOBS = f"""WITH {_PART}
INSERT INTO stay (instance_id, version_id, source, element, opened_at, began_at, ended_at, outcome,
    waited, worked)
SELECT j.instance_id, p.version_id, 'jobs', j.element, j.created_at, j.began_at, j.finished_at,
    CASE WHEN j.status IN ('done', 'cancelled') THEN j.status END,
    CASE WHEN {_in_order("j.created_at", "j.began_at", "j.finished_at")}
        THEN {_seconds("j.began_at", "j.created_at")} END,
    CASE WHEN {_in_order("j.created_at", "j.began_at", "j.finished_at")}
        THEN {_seconds("j.finished_at", "j.began_at")} END
FROM job j JOIN part p ON p.instance_id = j.instance_id
    AND {_IN_PART.format("coalesce(j.finished_at, 'infinity')")}
WHERE j.instance_id = {_THESE} AND j.token IS NOT NULL"""

# A wait ends in a later command than it began, or in the same one behind what led to it.
_EVENTS = f"""WITH {_PART},
beginning AS (
    SELECT * FROM unnest(CAST(:versions AS bigint[]), CAST(:elements AS text[]),
        CAST(:hows AS text[]), CAST(:sources AS text[]), CAST(:names AS text[]))
        AS b(version_id, element, how, source, name)),
ending AS (
    SELECT e.*, p.version_id
    FROM entry e JOIN part p ON p.instance_id = e.instance_id AND {_IN_PART.format("e.at")}
    WHERE e.instance_id = {_THESE} AND e.kind IN ('caught', 'timer', 'message')
        AND (p.version_id, e.element) IN (SELECT version_id, element FROM beginning))
INSERT INTO stay (instance_id, version_id, source, element, opened_at, ended_at, outcome, who,
    waited)
SELECT e.instance_id, e.version_id, 'events', e.element, f.at, e.at, 'done', e.actor,
    CASE WHEN e.at >= f.at THEN {_seconds("e.at", "f.at")} END
FROM ending e LEFT JOIN LATERAL (
    SELECT l.at FROM entry l JOIN beginning b
        ON b.version_id = e.version_id AND b.element = e.element
        AND CASE b.how WHEN 'passed' THEN l.details -> 'passed' ? b.name
            WHEN 'flow' THEN l.details -> 'flows' ? b.name
            ELSE l.kind = 'started' AND l.element = b.name END
    WHERE l.instance_id = e.instance_id AND l.revision <= e.revision
        AND (l.revision < e.revision OR array_position(
                ARRAY(SELECT jsonb_array_elements_text(l.details -> 'passed')), b.source)
            < array_position(
                ARRAY(SELECT jsonb_array_elements_text(l.details -> 'passed')), e.element))
    ORDER BY l.id DESC LIMIT 1) f ON true"""

_WAYS = f"""WITH {_PART}
INSERT INTO way (instance_id, version_id, at, who, passed, flows)
SELECT e.instance_id, p.version_id, e.at, e.actor, coalesce(e.details -> 'passed', '[]'),
    coalesce(e.details -> 'flows', '[]')
FROM entry e JOIN part p ON p.instance_id = e.instance_id AND {_IN_PART.format("e.at")}
WHERE e.instance_id = {_THESE} AND e.details ?| ARRAY['passed', 'flows']
ORDER BY e.id"""

_TOLD = """INSERT INTO told (instance_id, revision, versions)
SELECT t.id, t.revision, t.versions::bigint[] FROM unnest(CAST(:instances AS bigint[]),
    CAST(:revisions AS int[]), CAST(:were_on AS text[])) AS t(id, revision, versions)
ON CONFLICT (instance_id)
    DO UPDATE SET revision = excluded.revision, versions = excluded.versions"""

_WRITING = (
    f"DELETE FROM stay WHERE instance_id = {_THESE}",
    f"DELETE FROM way WHERE instance_id = {_THESE}",
    _ITEMS,
    _JOBS,
    _EVENTS,
    _WAYS,
    _TOLD,
)
