"""States that earlier formats wrote, made into what the next format would have written."""

from collections.abc import Callable, Iterable
from typing import Any

from clearway.engine import ledger as ledgers
from clearway.engine.ledger import Ledger


def _from_1(data: dict[str, Any]) -> None:
    """Format 1 kept every completion on its own, and the next handler of a chain first."""
    for scope in data["scopes"]:
        scope[4] = _ledger(scope[4])
        for _, _, _, kept in scope[5]:
            if "ledger" in kept:
                kept["ledger"] = _ledger(kept["ledger"])
            if "chain" in kept:
                kept["chain"] = _ledger([name, []] for name in reversed(kept["chain"]))


def _ledger(done: Iterable[list[Any]]) -> Ledger:
    made: Ledger = []
    for name, inside in done:
        ledgers.add(made, name, _ledger(inside))
    return made


UPGRADES: dict[int, Callable[[dict[str, Any]], None]] = {1: _from_1}
"""By format: what changes the data of a state in place to those of the following format."""
