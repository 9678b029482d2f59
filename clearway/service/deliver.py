"""Messages: what people and channels send to a record, and what records tell each other."""

from collections.abc import Mapping
from typing import cast

from clearway.engine.values import ProcessFault
from clearway.service.commands import Command, carry_out
from clearway.service.deployed import Deployed
from clearway.service.holding import standing
from clearway.service.house import House
from clearway.service.naming import refuse_unfit
from clearway.service.parking import park_command
from clearway.service.permissions import PROCESS_OWNER, cannot_see
from clearway.service.plan import Outcome
from clearway.service.plan_events import plan_message, plan_send, refuse_send, waiting_for
from clearway.service.plan_fault import Parked
from clearway.service.referring import Filling
from clearway.service.start import open_record
from clearway.service.values import MESSENGER, Actor, Done, Refusal
from clearway.service.voices import refuse_voices
from clearway.store import due, jsonb, loading
from clearway.store.database import Transaction
from clearway.store.rows import Snapshot

_GONE = Refusal("not_waiting", "This message is settled, or another worker has it.")


def send(
    house: House,
    actor: Actor,
    key: str,
    element_or_message: str,
    values: Mapping[str, object],
    *,
    once: str,
) -> Done | Refusal:
    """Send a record what it waits for: an event by its element id, or a message by its name."""
    request = {"key": key, "wanted": element_or_message, "values": values}
    command = Command(actor, "send", request, once, cannot_see("record"))

    def plan(transaction: Transaction, deployed: Deployed, snapshot: Snapshot) -> Outcome:
        event = waiting_for(snapshot, element_or_message)
        if event is not None and refuse_send(deployed, snapshot, actor, event) is None:
            filling = Filling(house, transaction, actor, deployed, snapshot)
            unfit = refuse_unfit(filling, deployed.form(event.form), values)
            unfit = unfit or refuse_voices(
                deployed,
                snapshot,
                event.element,
                values,
                house.rules,
                lambda name: standing(transaction, name, house.now()),
                house.now(),
            )
            if unfit is not None:
                return unfit
        return plan_send(deployed, snapshot, actor, element_or_message, values, house.now())

    return carry_out(
        house,
        command,
        lambda transaction, asking: loading.by_key(transaction, asking, key),
        plan,
        park_command(command),
    )


def deliver_waiting(house: House, limit: int) -> int:
    """Deliver up to `limit` messages that somebody waits for; answers how many were settled.

    A message to a record that does not wait for it yet is kept; past its time it expires, and
    when its record has ended it is dead. One that expires as it is sent is tried once: it never
    reaches a record that begins to wait later.
    """

    def find(transaction: Transaction) -> tuple[list[int], list[int]]:
        now = house.now()
        due.settle_the_hopeless(transaction, now)
        return (
            due.opening_messages(transaction, now, limit),
            due.deliverable_messages(transaction, now, limit),
        )

    opening, delivering = house.store.command(find, changed=lambda _: [])
    results = [_open(house, message_id) for message_id in opening]
    results += [_deliver(house, message_id) for message_id in delivering[: limit - len(opening)]]
    return sum(isinstance(result, Done) or result.code == "faulted" for result in results)


def _deliver(house: House, message_id: int) -> Done | Refusal:
    def plan(transaction: Transaction, deployed: Deployed, snapshot: Snapshot) -> Outcome:
        if snapshot.message is None:
            return _GONE
        now = house.now()
        outcome = plan_message(deployed, snapshot, MESSENGER, snapshot.message, now)
        if isinstance(outcome, Refusal):
            due.tried_in_vain(transaction, message_id, now)
        return outcome

    def park(snapshot: Snapshot) -> Parked | None:
        message = snapshot.message
        if message is None:
            return None
        trigger = {"kind": "message", "id": message.id, "name": message.name}
        return Parked(trigger, message=message.id)

    return carry_out(
        house,
        Command(MESSENGER, "message", {}, "", _GONE),
        lambda transaction, asking: loading.by_message(transaction, asking, message_id),
        plan,
        park,
    )


def _open(house: House, message_id: int) -> Done | Refusal:
    """A message that opens a record; its id makes the opening happen once."""
    row = house.store.command(lambda it: due.message(it, message_id), changed=lambda _: [])
    if row is None or row[6] != "waiting":
        return _GONE
    name, process, payload = str(row[1]), str(row[3]), cast(Mapping[str, object], row[4])
    command = Command(
        MESSENGER,
        "start",
        {"message": message_id},
        f"message {message_id}",
        Refusal("not_found", f"There is no process {process}.", "Deploy it."),
    )
    try:
        result = open_record(house, command, process, payload, name, settles=(message_id, "caught"))
    except ProcessFault as fault:
        return _keep(house, message_id, fault.element, fault.cause, fault.remedy)
    if isinstance(result, Refusal):
        return _keep(house, message_id, None, result.text, result.remedy)
    return result


def _keep(house: House, message_id: int, element: str | None, cause: str, remedy: str) -> Refusal:
    """No record could be opened: the message is parked behind a fault of its own."""
    now = house.now()

    def attempt(transaction: Transaction) -> None:
        if due.settle_message(transaction, message_id, "faulted", now):
            due.raise_homeless_fault(
                transaction,
                element=element,
                cause=cause,
                remedy=remedy,
                who=PROCESS_OWNER,
                trigger=jsonb.dumps({"kind": "message", "id": message_id}),
                now=now,
            )

    house.store.command(attempt, changed=lambda _: [])
    return Refusal("faulted", cause, remedy)
