"""Small diagrams in few words, and an instance of one that is played step by step."""

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from clearway.engine import build, turn, waits
from clearway.engine.values import (
    BroadcastSignal,
    Bundle,
    CompleteWorkItem,
    DeliverMessage,
    FailJob,
    FinishJob,
    FireTimer,
    Start,
    Trigger,
    Turn,
    Waits,
    World,
)

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HEAD = (
    '<definitions id="defs" xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:clearway="urn:clearway:bpmn:1" '
    'targetNamespace="urn:test"><message id="m1" name="m1"/><message id="m2" name="m2"/>'
    '<signal id="g1" name="g1"/><error id="er1" name="er1" errorCode="E1"/>'
    '<error id="er2" name="er2" errorCode="E2"/>'
    '<escalation id="es1" name="es1" escalationCode="S1"/>'
)
FLOW = re.compile(r"(\w+)>(\w+)(?:\[([^\]]+)\])?")


def flows(text: str) -> str:
    """`a>b c>d[x = 1]` as sequence flows with the ids `a_b`, `c_d`."""
    found: list[str] = []
    for source, target, condition in FLOW.findall(text):
        inner = (
            "<conditionExpression xsi:type='tFormalExpression'>"
            f"{condition.replace('<', '&lt;')}</conditionExpression>"
            if condition
            else ""
        )
        found.append(
            f'<sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}">'
            f"{inner}</sequenceFlow>"
        )
    return "".join(found)


def draw(body: str, after: str = "", process: str = "p") -> Bundle:
    """A bundle with one diagram. In `body`, `{a>b b>c}` stands for sequence flows."""
    inside = re.sub(r"\{([^}]*>[^}]*)\}", lambda match: flows(match[1]), body)
    behind = re.sub(r"\{([^}]*>[^}]*)\}", lambda match: flows(match[1]), after)
    main = f'<process id="{process}" isExecutable="true">{inside}</process>'
    xml = f"{HEAD}{main}{behind}</definitions>"
    return Bundle(process, {f"{process}/{process}.bpmn": xml.encode()})


def with_files(bundle: Bundle, **files: Any) -> Bundle:
    """The bundle with a record, forms, calendars: `record={...}`, or path -> content."""
    more: dict[str, bytes] = {}
    for name, content in files.items():
        path = f"{bundle.process}/record.json" if name == "record" else name
        more[path] = content if isinstance(content, bytes) else json.dumps(content).encode()
    return Bundle(bundle.process, {**bundle.files, **more})


@dataclass
class Play:
    """An instance that is played step by step; it is saved and loaded at each step."""

    bundle: Bundle
    record: dict[str, Any] = field(default_factory=dict[str, Any])
    now: datetime = MONDAY
    strict: bool = False
    done: list[str] = field(default_factory=list[str])
    turns: list[Turn] = field(default_factory=list[Turn])
    saved: bytes | None = None
    """Where it goes on when it has no turns yet."""

    @property
    def state(self) -> bytes | None:
        return self.last.state if self.turns else self.saved

    @property
    def last(self) -> Turn:
        return self.turns[-1]

    @property
    def waits(self) -> Waits:
        assert self.state is not None, "it has not begun"
        return waits(build(self.bundle, strict=self.strict), self.state, self.world)

    @property
    def world(self) -> World:
        return World(self.now, self.record, "P-1")

    def apply(self, trigger: Trigger) -> Turn:
        made = turn(build(self.bundle, strict=self.strict), self.state, trigger, self.world)
        self.turns.append(made)
        self.record = dict(made.record)
        self.done += [h.element for h in made.happenings if h.kind == "completed"]
        return made

    def start(self, event: str | None = None, **variables: Any) -> Turn:
        return self.apply(Start(event, variables))

    def complete(self, element: str) -> Turn:
        items = [item for item in self.waits.work_items if item.element == element]
        assert items, f"{element} is not open"
        return self.apply(CompleteWorkItem(items[0].token))

    def message(self, name: str, **payload: Any) -> Turn:
        return self.apply(DeliverMessage(name, payload))

    def signal(self, name: str) -> Turn:
        return self.apply(BroadcastSignal(name))

    def finish(self, element: str, **result: Any) -> Turn:
        return self.apply(FinishJob(self._job(element), result))

    def fail(self, element: str, code: str, message: str = "no luck") -> Turn:
        return self.apply(FailJob(self._job(element), code, message))

    def wait(self, **span: float) -> None:
        end = self.now + timedelta(**span)
        while due := sorted((t for t in self.waits.timers if t.due <= end), key=lambda t: t.due):
            self.now = max(self.now, due[0].due)
            self.apply(FireTimer(due[0].token))
        self.now = end

    def count(self, element: str) -> int:
        return self.done.count(element)

    def open(self) -> list[str]:
        return [item.element for item in self.waits.work_items]

    def _job(self, element: str) -> str:
        jobs = [job for job in self.waits.jobs if job.element == element]
        assert jobs, f"{element} waits for no step"
        return jobs[0].token
