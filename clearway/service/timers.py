"""Firing what is due: each timer is a command of its own."""

import random
from concurrent.futures import ThreadPoolExecutor

from clearway.service.commands import Command, carry_out
from clearway.service.deployed import Deployed
from clearway.service.house import House
from clearway.service.plan import Outcome
from clearway.service.plan_due import plan_due
from clearway.service.plan_fault import Parked
from clearway.service.values import SYSTEM, Done, Refusal
from clearway.store import due, loading, wanted_votes
from clearway.store.database import Transaction
from clearway.store.rows import Snapshot

_HANDS = 4
"""So many are fired at once, since each waits for its commit."""
_WINDOW = 8
"""Times as many are looked at as are fired: other workers begin elsewhere among them."""
_GONE = Refusal("not_waiting", "This timer has fired, or another worker has it.")


def fire_due(house: House, limit: int) -> int:
    """Fire up to `limit` of the earliest timers that are due; answers how many there were.

    Of each record the first one only, so that several can be fired at once. A timer whose process
    fails is parked behind a fault and holds up no other.
    """

    def find(transaction: Transaction) -> list[int]:
        return due.due_timers(transaction, house.now(), limit * _WINDOW)

    def fire(timer_id: int) -> Done | Refusal:
        return _fire(house, timer_id)

    found = house.store.look(find)
    share = random.sample(found, limit) if len(found) > limit else found
    if len(share) > 1:
        with ThreadPoolExecutor(_HANDS, thread_name_prefix="timer") as hands:
            results = list(hands.map(fire, share))
    else:
        results = [fire(timer_id) for timer_id in share]
    return sum(isinstance(result, Done) or result.code == "faulted" for result in results)


def _fire(house: House, timer_id: int) -> Done | Refusal:
    def plan(transaction: Transaction, deployed: Deployed, snapshot: Snapshot) -> Outcome:
        if snapshot.timer is None:
            return _GONE
        now = house.now()
        return plan_due(
            deployed,
            snapshot,
            SYSTEM,
            snapshot.timer,
            house.rules,
            lambda item: wanted_votes.still_wanted(transaction, item.id, now),
            now,
        )

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
