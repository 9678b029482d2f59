"""Firing what is due: each timer is a command of its own."""

from clearway.service.commands import Command, carry_out
from clearway.service.deployed import Deployed
from clearway.service.house import House
from clearway.service.plan import Outcome
from clearway.service.plan_events import plan_timer
from clearway.service.plan_fault import Parked
from clearway.service.values import SYSTEM, Done, Refusal
from clearway.store import due, loading
from clearway.store.rows import Snapshot

_GONE = Refusal("not_waiting", "This timer has fired, or another worker has it.")


def fire_due(house: House, limit: int) -> int:
    """Fire up to `limit` timers that are due, the earliest first; answers how many there were.

    A timer whose process fails is parked behind a fault and holds up no other.
    """
    found = house.store.command(
        lambda transaction: due.due_timers(transaction, house.now(), limit), changed=lambda _: []
    )
    results = [_fire(house, timer_id) for timer_id in found]
    return sum(isinstance(result, Done) or result.code == "faulted" for result in results)


def _fire(house: House, timer_id: int) -> Done | Refusal:
    def plan(_transaction: object, deployed: Deployed, snapshot: Snapshot) -> Outcome:
        if snapshot.timer is None:
            return _GONE
        return plan_timer(deployed, snapshot, SYSTEM, snapshot.timer, house.now())

    return carry_out(
        house,
        Command(SYSTEM, "timer", {}, "", _GONE),
        lambda transaction, asking: loading.by_timer(transaction, asking, timer_id),
        plan,
        _park,
    )


def _park(snapshot: Snapshot) -> Parked:
    timer = snapshot.timer
    if timer is None:
        raise AssertionError("a timer that faults was loaded with its instance")
    trigger = {"kind": "timer", "id": timer.id, "token": timer.token}
    return Parked(trigger, timer=timer.token)
