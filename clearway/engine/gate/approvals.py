"""Approvals as drawn: seats, rule and where the answer goes."""

from clearway.engine.examine import Examined
from clearway.engine.gate.references import check_field
from clearway.engine.gate.say import Say
from clearway.engine.model import Node

ONLY_WITH_RULE = ("deadline", "result", "reasons", "conditions")


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
    _check_seats(node, say)


def _check_text(node: Node, name: str, examined: Examined, say: Say) -> None:
    """What a decision writes are texts of the record."""
    field = node.own[name].removeprefix("record.")
    check_field(node, field, examined, say)
    shape = examined.record_schema.get("properties", {}).get(field)
    if isinstance(shape, dict) and shape.get("type", "string") != "string":  # pyright: ignore[reportUnknownMemberType] JSON
        say.error(
            node.id,
            "result-type",
            f"clearway:{name} writes a text, which the field `{field}` cannot hold.",
            'Give the field "type": "string" in record.json, or name another.',
        )


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
