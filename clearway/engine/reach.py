"""Which nodes of a scope lead to which: what an inclusive join must know."""

from clearway.engine.model import Node, Scope


def nodes_before(join: Node) -> dict[str, frozenset[str]]:
    """For each flow into `join`: the nodes from which it can be reached without passing `join`."""
    backwards = _backwards(join.scope)
    return {
        flow.id: _closure(flow.source, join.id, backwards) for flow in join.scope.incoming(join.id)
    }


def _backwards(scope: Scope) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for flow in scope.flows:
        found.setdefault(flow.target, set()).add(flow.source)
    for node in scope.nodes.values():
        if node.attached_to is not None:
            found.setdefault(node.id, set()).add(node.attached_to)
        if node.event.kind == "link" and node.kind == "intermediateCatchEvent":
            throwers = {
                other.id
                for other in scope.nodes.values()
                if other.kind == "intermediateThrowEvent" and other.event == node.event
            }
            found.setdefault(node.id, set()).update(throwers)
    return found


def _closure(start: str, barrier: str, backwards: dict[str, set[str]]) -> frozenset[str]:
    if start == barrier:
        return frozenset()
    seen = {start}
    open_ends = [start]
    while open_ends:
        for before in backwards.get(open_ends.pop(), ()):
            if before != barrier and before not in seen:
                seen.add(before)
                open_ends.append(before)
    return frozenset(seen)
