"""How decisions need each other in a row: in circles, and in chains that are too long."""

from collections.abc import Mapping
from typing import Protocol

from clearway.decisions.model import Decision, parted

LONGEST = 100
"""So many decisions may need each other in a row; an evaluation makes them inside of each other."""


class Needing(Protocol):
    """A file of decisions, as far as its chains go."""

    @property
    def imported(self) -> "Mapping[str, Needing]": ...

    @property
    def decisions(self) -> Mapping[str, Decision]: ...

    @property
    def lengths(self) -> Mapping[str, int]: ...


def lengths_of_chains(found: Needing) -> dict[str, int]:
    """How many decisions each needs in a row, itself included.

    Those that can never be made, because what they need leads back to them, are left out.
    """
    waiting = {
        identity: {each for each in decision.needs.decisions if each in found.decisions}
        for identity, decision in found.decisions.items()
    }
    needed_by: dict[str, list[str]] = {identity: [] for identity in waiting}
    for identity, needs in waiting.items():
        for each in needs:
            needed_by[each].append(identity)
    lengths = {identity: _before(found, decision) for identity, decision in found.decisions.items()}
    ready = [identity for identity, needs in waiting.items() if not needs]
    made: dict[str, int] = {}
    while ready:
        one = ready.pop()
        made[one] = lengths[one] + 1
        for identity in needed_by[one]:
            lengths[identity] = max(lengths[identity], made[one])
            waiting[identity].discard(one)
            if not waiting[identity]:
                ready.append(identity)
    return made


def _before(found: Needing, decision: Decision) -> int:
    """The longest chain of imported decisions that a decision needs."""
    longest = 0
    for prefix, inner in map(parted, decision.needs.decisions):
        if prefix in found.imported:
            longest = max(longest, found.imported[prefix].lengths.get(inner, 0))
    return longest
