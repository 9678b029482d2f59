"""Which fields and variables a node writes, by itself or by something in it."""

from collections.abc import Iterator

from clearway.engine import undoing
from clearway.engine.examine import Examined
from clearway.engine.model import Node, Scope

Writers = dict[str, Node]
"""Field, or `variable NAME` -> the node by which it is written."""


class Writing:
    """What each node of a bundle writes, worked out once.

    `moments`: also what an event that does not interrupt brings by itself, at a moment of its own.
    """

    def __init__(self, examined: Examined, *, moments: bool = True) -> None:
        self._examined = examined
        self._moments = moments
        self._known: dict[int, Writers] = {}

    def by(self, node: Node) -> Writers:
        """The fields that this node writes, or something in it, in what it calls or undoes."""
        if id(node) not in self._known:
            found: Writers = {}
            for each in _within(node, self._examined):
                if self._moments or not _is_moment(each):
                    for name in _own_fields(each, self._examined):
                        found.setdefault(name, each)
            self._known[id(node)] = found
        return self._known[id(node)]


def _within(node: Node, examined: Examined) -> Iterator[Node]:
    seen: set[int] = set()
    open_ends = [node]
    while open_ends:
        each = open_ends.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        # A cancelling ends all that is open before it undoes.
        if each.event.kind == "compensate":
            open_ends += undoing.handlers(each, examined.read.processes)
        inside: list[Scope | None] = [each.inner, examined.read.processes.get(each.called or "")]
        for scope in inside:
            if scope is not None and id(scope) not in seen:
                seen.add(id(scope))
                open_ends += scope.nodes.values()


def _is_moment(node: Node) -> bool:
    return node.kind in ("boundaryEvent", "startEvent") and not node.interrupting


def _own_fields(node: Node, examined: Examined) -> Iterator[str]:
    yield from (name for name, _ in node.outputs)
    yield from _of_form(node, examined)
    for name in (node.own.get("result", ""), node.own.get("holder", "")):
        if name.startswith("record."):
            yield name.removeprefix("record.")
        elif name and node.kind == "scriptTask":
            yield f"variable {name}"
    if (collected := collection_of(node)) is not None:
        yield collected
    if node.kind == "userTask" and node.own.get("rule"):
        for name in ("result", "reasons", "conditions"):
            if node.own.get(name):
                yield node.own[name].removeprefix("record.")
    table = examined.decisions.get(node.own.get("decision", ""))
    if node.kind == "businessRuleTask" and table is not None and not node.outputs:
        decision = table.decisions.get(node.own["decision"])
        yield from decision.outputs if decision is not None else ()


def collection_of(node: Node) -> str | None:
    """What a repeated activity writes its collected values to: a field, or a variable."""
    target = node.loop.output_collection if node.loop is not None else None
    if not target:
        return None
    field = target.removeprefix("record.")
    return field if field != target else f"variable {target}"


def _of_form(node: Node, examined: Examined) -> Iterator[str]:
    if node.id not in examined.done_by_people:
        return
    form = examined.forms.get(f"{examined.bundle.process}/forms/{node.id}.json", {})
    properties = form.get("properties", {})
    for name, shape in properties.items() if isinstance(properties, dict) else ():  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType] keys of JSON are text
        is_kept = isinstance(shape, dict) and not (
            shape.get("readOnly") or shape.get("x-comment") or shape.get("x-only")  # pyright: ignore[reportUnknownMemberType] as above
        )
        if is_kept:
            yield str(name)  # pyright: ignore[reportUnknownArgumentType] as above
