"""What a planned command comes to: the effect to be written and the answer to be given."""

from dataclasses import dataclass

from clearway.service.deed import Deed, UnfitChange
from clearway.service.values import Done, Refusal
from clearway.store.effect import Effect


@dataclass(frozen=True)
class Plan:
    """Worked out, not yet written. `effect` None: nothing has to change."""

    effect: Effect | None
    done: Done
    visited: frozenset[str] = frozenset()
    """The elements that the engine entered or passed, and the flows that it went along."""


Outcome = Plan | Refusal


def planned(deed: Deed, work_item_id: int | None = None, **details: object) -> Outcome:
    """What a deed comes to. Whatever is written, history tells of it."""
    try:
        effect = deed.effect()
    except UnfitChange as unfit:
        return Refusal("invalid", unfit.cause, unfit.remedy)
    assert effect.lines, f"{deed.command} writes, but tells nothing"  # noqa: S101 - our own mistake
    return Plan(effect, deed.done(work_item_id, **details), frozenset(deed.visited))
