"""Opening a record: starting an instance of a process's newest version."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace

from clearway.engine.values import ProcessFault
from clearway.service.commands import Command, hash_of, record, refuse_command, repeated, run
from clearway.service.deployed import Deployed
from clearway.service.house import House
from clearway.service.link import refuse_open, seen
from clearway.service.naming import refuse_unfit
from clearway.service.parking import parked_start
from clearway.service.permissions import PROCESS_OWNER, cannot_see
from clearway.service.plan_fault import faulted
from clearway.service.plan_start import plan_start, refuse_start
from clearway.service.referring import Filling
from clearway.service.values import Actor, Done, Refusal
from clearway.store import due, jsonb, links
from clearway.store.database import Transaction
from clearway.store.jsonb import NotJson
from clearway.store.openings import opening
from clearway.store.versions import key_sequence

_log = logging.getLogger(__name__)


def start(
    house: House,
    actor: Actor,
    process: str,
    values: Mapping[str, object],
    *,
    once: str,
    event: str | None = None,
    follows: str | None = None,
) -> Done | Refusal:
    """Open a record at the start event for people, or at `event`: an element or message name.

    `follows` is the key of a record that has ended and that the actor may read; the two are linked.
    When the process itself fails at once, nothing is opened: the Refusal says why, and a fault
    keeps what was asked for, so that its owner can open it.
    """
    request: dict[str, object] = {"process": process, "values": values, "event": event}
    if follows is not None:
        request["follows"] = follows
    command = Command(actor, "start", request, once, cannot_see("process"))
    try:
        return open_record(house, command, process, values, event, follows=follows)
    except ProcessFault as fault:
        return _keep(house, command, fault)


def open_record(
    house: House,
    command: Command,
    process: str,
    values: Mapping[str, object],
    event: str | None,
    *,
    settles: tuple[int, str] | None = None,
    follows: str | None = None,
) -> Done | Refusal:
    """The same, but raises ProcessFault; `settles` is the message (id, status) that opens it."""
    try:
        hashed = hash_of(command)
    except NotJson as error:
        return Refusal("invalid", str(error), "Correct the values and send them again.")
    refusal = refuse_command(command)
    if refusal is not None:
        return refusal
    while True:
        deployed = house.last_known(process)
        if deployed is None:
            return command.missing
        opening_ = _Opening(house, command, hashed, deployed, values, event, settles, follows)
        try:
            return run(house, opening_.attempt)
        except _Outdated:
            house.current(process)


def _keep(house: House, command: Command, fault: ProcessFault) -> Refusal:
    """What could not be opened waits behind a fault of its own, however often it is sent."""
    _log.warning("start by %s failed: %s", command.actor.name, fault)
    trigger = jsonb.dumps(parked_start(command))
    told = faulted(fault, "What was sent is kept")

    def attempt(transaction: Transaction) -> None:
        if not due.is_kept(transaction, command.once, command.actor.name):
            due.raise_homeless_fault(
                transaction,
                element=fault.element,
                cause=fault.cause,
                remedy=fault.remedy,
                who=PROCESS_OWNER,
                trigger=trigger,
                now=house.now(),
            )

    house.store.command(attempt, changed=lambda _: [])
    return told


class _Outdated(Exception):
    """Somebody deployed a newer version since we last looked."""


@dataclass(frozen=True)
class _Opening:
    """One attempt to open a record on the version that we believe to be the newest."""

    house: House
    command: Command
    hashed: str
    deployed: Deployed
    values: Mapping[str, object]
    event: str | None
    settles: tuple[int, str] | None
    follows: str | None

    def attempt(self, transaction: Transaction) -> Done | Refusal:
        """Read, plan and write; raises _Outdated when there is a newer version."""
        deployed, command, event = self.deployed, self.command, self.event
        now = self.house.now()
        refusal = (
            self._unfollowed(transaction)
            or refuse_start(deployed, command.actor, event, self.values, now)
            or self._unfit(transaction)
        )
        found = opening(
            transaction,
            deployed.process,
            # A refused command draws no key.
            expected=deployed.version_id if refusal is None else 0,
            sequence=key_sequence(deployed.prefix),
            once=command.once,
        )
        if found.answered is not None:
            return repeated(found.answered, command, self.hashed)
        if found.version_id != deployed.version_id:
            raise _Outdated
        if refusal is not None:
            return refusal
        key = f"{deployed.prefix}-{found.number}"
        plan = plan_start(
            deployed,
            command.actor,
            event,
            self.values,
            key,
            now,
            follows=self.follows,
            message=self.settles[0] if self.settles else None,
        )
        if isinstance(plan, Refusal) or plan.effect is None:
            return plan if isinstance(plan, Refusal) else plan.done
        if self.follows is not None:
            links.add(transaction, key, "follows", self.follows, now, command.actor.name)
        effect = replace(plan.effect, settled_message=self.settles)
        return record(transaction, replace(plan, effect=effect), command, self.hashed, now)

    def _unfollowed(self, transaction: Transaction) -> Refusal | None:
        if self.follows is None:
            return None
        other = seen(self.house, transaction, self.command.actor, self.follows)
        return cannot_see("record") if other is None else refuse_open(other)

    def _unfit(self, transaction: Transaction) -> Refusal | None:
        found = self.deployed.start_event(self.event)
        form = self.deployed.form_of(found.element) if found else None
        filling = Filling(self.house, transaction, self.command.actor, self.deployed)
        return refuse_unfit(filling, form, self.values)
