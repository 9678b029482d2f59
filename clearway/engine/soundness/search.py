"""Goes through all markings of a scope, breadth first, so that the first trace is the shortest."""

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from clearway.engine.soundness.net import Marking, Move, Net, is_over

MOST_MARKINGS = 20_000
MOST_SECONDS = 5.0
"""For all scopes of a process together."""


@dataclass
class Explored:
    """What was found. `is_whole`: every marking was seen; else nothing is proven by absence."""

    net: Net
    came_by: dict[Marking, tuple[Marking, Move] | None] = field(
        default_factory=dict[Marking, tuple[Marking, Move] | None]
    )
    before: dict[Marking, list[Marking]] = field(default_factory=dict[Marking, list[Marking]])
    stuck: list[Marking] = field(default_factory=list[Marking])
    acted: set[str] = field(default_factory=set[str])
    is_whole: bool = True

    def trace(self, marking: Marking) -> list[Move]:
        """The shortest way to a marking."""
        found: list[Move] = []
        step = self.came_by[marking]
        while step is not None:
            earlier, move = step
            found.append(move)
            step = self.came_by[earlier]
        return found[::-1]

    def trapped(self) -> Marking | None:
        """A marking from which nothing leads to the end, and nothing to a standstill either."""
        stuck = set(self.stuck)
        fine = self._leading_to([it for it in self.came_by if is_over(it) or it in stuck])
        return next((it for it in self.came_by if it not in fine), None)

    def _leading_to(self, goals: list[Marking]) -> set[Marking]:
        found = set(goals)
        open_ends = list(goals)
        while open_ends:
            for earlier in self.before.get(open_ends.pop(), ()):
                if earlier not in found:
                    found.add(earlier)
                    open_ends.append(earlier)
        return found


def explore(
    net: Net,
    deadline: float,
    *,
    begin: Sequence[Marking] | None = None,
    in_turn: bool = False,
    now: Callable[[], float] = time.monotonic,
) -> Explored:
    """Every marking that the scope can come to, within bounds of number and time.

    `begin`: where to begin instead of where the scope itself begins.
    `in_turn`: of tokens that do not depend on each other only one goes on at a time. That still
    finds every standstill, every endless round and every dead part, but not all that can be open
    together (a stubborn set, with all tokens where a step leads back to what was seen before).
    """
    found = Explored(net)
    open_ends: deque[Marking] = deque()
    for first in net.first() if begin is None else begin:
        if first not in found.came_by:
            found.came_by[first] = None
            open_ends.append(first)
    while open_ends:
        if len(found.came_by) >= MOST_MARKINGS or now() > deadline:
            found.is_whole = False
            break
        marking, left_out = open_ends.popleft(), net.overflows
        moves: list[Move] = []
        for group in net.moves(marking):
            moves += group
            if in_turn and all(move.after not in found.came_by for move in group):
                moves = group
                break
        if net.overflows > left_out:
            found.is_whole = False
        elif not moves and not is_over(marking):
            found.stuck.append(marking)
        for move in moves:
            found.acted.add(move.node)
            if move.way is not None:
                found.acted.add(move.way)
            found.before.setdefault(move.after, []).append(marking)
            if move.after not in found.came_by:
                found.came_by[move.after] = (marking, move)
                open_ends.append(move.after)
    return found
