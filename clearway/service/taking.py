"""Takes up what a turn of the engine did: fields, history, waits, messages and notices."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, replace
from datetime import datetime
from typing import cast

from clearway.engine.values import (
    ApprovalSpec,
    FailJob,
    FinishJob,
    Happening,
    Notice,
    OutgoingMessage,
    ProcessFault,
    RecordChange,
    Trigger,
    Turn,
    WaitingJob,
    WaitingTimer,
    WaitingWorkItem,
    Waits,
)
from clearway.service.forms import keys_in
from clearway.service.inviting import invitation_of
from clearway.service.sheet import Sheet
from clearway.store import jsonb
from clearway.store.effect import (
    ClosedItem,
    ClosedRound,
    NewLink,
    OpenedItem,
    OpenedRound,
    OpenedSeat,
    QueueJob,
    SendMessage,
    SetTimer,
    Subscribe,
)
from clearway.store.rows import Json, Round
from processes.links import link_of

NOTICE = "notice"
_NOTICE_RETRIES = 5


class Taking(Sheet):
    """A sheet that knows how to take up a turn."""

    def take(self, trigger: Trigger, turn: Turn) -> None:
        """Write down all that the turn did. Raises ProcessFault for what a field cannot hold."""
        self.turn = turn
        self.visited |= {*turn.flows, *(it.element for it in turn.happenings)}
        self._take_happenings(turn)
        self._take_record(turn.record_changes)
        self._take_waits(trigger, turn.before, turn.after)
        self._take_messages(turn.messages)
        self._take_notices(turn.notices)
        self.signals += turn.signals
        self.state = turn.shown_state
        self.ended_at = self.now if turn.finished and self.ended_at is None else self.ended_at

    def _take_record(self, changes: Sequence[RecordChange]) -> None:
        for change in changes:
            value = jsonb.exact(change.after)
            problem = self.deployed.record_schema.problem(change.field, value)
            if problem is not None:
                raise ProcessFault(
                    change.element,
                    f"It gives the field {change.field} the value {jsonb.dumps(value)}: {problem}",
                    "Correct what gives the value, or the field in record.json.",
                )
            shape = self.deployed.record_schema.fields.get(change.field, {})
            if (link := shape.get("x-link")) is not None:
                before = self.record.get(change.field)
                self.link_with(link, keys_in(value, but=before), change.element)
            self.change(change.field, value, change.element)

    def link_with(self, name: str, keys: Sequence[str], element: str | None) -> None:
        """Link the record with these others: `name` is a word of `processes.links`."""
        for key in keys:
            self.links.append(NewLink(*link_of(name, self.key, key)))
            self.line("linked", element, link=name, to=key)

    def _take_happenings(self, turn: Turn) -> None:
        telling = {it.element for it in (*turn.messages, *turn.notices)}
        self.telling.happened([self._with_table(it) for it in turn.happenings], telling)
        for it in turn.happenings:
            if it.kind == "state":
                self.state_shown_by = (it.element, it.name)

    def _with_table(self, it: Happening) -> Happening:
        """A decision names the table that was asked, with its version and its content hash."""
        if it.kind != "decided":
            return it
        table = self.deployed.table_of(str(it.details.get("decision")))
        return replace(it, details={**it.details, **table})

    def _take_waits(self, trigger: Trigger, before: Waits, after: Waits) -> None:
        self._take_items(before.work_items, after.work_items)
        self._take_timers(before.timers, after.timers)
        old = {event.token: event for event in before.events}
        new = {event.token: event for event in after.events}
        self.unsubscribed += [token for token in old if token not in new]
        self.subscribed += [
            Subscribe(it.token, it.element, it.kind, it.name, it.action, it.role, it.form)
            for it in new.values()
            if it.token not in old
        ]
        self._take_jobs(trigger, before.jobs, after.jobs)

    def _take_items(
        self, before: Sequence[WaitingWorkItem], after: Sequence[WaitingWorkItem]
    ) -> None:
        now_waiting = {item.token for item in after}
        was_waiting = {item.token for item in before}
        done = {item.token for item in self.closed_items}
        for item in before:
            if item.token not in now_waiting and item.token not in done:
                self.closed_items.append(ClosedItem(item.token, self.actor.name, "cancelled"))
                self._close_round_of(item.token)
        for item in after:
            if item.token not in was_waiting:
                self._open_item(item)

    def _close_round_of(self, token: str) -> None:
        for item in self.open_items():
            if item.token == token and item.round is not None:
                reason = "The process went on without this decision."
                self.closed_rounds.append(ClosedRound(item.round.id, "voided", reason))

    def _open_item(self, item: WaitingWorkItem) -> None:
        others = self.done_those(item.not_same_person_as)
        excluded = tuple(dict.fromkeys([*others, *sorted(item.excluded)]))
        assignee = None if item.assignee in excluded else item.assignee
        if assignee != item.assignee:
            because = "same_person" if item.assignee in others else "excluded"
            self.line("unassigned", item.element, person=item.assignee, because=because)
        elif self.left:
            assignee = self._without_leaver(item)
        spec = item.approval
        self.opened_items.append(
            OpenedItem(
                token=item.token,
                element=item.element,
                name=item.name,
                role=item.role,
                group=item.group,
                assignee=assignee,
                form=item.form,
                rule=spec.rule if spec else None,
                item=jsonb.exact(item.item),
                apart_from=item.not_same_person_as,
                excluded=excluded,
                due_at=due_of(item, spec),
            )
        )
        if spec is not None:
            self.opened_rounds.append(new_round(item.token, None, 1, spec, excluded))

    def done_those(self, elements: Sequence[str]) -> tuple[str, ...]:
        """Who has done one of these elements, each once."""
        people = [person for element in elements for person in self.done_by.get(element, ())]
        return tuple(dict.fromkeys(people))

    def _without_leaver(self, item: WaitingWorkItem) -> str | None:
        """Who gets the work item: never somebody who has left; nor do they stand as its holder."""
        info = self.deployed.elements[item.element]
        if item.assignee in self.left:
            self.line("unassigned", item.element, person=item.assignee, because="left")
            return None
        holder = self.record.get(info.holder) if info.holder and item.assignee is None else None
        if info.holder and holder in self.left:
            self.change(info.holder, None, item.element)
            if info.assignee == info.holder:
                self.line("unassigned", item.element, person=str(holder), because="left")
        return item.assignee

    def _take_timers(self, before: Sequence[WaitingTimer], after: Sequence[WaitingTimer]) -> None:
        old = {timer.token: timer for timer in before}
        new = {timer.token for timer in after}
        self.cleared_timers += [token for token in old if token not in new]
        self.set_timers += [
            SetTimer(it.token, it.element, it.due, it.repeats_left, it.missed)
            for it in after
            if old.get(it.token) != it
        ]

    def _take_jobs(
        self, trigger: Trigger, before: Sequence[WaitingJob], after: Sequence[WaitingJob]
    ) -> None:
        old, new = {job.token for job in before}, {job.token for job in after}
        finished = trigger.token if isinstance(trigger, FinishJob | FailJob) else None
        self.cancelled_jobs += [token for token in old - new if token != finished]
        self.queued_jobs += [
            QueueJob(it.token, it.element, it.step, _inputs(it.inputs), it.retries)
            for it in after
            if it.token not in old
        ]

    def _take_messages(self, messages: Sequence[OutgoingMessage]) -> None:
        for it in messages:
            payload = _inputs(it.payload)
            self.messages.append(SendMessage(it.name, it.to, it.starts, payload, it.expires))
            self.line("sent", it.element, message=it.name, to=it.to, starts=it.starts)

    def _take_notices(self, notices: Sequence[Notice]) -> None:
        for it in notices:
            invitation = invitation_of(it, self.deployed, self.record, self.key, self._sequence)
            self.tell(it.element, it.template, it.to, it.values, invitation)

    def tell(
        self,
        element: str,
        template: str,
        to: Sequence[str],
        values: Mapping[str, object],
        invitation: Mapping[str, object] | None = None,
    ) -> None:
        """A notice is written to these people, groups and addresses."""
        whom = list(dict.fromkeys(self._instead_of(name) for name in to))
        inputs: dict[str, object] = {
            "template": template,
            "to": whom,
            "values": _inputs(values),
            "key": self.key,
            "title": self.deployed.title_of(self.record, self.key),
            "process": self.deployed.process,
        }
        if invitation is not None:
            inputs["invitation"] = invitation
        hashed = self.deployed.template_hash(template)
        self.queued_jobs.append(
            QueueJob(None, element, NOTICE, _inputs(inputs), _NOTICE_RETRIES, hashed)
        )
        self.line("told", element, template=template, to=whom)

    @property
    def _sequence(self) -> int:
        """Grows with each command on the record."""
        return self.snapshot.revision + 1 if self.snapshot else 1

    def _instead_of(self, name: str) -> str:
        """The group whose work goes to this person, once they have left; else the name itself."""
        if name not in self.left:
            return name
        fields = [field for field, value in self.record.items() if value == name]
        beside = (self.deployed.group_field_of(field) for field in fields)
        groups = (self.record.get(field) for field in beside if field)
        return next((str(group) for group in groups if group), name)


def due_of(item: WaitingWorkItem, spec: ApprovalSpec | None) -> datetime | None:
    """Until when it is to be done: a vote until the deadline of its round, at the latest."""
    return item.due or (spec.deadline if spec else None)


def new_round(
    token: str,
    work_item_id: int | None,
    revision: int,
    spec: ApprovalSpec,
    others: Sequence[str],
) -> OpenedRound:
    """A round of seats as it is asked for; `others` may not vote either."""
    excluded = sorted({*spec.excluded, *others})
    seats = [
        OpenedSeat(it.id, it.role, it.person, it.mandatory, it.veto, it.chair)
        for it in spec.seats
        # A seat whose person the record does not name is not there; the gate knows why it may be.
        if it.role is not None or it.person is not None
    ]
    return OpenedRound(
        token, work_item_id, revision, spec.rule, excluded, spec.result_field, spec.deadline, seats
    )


def is_for_others(anew: OpenedRound, round_: Round) -> bool:
    """Whether other people may vote in it, or not vote, than in the round that is open."""
    seats = [astuple(it) for it in anew.seats]
    were = [(it.name, it.role, it.person, it.mandatory, it.veto, it.chair) for it in round_.seats]
    return (list(anew.excluded), seats) != (list(round_.excluded), were)


def _inputs(values: Mapping[str, object]) -> Json:
    return cast(Json, jsonb.exact(dict(values)))
