"""Writes the whole effect of a command in one statement: a chain of data-modifying CTEs."""
# ruff: noqa: S608 - the statements are put together from our own texts only

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from clearway.store import jsonb
from clearway.store.database import Transaction
from clearway.store.effect import Effect
from clearway.store.rows import FirstAnswer
from clearway.store.writing_parts import PARTS


def write(transaction: Transaction, effect: Effect) -> int:
    """Write it and answer the id of the instance.

    The command runs again when the instance or its job is no longer as it was loaded.
    """
    given: dict[str, object] = {}
    names: list[str] = []
    for part in PARTS:
        value = part.value(effect)
        if value:
            names.append(part.name)
            if not part.is_given:
                continue
            given[part.name] = jsonb.dumps(value) if part.is_json else value
    statement, values = _statement(_head(effect), tuple(names)), _heading(effect) | given
    if effect.instance_id is not None:
        transaction.expect(statement, values)
        return effect.instance_id
    row = transaction.one(statement, values)
    if row is None:
        raise AssertionError("an insertion answers its row")
    return row[0]


def keep_answer(transaction: Transaction, once: str, first: FirstAnswer, at: datetime) -> None:
    """Keep what a command answered that had no effect.

    The command runs again when another with the same key was faster.
    """
    values = {
        "key": once,
        "command": first.command,
        "hash": first.request_hash,
        "answer": jsonb.dumps(first.answer),
        "at": at,
    }
    transaction.run(_KEEP, values)


@dataclass(frozen=True)
class _Head:
    """What the statement does with the instance row."""

    is_new: bool
    with_state: bool
    with_record: bool
    with_job: bool
    with_version: bool


def _head(effect: Effect) -> _Head:
    change = effect.instance
    return _Head(
        effect.new is not None,
        change.engine_state is not None,
        change.record is not None,
        effect.job is not None,
        effect.version is not None,
    )


def _heading(effect: Effect) -> dict[str, object]:
    change, new, job = effect.instance, effect.new, effect.job
    values: dict[str, object] = {
        "at": effect.at,
        "instance_id": effect.instance_id,
        "revision": change.revision,
        "state": change.state,
        "ended_at": change.ended_at,
        "done_by": jsonb.dumps(change.done_by),
        "engine_state": change.engine_state,
        "title": change.title,
        "requester": change.requester,
        "record": None if change.record is None else jsonb.dumps(change.record),
        "actor": effect.actor,
        "command": effect.command,
    }
    if effect.answer is not None:
        once, first = effect.answer
        values |= {
            "answer_key": once,
            "answer_command": first.command,
            "answer_hash": first.request_hash,
            "answer": jsonb.dumps(first.answer),
        }
    if new is not None:
        values |= {"key": new.key, "process": new.process, "version_id": new.version_id}
    if effect.version is not None:
        values |= {"version_id": effect.version.version_id, "went_on": effect.version.went_on}
    if job is not None:
        values |= {
            "job_id": job.id,
            "job_fence": job.fence,
            "job_status": job.status,
            "job_result": None if job.result is None else jsonb.dumps(job.result),
            "job_error": job.last_error,
            "job_run_at": job.run_at,
            "job_attempts": job.attempts,
        }
    return values


@lru_cache(maxsize=512)
def _statement(head: _Head, names: tuple[str, ...]) -> str:
    parts = [_JOB_CHANGE] if head.with_job else []
    parts.append(_INSERT if head.is_new else _update(head))
    parts += [part.sql for part in PARTS if part.name in names]
    return f"WITH {', '.join(parts)} SELECT new.id FROM new"


_KEEP = """INSERT INTO answer (key, command, request_hash, answer, at)
VALUES (%(key)s, %(command)s, %(hash)s, %(answer)s::jsonb, %(at)s)"""
_INSERT = """new AS (
    INSERT INTO instance (key, process, version_id, revision, engine_state, record, state, title,
        requester, done_by, started_at, changed_at, ended_at)
    VALUES (%(key)s, %(process)s, %(version_id)s, %(revision)s, %(engine_state)s,
        %(record)s::jsonb, %(state)s, %(title)s, %(requester)s, %(done_by)s::jsonb, %(at)s, %(at)s,
        %(ended_at)s)
    RETURNING id)"""
_JOB_CHANGE = """held AS (
    UPDATE job SET status = %(job_status)s, result = %(job_result)s::jsonb,
        last_error = coalesce(%(job_error)s::text, last_error),
        run_at = coalesce(%(job_run_at)s::timestamptz, run_at),
        attempts = coalesce(%(job_attempts)s::int, attempts),
        finished_at = CASE WHEN %(job_status)s IN ('done', 'cancelled')
            THEN %(at)s::timestamptz END,
        lease_owner = NULL, lease_until = NULL
    WHERE id = %(job_id)s AND (%(job_fence)s::bigint IS NULL
        OR status = 'ready' AND fence = %(job_fence)s::bigint)
        AND EXISTS (SELECT FROM instance
            WHERE id = %(instance_id)s AND revision = %(revision)s - 1)
    RETURNING id)"""


def _update(head: _Head) -> str:
    columns = ["revision = %(revision)s", "changed_at = %(at)s"]
    if head.with_state:
        columns += [
            "engine_state = %(engine_state)s",
            "state = %(state)s",
            "ended_at = %(ended_at)s",
            "done_by = %(done_by)s::jsonb",
        ]
    if head.with_record:
        # Only now: naming these columns makes PostgreSQL work out the search words again.
        columns += [
            "record = %(record)s::jsonb",
            "title = %(title)s",
            "requester = %(requester)s",
        ]
    if head.with_version:
        columns.append("version_id = %(version_id)s")
    held = " AND EXISTS (SELECT FROM held)" if head.with_job else ""
    return (
        f"new AS (UPDATE instance SET {', '.join(columns)}"
        f" WHERE id = %(instance_id)s AND revision = %(revision)s - 1{held} RETURNING id)"
    )
