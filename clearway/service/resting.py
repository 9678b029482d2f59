"""Whether this release can go on with instances that another one has saved."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from clearway import engine
from clearway.engine.values import WaitingWorkItem, Waits, World
from clearway.errors import ClearwayError
from clearway.service.deployed import Deployed
from clearway.service.house import House
from clearway.service.resting_rounds import wrong_people, wrong_times_of_rounds
from clearway.service.round_times import time_of
from clearway.store import invariants, jsonb, loading
from clearway.store.errors import StoreError

_PAGE = 500

Row = Mapping[str, Any]


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
        if any(map(_keeps_out, waits.work_items)):
            yield from _wrong_people(house, key)
    except StoreError:
        raise
    except ClearwayError as error:
        yield f"{key} cannot be read: {error}"
        return
    except Exception as error:  # noqa: BLE001 - what is damaged can fail anywhere; the rest is told
        yield f"{key} cannot be read: {type(error).__name__}: {error}"
        return
    for what, by_state in _by_state(waits, was_moved=state["was_moved"]).items():
        by_rows: Mapping[str, Row] = state[what] or {}
        if what == "timers":
            yield from wrong_times_of_rounds(deployed, state, house.now())
            by_rows = {it: row for it, row in by_rows.items() if time_of(it) is None}
        told = what.replace("_", " ")
        if by_rows.keys() != by_state.keys():
            yield (
                f"{key} waits for the {told} {sorted(by_state)} by its state, "
                f"but for {sorted(by_rows)} by its rows."
            )
        for token in sorted(by_rows.keys() & by_state.keys()):
            for name, expected in by_state[token].items():
                if by_rows[token][name] != expected:
                    yield (
                        f"The {told.removesuffix('s')} {token} of {key} has the {_words(name)} "
                        f"{_told(by_rows[token][name])} by its row, but {_told(expected)} "
                        "by its state."
                    )
    yield from _wrong_times(key, waits, state)


def _wrong_people(house: House, key: str) -> Iterator[str]:
    # The record as a command sees it: it may have gone on since it was read with the others.
    asking = loading.Asking("", house.now())
    seen = house.store.look(lambda it: loading.look_by_key(it, asking, key))
    if seen is not None and seen.ended_at is None:
        # Asked after it: what was moved in between counts as moved.
        was_moved = house.store.ask(partial(invariants.was_moved, key=key))
        deployed = house.version(seen.version_id)
        yield from wrong_people(deployed, seen, house.now(), was_moved=was_moved)


def _by_state(waits: Waits, *, was_moved: bool) -> Mapping[str, Mapping[str, Row]]:
    """What each row must say of what the instance waits for, by its token: column -> value.

    Whom a task keeps out is compared here where it is nobody, and else by `wrong_people`.
    """
    return {
        "work_items": {
            it.token: {
                "element": it.element,
                "name": it.name,
                "role": it.role,
                "group_name": it.group,
                "form": it.form,
                "rule": it.approval and it.approval.rule,
                "item": jsonb.exact(it.item),
                "apart_from": list(it.not_same_person_as),
                **({} if was_moved or _keeps_out(it) else {"excluded": []}),
            }
            for it in waits.work_items
        },
        "timers": {
            it.token: {
                "element": it.element,
                "repeats_left": it.repeats_left,
                "missed": it.missed,
            }
            for it in waits.timers
        },
        "events": {
            it.token: {
                "element": it.element,
                "kind": it.kind,
                "name": it.name,
                "action": it.action,
                "role": it.role,
                "form": it.form,
            }
            for it in waits.events
        },
        "jobs": {it.token: {"element": it.element, "step": it.step} for it in waits.jobs},
    }


def _keeps_out(item: WaitingWorkItem) -> bool:
    return bool(item.approval or item.not_same_person_as or item.excluded)


def _wrong_times(key: str, waits: Waits, state: Mapping[str, Any]) -> Iterator[str]:
    """What is due at another time than the one that was worked out for it."""
    rows: dict[str, Row] = {**(state["timers"] or {}), **(state["work_items"] or {})}
    for it in waits.timers:
        if it.token in rows:
            yield from _wrong_time(f"The timer {it.token} of {key}", rows[it.token], it.due)
    for it in waits.work_items:
        if it.token not in rows:
            continue
        row, what = rows[it.token], f"The work item {it.token} of {key}"
        # A vote that began anew is due when its round is, and that is worked out then.
        deadline = row["deadline"]
        if it.approval is not None and row["round"] == 1:
            yield from _wrong_time(
                f"The round of the{what[3:]}", {"due": deadline}, it.approval.deadline
            )
        if it.due is None or row["due"] != deadline or deadline is None:
            yield from _wrong_time(what, row, it.due or _instant(deadline))


def _wrong_time(what: str, row: Row, expected: datetime | None) -> Iterator[str]:
    found = _instant(row["due"])
    if found != expected:
        yield (f"{what} is due at {_iso(expected)} by its state, but at {_iso(found)} by its row.")


def _instant(text: Any) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _iso(instant: datetime | None) -> str:
    return "no time" if instant is None else instant.isoformat()


def _words(column: str) -> str:
    return column.removesuffix("_name").replace("_", " ")


def _told(value: object) -> str:
    return "-" if value is None else value if isinstance(value, str) else json.dumps(value)


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
