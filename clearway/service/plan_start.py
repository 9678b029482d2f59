"""The rules of opening a record: where, by whom, and with what."""

from collections.abc import Mapping
from datetime import datetime

from clearway.engine.values import Start
from clearway.service.deed import Deed
from clearway.service.deployed import Deployed, StartEvent
from clearway.service.forms import Filled, Form
from clearway.service.permissions import REQUESTER, SYSTEM_ROLE, refuse_channel
from clearway.service.plan import Outcome, planned
from clearway.service.values import Actor, Refusal


def refuse_start(
    deployed: Deployed,
    actor: Actor,
    event: str | None,
    values: Mapping[str, object],
    now: datetime,
) -> Refusal | None:
    """None when the actor may open a record there with these values."""
    found = deployed.start_event(event)
    if found is None:
        return _no_such_start(deployed, event)
    if found.message is not None and found.action is None:
        refusal = refuse_channel(actor, deployed.elements[found.element].channels, found.label)
    else:
        refusal = _not_entitled(actor, found)
    if refusal is not None:
        return refusal
    filled = _read(deployed, actor, found, values, now)
    return filled if isinstance(filled, Refusal) else None


def plan_start(
    deployed: Deployed,
    actor: Actor,
    event: str | None,
    values: Mapping[str, object],
    key: str,
    now: datetime,
    *,
    follows: str | None = None,
    message: int | None = None,
) -> Outcome:
    """Open the record `key`; `refuse_start` is asked first. Raises ProcessFault.

    `follows` is the key of the record that this one takes up again, `message` the id of the
    message of another record that opens it.
    """
    found = deployed.start_event(event)
    if found is None:
        return _no_such_start(deployed, event)
    filled = _read(deployed, actor, found, values, now)
    if isinstance(filled, Refusal):
        return filled
    deed = Deed(deployed, actor, "start", now, key=key)
    deed.line(
        "opened",
        found.element,
        name=found.label,
        form=deployed.file_hash(f"{deployed.process}/forms/{found.element}.json"),
        version=deployed.number,
        hash=deployed.hash,
        **({} if message is None else {"message": message}),
    )
    if follows is not None:
        deed.line("linked", None, link="follows", to=follows)
    deed.fill(filled, found.element)
    if (
        actor.is_person
        and deployed.requester_field
        and not deed.record.get(deployed.requester_field)
    ):
        deed.change(deployed.requester_field, actor.name, found.element)
    opener = deployed.elements[found.element].holder
    if actor.is_person and opener is not None:
        deed.change(opener, actor.name, found.element)
    payload: Mapping[str, object] = filled.everything if found.message else {}
    deed.run(Start(found.element if found.message else None, payload))
    return planned(deed)


def may_start(actor: Actor, event: StartEvent) -> bool:
    """Whether the actor is who the lane of the start event names."""
    return _not_entitled(actor, event) is None


def _read(
    deployed: Deployed,
    actor: Actor,
    event: StartEvent,
    values: Mapping[str, object],
    now: datetime,
) -> Filled | Refusal:
    form: Form | None = deployed.form_of(event.element)
    if form is not None:
        return form.read(values, {}, now)
    if event.message is not None and not actor.is_person:
        return Filled({}, (), {}, dict(values))
    if values:
        problems = dict.fromkeys(values, "There is no form here.")
        return Refusal("invalid", "No values can be given here.", "Send it without any.", problems)
    return Filled({}, (), {}, {})


def _not_entitled(actor: Actor, event: StartEvent) -> Refusal | None:
    # Whoever asks is the requester of what is opened, so a person needs that role itself here.
    roles = (event.role or "").split()
    if not roles or actor.roles & set(roles):
        return None
    if not actor.is_person and SYSTEM_ROLE in actor.roles:
        return None
    who = " or ".join(roles) if roles != [REQUESTER] else "everybody with the role requester"
    return Refusal(
        "not_allowed", f"{event.label} is for {who}.", "Ask somebody with that role to open it."
    )


def _no_such_start(deployed: Deployed, event: str | None) -> Refusal:
    return Refusal(
        "not_found",
        f"{deployed.title} cannot be started at {event}."
        if event
        else f"{deployed.title} starts by a message only.",
        "Look at its diagram for its start events.",
    )
