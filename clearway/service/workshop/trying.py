"""Tries a process: plays a run again on the real engine in memory, and does one more thing."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from clearway.errors import ClearwayError, StepError
from clearway.service.deployed import Deployed
from clearway.service.doings import Doings
from clearway.service.house import Step as Call
from clearway.service.memory import Told
from clearway.service.plan import Plan
from clearway.service.scenario_file import Scenario, ScenarioError, Step
from clearway.service.values import Refusal
from clearway.service.workshop.run import UnusableRun, with_doing
from clearway.store import jsonb
from clearway.store.effect import Effect
from clearway.store.histories import Entry
from clearway.store.rows import Job
from processes.catalogue import Rule

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Doing:
    """One thing that was done, and what came of it. `step` None: it was started.

    `changed` are the fields of the record: name -> before and after. `entries` is its history, in
    memory as everything here; `waiting` are tasks, `asked` the steps without an answer.
    """

    step: Step | None
    at: datetime
    entries: Sequence[Entry]
    changed: Mapping[str, tuple[object, object]]
    notices: Sequence[Told]
    sent: Sequence[str]
    state: str | None
    waiting: Sequence[str]
    assignees: Mapping[str, str | None]
    asked: frozenset[str]
    ended: bool
    faults: int


class Trial(Doings):
    """A run that stands where its last doing led. A step is answered by whoever tries it."""

    most_turns = 1_000

    def __init__(
        self,
        deployed: Deployed,
        run: Scenario,
        steps: Mapping[str, Call],
        rules: Mapping[str, Rule],
    ) -> None:
        super().__init__(deployed, run, steps, rules)
        self.doings: list[Doing] = []
        self.called: dict[str, int] = {}
        """The steps that were called, each with the doing in which it was called last."""
        self._effects: list[Effect] = []
        self._lines = 0
        self._begun = (0, 0, dict[str, object]())

    def take(self, plan: Plan) -> None:
        """As on every stage, and history is kept for whoever looks on."""
        super().take(plan)
        if plan.effect is not None:
            self._effects.append(plan.effect)
            steps = [it.step for it in plan.effect.queued_jobs if it.token is not None]
            self.called.update(dict.fromkeys(steps, len(self.doings)))

    def begin(self) -> Refusal | None:
        """Start it."""
        return self._noted(None, self.open)

    def do_next(self, step: Step) -> Refusal | None:
        """Do one thing more; a Refusal says to its reader why it cannot be."""
        return self._noted(
            step, lambda: self._answer(step) if step.kind == "step" else self.do(step)
        )

    def first_job(self, name: str) -> Job | None:
        """The call of this step that is answered next."""
        return next((it for it in self.memory.jobs if _is_ready(it) and it.step == name), None)

    def ask(self, name: str) -> Mapping[str, object] | Refusal:
        """What the step itself answers, as the words of a doing: where it needs nothing outside."""
        job, call = self.first_job(name), self.steps.get(name)
        if job is None or call is None:
            return _not_waiting(name)
        try:
            return {"step": name, "answers": jsonb.exact(dict(call(job.inputs)))}
        except StepError as error:
            return {"step": name, "fails": error.code}
        except ClearwayError as error:
            told = f"The step {name} cannot answer here by itself: {error}"
            return Refusal("invalid", told, "Say what it answers, or that it fails.")
        except Exception as error:  # noqa: BLE001 - whatever a step does, the run goes on
            _log.exception("The step %s stopped in a run", name)
            told = f"The step {name} stopped: {type(error).__name__}: {error}"
            return Refusal("invalid", told, "Say what it answers, or that it fails.")

    def _can_run(self, job: Job) -> bool:
        return _is_ready(job) and bool(self.prepared.get(job.step))

    def _answer(self, step: Step) -> Refusal | None:
        name = str(step.what)
        if self.first_job(name) is None:
            return _not_waiting(name)
        self.prepare(step)
        self.work(step.line)
        return None

    def _noted(self, step: Step | None, do: Callable[[], Refusal | None]) -> Refusal | None:
        try:
            refusal = do()
            if refusal is None:
                self.render(step.line if step else 1)
        except ScenarioError as error:
            return Refusal("invalid", error.text, "")
        if refusal is None:
            self.doings.append(self._doing(step))
        return refusal

    def _doing(self, step: Step | None) -> Doing:
        snapshot, memory = self.now(), self.memory
        told, sent, before = self._begun
        self._begun = (len(memory.notices), len(memory.messages), dict(snapshot.record))
        names = dict.fromkeys([*before, *snapshot.record])
        pairs = {name: (before.get(name), snapshot.record.get(name)) for name in names}
        items = snapshot.open_items()
        return Doing(
            step=step,
            at=self.clock(),
            entries=self._new_entries(),
            changed={name: pair for name, pair in pairs.items() if pair[0] != pair[1]},
            notices=memory.notices[told:],
            sent=memory.messages[sent:],
            state=snapshot.state,
            waiting=[it.element for it in items],
            assignees={it.element: it.assignee for it in items},
            asked=frozenset(it.step for it in memory.jobs if _is_ready(it)),
            ended=snapshot.ended_at is not None,
            faults=len(snapshot.faults),
        )

    def _new_entries(self) -> list[Entry]:
        found: list[Entry] = []
        for effect in self._effects:
            for line in effect.lines:
                self._lines += 1
                found.append(
                    Entry(
                        self._lines,
                        effect.instance.revision,
                        effect.at,
                        effect.actor,
                        effect.command,
                        line.kind,
                        line.element,
                        line.state_before,
                        line.state_after,
                        line.details,
                    )
                )
        self._effects = []
        return found


@dataclass(frozen=True)
class Tried:
    """Where a run stands. `refusal`: why the last thing was not done, or what no longer fits.

    `trial` None: it could not even be started; `run` is then as it was asked for.
    """

    run: Scenario
    trial: Trial | None
    refusal: Refusal | None = None


@dataclass(frozen=True)
class Sandbox:
    """Where runs of one set of files are tried: the files, the steps and the rules."""

    deployed: Deployed
    steps: Mapping[str, Call]
    rules: Mapping[str, Rule]

    def replay(self, run: Scenario) -> Tried:
        """The run, done again from its start; it ends before the first doing that does not fit."""
        trial = Trial(self.deployed, run, self.steps, self.rules)
        refusal = trial.begin()
        if refusal is not None:
            return Tried(run, None, refusal)
        for number, step in enumerate(run.steps):
            refusal = trial.do_next(step)
            if refusal is not None:
                shorter = replace(run, steps=run.steps[:number])
                told = f"From doing {number + 1} on the run no longer fits: {refusal.text}"
                return replace(self.replay(shorter), refusal=replace(refusal, text=told))
        return Tried(run, trial)

    def do(self, before: Tried, words: Mapping[str, object]) -> Tried:
        """Do one thing more; what is refused is not added to the run. `before` is used up."""
        if before.trial is None:
            return before
        try:
            longer = with_doing(before.run, words)
        except UnusableRun as error:
            return replace(before, refusal=Refusal("invalid", str(error), ""))
        refusal = before.trial.do_next(longer.steps[-1])
        if refusal is None:
            return Tried(longer, before.trial)
        # What was refused may have left its marks: time that passed, or a fault.
        return replace(self.replay(before.run), refusal=refusal)

    def let_answer(self, before: Tried, name: str) -> Tried:
        """The step itself answers, if it needs nothing from outside."""
        if before.trial is None:
            return before
        words = before.trial.ask(name)
        if isinstance(words, Refusal):
            return replace(before, refusal=words)
        return self.do(before, words)

    def until_next_timer(self, before: Tried) -> Tried:
        """Let time pass until the next timer is due."""
        due = before.trial.memory.due_first() if before.trial else None
        if before.trial is None or due is None:
            refusal = Refusal("invalid", "No timer runs now.", "Let a duration pass instead.")
            return replace(before, refusal=before.refusal or refusal)
        left = max(due.due_at - before.trial.clock(), timedelta(0))
        return self.do(before, {"pass": jsonb.duration(left)})


def _is_ready(job: Job) -> bool:
    return job.status == "ready"


def _not_waiting(name: str) -> Refusal:
    told = f"The step {name} does not wait for an answer now."
    return Refusal("not_waiting", told, "Look at what waits.")
