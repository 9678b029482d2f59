"""The five classes in which a heat map draws figures: pure arithmetic of ranks."""

from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass

CLASSES = 5


@dataclass(frozen=True)
class HeatClass:
    """One class: its number from 1 (least) to 5, its smallest and largest figure, how many."""

    number: int
    least: float
    most: float
    members: int


def class_bounds(figures: Collection[float]) -> list[float]:
    """The least figure of each class, at most five, rising.

    Each class has about as many different figures as the others, so that one very large figure
    does not make all others look alike. Equal figures are in one class. Nothing (0) is in none.
    """
    different = sorted({it for it in figures if it > 0})
    count = min(CLASSES, len(different))
    return [different[round(place * len(different) / count)] for place in range(count)]


def class_of(figure: float | None, bounds: Sequence[float]) -> int:
    """The class of a figure, from 1 to 5; 0 for none or nothing.

    With fewer than five classes the last of them is still the fifth.
    """
    if figure is None or figure <= 0 or not bounds:
        return 0
    return CLASSES - len(bounds) + max(1, bisect_right(bounds, figure))


def classes(figures: Collection[float]) -> list[HeatClass]:
    """The classes of these figures that have members, the least first."""
    bounds = class_bounds(figures)
    found: list[HeatClass] = []
    for number in range(1, CLASSES + 1):
        members = sorted(it for it in figures if class_of(it, bounds) == number)
        if members:
            found.append(HeatClass(number, members[0], members[-1], len(members)))
    return found
