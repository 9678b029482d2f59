"""What a diagram names outside itself: steps, rules, roles, decisions, templates, fields."""

from clearway.engine.examine import Examined
from clearway.engine.gate.attributes import names_fields
from clearway.engine.gate.say import Say
from clearway.engine.model import Node, Scope
from clearway.engine.values import Surroundings

REQUESTER = "requester"
"""The role of whoever asks for something: of everybody, and of one person in each record."""


def check(node: Node, examined: Examined, say: Say) -> None:
    """Everything that a node names in its folder must be there."""
    _check_notice(node, examined, say)
    _check_other_people(node, examined, say)
    for name, _ in node.outputs:
        check_field(node, name, examined, say)
    if node.kind == "scriptTask" and node.own.get("result", "").startswith("record."):
        check_field(node, node.own["result"].removeprefix("record."), examined, say)
    for name in names_fields(node):
        if node.own.get(name, "").startswith("record."):
            check_field(node, node.own[name].removeprefix("record."), examined, say)
    target = None if node.loop is None else node.loop.output_collection
    if target is not None and target.startswith("record."):
        check_field(node, target.removeprefix("record."), examined, say)


def check_field(node: Node, name: str, examined: Examined, say: Say) -> None:
    """A field that the diagram writes, or takes a person from, must be declared."""
    fields = examined.record_schema.get("properties", {})
    if fields and name not in fields:
        say.error(
            node.id,
            "field-missing",
            f"The record has no field `{name}`.",
            "Declare it in record.json, or correct the name.",
        )


def check_surroundings(node: Node, surroundings: Surroundings, say: Say) -> None:
    """Steps, rules and roles that a node names must exist around the process."""
    named = (
        ("step", node.own.get("step"), surroundings.steps, "tasks/catalogue.py"),
        ("rule", node.own.get("rule"), surroundings.rules, "processes/catalogue.py"),
        *(("role", name, surroundings.roles, "the registry") for name in _roles(node)),
    )
    for what, name, known, where in named:
        if name and known is not None and name not in known:
            _missing(node, what, name, known, where, say)
    for seat in node.seats:
        roles = surroundings.roles
        if seat.role and roles is not None and seat.role not in roles:
            _missing(node, "role", seat.role, roles, "the registry", say)
    opened = node.own.get("start")
    if opened and surroundings.processes and opened not in surroundings.processes:
        _missing(node, "process", opened, surroundings.processes, "bpmn/", say)


def check_readers(process: Scope, surroundings: Surroundings | None, say: Say) -> None:
    """The roles that a process lets read its records; one that nobody has harms nobody."""
    known = None if surroundings is None else surroundings.roles
    for name in dict.fromkeys(process.readers):
        if name == REQUESTER:
            say.error(
                process.id,
                "readers",
                "clearway:readers names the role of everybody who asks for something.",
                f"Remove `{REQUESTER}`: whoever asked for a record reads it anyway.",
            )
        elif known is not None and name not in known:
            say.warning(
                process.id,
                "readers",
                f"clearway:readers names the role `{name}`, which nobody has.",
                "Give it to a group, or correct the name.",
            )


def _roles(node: Node) -> list[str]:
    """Its own and those of its lane, in their order."""
    return list(dict.fromkeys([*node.own.get("role", "").split(), *(node.role or "").split()]))


def _missing(node: Node, what: str, name: str, known: frozenset[str], where: str, say: Say) -> None:
    some = ", ".join(sorted(known)[:12]) or "none yet"
    say.error(
        node.id,
        f"{what}-missing",
        f"There is no {what} `{name}`.",
        f"Add it to {where}, or name one of: {some}.",
    )


def _check_notice(node: Node, examined: Examined, say: Say) -> None:
    name = node.own.get("notice")
    if name and name not in examined.templates:
        known = ", ".join(sorted(examined.templates)) or "none"
        say.error(
            node.id,
            "notice-missing",
            f"There is no template `{name}`.",
            f"Add messages/{name}.md.j2, or name one of: {known}.",
        )
    if node.own.get("invitation") and "x-planned" not in examined.record_schema:
        say.error(
            node.id,
            "invitation-time",
            "It invites people, but no field of the record says when.",
            "Name the fields with the time in x-planned of record.json.",
        )
    sends = node.message if node.kind == "sendTask" else None
    if node.kind in ("intermediateThrowEvent", "endEvent"):
        sends = next((event.name for event in node.events if event.kind == "message"), None)
    here = not node.own.get("to") and not node.own.get("start")
    if sends is not None and here and sends not in examined.caught:
        say.error(
            node.id,
            "message-uncaught",
            f"Nothing in this diagram catches `{sends}`.",
            "Say in clearway:to which record it is for, or in clearway:start what it opens.",
        )


def _check_other_people(node: Node, examined: Examined, say: Say) -> None:
    for name in node.own.get("not-same-person-as", "").split():
        if name not in examined.done_by_people or name == node.id:
            say.error(
                node.id,
                "same-person",
                f"`{name}` is no other user task, start event or message that a person sends.",
                "Name the element whose person may not do this one too.",
            )
