"""Two branches that run side by side must not write the same field or variable."""

from collections.abc import Collection

from clearway.engine.examine import Examined
from clearway.engine.gate.branches import (
    Effort,
    SideBySide,
    Way,
    parted_by_events,
    parted_by_flows,
    parted_by_undoing,
    two_apart,
)
from clearway.engine.gate.say import Say
from clearway.engine.gate.writing import Writing, collection_of
from clearway.engine.model import Node, Scope

_REMEDY = (
    "Write another field, draw one after the other, or say in record.json that the later one "
    'counts: "x-merge": "last".'
)


def check(process: Scope, examined: Examined, say: Say) -> None:
    """Refuse two parallel branches that write one field, unless the field declares a merge.

    What a person or a message brings beside the work (a non-interrupting event) happens at a moment
    of its own, and counts from then on; what lies behind that event is a branch beside the work.
    """
    free = {
        name
        for name, shape in examined.record_schema.get("properties", {}).items()
        if isinstance(shape, dict) and "x-merge" in shape
    }
    effort = Effort()
    writing, lasting = Writing(examined), Writing(examined, moments=False)
    for scope in process.walk():
        for parted in (parted_by_flows, parted_by_undoing):
            for found in parted(scope, effort):
                _compare(scope, found, writing, say, free)
        for found in parted_by_events(scope, effort):
            _compare(scope, found, lasting, say, free)
        for node in scope.nodes.values():
            _check_repeated(node, writing, say, free)
    if effort.left <= 0:
        say.warning(
            process.id,
            "writes-unproven",
            "It has too many branches to look at all of them for fields that two of them write.",
            "Put parts that belong together into subprocesses.",
        )


def _compare(
    scope: Scope, found: SideBySide, writing: Writing, say: Say, free: Collection[str]
) -> None:
    written: dict[str, list[tuple[Way, str]]] = {}
    for node_id, ways in found.ways.items():
        node = scope.nodes.get(node_id)
        for name in writing.by(node) if node is not None else ():
            if name not in free:
                written.setdefault(name, []).extend((way, node_id) for way in ways)
    for name, ways in sorted(written.items()):
        two = two_apart(ways)
        if two is not None:
            one, other = (writing.by(scope.nodes[node_id])[name] for _, node_id in two)
            _refuse(one, other, name, found.where, say)


def _refuse(one: Node, other: Node, name: str, where: str, say: Say) -> None:
    what = f"and `{other.label}` may both write `{name}`, side by side"
    if one is other:
        what = f"may be open twice at the same time and each time write `{name}`,"
    say.refuse(one, "written-twice", f"{what} {where}: which one counts would be chance", _REMEDY)


def _check_repeated(node: Node, writing: Writing, say: Say, free: Collection[str]) -> None:
    if node.loop is None or node.loop.kind != "parallel":
        return
    for name in sorted(writing.by(node).keys() - {*free, collection_of(node)}):
        say.refuse(
            node,
            "written-twice",
            f"is done several times side by side, and each time may write `{name}`",
            "Collect the values (loopDataOutputRef), repeat it one after the other, or say in "
            'record.json that the later one counts: "x-merge": "last".',
        )
