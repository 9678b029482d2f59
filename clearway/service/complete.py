"""Completing a work item with the values of its form."""

from collections.abc import Mapping

from clearway.service.commands import Command, carry_out
from clearway.service.house import House
from clearway.service.parking import park_command
from clearway.service.permissions import cannot_see
from clearway.service.plan_work import plan_complete
from clearway.service.values import Actor, Done, Refusal
from clearway.store import loading


def complete(
    house: House, actor: Actor, work_item_id: int, values: Mapping[str, object], *, once: str
) -> Done | Refusal:
    """Write the form's values into the record and let the process go on."""
    request = {"work_item_id": work_item_id, "values": values}
    command = Command(actor, "complete", request, once, cannot_see("task"))
    return carry_out(
        house,
        command,
        lambda transaction, asking: loading.by_work_item(transaction, asking, work_item_id),
        lambda _, deployed, it: plan_complete(
            deployed, it, actor, work_item_id, values, house.now()
        ),
        park_command(command),
    )
