"""Casting a ballot for a seat of an approval."""

from dataclasses import asdict

from clearway.service.commands import Command, carry_out
from clearway.service.house import House
from clearway.service.parking import park_command
from clearway.service.permissions import cannot_see
from clearway.service.plan_vote import Vote, plan_vote
from clearway.service.values import Actor, Done, Refusal
from clearway.store import loading


def vote(
    house: House,
    actor: Actor,
    work_item_id: int,
    seat: str,
    choice: str,
    *,
    reason: str = "",
    conditions: str = "",
    independent: bool | None = None,
    read: int | None = None,
    once: str,
) -> Done | Refusal:
    """Cast or replace the seat's ballot; `conditions` has one condition on each line.

    `independent` is what the voter says of an interest in the outcome, None where they were not
    asked. `read` is the revision of the round that the voter has read: refused as stale when it is
    another one now, because what is voted on has changed; None takes whichever is open.
    Whoever has cast for another seat of the round moves their ballot: the last one counts.
    When the ballot decides the round, the approval completes with the result.
    """
    ballot = Vote(seat, choice, reason, conditions, read, independent)
    request = {"work_item_id": work_item_id, **asdict(ballot)}
    command = Command(actor, "vote", request, once, cannot_see("task"))
    return carry_out(
        house,
        command,
        lambda transaction, asking: loading.by_work_item(transaction, asking, work_item_id),
        lambda _, deployed, it: plan_vote(
            deployed, it, actor, work_item_id, ballot, house.rules, house.now()
        ),
        park_command(command),
    )
