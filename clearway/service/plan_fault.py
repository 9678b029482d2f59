"""What is kept when the process itself failed: the fault, what to do, and what is parked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from clearway.engine.values import ProcessFault
from clearway.service.deed import Deed
from clearway.service.deployed import Deployed
from clearway.service.permissions import ADMIN, PROCESS_OWNER
from clearway.service.plan import Plan, planned
from clearway.service.stops import OutOfOrder
from clearway.service.values import Actor, Refusal
from clearway.store.effect import JobChange, RaiseFault
from clearway.store.rows import Snapshot


@dataclass(frozen=True)
class Parked:
    """What triggered the fault, to be tried again: a command's words, a job, timer or message.

    `trigger` has `kind` (command, job, timer, message), and `token` where the wait has one.
    """

    trigger: Mapping[str, object]
    job: int | None = None
    timer: str | None = None
    message: int | None = None


def plan_fault(
    deployed: Deployed,
    snapshot: Snapshot,
    actor: Actor,
    command: str,
    fault: ProcessFault,
    parked: Parked,
    now: datetime,
    *,
    again: bool = False,
) -> Plan:
    """The instance stays at its last good state; the fault lies beside it.

    `again`: somebody had it tried again, and history says so.
    The same thing failing again leaves one fault: the old one is settled by the new.
    """
    deed = Deed(deployed, actor, command, now, snapshot=snapshot)
    deed.settled_faults += [it.id for it in snapshot.faults if _same(it.trigger, parked.trigger)]
    who = ADMIN if isinstance(fault, OutOfOrder) else PROCESS_OWNER
    deed.faults.append(RaiseFault(fault.element, fault.cause, fault.remedy, who, parked.trigger))
    told = {"again": True} if again else {}
    deed.line("fault", fault.element, cause=fault.cause, remedy=fault.remedy, **told)
    if parked.job is not None:
        deed.job = JobChange(parked.job, None, "faulted", last_error=fault.cause)
    if parked.timer is not None:
        deed.parked_timers[parked.timer] = True
    if parked.message is not None:
        deed.settled_message = (parked.message, "faulted")
    return Plan(deed.effect(), deed.done())


def faulted(fault: ProcessFault, kept: str = "Nothing was lost") -> Refusal:
    """What the person is told whose command the process could not carry, and what is left of it."""
    where = f" at {fault.element}" if fault.element else ""
    who = "an administrator" if isinstance(fault, OutOfOrder) else "the process owner"
    return Refusal(
        "faulted",
        f"The process could not go on{where}: {fault.cause}",
        f"{fault.remedy} {kept}: {who} sees it and can try again.",
    )


def plan_retry(
    deployed: Deployed, snapshot: Snapshot, actor: Actor, fault_id: int, now: datetime
) -> Plan | Refusal:
    """What was parked is let go: jobs, timers and messages run again by themselves.

    A command is not run here: the caller runs it again, and this settles the fault when nothing
    waits for it any more (`is_gone`).
    """
    fault = next((it for it in snapshot.faults if it.id == fault_id), None)
    if fault is None:
        return Refusal(
            "already_done", "This fault is settled already.", "Look at the record's history."
        )
    deed = Deed(deployed, actor, "retry", now, snapshot=snapshot)
    deed.settled_faults.append(fault_id)
    trigger = fault.trigger
    parked = {name: trigger[name] for name in ("kind", "id") if name in trigger}
    deed.line("retried", fault.element, cause=fault.cause, parked=parked)
    if trigger["kind"] == "job":
        deed.job = JobChange(int(str(trigger["id"])), None, "ready", attempts=0, run_at=now)
    elif trigger["kind"] == "timer":
        deed.parked_timers[str(trigger["token"])] = False
    elif trigger["kind"] == "message":
        deed.settled_message = (int(str(trigger["id"])), "waiting")
    return planned(deed, is_gone=trigger["kind"] == "command")


def _same(one: Mapping[str, object], other: Mapping[str, object]) -> bool:
    names = ("kind", "id", "token", "command")
    return all(one.get(name) == other.get(name) for name in names)
