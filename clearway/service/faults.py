"""Faults: what stopped for a technical reason, and trying it again."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from clearway.engine.values import ProcessFault
from clearway.service.commands import Command, carry_out
from clearway.service.cursors import read_number
from clearway.service.deployed import Deployed
from clearway.service.house import House
from clearway.service.parking import parked_actor
from clearway.service.permissions import cannot_see, refuse_unless
from clearway.service.plan import Outcome, Plan
from clearway.service.plan_events import plan_cancel, plan_comment, plan_send
from clearway.service.plan_fault import Parked, faulted, plan_retry
from clearway.service.plan_vote import Vote, plan_vote
from clearway.service.plan_work import plan_complete
from clearway.service.registry_command import answer_once
from clearway.service.start import open_record
from clearway.service.values import Actor, Done, Page, Refusal
from clearway.store import faults as rows
from clearway.store import links, loading
from clearway.store.database import Connection, Transaction
from clearway.store.effect import Line
from clearway.store.rows import Json, OpenFault, Snapshot

_LIMIT = 100


@dataclass(frozen=True)
class OpenFaultView:
    """A fault in the list of those that wait for somebody; `key` None: no record could open.

    `sender` is then who wanted it opened.
    """

    id: int
    key: str | None
    process: str | None
    sender: str | None
    element: str | None
    cause: str
    remedy: str
    who_can_fix: str
    raised_at: datetime


def open_faults(
    house: House, actor: Actor, after: str | None = None
) -> Page[OpenFaultView] | Refusal:
    """The faults that nobody has settled, the oldest first."""
    if (refusal := refuse_unless(actor, "faults")) is not None:
        return refusal
    found = house.store.ask(
        lambda it: rows.open_faults(it, after=read_number(after), limit=_LIMIT + 1, roles=None)
    )
    views = [OpenFaultView(**vars(row)) for row in found[:_LIMIT]]
    return Page(views, str(views[-1].id) if len(found) > _LIMIT else None)


def retry(house: House, actor: Actor, fault_id: int, *, once: str) -> Done | Refusal:
    """Let what was parked be tried again, with its own words and in its own name.

    Jobs, timers and messages run when their turn comes, and `retried` tells what became of them; a
    person's command runs at once. Refused (`faulted`) with the reason when that fails again.
    Details: `is_gone` when nothing waits for the command any more.
    """
    answer = _retry(house, actor, fault_id, once)
    if isinstance(answer, Refusal) and answer.code == "faulted":
        return replace(answer, text=f"It failed again. {answer.text}")
    return answer


def retried(house: House, actor: Actor, fault_id: int) -> Done | Refusal | None:
    """What became of what `retry` let go; None as long as nobody has tried it.

    Refused (`faulted`) with the reason when it failed again.
    """
    if (refusal := refuse_unless(actor, "retry")) is not None:
        return refusal
    found = house.store.ask(lambda it: rows.since(it, fault_id))
    if found is None:
        return cannot_see("fault")
    if found.cause is not None:
        where = f" at {found.element}" if found.element else ""
        return Refusal("faulted", f"It failed again{where}. {found.cause}", found.remedy or "")
    if not found.waits:
        return Done(details={"fault": fault_id})
    if found.last_error is None:
        return None
    more = "It is tried some more by itself; if that fails as well, it is a fault again."
    return Refusal("faulted", f"It failed again: {found.last_error}", more)


def _retry(house: House, actor: Actor, fault_id: int, once: str) -> Done | Refusal:
    command = Command(actor, "retry", {"fault_id": fault_id}, once, cannot_see("fault"))
    if (refusal := refuse_unless(actor, "retry")) is not None:
        return refusal
    trigger = house.store.look(lambda it: rows.homeless_trigger(it, fault_id))
    if trigger is not None:
        return _retry_opening(house, actor, fault_id, trigger, once)

    def plan(transaction: Transaction, deployed: Deployed, snapshot: Snapshot) -> Outcome:
        fault = _fault(snapshot, fault_id)
        if fault is None or fault.trigger["kind"] != "command":
            return plan_retry(deployed, snapshot, actor, fault_id, house.now())
        outcome = _again(house, transaction, deployed, snapshot, fault)
        if isinstance(outcome, Refusal):
            return _given_up(house, deployed, snapshot, actor, fault, outcome)
        return _settling(outcome, fault, actor)

    def park(snapshot: Snapshot) -> Parked | None:
        fault = _fault(snapshot, fault_id)
        return fault and Parked(fault.trigger)

    return carry_out(
        house,
        command,
        lambda transaction, asking: loading.by_fault(transaction, asking, fault_id),
        plan,
        park,
    )


def _retry_opening(
    house: House, actor: Actor, fault_id: int, trigger: Json, once: str
) -> Done | Refusal:
    """A message tries again by itself; what a person or a channel sent is opened here.

    That has the idempotency key of the first time: whoever sent it again meanwhile has opened it.
    """
    now, key = house.now(), ""
    if trigger["kind"] == "start":
        opened = _open_again(house, trigger)
        if isinstance(opened, Refusal):
            return opened
        key = opened.key

    def work(connection: Connection) -> Done | Refusal:
        if rows.settle_homeless(connection, fault_id, actor.name, now):
            return Done(details={"fault": fault_id})
        return Refusal("already_done", "This fault is settled already.", "Nothing is left to do.")

    answer = answer_once(house, actor, "retry", {"fault_id": fault_id}, once, work)
    # What is kept under a key of the registry has no record; which one it is, was answered above.
    return replace(answer, key=key) if isinstance(answer, Done) else answer


def _open_again(house: House, trigger: Json) -> Done | Refusal:
    words = cast(Mapping[str, Any], trigger["request"])
    person, once = parked_actor(trigger), str(trigger["once"])
    command = Command(person, "start", words, once, cannot_see("process"))
    process, event, follows = str(words["process"]), words["event"], words.get("follows")
    try:
        return open_record(house, command, process, words["values"], event, follows=follows)
    except ProcessFault as fault:
        return faulted(fault, "What was sent is kept")


def _again(
    house: House,
    transaction: Transaction,
    deployed: Deployed,
    snapshot: Snapshot,
    fault: OpenFault,
) -> Outcome:
    """The parked command once more, as the one who gave it."""
    trigger = fault.trigger
    actor, now = parked_actor(trigger), house.now()
    words = cast(Mapping[str, Any], trigger["request"])
    name = str(trigger["command"])
    if name == "complete":
        item, values = words["work_item_id"], words["values"]
        return plan_complete(deployed, snapshot, actor, item, values, now)
    if name == "vote":
        vote = Vote(
            words["seat"],
            words["choice"],
            words["reason"],
            words["conditions"],
            words.get("read"),
            words.get("independent"),
        )
        item = words["work_item_id"]
        return plan_vote(deployed, snapshot, actor, item, vote, house.rules, now)
    if name == "send":
        return plan_send(deployed, snapshot, actor, words["wanted"], words["values"], now)
    if name == "comment":
        return plan_comment(deployed, snapshot, actor, words["text"], words["public"], now)
    if name == "cancel":
        concerned = links.concerned(transaction, snapshot.key)
        return plan_cancel(deployed, snapshot, actor, words["reason"], now, concerned)
    return Refusal("invalid", f"{name} cannot be tried again from here.", "Do it anew.")


def _given_up(
    house: House,
    deployed: Deployed,
    snapshot: Snapshot,
    actor: Actor,
    fault: OpenFault,
    refusal: Refusal,
) -> Outcome:
    """What nothing waits for any more is settled; any other refusal is told."""
    if refusal.code in ("already_done", "not_found", "not_waiting", "stale"):
        return plan_retry(deployed, snapshot, actor, fault.id, house.now())
    return refusal


def _settling(plan: Plan, fault: OpenFault, actor: Actor) -> Plan:
    if plan.effect is None:
        return plan
    line = Line("retried", fault.element, {"cause": fault.cause, "by": actor.name})
    settled = dict.fromkeys([*plan.effect.settled_faults, fault.id])
    effect = replace(plan.effect, settled_faults=list(settled), lines=[line, *plan.effect.lines])
    return replace(plan, effect=effect)


def _fault(snapshot: Snapshot, fault_id: int) -> OpenFault | None:
    return next((it for it in snapshot.faults if it.id == fault_id), None)
