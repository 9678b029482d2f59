"""Plays one scenario: does what its lines say, lets time pass, and compares what they expect."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import cast

from clearway.engine.durations import DurationError, add_duration, parse_duration
from clearway.engine.values import ProcessFault
from clearway.messages.render import MessageError
from clearway.service.deployed import Deployed
from clearway.service.entitled import Candidate
from clearway.service.house import Step as Call
from clearway.service.permissions import PROCESS_OWNER, refuse_unless
from clearway.service.plan import Outcome
from clearway.service.plan_events import (
    plan_cancel,
    plan_comment,
    plan_send,
    plan_timer,
)
from clearway.service.plan_fault import Parked
from clearway.service.plan_start import plan_start, refuse_start
from clearway.service.plan_vote import Vote, plan_vote
from clearway.service.plan_work import plan_assign, plan_claim, plan_complete, plan_unclaim
from clearway.service.scenario_file import Scenario, ScenarioError, Step
from clearway.service.scenario_messages import write
from clearway.service.stage import Stage
from clearway.service.values import SYSTEM, Actor, Refusal
from clearway.store import jsonb
from clearway.store.rows import Snapshot, WorkItem
from processes.catalogue import Rule
from processes.links import NAMES


class Play(Stage):
    """One scenario on one instance in memory."""

    def __init__(
        self,
        deployed: Deployed,
        scenario: Scenario,
        steps: Mapping[str, Call],
        rules: Mapping[str, Rule],
    ) -> None:
        super().__init__(deployed, scenario, steps, rules)
        self._told_before = 0
        self._rendered = 0
        self._sent_before = 0
        self._refused: Step | None = None
        self._does: Mapping[str, Callable[[Step], None]] = {
            "complete": self._complete,
            "claim": self._claim,
            "unclaim": self._unclaim,
            "assign": self._assign,
            "vote": self._vote,
            "send": self._send,
            "comment": self._comment,
            "cancel": self._cancel,
            "pass": self._pass,
            "expect": self._expect,
            "linked": self._linked,
        }

    def run(self) -> None:
        """Play it to the end; raises ScenarioError at the first line that does not hold."""
        self._start()
        for number, step in enumerate(self.scenario.steps):
            self.later = self.scenario.steps[number + 1 :]
            if step.kind == "step":
                self._prepare(step)
            self.work(step.line)
            self._render(step.line)
            if step.kind == "step":
                continue
            if step.kind == "refused":
                self._refused = step
                continue
            self._does[step.kind](step)
        last = self.scenario.steps[-1].line if self.scenario.steps else self.scenario.line
        if self._refused is not None:
            raise ScenarioError(self._refused.line, "Nothing follows that could be refused.")
        self.work(last)
        self._render(last)
        left = [it for waiting in self.prepared.values() for it in waiting]
        if left:
            raise ScenarioError(left[0].line, f"The step {left[0].what} was not called again.")

    def _start(self) -> None:
        scenario = self.scenario
        actor = self.actor(scenario.person, scenario.line)
        found = self.deployed.start_event(scenario.event)
        refusal = refuse_start(
            self.deployed, actor, scenario.event, scenario.start, self.clock()
        ) or self.refuse_used(found.element if found else None, scenario.start)
        if refusal is not None:
            raise ScenarioError(scenario.line, f"The start is refused: {_told(refusal)}")
        key = f"{self.deployed.prefix}-1"
        try:
            outcome = plan_start(
                self.deployed, actor, scenario.event, scenario.start, key, self.clock()
            )
        except ProcessFault as fault:
            raise ScenarioError(scenario.line, f"It cannot start: {fault}") from fault
        if isinstance(outcome, Refusal):
            raise ScenarioError(scenario.line, f"The start is refused: {_told(outcome)}")
        self.take(outcome)

    def _complete(self, step: Step) -> None:
        item, actor = self._item(step), self._person(step)
        self._do(
            step,
            actor,
            lambda it: (
                self.refuse_used(item.element, step.values("with"))
                or plan_complete(
                    self.deployed, it, actor, item.id, step.values("with"), self.clock()
                )
            ),
        )

    def _claim(self, step: Step) -> None:
        item, actor = self._item(step), self._person(step)
        self._do(
            step,
            actor,
            lambda it: plan_claim(self.deployed, it, actor, item.id, self.clock()),
        )

    def _unclaim(self, step: Step) -> None:
        item, actor = self._item(step), self._person(step)
        self._do(
            step,
            actor,
            lambda it: plan_unclaim(self.deployed, it, actor, item.id, self.clock()),
        )

    def _assign(self, step: Step) -> None:
        item, actor, name = self._item(step), self._person(step), step.text("to") or ""
        other = self.actor(name, step.line)
        person = Candidate(name, other.roles, other.groups)
        self._do(
            step,
            actor,
            lambda it: plan_assign(self.deployed, it, actor, item.id, name, person, self.clock()),
        )

    def _vote(self, step: Step) -> None:
        actor = self._person(step)
        pairs = list(cast("Mapping[str, str]", step.what).items())
        if len(pairs) != 1:
            raise ScenarioError(step.line, "A vote names one approval and the choice.")
        element, choice = pairs[0]
        item = self._item(step, element)
        vote = Vote(
            step.text("seat") or "",
            choice,
            step.text("reason") or "",
            step.text("conditions") or "",
        )
        self._do(
            step,
            actor,
            lambda it: plan_vote(self.deployed, it, actor, item.id, vote, self.rules, self.clock()),
        )

    def _send(self, step: Step) -> None:
        actor = self.actor(step.text("as"), step.line)
        self._do(
            step,
            actor,
            lambda it: (
                self.refuse_used(str(step.what), step.values("with"))
                or plan_send(
                    self.deployed, it, actor, str(step.what), step.values("with"), self.clock()
                )
            ),
        )

    def _comment(self, step: Step) -> None:
        actor = self._person(step)
        public = step.words.get("public") is not False
        self._do(
            step,
            actor,
            lambda it: plan_comment(self.deployed, it, actor, str(step.what), public, self.clock()),
        )

    def _cancel(self, step: Step) -> None:
        actor = self._person(step)
        if not self.scenario.people:
            # Without a registry everybody has every role: here the owner's is asked for.
            actor = replace(actor, roles=actor.roles | {PROCESS_OWNER})
        self._do(
            step,
            actor,
            lambda it: (
                refuse_unless(actor, "cancel")
                or plan_cancel(self.deployed, it, actor, str(step.what), self.clock())
            ),
        )

    def _pass(self, step: Step) -> None:
        """Time passes: what comes due on the way happens in its order."""
        until = self._after(step)
        while (timer := self.memory.due_first()) is not None and timer.due_at <= until:
            self.count(step.line)
            self.clock.move_to(max(timer.due_at, self.clock()))
            due = timer
            parked = Parked({"kind": "timer", "id": due.id, "token": due.token}, timer=due.token)
            self.attempt(
                SYSTEM,
                "timer",
                lambda it, due=due: plan_timer(self.deployed, it, SYSTEM, due, self.clock()),
                parked,
            )
            self.work(step.line)
        self.clock.move_to(until)

    def _linked(self, step: Step) -> None:
        """Other records are linked with this one from now on: each kind with their keys."""
        kinds = cast(Mapping[str, object], step.what)
        for kind, keys in kinds.items():
            if kind not in NAMES or not isinstance(keys, list):
                known = ", ".join(NAMES)
                raise ScenarioError(step.line, f"linked takes lists of keys for {known}.")
        self.memory.link_here({kind: cast(Sequence[str], keys) for kind, keys in kinds.items()})

    def _prepare(self, step: Step) -> None:
        words = [name for name in ("answers", "fails", "waits") if name in step.words]
        if len(words) != 1:
            raise ScenarioError(step.line, "A step answers, fails or waits.")
        if "waits" in words:
            self.held.add(str(step.what))
            return
        self.held.discard(str(step.what))
        self.prepared.setdefault(str(step.what), []).append(step)

    def _expect(self, step: Step) -> None:
        if self._refused is not None:
            raise ScenarioError(self._refused.line, "What is refused must be the next line.")
        expected = cast(Mapping[str, object], step.what)
        notices = self.memory.notices[self._told_before :]
        sent = self.memory.messages
        found: dict[str, object] = self._found()
        found["told"] = [it.template for it in notices]
        found["told_to"] = [who for it in notices for who in it.to]
        found["sent"] = sent[self._sent_before :]
        for name, value in expected.items():
            if name == "record":
                self._expect_record(step, cast(Mapping[str, object], value))
            elif _comparable(found[name]) != _comparable(value):
                raise ScenarioError(
                    step.line,
                    f"expected {name} {_shown(value)}, but it is {_shown(found[name])}."
                    f"{self.why()}",
                )
        self._told_before += len(notices)
        self._sent_before = len(sent)

    def _render(self, line: int) -> None:
        """What people were told since the last time is written out, as it will be for them."""
        for it in self.memory.notices[self._rendered :]:
            try:
                write(self.deployed.blueprint.templates, it)
            except MessageError as error:
                cause = f"The message `{it.template}` cannot be written: {error}"
                raise ScenarioError(line, cause) from error
        self._rendered = len(self.memory.notices)

    def _do(self, step: Step, actor: Actor, plan: Callable[[Snapshot], Outcome]) -> None:
        refusal = self.attempt(actor, step.kind, plan, Parked({"kind": "command"}))
        expected, self._refused = self._refused, None
        if expected is None:
            if refusal is not None:
                raise ScenarioError(step.line, f"{step.kind} is refused: {_told(refusal)}")
            return
        if refusal is None:
            raise ScenarioError(step.line, f"{step.kind} should be refused, but was done.")
        word = str(expected.what)
        if word.lower() not in _told(refusal).lower():
            raise ScenarioError(
                step.line, f"It is refused, but without the word {word}: {_told(refusal)}"
            )

    def _person(self, step: Step) -> Actor:
        name = step.text("as")
        if name is None:
            raise ScenarioError(step.line, f"{step.kind} needs `as`: who does it.")
        return self.actor(name, step.line)

    def _item(self, step: Step, element: str | None = None) -> WorkItem:
        wanted = element or str(step.what)
        found = next((it for it in self.now().open_items() if it.element == wanted), None)
        if found is not None:
            return found
        waiting = ", ".join(it.element for it in self.now().open_items()) or "nothing"
        raise ScenarioError(
            step.line, f"No task {wanted} waits; what waits is {waiting}.{self.why()}"
        )

    def _after(self, step: Step) -> datetime:
        name = step.text("calendar")
        calendars = self.deployed.blueprint.calendars
        if name is not None and name not in calendars:
            raise ScenarioError(step.line, f"There is no calendar {name}.")
        try:
            duration = parse_duration(str(step.what))
            return add_duration(self.clock(), duration, calendars[name] if name else None)
        except DurationError as error:
            raise ScenarioError(step.line, f"pass needs a duration such as P5D: {error}") from error

    def _found(self) -> dict[str, object]:
        snapshot = self.now()
        items = snapshot.open_items()
        return {
            "state": snapshot.state,
            "waiting": [it.element for it in items],
            "ended": snapshot.ended_at is not None,
            "faults": len(snapshot.faults),
            "assignee": {it.element: it.assignee for it in items},
            "due": {it.element: it.due_at.isoformat() if it.due_at else None for it in items},
        }

    def _expect_record(self, step: Step, expected: Mapping[str, object]) -> None:
        record = self.now().record
        for name, value in expected.items():
            if record.get(name) != value:
                raise ScenarioError(
                    step.line,
                    f"expected {name} {_shown(value)}, but it is {_shown(record.get(name))}."
                    f"{self.why()}",
                )


def _comparable(value: object) -> object:
    """Order does not matter for what waits, was told or was sent."""
    if isinstance(value, list | tuple):
        return sorted(str(item) for item in cast(Sequence[object], value))
    return value


def _told(refusal: Refusal) -> str:
    fields = " ".join(f"{name}: {text}" for name, text in refusal.fields.items())
    return " ".join(part for part in (refusal.text, fields, refusal.remedy) if part)


def _shown(value: object) -> str:
    return jsonb.dumps(value)
