"""Verifying a live database: every invariant, and each broken one as a sentence."""

from clearway.engine.bundle import manifest_hash
from clearway.service.house import House
from clearway.service.resting import open_states, resting_problems
from clearway.store import invariants


def verify(house: House) -> list[str]:
    """Each broken invariant as a sentence; empty when all is well.

    Nothing is stuck; what has ended waits for nothing; revisions and history agree and are without
    gaps; state and fields of each record are what its history says; what the rows wait for is what
    the engine's state waits for, and is what the state says it is; versions and their files exist
    and are what their hashes say; history is unchanged; ballots count once, by entitled people, and
    history tells of each; each notice and message that history tells of is there; what is parked
    has its fault; timers are due when it was worked out; lines of history stand once and in order,
    and what was asked for with a key has its answer; whoever has work is in the registry; drafts
    have all their saves, and are as their reviews and releases say. What cannot be read is told.
    """
    found = house.store.ask(invariants.broken)
    found += house.store.ask(invariants.wrong_contents)
    found += [
        f"{name} is not what its hash says."
        for name, process, manifest, hashed in house.store.ask(invariants.manifests)
        if manifest_hash(process, manifest) != hashed
    ]
    found += house.store.ask(lambda it: list(invariants.wrong_leaves(it)))
    for state in open_states(house):
        found += resting_problems(house, state)
    return found
