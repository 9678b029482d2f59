"""What BPMN means and an engine could run, but nobody in this house would ever act upon."""

from typing import Any

from clearway.engine.examine import Examined
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


def check(node: Node, examined: Examined, say: Say) -> None:
    """Refuse a trigger that would never come, and values that nobody would take."""
    if node.kind == "startEvent" and node.scope.kind == "process" and node.event.kind in _STARTS:
        what, remedy = _STARTS[node.event.kind]
        say.refuse(node, f"start-{node.event.kind}", what, remedy)
    if node.kind == "userTask" and node.own.get("rule"):
        _check_approval_form(node, examined, say)


def check_markup(process: Scope, root: Any, say: Say) -> None:
    """Refuse data that is not in the file."""
    ids = {element.get("id") for element in root.iter()}
    for drawn in root.findall(BPMN + "process"):
        if drawn.get("id") != process.id:
            continue
        for element in drawn.iter():
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


def _check_approval_form(node: Node, examined: Examined, say: Say) -> None:
    form = examined.forms.get(f"{examined.bundle.process}/forms/{node.id}.json", {})
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
