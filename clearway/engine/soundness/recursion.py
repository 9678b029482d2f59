"""Processes that call themselves, whether by others or at once: there must be a way out."""

from collections.abc import Collection, Mapping

from clearway.engine.compiler import links, starting_nodes
from clearway.engine.gate.say import Say
from clearway.engine.model import Node, Scope


def check(process: Scope, processes: Mapping[str, Scope], say: Say) -> None:
    """Refuse a call by which the process comes to itself again on each of its ways.

    `processes` are those that it may call, by their ids.
    """
    known = {**processes, process.id: process}
    circle = _circle(process, known)
    if not circle:
        return
    ending: set[str] = set()
    while found := {it for it in circle - ending if _can_end(known[it], endless=circle - ending)}:
        ending |= found
    if process.id in ending:
        return
    for node in process.all_nodes():
        if node.called in circle - ending:
            say.error(
                node.id,
                "livelock",
                f"It can go round for ever: every way through `{process.id}` calls "
                f"`{node.called}`, and that comes to this call again.",
                "Draw a way to an end that does not call it.",
            )
            return


def _circle(process: Scope, known: Mapping[str, Scope]) -> set[str]:
    """The processes that this one comes to by calls and that come to it, itself included."""
    ahead = {name: _calls(scope) & known.keys() for name, scope in known.items()}
    reached = {name: _reached(name, ahead) for name in known}
    return {it for it in reached[process.id] if process.id in reached[it]}


def _reached(name: str, ahead: Mapping[str, Collection[str]]) -> set[str]:
    found: set[str] = set()
    open_ends = list(ahead[name])
    while open_ends:
        each = open_ends.pop()
        if each not in found:
            found.add(each)
            open_ends += ahead[each]
    return found


def _calls(scope: Scope) -> set[str]:
    return {node.called for node in scope.all_nodes() if node.called}


def _can_end(scope: Scope, endless: Collection[str]) -> bool:
    """Whether some way leads to an end without waiting for one of these; joins are not looked at.

    What an interrupting event subprocess may do is taken to lead out.
    """
    if any(map(_leads_out, scope.event_subprocesses())):
        return True
    ahead = dict(links(scope))
    seen: set[str] = set()
    open_ends = [node.id for node in scope.nodes.values() if node.kind == "startEvent"]
    open_ends = open_ends or [node.id for node in starting_nodes(scope)]
    while open_ends:
        node = scope.nodes.get(open_ends.pop())
        if node is None or node.id in seen:
            continue
        seen.add(node.id)
        open_ends += [it.id for it in scope.boundaries(node.id) if it.event.kind != "compensate"]
        if not _can_be_done(node, endless):
            continue
        out = [flow.target for flow in scope.outgoing(node.id)]
        out += [ahead[node.id]] if node.id in ahead else []
        if not out:
            return True
        open_ends += out
    return False


def _can_be_done(node: Node, endless: Collection[str]) -> bool:
    if node.loop is not None:
        # It may be done no time at all.
        return True
    if node.called:
        return node.called not in endless
    return node.inner is None or _can_end(node.inner, endless)


def _leads_out(node: Node) -> bool:
    inner = node.inner.nodes.values() if node.inner is not None else ()
    return any(it.kind == "startEvent" and it.interrupting for it in inner)
