"""Says in a record's history that an automated step reached nothing outside."""

from clearway.service.commands import Command, carry_out
from clearway.service.deployed import Deployed
from clearway.service.draft import Draft
from clearway.service.house import House
from clearway.service.jobs import WORKER, LeasedJob
from clearway.service.plan import Outcome, planned
from clearway.service.values import Refusal
from clearway.store import loading
from clearway.store.database import Transaction
from clearway.store.rows import Snapshot

_GONE = Refusal("not_found", "There is no such job.", "Lease jobs anew.")
_STALE = Refusal("stale", "The lease of this job is not yours any more.", "Drop its result.")


def note_silence(house: House, job: LeasedJob, because: str) -> None:
    """Tell in history, once for each job, that its step is only noted here, and why.

    It comes before the step's answer, so that a worker that dies between the two hides nothing.
    """
    # A remark like any other, under a key: who tries the step again does not repeat it.
    command = Command(WORKER, "comment", {"job": job.id}, f"only-noted-{job.id}", _GONE)

    def plan(_transaction: Transaction, deployed: Deployed, snapshot: Snapshot) -> Outcome:
        held = snapshot.job
        if held is None or held.status != "ready" or held.fence != job.fence:
            return _STALE
        draft = Draft(deployed, WORKER, "step", house.now(), snapshot=snapshot)
        draft.line("only_noted", job.element, step=job.step, job=job.id, because=because)
        return planned(draft)

    carry_out(
        house,
        command,
        lambda transaction, asking: loading.by_job(transaction, asking, job.id),
        plan,
        lambda _: None,
    )
