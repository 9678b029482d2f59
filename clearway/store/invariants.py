"""What must always be true of the rows, each as a question for those that break it."""

from collections.abc import Iterator
from typing import Any, cast

from sqlalchemy import Connection, exc, text

from clearway.store import invariants_approvals, schema
from clearway.store.leaf import leaf
from clearway.store.rows import Json

_BATCH = 1000

_STUCK = """SELECT i.key FROM instance i
WHERE i.ended_at IS NULL
    AND NOT EXISTS (SELECT FROM work_item w WHERE w.instance_id = i.id AND w.closed_at IS NULL)
    AND NOT EXISTS (SELECT FROM timer t WHERE t.instance_id = i.id)
    AND NOT EXISTS (SELECT FROM subscription s WHERE s.instance_id = i.id)
    AND NOT EXISTS (SELECT FROM job j WHERE j.instance_id = i.id AND j.token IS NOT NULL
                    AND j.status IN ('ready', 'faulted'))
    AND NOT EXISTS (SELECT FROM fault f WHERE f.instance_id = i.id AND f.settled_at IS NULL)"""
_ALIVE_AFTER_END = """SELECT i.key FROM instance i
WHERE i.ended_at IS NOT NULL
    AND (EXISTS (SELECT FROM work_item w WHERE w.instance_id = i.id AND w.closed_at IS NULL)
        OR EXISTS (SELECT FROM timer t WHERE t.instance_id = i.id)
        OR EXISTS (SELECT FROM subscription s WHERE s.instance_id = i.id)
        OR EXISTS (SELECT FROM job j WHERE j.instance_id = i.id AND j.token IS NOT NULL
                   AND j.status IN ('ready', 'faulted')))"""
_REVISIONS = """SELECT i.key, i.revision, count(DISTINCT e.revision), max(e.revision)
FROM instance i LEFT JOIN entry e ON e.instance_id = i.id AND e.revision > 0
GROUP BY i.id HAVING i.revision <> count(DISTINCT e.revision)
    OR i.revision <> coalesce(max(e.revision), 0)"""
_PARKED_JOBS = """SELECT j.id, i.key FROM job j JOIN instance i ON i.id = j.instance_id
WHERE j.status = 'faulted' AND NOT EXISTS (
    SELECT FROM fault f WHERE f.instance_id = j.instance_id AND f.settled_at IS NULL
        AND f.trigger->>'kind' = 'job' AND (f.trigger->>'id')::bigint = j.id)"""
_PARKED_TIMERS = """SELECT t.id, i.key FROM timer t JOIN instance i ON i.id = t.instance_id
WHERE t.parked AND NOT EXISTS (
    SELECT FROM fault f WHERE f.instance_id = t.instance_id AND f.settled_at IS NULL
        AND f.trigger->>'kind' = 'timer' AND f.trigger->>'token' = t.token)"""
_NOTICES = """SELECT i.key, coalesce(told.many, 0), coalesce(queued.many, 0)
FROM (SELECT instance_id, count(*) AS many FROM entry WHERE kind = 'told' GROUP BY 1) told
FULL JOIN (SELECT instance_id, count(*) AS many FROM job WHERE token IS NULL GROUP BY 1) queued
    USING (instance_id)
JOIN instance i ON i.id = instance_id WHERE told.many IS DISTINCT FROM queued.many ORDER BY i.id"""
_MESSAGES = """SELECT i.key, told.name, told.many, coalesce(kept.many, 0)
FROM (SELECT instance_id, details->>'message' AS name, count(*) AS many
    FROM entry WHERE kind = 'sent' GROUP BY 1, 2) told
LEFT JOIN (SELECT sender_id AS instance_id, name, count(*) AS many FROM message GROUP BY 1, 2) kept
    USING (instance_id, name)
JOIN instance i ON i.id = instance_id WHERE told.many > coalesce(kept.many, 0) ORDER BY i.id"""
_VERSIONLESS = """SELECT i.key, i.version_id FROM instance i
LEFT JOIN version v ON v.id = i.version_id AND v.process = i.process
WHERE v.id IS NULL ORDER BY i.id"""
_NUMBERS = """SELECT process, max(number), count(*) FROM version
GROUP BY process HAVING max(number) <> count(*) OR min(number) <> 1 ORDER BY process"""
_AHEAD = """SELECT a.key, i.key, a.answer->>'revision', i.revision
FROM answer a JOIN instance i ON i.key = a.answer->>'key'
WHERE jsonb_typeof(a.answer->'revision') = 'number'
    AND (a.answer->>'revision')::numeric > i.revision ORDER BY i.id"""
_FAULTS = """WITH told AS (
    SELECT instance_id, count(*) AS many FROM entry
    WHERE kind = 'fault' AND instance_id IS NOT NULL GROUP BY 1),
kept AS (
    SELECT instance_id, count(*) AS many FROM fault WHERE instance_id IS NOT NULL GROUP BY 1)
SELECT i.key, coalesce(told.many, 0), coalesce(kept.many, 0)
FROM told FULL JOIN kept USING (instance_id) JOIN instance i ON i.id = instance_id
WHERE told.many IS DISTINCT FROM kept.many ORDER BY i.id"""
_FINISHED = """SELECT j.id, i.key FROM job j JOIN instance i ON i.id = j.instance_id
WHERE (j.status = 'done') <> (j.result IS NOT NULL)
    OR (j.status IN ('done', 'cancelled')) <> (j.finished_at IS NOT NULL) ORDER BY j.id"""
_OF_VERSION = """SELECT i.key, v.number, told.number FROM instance i
JOIN version v ON v.id = i.version_id
JOIN LATERAL (
    SELECT w.number, w.hash FROM entry e
    JOIN version w ON w.process = i.process
        AND (w.number = (e.details->>'to')::int OR w.hash = e.details->>'hash')
    WHERE e.instance_id = i.id AND e.kind IN ('opened', 'migrated', 'migration_undone')
    ORDER BY e.id DESC, w.id LIMIT 1) told ON true
WHERE told.hash <> v.hash ORDER BY i.id"""
_SETTLED = """SELECT m.id FROM message m
WHERE (m.status = 'waiting') <> (m.settled_at IS NULL)"""
# Several writes of one field in one command stand in the order of their elements, not of time.
_RECORDS = """WITH written AS (
    SELECT e.instance_id, f.key AS field, f.value->1 AS after, e.revision,
        max(e.revision) OVER (PARTITION BY e.instance_id, f.key) AS last
    FROM entry e CROSS JOIN LATERAL jsonb_each(
        CASE jsonb_typeof(e.details->'fields') WHEN 'object' THEN e.details->'fields' ELSE '{}' END
    ) f WHERE e.instance_id IS NOT NULL),
told AS (
    SELECT instance_id, field, array_agg(after) AS afters FROM written
    WHERE revision = last GROUP BY instance_id, field),
kept AS (
    SELECT i.id AS instance_id, f.key AS field, f.value FROM instance i, jsonb_each(i.record) f)
SELECT i.key, field
FROM told FULL JOIN kept USING (instance_id, field) JOIN instance i ON i.id = instance_id
WHERE NOT coalesce(coalesce(kept.value, 'null') = ANY(told.afters), false) ORDER BY i.id, field"""
_STATES = """SELECT i.key, coalesce(i.state, 'none'), coalesce(e.state_after, 'none')
FROM instance i LEFT JOIN LATERAL (
    SELECT state_after FROM entry
    WHERE instance_id = i.id AND (state_before IS NOT NULL OR state_after IS NOT NULL)
    ORDER BY id DESC LIMIT 1) e ON true
WHERE i.state IS DISTINCT FROM e.state_after"""
# A revision is written by one transaction. Lines that are alike are right there in a loop.
_TWICE = """SELECT max(e.id), i.key, min(e.id) FROM entry e JOIN instance i ON i.id = e.instance_id
GROUP BY i.key, e.instance_id, e.revision, e.leaf
HAVING count(*) > 1 AND count(DISTINCT e.xmin::text) > 1"""
_OUT_OF_ORDER = """SELECT e.id, i.key, e.revision, e.last FROM (
    SELECT id, instance_id, revision,
        max(revision) OVER (PARTITION BY instance_id ORDER BY id) AS last
    FROM entry WHERE revision > 0) e JOIN instance i ON i.id = e.instance_id
WHERE e.revision < e.last"""
# What nobody asked for with a key has no answer; what had nothing to do names the revision before;
# what is tried again after a fault is answered to whoever had it tried again.
_ANSWERS = """WITH moved AS (
    SELECT i.key, e.revision, e.command FROM entry e JOIN instance i ON i.id = e.instance_id
    WHERE e.revision > 0 AND e.command NOT IN ('message', 'step', 'timer')
    GROUP BY i.key, e.revision, e.command HAVING NOT bool_or(e.kind = 'fault')),
kept AS (
    SELECT answer->>'key' AS key, answer->>'revision' AS revision, command, count(*) AS many
    FROM answer GROUP BY 1, 2, 3)
SELECT m.key, m.revision, m.command, coalesce(k.many, 0) FROM moved m
LEFT JOIN kept k ON k.key = m.key AND k.revision = m.revision::text
    AND k.command IN (m.command, 'retry')
WHERE coalesce(k.many, 0) = 0 OR (k.many > 1 AND m.command IN ('complete', 'vote'))
ORDER BY 1, 2"""
_STRANGERS = """SELECT w.id, i.key, w.assignee FROM work_item w
JOIN instance i ON i.id = w.instance_id
WHERE w.closed_at IS NULL AND w.assignee IS NOT NULL
    AND NOT EXISTS (SELECT FROM person p WHERE p.name = w.assignee) ORDER BY w.id"""
_SAVES = """SELECT d.id, d.process, d.revision, count(s.revision), coalesce(max(s.revision), 0)
FROM draft d LEFT JOIN draft_save s ON s.draft_id = d.id
GROUP BY d.id HAVING d.revision <> count(s.revision)
    OR d.revision <> coalesce(max(s.revision), 0)"""
_DRAFTS = """SELECT d.id, d.process, d.state FROM draft d
JOIN draft_save s ON s.draft_id = d.id AND s.revision = d.revision
LEFT JOIN LATERAL (
    SELECT outcome, hash FROM draft_review WHERE draft_id = d.id ORDER BY id DESC LIMIT 1
) r ON true
WHERE (d.state = 'in_review') <> EXISTS (
        SELECT FROM draft_review w WHERE w.draft_id = d.id AND w.outcome IS NULL)
    OR (d.state = 'planned') <> EXISTS (
        SELECT FROM draft_release w WHERE w.draft_id = d.id AND w.state = 'planned')
    OR (d.state = 'released') <> EXISTS (
        SELECT FROM draft_release w WHERE w.draft_id = d.id AND w.state = 'done')
    OR (d.state IN ('approved', 'planned', 'released')
        AND (r.outcome IS DISTINCT FROM 'approved' OR r.hash IS DISTINCT FROM s.hash))"""
_MOVES = """SELECT m.id, m.process, count(*) FROM move m JOIN moved_record e ON e.move_id = m.id
WHERE m.closed_at IS NOT NULL AND m.stopped_by IS NULL AND e.says IS NULL GROUP BY m.id"""

QUESTIONS: dict[str, str] = {
    "{0} has not ended, and nothing could move it on.": _STUCK,
    "{0} has ended, but something still waits in it.": _ALIVE_AFTER_END,
    "{0} is at revision {1}, but its history has {2} revisions up to {3}.": _REVISIONS,
    "The job {0} of {1} is parked, but no fault says why.": _PARKED_JOBS,
    "The timer {0} of {1} is parked, but no fault says why.": _PARKED_TIMERS,
    "The field {1} of {0} is not what its history says.": _RECORDS,
    "{0} is in the state {1}, but its history leads to {2}.": _STATES,
    "{0} told somebody {1} times by its history, but {2} notices were queued.": _NOTICES,
    "{0} sent `{1}` {2} times by its history, but {3} of these messages are kept.": _MESSAGES,
    "{0} stopped {1} times by its history, but {2} faults are kept.": _FAULTS,
    "The step or notice {0} of {1} is done and is not, by its own row.": _FINISHED,
    "{0} is of version {1}, but by its history of version {2}.": _OF_VERSION,
    "The message {0} is settled and waits at once.": _SETTLED,
    "{0} is of the version with the id {1}, which its process does not have.": _VERSIONLESS,
    "{0} has versions up to {1}, but {2} of them.": _NUMBERS,
    "The line {0} of the history of {1} stands twice: it is the line {2}.": _TWICE,
    "The line {0} of the history of {1} is of revision {2}, but stands behind {3}.": _OUT_OF_ORDER,
    "{0} came to revision {1} by `{2}`, but {3} answers are kept for that.": _ANSWERS,
    "The work item {0} of {1} is with {2}, who is in no registry.": _STRANGERS,
    "Draft {0} of {1} is at save {2}, but has {3} saves up to {4}.": _SAVES,
    "Draft {0} of {1} is {2}, but its reviews and releases say otherwise.": _DRAFTS,
    "The move {0} of {1} has ended, but {2} of its records wait for it.": _MOVES,
    "The answer kept for `{0}` names revision {2} of {1}, which is at {3}.": _AHEAD,
}
"""Sentence for each row that must not be there -> the question for such rows."""


def broken(connection: Connection) -> list[str]:
    """Each broken invariant of the rows as a sentence."""
    found: list[str] = []
    for words, question in {**QUESTIONS, **invariants_approvals.QUESTIONS}.items():
        try:
            with connection.begin_nested():
                found += [words.format(*row) for row in connection.execute(text(question))]
        except exc.DataError as error:
            # The others are asked all the same.
            told = str(error.orig).strip().splitlines()[0]
            found.append(f"It cannot be told whether this is so, for the rows: `{words}` {told}")
    return found


def wrong_contents(connection: Connection) -> list[str]:
    """Versions and saves of drafts whose files are missing or not what their hashes say."""
    rows = connection.execute(
        text(
            """WITH sound AS (SELECT hash FROM content WHERE encode(sha256(bytes), 'hex') = hash)
SELECT format('Version %s of %s', v.number, v.process), m.key
FROM version v, jsonb_each_text(v.manifest) m
WHERE NOT EXISTS (SELECT FROM sound WHERE sound.hash = m.value)
UNION ALL
SELECT format('Save %s of draft %s of %s', s.revision, s.draft_id, d.process), m.key
FROM draft_save s JOIN draft d ON d.id = s.draft_id, jsonb_each_text(s.manifest) m
WHERE NOT EXISTS (SELECT FROM sound WHERE sound.hash = m.value)"""
        )
    )
    return [f"{row[0]}: {row[1]} is missing or damaged." for row in rows]


def manifests(connection: Connection) -> list[tuple[str, str, dict[str, str], str]]:
    """Every version and save of a draft: what it is, its process, its manifest and its hash."""
    rows = connection.execute(
        text(
            """SELECT format('Version %s of %s', number, process), process, manifest, hash
FROM version
UNION ALL
SELECT format('Save %s of draft %s of %s', s.revision, s.draft_id, d.process),
    d.process, s.manifest, s.hash
FROM draft_save s JOIN draft d ON d.id = s.draft_id"""
        )
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def wrong_leaves(connection: Connection) -> Iterator[str]:
    """Lines of history that are not what their hash says."""
    table = schema.entry
    statement = (
        table.join(schema.instance, schema.instance.c.id == table.c.instance_id, isouter=True)
        .select()
        .with_only_columns(table, schema.instance.c.key)
        .order_by(table.c.id)
    )
    result = connection.execution_options(yield_per=_BATCH).execute(statement)
    for row in result.mappings():
        expected = leaf(
            key=cast("str | None", row["key"]),
            revision=row["revision"],
            at=row["at"],
            actor=row["actor"],
            command=row["command"],
            kind=row["kind"],
            element=row["element"],
            state_before=row["state_before"],
            state_after=row["state_after"],
            details=cast(Json, row["details"]),
        )
        if bytes(row["leaf"]) != expected:
            yield f"The line {row['id']} of history was changed after it was written."


def was_moved(connection: Connection, key: str) -> bool:
    """Whether the record was ever moved to another version, also if that was undone."""
    statement = text(
        "SELECT EXISTS (SELECT FROM entry e JOIN instance i ON i.id = e.instance_id "
        "WHERE i.key = :key AND e.kind = 'migrated')"
    )
    return bool(connection.execute(statement, {"key": key}).scalar_one())


def open_states(connection: Connection, after: int, limit: int) -> list[dict[str, Any]]:
    """Instances that have not ended: the state, and what the rows wait for (token -> its row).

    Ordered by id, from the first one behind `after`.
    """
    statement = text(
        """SELECT i.id, i.key, i.version_id, i.engine_state, i.record,
    EXISTS (SELECT FROM entry e WHERE e.instance_id = i.id AND e.kind = 'migrated') AS was_moved,
    (SELECT jsonb_object_agg(w.token, to_jsonb(w) || jsonb_build_object('due', w.due_at,
            'round', r.revision, 'deadline', r.deadline, 'round_opened', r.opened_at))
        FROM work_item w LEFT JOIN round r ON r.work_item_id = w.id AND r.closed_at IS NULL
        WHERE w.instance_id = i.id AND w.closed_at IS NULL) AS work_items,
    (SELECT jsonb_object_agg(t.token, to_jsonb(t) || jsonb_build_object('due', t.due_at))
        FROM timer t WHERE t.instance_id = i.id) AS timers,
    (SELECT jsonb_object_agg(s.token, to_jsonb(s))
        FROM subscription s WHERE s.instance_id = i.id) AS events,
    (SELECT jsonb_object_agg(j.token, to_jsonb(j))
        FROM job j WHERE j.instance_id = i.id AND j.token IS NOT NULL
            AND j.status IN ('ready', 'faulted')) AS jobs
FROM instance i WHERE i.ended_at IS NULL AND i.id > :after ORDER BY i.id LIMIT :limit"""
    )
    found = connection.execute(statement, {"after": after, "limit": limit}).mappings()
    return [dict(row) for row in found]
