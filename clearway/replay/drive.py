"""Carries the steps of one row out through the service's own commands, each once."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from clearway import engine
from clearway.engine.values import World
from clearway.errors import ClearwayError
from clearway.replay.log import Event
from clearway.replay.people import acting, group_name, login
from clearway.replay.translate import (
    HOLDER,
    Implied,
    Seen,
    Step,
    implied,
    opening_values,
)
from clearway.service.assign import assign
from clearway.service.claim import unclaim
from clearway.service.comment import comment
from clearway.service.complete import complete
from clearway.service.deliver import send
from clearway.service.house import House
from clearway.service.reading import readable
from clearway.service.start import start
from clearway.service.values import SYSTEM, Actor, Done, Refusal
from clearway.store.rows import Snapshot

_MOVING = ("on_hold", "resolved")
"""The states in which a timer of the process runs."""
_ON_ITEMS = ("complete", "assign", "unclaim")
_TO_BE_READ = {
    ("complete", "triage"),
    ("complete", "resolve"),
    ("send", "reprioritise"),
    ("send", "desk_reopens"),
}
"""After these the priority may be another, or a calendar says when the record goes on."""


class ReplayError(ClearwayError):
    """The replay cannot go on; the text says why and what to do."""


@dataclass(frozen=True)
class Looked:
    """A record as it stands, and when time will move it by itself next.

    Not `whole`: its work items and its priority are to be read again before they are relied on.
    """

    seen: Seen
    due: datetime | None
    whole: bool = True


def look(house: House, key: str) -> Looked:
    """Read a record; raises ReplayError when it is not there."""
    snapshot = readable(house, SYSTEM, key)
    if isinstance(snapshot, Refusal):
        raise ReplayError(f"The record {key} is gone: start again on an empty database.")
    return Looked(_seen(snapshot), _due(house, snapshot))


@dataclass(frozen=True)
class Driver:
    """Carries rows out on this house; `until_checkable` answers the automated step of a record."""

    house: House
    until_checkable: Callable[[str, Event], Looked]

    def open(self, event: Event) -> tuple[Looked | None, str | None]:
        """Open the record of a case with its first row; else the reason why it is refused."""
        actor = acting(login(event.opened_by or event.updated_by), None)
        values = opening_values(event)
        answer = start(self.house, actor, "incident", values, once=_once(event, "start", ""))
        if isinstance(answer, Refusal):
            return None, f"{answer.code} at start"
        return self.until_checkable(answer.key, event), None

    def follow(
        self, event: Event, before: Event | None, looked: Looked
    ) -> tuple[Looked, str | None]:
        """Carry out what a row implies; the reason of the first step that is refused, if any."""
        way: Implied = implied(event, before, looked.seen)
        refused = way.refused
        for step in way.steps:
            if not looked.whole and step.do in _ON_ITEMS:
                looked = look(self.house, looked.seen.key)
            answer, actor = self._command(event, step, looked.seen)
            if isinstance(answer, Done):
                looked = _after(step, answer, actor, looked)
            else:
                code = "not_waiting" if answer is None else answer.code
                refused = refused or f"{code} at {step.do} {step.at}".strip()
                looked = look(self.house, looked.seen.key)
        if not looked.whole and any((it.do, it.at) in _TO_BE_READ for it in way.steps):
            looked = look(self.house, looked.seen.key)
        return looked, refused

    def _command(self, event: Event, step: Step, seen: Seen) -> tuple[Done | Refusal | None, Actor]:
        """Its answer and who did it; None when the record has no such work item open."""
        actor = self._actor(event, step, seen)
        return self._answer(event, step, seen, actor), actor

    def _answer(self, event: Event, step: Step, seen: Seen, actor: Actor) -> Done | Refusal | None:
        once = _once(event, step.do, step.at)
        if step.do == "comment":
            text = str(step.values["text"])
            return comment(self.house, actor, seen.key, text, public=False, once=once)
        if step.do == "send":
            return send(self.house, actor, seen.key, step.at, step.values, once=once)
        item = seen.items.get(step.at)
        if item is None:
            return None
        if step.do == "assign":
            return assign(self.house, actor, item, str(step.values["person"]), once=once)
        if step.do == "unclaim":
            return unclaim(self.house, actor, item, once=once)
        return complete(self.house, actor, item, step.values, once=once)

    def _actor(self, event: Event, step: Step, seen: Seen) -> Actor:
        name = login(event.updated_by)
        if step.by == HOLDER and seen.assignee:
            name = seen.assignee
        return acting(name, seen.group or group_name(event.group))


def _after(step: Step, done: Done, actor: Actor, looked: Looked) -> Looked:
    """What is known of the record after a step without reading it again.

    Reading costs as much as a command. An answer that is repeated after a kill tells of the past,
    so that the record is read then.
    """
    seen = looked.seen
    if step.do == "comment":
        return looked
    if step.do in ("assign", "unclaim"):
        person = cast("str | None", step.values.get("person"))
        return replace(looked, seen=replace(seen, assignee=person), whole=not done.repeated)
    reason = cast("str | None", step.values.get("hold_reason"))
    seen = replace(seen, state=done.state, ended=done.ended, hold_reason=reason)
    if done.ended:
        return Looked(replace(seen, items={}), None, not done.repeated)
    return _moved(step, seen, actor)


def _moved(step: Step, seen: Seen, actor: Actor) -> Looked:
    """The record has gone on: other work items are open now."""
    due = None
    if step.at in ("triage", "reassign"):
        group = cast("str", step.values["assignment_group"])
        assignee = cast("str | None", step.values.get("assignee"))
        seen = replace(seen, group=group, assignee=assignee)
    elif step.at == "hold":
        seen = replace(seen, assignee=seen.assignee or actor.name)
        due = datetime.fromisoformat(cast("str", step.values["resume_by"]))
    return Looked(seen, due, whole=False)


def _once(event: Event, do: str, at: str) -> str:
    return f"replay {event.number} {event.position} {do} {at}".strip()


def _seen(snapshot: Snapshot) -> Seen:
    record = snapshot.record
    return Seen(
        key=snapshot.key,
        state=snapshot.state,
        ended=snapshot.ended_at is not None,
        impact=_number(record.get("impact")),
        urgency=_number(record.get("urgency")),
        priority=_number(record.get("priority")),
        group=cast("str | None", record.get("assignment_group")),
        assignee=cast("str | None", record.get("assignee")),
        hold_reason=cast("str | None", record.get("hold_reason")),
        items={item.element: item.id for item in snapshot.open_items()},
    )


def _number(value: object) -> int | None:
    return None if value is None else int(str(value))


def _due(house: House, snapshot: Snapshot) -> datetime | None:
    if snapshot.ended_at is not None or snapshot.state not in _MOVING:
        return None
    deployed = house.version(snapshot.version_id)
    world = World(house.now(), snapshot.record, snapshot.key)
    waits = engine.waits(deployed.blueprint, snapshot.engine_state, world)
    return min((timer.due for timer in waits.timers), default=None)
