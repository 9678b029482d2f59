"""The pure core of every command: turns what the engine did into what is to be written."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC
from typing import TypeVar, cast

from clearway.engine import StateError
from clearway.engine.values import (
    ApprovalSpec,
    CompleteWorkItem,
    FailJob,
    FinishJob,
    ProcessFault,
    Trigger,
    Turn,
    Waits,
    World,
)
from clearway.service import stops
from clearway.service.concerns import concerns_of
from clearway.service.forms import Filled, keys_in
from clearway.service.round_times import times_of, tokens_of
from clearway.service.taking import Taking, due_of, is_for_others, new_round
from clearway.service.values import Done
from clearway.service.wording import Wording
from clearway.store import jsonb
from clearway.store.effect import (
    ChangedItem,
    ClosedItem,
    ClosedRound,
    Effect,
    InstanceChange,
    Line,
    NewInstance,
    OpenedRound,
)
from clearway.store.rows import Json, Round, WorkItem
from processes.links import no_links

T = TypeVar("T")

VOTE_AGAIN = "vote_again"
"""The message to whoever voted on what has changed since."""

_log = logging.getLogger(__name__)


class UnfitChange(ProcessFault):
    """What a person changed leaves an approval that cannot be asked for: they can mend it."""

    def __init__(self, fault: ProcessFault) -> None:
        super().__init__(fault.element, fault.cause, "Fill in what it needs and send it again.")


class Deed(Taking):
    """The effect of one command while it is worked out."""

    def fill(self, filled: Filled, element: str | None) -> None:
        """Write a form's values into the record, and its comments and the rest into history."""
        for name, value in filled.record.items():
            before = self.record.get(name)
            self.change(name, value, element)
            if (link := filled.links.get(name)) is not None:
                self.link_with(link, keys_in(value, but=before), element)
        for comment in filled.comments:
            self.line("comment", element, text=comment.text, public=comment.public)
        if filled.only:
            self.line("noted", element, values=filled.only)

    def name_holder(self, item: WorkItem, person: str | None) -> None:
        """Whoever has the work item stands in the field that the diagram names for it."""
        field = self.deployed.elements[item.element].holder
        if field is not None:
            self.change(field, person, item.element)

    def complete(self, item: WorkItem, people: Sequence[str]) -> None:
        """The work item is done by these people: the actor, and whom the actor stands in for."""
        self.closed_items.append(ClosedItem(item.token, self.actor.name, "completed"))
        done = dict.fromkeys([*self.done_by.get(item.element, ()), *people])
        self.done_by[item.element] = tuple(done)
        for other in self.open_items():
            if other.id != item.id and item.element in other.apart_from:
                self.give(other, self.assignee(other), [*self.excluded(other), *people])

    def run(self, trigger: Trigger) -> Turn:
        """Let the engine run to its next waits, and take up all that it did.

        Raises ProcessFault when the process itself fails; the deed is useless then.
        """
        turn = self._turn(self._engine_state(), trigger, self.world())
        self.take(trigger, turn)
        return turn

    def _engine_state(self) -> bytes | None:
        if self.turn is not None:
            return self.turn.state
        return self.snapshot.engine_state if self.snapshot else None

    def world(self) -> World:
        """What the engine sees of the outside."""
        linked = self.snapshot.linked if self.snapshot else no_links()
        return World(self.now, self._shown_record(), self.key, linked)

    def _shown_record(self) -> Json:
        """The record as the diagram sees it: nobody has what somebody has who has left."""
        if not self.left:
            return self.record
        vacant = {it for it in self.deployed.holder_fields if self.record.get(it) in self.left}
        return {name: value for name, value in self.record.items() if name not in vacant}

    def _turn(self, state: bytes | None, trigger: Trigger, world: World) -> Turn:
        turn = self._unless_broken(lambda: self.deployed.turn(state, trigger, world))
        if not turn.caught and isinstance(trigger, CompleteWorkItem | FinishJob | FailJob):
            raise stops.gone(trigger.token)
        if not turn.finished and turn.after == Waits():
            # The turn is not kept: from where the record stood, another answer may lead on.
            names = [self.deployed.name_of(it) or it for it in turn.stuck]
            raise stops.stuck(turn.stuck, names)
        return turn

    def _unless_broken(self, ask: Callable[[], T]) -> T:
        """What the engine answers; raises ProcessFault also when it fails by itself."""
        try:
            return ask()
        except ProcessFault:
            raise
        except StateError as error:
            raise stops.unreadable(error) from error
        except Exception as error:
            _log.exception("The engine stopped at %s", self.key)
            raise stops.broken_engine(error) from error

    def effect(self) -> Effect:
        """All that is to be written. Call it once, at the end.

        Raises UnfitChange when the actor's words cannot stand beside an approval that waits, and
        ProcessFault when an approval cannot be asked for.
        """
        self._renew_rounds()
        self._time_rounds()
        self._settle_faults()
        self._tell_state()
        snapshot = self.snapshot
        new = None
        if snapshot is None:
            new = NewInstance(self.key, self.deployed.process, self.deployed.version_id)
        closed = {item.token for item in self.closed_items}
        kept = {item.id: item for item in self.open_items() if item.token not in closed}
        return Effect(
            actor=self.actor.name,
            command=self.command,
            at=self.now,
            instance=self._instance(),
            key=self.key,
            instance_id=snapshot.instance_id if snapshot else None,
            new=new,
            closed_items=self.closed_items,
            changed_items=[
                ChangedItem(it.id, self.assignee(it), self.excluded(it), self.due_at(it))
                for it in kept.values()
                if it.id in self.people or it.id in self.due
            ],
            opened_items=self.opened_items,
            opened_rounds=self.opened_rounds,
            closed_rounds=self.closed_rounds,
            ballots=self.ballots,
            cleared_timers=self.cleared_timers,
            set_timers=self.set_timers,
            parked_timers=self.parked_timers,
            unsubscribed=self.unsubscribed,
            subscribed=self.subscribed,
            cancelled_jobs=self.cancelled_jobs,
            queued_jobs=self.queued_jobs,
            job=self.job,
            messages=self.messages,
            concerns=concerns_of(self.deployed.planned, self.key, self._before(), self.record),
            signals=self.signals,
            settled_message=self.settled_message,
            links=self.links,
            faults=self.faults,
            settled_faults=self.settled_faults,
            lines=[
                Line(
                    line.kind,
                    line.element,
                    cast(Json, jsonb.exact(line.details)),
                    line.state_before,
                    line.state_after,
                )
                for line in self.telling.lines()
            ],
        )

    def done(self, work_item_id: int | None = None, **details: object) -> Done:
        """What the command answers, without the ids that the database gives."""
        snapshot = self.snapshot
        return Done(
            key=self.key,
            instance_id=snapshot.instance_id if snapshot else None,
            revision=snapshot.revision + 1 if snapshot else 1,
            state=self.state,
            ended=self.ended_at is not None,
            work_item_id=work_item_id,
            details=details,
        )

    def _before(self) -> Json:
        return self.snapshot.record if self.snapshot else {}

    def _instance(self) -> InstanceChange:
        snapshot, deployed = self.snapshot, self.deployed
        changed = snapshot is None or bool(self.changed_fields)
        return InstanceChange(
            revision=snapshot.revision + 1 if snapshot else 1,
            changed_at=self.now,
            state=self.state,
            title=deployed.title_of(self.record, self.key),
            requester=deployed.requester_of(self.record),
            ended_at=self.ended_at,
            done_by=self.done_by,
            engine_state=self.turn.state if self.turn is not None else None,
            record=self.record if changed else None,
        )

    def _renew_rounds(self) -> None:
        """Let rounds ask what holds at the end of the command.

        A change of what the seats look at voids what they said about the old, and so does one of
        who may not vote or who sits where. That may be just what was changed, also after a round
        of this command began.
        """
        did_more = self.snapshot is not None and self.done_by != self.snapshot.done_by
        waiting = self._open_rounds() if self.changed_fields or did_more else []
        begun = self.opened_rounds if self.changed_fields else []
        state = self._engine_state()
        if state is None or not (waiting or begun):
            return
        try:
            asked = self._unless_broken(lambda: self.deployed.approvals(state, self.world()))
        except stops.OutOfOrder:
            raise
        except ProcessFault as fault:
            if begun or not self.actor.is_person:
                raise
            raise UnfitChange(fault) from fault
        self.opened_rounds = [self._asked_now(it, asked) for it in self.opened_rounds]
        material = sorted(self.deployed.material_fields & set(self.changed_fields))
        for item, round_ in waiting:
            # In another version it may be no approval any more.
            if item.token in asked:
                anew = self._anew(item, round_, asked[item.token])
                if material or is_for_others(anew, round_):
                    self._void(item, round_, anew, material)

    def _asked_now(self, begun: OpenedRound, asked: Mapping[str, ApprovalSpec]) -> OpenedRound:
        """A round that began in this command, as it is asked for at its end."""
        items = self.turn.after.work_items if self.turn is not None else ()
        item = next((it for it in items if it.token == begun.token), None)
        if item is None or begun.token not in asked:
            return begun
        spec = asked[begun.token]
        self.opened_items = [
            replace(it, due_at=due_of(item, spec)) if it.token == begun.token else it
            for it in self.opened_items
        ]
        return new_round(begun.token, None, 1, spec, self.done_those(item.not_same_person_as))

    def _open_rounds(self) -> list[tuple[WorkItem, Round]]:
        over = {round_.id for round_ in self.closed_rounds}
        return [
            (item, item.round)
            for item in self.open_items()
            if item.round is not None and item.round.id not in over and not self.is_closed(item)
        ]

    def _anew(self, item: WorkItem, round_: Round, asked: ApprovalSpec) -> OpenedRound:
        # Another version may call the other parts otherwise.
        items = self.turn.after.work_items if self.turn is not None else ()
        parts = next((it.not_same_person_as for it in items if it.token == item.token), None)
        apart = self.done_those(item.apart_from if parts is None else parts)
        return new_round(item.token, item.id, round_.revision + 1, asked, apart)

    def _void(
        self, item: WorkItem, round_: Round, anew: OpenedRound, material: Sequence[str]
    ) -> None:
        reason = f"{self.actor.name} changed {', '.join(material) or 'who may vote'}."
        self.closed_rounds.append(ClosedRound(round_.id, "voided", reason))
        self.opened_rounds.append(anew)
        if item.due_at == round_.deadline:
            self.due[item.id] = anew.deadline
        self.line(
            "round_voided",
            item.element,
            revision=round_.revision,
            reason=reason,
            fields=material,
            ballots=len(round_.ballots),
        )

        self._tell_voters(item, round_, reason, material)

    def _tell_voters(
        self, item: WorkItem, round_: Round, reason: str, material: Sequence[str]
    ) -> None:
        """Whoever had voted reads what changed, and that they are asked anew."""
        said = [name for it in round_.ballots for name in (it.person, it.instead_of) if name]
        voters = [name for name in dict.fromkeys(said) if name != self.actor.name]
        if not voters:
            return
        say = Wording(self.deployed, lambda at: f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC")
        changes = [
            {
                "field": say.title(name),
                "before": say.value(name, self.changed_fields[name]),
                "after": say.value(name, self.record.get(name)),
            }
            for name in material
        ]
        values = {"approval": item.name, "reason": reason, "changes": changes, "task": item.id}
        self.tell(item.element, VOTE_AGAIN, voters, values)

    def _time_rounds(self) -> None:
        """Rounds that open get their reminders and their end, those that are over lose theirs."""
        elements = {it.token: it.element for it in (*self.open_items(), *self.opened_items)}
        for it in self.opened_rounds:
            info = self.deployed.elements[elements[it.token]]
            self.set_timers += times_of(it, info, self.now)
        over = {round_.id for round_ in self.closed_rounds}
        timed = {it.token for it in self.set_timers}
        for item in self.open_items():
            if item.round is not None and item.round.id in over and item.round.deadline:
                gone = [it for it in tokens_of(item.token) if it not in timed]
                self.cleared_timers += [it for it in gone if it not in self.cleared_timers]

    def _tell_state(self) -> None:
        """The last line of a command says where it led, if that is somewhere else."""
        before = self.snapshot.state if self.snapshot else None
        if self.state == before:
            return
        element, name = self.state_shown_by or (None, None)
        self.telling.add(Line("state", element, {"name": name}, before, self.state))

    def _settle_faults(self) -> None:
        """What no longer waits cannot be tried again; what went through needs no fault."""
        if self.snapshot is None or self.turn is None:
            return
        gone = {*self.cleared_timers, *self.cancelled_jobs, *(it.token for it in self.closed_items)}
        gone |= {timer.token for timer in self.set_timers}
        if self.job is not None and self.snapshot.job is not None and self.job.status == "done":
            gone.add(self.snapshot.job.token or "")
        for fault in self.snapshot.faults:
            over = self.ended_at is not None or fault.trigger.get("token") in gone
            if over and fault.id not in self.settled_faults:
                self.settled_faults.append(fault.id)
