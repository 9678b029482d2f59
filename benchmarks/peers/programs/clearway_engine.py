"""Clearway's engine alone: load the saved state, complete a user task, save."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.peers.programs.answering import Pipe
from clearway.engine import build, read_bundle, turn
from clearway.engine.values import CompleteWorkItem, Start, Trigger, Turn, World

ROUND = ("work", "check", "review")


def main(processes: str, process: str, loops: int) -> None:
    """Prepare an instance at its first step and one after so many loops, then wait for orders."""
    pipe = Pipe()
    blueprint = build(read_bundle(Path(processes), process))

    def made(state: bytes | None, trigger: Trigger) -> Turn:
        record = {"what": "A long story", "found": "nothing", "enough": False}
        return turn(blueprint, state, trigger, World(datetime.now(UTC), record, "RND-1"))

    def once_round(last: Turn) -> Turn:
        for element in ROUND:
            [token] = [it.token for it in last.after.work_items if it.element == element]
            last = made(last.state, CompleteWorkItem(token))
        return last

    first = made(None, Start())
    later = first
    for _ in range(loops):
        later = once_round(later)
    facts = {name: _facts(it, once_round) for name, it in (("first", first), ("later", later))}

    def rounds(start: Turn) -> Callable[[int], None]:
        def work(count: int) -> None:
            for _ in range(count):
                once_round(start)

        return work

    pipe.answer(facts, {"first": rounds(first), "later": rounds(later)})


def _facts(it: Turn, once_round: Callable[[Turn], Turn]) -> dict[str, object]:
    """What a reader must know of a saved instance, and that its round ends where it began."""
    return {"bytes": len(it.state), "open": _open(it), "open after a round": _open(once_round(it))}


def _open(it: Turn) -> list[str]:
    return sorted(item.element for item in it.after.work_items)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
