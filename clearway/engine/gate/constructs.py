"""Which constructs run rightly here, and which are refused with what to draw instead."""

from clearway.engine.findings import Findings
from clearway.engine.gate import activities, events, gateways
from clearway.engine.gate.say import Say
from clearway.engine.model import Node, Reading, Scope

BREAKS = frozenset(
    ("flow-end", "attached", "called-missing", "default", "link", "undo-missing", "duplicate-id")
)
"""Findings after which nothing can be compiled."""


def check(reading: Reading, findings: Findings) -> None:
    """Refuse what would run wrongly in the process or in a process that it calls."""
    seen: dict[str, str] = {}
    for process in reading.called():
        say = Say(reading.files[process.id], findings)
        for scope in process.walk():
            _check_scope(scope, reading, say)
            for node in scope.nodes.values():
                _check_once(node, seen, say)


def _check_once(node: Node, seen: dict[str, str], say: Say) -> None:
    if seen.setdefault(node.id, say.file) != say.file:
        say.error(
            node.id,
            "duplicate-id",
            f"The id `{node.id}` is also used in {seen[node.id]}.",
            "Give one of the elements another id: history tells them apart by it.",
        )


def _check_scope(scope: Scope, reading: Reading, say: Say) -> None:
    for flow in scope.flows:
        missing = [end for end in (flow.source, flow.target) if end not in scope.nodes]
        if missing:
            say.error(
                flow.id,
                "flow-end",
                f"The flow leads from or to `{missing[0]}`, which is no node beside it.",
                "Connect it to two nodes of the same process or subprocess.",
            )
    _check_starts(scope, say)
    for node in scope.nodes.values():
        _check_node(node, reading, say)


def _check_starts(scope: Scope, say: Say) -> None:
    starts = [node for node in scope.nodes.values() if node.kind == "startEvent"]
    plain = [node for node in starts if node.event.kind == "none"]
    for extra in plain[1:]:
        say.error(
            extra.id,
            "start-several",
            "There is more than one start event without a trigger.",
            "Keep one, or let a gateway after it part the ways.",
        )
    if scope.kind == "event" and len(starts) != 1:
        say.error(
            scope.id,
            "start-event",
            "An event subprocess needs exactly one start event.",
            "Draw one start event with the trigger.",
        )
    if scope.kind == "adHocSubProcess":
        for node in scope.nodes.values():
            if node.kind in ("startEvent", "endEvent"):
                say.error(
                    node.id,
                    "ad-hoc",
                    "An ad-hoc subprocess has no start and no end events.",
                    "Remove the event.",
                )
    if not scope.nodes:
        say.error(scope.id, "empty", "There is nothing in it.", "Draw something, or remove it.")
    elif scope.kind != "event" and not starts and not _has_first(scope):
        say.error(
            scope.id,
            "start-missing",
            "Nothing in it can begin: every node has something before it.",
            "Draw a start event.",
        )


def _has_first(scope: Scope) -> bool:
    targets = {flow.target for flow in scope.flows}
    return any(
        node.id not in targets and node.kind != "boundaryEvent" and not node.for_compensation
        for node in scope.nodes.values()
    )


def _check_node(node: Node, reading: Reading, say: Say) -> None:
    outgoing = {flow.id for flow in node.scope.outgoing(node.id)}
    if node.default is not None and node.default not in outgoing:
        say.error(
            node.id,
            "default",
            f"Its default flow `{node.default}` does not leave it.",
            "Choose one of its outgoing flows as the default.",
        )
    events.check(node, say)
    gateways.check(node, say)
    activities.check(node, reading, say)
