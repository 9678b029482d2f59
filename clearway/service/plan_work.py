"""The rules of working on a work item: claim, give back, assign, complete."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from clearway.engine.values import CompleteWorkItem, Wake
from clearway.service.deed import Deed
from clearway.service.deployed import Deployed
from clearway.service.entitled import (
    UNASKED,
    Candidate,
    Holding,
    Named,
    acts_as,
    holder_of,
    left_by,
    refuse_candidate,
    refuse_claim,
    refuse_closed,
    refuse_completion,
    refuse_giving,
    refuse_release,
)
from clearway.service.forms import Filled
from clearway.service.permissions import cannot_see
from clearway.service.plan import Outcome, Plan, planned
from clearway.service.values import Actor, Refusal
from clearway.store.rows import Snapshot, WorkItem


def plan_claim(
    deployed: Deployed,
    snapshot: Snapshot,
    actor: Actor,
    work_item_id: int,
    now: datetime,
    holding: Holding = UNASKED,
) -> Outcome:
    """The actor takes an open work item that nobody has, or somebody who may not do it."""
    item = snapshot.work_item(work_item_id)
    if item is None:
        return cannot_see("task")
    refusal = (
        refuse_closed(item)
        or refuse_claim(actor, snapshot, item, holding, deployed.name_of)
        or _refuse_approval(item)
    )
    if refusal is not None:
        return refusal
    return _given(deployed, snapshot, actor, "claim", item, actor.name, now)


def plan_unclaim(
    deployed: Deployed,
    snapshot: Snapshot,
    actor: Actor,
    work_item_id: int,
    now: datetime,
    holding: Holding = UNASKED,
) -> Outcome:
    """The work item goes back to all who may claim it, by who has it or who decides about it."""
    item = snapshot.work_item(work_item_id)
    if item is None:
        return cannot_see("task")
    if (refusal := refuse_closed(item)) is not None:
        return refusal
    if item.assignee is None:
        return Refusal("not_yours", "Nobody has it.", "Claim it first.")
    if (refusal := refuse_release(actor, snapshot, item, holding)) is not None:
        return refusal
    return _given(deployed, snapshot, actor, "unclaim", item, None, now)


def plan_assign(
    deployed: Deployed,
    snapshot: Snapshot,
    actor: Actor,
    work_item_id: int,
    name: str,
    person: Candidate | None,
    now: datetime,
    holding: Holding = UNASKED,
) -> Outcome:
    """The work item is given to a person who may do it.

    Who has it, who leads its group and who owns the process decide; while nobody has it, whoever
    may do it.
    """
    item = snapshot.work_item(work_item_id)
    if item is None:
        return cannot_see("task")
    if (refusal := refuse_closed(item) or _refuse_approval(item)) is not None:
        return refusal
    if (refusal := refuse_giving(actor, snapshot, item, holding)) is not None:
        return refusal
    if (refusal := refuse_candidate(person, name, item, snapshot.requester)) is not None:
        return refusal
    return _given(deployed, snapshot, actor, "assign", item, name, now)


def plan_complete(
    deployed: Deployed,
    snapshot: Snapshot,
    actor: Actor,
    work_item_id: int,
    values: Mapping[str, object],
    now: datetime,
) -> Outcome:
    """The form's values go into the record, and the process goes on.

    Raises ProcessFault when the process itself fails.
    """
    item = snapshot.work_item(work_item_id)
    if item is None:
        return cannot_see("task")
    if (refusal := refuse_work(actor, snapshot, item, deployed.name_of)) is not None:
        return refusal
    filled = read_form(deployed, item.form, values, snapshot.record, now)
    if isinstance(filled, Refusal):
        return filled
    deed = Deed(deployed, actor, "complete", now, snapshot=snapshot)
    people = acts_as(actor, snapshot, item)
    took_over = holder_of(snapshot, item) is None and len(people) == 1
    left = left_by(snapshot, item) if took_over else None
    deed.line(
        "done",
        item.element,
        name=item.name,
        form=deployed.file_hash(item.form),
        **({"for": people[1]} if len(people) > 1 else {}),
        **({"left_by": left} if left else {}),
    )
    deed.fill(filled, item.element)
    if took_over:
        deed.name_holder(item, actor.name)
    deed.complete(item, people)
    deed.run(CompleteWorkItem(item.token))
    return planned(deed, work_item_id)


def refuse_work(
    actor: Actor, snapshot: Snapshot, item: WorkItem, named: Named = str
) -> Refusal | None:
    """None when the actor may complete this work item with its form."""
    return (
        refuse_closed(item)
        or _refuse_approval(item)
        or refuse_completion(actor, snapshot, item, named)
    )


def read_form(
    deployed: Deployed,
    path: str | None,
    values: Mapping[str, object],
    record: Mapping[str, object],
    now: datetime,
) -> Filled | Refusal:
    """The values through this form; without a form nothing can be given."""
    form = deployed.form(path)
    if form is not None:
        return form.read(values, record, now)
    if values:
        problems = dict.fromkeys(values, "There is no form here.")
        return Refusal("invalid", "No values can be given here.", "Send it without any.", problems)
    return Filled({}, (), {}, {})


def _given(
    deployed: Deployed,
    snapshot: Snapshot,
    actor: Actor,
    command: str,
    item: WorkItem,
    person: str | None,
    now: datetime,
) -> Outcome:
    deed = Deed(deployed, actor, command, now, snapshot=snapshot)
    if item.assignee == person:
        return Plan(None, replace(deed.done(item.id), revision=snapshot.revision))
    deed.give(item, person, item.excluded)
    left = {"left": True} if left_by(snapshot, item) else {}
    deed.line(
        "given",
        item.element,
        name=item.name,
        work_item=item.id,
        before=item.assignee,
        after=person,
        **left,
    )
    deed.name_holder(item, person)
    if deed.changed_fields and deployed.blueprint.has_conditions:
        deed.run(Wake())
    return planned(deed, item.id)


def _refuse_approval(item: WorkItem) -> Refusal | None:
    if item.rule is None:
        return None
    return Refusal(
        "not_allowed", "This is decided by the votes of its seats.", "Vote for your seat instead."
    )
