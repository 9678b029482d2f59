"""Looks for an input that no rule fits, part by part, within a bound on how much is looked at."""

from collections.abc import Iterator, Sequence

from clearway.decisions.check.columns import Part
from clearway.decisions.check.looking import Looking, OutOfLooks
from clearway.decisions.index import common
from clearway.decisions.model import Rules

MOST_COLUMNS = 200
"""The search goes one call deeper with each column."""

Masks = Sequence[Sequence[tuple[Rules, Part]]]


def uncovered(masks: Masks, rules: Rules, looking: Looking) -> Iterator[list[Part]]:
    """Combinations of parts, one of each column, in which none of `rules` is left.

    `masks` have for each column the rules that cover a part of it. What is told of one
    combination holds for all that differ in its last columns only, so those are not told again.
    Raises OutOfLooks.
    """
    if len(masks) > MOST_COLUMNS:
        raise OutOfLooks
    if any(not column for column in masks):
        return
    columns = [_merged(column) for column in masks]
    # Rules that cover every part of this column and of all that follow.
    whole: list[Rules] = [-1]
    for column in reversed(columns):
        whole.append(common((mask for mask, _ in column), whole[-1]))
    whole.reverse()
    closed: set[tuple[int, Rules]] = set()

    def walk(at: int, left: Rules, chosen: list[Part]) -> Iterator[list[Part]]:
        looking.spend()
        if not left:
            yield [*chosen, *(column[0][1] for column in columns[at:])]
            return
        if left & whole[at] or (at, left) in closed:
            return
        found = False
        for mask, part in columns[at]:
            for each in walk(at + 1, left & mask, [*chosen, part]):
                found = True
                yield each
        if not found:
            closed.add((at, left))

    yield from walk(0, rules, [])


def _merged(column: Sequence[tuple[Rules, Part]]) -> list[tuple[Rules, Part]]:
    """The parts of a column, one for each set of rules that covers it; uncovered ones are kept."""
    seen: set[Rules] = set()
    found: list[tuple[Rules, Part]] = []
    for mask, part in column:
        if mask and mask in seen:
            continue
        seen.add(mask)
        found.append((mask, part))
    return found
