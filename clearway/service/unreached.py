"""A notice that went out, but not to everybody it was for: history says to whom not, and why."""

from collections.abc import Mapping
from datetime import datetime

from clearway.service.deployed import Deployed
from clearway.service.draft import Draft
from clearway.service.plan import Outcome, planned
from clearway.service.values import Actor
from clearway.store.effect import JobChange
from clearway.store.rows import Job, Snapshot

UNREACHED = "unreached"
"""What the result of a notice has when it went to some only: why, for each of the others."""


def plan_unreached(
    deployed: Deployed,
    snapshot: Snapshot,
    actor: Actor,
    job: Job,
    fence: int,
    result: Mapping[str, object],
    now: datetime,
) -> Outcome:
    """The notice is done; nothing in the process waits for it."""
    draft = Draft(deployed, actor, "step", now, snapshot=snapshot)
    draft.job = JobChange(job.id, fence, "done", result=result)
    draft.line(
        "unreached",
        job.element,
        template=job.inputs.get("template"),
        job=job.id,
        because=result[UNREACHED],
    )
    return planned(draft)
