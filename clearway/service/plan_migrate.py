"""The rules of moving an instance to another version of its process, and of taking that back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import cast

from clearway.engine import StateError, waits
from clearway.engine.migration import Moved, Obstacle
from clearway.engine.migration import migrate as moved_by_the_engine
from clearway.engine.values import (
    ProcessFault,
    Turn,
    WaitingEvent,
    WaitingWorkItem,
    Waits,
    Wake,
    World,
)
from clearway.service.deed import Deed
from clearway.service.deployed import Deployed
from clearway.service.plan import Outcome, Plan
from clearway.service.values import Actor, Refusal
from clearway.store.effect import Effect, OtherVersion, RenamedItem, Subscribe
from clearway.store.moving import Archived
from clearway.store.rows import Snapshot, WorkItem

_TOLD = 3  # reasons in one sentence; all of them are in the fields


def plan_migrate(
    old: Deployed,
    new: Deployed,
    snapshot: Snapshot,
    actor: Actor,
    mapping: Mapping[str, str],
    reason: str,
    now: datetime,
) -> Outcome:
    """The instance goes on with `new`; refused with each element that has no place there.

    Details: `notes`, what is not as it was; `what`: moved, or there (it is on `new` already).
    """
    if snapshot.ended_at is not None:
        return Refusal("already_done", f"{snapshot.key} has ended.", "It stays as it is.")
    if old.version_id == new.version_id:
        there = Deed(new, actor, "migrate", now, snapshot=snapshot)
        details = there.done(what="there", notes=[])
        return Plan(None, replace(details, revision=snapshot.revision))
    if (refusal := _parked_under(snapshot, mapping)) is not None:
        return refusal
    world = World(now, snapshot.record, snapshot.key, snapshot.linked)
    try:
        moved = moved_by_the_engine(
            snapshot.engine_state, old.blueprint, new.blueprint, mapping, world
        )
    except StateError as error:
        return Refusal(
            "conflict",
            f"The saved state of {snapshot.key} cannot be read: {error}",
            "Run `clearway verify`, and bring the state back from a backup.",
        )
    if not isinstance(moved, Moved):
        return _refused(snapshot.key, old, moved)
    try:
        return _planned(old, new, snapshot, actor, mapping, reason, now, moved)
    except ProcessFault as fault:
        return Refusal("conflict", f"{snapshot.key} could not go on: {fault.cause}", fault.remedy)


def plan_undo(
    old: Deployed,
    new: Deployed,
    snapshot: Snapshot,
    actor: Actor,
    archived: Archived,
    now: datetime,
) -> Outcome:
    """The instance stands again as it stood before it was moved from `old` to `new`."""
    if archived.revision != snapshot.revision:
        return Refusal(
            "stale",
            f"{snapshot.key} has gone on since it was moved.",
            "Move it to its former version instead: that keeps what has happened since.",
        )
    if archived.went_on:
        return Refusal(
            "stale",
            f"{snapshot.key} went on by itself when it was moved, and that cannot be undone.",
            "Move it to its former version instead.",
        )
    world = World(now, snapshot.record, snapshot.key, snapshot.linked)
    turn = Turn(
        state=archived.engine_state,
        finished=False,
        shown_state=archived.state,
        before=waits(new.blueprint, snapshot.engine_state, world),
        after=waits(old.blueprint, archived.engine_state, world),
        record=snapshot.record,
        record_changes=(),
        messages=(),
        notices=(),
        happenings=(),
    )
    deed = Deed(old, actor, "undo_migration", now, snapshot=snapshot)
    deed.done_by = dict(archived.done_by)
    deed.line("migration_undone", None, **{"from": new.number, "to": old.number})
    deed.take(Wake(), turn)
    people = {number: (assignee, excluded) for number, assignee, excluded in archived.people}
    effect = _moved(deed, turn, people)
    version = OtherVersion(old.version_id, keeps=False)
    return Plan(replace(effect, version=version), deed.done(version=old.number))


def _planned(
    old: Deployed,
    new: Deployed,
    snapshot: Snapshot,
    actor: Actor,
    mapping: Mapping[str, str],
    reason: str,
    now: datetime,
    moved: Moved,
) -> Plan:
    deed = Deed(new, actor, "migrate", now, snapshot=snapshot)
    deed.done_by = _renamed(snapshot.done_by, mapping)
    lost, new_parts = _parts_called_otherwise(old, new, snapshot, mapping)
    deed.done_by |= dict.fromkeys(new_parts, deed.done_those(lost))
    told = [_called_otherwise(old, lost, it) for it in new_parts]
    if lost and not new_parts and new.blueprint.parts_kept_apart:
        told = [_forgotten(old, lost)]
    notes = [*moved.notes, *_misfits(old, new, snapshot), *told]
    deed.line(
        "migrated",
        None,
        **{"from": old.number, "to": new.number, "mapping": dict(mapping)},
        reason=reason,
        notes=notes,
    )
    deed.take(Wake(), moved.turn)
    effect = _moved(deed, moved.turn, _people(deed, moved.turn.after.work_items))
    version = OtherVersion(new.version_id, went_on=moved.went_on)
    details = deed.done(what="moved", version=new.number, notes=notes)
    return Plan(replace(effect, version=version), details, frozenset(deed.visited))


def _moved(
    deed: Deed, turn: Turn, people: Mapping[int, tuple[str | None, Sequence[str]]]
) -> Effect:
    """The effect of a deed, with what the rows of waits that go on have in the other version."""
    deed.subscribed += _renamed_events(turn.before, turn.after)
    effect = deed.effect()
    renamed = list(_renamed_items(deed, turn, people))
    named = {it.id for it in renamed}
    jobs = {job.token: job.element for job in turn.before.jobs}
    change = effect.instance
    snapshot = deed.snapshot
    if snapshot is not None and (change.title, change.requester) != (
        snapshot.title,
        snapshot.requester,
    ):
        change = replace(change, record=deed.record)
    return replace(
        effect,
        instance=change,
        renamed_items=renamed,
        changed_items=[it for it in effect.changed_items if it.id not in named],
        renamed_jobs={
            job.token: job.element
            for job in turn.after.jobs
            if jobs.get(job.token, job.element) != job.element
        },
    )


def _renamed_items(
    deed: Deed, turn: Turn, people: Mapping[int, tuple[str | None, Sequence[str]]]
) -> Iterable[RenamedItem]:
    """Rows of work items that go on and are not what the other version says."""
    waiting = {it.token: it for it in turn.after.work_items}
    for row in deed.open_items():
        item = waiting.get(row.token)
        if item is None or deed.is_closed(row):
            continue
        assignee, excluded = people.get(row.id, (row.assignee, row.excluded))
        renamed = RenamedItem(
            row.id,
            item.element,
            item.name,
            item.role,
            item.form,
            item.not_same_person_as,
            assignee,
            tuple(excluded),
            deed.due_at(row),
        )
        if renamed != _as_it_is(row):
            yield renamed


def _as_it_is(row: WorkItem) -> RenamedItem:
    return RenamedItem(
        row.id,
        row.element,
        row.name,
        row.role,
        row.form,
        row.apart_from,
        row.assignee,
        row.excluded,
        row.due_at,
    )


def _people(
    deed: Deed, items: Sequence[WaitingWorkItem]
) -> Mapping[int, tuple[str | None, Sequence[str]]]:
    """Who has an item still; nobody when the new version wants another person for it."""
    found: dict[int, tuple[str | None, Sequence[str]]] = {}
    apart = {item.token: item.not_same_person_as for item in items}
    for row in deed.open_items():
        others = [
            person
            for element in apart.get(row.token, ())
            for person in deed.done_by.get(element, ())
        ]
        excluded = tuple(dict.fromkeys([*row.excluded, *others]))
        assignee = None if row.assignee in excluded else row.assignee
        if assignee != row.assignee:
            element = next(it.element for it in items if it.token == row.token)
            deed.line("unassigned", element, person=row.assignee, because="same_person")
        found[row.id] = (assignee, excluded)
    return found


def _renamed_events(before: Waits, after: Waits) -> list[Subscribe]:
    """Subscriptions that go on under the same token, and wait for something else."""
    old: dict[str, WaitingEvent] = {event.token: event for event in before.events}
    return [
        Subscribe(it.token, it.element, it.kind, it.name, it.action, it.role, it.form)
        for it in after.events
        if old.get(it.token, it) != it
    ]


def _renamed(
    done_by: Mapping[str, Sequence[str]], mapping: Mapping[str, str]
) -> dict[str, Sequence[str]]:
    """Who did what, by the names of the new version: others must still not do another part."""
    found: dict[str, Sequence[str]] = {}
    for element, people in done_by.items():
        name = mapping.get(element, element)
        found[name] = tuple(dict.fromkeys([*found.get(name, ()), *people]))
    return found


def _parts_called_otherwise(
    old: Deployed, new: Deployed, snapshot: Snapshot, mapping: Mapping[str, str]
) -> tuple[Sequence[str], Sequence[str]]:
    """Parts that keep people from another one: those done that are gone, and those that are new.

    What is done needs no place in the new version and no mapping. But who did it is known by the
    name of its element, and must not be forgotten where that has become another.
    """

    def is_elsewhere(name: str) -> bool:
        """An id that stands for an element of another kind is another part."""
        was, now = old.elements.get(name), new.elements.get(name)
        return was is None or now is None or was.kind != now.kind

    done = old.blueprint.parts_kept_apart & snapshot.done_by.keys()
    lost = sorted(it for it in done if it not in mapping and is_elsewhere(it))
    named = new.blueprint.parts_kept_apart - set(mapping.values())
    return (lost, sorted(filter(is_elsewhere, named))) if lost else ((), ())


def _called_otherwise(old: Deployed, lost: Sequence[str], part: str) -> str:
    names = " or ".join(str(old.name_of(it)) for it in lost)
    return (
        f"Who did {names} counts as who did {part}, which is new, and may not do what is kept "
        f"apart from it. Map {' and '.join(f'`{it}`' for it in lost)} if they are called otherwise."
    )


def _forgotten(old: Deployed, lost: Sequence[str]) -> str:
    names = " or ".join(str(old.name_of(it)) for it in lost)
    return (
        f"Nobody is kept any more from another part for having done {names}, which the new version "
        f"does not have. Map {' and '.join(f'`{it}`' for it in lost)} to the part that it has "
        "become."
    )


def _misfits(old: Deployed, new: Deployed, snapshot: Snapshot) -> list[str]:
    """Fields that the record holds and that the new version has no place for."""
    if old.record_schema.schema == new.record_schema.schema:
        return []
    problems = {
        name: new.record_schema.problem(name, value) for name, value in snapshot.record.items()
    }
    return [
        f"The field {name} of the record stays as it is, though the new version does not take it: "
        f"{problem}"
        for name, problem in problems.items()
        if problem is not None and old.record_schema.problem(name, snapshot.record[name]) is None
    ]


def _parked_under(snapshot: Snapshot, mapping: Mapping[str, str]) -> Refusal | None:
    """None unless something is parked that names an element by its old name."""
    for fault in snapshot.faults:
        request = cast("Mapping[str, object]", fault.trigger.get("request") or {})
        if request.get("wanted") in mapping:
            return Refusal(
                "conflict",
                f"{snapshot.key} cannot be moved: a fault has parked something for "
                f"{request['wanted']}, which is called otherwise in the new version.",
                "Let the fault be tried again first, or leave the name of this event.",
            )
    return None


def _refused(key: str, old: Deployed, obstacles: Sequence[Obstacle]) -> Refusal:
    told = " ".join(it.reason for it in obstacles[:_TOLD])
    more = f" (and {len(obstacles) - _TOLD} more)" if len(obstacles) > _TOLD else ""
    return Refusal(
        "conflict",
        f"{key} cannot be moved: {told}{more}",
        " ".join(dict.fromkeys(it.remedy for it in obstacles[:_TOLD])),
        {it.element or old.process: it.reason for it in obstacles},
    )
