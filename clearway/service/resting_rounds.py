"""Whether those who may vote or do a task by its rows are those whom the process lets."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import combinations
from typing import Any, cast

from clearway import engine
from clearway.engine.values import ApprovalSpec, World
from clearway.service.deployed import Deployed
from clearway.service.round_times import ENDS, instants, time_of
from clearway.service.taking import is_for_others, new_round
from clearway.store.rows import Json, Snapshot, WorkItem

_MOST_HELD = 5
"""Each more doubles the ways in which a round may have been asked for."""


def wrong_people(
    deployed: Deployed, seen: Snapshot, now: datetime, *, was_moved: bool
) -> Iterator[str]:
    """Open tasks that others may do, and rounds that others may decide, than the process says.

    Of a record that was moved more people may be kept out: those of its version before as well.
    Raises ProcessFault where the process cannot say who votes.
    """
    world = World(now, seen.record, seen.key, seen.linked)
    waits = engine.waits(deployed.blueprint, seen.engine_state, world)
    rows = {it.token: it for it in seen.work_items if it.closed_at is None}
    others = {
        it.token: [name for part in it.not_same_person_as for name in seen.done_by.get(part, ())]
        for it in waits.work_items
    }
    for it in waits.work_items:
        if it.token not in rows:
            continue
        if free := sorted({*others[it.token], *it.excluded} - {*rows[it.token].excluded}):
            yield (
                f"The work item {it.token} of {seen.key} may be done by {', '.join(free)} by its "
                "row, whom the process keeps out, or who did what it is kept apart from."
            )
        barred = sorted({*rows[it.token].excluded} - {*others[it.token], *it.excluded})
        if barred and not was_moved:
            yield (
                f"The work item {it.token} of {seen.key} may not be done by {', '.join(barred)} by "
                "its row, and nothing keeps them out of it."
            )
    voting = [it for it in waits.work_items if it.approval is not None and it.token in rows]
    if voting:
        asked = [
            deployed.approvals(seen.engine_state, replace(world, record=record))
            for record in _as_it_was_seen(deployed, seen.record)
        ]
        for it in voting:
            specs = [each[it.token] for each in asked]
            yield from _wrong_round(seen.key, rows[it.token], specs, others[it.token])


def wrong_times_of_rounds(
    deployed: Deployed, state: Mapping[str, Any], now: datetime
) -> Iterator[str]:
    """Reminders and ends of open rounds that are not there or not due when they should be.

    Of a record that was moved to another version only what is there: its rounds go on as they were.
    """
    timers = cast(Mapping[str, Mapping[str, str]], state["timers"] or {})
    items = cast(Mapping[str, Mapping[str, Any]], state["work_items"] or {})
    was_moved = bool(state["was_moved"])
    expected: dict[str, datetime] = {}
    for token, item in items.items():
        info = deployed.elements.get(item["element"])
        if item["round"] is not None and info is not None:
            opened_at = datetime.fromisoformat(item["round_opened"])
            deadline = item["deadline"] and datetime.fromisoformat(item["deadline"])
            expected |= instants(token, deadline, info, opened_at)
    for token, row in timers.items():
        of_round = time_of(token)
        if of_round is None:
            continue
        due, found = expected.get(token), datetime.fromisoformat(row["due"])
        item = items.get(of_round[1])
        if item and (row["element"], row["repeats_left"]) != (item["element"], None):
            yield f"The timer {token} of {state['key']} is not as its round asks for."
        if due is None and not (was_moved and of_round[1] in items):
            yield f"The timer {token} of {state['key']} belongs to no round that is open."
        elif due is not None and due != found and not was_moved:
            yield (
                f"The timer {token} of {state['key']} is due at {found.isoformat()} by its row, "
                f"but at {due.isoformat()} by its round."
            )
    for token, due in expected.items():
        # A reminder is gone once it was sent; the end goes with the round.
        is_over = due <= now and not token.startswith(ENDS)
        if token not in timers and not is_over and not was_moved:
            yield f"The round of {state['key']} lacks the timer {token}, due at {due.isoformat()}."


def _as_it_was_seen(deployed: Deployed, record: Json) -> Iterator[Json]:
    """The record with any of what people hold left out: what counts as held by nobody.

    That is what somebody held who had left at the last command, and may be back since.
    """
    held = sorted(name for name in deployed.holder_fields if record.get(name) is not None)
    for count in range(len(held[:_MOST_HELD]) + 1):
        for left in combinations(held[:_MOST_HELD], count):
            yield {name: value for name, value in record.items() if name not in left}


def _wrong_round(
    key: str, row: WorkItem, specs: Sequence[ApprovalSpec], others: Sequence[str]
) -> Iterator[str]:
    round_ = row.round
    if round_ is None:
        return
    rounds = [new_round(row.token, row.id, round_.revision, it, others) for it in specs]
    if not specs[0].looks_around and all(is_for_others(anew, round_) for anew in rounds):
        yield (
            f"In the open round of {key} at {row.element}, the seats and those without a vote are "
            "not what the process says now."
        )
    if (rounds[0].rule, rounds[0].result_field) != (round_.rule, round_.result_field):
        yield (
            f"The open round of {key} at {row.element} is by another rule, or for another field, "
            "than the process says."
        )
