"""What people, channels and the time do to the instance on the stage: each by its real command."""

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
from clearway.service.plan_due import plan_due
from clearway.service.plan_events import plan_cancel, plan_comment, plan_send
from clearway.service.plan_fault import Parked, faulted
from clearway.service.plan_start import plan_start, refuse_start
from clearway.service.plan_vote import Vote, plan_vote
from clearway.service.plan_work import plan_assign, plan_claim, plan_complete, plan_unclaim
from clearway.service.scenario_file import Scenario, ScenarioError, Step
from clearway.service.scenario_messages import write
from clearway.service.stage import Stage
from clearway.service.values import SYSTEM, Actor, Refusal
from clearway.service.voices import refuse_voices
from clearway.store.rows import Snapshot, WorkItem
from processes.catalogue import Rule
from processes.links import NAMES


class Doings(Stage):
    """Does what a line says; a Refusal is what the person who did it would read.

    Raises ScenarioError for a line that cannot be done by anybody: nobody of that name, no such
    task, no such calendar.
    """

    def __init__(
        self,
        deployed: Deployed,
        scenario: Scenario,
        steps: Mapping[str, Call],
        rules: Mapping[str, Rule],
    ) -> None:
        super().__init__(deployed, scenario, steps, rules)
        self._rendered = 0
        self._does: Mapping[str, Callable[[Step], Refusal | None]] = {
            "complete": self._complete,
            "claim": self._claim,
            "unclaim": self._unclaim,
            "assign": self._assign,
            "vote": self._vote,
            "send": self._send,
            "comment": self._comment,
            "cancel": self._cancel,
            "pass": self._pass,
            "linked": self._linked,
        }

    def open(self) -> Refusal | None:
        """Start it as the scenario says."""
        scenario = self.scenario
        actor = self.actor(scenario.person, scenario.line)
        found = self.deployed.start_event(scenario.event)
        refusal = refuse_start(
            self.deployed, actor, scenario.event, scenario.start, self.clock()
        ) or self.refuse_used(found.element if found else None, scenario.start)
        if refusal is not None:
            return refusal
        key = f"{self.deployed.prefix}-1"
        try:
            outcome = plan_start(
                self.deployed, actor, scenario.event, scenario.start, key, self.clock()
            )
        except ProcessFault as fault:
            return faulted(fault, "Nothing was opened")
        if isinstance(outcome, Refusal):
            return outcome
        self.take(outcome)
        return None

    def do(self, step: Step) -> Refusal | None:
        """Do one line; None when it took effect."""
        return self._does[step.kind](step)

    def render(self, line: int) -> None:
        """What people were told since the last time is written out, as it will be for them."""
        for it in self.memory.notices[self._rendered :]:
            try:
                write(self.deployed.blueprint.templates, it)
            except MessageError as error:
                cause = f"The message `{it.template}` cannot be written: {error}"
                raise ScenarioError(line, cause) from error
        self._rendered = len(self.memory.notices)

    def prepare(self, step: Step) -> None:
        """What a step will answer when it is called, or that it has to wait."""
        words = [name for name in ("answers", "fails", "waits") if name in step.words]
        if len(words) != 1:
            raise ScenarioError(step.line, "A step answers, fails or waits.")
        if "waits" in words:
            self.held.add(str(step.what))
            return
        self.held.discard(str(step.what))
        self.prepared.setdefault(str(step.what), []).append(step)

    def _complete(self, step: Step) -> Refusal | None:
        item, actor = self._item(step), self._person(step)
        return self._try(
            step,
            actor,
            lambda it: (
                self.refuse_used(item.element, step.values("with"))
                or plan_complete(
                    self.deployed, it, actor, item.id, step.values("with"), self.clock()
                )
            ),
        )

    def _claim(self, step: Step) -> Refusal | None:
        item, actor = self._item(step), self._person(step)
        return self._try(
            step,
            actor,
            lambda it: plan_claim(self.deployed, it, actor, item.id, self.clock()),
        )

    def _unclaim(self, step: Step) -> Refusal | None:
        item, actor = self._item(step), self._person(step)
        return self._try(
            step,
            actor,
            lambda it: plan_unclaim(self.deployed, it, actor, item.id, self.clock()),
        )

    def _assign(self, step: Step) -> Refusal | None:
        item, actor, name = self._item(step), self._person(step), step.text("to") or ""
        other = self.actor(name, step.line)
        person = Candidate(name, other.roles, other.groups)
        return self._try(
            step,
            actor,
            lambda it: plan_assign(self.deployed, it, actor, item.id, name, person, self.clock()),
        )

    def _vote(self, step: Step) -> Refusal | None:
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
        return self._try(
            step,
            actor,
            lambda it: plan_vote(self.deployed, it, actor, item.id, vote, self.rules, self.clock()),
        )

    def _send(self, step: Step) -> Refusal | None:
        actor = self.actor(step.text("as"), step.line)
        return self._try(
            step,
            actor,
            lambda it: (
                self.refuse_used(str(step.what), step.values("with"))
                or refuse_voices(
                    self.deployed,
                    it,
                    str(step.what),
                    step.values("with"),
                    self.rules,
                    lambda name: self.standing(name, step.line),
                    self.clock(),
                )
                or plan_send(
                    self.deployed, it, actor, str(step.what), step.values("with"), self.clock()
                )
            ),
        )

    def _comment(self, step: Step) -> Refusal | None:
        actor = self._person(step)
        public = step.words.get("public") is not False
        return self._try(
            step,
            actor,
            lambda it: plan_comment(self.deployed, it, actor, str(step.what), public, self.clock()),
        )

    def _cancel(self, step: Step) -> Refusal | None:
        actor = self._person(step)
        if not self.scenario.people:
            # Without a registry everybody has every role: here the owner's is asked for.
            actor = replace(actor, roles=actor.roles | {PROCESS_OWNER})
        return self._try(
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
                lambda it, due=due: plan_due(
                    self.deployed, it, SYSTEM, due, self.rules, self.still_wanted, self.clock()
                ),
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

    def _try(self, step: Step, actor: Actor, plan: Callable[[Snapshot], Outcome]) -> Refusal | None:
        return self.attempt(actor, step.kind, plan, Parked({"kind": "command"}))

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
        except (DurationError, OverflowError) as error:
            raise ScenarioError(step.line, f"pass needs a duration such as P5D: {error}") from error
