"""Plays one scenario: does what its lines say, lets time pass, and compares what they expect."""

from collections.abc import Mapping, Sequence
from typing import cast

from clearway.service.deployed import Deployed
from clearway.service.doings import Doings
from clearway.service.house import Step as Call
from clearway.service.scenario_file import Scenario, ScenarioError, Step
from clearway.service.values import Refusal
from clearway.store import jsonb
from processes.catalogue import Rule

_NEVER_REFUSED = frozenset({"pass", "linked"})


class Play(Doings):
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
        self._sent_before = 0
        self._refused: Step | None = None

    def run(self) -> None:
        """Play it to the end; raises ScenarioError at the first line that does not hold."""
        refusal = self.open()
        if refusal is not None:
            cause = "It cannot start" if refusal.code == "faulted" else "The start is refused"
            raise ScenarioError(self.scenario.line, f"{cause}: {told_of(refusal)}")
        for number, step in enumerate(self.scenario.steps):
            self.later = self.scenario.steps[number + 1 :]
            if step.kind == "step":
                self.prepare(step)
            self.work(step.line)
            self.render(step.line)
            if step.kind == "refused":
                self._refused = step
            elif step.kind == "expect":
                self._expect(step)
            elif step.kind != "step":
                self._judge(step, self.do(step))
        last = self.scenario.steps[-1].line if self.scenario.steps else self.scenario.line
        if self._refused is not None:
            raise ScenarioError(self._refused.line, "Nothing follows that could be refused.")
        self.work(last)
        self.render(last)
        left = [it for waiting in self.prepared.values() for it in waiting]
        if left:
            raise ScenarioError(left[0].line, f"The step {left[0].what} was not called again.")

    def _judge(self, step: Step, refusal: Refusal | None) -> None:
        """Whether a line was done, or refused, as the scenario wants it."""
        if step.kind in _NEVER_REFUSED:
            return
        expected, self._refused = self._refused, None
        if expected is None:
            if refusal is not None:
                raise ScenarioError(step.line, f"{step.kind} is refused: {told_of(refusal)}")
            return
        if refusal is None:
            raise ScenarioError(step.line, f"{step.kind} should be refused, but was done.")
        word = str(expected.what)
        if word.lower() not in told_of(refusal).lower():
            raise ScenarioError(
                step.line, f"It is refused, but without the word {word}: {told_of(refusal)}"
            )

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


def told_of(refusal: Refusal) -> str:
    """All that a refusal says, in one line."""
    fields = " ".join(f"{name}: {text}" for name, text in refusal.fields.items())
    return " ".join(part for part in (refusal.text, fields, refusal.remedy) if part)


def _comparable(value: object) -> object:
    """Order does not matter for what waits, was told or was sent."""
    if isinstance(value, list | tuple):
        return sorted(str(item) for item in cast(Sequence[object], value))
    return value


def _shown(value: object) -> str:
    return jsonb.dumps(value)
