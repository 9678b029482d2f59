"""Commenting on a record."""

from clearway.service.commands import Command, carry_out
from clearway.service.house import House
from clearway.service.parking import park_command
from clearway.service.permissions import cannot_see
from clearway.service.plan_events import plan_comment
from clearway.service.values import Actor, Done, Refusal
from clearway.store import loading


def comment(
    house: House, actor: Actor, key: str, text: str, *, public: bool, once: str
) -> Done | Refusal:
    """Say something about the record; internal comments are not shown to its requester."""
    request = {"key": key, "text": text, "public": public}
    command = Command(actor, "comment", request, once, cannot_see("record"))
    return carry_out(
        house,
        command,
        lambda transaction, asking: loading.by_key(transaction, asking, key),
        lambda _, deployed, it: plan_comment(deployed, it, actor, text, public, house.now()),
        park_command(command),
    )
