"""Where a scenario plays: one instance in memory, its people, its steps and its clock."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

from clearway.engine.values import ProcessFault
from clearway.errors import ClearwayError, StepError
from clearway.now import HandClock
from clearway.service.deployed import Deployed
from clearway.service.entitled import Candidate
from clearway.service.forms import invalid
from clearway.service.house import Step as Call
from clearway.service.memory import Memory
from clearway.service.plan import Outcome, Plan
from clearway.service.plan_events import (
    plan_failed_job,
    plan_finished_job,
)
from clearway.service.plan_fault import Parked, faulted, plan_fault
from clearway.service.scenario_file import Scenario, ScenarioError, Step
from clearway.service.unused_names import Wanted, used_names
from clearway.service.values import SYSTEM, Actor, Refusal
from clearway.store.rows import Job, Seat, Snapshot, StandIn, WorkItem
from processes.casting import without_vote
from processes.catalogue import Rule

_log = logging.getLogger(__name__)

BEGIN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday morning: when a scenario begins unless it says `at`."""

_CHANNEL = Actor("channel", roles=frozenset({"system"}), is_person=False)


class Stage:
    """Carries out what a scenario says, by the plans of the real commands."""

    most_turns = 10_000
    """So often the time or a step may move it before it counts as endless."""

    def __init__(
        self,
        deployed: Deployed,
        scenario: Scenario,
        steps: Mapping[str, Call],
        rules: Mapping[str, Rule],
    ) -> None:
        self.deployed, self.scenario, self.rules = deployed, scenario, rules
        self.memory = Memory()
        self.clock = HandClock(scenario.at or BEGIN)
        self.prepared: dict[str, list[Step]] = {}
        self.held: set[str] = set()
        self.later: Sequence[Step] = scenario.steps
        self.visited: set[str] = set()
        self.fired: set[tuple[str, int]] = set()
        self.steps = steps
        self._turns = 0

    def attempt(
        self, actor: Actor, command: str, plan: Callable[[Snapshot], Outcome], parked: Parked
    ) -> Refusal | None:
        """Plan and take it; a Refusal says why not, also when the process itself failed."""
        snapshot = self.seen_by(actor)
        try:
            outcome = plan(snapshot)
        except ProcessFault as fault:
            now = self.clock()
            kept = plan_fault(self.deployed, snapshot, actor, command, fault, parked, now)
            self.take(kept)
            return faulted(fault)
        if isinstance(outcome, Refusal):
            return outcome
        self.take(outcome)
        return None

    def take(self, plan: Plan) -> None:
        """Take up a plan's effect."""
        if plan.effect is None:
            return
        self.memory.take(plan.effect)
        self.visited.update(it.element for it in plan.effect.lines if it.element)
        self.visited.update(plan.visited)
        for line in plan.effect.lines:
            if line.kind == "decided":
                self.fired.update(_fired(line.details))

    def work(self, line: int) -> None:
        """Run the jobs whose answer is known, or can be had, until no more are left.

        A step that a later line answers waits for that line, so that the scenario says in which
        order things happen.
        """
        while job := next((it for it in self.memory.jobs if self._can_run(it)), None):
            self.count(line)
            self._run_job(job, line)

    def _can_run(self, job: Job) -> bool:
        if job.status != "ready" or job.step in self.held:
            return False
        if self.prepared.get(job.step):
            return True
        is_answered_later = any(it.kind == "step" and it.what == job.step for it in self.later)
        return not is_answered_later and job.step in self.steps

    def _run_job(self, job: Job, line: int) -> None:
        prepared = self.prepared.get(job.step)
        parked = Parked({"kind": "job", "id": job.id, "token": job.token}, job=job.id)
        now = self.clock()
        if prepared:
            step = prepared.pop(0)
            if "fails" in step.words:
                code, text = str(step.words["fails"]), f"It fails with {step.words['fails']}."
                self._fail(job, code, text, parked)
                return
            result = step.values("answers")
        else:
            try:
                result = self.steps[job.step](job.inputs)
            except StepError as error:
                self._fail(job, error.code, str(error), parked)
                return
            except ClearwayError as error:
                raise ScenarioError(line, f"The step {job.step} failed: {error}") from error
        self.attempt(
            SYSTEM,
            "step",
            lambda it: plan_finished_job(self.deployed, it, SYSTEM, job, job.fence, result, now),
            parked,
        )

    def _fail(self, job: Job, code: str, text: str, parked: Parked) -> None:
        now = self.clock()
        self.attempt(
            SYSTEM,
            "step",
            lambda it: plan_failed_job(self.deployed, it, SYSTEM, job, job.fence, code, text, now),
            parked,
        )

    def now(self) -> Snapshot:
        """The instance as it stands."""
        if self.memory.snapshot is None:
            raise AssertionError("a scenario starts first")
        return self.memory.snapshot

    def seen_by(self, actor: Actor) -> Snapshot:
        """The instance with the delegations that the actor has now."""
        far = self.clock() + timedelta(days=365)
        standing_in = tuple(
            StandIn(person, far, self.actor(person, 1).roles)
            for person, delegate in self.scenario.absences.items()
            if delegate == actor.name
        )
        behind = self._behind(actor.name)
        return replace(self.now(), stands_in_for=standing_in, behind=behind)

    def standing(self, name: str, line: int) -> Candidate:
        """A person of the scenario with what they may do, and for whom they stand in."""
        actor = self.actor(name, line)
        return Candidate(name, actor.roles, actor.groups, behind=self._behind(name))

    def _behind(self, name: str) -> frozenset[str]:
        lent = {person: [delegate] for person, delegate in self.scenario.absences.items()}
        return frozenset(it for it in lent if name in without_vote([it], lent)) - {name}

    def still_wanted(self, item: WorkItem) -> list[str]:
        """Who may vote in the open round now, and has not; a role, where nobody is named."""
        round_ = item.round
        if round_ is None:
            return []
        done = {name for it in round_.ballots for name in (it.person, it.instead_of or it.person)}
        cast = {it.seat_id for it in round_.ballots}
        lent = {person: [delegate] for person, delegate in self.scenario.absences.items()}
        barred = without_vote(round_.excluded, lent)
        found: set[str] = set()
        for seat in round_.seats:
            if seat.id not in cast:
                found |= {self.scenario.absences.get(it, it) for it in self._holders(seat) - done}
        return sorted(found - barred - done)

    def _holders(self, seat: Seat) -> set[str]:
        if seat.person is not None:
            return {seat.person}
        people = self.scenario.people
        return (
            {it for it, roles in people.items() if seat.role in roles}
            if people
            else {str(seat.role)}
        )

    def actor(self, name: str | None, line: int) -> Actor:
        """A person of the scenario; None: a channel, another record, the time."""
        if name is None:
            return _CHANNEL
        people = self.scenario.people
        if people and name not in people:
            raise ScenarioError(line, f"The registry of this scenario knows no {name}.")
        groups = frozenset(
            group for group, members in self.scenario.groups.items() if name in members
        )
        return Actor(name, roles=people.get(name) or self._every_role(), groups=groups)

    def refuse_used(self, element: str | None, values: Mapping[str, object]) -> Refusal | None:
        """A form that gives a new name gives none that the scenario's registry has."""
        form = self.deployed.form_of(element) if element else None
        snapshot = self.memory.snapshot
        record: Mapping[str, object] = snapshot.record if snapshot else {}
        registry = {"people": self.scenario.people, "groups": self.scenario.groups}
        if form is None:
            return None

        def in_use(wanted: Wanted) -> set[tuple[str, str]]:
            return {
                (table, name)
                for table, names in wanted.items()
                for name in names & registry.get(table, {}).keys()
            }

        problems = used_names(form, values, record, in_use)
        return invalid(problems) if problems else None

    def _every_role(self) -> frozenset[str]:
        snapshot = self.memory.snapshot
        rounds = [it.round for it in snapshot.open_items() if it.round] if snapshot else []
        seats = {seat.role for round_ in rounds for seat in round_.seats if seat.role}
        return self.deployed.roles | seats

    def why(self) -> str:
        """An open fault is usually why something else is not as expected."""
        faults = self.now().faults
        waiting = [it.step for it in self.memory.jobs if it.status == "ready"]
        told = [f" Fault at {it.element}: {it.cause} {it.remedy}" for it in faults]
        told += [f" The step {step} has no answer yet." for step in waiting]
        return "".join(told)

    def count(self, line: int) -> None:
        """One more turn; raises ScenarioError when there is no end."""
        self._turns += 1
        if self._turns > self.most_turns:
            raise ScenarioError(line, "It goes on and on: look for a loop that never ends.")


def _fired(details: Mapping[str, object]) -> Iterator[tuple[str, int]]:
    """The rules that fired in a decision, and in those that it needed: decision, number."""
    decision = str(details.get("decision"))
    for number in cast(Sequence[int], details.get("rules") or ()):
        yield decision, int(number)
    for needed in cast(Sequence[Mapping[str, object]], details.get("needed") or ()):
        yield from _fired(needed)
