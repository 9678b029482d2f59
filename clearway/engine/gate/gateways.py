"""Gateways as drawn: can each of them always say where a token goes."""

from clearway.engine.gate.say import Say
from clearway.engine.model import Node


def check(node: Node, say: Say) -> None:
    """Refuse a gateway that would run wrongly."""
    checks = {
        "exclusiveGateway": _check_exclusive,
        "complexGateway": _check_complex,
        "parallelGateway": _check_parallel,
        "eventBasedGateway": _check_event_gateway,
    }
    if node.kind in checks:
        checks[node.kind](node, say)


def _check_exclusive(node: Node, say: Say) -> None:
    outgoing = node.scope.outgoing(node.id)
    if len(outgoing) < 2:
        return
    for flow in outgoing:
        if flow.condition is None and flow.id != node.default:
            say.error(
                flow.id,
                "condition-missing",
                f"Nobody can say when this flow out of `{node.id}` is taken.",
                "Write a condition on it, or make it the default flow.",
            )


def _check_complex(node: Node, say: Say) -> None:
    if len(node.scope.incoming(node.id)) > 1 or node.activation is not None:
        say.refuse(
            node,
            "complex-gateway",
            "is a complex gateway that joins",
            "Draw parallel, inclusive or exclusive gateways.",
        )


def _check_parallel(node: Node, say: Say) -> None:
    for flow in node.scope.outgoing(node.id):
        if flow.condition is not None:
            say.error(
                flow.id,
                "condition-unused",
                "A parallel gateway takes every flow, whatever its condition.",
                "Remove the condition, or draw an inclusive gateway.",
            )


def _check_event_gateway(node: Node, say: Say) -> None:
    if node.instantiates:
        say.refuse(
            node, "instantiate", "starts the process", "Draw one start event for each trigger."
        )
    outgoing = node.scope.outgoing(node.id)
    if len(outgoing) < 2:
        say.refuse(node, "event-gateway", "needs at least two events after it", "Draw them.")
    for flow in outgoing:
        target = node.scope.nodes.get(flow.target)
        if target is None:
            continue
        if flow.condition is not None:
            say.error(
                flow.id,
                "condition-unused",
                "An event decides here, not a condition.",
                "Remove the condition.",
            )
        waits = target.kind == "receiveTask" or (
            target.kind == "intermediateCatchEvent" and target.event.kind not in ("none", "link")
        )
        if not waits or len(node.scope.incoming(target.id)) > 1:
            say.refuse(
                target,
                "event-gateway",
                "follows an event gateway, but does not wait alone",
                "Draw a catch event that only the gateway leads to.",
            )
        elif target.loop is not None or node.scope.boundaries(target.id):
            say.refuse(
                target,
                "event-gateway",
                "repeats or has boundary events behind an event gateway",
                "Draw a catch event instead.",
            )
