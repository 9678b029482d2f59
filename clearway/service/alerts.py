"""What becomes of a record when the outside condition behind it begins again or ends."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from clearway.engine.values import DeliverMessage
from clearway.service.commands import Command, carry_out
from clearway.service.deed import Deed
from clearway.service.deployed import Deployed
from clearway.service.entitled import holder_of
from clearway.service.house import House
from clearway.service.parking import park_command
from clearway.service.permissions import cannot_see
from clearway.service.plan import Outcome, planned
from clearway.service.plan_events import waiting_for
from clearway.service.values import Actor, Done, Refusal
from clearway.store import alerts, loading
from clearway.store.alerts import FIRING, OPENING, RESOLVED, AlertRow
from clearway.store.database import Connection, Transaction
from clearway.store.effect import SendMessage
from clearway.store.rows import Snapshot

__all__ = [
    "FIRING",
    "KEPT",
    "OPENING",
    "RESOLVED",
    "AlertLedger",
    "AlertRow",
    "condition_ended",
    "known_alert",
    "note",
    "opened_as",
]

T = TypeVar("T")

KEPT = timedelta(hours=1)
"""How long a message waits for a record that is not ready for it."""


def known_alert(house: House, source: str, fingerprint: str) -> AlertRow | None:
    """What is known of an alert of this source."""
    return house.store.ask(lambda it: alerts.one_alert(it, source, fingerprint))


def opened_as(house: House, once: str) -> str | None:
    """The key of the record that was opened under this idempotency key."""
    return house.store.ask(lambda it: alerts.opened_as(it, once))


@dataclass(frozen=True)
class AlertLedger:
    """What is written down of one alert, each line in a transaction of its own."""

    house: House
    source: str
    fingerprint: str

    def known(self) -> AlertRow | None:
        """What is known of it."""
        return known_alert(self.house, self.source, self.fingerprint)

    def counted(self) -> None:
        """It was delivered, and nothing changes."""
        now = self.house.now()
        self._write(lambda it: alerts.counted(it, self.source, self.fingerprint, now=now))

    def opening(self, began: datetime) -> AlertRow:
        """A record is going to be opened for an episode; who comes second finds the first's."""
        now = self.house.now()
        return self._write(
            lambda it: alerts.opening(it, self.source, self.fingerprint, began=began, now=now)
        )

    def opened(self, row: AlertRow, key: str) -> AlertRow:
        """The record of the episode in `row` is there; answers what is known now."""
        return self._write(
            lambda it: alerts.opened(
                it,
                self.source,
                self.fingerprint,
                began=row.first_seen_at,
                before=row.key,
                key=key,
            )
        )

    def fires_again(self, began: datetime) -> None:
        """It fires anew, and its record is still worked on."""
        now = self.house.now()
        self._write(
            lambda it: alerts.fires_again(it, self.source, self.fingerprint, began=began, now=now)
        )

    def over(self, began: datetime, ended: datetime) -> AlertRow:
        """It has ended; answers what is known now, which may be a later episode."""
        now = self.house.now()
        return self._write(
            lambda it: alerts.over(
                it, self.source, self.fingerprint, began=began, ended=ended, now=now
            )
        )

    def _write(self, line: Callable[[Connection], T]) -> T:
        return self.house.store.change(line)


def _owner(transaction: Transaction, deployed: Deployed, snapshot: Snapshot) -> str | None:
    items = snapshot.open_items()
    person = next((name for item in items if (name := holder_of(snapshot, item))), None)
    if person is not None or items:
        return person
    # Who has completed a task is no longer at it, though its field still names them.
    finished = alerts.finished_tasks(transaction, snapshot.instance_id)
    fields = (
        it.holder
        for it in deployed.elements.values()
        if it.holder and it.kind == "userTask" and it.id not in finished
    )
    people = (snapshot.record.get(field) for field in fields)
    return next((str(it) for it in people if it and it not in snapshot.left), None)


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
    once it does, within `KEPT`. To the payload comes `owner`: who has an open task, or whom the
    field of a task names that was taken away before it was completed, while nothing but time or
    others is waited for (on hold); or None.
    Details: `message`, what was sent, or None for a record that has ended. Decided under the
    record's lock.
    """
    request = {"key": key, "unclaimed": unclaimed, "claimed": claimed, "payload": payload}
    command = Command(actor, "send", request, once, cannot_see("record"))

    def plan(transaction: Transaction, deployed: Deployed, snapshot: Snapshot) -> Outcome:
        owner = _owner(transaction, deployed, snapshot)
        name = claimed if owner else unclaimed
        told = {**payload, "owner": owner}
        event = waiting_for(snapshot, name) if snapshot.ended_at is None else None
        deed = Deed(deployed, actor, "send", house.now(), snapshot=snapshot)
        if owner or snapshot.ended_at is not None:
            deed.line("comment", None, text=text, public=False)
        if snapshot.ended_at is not None:
            return planned(deed, message=None)
        deed.line("message", event.element if event else None, name=name, message=name)
        if event is None:
            deed.messages.append(SendMessage(name, key, None, told, house.now() + KEPT))
        else:
            deed.run(DeliverMessage(name, told))
        return planned(deed, message=name)

    return carry_out(
        house,
        command,
        lambda transaction, asking: loading.by_key(transaction, asking, key),
        plan,
        park_command(command),
    )


def note(
    house: House,
    actor: Actor,
    key: str,
    text: str,
    *,
    once: str,
    withdraws: Collection[str] = (),
) -> Done | Refusal:
    """Add an internal comment of a channel to a record, whatever its state.

    Messages of the names in `withdraws` that still wait for the record never reach it.
    """
    request = {"key": key, "text": text}
    command = Command(actor, "comment", request, once, cannot_see("record"))

    def plan(transaction: Transaction, deployed: Deployed, snapshot: Snapshot) -> Outcome:
        for name in withdraws:
            alerts.withdraw(transaction, key, name, house.now())
        deed = Deed(deployed, actor, "comment", house.now(), snapshot=snapshot)
        deed.line("comment", None, text=text, public=False)
        return planned(deed)

    return carry_out(
        house,
        command,
        lambda transaction, asking: loading.by_key(transaction, asking, key),
        plan,
        park_command(command),
    )
