"""Whether a reader may see a record, and the parts that several pages show of it."""

from collections.abc import Sequence

from clearway.service.deployed import Deployed
from clearway.service.entitled import has_role, holder_of, left_by, refuse_claim
from clearway.service.house import House
from clearway.service.permissions import cannot_see, may_read
from clearway.service.values import Actor, Refusal, WorkItemView
from clearway.store import histories, links, loading
from clearway.store.database import Transaction
from clearway.store.loading import Asking
from clearway.store.rows import Snapshot, WorkItem


def readable(house: House, actor: Actor, key: str) -> Snapshot | Refusal:
    """The record as it stands, if the actor may see it."""
    asking = Asking(actor.name, house.now())
    snapshot = house.store.look(lambda it: loading.look_by_key(it, asking, key))
    if snapshot is None or not may_see(house, actor, snapshot):
        return cannot_see("record")
    return snapshot


def may_see(house: House, actor: Actor, snapshot: Snapshot) -> bool:
    """Whether the actor works in its process, asked for it, or has or had a part in it."""
    deployed = house.version(snapshot.version_id)
    return has_to_do_with(deployed, actor, snapshot) or house.store.ask(
        lambda it: histories.took_part(it, snapshot.instance_id, actor.name)
    )


def may_see_within(
    transaction: Transaction, deployed: Deployed, actor: Actor, snapshot: Snapshot
) -> bool:
    """The same, asked inside a command's transaction."""
    return has_to_do_with(deployed, actor, snapshot) or links.took_part(
        transaction, snapshot.instance_id, actor.name
    )


def has_to_do_with(deployed: Deployed, actor: Actor, snapshot: Snapshot) -> bool:
    """The same without a look into history, for who had a part in it."""
    return may_read(
        actor,
        process_roles=deployed.readers,
        requester=snapshot.requester,
        involved=_involved(deployed, snapshot),
    ) or _has_seat(deployed, actor, snapshot)


def item_view(deployed: Deployed, snapshot: Snapshot, item: WorkItem, actor: Actor) -> WorkItemView:
    """The line of a work item; whether the actor may claim it is known without the registry."""
    is_free = item.rule is None and item.closed_at is None and holder_of(snapshot, item) is None
    return WorkItemView(
        id=item.id,
        key=snapshot.key,
        title=snapshot.title,
        process=snapshot.process,
        process_title=deployed.title,
        element=item.element,
        name=item.name,
        role=item.role,
        group=item.group,
        assignee=item.assignee,
        state=snapshot.state,
        priority=snapshot.record.get("priority"),
        opened_at=item.opened_at,
        due_at=item.due_at,
        is_approval=item.rule is not None,
        may_claim=is_free and refuse_claim(actor, snapshot, item) is None,
        has_left=left_by(snapshot, item) is not None,
    )


def _involved(deployed: Deployed, snapshot: Snapshot) -> Sequence[str]:
    items = snapshot.open_items()
    people = [person for done in snapshot.done_by.values() for person in done]
    people += deployed.named_in(snapshot.record)
    people += [item.assignee for item in items if item.assignee]
    people += [seat.person for it in items if it.round for seat in it.round.seats if seat.person]
    return people


def _has_seat(deployed: Deployed, actor: Actor, snapshot: Snapshot) -> bool:
    """Whether something waits for one of the actor's roles, or for whom the actor stands in.

    Who asked for it is stood in for as who has a part in it.
    """
    roles = {
        seat.role
        for it in snapshot.open_items()
        if it.round
        for seat in it.round.seats
        if seat.role
    }
    standing_in = {it.person for it in snapshot.stands_in_for}
    return (
        any(role in actor.roles for role in roles)
        or any(roles & it.roles for it in snapshot.stands_in_for)
        or snapshot.requester in standing_in
        or any(person in standing_in for person in _involved(deployed, snapshot))
        or any(
            it.role is not None and has_role(actor, it.role, snapshot.requester)
            for it in snapshot.open_items()
        )
    )
