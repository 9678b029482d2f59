"""Approvals as drawn: seats, rule, times and where the answer goes."""

from typing import Any

from clearway.engine.examine import Examined
from clearway.engine.gate.references import check_field
from clearway.engine.gate.say import Say
from clearway.engine.model import Node
from clearway.engine.reminders import MOST_REMINDERS, reminders

ONLY_WITH_RULE = (
    "deadline",
    "remind",
    "at-deadline",
    "may-defer",
    "result",
    "reasons",
    "conditions",
)


def check(node: Node, examined: Examined, say: Say) -> None:
    """An approval is complete, and what is none has none of its parts."""
    if node.kind != "userTask":
        if node.seats:
            say.refuse(
                node,
                "seat-place",
                "has seats, but is no user task",
                "Put clearway:seat on a user task with clearway:rule.",
            )
        return
    if not node.own.get("rule"):
        parts = [name for name in ONLY_WITH_RULE if node.own.get(name)]
        if parts or node.seats:
            say.refuse(
                node,
                "rule-missing",
                "has parts of an approval, but no rule",
                "Name the approval rule in clearway:rule, or remove them.",
            )
        return
    if not node.seats:
        say.refuse(
            node,
            "seats-missing",
            "is an approval without seats",
            "Add clearway:seat elements to its extension elements.",
        )
    if not node.own.get("result"):
        say.refuse(
            node,
            "result-missing",
            "is an approval whose answer goes nowhere",
            "Name a field of the record in clearway:result.",
        )
    for name in ("result", "reasons", "conditions"):
        if node.own.get(name):
            _check_text(node, name, examined, say)
    _check_results(node, examined, say)
    _check_times(node, say)
    _check_seats(node, say)


def _check_text(node: Node, name: str, examined: Examined, say: Say) -> None:
    """What a decision writes are texts of the record; conditions may be a list of texts."""
    field = node.own[name].removeprefix("record.")
    check_field(node, field, examined, say)
    shape = _shape(field, examined)
    if name == "conditions" and shape.get("type") == "array":
        entries: Any = shape.get("items", {})
        if entries.get("type", "string") == "string":
            return
    if shape.get("type", "string") != "string":
        say.error(
            node.id,
            "result-type",
            f"clearway:{name} writes a text, which the field `{field}` cannot hold.",
            'Give the field "type": "string" in record.json, or name another.',
        )


def _check_results(node: Node, examined: Examined, say: Say) -> None:
    """The field must be able to say all that the approval may come to."""
    field = node.own.get("result", "").removeprefix("record.")
    choices = _shape(field, examined).get("enum")
    if not isinstance(choices, list):
        return
    needed = ["approved", "rejected"]
    needed += ["deferred"] if node.own.get("may-defer") == "true" else []
    needed += ["undecided"] if node.own.get("at-deadline") else []
    if missing := [result for result in needed if result not in choices]:
        told = " and ".join(f"`{it}`" for it in missing)
        say.error(
            node.id,
            "result-choice",
            f"It may come to {told}, which the field `{field}` cannot say.",
            f"Add {told} to the enum of `{field}` in record.json.",
        )


def _check_times(node: Node, say: Say) -> None:
    own = node.own
    for name in ("remind", "at-deadline"):
        if own.get(name) and not own.get("deadline"):
            say.error(
                node.id,
                "deadline-missing",
                f"clearway:{name} counts until a deadline, and there is none.",
                'Say in clearway:deadline how long the vote may take, for example duration("P2D").',
            )
    if own.get("remind") and reminders(own["remind"]) is None:
        say.error(
            node.id,
            "remind",
            f"clearway:remind is `{own['remind']}`.",
            f"Write up to {MOST_REMINDERS} parts of the time until the deadline, each above 0 and "
            "below 1 and later than the one before, for example 0.5 0.75.",
        )
    if own.get("at-deadline", "conclude") != "conclude":
        say.error(
            node.id,
            "at-deadline",
            f"clearway:at-deadline is `{own['at-deadline']}`.",
            "Write conclude, or remove it: then the round goes on until it is decided.",
        )
    if own.get("may-defer", "true") not in ("true", "false"):
        say.error(
            node.id,
            "may-defer",
            f"clearway:may-defer is `{own['may-defer']}`.",
            "Write true when the round may put the decision off, or remove it.",
        )


def _shape(field: str, examined: Examined) -> dict[str, Any]:
    """What the record's schema says of a field; empty when it says nothing."""
    shape: Any = examined.record_schema.get("properties", {}).get(field)
    return shape if isinstance(shape, dict) else {}  # pyright: ignore[reportUnknownVariableType] keys of JSON are text


def _check_seats(node: Node, say: Say) -> None:
    ids = [seat.id for seat in node.seats]
    for name in sorted({name for name in ids if not name or ids.count(name) > 1}):
        say.error(
            node.id,
            "seat-id",
            f"The seat `{name}` is there twice or has no id.",
            "Give each seat its own id.",
        )
    for seat in node.seats:
        if (seat.role is None) == (seat.person is None):
            say.error(
                node.id,
                "seat-person",
                f"The seat `{seat.id}` is for nobody, or for two.",
                "Give it either a role or a person.",
            )
    if len([seat for seat in node.seats if seat.chair]) > 1:
        say.error(node.id, "seat-chair", "There are two chairs.", "Keep one.")
