"""Which activities a drawn event undoes: their compensation handlers."""

from collections.abc import Iterator, Mapping

from clearway.engine.compiler import links
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


def may_follow(event: Node, handler: Node) -> bool:
    """Whether `event` may come when what `handler` undoes has been done, behind it or beside it."""
    scope = event.scope
    if scope.kind == "event" and scope.parent is not None:
        scope = scope.parent
    activity = next(it for it in handler.scope.nodes.values() if _own_handler(it) is handler)
    while activity.scope is not scope:
        if activity.scope.owner is None:
            # In a called process: the call is looked at with its own boundary events.
            return True
        activity = activity.scope.owner
    if event.scope.kind == "event":
        return True
    after = {node: behind(scope, node) for node in scope.nodes}
    if event.id in after[activity.id]:
        return True
    return any(
        activity.id in after[node.id] and event.id in after[node.id]
        for node in scope.nodes.values()
        if _parts(scope, node)
    )


def behind(scope: Scope, start: str) -> set[str]:
    """The nodes of a scope that may follow one, by flows, boundary events and links."""
    linked = dict(links(scope))
    found: set[str] = set()
    open_ends = [start]
    while open_ends:
        node = open_ends.pop()
        after = [flow.target for flow in scope.outgoing(node)]
        after += [it.id for it in scope.boundaries(node)]
        after += [linked[node]] if node in linked else []
        open_ends += [it for it in after if it not in found]
        found |= {*after}
    return found


def _parts(scope: Scope, node: Node) -> bool:
    """Whether several ways may be gone at once from here."""
    beside = any(not it.interrupting for it in scope.boundaries(node.id))
    several = len(scope.outgoing(node.id)) > 1
    return beside or (several and node.kind not in ("exclusiveGateway", "eventBasedGateway"))


def _own_handler(activity: Node) -> Node | None:
    scope = activity.scope
    connected = (scope.handlers.get(it.id, "") for it in scope.boundaries(activity.id))
    return next((scope.nodes[it] for it in connected if it in scope.nodes), None)
