"""Cancelling a record."""

from clearway.service.commands import Command, carry_out
from clearway.service.deployed import Deployed
from clearway.service.house import House
from clearway.service.parking import park_command
from clearway.service.permissions import cannot_see
from clearway.service.plan import Outcome
from clearway.service.plan_events import plan_cancel
from clearway.service.values import Actor, Done, Refusal
from clearway.store import links, loading
from clearway.store.database import Transaction
from clearway.store.rows import Snapshot


def cancel(house: House, actor: Actor, key: str, reason: str, *, once: str) -> Done | Refusal:
    """Stop everything that the record does or waits for, with a reason.

    Records that wait for it, that were to be resolved by it or that are part of it are told (the
    message `linked.done`), if they listen now.
    """
    request = {"key": key, "reason": reason}
    command = Command(actor, "cancel", request, once, cannot_see("record"))

    def plan(transaction: Transaction, deployed: Deployed, it: Snapshot) -> Outcome:
        concerned = links.concerned(transaction, key)
        return plan_cancel(deployed, it, actor, reason, house.now(), concerned)

    return carry_out(
        house,
        command,
        lambda transaction, asking: loading.by_key(transaction, asking, key),
        plan,
        park_command(command),
    )
