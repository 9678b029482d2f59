"""Completing a work item with the values of its form."""

from collections.abc import Mapping

from clearway.service.commands import Command, carry_out
from clearway.service.deployed import Deployed
from clearway.service.house import House
from clearway.service.naming import refuse_unfit
from clearway.service.parking import park_command
from clearway.service.permissions import cannot_see
from clearway.service.plan import Outcome
from clearway.service.plan_work import plan_complete, refuse_work
from clearway.service.referring import Filling
from clearway.service.values import Actor, Done, Refusal
from clearway.store import loading
from clearway.store.database import Transaction
from clearway.store.rows import Snapshot


def complete(
    house: House, actor: Actor, work_item_id: int, values: Mapping[str, object], *, once: str
) -> Done | Refusal:
    """Write the form's values into the record and let the process go on."""
    request = {"work_item_id": work_item_id, "values": values}
    command = Command(actor, "complete", request, once, cannot_see("task"))

    def plan(transaction: Transaction, deployed: Deployed, snapshot: Snapshot) -> Outcome:
        item = snapshot.work_item(work_item_id)
        if item is not None and refuse_work(actor, snapshot, item) is None:
            filling = Filling(house, transaction, actor, deployed, snapshot)
            unfit = refuse_unfit(filling, deployed.form(item.form), values)
            if unfit is not None:
                return unfit
        return plan_complete(deployed, snapshot, actor, work_item_id, values, house.now())

    return carry_out(
        house,
        command,
        lambda transaction, asking: loading.by_work_item(transaction, asking, work_item_id),
        plan,
        park_command(command),
    )
