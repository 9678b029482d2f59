"""The rules of what reaches a record: messages, comments, timers, steps' results, cancelling."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from clearway.engine.values import (
    BroadcastSignal,
    CancelInstance,
    DeliverMessage,
    FailJob,
    FinishJob,
    FireTimer,
)
from clearway.service.deed import Deed
from clearway.service.deployed import Deployed
from clearway.service.entitled import has_role, refuse_unentitled, stand_in_for
from clearway.service.permissions import cannot_see, may_change, refuse_channel
from clearway.service.plan import Outcome, planned
from clearway.service.plan_work import read_form
from clearway.service.reading import has_to_do_with
from clearway.service.reasons import refuse_unexplained
from clearway.service.values import Actor, Refusal
from clearway.store.effect import JobChange, SendMessage
from clearway.store.rows import Job, Message, Snapshot, Subscription, Timer
from processes.blank import is_blank

REPLY = "comment.requester"
"""The message that a public comment of the requester is, to a record that waits for it."""

LINKED_DONE = "linked.done"
"""The message that a cancelled record is, to a record that its end concerns."""
CANCELLED = "cancelled"
"""The state of a record that was cancelled, and the outcome that those who wait for it read."""

ONLY_NOTED = "only_noted"
"""What the result of a step has besides its own when nothing happened outside: why."""
UNREACHED = "unreached"
"""What the result of a notice has when it went to some only: why, for each of the others."""

_ON_TIME = timedelta(minutes=5)
"""A round of a cycle that may be skipped counts as missed when it fires later than this."""
_LONGEST_COMMENT = 20_000


def plan_send(
    deployed: Deployed,
    snapshot: Snapshot,
    actor: Actor,
    wanted: str,
    values: Mapping[str, object],
    now: datetime,
) -> Outcome:
    """A person presses a button of the record, or a channel delivers a message.

    `wanted` is the element id of a waiting event, or a message name. Raises ProcessFault.
    """
    found = waiting_for(snapshot, wanted)
    if found is None:
        return Refusal(
            "not_waiting",
            f"{snapshot.key} does not wait for {wanted} now.",
            "Look at the record to see where it stands.",
        )
    if (refusal := refuse_send(deployed, snapshot, actor, found)) is not None:
        return refusal
    deed = Deed(deployed, actor, "send", now, snapshot=snapshot)
    deed.line("message", found.element, name=found.action or found.name, message=found.name)
    payload = values
    if found.form is not None or actor.is_person:
        filled = read_form(deployed, found.form, values, snapshot.record, now)
        if isinstance(filled, Refusal):
            return filled
        deed.fill(filled, found.element)
        payload = filled.everything
    if actor.is_person:
        # So that a diagram can tell who pressed the button, as it can who replied.
        payload = {**payload, "person": actor.name}
    deed.run(DeliverMessage(found.name, payload, found.element))
    return planned(deed)


def refuse_send(
    deployed: Deployed, snapshot: Snapshot, actor: Actor, event: Subscription
) -> Refusal | None:
    """None when the actor may send what this event waits for.

    Where the diagram says `clearway:only`, the person in that field alone may, or who stands in
    for them; everybody with the role while the field is empty. A button on a task is for the task's
    group, where it is for the task's role. Where it says `clearway:also`, the
    person in that field may as well, or who stands in for them. Where it says `clearway:group`, who
    has the role must be in the group in that field, once there is one. Once the only person has
    left, it is for those with the role in the group that gets work in that person's place.
    """
    info = deployed.elements.get(event.element)
    if event.action is None:
        return refuse_channel(actor, info.channels if info else (), event.name)
    person = _in_field(snapshot, info.only if info else None)
    group = info.group if info else None
    if person is not None and actor.is_person:
        if _is_or_stands_in(actor, snapshot, person):
            return None
        if person not in snapshot.left:
            return Refusal("not_yours", f"{person} has it.", f"Ask {person} to do it.")
        group = group or deployed.group_field_of((info.only if info else None) or "")
    if has_role(actor, event.role, snapshot.requester):
        refusal = _refuse_outsider(_in_field(snapshot, group), actor)
        host = info.attached_to if info else None
        return refusal or _refuse_other_group(host, snapshot, actor, event)
    also = _in_field(snapshot, info.also if info else None)
    if also is not None and _is_or_stands_in(actor, snapshot, also):
        return None
    roles = " or ".join((event.role or "").split())
    return Refusal("not_allowed", f"This is for the role {roles}.", "Ask somebody who has it.")


def _refuse_outsider(group: str | None, actor: Actor) -> Refusal | None:
    if group is None or not actor.is_person or group in actor.groups:
        return None
    return Refusal("not_allowed", f"This is for the group {group}.", f"Ask somebody in {group}.")


def _refuse_other_group(
    host: str | None, snapshot: Snapshot, actor: Actor, event: Subscription
) -> Refusal | None:
    """A button on a task, for the same role as the task, is for the group of the task."""
    item = next((it for it in snapshot.open_items() if it.element == host), None)
    is_same = item is not None and item.role in (event.role or "").split()
    if item is None or not is_same or not actor.is_person or item.assignee == actor.name:
        return None
    return refuse_unentitled(actor, snapshot, item)


def _in_field(snapshot: Snapshot, field: str | None) -> str | None:
    """The name in this field of the record."""
    value = snapshot.record.get(field) if field else None
    return str(value) if value else None


def _is_or_stands_in(actor: Actor, snapshot: Snapshot, person: str) -> bool:
    return actor.is_person and (actor.name == person or stand_in_for(snapshot, person) is not None)


def waiting_for(snapshot: Snapshot, wanted: str) -> Subscription | None:
    """The waiting message event with this element id, or else with this message name."""
    events = [it for it in snapshot.subscriptions if it.kind == "message"]
    by_element = (it for it in events if it.element == wanted)
    by_name = (it for it in events if it.name == wanted)
    return next(by_element, None) or next(by_name, None)


def plan_comment(
    deployed: Deployed,
    snapshot: Snapshot,
    actor: Actor,
    text: str,
    public: bool,
    now: datetime,
    *,
    sees: bool = False,
) -> Outcome:
    """Something is said about the record; what the requester says may be what it waits for.

    Who stands in for the requester speaks for them. `sees`: the actor is known to see the record,
    also by what its history alone knows.
    """
    if not sees and not may_comment(deployed, snapshot, actor):
        return cannot_see("record")
    if not public and not may_change(actor, deployed.roles):
        return Refusal(
            "not_allowed", "Internal comments are for those who work on it.", "Make it public."
        )
    text = text.strip()
    if is_blank(text) or len(text) > _LONGEST_COMMENT:
        too_long = "This takes at most 20000 characters."
        problem = "This must not be empty." if is_blank(text) else too_long
        return Refusal("invalid", problem, "Write something else.", {"text": problem})
    deed = Deed(deployed, actor, "comment", now, snapshot=snapshot)
    asker = snapshot.requester
    is_reply = public and asker is not None and _is_or_stands_in(actor, snapshot, asker)
    spoken_for: Mapping[str, object] = {"for": asker} if is_reply and actor.name != asker else {}
    deed.line("comment", None, text=text, public=public, **spoken_for)
    if is_reply and waiting_for(snapshot, REPLY) is not None:
        deed.run(DeliverMessage(REPLY, {"text": text, "person": actor.name}))
    return planned(deed)


def may_comment(deployed: Deployed, snapshot: Snapshot, actor: Actor) -> bool:
    """Whoever may read the record may comment on it; to be involved is enough."""
    return has_to_do_with(deployed, actor, snapshot)


def plan_message(
    deployed: Deployed, snapshot: Snapshot, actor: Actor, message: Message, now: datetime
) -> Outcome:
    """A message of another record arrives; `not_waiting` when it must go on waiting.

    Raises ProcessFault.
    """
    if snapshot.ended_at is not None:
        return Refusal("already_done", f"{snapshot.key} has ended.", "")
    kind = message.kind
    if all((it.kind, it.name) != (kind, message.name) for it in snapshot.subscriptions):
        return Refusal("not_waiting", f"{snapshot.key} does not wait for {message.name}.", "")
    deed = Deed(deployed, actor, "message", now, snapshot=snapshot)
    deed.line("message", None, name=message.name, message=message.name, id=message.id)
    if kind == "signal":
        deed.run(BroadcastSignal(message.name))
    else:
        deed.run(DeliverMessage(message.name, message.payload))
    deed.settled_message = (message.id, "caught")
    return planned(deed)


def plan_timer(
    deployed: Deployed, snapshot: Snapshot, actor: Actor, timer: Timer, now: datetime
) -> Outcome:
    """Something is due. Raises ProcessFault."""
    deed = Deed(deployed, actor, "timer", now, snapshot=snapshot)
    was_missed = timer.missed == "skip" and now - timer.due_at > _ON_TIME
    if was_missed:
        deed.line("skipped", timer.element, due=timer.due_at)
    turn = deed.run(FireTimer(timer.token, 0 if was_missed else 1))
    if not turn.caught and timer.token not in deed.cleared_timers:
        # Nothing waits for it any more: it must not come back again and again.
        deed.cleared_timers.append(timer.token)
        deed.line("skipped", timer.element, due=timer.due_at)
    return planned(deed)


def plan_finished_job(
    deployed: Deployed,
    snapshot: Snapshot,
    actor: Actor,
    job: Job,
    fence: int,
    result: Mapping[str, object],
    now: datetime,
) -> Outcome:
    """A step has answered, or a notice did not reach everybody. Raises ProcessFault."""
    deed = Deed(deployed, actor, "step", now, snapshot=snapshot)
    deed.job = JobChange(job.id, fence, "done", result=result)
    is_notice = job.token is None
    for kind in (ONLY_NOTED, UNREACHED) if is_notice else (ONLY_NOTED,):
        if because := result.get(kind):
            notice = {name: job.inputs[name] for name in ("template", "to") if name in job.inputs}
            what: Mapping[str, object] = notice if is_notice else {"step": job.step}
            deed.line(kind, job.element, **what, job=job.id, because=because)
    # Nothing in the process waits for a notice.
    if job.token is not None:
        deed.line("answered", job.element, step=job.step, job=job.id, attempts=job.attempts)
        deed.run(FinishJob(job.token, result))
    return planned(deed)


def plan_failed_job(
    deployed: Deployed,
    snapshot: Snapshot,
    actor: Actor,
    job: Job,
    fence: int,
    code: str,
    error: str,
    now: datetime,
) -> Outcome:
    """A step has raised what the diagram may catch. Raises ProcessFault when it does not."""
    deed = Deed(deployed, actor, "step", now, snapshot=snapshot)
    deed.job = JobChange(job.id, fence, "done", result={"error": code}, last_error=error)
    deed.line("failed", job.element, step=job.step, job=job.id, code=code, error=error)
    deed.run(FailJob(job.token or "", code, error))
    return planned(deed)


def plan_cancel(
    deployed: Deployed,
    snapshot: Snapshot,
    actor: Actor,
    reason: str,
    now: datetime,
    concerned: Sequence[str] = (),
) -> Outcome:
    """Everything stops, with a reason; who may is in the table of permissions.

    The records that its end concerns are told.
    """
    if snapshot.ended_at is not None:
        return Refusal("already_done", f"{snapshot.key} has ended already.", "Nothing is left.")
    reason = reason.strip()
    if (refusal := refuse_unexplained(reason)) is not None:
        return refusal
    deed = Deed(deployed, actor, "cancel", now, snapshot=snapshot)
    deed.line("cancelled_record", None, reason=reason)
    for key in concerned:
        told = {"key": snapshot.key, "outcome": CANCELLED}
        deed.messages.append(SendMessage(LINKED_DONE, key, None, told, expires_at=now))
        deed.line("sent", None, message=LINKED_DONE, to=key)
    deed.run(CancelInstance())
    # No token is left to show a state, and where it stood is not where it is.
    deed.state = CANCELLED
    return planned(deed)
