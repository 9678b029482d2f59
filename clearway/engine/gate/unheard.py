"""What BPMN means and an engine could run, but nobody in this house would ever act upon."""

import re
from typing import Any

from clearway.engine.examine import Draft
from clearway.engine.gate.say import Say
from clearway.engine.markup import BPMN
from clearway.engine.model import Node, Scope

_STARTS = {
    "timer": (
        "is to be begun by a timer, and nobody here watches one that belongs to no record",
        "Begin the process from a schedule in prefect.yaml, or by a message.",
    ),
    "signal": (
        "is to be begun by a signal, which reaches only records that are open already",
        "Begin it by a message: a throw event with clearway:start opens a record.",
    ),
    "conditional": (
        "is to be begun by a condition, and there is no record yet whose fields it could ask",
        "Begin it by a message, or from a schedule in prefect.yaml.",
    ),
}
_THE_TIME = re.compile(r"(?<![.\w])(now|today)\b")
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')
_PEOPLE = ("performer", "humanPerformer", "potentialOwner", "resourceRole")


def check(node: Node, draft: Draft, say: Say) -> None:
    """Refuse a trigger that would never come, and values that nobody would take."""
    if node.kind == "startEvent" and node.scope.kind == "process" and node.event.kind in _STARTS:
        what, remedy = _STARTS[node.event.kind]
        say.refuse(node, f"start-{node.event.kind}", what, remedy)
    if any(event.kind == "conditional" for event in node.events):
        _check_condition(node, draft, say)
    if node.kind == "userTask" and node.own.get("rule"):
        _check_approval_form(node, draft, say)


def check_markup(process: Scope, root: Any, say: Say) -> None:
    """Refuse what BPMN says and is read over here, and data that is not in the file."""
    ids = {element.get("id") for element in root.iter()}
    for drawn in root.findall(BPMN + "process"):
        if drawn.get("id") != process.id:
            continue
        for element in drawn.iter():
            _check_element(element, say)
            _check_data(element, ids, say)


def _check_data(element: Any, ids: set[str | None], say: Say) -> None:
    for name in ("dataObjectRef", "dataStoreRef"):
        named = element.get(name)
        if named is not None and named.rpartition(":")[2] not in ids:
            say.error(
                element.get("id"),
                "data-missing",
                f"It refers to `{named}`, which is not in the file.",
                f"Draw it, or remove {name}.",
            )


def _check_condition(node: Node, draft: Draft, say: Say) -> None:
    """A condition is looked at when the record changes, not when time passes."""
    found = draft.context.formulas_found if draft.context is not None else ()
    for _, formula in found:
        is_its = formula.element == node.id and formula.role == "condition"
        if is_its and _THE_TIME.search(_TEXT.sub("", formula.text)):
            say.refuse(
                node,
                "condition-now",
                "waits for a condition about the time, which nobody looks at while time passes",
                "Draw a timer event.",
            )


def _check_approval_form(node: Node, draft: Draft, say: Say) -> None:
    form = draft.forms.get(f"{draft.bundle.process}/forms/{node.id}.json", {})
    properties = form.get("properties", {})
    fields: dict[str, Any] = properties if isinstance(properties, dict) else {}  # pyright: ignore[reportUnknownVariableType] keys of JSON are text
    open_fields = [
        name
        for name, field in fields.items()
        if isinstance(field, dict) and not field.get("readOnly")  # pyright: ignore[reportUnknownMemberType] as above
    ]
    if open_fields:
        say.refuse(
            node,
            "approval-form",
            f"takes votes, but its form asks for {', '.join(open_fields)}",
            "Mark the fields readOnly; ask for values in a user task before or after it.",
        )


def _check_element(element: Any, say: Say) -> None:
    if not isinstance(element.tag, str):
        return
    tag = element.tag.removeprefix(BPMN)
    if tag in _PEOPLE:
        say.error(
            element.getparent().get("id"),
            "performer",
            "It names its people in a way that is not read here.",
            "Say it with the lane's clearway:role, clearway:group or clearway:assignee.",
        )
    if tag == "correlationSubscription":
        say.error(
            element.getparent().get("id"),
            "correlation",
            "It tells messages apart by their content, which is not read here.",
            "Send the message to the record itself: name its key in clearway:to.",
        )
    for name in ("startQuantity", "completionQuantity"):
        if element.get(name, "1") != "1":
            say.error(
                element.get("id"),
                "quantity",
                f"Its {name} is {element.get(name)}, but one token comes and one goes here.",
                "Draw a parallel gateway, or a repeated activity.",
            )
