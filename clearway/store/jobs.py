"""Jobs as a queue: leases under a fence, counted when they are taken."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from clearway.store.database import Transaction
from clearway.store.rows import Job

_COLUMNS = """j.id, j.token, j.element, j.step, j.inputs, j.template_hash, j.attempts, j.retries,
    j.fence, j.status, j.run_at, j.lease_until, j.last_error"""
# An attempt counts when its lease is taken, so that a job that kills its worker uses them up too.
_LEASE = f"""UPDATE job j SET fence = j.fence + 1, attempts = j.attempts + 1,
    began_at = coalesce(j.began_at, %(now)s), lease_owner = %(worker)s, lease_until = %(until)s
FROM (SELECT id FROM job
      WHERE status = 'ready' AND run_at <= %(now)s AND attempts <= retries
          AND (lease_until IS NULL OR lease_until <= %(now)s)
          AND step <> ALL(%(without)s)
      ORDER BY run_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED) d,
    instance i
WHERE j.id = d.id AND i.id = j.instance_id
RETURNING i.key, {_COLUMNS}"""  # noqa: S608 - our own texts
_EXHAUSTED = f"""SELECT {_COLUMNS} FROM job j
WHERE status = 'ready' AND attempts > retries AND (lease_until IS NULL OR lease_until <= %(now)s)
ORDER BY id LIMIT %(limit)s"""  # noqa: S608 - our own texts
_EXTEND = """UPDATE job SET lease_until = %(until)s
WHERE id = %(id)s AND fence = %(fence)s AND status = 'ready' AND lease_until IS NOT NULL
RETURNING id"""
_AGAIN = """UPDATE job SET lease_owner = NULL, lease_until = NULL, run_at = %(run_at)s,
    last_error = %(error)s
WHERE id = %(id)s AND fence = %(fence)s AND status = 'ready' RETURNING id"""
_NOTICE_DONE = """UPDATE job SET status = 'done', result = %(result)s::jsonb, finished_at = %(now)s,
    lease_owner = NULL, lease_until = NULL
WHERE id = %(id)s AND fence = %(fence)s AND status = 'ready' AND token IS NULL RETURNING id"""
_ONE = f"SELECT {_COLUMNS} FROM job j WHERE j.id = %(id)s"  # noqa: S608 - our own texts


def lease(
    transaction: Transaction,
    worker: str,
    limit: int,
    now: datetime,
    duration: timedelta,
    without: Sequence[str] = (),
) -> list[tuple[str, Job]]:
    """Take up to `limit` jobs that are due: the record's key and the job with its new fence.

    Of the steps named in `without` none is taken.
    """
    values: dict[str, object] = {"worker": worker, "limit": limit, "now": now}
    values |= {"until": now + duration, "without": list(without)}
    rows = transaction.all(_LEASE, values)
    return sorted(((row[0], Job(*row[1:])) for row in rows), key=lambda pair: pair[1].id)


def exhausted(transaction: Transaction, limit: int, now: datetime) -> list[Job]:
    """Jobs without attempts left that nobody holds."""
    return [Job(*row) for row in transaction.all(_EXHAUSTED, {"limit": limit, "now": now})]


def extend(transaction: Transaction, job_id: int, fence: int, until: datetime) -> bool:
    """Hold the lease longer; False when it is not ours any more."""
    values = {"id": job_id, "fence": fence, "until": until}
    return transaction.one(_EXTEND, values) is not None


def put_back(
    transaction: Transaction, job_id: int, fence: int, error: str, run_at: datetime
) -> bool:
    """Let it be tried again at `run_at`; False when the lease is not ours any more."""
    values = {"id": job_id, "fence": fence, "error": error, "run_at": run_at}
    return transaction.one(_AGAIN, values) is not None


def finish_notice(
    transaction: Transaction, job_id: int, fence: int, result: str, now: datetime
) -> bool:
    """A notice is sent: nothing waits for it; False when it was no notice of ours."""
    values = {"id": job_id, "fence": fence, "result": result, "now": now}
    return transaction.one(_NOTICE_DONE, values) is not None


def one(transaction: Transaction, job_id: int) -> Job | None:
    """This job as it stands."""
    row = transaction.one(_ONE, {"id": job_id})
    return Job(*row) if row else None


def waiting(connection: Connection, now: datetime) -> dict[str, object]:
    """How many jobs and notices wait, and since when the oldest; for the doctor."""
    row = connection.exec_driver_sql(
        "SELECT count(*), min(run_at) FROM job WHERE status = 'ready' AND run_at <= %(now)s",
        {"now": now},
    ).one()
    return {"waiting": row[0], "oldest": row[1]}
