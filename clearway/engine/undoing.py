"""Which activities a drawn event undoes: their compensation handlers."""

from collections.abc import Iterator, Mapping

from clearway.engine.model import Node, Scope


def handlers(node: Node, processes: Mapping[str, Scope]) -> Iterator[Node]:
    """The handlers that may run when a token comes to `node`; none when it undoes nothing.

    `processes` are those that may be called, by their ids: what they did is undone as well.
    """
    throws = node.kind in ("intermediateThrowEvent", "endEvent")
    if not throws or node.event.kind not in ("compensate", "cancel"):
        return
    scope = node.scope
    if scope.kind == "event" and scope.parent is not None:
        scope = scope.parent
    named = scope.nodes.get(node.event.activity or "")
    seen: set[str] = set()
    open_ends = list(scope.nodes.values()) if named is None else [named]
    while open_ends:
        activity = open_ends.pop()
        own = _own_handler(activity)
        if own is not None:
            yield own
            continue
        for inside in (activity.inner, processes.get(activity.called or "")):
            if inside is not None and inside.id not in seen:
                seen.add(inside.id)
                open_ends += inside.nodes.values()


def _own_handler(activity: Node) -> Node | None:
    scope = activity.scope
    connected = (scope.handlers.get(it.id, "") for it in scope.boundaries(activity.id))
    return next((scope.nodes[it] for it in connected if it in scope.nodes), None)
