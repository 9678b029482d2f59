"""Events as drawn: which trigger means something at which place."""

from clearway.engine.gate.say import Say
from clearway.engine.model import ACTIVITIES, EventDefinition, Node

START_KINDS = frozenset(("none", "message", "timer", "signal", "conditional"))
EVENT_START_KINDS = frozenset(("message", "timer", "signal", "conditional", "error", "escalation"))
CATCH_KINDS = frozenset(("message", "timer", "signal", "conditional", "link"))
BOUNDARY_KINDS = frozenset(
    (
        "message",
        "timer",
        "signal",
        "conditional",
        "error",
        "escalation",
        "compensate",
        "cancel",
    )
)
THROW_KINDS = frozenset(("none", "message", "signal", "escalation", "link", "compensate"))
END_KINDS = frozenset(
    ("none", "message", "signal", "error", "escalation", "terminate", "cancel", "compensate")
)


def check(node: Node, say: Say) -> None:
    """Refuse an event that would run wrongly."""
    checks = {
        "startEvent": _check_start,
        "intermediateCatchEvent": _check_catch,
        "boundaryEvent": _check_boundary,
        "intermediateThrowEvent": _check_throw,
        "endEvent": _check_end,
    }
    if node.kind in checks:
        checks[node.kind](node, say)
    if len(node.events) > 1 and node.parallel_multiple:
        say.refuse(
            node,
            "event-parallel",
            "waits for several events at once",
            "Draw one event after the other, or in parallel branches.",
        )
    for event in node.events:
        _check_names(node, event, say)


def _check_start(node: Node, say: Say) -> None:
    scope = node.scope
    if scope.incoming(node.id):
        say.refuse(
            node,
            "start-incoming",
            "has a flow leading into it",
            "Lead the flow to the node after it.",
        )
    allowed = START_KINDS if scope.kind == "process" else frozenset(("none",))
    if scope.kind == "event":
        allowed = EVENT_START_KINDS
    for event in node.events or (node.event,):
        if event.kind not in allowed:
            say.refuse_event(node, event, allowed)
        elif event.kind in ("error",) and not node.interrupting:
            say.refuse(
                node,
                "error-interrupts",
                "catches an error without interrupting",
                "An error always interrupts; set it so.",
            )
    if scope.kind == "process" and len(node.events) > 1:
        say.refuse(node, "start-multiple", "has several triggers", "Draw one start event for each.")


def _check_catch(node: Node, say: Say) -> None:
    for event in node.events or (node.event,):
        if event.kind not in CATCH_KINDS:
            say.refuse_event(node, event, CATCH_KINDS)
        elif event.kind == "link":
            _check_link(node, event, say)
    if any(e.kind == "link" for e in node.events) and len(node.events) > 1:
        say.refuse(node, "link", "is a link and something else", "Draw two events.")


def _check_link(node: Node, event: EventDefinition, say: Say) -> None:
    catching = node.kind == "intermediateCatchEvent"
    others = [
        other
        for other in node.scope.nodes.values()
        if other is not node and other.kind == "intermediateCatchEvent" and other.event == event
    ]
    if not event.name:
        say.refuse(node, "link", "is a link without a name", "Give both ends the same name.")
    elif catching and others:
        say.refuse(
            node,
            "link",
            f"is not the only end of the link `{event.name}`",
            "Keep one link catch event for each name.",
        )
    elif not catching and not others:
        say.refuse(
            node,
            "link",
            f"leads nowhere: there is no link catch event `{event.name}`",
            "Draw the catch event beside it, with the same name.",
        )
    if catching and node.scope.incoming(node.id):
        say.refuse(
            node,
            "link",
            "is a link catch event with a flow leading into it",
            "Lead the flow to the node after it.",
        )
    if not catching and node.scope.outgoing(node.id):
        say.refuse(
            node,
            "link",
            "is a link throw event with a flow leading out of it",
            "Let the flow begin at the link catch event.",
        )


def _check_boundary(node: Node, say: Say) -> None:
    host = node.scope.nodes.get(node.attached_to or "")
    if host is None or host.kind not in ACTIVITIES:
        say.refuse(node, "attached", "is not attached to an activity", "Attach it to one.")
        return
    if host.for_compensation or (host.inner is not None and host.inner.kind == "event"):
        say.refuse(
            node,
            "attached",
            "is attached to something that runs beside the flow",
            "Attach it to an activity of the flow.",
        )
    if node.scope.incoming(node.id):
        say.refuse(
            node,
            "boundary-incoming",
            "has a flow leading into it",
            "Lead the flow to the node after it.",
        )
    for event in node.events or (node.event,):
        if event.kind not in BOUNDARY_KINDS:
            say.refuse_event(node, event, BOUNDARY_KINDS)
        elif event.kind in ("error", "cancel") and not node.interrupting:
            say.refuse(
                node,
                "error-interrupts",
                "catches without interrupting what cannot go on",
                "Set it to interrupting.",
            )
        elif event.kind == "cancel" and host.kind != "transaction":
            say.refuse(
                node,
                "cancel",
                "waits for the cancelling of something that is no transaction",
                "Attach it to a transaction.",
            )
        elif event.kind == "compensate":
            _check_undo(node, host, say)
    if len({event.kind == "compensate" for event in node.events}) > 1:
        say.refuse(node, "undo", "is a compensation event and something else", "Draw two events.")


def _check_undo(node: Node, host: Node, say: Say) -> None:
    if node.scope.outgoing(node.id):
        say.refuse(
            node,
            "undo-flow",
            "is a compensation event with a flow leading out of it",
            "Connect it to its handler by an association instead.",
        )
    if node.id not in node.scope.handlers:
        say.refuse(
            node,
            "undo-missing",
            "has no activity that undoes",
            "Draw an activity marked for compensation and an association to it.",
        )
    if node.id in node.scope.other_handlers.values():
        say.refuse(
            node,
            "undo-several",
            "has several activities that undo",
            "Keep one association; draw what belongs together into a subprocess.",
        )
    if host.loop is not None:
        say.refuse(
            node,
            "undo-loop",
            "would undo a repeated activity",
            "Put the repeated activity and its undoing into a subprocess.",
        )
    if len([b for b in node.scope.boundaries(host.id) if b.event.kind == "compensate"]) > 1:
        say.refuse(
            node, "undo-several", "is not the only compensation event of its activity", "Keep one."
        )


def _check_throw(node: Node, say: Say) -> None:
    for event in node.events or (node.event,):
        if event.kind not in THROW_KINDS:
            say.refuse_event(node, event, THROW_KINDS)
        elif event.kind == "link":
            _check_link(node, event, say)
        elif event.kind == "compensate":
            _check_compensated(node, event, say)
    if any(e.kind in ("link", "compensate") for e in node.events) and len(node.events) > 1:
        say.refuse(
            node,
            "event-multiple",
            "throws a link or compensation and something else",
            "Draw two events.",
        )


def _check_end(node: Node, say: Say) -> None:
    if node.scope.outgoing(node.id):
        say.refuse(
            node,
            "end-outgoing",
            "has a flow leading out of it",
            "Remove the flow, or draw another event.",
        )
    for event in node.events or (node.event,):
        if event.kind not in END_KINDS:
            say.refuse_event(node, event, END_KINDS)
        elif event.kind == "cancel":
            _check_cancel(node, say)
        elif event.kind == "compensate":
            _check_compensated(node, event, say)
    ending = {"error", "terminate", "cancel", "compensate"}
    if any(event.kind in ending for event in node.events) and len(node.events) > 1:
        say.refuse(
            node,
            "event-multiple",
            "ends in several ways at once",
            "Draw one event after the other.",
        )


def _check_cancel(node: Node, say: Say) -> None:
    owner = node.scope.owner
    if owner is None or owner.kind != "transaction":
        say.refuse(
            node,
            "cancel",
            "cancels something that is no transaction",
            "Draw it directly inside a transaction.",
        )
    elif not any(b.event.kind == "cancel" for b in owner.scope.boundaries(owner.id)):
        say.refuse(
            node,
            "cancel-uncaught",
            "cancels a transaction without a cancel boundary event",
            "Attach a cancel boundary event to the transaction.",
        )


def _check_compensated(node: Node, event: EventDefinition, say: Say) -> None:
    scope = node.scope
    outer = scope.parent if scope.kind == "event" and scope.parent is not None else scope
    if event.activity is not None and event.activity not in outer.nodes:
        say.refuse(
            node,
            "undo-activity",
            f"would undo `{event.activity}`, which is not beside it",
            "Name an activity of the same process or subprocess, or none.",
        )


def _check_names(node: Node, event: EventDefinition, say: Say) -> None:
    if event.kind in ("message", "signal") and event.name is None:
        say.refuse(
            node,
            f"{event.kind}-missing",
            f"names no {event.kind}",
            f"Choose the {event.kind} in the properties of the event.",
        )
    throws = node.kind in ("endEvent", "intermediateThrowEvent")
    if event.kind in ("error", "escalation") and event.name is None and (throws or event.ref):
        say.refuse(
            node,
            f"{event.kind}-missing",
            f"names no {event.kind}",
            f"Choose the {event.kind}, with its code, in the properties of the event.",
        )
    if event.kind == "conditional" and not event.text:
        say.refuse(node, "condition-missing", "has no condition", "Write the condition in FEEL.")
