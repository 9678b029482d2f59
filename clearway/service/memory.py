"""One instance in memory: takes up effects as the database would, for scenario runs."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from clearway.store.effect import Effect, OpenedRound, QueueJob, SetTimer, Subscribe
from clearway.store.rows import (
    Ballot,
    Job,
    OpenFault,
    Round,
    Seat,
    Snapshot,
    Subscription,
    Timer,
    WorkItem,
)


@dataclass(frozen=True)
class Told:
    """A notice that was sent."""

    template: str
    to: tuple[str, ...]
    inputs: Mapping[str, object]


class Memory:
    """The instance, its timers and jobs, and what it told others."""

    def __init__(self) -> None:
        self.snapshot: Snapshot | None = None
        self.timers: dict[str, Timer] = {}
        self.jobs: list[Job] = []
        self.notices: list[Told] = []
        self.messages: list[str] = []
        self._ids = itertools.count(1)

    def take(self, effect: Effect) -> Snapshot:
        """The instance as it is after this effect."""
        if effect.new is not None:
            self.snapshot = _opened(effect)
        if self.snapshot is None:
            raise AssertionError("an effect on nothing")
        self._take_timers(effect)
        self._take_jobs(effect)
        self.messages += [message.name for message in effect.messages]
        self.messages += effect.signals
        change = effect.instance
        before = self.snapshot
        self.snapshot = replace(
            before,
            revision=change.revision,
            engine_state=change.engine_state or before.engine_state,
            record=before.record if change.record is None else dict(change.record),
            state=change.state,
            title=change.title,
            requester=change.requester,
            ended_at=change.ended_at,
            done_by={name: tuple(people) for name, people in change.done_by.items()},
            work_items=self._work_items(effect, before.work_items),
            subscriptions=_subscriptions(effect, before.subscriptions),
            faults=self._faults(effect, before.faults),
        )
        return self.snapshot

    def link_here(self, kinds: Mapping[str, Sequence[str]]) -> None:
        """Links of these kinds lead to the instance, from the records with these keys."""
        if self.snapshot is None:
            raise AssertionError("links to nothing")
        self.snapshot = replace(self.snapshot, linked={**self.snapshot.linked, **kinds})

    def due_first(self) -> Timer | None:
        """The timer that is due before all others."""
        running = [timer for timer in self.timers.values() if not timer.parked]
        return min(running, key=lambda timer: (timer.due_at, timer.id), default=None)

    def _take_timers(self, effect: Effect) -> None:
        for token in effect.cleared_timers:
            self.timers.pop(token, None)
        for it in effect.set_timers:
            self.timers[it.token] = self._timer(it)
        for token, is_parked in effect.parked_timers.items():
            self.timers[token] = replace(self.timers[token], parked=is_parked)

    def _timer(self, it: SetTimer) -> Timer:
        return Timer(
            next(self._ids), it.token, it.element, it.due_at, it.repeats_left, it.missed, False
        )

    def _take_jobs(self, effect: Effect) -> None:
        gone = set(effect.cancelled_jobs)
        over = effect.job.id if effect.job and effect.job.status == "done" else None
        self.jobs = [it for it in self.jobs if it.token not in gone and it.id != over]
        if effect.job and effect.job.status == "faulted":
            faulted = effect.job.id
            self.jobs = [
                replace(it, status="faulted") if it.id == faulted else it for it in self.jobs
            ]
        for it in effect.queued_jobs:
            if it.token is None:
                self.notices.append(_told(it))
            else:
                self.jobs.append(self._job(it, effect.at))

    def _job(self, it: QueueJob, at: datetime) -> Job:
        number = next(self._ids)
        return Job(
            number, it.token, it.element, it.step, it.inputs, it.template_hash,
            1, it.retries, 1, "ready", at, None, None,
        )  # fmt: skip

    def _work_items(self, effect: Effect, before: Sequence[WorkItem]) -> tuple[WorkItem, ...]:
        closed = {it.token: it for it in effect.closed_items}
        given = {it.id: it for it in effect.changed_items}
        items: list[WorkItem] = []
        for item in before:
            if item.closed_at is None and item.token in closed:
                end = closed[item.token]
                item = replace(  # noqa: PLW2901 - the item as it is now
                    item, closed_at=effect.at, closed_by=end.by, outcome=end.outcome
                )
            if item.id in given:
                now = given[item.id]
                item = replace(  # noqa: PLW2901 - as above
                    item,
                    assignee=now.assignee,
                    excluded=tuple(now.excluded),
                    due_at=now.due_at,
                )
            items.append(replace(item, round=self._round(effect, item)))
        items += [self._opened_item(effect, number) for number in range(len(effect.opened_items))]
        return tuple(items)

    def _opened_item(self, effect: Effect, number: int) -> WorkItem:
        it = effect.opened_items[number]
        round_ = next((r for r in effect.opened_rounds if r.token == it.token), None)
        return WorkItem(
            id=next(self._ids),
            token=it.token,
            element=it.element,
            name=it.name,
            role=it.role,
            group=it.group,
            assignee=it.assignee,
            form=it.form,
            rule=it.rule,
            item=it.item,
            apart_from=tuple(it.apart_from),
            excluded=tuple(it.excluded),
            opened_at=effect.at,
            due_at=it.due_at,
            round=round_ and self._opened_round(round_, effect.at),
        )

    def _round(self, effect: Effect, item: WorkItem) -> Round | None:
        following = next((r for r in effect.opened_rounds if r.work_item_id == item.id), None)
        if following is not None:
            return self._opened_round(following, effect.at)
        round_ = item.round
        if round_ is None or any(it.id == round_.id for it in effect.closed_rounds):
            return None
        seats = {seat.id for seat in round_.seats}
        replaced = {number for it in effect.ballots for number in it.replaces}
        kept = [it for it in round_.ballots if it.id not in replaced]
        kept += [
            Ballot(
                next(self._ids), it.seat_id, it.person, it.choice, it.reason, it.conditions,
                effect.at, it.instead_of, it.independent,
            )
            for it in effect.ballots
            if it.seat_id in seats
        ]  # fmt: skip
        return replace(round_, ballots=tuple(kept))

    def _opened_round(self, it: OpenedRound, at: datetime) -> Round:
        seats = tuple(
            Seat(next(self._ids), s.name, s.role, s.person, s.mandatory, s.veto, s.chair)
            for s in it.seats
        )
        return Round(
            next(self._ids), it.revision, it.rule, tuple(it.excluded), it.result_field, at,
            it.deadline, seats, (),
        )  # fmt: skip

    def _faults(self, effect: Effect, before: Sequence[OpenFault]) -> tuple[OpenFault, ...]:
        kept = [it for it in before if it.id not in effect.settled_faults]
        kept += [
            OpenFault(next(self._ids), it.element, it.cause, it.remedy, it.who_can_fix, it.trigger)
            for it in effect.faults
        ]
        return tuple(kept)


def _opened(effect: Effect) -> Snapshot:
    new, change = effect.new, effect.instance
    if new is None:
        raise AssertionError("only a new instance is opened")
    return Snapshot(
        instance_id=1,
        key=new.key,
        process=new.process,
        version_id=new.version_id,
        revision=change.revision,
        engine_state=change.engine_state or b"",
        record=change.record or {},
        state=change.state,
        title=change.title,
        requester=change.requester,
        done_by={},
        started_at=effect.at,
        ended_at=change.ended_at,
    )


def _subscriptions(effect: Effect, before: Sequence[Subscription]) -> tuple[Subscription, ...]:
    kept = [it for it in before if it.token not in effect.unsubscribed]
    return (*kept, *(_subscription(it) for it in effect.subscribed))


def _subscription(it: Subscribe) -> Subscription:
    return Subscription(it.token, it.element, it.kind, it.name, it.action, it.role, it.form)


def _told(it: QueueJob) -> Told:
    to = it.inputs.get("to")
    people = tuple(str(one) for one in to) if isinstance(to, list) else ()  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] a list of JSON
    return Told(str(it.inputs.get("template")), people, it.inputs)
