"""Two branches that run side by side must not write the same field of the record."""

from collections.abc import Iterable, Iterator

from clearway.engine.examine import Draft
from clearway.engine.gate.branches import SideBySide, side_by_side
from clearway.engine.gate.say import Say
from clearway.engine.model import Node, Scope

_REMEDY = (
    "Write another field, draw one after the other, or say in record.json that the later one "
    'counts: "x-merge": "last".'
)

Writers = dict[str, Node]
"""Field -> the node by which it is written."""


def check(process: Scope, draft: Draft, say: Say) -> None:
    """Refuse two parallel branches that write one field, unless the field declares a merge.

    What a person or a message begins beside the work (a non-interrupting event) is no branch: it
    happens at a moment of its own, and counts from then on.
    """
    free = {
        name
        for name, shape in draft.record_schema.get("properties", {}).items()
        if isinstance(shape, dict) and "x-merge" in shape
    }
    for scope in process.walk():
        told: dict[str | None, set[str]] = {}
        for found in side_by_side(scope):
            place = found.place.id if found.place is not None else None
            _compare(scope, found, draft, say, told.setdefault(place, set(free)))
        for node in scope.nodes.values():
            _check_repeated(node, draft, say, free)


def _compare(scope: Scope, found: SideBySide, draft: Draft, say: Say, told: set[str]) -> None:
    first, second = (_writers(scope, nodes, draft) for nodes in (found.one, found.other))
    for name in sorted(first.keys() & second.keys() - told):
        if first[name] is second[name]:
            continue
        told.add(name)
        where = f"after `{found.place.label}`" if found.place is not None else "from the beginning"
        say.refuse(
            first[name],
            "written-twice",
            f"and `{second[name].label}` may both write `{name}`, side by side {where}: which one "
            "counts would be chance",
            _REMEDY,
        )


def _check_repeated(node: Node, draft: Draft, say: Say, free: set[str]) -> None:
    if node.loop is None or node.loop.kind != "parallel":
        return
    for name in sorted(_written(node, draft).keys() - free):
        say.refuse(
            node,
            "written-twice",
            f"is done several times side by side, and each time may write `{name}`",
            "Collect the values (loopDataOutputRef), repeat it one after the other, or say in "
            'record.json that the later one counts: "x-merge": "last".',
        )


def _writers(scope: Scope, nodes: Iterable[str], draft: Draft) -> Writers:
    found: Writers = {}
    for node_id in sorted(nodes):
        node = scope.nodes.get(node_id)
        if node is not None:
            found = {**_written(node, draft), **found}
    return found


def _written(node: Node, draft: Draft, inside: frozenset[str] = frozenset()) -> Writers:
    """The fields that this node writes, or something in it."""
    if node.id in inside:
        return {}
    inside |= {node.id}
    found: Writers = dict.fromkeys(_own_fields(node, draft), node)
    called = draft.read.processes.get(node.called or "")
    for scope in (node.inner, called):
        if scope is not None:
            for each in scope.nodes.values():
                found = {**_written(each, draft, inside), **found}
    return found


def _own_fields(node: Node, draft: Draft) -> Iterator[str]:
    yield from (name for name, _ in node.outputs)
    yield from _of_form(node, draft)
    for name in (node.own.get("result", ""), node.own.get("holder", "")):
        if name.startswith("record."):
            yield name.removeprefix("record.")
    if node.kind == "userTask" and node.own.get("rule"):
        for name in ("result", "reasons", "conditions"):
            if node.own.get(name):
                yield node.own[name].removeprefix("record.")
    table = draft.decisions.get(node.own.get("decision", ""))
    if node.kind == "businessRuleTask" and table is not None and not node.outputs:
        decision = table.decisions.get(node.own["decision"])
        yield from decision.outputs if decision is not None else ()


def _of_form(node: Node, draft: Draft) -> Iterator[str]:
    if node.id not in draft.done_by_people:
        return
    form = draft.forms.get(f"{draft.bundle.process}/forms/{node.id}.json", {})
    properties = form.get("properties", {})
    for name, shape in properties.items() if isinstance(properties, dict) else ():  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType] keys of JSON are text
        is_kept = isinstance(shape, dict) and not (
            shape.get("readOnly") or shape.get("x-comment") or shape.get("x-only")  # pyright: ignore[reportUnknownMemberType] as above
        )
        if is_kept:
            yield str(name)  # pyright: ignore[reportUnknownArgumentType] as above
