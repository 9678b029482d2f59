"""Verifying a live database: every invariant, and each broken one as a sentence."""

from collections.abc import Iterator, Mapping
from typing import Any

from clearway import engine
from clearway.engine.values import World
from clearway.errors import ClearwayError
from clearway.service.house import House
from clearway.store import invariants


def verify(house: House) -> list[str]:
    """Each broken invariant as a sentence; empty when all is well.

    Nothing is stuck; what has ended waits for nothing; revisions and history agree and are without
    gaps; state and fields of each record are what its history says; what the rows wait for is what
    the engine's state waits for; versions and their files exist and are what their hashes say;
    history is unchanged; ballots count once, by entitled people; what is parked has its fault.
    """
    found = house.store.ask(invariants.broken)
    found += house.store.ask(invariants.wrong_contents)
    found += house.store.ask(lambda it: list(invariants.wrong_leaves(it)))
    states = house.store.ask(lambda it: list(invariants.open_states(it)))
    for state in states:
        found += _waits(house, state)
    return found


def _waits(house: House, state: Mapping[str, Any]) -> Iterator[str]:
    key = state["key"]
    try:
        deployed = house.version(state["version_id"])
        world = World(house.now(), state["record"], key)
        waits = engine.waits(deployed.blueprint, bytes(state["engine_state"]), world)
    except ClearwayError as error:
        yield f"{key} cannot be read: {error}"
        return
    expected = {
        "work_items": {it.token for it in waits.work_items},
        "timers": {it.token for it in waits.timers},
        "events": {it.token for it in waits.events},
        "jobs": {it.token for it in waits.jobs},
    }
    for what, tokens in expected.items():
        if set(state[what]) != tokens:
            told = what.replace("_", " ")
            yield (
                f"{key} waits for the {told} {sorted(tokens)} by its state, "
                f"but for {sorted(state[what])} by its rows."
            )
