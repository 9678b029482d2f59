"""Which items of two lists are the same: by a key, by order, by likeness."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import nsmallest

NEAR = 100
"""A row is compared with as many rows before and behind its own place among those not found yet."""
BEST = 5
"""So many of them are remembered for each row."""


@dataclass
class Matching:
    """Pairs of places, and the places on each side that have no partner yet."""

    pairs: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    removed: list[int] = field(default_factory=list[int])
    added: list[int] = field(default_factory=list[int])

    def take(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Make these places partners."""
        found = list(pairs)
        left, right = {one for one, _ in found}, {other for _, other in found}
        self.pairs = sorted([*self.pairs, *found])
        self.removed = [at for at in self.removed if at not in left]
        self.added = [at for at in self.added if at not in right]

    def by_key(
        self, before: Sequence[Hashable | None], after: Sequence[Hashable | None]
    ) -> "Matching":
        """Pair the first with the first of a key, the second with the second; None is no key."""
        places: dict[Hashable, list[int]] = defaultdict(list)
        for at in reversed(self.added):
            if after[at] is not None:
                places[after[at]].append(at)
        keyed = ((at, places.get(before[at])) for at in self.removed if before[at] is not None)
        self.take([(at, others.pop()) for at, others in keyed if others])
        return self

    def by_place(self) -> "Matching":
        """Pair those that stand at the same place."""
        added = set(self.added)
        self.take([(at, at) for at in self.removed if at in added])
        return self

    def by_likeness(
        self, before: Sequence[Sequence[str]], after: Sequence[Sequence[str]]
    ) -> "Matching":
        """Pair rows that share at least half of their cells: the most alike first, then the near.

        Each row is compared with its neighbours only, because tables can have many thousand rows.
        """
        self.by_key([tuple(row) for row in before], [tuple(row) for row in after])
        candidates = [
            candidate
            for at, one in enumerate(self.removed)
            for candidate in nsmallest(BEST, self._like(one, at, before, after))
        ]
        found: dict[int, int] = {}
        taken: set[int] = set()
        for _, _, one, other in sorted(candidates):
            if one not in found and other not in taken:
                found[one] = other
                taken.add(other)
        self.take(found.items())
        return self

    def _like(
        self, one: int, at: int, before: Sequence[Sequence[str]], after: Sequence[Sequence[str]]
    ) -> Iterator[tuple[int, int, int, int]]:
        for other in self.added[max(0, at - NEAR) : at + NEAR + 1]:
            shared = sum(map(str.__eq__, before[one], after[other]))
            if 2 * shared >= len(before[one]) > 0:
                yield -shared, abs(one - other), one, other

    def moved(self) -> set[tuple[int, int]]:
        """The fewest pairs that have to move to come from one order to the other."""
        return set(self.pairs) - _longest_in_order(self.pairs)


def matching(before: int, after: int) -> Matching:
    """Two lists of so many items, none of them paired yet."""
    return Matching([], list(range(before)), list(range(after)))


def _longest_in_order(pairs: Sequence[tuple[int, int]]) -> set[tuple[int, int]]:
    ends: list[int] = []
    last: list[int] = []
    before: list[int | None] = []
    for at, (_, place) in enumerate(pairs):
        length = bisect_left(ends, place)
        before.append(last[length - 1] if length else None)
        ends[length : length + 1] = [place]
        last[length : length + 1] = [at]
    kept: set[tuple[int, int]] = set()
    walking = last[-1] if last else None
    while walking is not None:
        kept.add(pairs[walking])
        walking = before[walking]
    return kept
