"""The page of one record."""

from clearway.service.deployed import Deployed
from clearway.service.entitled import has_role
from clearway.service.house import House
from clearway.service.permissions import refuse_unless
from clearway.service.plan_events import refuse_send
from clearway.service.plan_start import may_start
from clearway.service.reading import item_view, readable
from clearway.service.values import ActionView, Actor, FaultView, RecordView, Refusal
from clearway.store import record_pages
from clearway.store.rows import Snapshot


def record(house: House, actor: Actor, key: str) -> RecordView | Refusal:
    """All that the record's page shows to the actor besides its history."""
    snapshot = readable(house, actor, key)
    if isinstance(snapshot, Refusal):
        return snapshot
    deployed = house.version(snapshot.version_id)
    extras = house.store.ask(lambda it: record_pages.extras(it, snapshot.instance_id, snapshot.key))
    return RecordView(
        key=snapshot.key,
        process=snapshot.process,
        process_title=deployed.title,
        version=deployed.number,
        title=snapshot.title,
        state=snapshot.state,
        requester=snapshot.requester,
        schema=deployed.record_schema.schema,
        values=snapshot.record,
        started_at=snapshot.started_at,
        changed_at=extras.changed_at,
        ended_at=snapshot.ended_at,
        tasks=[item_view(deployed, snapshot, item, actor) for item in snapshot.open_items()],
        actions=_actions(deployed, snapshot, actor),
        faults=[
            FaultView(
                fault.id,
                fault.element,
                fault.cause,
                fault.remedy,
                fault.who_can_fix,
                extras.raised[fault.id],
                refuse_unless(actor, "retry") is None or has_role(actor, fault.who_can_fix, None),
            )
            for fault in snapshot.faults
        ],
        links=extras.links,
        attachments=extras.attachments,
        may_comment=True,
        may_cancel=snapshot.ended_at is None and refuse_unless(actor, "cancel") is None,
        may_open_again=snapshot.ended_at is not None and _may_open(house, actor, deployed),
        held=_held(deployed, snapshot),
    )


def _held(deployed: Deployed, snapshot: Snapshot) -> dict[str, str]:
    """The fields in which the holder of an open task stands, each with the name of the task."""
    taken = [deployed.elements[it.element] for it in snapshot.open_items() if it.assignee]
    return {it.holder: it.name or it.id for it in taken if it.holder}


def _may_open(house: House, actor: Actor, deployed: Deployed) -> bool:
    """Whether the newest version lets the actor open another record of the process."""
    newest = house.last_known(deployed.process) or deployed
    event = newest.start_event(None)
    return event is not None and may_start(actor, event)


def _actions(deployed: Deployed, snapshot: Snapshot, actor: Actor) -> list[ActionView]:
    found: list[ActionView] = []
    for event in snapshot.subscriptions:
        if event.kind != "message" or event.action is None:
            continue
        if refuse_send(deployed, snapshot, actor, event) is None:
            form = deployed.form(event.form)
            found.append(ActionView(event.element, event.action, form.schema if form else None))
    return found
