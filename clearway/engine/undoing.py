"""Which activities a drawn event undoes: their compensation handlers."""

from collections.abc import Callable, Iterator, Mapping

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


def wanted(process: Scope, processes: Mapping[str, Scope]) -> set[str]:
    """The handlers that some event may run, behind what they undo or beside it."""
    before: dict[str, set[str]] = {}

    def leading_to(scope: Scope, node: str) -> set[str]:
        if node not in before:
            before[node] = _before(scope, node)
        return before[node]

    found: set[str] = set()
    for event in process.all_nodes():
        for handler in handlers(event, processes):
            if handler.id not in found and _may_follow(event, handler, leading_to):
                found.add(handler.id)
    return found


def _may_follow(event: Node, handler: Node, leading_to: Callable[[Scope, str], set[str]]) -> bool:
    scope = event.scope
    if scope.kind == "event":
        return True
    activity = next(it for it in handler.scope.nodes.values() if _own_handler(it) is handler)
    while activity.scope is not scope:
        if activity.scope.owner is None:
            # In a called process: the call is looked at with its own boundary events.
            return True
        activity = activity.scope.owner
    to_event = leading_to(scope, event.id)
    if activity.id in to_event:
        return True
    to_both = to_event & leading_to(scope, activity.id)
    return any(_parts(scope, scope.nodes[it]) for it in to_both)


def _before(scope: Scope, end: str) -> set[str]:
    linked = links(scope)
    found: set[str] = set()
    open_ends = [end]
    while open_ends:
        node = scope.nodes[open_ends.pop()]
        before = [flow.source for flow in scope.incoming(node.id) if flow.source in scope.nodes]
        before += [node.attached_to] if node.attached_to in scope.nodes else []
        before += [source for source, target in linked if target == node.id]
        open_ends += [it for it in before if it not in found]
        found |= {*before}
    return found


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
