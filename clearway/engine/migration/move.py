"""Moving a running instance to another version, or saying why it cannot be moved.

Finished history plays no part: the state holds live tokens only. Each must stand, after the
optional mapping of renamed elements, in the same kind of place of the new version.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clearway.engine import state
from clearway.engine.instance import Instance
from clearway.engine.migration import outlook
from clearway.engine.migration.relocation import Obstacle, Relocation
from clearway.engine.specs.gateways import InclusiveSpec, ParallelSpec
from clearway.engine.spiff import WAITING
from clearway.engine.turn import concluded, turn, waits
from clearway.engine.values import ProcessFault, Turn, Waits, Wake, World

if TYPE_CHECKING:
    from clearway.engine.blueprint import Blueprint


@dataclass(frozen=True)
class Moved:
    """The instance on the new version.

    `turn.state` is its new state; `turn.before` are the waits on the old version and `turn.after`
    those on the new one, by the same tokens. `went_on`: something was due at once, such as a join
    that no longer waits for a branch, so that more happened than a change of version.
    """

    turn: Turn
    notes: tuple[str, ...]
    went_on: bool


def migrate(
    saved: bytes,
    old: "Blueprint",
    new: "Blueprint",
    mapping: Mapping[str, str],
    world: World,
) -> Moved | tuple[Obstacle, ...]:
    """The instance on `new`, or every reason why it cannot be there. Pure.

    `mapping` names elements and flows that are called otherwise: old id -> new id. Raises
    StateError for bytes that are no instance of `old`.
    """
    before = waits(old, saved, world)
    relocation = Relocation(state.read(saved), old, new, mapping)
    if relocation.obstacles:
        return tuple(relocation.obstacles)
    try:
        moved = _settled(relocation, world, before)
    except ProcessFault as fault:
        return (Obstacle(fault.element, f"It could not go on there: {fault.cause}", fault.remedy),)
    return moved


def _settled(relocation: Relocation, world: World, before: Waits) -> Moved | tuple[Obstacle, ...]:
    new = relocation.new
    instance = state.restored(new, relocation.data, world)
    relocation.arm(instance)
    _release_joins(instance)
    instance.run()
    made = concluded(instance, before)
    obstacles = () if made.finished else outlook.obstacles(relocation, instance)
    if obstacles:
        return obstacles
    if not made.finished and made.after == Waits():
        return (_forever(made),)
    if not made.finished and turn(new, made.state, Wake(), world).after != made.after:
        return (_restless(),)
    notes = list(relocation.notes)
    if made.finished:
        notes.append("Nothing is left to be done in the new version: it ends.")
    went_on = any(it.kind != "state" for it in made.happenings)
    return Moved(made, tuple(dict.fromkeys(notes)), went_on or made.finished)


def _release_joins(instance: Instance) -> None:
    """A join with fewer ways in than before may have all its tokens already."""
    for scope in list(instance.scopes()):
        for token in scope.live:
            spec: Any = token.task_spec
            if token.state != WAITING or not token.is_live:
                continue
            is_single = isinstance(spec, InclusiveSpec) and spec.incoming_count < 2
            if is_single or (isinstance(spec, ParallelSpec) and spec.begin(token)):
                token.make_ready()


def _forever(made: Turn) -> Obstacle:
    element = made.stuck[0] if made.stuck else None
    return Obstacle(
        element,
        "It would wait there for ever, for other branches that never come.",
        "Let it go on in its old version until it has passed this place, or map the element to one "
        "behind the join.",
    )


def _restless() -> Obstacle:
    return Obstacle(
        None,
        "Its waits would change once more by themselves in the new version.",
        "Let it go on in its old version, and report this to the makers of Clearway.",
    )
