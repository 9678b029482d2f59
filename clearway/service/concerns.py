"""Whom a record concerns, by the collisions that were found of it."""

from collections.abc import Mapping

from clearway.store.effect import Concern
from processes.planned import PlannedFields, names_of

LOOK_AGAIN = "planned.look_again"
"""The message to a planned record that its collisions may be others now."""


def concerns_of(
    fields: PlannedFields | None,
    key: str,
    before: Mapping[str, object],
    after: Mapping[str, object],
) -> list[Concern]:
    """Whom a record concerns now, by what was found of its collisions, or concerns no more."""
    if fields is None or not (name := fields.collides_with):
        return []
    was, now = names_of(before.get(name)), names_of(after.get(name))
    changed = [it for it in (*was, *now) if (it in was) != (it in now)]
    return [Concern(LOOK_AGAIN, it, name, key, it in now) for it in changed]
