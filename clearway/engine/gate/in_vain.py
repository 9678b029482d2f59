"""Events that wait for what nothing there can throw: an error, an escalation, a cancelling."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from clearway.engine.examine import Examined
from clearway.engine.gate.say import Say
from clearway.engine.model import THROWING, EventDefinition, Node, Scope

_THROWN = frozenset(("error", "escalation", "cancel"))


@dataclass(frozen=True)
class Thrown:
    """What goes outwards until something catches it. `code` is None where it may be any."""

    kind: str
    code: str | None = None


_ANYTHING = frozenset((Thrown("error"), Thrown("escalation")))
"""What may come out of a process that is not there; that it is missing is told elsewhere."""

Known = Mapping[str, frozenset[Thrown]]
"""What comes out of each process."""


def check(process: Scope, examined: Examined, say: Say) -> None:
    """Refuse an event whose error, escalation or cancelling can never come.

    A service task may fail with any code; everything else throws only what is drawn in it.
    """
    known = _out_of_processes(examined)
    for scope in process.walk():
        for host in scope.nodes.values():
            waiting = _only_for_thrown(scope.boundaries(host.id))
            if waiting:
                _compare(waiting, set(_thrown_by(host, known)), f"in `{host.label}`", say)
        waiting = _only_for_thrown(_starts(scope.event_subprocesses()))
        if waiting:
            _compare(waiting, _escaping(scope.nodes.values(), known), "beside it", say)


def _only_for_thrown(events: Iterable[Node]) -> list[Node]:
    return [it for it in events if it.events and all(each.kind in _THROWN for each in it.events)]


def _compare(waiting: Iterable[Node], thrown: set[Thrown], where: str, say: Say) -> None:
    for node in waiting:
        if not any(_may_catch(event, it) for event in node.events for it in thrown):
            say.refuse(
                node,
                "dead-event",
                f"waits for what nothing {where} throws",
                "Draw what throws it there, with the same code, or take the event out with all "
                "that lies behind it.",
            )


def _out_of_processes(examined: Examined) -> dict[str, frozenset[Thrown]]:
    """Looked at until nothing new comes: a process may call itself, by way of others."""
    known = dict.fromkeys(examined.read.processes, frozenset[Thrown]())
    while True:
        found = {name: _out_of(scope, known) for name, scope in examined.read.processes.items()}
        if found == known:
            return found
        known = found


def _out_of(scope: Scope, known: Known) -> frozenset[Thrown]:
    """What leaves a scope: not what its event subprocesses catch, but what they throw."""
    handlers = scope.event_subprocesses()
    aside = {it.id for it in handlers}
    main = _escaping((it for it in scope.nodes.values() if it.id not in aside), known)
    return frozenset(_passing(main, _starts(handlers)) | _escaping(handlers, known))


def _starts(handlers: Iterable[Node]) -> Iterator[Node]:
    for each in handlers:
        if each.inner is not None:
            yield from (it for it in each.inner.nodes.values() if it.kind == "startEvent")


def _escaping(nodes: Iterable[Node], known: Known) -> set[Thrown]:
    return {
        it
        for node in nodes
        for it in _passing(set(_thrown_by(node, known)), node.scope.boundaries(node.id))
    }


def _thrown_by(node: Node, known: Known) -> Iterator[Thrown]:
    if node.kind == "serviceTask":
        yield Thrown("error")
    if node.kind in THROWING:
        yield from (Thrown(it.kind, it.name) for it in node.events if it.kind in _THROWN)
    if node.kind == "callActivity":
        yield from known.get(node.called or "", _ANYTHING)
    if node.inner is not None:
        yield from _out_of(node.inner, known)


def _passing(thrown: set[Thrown], catchers: Iterable[Node]) -> set[Thrown]:
    """What none of the events catches for certain."""
    caught = [event for node in catchers for event in node.events]
    return {
        it
        for it in thrown
        if not any(each.kind == it.kind and each.name in (None, it.code) for each in caught)
    }


def _may_catch(event: EventDefinition, thrown: Thrown) -> bool:
    if event.kind != thrown.kind:
        return False
    return event.name is None or thrown.code in (None, event.name)
