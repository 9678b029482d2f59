"""Cancelling a record."""

from clearway.service.commands import Command, carry_out
from clearway.service.house import House
from clearway.service.parking import park_command
from clearway.service.permissions import cannot_see
from clearway.service.plan_events import plan_cancel
from clearway.service.values import Actor, Done, Refusal
from clearway.store import loading


def cancel(house: House, actor: Actor, key: str, reason: str, *, once: str) -> Done | Refusal:
    """Stop everything that the record does or waits for, with a reason."""
    request = {"key": key, "reason": reason}
    command = Command(actor, "cancel", request, once, cannot_see("record"))
    return carry_out(
        house,
        command,
        lambda transaction, asking: loading.by_key(transaction, asking, key),
        lambda _, deployed, it: plan_cancel(deployed, it, actor, reason, house.now()),
        park_command(command),
    )
