"""A notice that left the house for nobody, and how history tells of it."""

from collections.abc import Mapping
from datetime import datetime

from clearway.service.deployed import Deployed
from clearway.service.draft import Draft
from clearway.service.plan import Outcome, planned
from clearway.service.plan_events import ONLY_NOTED
from clearway.service.values import Actor
from clearway.store.effect import JobChange
from clearway.store.rows import Job, Snapshot


def plan_kept_notice(
    deployed: Deployed,
    snapshot: Snapshot,
    actor: Actor,
    job: Job,
    fence: int,
    result: Mapping[str, object],
    now: datetime,
) -> Outcome:
    """A notice was written and sent to nobody; `result` says why. Nothing waits for it."""
    draft = Draft(deployed, actor, "step", now, snapshot=snapshot)
    draft.job = JobChange(job.id, fence, "done", result=result)
    draft.line(
        "only_noted",
        job.element,
        template=job.inputs.get("template"),
        to=job.inputs.get("to"),
        job=job.id,
        because=result[ONLY_NOTED],
    )
    return planned(draft)
