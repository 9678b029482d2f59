"""Whether this release can go on with instances that another one has saved."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from clearway import engine
from clearway.engine.values import Waits, World
from clearway.errors import ClearwayError
from clearway.service.deployed import Deployed
from clearway.service.house import House
from clearway.service.round_times import time_of
from clearway.store import invariants
from clearway.store.errors import StoreError

_PAGE = 500


@dataclass(frozen=True)
class Rehearsal:
    """How many instances that have not ended were read, of how many versions, and what failed."""

    instances: int
    versions: int
    problems: list[str]


def rehearse_upgrade(house: House) -> Rehearsal:
    """Load every instance that has not ended with this release; nothing is written.

    A problem is an instance or a version that cannot be read, one that would wait for something
    else than its rows say, or a version that names a step or a rule which this release lacks.
    """
    read, problems = 0, list[str]()
    seen: set[int] = set()
    for state in open_states(house):
        read += 1
        problems += resting_problems(house, state)
        if state["version_id"] not in seen:
            seen.add(state["version_id"])
            problems += _missing(house, state["version_id"])
    return Rehearsal(read, len(seen), problems)


def open_states(house: House) -> Iterator[Mapping[str, Any]]:
    """Every instance that has not ended, with its state and the tokens that its rows wait for."""
    last = 0
    while found := house.store.ask(partial(invariants.open_states, after=last, limit=_PAGE)):
        yield from found
        last = found[-1]["id"]


def resting_problems(house: House, state: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with one of the `open_states`."""
    key = state["key"]
    try:
        deployed = house.version(state["version_id"])
        world = World(house.now(), state["record"], key)
        waits = engine.waits(deployed.blueprint, bytes(state["engine_state"]), world)
    except StoreError:
        raise
    except ClearwayError as error:
        yield f"{key} cannot be read: {error}"
        return
    except Exception as error:  # noqa: BLE001 - what is damaged can fail anywhere; the rest is told
        yield f"{key} cannot be read: {type(error).__name__}: {error}"
        return
    yield from _wrong_times(key, waits, state["due"] or {})
    expected: Mapping[str, Mapping[str, Sequence[str | None]]] = {
        "work_items": {
            it.token: [it.element, it.role, it.group, it.form, it.approval and it.approval.rule]
            for it in waits.work_items
        },
        "timers": {it.token: [it.element] for it in waits.timers},
        "events": {it.token: [it.element, it.kind, it.name] for it in waits.events},
        "jobs": {it.token: [it.element, it.step] for it in waits.jobs},
    }
    for what, by_state in expected.items():
        by_rows: Mapping[str, Sequence[str | None]] = state[what] or {}
        if what == "timers":
            yield from _stray_times(key, by_rows, waits)
            by_rows = {it: row for it, row in by_rows.items() if time_of(it) is None}
        told = what.replace("_", " ")
        if by_rows.keys() != by_state.keys():
            yield (
                f"{key} waits for the {told} {sorted(by_state)} by its state, "
                f"but for {sorted(by_rows)} by its rows."
            )
        for token in sorted(by_rows.keys() & by_state.keys()):
            if list(by_rows[token]) != by_state[token]:
                yield (
                    f"{key} waits for {_in_words(by_state[token])} by its state, but for "
                    f"{_in_words(by_rows[token])} by the row of the {told} with the token {token}."
                )


def _stray_times(key: str, timers: Iterable[str], waits: Waits) -> Iterator[str]:
    """Times of rounds whose approval does not wait any more."""
    approvals = {it.token for it in waits.work_items if it.approval is not None}
    for token in timers:
        found = time_of(token)
        if found is not None and found[1] not in approvals:
            yield f"The timer {token} of {key} belongs to an approval that does not wait."


def _wrong_times(key: str, waits: Waits, due: Mapping[str, str]) -> Iterator[str]:
    """Timers that would go off at another time than the one that was worked out for them."""
    for it in waits.timers:
        by_row = datetime.fromisoformat(due[it.token]) if it.token in due else it.due
        if by_row != it.due:
            yield (
                f"The timer {it.token} of {key} is due at {it.due.isoformat()} by its state, "
                f"but at {by_row.isoformat()} by its row."
            )


def _in_words(what: Sequence[str | None]) -> str:
    return ", ".join(it or "-" for it in what)


def _missing(house: House, version_id: int) -> Iterator[str]:
    """The steps and the rules that a version names and this release does not have."""
    try:
        deployed = house.version(version_id)
    except ClearwayError:
        return  # told of its instances
    for what, named, known in (
        ("step", _named(deployed, "step"), house.steps),
        ("rule", _named(deployed, "rule"), house.rules),
    ):
        for name in sorted(named - known.keys()):
            yield (
                f"Version {deployed.number} of {deployed.process} names the {what} {name}, which "
                "this release does not have."
            )


def _named(deployed: Deployed, what: str) -> set[str]:
    names = (getattr(element, what) for element in deployed.elements.values())
    return {name for name in names if name is not None}
