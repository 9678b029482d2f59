"""Ways of flows between two boxes: along right angles, around what stands between."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from clearway.diagrams.grid import Box, Point

_GAP = 20.0


def route(
    source: Box, target: Box, obstacles: Iterable[Box], from_below: bool = False
) -> list[Point]:
    """The way with the fewest boxes in it, and among those the shortest."""
    around = [it for it in obstacles if it is not source and it is not target]
    ways = list(_ways(source, target, from_below))
    return min(ways, key=lambda way: (_hits(way, around), len(way), _length(way)))


def straight(source: Box, target: Box) -> list[Point]:
    """A line from border to border, for associations."""
    return [_border(source, target.middle), _border(target, source.middle)]


def upright(source: Box, target: Box) -> list[Point]:
    """A way from the side that faces the other, for messages between pools."""
    below = target.y >= source.bottom
    start = (source.middle[0], source.bottom if below else source.y)
    end = (target.middle[0], target.y if below else target.bottom)
    if target.width > 3 * source.width and target.x <= start[0] <= target.right:
        return [start, (start[0], end[1])]
    if source.width > 3 * target.width and source.x <= end[0] <= source.right:
        return [(end[0], start[1]), end]
    if start[0] == end[0]:
        return [start, end]
    half = (start[1] + end[1]) / 2
    return [start, (start[0], half), (end[0], half), end]


def _ways(source: Box, target: Box, from_below: bool) -> Iterable[list[Point]]:
    (sx, sy), (tx, ty) = source.middle, target.middle
    if source is target:
        yield [
            (sx, source.bottom),
            (sx, source.bottom + _GAP),
            (source.right + _GAP, source.bottom + _GAP),
            (source.right + _GAP, sy),
            (source.right, sy),
        ]
        return
    if target.x >= source.right and not from_below:
        if sy == ty:
            yield [(source.right, sy), (target.x, ty)]
        for bend in (source.right + _GAP, target.x - _GAP, (source.right + target.x) / 2):
            yield [(source.right, sy), (bend, sy), (bend, ty), (target.x, ty)]
    if target.y >= source.bottom:
        half = (source.bottom + target.y) / 2
        yield [(sx, source.bottom), (sx, half), (tx, half), (tx, target.y)]
        if target.x >= sx:
            yield [(sx, source.bottom), (sx, ty), (target.x, ty)]
    if source.y >= target.bottom and not from_below:
        half = (source.y + target.bottom) / 2
        yield [(sx, source.y), (sx, half), (tx, half), (tx, target.bottom)]
        if target.x >= sx:
            yield [(sx, source.y), (sx, ty), (target.x, ty)]
    low = max(source.bottom, target.bottom) + _GAP
    yield [(sx, source.bottom), (sx, low), (tx, low), (tx, target.bottom)]
    if not from_below:
        high = min(source.y, target.y) - _GAP
        yield [(sx, source.y), (sx, high), (tx, high), (tx, target.y)]


def _hits(way: Sequence[Point], boxes: Sequence[Box]) -> int:
    """How often a way goes through a box, a segment at a time."""
    hits = 0
    for (x1, y1), (x2, y2) in pairwise(way):
        left, right = (x1, x2) if x1 < x2 else (x2, x1)
        top, bottom = (y1, y2) if y1 < y2 else (y2, y1)
        for it in boxes:
            if top < it.y + it.height and bottom > it.y and left < it.x + it.width and right > it.x:
                hits += 1
    return hits


def _length(way: Sequence[Point]) -> float:
    return sum(abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in pairwise(way))


def _border(box: Box, towards: Point) -> Point:
    """Where the line from the centre of a box to a point leaves it."""
    x, y = box.middle
    dx, dy = towards[0] - x, towards[1] - y
    if not dx and not dy:
        return x, y
    scale = min(
        box.width / 2 / abs(dx) if dx else float("inf"),
        box.height / 2 / abs(dy) if dy else float("inf"),
    )
    return round(x + dx * scale, 2), round(y + dy * scale, 2)
