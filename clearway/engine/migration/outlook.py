"""Whether an instance that stands where it stands can still come to its end in a new version."""

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from clearway.engine.instance import Instance, Running
from clearway.engine.migration.relocation import Obstacle, Relocation
from clearway.engine.soundness.net import Marking, Net
from clearway.engine.soundness.search import explore
from clearway.engine.specs.gateways import JoinSpec

if TYPE_CHECKING:
    from clearway.engine.blueprint import Blueprint

_SECONDS = 1.0
_KEPT = 4096
_ELSEWHERE = (
    "Let it go on in its old version until it has passed this place, or map where it stands to an "
    "element from which it can go on."
)


def obstacles(relocation: Relocation, instance: Instance) -> tuple[Obstacle, ...]:
    """What could go wrong in the new version that could not go wrong in the old one."""
    found: list[Obstacle] = []
    for scope in instance.scopes():
        if scope.spec.scope.kind == "adHocSubProcess":
            continue
        standing = _marking((token.task_spec, token.internal_data) for token in scope.live)
        seen = _look(relocation.new, scope.spec.name, standing)
        if not seen.is_whole:
            place = scope.spec.description or scope.spec.name
            relocation.notes.append(
                f"{place} has too many ways from here to prove that it comes to its end."
            )
        if seen.stuck or seen.doubled or seen.trapped:
            found += _worse(relocation, scope, seen)
    return tuple(found)


@dataclass(frozen=True)
class _Seen:
    """What can come of a marking, each with a place: all None when it ends well."""

    is_whole: bool = True
    stuck: str | None = None
    doubled: str | None = None
    trapped: str | None = None


def _worse(relocation: Relocation, scope: Running, seen: _Seen) -> Iterator[Obstacle]:
    before, drawn = _Seen(), _look(relocation.new, scope.spec.name, None)
    if scope.id in relocation.before:
        was, tokens = relocation.before[scope.id]
        old = relocation.old
        before = _look(old, was.name, _marking((old.nodes[it[1]], it[3]) for it in tokens))
    if seen.stuck is not None and before.stuck is None:
        yield Obstacle(
            seen.stuck,
            f"It could come to a standstill at {_label(relocation, seen.stuck)} in the new "
            "version: what is to arrive there has no way there from where the record stands.",
            _ELSEWHERE,
        )
    if seen.doubled is not None and before.doubled is None and drawn.doubled is None:
        yield Obstacle(
            seen.doubled,
            f"{_label(relocation, seen.doubled)} could be reached twice in the new version: "
            "what runs side by side now runs there one after the other.",
            _ELSEWHERE,
        )
    if seen.trapped is not None and before.trapped is None and drawn.trapped is None:
        yield Obstacle(
            seen.trapped,
            f"From {_label(relocation, seen.trapped)} no way would lead to an end.",
            _ELSEWHERE,
        )


@lru_cache(_KEPT)
def _look(blueprint: "Blueprint", scope: str, marking: Marking | None) -> _Seen:
    """Go through all that can come; None: from the start of the scope."""
    net = Net(blueprint.scopes[scope].scope, {})
    begin = None if marking is None else [marking]
    explored = explore(net, time.monotonic() + _SECONDS, begin=begin)
    stuck = explored.stuck[0] if explored.stuck else None
    trapped = explored.trapped() if explored.is_whole and stuck is None else None
    return _Seen(
        explored.is_whole,
        _place(net, stuck),
        next((_place(net, it) for it in map(_twice, explored.came_by) if it), None),
        _place(net, trapped),
    )


def _marking(tokens: Iterable[tuple[Any, Mapping[str, Any]]]) -> Marking:
    """Where tokens rest, as the net has it; the rounds of a repeated activity are inside it."""
    found: list[tuple[str, tuple[str, ...]]] = []
    for spec, kept in tokens:
        if "body" in kept:
            continue
        joins = isinstance(spec, JoinSpec) and spec.incoming_count > 1
        found.append((kept["flow"] if joins else spec.name, ()))
    return tuple(sorted(found))


def _twice(marking: Marking) -> Marking:
    """What is in a marking more than once."""
    places = [place for place, _ in marking]
    return tuple(token for token in marking if places.count(token[0]) > 1)


def _place(net: Net, marking: Marking | None) -> str | None:
    """One element of a marking; a join for what waits on a flow into it."""
    if not marking:
        return None
    waiting = next(iter(net.waiting_at(marking)), None)
    return waiting or marking[0][0]


def _label(relocation: Relocation, element: str) -> str:
    spec = relocation.new.nodes.get(element)
    return element if spec is None else spec.node.label
