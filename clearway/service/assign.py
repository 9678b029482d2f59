"""Giving a work item to a person."""

from clearway.service.commands import Command, carry_out
from clearway.service.entitled import Candidate
from clearway.service.house import House
from clearway.service.parking import park_command
from clearway.service.permissions import cannot_see
from clearway.service.plan_work import plan_assign
from clearway.service.values import Actor, Done, Refusal
from clearway.store import candidates, loading
from clearway.store.database import Transaction


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
            deployed, it, actor, work_item_id, person, _candidate(transaction, person), house.now()
        ),
        park_command(command),
    )


def _candidate(transaction: Transaction, name: str) -> Candidate | None:
    row = candidates.person(transaction, name)
    return Candidate(row[0], frozenset(row[3]), frozenset(row[2]), row[1]) if row else None
