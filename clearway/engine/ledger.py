"""A ledger: what happened in which order, small however often the same happens.

It is JSON, since it lies in saved states: `[]`, or `[kinds, order]`. Each different entry stands in
`kinds` once, and `order` has a character for every time that it happened, the oldest first. A loop
of five thousand rounds is five thousand letters, which the state's compression makes nothing of.
"""

from collections.abc import Callable, Iterator
from typing import Any

Ledger = list[Any]

# The first letter, beyond those that JSON writes as two; the gap has halves of letters.
_FIRST, _GAP, _BEHIND_GAP = ord("]"), 0xD800, 0xE000


def add(ledger: Ledger, entry: object) -> None:
    """Note that `entry`, a value of JSON, happened now."""
    if not ledger:
        ledger.extend(([], ""))
    kinds: list[object] = ledger[0]
    if entry not in kinds:
        kinds.append(entry)
    ledger[1] += _letter(kinds.index(entry))


def extend(ledger: Ledger, other: Ledger) -> None:
    """Note all of `other` behind what is in `ledger`."""
    for entry in entries(other):
        add(ledger, entry)


def entries(ledger: Ledger) -> Iterator[Any]:
    """All that happened, the oldest first."""
    if ledger:
        kinds, order = ledger
        yield from (kinds[_number(letter)] for letter in order)


def split(ledger: Ledger, wanted: Callable[[Any], bool]) -> tuple[Ledger, Ledger]:
    """What is wanted and what is not, each in its order."""
    parts: tuple[Ledger, Ledger] = ([], [])
    for entry in entries(ledger):
        add(parts[0 if wanted(entry) else 1], entry)
    return parts


def newest(ledger: Ledger) -> tuple[Any, Ledger]:
    """The last that happened, and the ledger without it; it must not be empty."""
    kinds, order = ledger
    return kinds[_number(order[-1])], [kinds, order[:-1]] if len(order) > 1 else []


def mapped(ledger: Ledger, change: Callable[[Any], Any]) -> Ledger:
    """The same with other entries, each kind changed once; those that become None are left out."""
    if not ledger:
        return []
    changed = [change(kind) for kind in ledger[0]]
    moved: Ledger = []
    for letter in ledger[1]:
        entry = changed[_number(letter)]
        if entry is not None:
            add(moved, entry)
    return moved


def _letter(number: int) -> str:
    code = _FIRST + number
    return chr(code if code < _GAP else code + _BEHIND_GAP - _GAP)


def _number(letter: str) -> int:
    code = ord(letter)
    return (code if code < _GAP else code - _BEHIND_GAP + _GAP) - _FIRST
