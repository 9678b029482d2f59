"""The way of a command: load under a lock, plan, write, commit; and what happens when it fails."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, cast

from clearway.engine.values import ProcessFault
from clearway.service.deployed import Deployed
from clearway.service.house import House
from clearway.service.permissions import refuse_unless
from clearway.service.plan import Outcome, Plan
from clearway.service.plan_fault import Parked, faulted, plan_fault
from clearway.service.reading import may_see_within
from clearway.service.values import Actor, Done, Refusal
from clearway.store import faults, links
from clearway.store.database import Transaction
from clearway.store.jsonb import NotJson
from clearway.store.loading import Asking, Loaded
from clearway.store.registry_log import request_hash
from clearway.store.rows import FirstAnswer, Snapshot
from clearway.store.writing import keep_answer, write

_log = logging.getLogger(__name__)
LONGEST_KEY = 400
"""Characters of an idempotency key."""
_KEPT = tuple(field.name for field in fields(Done) if field.name != "repeated")


@dataclass(frozen=True)
class Command:
    """What is asked for: by whom, under which idempotency key, in which words.

    `once` is empty only for what the platform does by itself and guards by locks and fences.
    `missing` is what is answered when there is no such instance, and to whoever may not see it.
    """

    actor: Actor
    name: str
    request: Mapping[str, object]
    once: str
    missing: Refusal


class _Unready(Exception):
    """The version is not in memory: it is built outside the transaction, and then again."""

    def __init__(self, version_id: int) -> None:
        super().__init__(version_id)
        self.version_id = version_id


Load = Callable[[Transaction, Asking], Loaded | None]
Planning = Callable[[Transaction, Deployed, Snapshot], Outcome]
Park = Callable[[Snapshot], Parked | None]
"""What to keep of a failed command; None: it is over already, and nothing is to be kept."""


def carry_out(
    house: House,
    command: Command,
    load: Load,
    plan: Planning,
    park: Park,
    first: Callable[[Transaction], Done | Refusal | None] = lambda _: None,
) -> Done | Refusal:
    """Run one command on one instance, in one transaction.

    What `first` answers is the answer already: nothing is loaded then. When the process itself
    fails, a second transaction keeps the fault and what `park` names. Raises StoreError when the
    database stays away.
    """
    refusal = refuse_command(command)
    if refusal is not None:
        return refusal
    try:
        hashed = hash_of(command)
    except NotJson as error:
        return Refusal("invalid", str(error), "Correct the values and send them again.")

    def attempt(transaction: Transaction) -> Done | Refusal:
        if (done := first(transaction)) is not None:
            return done
        loaded = load(transaction, _asking(house, command))
        if loaded is None:
            return command.missing
        if loaded.answered is not None:
            return repeated(loaded.answered, command, hashed)
        deployed = ready(house, loaded.snapshot)
        snapshot = with_links(transaction, deployed, loaded.snapshot)
        outcome = plan(transaction, deployed, snapshot)
        if isinstance(outcome, Refusal):
            return _told(transaction, deployed, snapshot, command, outcome)
        return record(transaction, outcome, command, hashed, house.now())

    try:
        return run(house, attempt)
    except ProcessFault as fault:
        return keep_fault(house, command, load, park, fault)


def run(house: House, attempt: Callable[[Transaction], Done | Refusal]) -> Done | Refusal:
    """Run a transaction, as often as versions have to be built for it."""
    while True:
        try:
            return house.store.command(attempt, changed=_changed)
        except _Unready as unready:
            house.version(unready.version_id)


def record(
    transaction: Transaction, plan: Plan, command: Command, hashed: str, now: datetime
) -> Done:
    """Write a plan with its answer."""
    answer = FirstAnswer(command.name, hashed, _kept(plan.done)) if command.once else None
    if plan.effect is None:
        # There was nothing to do, and nothing is done when it is delivered again later.
        if answer is not None:
            keep_answer(transaction, command.once, answer, now)
        return plan.done
    effect = plan.effect
    if answer is not None:
        effect = replace(effect, answer=(command.once, answer))
    return replace(plan.done, instance_id=write(transaction, effect))


def refuse_command(command: Command) -> Refusal | None:
    """None when the actor may run such commands and the idempotency key can be one."""
    if len(command.once) > LONGEST_KEY or "\0" in command.once:
        return Refusal(
            "invalid", f"An idempotency key has at most {LONGEST_KEY} characters.", "Shorten it."
        )
    return refuse_unless(command.actor, command.name) if command.once else None


def hash_of(command: Command) -> str:
    """What tells a repeated request from another one. Raises NotJson."""
    return request_hash(command.name, {"actor": command.actor.name, **command.request})


def repeated(first: FirstAnswer, command: Command, hashed: str) -> Done | Refusal:
    """The first answer again; a Refusal when the key was used for something else."""
    if (first.command, first.request_hash) != (command.name, hashed):
        return Refusal(
            "conflict",
            "This idempotency key was used for another command.",
            "Send the command with a new key.",
        )
    return Done(**cast(dict[str, Any], first.answer), repeated=True)


def _asking(house: House, command: Command) -> Asking:
    return Asking(command.actor.name, house.now(), command.once)


def ready(house: House, snapshot: Snapshot) -> Deployed:
    """The version of an instance; inside `run`, which builds it when it is not in memory."""
    deployed = house.ready(snapshot.version_id)
    if deployed is None:
        raise _Unready(snapshot.version_id)
    return deployed


def with_links(transaction: Transaction, deployed: Deployed, snapshot: Snapshot) -> Snapshot:
    """With the links that lead to it, where the version asks for them.

    Under the lock, so that none is missed that somebody just made.
    """
    if not deployed.blueprint.asks_links:
        return snapshot
    return replace(snapshot, linked=links.leading_to(transaction, snapshot.key))


def _told(
    transaction: Transaction,
    deployed: Deployed,
    snapshot: Snapshot,
    command: Command,
    refusal: Refusal,
) -> Refusal:
    """A refusal says who has a thing and how it stands: only to those who may see it.

    Asked only after a refusal, so that what is carried out pays nothing for it.
    """
    actor = command.actor
    if not actor.is_person or may_see_within(transaction, deployed, actor, snapshot):
        return refusal
    return command.missing


def keep_fault(
    house: House,
    command: Command,
    load: Load,
    park: Park,
    fault: ProcessFault,
) -> Done | Refusal:
    """Write the fault beside the instance, in a transaction of its own; answers a Refusal."""
    _log.warning("%s by %s failed: %s", command.name, command.actor.name, fault)
    told = faulted(fault)

    def attempt(transaction: Transaction) -> Done | Refusal:
        loaded = load(transaction, replace(_asking(house, command), once=""))
        if loaded is None:
            return told
        snapshot, deployed = loaded.snapshot, ready(house, loaded.snapshot)
        parked = park(snapshot)
        if parked is None:
            return told
        actor, now = command.actor, house.now()
        again = command.name == "retry" or (
            "id" in parked.trigger
            and faults.was_retried(transaction, snapshot.instance_id, parked.trigger)
        )
        plan = plan_fault(deployed, snapshot, actor, command.name, fault, parked, now, again=again)
        record(transaction, plan, replace(command, once=""), "", now)
        return Done(key=snapshot.key)

    run(house, attempt)
    return told


def _changed(result: Done | Refusal) -> list[str]:
    if isinstance(result, Refusal) or result.repeated or not result.key:
        return []
    return [result.key]


def _kept(done: Done) -> Mapping[str, object]:
    return {name: getattr(done, name) for name in _KEPT}
