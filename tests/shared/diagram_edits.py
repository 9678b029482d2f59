"""Random edits of a diagram, each with what a comparison has to tell of it."""

import copy
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lxml import etree

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
OWN = "{urn:clearway:bpmn:1}"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
TASKS = ("userTask", "serviceTask", "scriptTask", "businessRuleTask", "task", "sendTask")


@dataclass(frozen=True)
class Told:
    """What a comparison has to tell: element (None: any), kind, word, and both texts.

    `...` for a text stands for any.
    """

    element: str | None
    kind: str
    what: str
    before: Any = ...
    after: Any = ...

    def fits(self, change: Any) -> bool:
        """Whether this is that change."""
        return (
            change.element == self.element
            and change.kind == self.kind
            and change.what == self.what
            and self.before in (..., change.before)
            and self.after in (..., change.after)
        )


Edit = Callable[[Any, random.Random], "list[Told] | None"]
"""Changes the tree in place; None when there is nothing to do it to."""


def edited(xml: bytes, seed: int, count: int) -> tuple[bytes, list[Told]]:
    """The diagram after so many edits of different elements, and what has to be told."""
    root = etree.fromstring(xml)
    choose = random.Random(seed)
    told: list[Told] = []
    while len({it.element for it in told}) < count:
        copied = copy.deepcopy(root)
        more = choose.choice(EDITS)(copied, choose)
        touched = {it.element for it in told}
        # Another id beside other flows, or in another lane, would not be certain.
        is_alone = not told or not more or more[0].kind != "renamed"
        if more and is_alone and not touched & {it.element for it in more}:
            root, told = copied, told + more
            if more[0].kind == "renamed":
                break
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8"), told


def rewritten(xml: bytes, seed: int) -> bytes:
    """The same diagram as another tool writes it: prefixes, order, blanks, comments."""
    choose = random.Random(seed)
    root = etree.fromstring(xml)
    prefix = choose.choice([None, "b", "semantic"])
    nsmap = {
        (prefix if f"{{{uri}}}" == BPMN else f"n{at}" if uri.startswith("urn") else name): uri
        for at, (name, uri) in enumerate(root.nsmap.items())
    }
    made = _again(root, nsmap, choose)
    if choose.random() < 0.7:
        etree.indent(made, space=choose.choice(["", "\t", "    "]))
    return etree.tostring(made, encoding=choose.choice(["UTF-8", "UTF-16"]), xml_declaration=True)


def _again(element: Any, nsmap: dict[str | None, str] | None, choose: random.Random) -> Any:
    made = etree.Element(element.tag, nsmap=nsmap)
    for name, value in choose.sample(list(element.items()), len(element.attrib)):
        made.set(name, _typed(value, nsmap) if name == f"{XSI}type" else value)
    children = [it for it in element if isinstance(it.tag, str)]
    made.text = element.text
    if not children and element.text and element.text.strip() and choose.random() < 0.3:
        made.text = f"\n  {element.text.strip()}  "
    for child in children:
        if choose.random() < 0.05:
            made.append(etree.Comment(" another tool wrote this "))
        inner = _again(child, nsmap, choose)
        inner.tail = child.tail
        made.append(inner)
    return made


def _typed(value: str, nsmap: dict[str | None, str] | None) -> str:
    prefixes = {f"{{{uri}}}": name for name, uri in (nsmap or {}).items()}
    prefix = prefixes.get(BPMN)
    local = value.rpartition(":")[2]
    return f"{prefix}:{local}" if prefix else local


# --- edits -----------------------------------------------------------------------------------


def _inside(root: Any, *names: str) -> list[Any]:
    return [it for name in names for it in root.iter(f"{BPMN}{name}") if it.get("id")]


def _one(found: list[Any], choose: random.Random) -> Any:
    return choose.choice(found) if found else None


def _word(choose: random.Random) -> str:
    return f"w{choose.randrange(10**9)}"


def rename(root: Any, choose: random.Random) -> list[Told] | None:
    element = _one([it for it in _inside(root, *TASKS, "lane") if it.get("name")], choose)
    if element is None:
        return None
    before, after = element.get("name"), f"Do {_word(choose)}"
    element.set("name", after)
    return [Told(element.get("id"), "changed", "name", before, after)]


def other_condition(root: Any, choose: random.Random) -> list[Told] | None:
    condition = _one(list(root.iter(f"{BPMN}conditionExpression")), choose)
    if condition is None:
        return None
    before, after = condition.text.strip(), f"record.{_word(choose)} > 3"
    condition.text = after
    return [Told(condition.getparent().get("id"), "changed", "condition", before, after)]


def no_condition(root: Any, choose: random.Random) -> list[Told] | None:
    condition = _one(list(root.iter(f"{BPMN}conditionExpression")), choose)
    if condition is None:
        return None
    flow = condition.getparent()
    flow.remove(condition)
    return [Told(flow.get("id"), "removed", "condition", ..., None)]


def other_timer(root: Any, choose: random.Random) -> list[Told] | None:
    times = [*root.iter(f"{BPMN}timeDuration"), *root.iter(f"{BPMN}timeDate")]
    time = _one(times, choose)
    if time is None:
        return None
    before, after = time.text.strip(), f"PT{choose.randrange(100, 999)}H"
    event = time.getparent().getparent()
    if choose.random() < 0.5:
        time.text = after
        return [Told(event.get("id"), "changed", "timer", before, after)]
    other = "timeDate" if time.tag.endswith("timeDuration") else "timeDuration"
    time.tag, time.text = f"{BPMN}{other}", after
    return [Told(event.get("id"), "changed", "timer")]


def other_attribute(root: Any, choose: random.Random) -> list[Told] | None:
    words = {
        "role": "role", "step": "step", "decision": "decision", "state": "state",
        "group": "group", "assignee": "assignee", "due": "due", "calendar": "calendar",
        "to": "receiver", "notice": "notice", "action": "button", "missed": "missed timers",
    }  # fmt: skip
    elements = [it for it in root.iter("*") if it.get("id") and it.tag.startswith(BPMN)]
    places = [(it, name) for it in elements for name in words if it.get(OWN + name)]
    place = _one(places, choose)
    if place is None:
        return None
    element, name = place
    before, after = element.get(OWN + name), _word(choose)
    if choose.random() < 0.3:
        del element.attrib[OWN + name]
        return [Told(element.get("id"), "removed", words[name], before, None)]
    element.set(OWN + name, after)
    return [Told(element.get("id"), "changed", words[name], before, after)]


def foreign_attribute(root: Any, choose: random.Random) -> list[Told] | None:
    element = _one(_inside(root, *TASKS, "exclusiveGateway", "sequenceFlow"), choose)
    value = _word(choose)
    element.set("{urn:somebody:else}colour", value)
    return [Told(element.get("id"), "added", "other", None, value)]


def foreign_child(root: Any, choose: random.Random) -> list[Told] | None:
    element = _one(_inside(root, *TASKS), choose)
    if element is None:
        return None
    extension = element.find(f"{BPMN}extensionElements")
    if extension is None:
        extension = etree.Element(f"{BPMN}extensionElements")
        element.insert(len(element.findall(f"{BPMN}documentation")), extension)
    made = etree.SubElement(extension, "{urn:somebody:else}note")
    made.text = _word(choose)
    return [Told(element.get("id"), "added", "other", None, made.text)]


def other_output(root: Any, choose: random.Random) -> list[Told] | None:
    output = _one(list(root.iter(f"{OWN}output")), choose)
    if output is None:
        return None
    element = output.getparent().getparent()
    before, after = output.get("value"), f'"{_word(choose)}"'
    if choose.random() < 0.4:
        output.getparent().remove(output)
        return [Told(element.get("id"), "removed", "output", ..., None)]
    output.set("value", after)
    return [Told(element.get("id"), "changed", "output", before, after)]


def other_documentation(root: Any, choose: random.Random) -> list[Told] | None:
    element = _one(_inside(root, *TASKS, "lane", "message", "sequenceFlow"), choose)
    found = element.find(f"{BPMN}documentation")
    if found is None:
        found = etree.Element(f"{BPMN}documentation")
        element.insert(0, found)
        found.text = f"Because of {_word(choose)}."
        return [Told(element.get("id"), "added", "documentation", None, found.text)]
    before, found.text = found.text.strip(), f"Because of {_word(choose)}."
    return [Told(element.get("id"), "changed", "documentation", before, found.text)]


def other_lane(root: Any, choose: random.Random) -> list[Told] | None:
    reference = _one(list(root.iter(f"{BPMN}flowNodeRef")), choose)
    lanes = [it for it in _inside(root, "lane") if reference is not None]
    lanes = [it for it in lanes if it is not reference.getparent()]
    lane = _one(lanes, choose)
    if lane is None:
        return None
    reference.getparent().remove(reference)
    lane.append(reference)
    return [Told(reference.text.strip(), "moved", "role")]


def other_target(root: Any, choose: random.Random) -> list[Told] | None:
    flow = _one(_inside(root, "sequenceFlow"), choose)
    nodes = [
        it
        for it in flow.getparent()
        if it.get("id") and it.tag[len(BPMN) :] in TASKS and it.get("id") != flow.get("targetRef")
    ]
    node = _one(nodes, choose)
    if node is None:
        return None
    old = next(it for it in root.iter("*") if it.get("id") == flow.get("targetRef"))
    for incoming in old.findall(f"{BPMN}incoming"):
        if incoming.text.strip() == flow.get("id"):
            old.remove(incoming)
            place = [at for at, it in enumerate(node) if it.tag == f"{BPMN}documentation"]
            extension = [at for at, it in enumerate(node) if it.tag == f"{BPMN}extensionElements"]
            node.insert(max([-1, *place, *extension]) + 1, incoming)
    flow.set("targetRef", node.get("id"))
    return [Told(flow.get("id"), "changed", "target")]


def other_kind(root: Any, choose: random.Random) -> list[Told] | None:
    element = _one(_inside(root, "task", "userTask", "manualTask"), choose)
    if element is None:
        return None
    element.tag = f"{BPMN}receiveTask"
    return [Told(element.get("id"), "changed", "kind", ..., "receive task")]


def add_task(root: Any, choose: random.Random) -> list[Told] | None:
    process = _one(_inside(root, "process", "subProcess"), choose)
    name = _word(choose)
    made = etree.SubElement(process, f"{BPMN}userTask", {"id": name, "name": f"Do {name}"})
    artifacts = ("association", "textAnnotation", "group")
    first = next((it for it in process if it.tag in [BPMN + one for one in artifacts]), None)
    if first is not None:
        first.addprevious(made)
    return [Told(name, "added", "user task", None, f"name Do {name}")]


def remove_flow(root: Any, choose: random.Random) -> list[Told] | None:
    flow = _one(_inside(root, "sequenceFlow"), choose)
    name = flow.get("id")
    if any(it.get("default") == name for it in root.iter("*")):
        return None
    for side in ("incoming", "outgoing"):
        for it in list(root.iter(f"{BPMN}{side}")):
            if it.text.strip() == name:
                it.getparent().remove(it)
    flow.getparent().remove(flow)
    return [Told(name, "removed", "flow", ..., None)]


def other_id(root: Any, choose: random.Random) -> list[Told] | None:
    element = _one([it for it in _inside(root, *TASKS) if it.get("name")], choose)
    if element is None:
        return None
    before, after = element.get("id"), _word(choose)
    for it in root.iter("*"):
        for name, value in it.items():
            if name in ("id", "sourceRef", "targetRef", "attachedToRef", "bpmnElement"):
                it.set(name, after if value == before else value)
            if name == f"{OWN}not-same-person-as":
                it.set(name, " ".join(after if one == before else one for one in value.split()))
        if it.tag == f"{BPMN}flowNodeRef" and it.text.strip() == before:
            it.text = after
    return [Told(after, "renamed", "id", before, after)]


EDITS: list[Edit] = [
    rename,
    other_condition,
    no_condition,
    other_timer,
    other_attribute,
    foreign_attribute,
    foreign_child,
    other_output,
    other_documentation,
    other_lane,
    other_target,
    other_kind,
    add_task,
    remove_flow,
    other_id,
]
