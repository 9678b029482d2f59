"""Commenting on a record."""

from clearway.service.commands import Command, carry_out
from clearway.service.deployed import Deployed
from clearway.service.house import House
from clearway.service.parking import park_command
from clearway.service.permissions import cannot_see
from clearway.service.plan import Outcome
from clearway.service.plan_events import plan_comment
from clearway.service.reading import may_see_within
from clearway.service.values import Actor, Done, Refusal
from clearway.store import loading
from clearway.store.database import Transaction
from clearway.store.rows import Snapshot


def comment(
    house: House, actor: Actor, key: str, text: str, *, public: bool, once: str
) -> Done | Refusal:
    """Say something about the record; internal comments are not shown to its requester.

    Whoever may read it may comment on it.
    """
    request = {"key": key, "text": text, "public": public}
    command = Command(actor, "comment", request, once, cannot_see("record"))

    def plan(transaction: Transaction, deployed: Deployed, snapshot: Snapshot) -> Outcome:
        sees = may_see_within(transaction, deployed, actor, snapshot)
        return plan_comment(deployed, snapshot, actor, text, public, house.now(), sees=sees)

    return carry_out(
        house,
        command,
        lambda transaction, asking: loading.by_key(transaction, asking, key),
        plan,
        park_command(command),
    )
