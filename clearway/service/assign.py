"""Giving a work item to a person."""

from clearway.service.commands import Command, carry_out
from clearway.service.holding import candidate, holding_of
from clearway.service.house import House
from clearway.service.parking import park_command
from clearway.service.permissions import cannot_see
from clearway.service.plan_work import plan_assign
from clearway.service.values import Actor, Done, Refusal
from clearway.store import loading


def assign(
    house: House, actor: Actor, work_item_id: int, person: str, *, once: str
) -> Done | Refusal:
    """The work item is given to `person`, who must be entitled to it."""
    request = {"work_item_id": work_item_id, "person": person}
    command = Command(actor, "assign", request, once, cannot_see("task"))
    return carry_out(
        house,
        command,
        lambda transaction, asking: loading.by_work_item(transaction, asking, work_item_id),
        lambda transaction, deployed, it: plan_assign(
            deployed,
            it,
            actor,
            work_item_id,
            person,
            candidate(transaction, person, it.work_item(work_item_id), house.now()),
            house.now(),
            holding_of(transaction, actor, it, work_item_id, house.now()),
        ),
        park_command(command),
    )
