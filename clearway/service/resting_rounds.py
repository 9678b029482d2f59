"""Whether those who may vote or do a task by its rows are those whom the process lets."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from clearway import engine
from clearway.engine.values import ApprovalSpec, World
from clearway.service.deployed import Deployed
from clearway.service.taking import is_for_others, new_round
from clearway.store.rows import Snapshot, WorkItem


def wrong_people(deployed: Deployed, seen: Snapshot, now: datetime) -> Iterator[str]:
    """Open tasks that others may do, and rounds that others may decide, than the process says.

    Raises ProcessFault where the process cannot say who votes.
    """
    world = World(now, seen.record, seen.key, seen.linked)
    waits = engine.waits(deployed.blueprint, seen.engine_state, world)
    rows = {it.token: it for it in seen.work_items if it.closed_at is None}
    others = {
        it.token: [name for part in it.not_same_person_as for name in seen.done_by.get(part, ())]
        for it in waits.work_items
    }
    for token, row in rows.items():
        if free := sorted({*others.get(token, ())} - {*row.excluded}):
            yield (
                f"The work item {token} of {seen.key} may be done by {', '.join(free)} by its row, "
                "who did what it is kept apart from."
            )
    voting = [it for it in waits.work_items if it.approval is not None and it.token in rows]
    if voting:
        # What somebody holds who has left counts as held by nobody, from the next command on.
        held = {it for it in deployed.holder_fields if seen.record.get(it) in seen.left}
        left = {name: value for name, value in seen.record.items() if name not in held}
        asked = [
            deployed.approvals(seen.engine_state, replace(world, record=record))
            for record in (seen.record, left)
        ]
        for it in voting:
            specs = [each[it.token] for each in asked]
            yield from _wrong_round(seen.key, rows[it.token], specs, others[it.token])


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
