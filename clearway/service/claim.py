"""Claiming a work item, and giving it back."""

from clearway.service.commands import Command, carry_out
from clearway.service.holding import holding_of
from clearway.service.house import House
from clearway.service.parking import park_command
from clearway.service.permissions import cannot_see
from clearway.service.plan_work import plan_claim, plan_unclaim
from clearway.service.values import Actor, Done, Refusal
from clearway.store import loading


def claim(house: House, actor: Actor, work_item_id: int, *, once: str) -> Done | Refusal:
    """The actor takes a work item that nobody has, or somebody who may not do it."""
    command = _command(actor, "claim", work_item_id, once)
    return carry_out(
        house,
        command,
        lambda transaction, asking: loading.by_work_item(transaction, asking, work_item_id),
        lambda transaction, deployed, it: plan_claim(
            deployed,
            it,
            actor,
            work_item_id,
            house.now(),
            holding_of(transaction, actor, it, work_item_id, house.now()),
        ),
        park_command(command),
    )


def unclaim(house: House, actor: Actor, work_item_id: int, *, once: str) -> Done | Refusal:
    """The work item goes back to all who may claim it."""
    command = _command(actor, "unclaim", work_item_id, once)
    return carry_out(
        house,
        command,
        lambda transaction, asking: loading.by_work_item(transaction, asking, work_item_id),
        lambda transaction, deployed, it: plan_unclaim(
            deployed,
            it,
            actor,
            work_item_id,
            house.now(),
            holding_of(transaction, actor, it, work_item_id, house.now()),
        ),
        park_command(command),
    )


def _command(actor: Actor, name: str, work_item_id: int, once: str) -> Command:
    return Command(actor, name, {"work_item_id": work_item_id}, once, cannot_see("task"))
