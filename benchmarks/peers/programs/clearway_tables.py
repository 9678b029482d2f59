"""Clearway's decision tables: a file is read once, then asked."""

import sys
from collections.abc import Callable
from typing import cast

from benchmarks.peers.programs.answering import Pipe
from benchmarks.peers.programs.large_tables import (
    FEEL,
    KINDS,
    asked_in_turn,
    questions,
    sizes_of,
    table,
)
from clearway.decisions import evaluate, read_decisions


def main(sizes: list[int]) -> None:
    """Prepare each kind of table in each size, then wait for orders."""
    Pipe().answer(
        {},
        {
            f"{kind} {rules}": asked_in_turn(questions(kind, rules), _asked(kind, rules))
            for kind in KINDS
            for rules in sizes_of(kind, sizes)
        },
    )


def _asked(kind: str, rules: int) -> Callable[[dict[str, object]], int]:
    decisions = read_decisions(table(kind, rules, FEEL), "large.dmn")
    return lambda context: int(cast(int, evaluate(decisions, "large", context).outputs["rule"]))


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]])
