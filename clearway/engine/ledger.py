"""A ledger: which activities were done in which order, a letter for each, however often.

It is JSON, since it lies in saved states: `[]`, or `[kinds, order]`. `order` has a letter for each
activity that was done, the oldest first: the place of its kind in `kinds`. A kind is the name of an
activity, or `[name, order]` for one with others inside; when there are many such, what was done
inside stands in brackets before the letter. A loop of five thousand rounds is five thousand
letters, which the state's compression makes nothing of.
"""

from collections.abc import Callable, Iterator
from typing import Any

Ledger = list[Any]

# The first letter, beyond those that JSON writes as two; the gap has halves of letters.
_FIRST, _GAP, _BEHIND_GAP = ord("]"), 0xD800, 0xE000
# Activities beside each other are done in many orders: from so many on they are written out.
_MOST_KINDS = 100


def add(ledger: Ledger, name: str, inside: Ledger | None = None) -> None:
    """Note that the activity `name` was done now, with what was done inside of it."""
    if not ledger:
        ledger.extend(([], ""))
    ledger[1] += _written(ledger, name, _in_letters_of(ledger, inside) if inside else "")


def extend(ledger: Ledger, other: Ledger) -> None:
    """Note all of `other` behind what is in `ledger`."""
    if not ledger:
        ledger.extend(([], ""))
    if other:
        ledger[1] += _in_letters_of(ledger, other)


def entries(ledger: Ledger) -> Iterator[tuple[str, Ledger]]:
    """What was done, the oldest first, each with what was done inside of it."""
    kinds: list[str | list[str]] = ledger[0] if ledger else []
    order: str = ledger[1] if ledger else ""
    depth = begin = 0
    inside = ""
    for index, letter in enumerate(order):
        if letter == "(":
            begin = begin if depth else index + 1
            depth += 1
        elif letter == ")":
            depth -= 1
            inside = order[begin:index]
        elif depth == 0:
            kind = kinds[_number(letter)]
            name, inside = (kind, inside) if isinstance(kind, str) else kind
            yield name, [kinds, inside] if inside else []
            inside = ""


def split(ledger: Ledger, wanted: Callable[[str], bool]) -> tuple[Ledger, Ledger]:
    """The activities that are wanted and the others, each in its order."""
    parts: tuple[Ledger, Ledger] = ([], [])
    for name, inside in entries(ledger):
        add(parts[0 if wanted(name) else 1], name, inside)
    return parts


def newest(ledger: Ledger) -> tuple[str, Ledger]:
    """The last that was done, and the ledger without it.

    Nothing in it may have been done inside of another, and it must not be empty.
    """
    kinds, order = ledger
    return kinds[_number(order[-1])], [kinds, order[:-1]] if len(order) > 1 else []


def renamed(ledger: Ledger, name: Callable[[str], str]) -> Ledger:
    """The same of activities that are called otherwise."""
    if not ledger:
        return []
    kinds, order = ledger
    return [[name(it) if isinstance(it, str) else [name(it[0]), it[1]] for it in kinds], order]


def _in_letters_of(ledger: Ledger, other: Ledger) -> str:
    letters: dict[int, str] = {}
    for number, kind in enumerate(other[0]):
        name, inside = (kind, "") if isinstance(kind, str) else kind
        # The kinds inside of a kind are there before it.
        letters[ord(_letter(number))] = _written(ledger, name, inside.translate(letters))
    return other[1].translate(letters)


def _written(ledger: Ledger, name: str, inside: str) -> str:
    kinds: list[Any] = ledger[0]
    kind = [name, inside] if inside else name
    if kind not in kinds:
        if inside and len(kinds) >= _MOST_KINDS:
            return f"({inside}){_written(ledger, name, '')}"
        kinds.append(kind)
    return _letter(kinds.index(kind))


def _letter(number: int) -> str:
    code = _FIRST + number
    return chr(code if code < _GAP else code + _BEHIND_GAP - _GAP)


def _number(letter: str) -> int:
    code = ord(letter)
    return (code if code < _GAP else code - _BEHIND_GAP + _GAP) - _FIRST
