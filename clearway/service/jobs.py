"""Automated steps: leasing their jobs, and what their answers and failures lead to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from clearway.engine.values import ProcessFault
from clearway.service.commands import Command, Load, Planning, carry_out, keep_fault
from clearway.service.deployed import Deployed
from clearway.service.house import House
from clearway.service.plan import Outcome
from clearway.service.plan_events import (
    ONLY_NOTED,
    UNREACHED,
    plan_failed_job,
    plan_finished_job,
)
from clearway.service.plan_fault import Parked
from clearway.service.values import Actor, Done, Refusal
from clearway.store import jobs, jsonb, loading
from clearway.store.database import Transaction
from clearway.store.rows import Job, Snapshot

WORKER = Actor("worker", roles=frozenset({"system"}), is_person=False)
FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(hours=1)

_GONE = Refusal("not_found", "There is no such job.", "Lease jobs anew.")
_STALE = Refusal(
    "stale",
    "The lease of this job is not yours any more: it ran out, or the job is not needed now.",
    "Drop the result; whoever holds the lease now finishes it.",
)


@dataclass(frozen=True)
class LeasedJob:
    """A job that this worker may run until `lease_until`; `id` is its idempotency key."""

    id: int
    fence: int
    key: str
    element: str
    step: str
    inputs: Mapping[str, object]
    template_hash: str | None
    attempt: int
    lease_until: datetime


def claim_jobs(
    house: House, worker: str, limit: int, lease: timedelta, without: Sequence[str] = ()
) -> list[LeasedJob]:
    """Lease up to `limit` jobs that are due. Taking a lease counts as an attempt.

    Of the steps named in `without` none is taken. Jobs that have used up their attempts without
    an answer become faults on the way.
    """
    now = house.now()

    def attempt(transaction: Transaction) -> tuple[list[Job], list[LeasedJob]]:
        lost = jobs.exhausted(transaction, limit, now)
        found = jobs.lease(transaction, worker, limit, now, lease, without)
        return lost, [_leased(key, job, now + lease) for key, job in found]

    lost, leased = house.store.command(attempt, changed=lambda _: [])
    for job in lost:
        never = "Its worker did not come back, however often it was tried."
        _fault(house, job, job.last_error or never)
    return leased


def extend_lease(house: House, job_id: int, fence: int, lease: timedelta) -> bool:
    """Hold the lease until `lease` from now; False when it is not this worker's any more."""
    until = house.now() + lease
    return house.store.command(
        lambda transaction: jobs.extend(transaction, job_id, fence, until), changed=lambda _: []
    )


def finish_job(
    house: House, job_id: int, fence: int, result: Mapping[str, object]
) -> Done | Refusal:
    """The step answered `result`; the process goes on in the same transaction.

    Refused (`stale`) when another worker has the job by now.
    """
    now = house.now()
    text = jsonb.dumps(jsonb.exact(dict(result)))

    def finish_notice(transaction: Transaction) -> Done | None:
        if result.get(ONLY_NOTED) or result.get(UNREACHED):
            return None
        is_one = jobs.finish_notice(transaction, job_id, fence, text, now)
        return Done(details={"job": job_id}) if is_one else None

    def plan(_transaction: Transaction, deployed: Deployed, snapshot: Snapshot) -> Outcome:
        job = _mine(snapshot, fence)
        if job is None:
            return _STALE
        return plan_finished_job(deployed, snapshot, WORKER, job, fence, result, now)

    return carry_out(house, _command(), _by_job(job_id), plan, _park, finish_notice)


def fail_job(
    house: House, job_id: int, fence: int, error: str, *, code: str | None = None
) -> Done | Refusal:
    """The step failed. A business error has a `code` that the diagram may catch.

    Without one it is tried again after a pause that doubles each time, and becomes a fault when
    the attempts are used up.
    """
    now = house.now()
    if code is not None:
        return _fail_for_business(house, job_id, fence, error, code, now)

    def attempt(transaction: Transaction) -> Done | Refusal | Job:
        job = jobs.one(transaction, job_id)
        if job is None:
            return _GONE
        if job.status != "ready" or job.fence != fence:
            return _STALE
        if job.attempts > job.retries:
            return job
        run_at = now + pause_after(job.attempts)
        again = jobs.put_back(transaction, job_id, fence, error, run_at)
        return Done(details={"job": job_id, "again_at": run_at.isoformat()}) if again else _STALE

    result = house.store.command(attempt, changed=lambda _: [])
    return _fault(house, result, error) if isinstance(result, Job) else result


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts: 10 s, 20 s, 40 s, at most an hour."""
    return min(FIRST_PAUSE * 2 ** min(attempts - 1, 20), LONGEST_PAUSE)


def _fail_for_business(
    house: House, job_id: int, fence: int, error: str, code: str, now: datetime
) -> Done | Refusal:
    def plan(_transaction: Transaction, deployed: Deployed, snapshot: Snapshot) -> Outcome:
        job = _mine(snapshot, fence)
        if job is None:
            return _STALE
        if job.token is None:
            raise _not_sent(job, error)
        return plan_failed_job(deployed, snapshot, WORKER, job, fence, code, error, now)

    return _carry_out(house, job_id, plan)


def _fault(house: House, job: Job, error: str) -> Done | Refusal:
    """Attempts are used up: a person has to look at it."""
    fault = _not_sent(job, error) if job.token is None else _not_done(job, error)
    return keep_fault(house, _command(), _by_job(job.id), _park, fault)


def _not_sent(job: Job, error: str) -> ProcessFault:
    return ProcessFault(
        job.element,
        f"The notice {job.inputs.get('template', '')} was not sent: {error}",
        "Put right what it names, then try it again. The record itself goes on.",
    )


def _not_done(job: Job, error: str) -> ProcessFault:
    return ProcessFault(
        job.element,
        f"The step {job.step} failed: {error}",
        "Put right what it names, then try it again.",
    )


def _carry_out(house: House, job_id: int, plan: Planning) -> Done | Refusal:
    return carry_out(house, _command(), _by_job(job_id), plan, _park)


def _command() -> Command:
    return Command(WORKER, "step", {}, "", _GONE)


def _by_job(job_id: int) -> Load:
    return lambda transaction, asking: loading.by_job(transaction, asking, job_id)


def _mine(snapshot: Snapshot, fence: int) -> Job | None:
    job = snapshot.job
    return job if job and job.status == "ready" and job.fence == fence else None


def _park(snapshot: Snapshot) -> Parked | None:
    job = snapshot.job
    if job is None or job.status != "ready":
        return None
    return Parked({"kind": "job", "id": job.id, "token": job.token, "step": job.step}, job=job.id)


def _leased(key: str, job: Job, until: datetime) -> LeasedJob:
    return LeasedJob(
        job.id,
        job.fence,
        key,
        job.element,
        job.step,
        job.inputs,
        job.template_hash,
        job.attempts,
        until,
    )
