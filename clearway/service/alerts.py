"""What becomes of a record when the outside condition behind it begins again or ends."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from clearway.engine.values import DeliverMessage
from clearway.service.commands import Command, carry_out
from clearway.service.deployed import Deployed
from clearway.service.draft import Draft
from clearway.service.house import House
from clearway.service.parking import park_command
from clearway.service.permissions import cannot_see
from clearway.service.plan import Outcome, planned
from clearway.service.plan_events import waiting_for
from clearway.service.values import Actor, Done, Refusal
from clearway.store import alerts, loading
from clearway.store.alerts import AlertRow
from clearway.store.database import Transaction
from clearway.store.effect import SendMessage
from clearway.store.rows import Snapshot

__all__ = ["KEPT", "AlertRow", "condition_ended", "heard", "known_alert", "note"]

KEPT = timedelta(hours=1)
"""How long a message waits for a record that is not ready for it."""


def known_alert(house: House, source: str, fingerprint: str) -> AlertRow | None:
    """What is known of an alert of this source."""
    return house.store.ask(lambda it: alerts.one_alert(it, source, fingerprint))


def heard(
    house: House, source: str, fingerprint: str, *, began: datetime, status: str, key: str = ""
) -> AlertRow:
    """Count a delivery of an alert; answers what is known of it now."""
    return house.store.change(
        lambda it: alerts.heard(
            it, source, fingerprint, began=began, now=house.now(), status=status, key=key
        )
    )


def condition_ended(
    house: House,
    actor: Actor,
    key: str,
    *,
    unclaimed: str,
    claimed: str,
    text: str,
    payload: Mapping[str, object],
    once: str,
) -> Done | Refusal:
    """The condition behind a record is over: one of two messages, by whether anybody has a task.

    When somebody works on it, the text is added as a comment and the message `claimed` sent;
    otherwise the message `unclaimed`, which an open record that does not wait for it yet gets
    once it does, within `KEPT`. Details: `message`, what was sent, or None for a record that has
    ended. Decided under the record's lock.
    """
    request = {"key": key, "unclaimed": unclaimed, "claimed": claimed, "payload": payload}
    command = Command(actor, "send", request, once, cannot_see("record"))

    def plan(_transaction: Transaction, deployed: Deployed, snapshot: Snapshot) -> Outcome:
        is_claimed = any(item.assignee is not None for item in snapshot.open_items())
        name = claimed if is_claimed else unclaimed
        event = waiting_for(snapshot, name) if snapshot.ended_at is None else None
        draft = Draft(deployed, actor, "send", house.now(), snapshot=snapshot)
        if is_claimed or snapshot.ended_at is not None:
            draft.line("comment", None, text=text, public=False)
        if event is None:
            if snapshot.ended_at is not None:
                return planned(draft, message=None)
            draft.messages.append(SendMessage(name, key, None, dict(payload), house.now() + KEPT))
            return planned(draft, message=name)
        draft.line("message", event.element, name=name, message=name)
        draft.run(DeliverMessage(name, payload))
        return planned(draft, message=name)

    return carry_out(
        house,
        command,
        lambda transaction, asking: loading.by_key(transaction, asking, key),
        plan,
        park_command(command),
    )


def note(house: House, actor: Actor, key: str, text: str, *, once: str) -> Done | Refusal:
    """Add an internal comment of a channel to a record, whatever its state."""
    command = Command(actor, "comment", {"key": key, "text": text}, once, cannot_see("record"))

    def plan(_transaction: Transaction, deployed: Deployed, snapshot: Snapshot) -> Outcome:
        draft = Draft(deployed, actor, "comment", house.now(), snapshot=snapshot)
        draft.line("comment", None, text=text, public=False)
        return planned(draft)

    return carry_out(
        house,
        command,
        lambda transaction, asking: loading.by_key(transaction, asking, key),
        plan,
        park_command(command),
    )
