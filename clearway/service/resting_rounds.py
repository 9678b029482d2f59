"""Whether those who may vote or do a task by its rows are those whom the process lets."""

from collections.abc import Iterator, Sequence

from clearway.engine.values import ApprovalSpec, Waits, World
from clearway.service.deployed import Deployed
from clearway.service.taking import is_for_others, new_round
from clearway.store.rows import Snapshot, WorkItem


def wrong_people(deployed: Deployed, seen: Snapshot, waits: Waits, world: World) -> Iterator[str]:
    """Open tasks that others may do, and rounds that others may decide, than the process says.

    Raises ProcessFault where the process cannot say who votes.
    """
    parts = {it.token: it.not_same_person_as for it in waits.work_items}
    others = {
        token: [name for part in apart for name in seen.done_by.get(part, ())]
        for token, apart in parts.items()
    }
    rows = {it.token: it for it in seen.work_items if it.closed_at is None}
    for token, row in rows.items():
        if free := sorted({*others.get(token, ())} - {*row.excluded}):
            yield (
                f"The work item {token} of {seen.key} may be done by {', '.join(free)} by its row, "
                "who did what it is kept apart from."
            )
    if not any(it.approval for it in waits.work_items):
        return
    # What somebody holds who has left counts as held by nobody, as in a command.
    held = {it for it in deployed.holder_fields if seen.record.get(it) in seen.left}
    record = {name: value for name, value in seen.record.items() if name not in held}
    asked = deployed.approvals(seen.engine_state, World(world.now, record, seen.key, seen.linked))
    for token, spec in asked.items():
        if token in rows:
            yield from _wrong_round(seen.key, rows[token], spec, others[token])


def _wrong_round(
    key: str, row: WorkItem, spec: ApprovalSpec, others: Sequence[str]
) -> Iterator[str]:
    if row.round is None:
        return
    anew = new_round(row.token, row.id, row.round.revision, spec, others)
    if is_for_others(anew, row.round):
        yield (
            f"In the open round of {key} at {row.element}, the seats and those without a vote are "
            "not what the process says now."
        )
    if (anew.rule, anew.result_field) != (row.round.rule, row.round.result_field):
        yield (
            f"The open round of {key} at {row.element} is by another rule, or for another field, "
            "than the process says."
        )
