"""Our own attributes: which ones there are, and on what."""

from collections.abc import Callable
from difflib import get_close_matches

from clearway.engine.gate.say import Say
from clearway.engine.model import ACTIVITIES, EVENTS, Node

ANYWHERE = frozenset(("state",))
_ANSWERING = ("serviceTask", "scriptTask", "businessRuleTask")
USER = frozenset(
    [
        "group",
        "assignee",
        "holder",
        "due",
        "calendar",
        "not-same-person-as",
        "rule",
        "excluded",
        "deadline",
        "remind",
        "at-deadline",
        "may-defer",
        "result",
        "reasons",
        "conditions",
        "role",
    ]
)
PERSON_FIELDS = ("only", "also", "holder")
"""What names a field of the record in which a person stands."""
TELLING = frozenset(("notice", "to", "start", "expires", "invitation"))
MESSAGE = frozenset(("action", "role", "group", "only", "also", "channel"))
OPENING = frozenset(("role", "holder"))
"""Where a person opens a record. No field says yet who alone may, or who may as well."""
TIMER = frozenset(("calendar", "missed"))


def check(node: Node, say: Say) -> None:
    """Refuse what is not known, and values that mean nothing."""
    allowed = allowed_on(node)
    for name, value in node.own.items():
        if name not in allowed:
            _refuse(node, name, allowed, say)
        elif not value.strip():
            say.error(
                node.id, "attribute-empty", f"clearway:{name} is empty.", "Fill it in or remove it."
            )
    for check_one in _CHECKS:
        check_one(node, say)


def allowed_on(node: Node) -> frozenset[str]:
    """The attributes that mean something on this node."""
    found: set[str] = set()
    kinds = {event.kind for event in node.events}
    if node.kind in ACTIVITIES | EVENTS:
        found |= ANYWHERE
    if node.kind == "userTask":
        found |= USER
    if node.kind == "serviceTask":
        found |= {"step", "retries"}
    if node.kind == "scriptTask":
        found |= {"result"}
    if node.kind == "businessRuleTask":
        found |= {"decision"}
    throws = node.kind in ("intermediateThrowEvent", "endEvent")
    if node.kind == "sendTask" or (throws and kinds <= {"message"}):
        found |= TELLING
    if node.kind == "receiveTask" or ("message" in kinds and not throws):
        found |= MESSAGE
    if node.kind == "startEvent" and node.scope.kind == "process" and kinds <= {"message"}:
        found = (found | OPENING) - {"only", "also", "group"}
    if "timer" in kinds:
        found |= TIMER
    return frozenset(found)


def _refuse(node: Node, name: str, allowed: frozenset[str], say: Say) -> None:
    close = get_close_matches(name, allowed, 1)
    remedy = f"Write clearway:{close[0]}." if close else "Remove it."
    if allowed and not close:
        remedy = f"Remove it; here there can be: {', '.join(sorted(allowed))}."
    say.error(
        node.id, "attribute-unknown", f"clearway:{name} means nothing on `{node.label}`.", remedy
    )


def _check_retries(node: Node, say: Say) -> None:
    retries = node.own.get("retries", "3")
    if not (retries.isascii() and retries.isdigit() and int(retries) <= 100):
        say.error(
            node.id,
            "retries",
            f"clearway:retries is `{retries}`.",
            "Write a whole number from 0 to 100.",
        )


def _check_missed(node: Node, say: Say) -> None:
    missed = node.own.get("missed", "once")
    if missed not in ("once", "all", "skip"):
        say.error(node.id, "missed", f"clearway:missed is `{missed}`.", "Write once, all or skip.")
    elif missed != "once" and not _comes_again(node):
        say.error(
            node.id,
            "missed",
            f"clearway:missed is `{missed}`, and this timer comes only once.",
            "Take it out, or draw a cycle on an event that does not interrupt.",
        )


def _comes_again(node: Node) -> bool:
    is_cycle = any(event.timer_kind == "timeCycle" for event in node.events)
    return is_cycle and node.kind in ("boundaryEvent", "startEvent") and not node.interrupting


def _check_calendar(node: Node, say: Say) -> None:
    if node.kind == "userTask" and node.own.get("calendar") and not node.own.get("due"):
        say.error(
            node.id,
            "calendar-place",
            "It names a calendar, but says nothing that the calendar could count.",
            "Say in clearway:due how long it may take, or remove clearway:calendar.",
        )


def _check_telling(node: Node, say: Say) -> None:
    own = node.own
    message = node.message or next((e.name for e in node.events if e.kind == "message"), None)
    if own.get("notice") and message is not None:
        say.error(
            node.id,
            "notice-message",
            "It is a message to a record and a notice to people at once.",
            "Keep the message, or keep clearway:notice and remove the message.",
        )
    if own.get("notice") and not own.get("to"):
        say.error(
            node.id, "notice-to", "The notice goes to nobody.", "Say whom it is for in clearway:to."
        )
    invitation = own.get("invitation")
    if invitation is not None and not own.get("notice"):
        say.error(
            node.id,
            "invitation-place",
            "It invites, but it is no notice to people.",
            "Name a template in clearway:notice, or remove clearway:invitation.",
        )
    elif invitation is not None and invitation not in ("true", "cancel"):
        say.error(
            node.id,
            "invitation",
            f"clearway:invitation is `{invitation}`.",
            "Write true to invite, or cancel to take the invitation back.",
        )
    if own.get("to") and own.get("start"):
        say.error(
            node.id,
            "message-to",
            "It goes to a record and opens a new one at once.",
            "Keep clearway:to or clearway:start.",
        )
    if own.get("start") and message is None:
        say.error(
            node.id,
            "message-missing",
            "It opens a record, but with no message.",
            "Choose the message that starts the other process.",
        )
    if own.get("expires") and (message is None or not own.get("to")):
        say.error(
            node.id,
            "expires-place",
            "It says when it expires, but it is no message to another record.",
            "Choose a message and say in clearway:to which record gets it, or remove "
            "clearway:expires.",
        )


def _check_roles(node: Node, say: Say) -> None:
    named = node.own.get("role", "").split()
    for name in sorted({name for name in named if named.count(name) > 1}):
        say.error(
            node.id, "role-twice", f"It names the role `{name}` twice.", "Name each role once."
        )
    if len(named) > 1 and "action" not in allowed_on(node):
        say.error(
            node.id,
            "role-many",
            "It names several roles, but only a message event may be for several.",
            "Name one role: the registry may give it to several groups.",
        )


def _check_senders(node: Node, say: Say) -> None:
    for name, who in (("only", "person alone"), ("also", "person also"), ("group", "group")):
        can_say = node.own.get("action") or node.kind == "userTask"
        if node.own.get(name) and not can_say:
            say.error(
                node.id,
                f"{name}-place",
                f"It says which {who} may send it, but no person can send it.",
                f"Give it a button with clearway:action, or remove clearway:{name}.",
            )
    if node.own.get("channel") and node.own.get("action"):
        say.error(
            node.id,
            "channel-action",
            "It says which channel may send it, and has a button for people.",
            "Draw a second event for the channel, or remove clearway:channel.",
        )
    if node.own.get("only") and node.own.get("also"):
        say.error(
            node.id,
            "only-also",
            "It says which person alone may send it, and which person may as well.",
            "Keep clearway:only or clearway:also.",
        )


def _check_fields(node: Node, say: Say) -> None:
    for name in names_fields(node):
        value = node.own.get(name, "record.")
        who = "group, such as record.group" if name == "group" else "person, such as record.owner"
        if not value.startswith("record."):
            say.error(
                node.id,
                name,
                f"clearway:{name} is `{value}`.",
                f"Name the field of the record that holds the {who}.",
            )


def names_fields(node: Node) -> tuple[str, ...]:
    """The attributes that name a field of the record here: a user task computes its group."""
    return PERSON_FIELDS if node.kind == "userTask" else (*PERSON_FIELDS, "group")


def _check_extensions(node: Node, say: Say) -> None:
    throws = node.kind in ("intermediateThrowEvent", "endEvent", "sendTask")
    if node.inputs and not (node.kind == "serviceTask" or throws):
        say.error(
            node.id,
            "input-place",
            "clearway:input means nothing here.",
            "Put it on a service task, a notice or a thrown message.",
        )
    catches = node.kind == "receiveTask" or (
        node.kind in ("startEvent", "boundaryEvent", "intermediateCatchEvent")
        and any(event.kind in ("message", "error") for event in node.events)
    )
    if node.outputs and not (node.kind in _ANSWERING or catches):
        say.error(
            node.id,
            "output-place",
            "clearway:output means nothing here.",
            "Put it on a service, script or business rule task, or on a caught message or error.",
        )
    for names, what in ((node.inputs, "input"), (node.outputs, "output")):
        seen = [name for name, _ in names]
        for name in sorted({name for name in seen if seen.count(name) > 1 or not name}):
            say.error(
                node.id,
                f"{what}-name",
                f"The clearway:{what} `{name}` is there twice or unnamed.",
                "Give each another name.",
            )


_CHECKS: tuple[Callable[[Node, Say], None], ...] = (
    _check_retries,
    _check_missed,
    _check_calendar,
    _check_telling,
    _check_roles,
    _check_senders,
    _check_fields,
    _check_extensions,
)
