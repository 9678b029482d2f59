"""How the steps of the day are said: who does what, in one word each."""

from collections.abc import Callable
from datetime import timedelta

import scene
from step import MINUTE, Step

from clearway.service.complete import complete
from clearway.service.deliver import deliver_waiting, send
from clearway.service.house import House
from clearway.service.jobs import claim_jobs, fail_job, finish_job
from clearway.service.migrate import migrate, migrate_all
from clearway.service.start import start
from clearway.service.values import Actor

ALICE, BOB, CAROL, DAVE, ERIN, FRANK, GRACE = map(
    scene.actor, ("alice", "bob", "carol", "dave", "erin", "frank", "grace")
)
ALERTS = Actor("alertmanager", roles=frozenset({"system"}), is_person=False)
LEASE = timedelta(minutes=1)


Run = Callable[..., object]


def opens(title: str) -> Run:
    """Alice asks for something to be fetched."""
    return lambda house, once: start(house, ALICE, "errand", {"what": title}, once=once)


def chatters(name: str) -> Run:
    """Bob opens a chatter."""
    return lambda house, once: start(house, BOB, "chatter", {"name": name}, once=once)


def completes(who: Actor, **values: object) -> Run:
    """Somebody completes a task."""
    return lambda house, once, item: complete(house, who, item, values, once=once)


def sends(event: str, **values: object) -> Run:
    """Bob presses a button of a record."""
    return lambda house, once, key: send(house, BOB, key, event, values, once=once)


def lease(name: str, *, parts: bool = False, struck: bool = False) -> Step:
    """Two minutes later: whoever had a lease of one minute has lost it."""
    return Step(
        name,
        lambda house, _: claim_jobs(house, "worker", 10, LEASE),
        again="same" if parts else "nothing",
        parts=parts,
        passes=2 * MINUTE,
        struck=struck,
    )


def finishes(**result: object) -> Run:
    """A worker answers a job."""
    return lambda house, _, job, fence: finish_job(house, job, fence, result)


def fails(code: str | None = None) -> Run:
    """A worker says that a job failed."""
    return lambda house, _, job, fence: fail_job(house, job, fence, "it failed", code=code)


def moves(house: House, once: str, key: str) -> object:
    """Grace moves a record back to the first version."""
    return migrate(house, GRACE, key, 1, {}, "the old one was better", once=once)


def moves_all(house: House, once: str, key: str) -> object:
    """The same as a command on many."""
    return migrate_all(house, GRACE, "errand", 1, [key], {}, "all of them", once=once)


def delivers_all(house: House, _: str) -> int:
    """Until nothing is left: what is caught may send again."""
    total = 0
    while found := deliver_waiting(house, 10):
        total += found
    return total


def deliveries(name: str, *, struck: bool = True) -> Step:
    """All messages that wait are delivered."""
    return Step(name, delivers_all, again="nothing", parts=True, struck=struck)
