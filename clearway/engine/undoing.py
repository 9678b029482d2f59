"""Which activities a drawn event undoes: their compensation handlers."""

from collections.abc import Iterator

from clearway.engine.model import Node


def handlers(node: Node) -> Iterator[Node]:
    """The handlers that may run when a token comes to `node`; none when it undoes nothing."""
    throws = node.kind in ("intermediateThrowEvent", "endEvent")
    if not throws or node.event.kind not in ("compensate", "cancel"):
        return
    scope = node.scope
    if scope.kind == "event" and scope.parent is not None:
        scope = scope.parent
    named = scope.nodes.get(node.event.activity or "")
    for activity in scope.nodes.values() if named is None else (named,):
        yield from _handlers_of(activity)


def _handlers_of(activity: Node) -> Iterator[Node]:
    """What undoes an activity: its own handler, or those of what lies in it."""
    scope = activity.scope
    for boundary in scope.boundaries(activity.id):
        if (handler := scope.nodes.get(scope.handlers.get(boundary.id, ""))) is not None:
            yield handler
            return
    for each in activity.inner.nodes.values() if activity.inner is not None else ():
        yield from _handlers_of(each)
