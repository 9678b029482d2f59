"""Activities as drawn: tasks, calls, loops and what undoes."""

from clearway.engine.gate.say import Say
from clearway.engine.model import ACTIVITIES, Loop, Node, Reading


def check(node: Node, reading: Reading, say: Say) -> None:
    """Refuse an activity that would run wrongly."""
    if node.kind not in ACTIVITIES:
        return
    if node.kind == "receiveTask":
        _check_receive(node, say)
    elif node.kind == "scriptTask":
        _check_script(node, say)
    elif node.kind == "serviceTask" and not node.own.get("step"):
        say.refuse(node, "step-missing", "names no step", "Name one in clearway:step.")
    elif node.kind == "sendTask" and not node.own.get("notice") and node.message is None:
        say.refuse(
            node,
            "notice-missing",
            "tells nobody anything",
            "Name a template in clearway:notice, or choose a message.",
        )
    elif node.kind == "callActivity":
        _check_call(node, reading, say)
    _check_activity(node, say)
    if node.loop is not None:
        _check_loop(node, node.loop, say)


def _check_receive(node: Node, say: Say) -> None:
    if node.message is None:
        say.refuse(
            node, "message-missing", "names no message", "Choose the message in its properties."
        )
    if node.instantiates:
        say.refuse(node, "instantiate", "starts the process", "Draw a message start event.")


def _check_script(node: Node, say: Say) -> None:
    form = (node.script_format or "feel").lower()
    if form not in ("feel", "application/feel", "text/feel"):
        say.refuse(
            node,
            "script-language",
            f"is written in {node.script_format}",
            "Write one FEEL expression; set the format to `feel`.",
        )
    if not node.script:
        say.refuse(node, "script-missing", "has no script", "Write one FEEL expression.")
    if not node.own.get("result") and not node.outputs:
        say.refuse(
            node,
            "result-missing",
            "puts its value nowhere",
            "Name a variable or `record.<field>` in clearway:result, or fields in clearway:output.",
        )


def _check_activity(node: Node, say: Say) -> None:
    if node.for_compensation and (node.scope.incoming(node.id) or node.scope.outgoing(node.id)):
        say.refuse(
            node,
            "undo-flow",
            "undoes something and lies in the flow",
            "Connect it only by an association to its compensation event.",
        )
    if node.for_compensation and node.loop is not None:
        say.refuse(
            node,
            "undo-loop",
            "undoes something and repeats",
            "Put the repeated activity into a subprocess that undoes.",
        )
    in_flow = bool(node.scope.incoming(node.id) or node.scope.outgoing(node.id))
    if node.inner is not None and node.inner.kind == "event" and (in_flow or node.loop is not None):
        say.refuse(
            node,
            "event-subprocess",
            "is an event subprocess in the flow or repeated",
            "Remove its flows and its loop: its start event starts it.",
        )
    if node.inner is not None and node.inner.ordering != "Parallel":
        say.refuse(
            node,
            "ad-hoc",
            "does its activities one after the other in any order",
            "Draw the order, or let them run in parallel.",
        )


def _check_call(node: Node, reading: Reading, say: Say) -> None:
    if node.called is None or node.called not in reading.processes:
        known = ", ".join(sorted(name for name in reading.processes if name != reading.main.id))
        say.refuse(
            node,
            "called-missing",
            f"calls `{node.called or ''}`, which is not there",
            f"Put the process into bpmn/shared, or call one of: {known or 'none'}.",
        )


def _check_loop(node: Node, loop: Loop, say: Say) -> None:
    if loop.kind == "standard":
        if loop.condition is None and loop.maximum is None:
            say.refuse(
                node,
                "loop-endless",
                "repeats without an end",
                "Give the loop a condition or a maximum.",
            )
        if loop.maximum is not None and not loop.maximum.isdigit():
            say.refuse(node, "loop-maximum", "has a maximum that is no number", "Write a number.")
        return
    if (loop.cardinality is None) == (loop.collection is None):
        say.refuse(
            node,
            "loop-count",
            "repeats, but not clearly how often",
            "Give either a loop cardinality or a collection (loopDataInputRef).",
        )
    if (loop.output_collection is None) != (loop.output_item is None):
        say.refuse(
            node,
            "loop-output",
            "collects, but does not say both what and where",
            "Name the item (outputDataItem) and the collection (loopDataOutputRef).",
        )
    if loop.behavior != "All":
        say.refuse(
            node,
            "loop-behavior",
            f"throws events while it repeats (`{loop.behavior}`)",
            "Draw a throw event inside a repeated subprocess.",
        )
