"""How the elements of a file need each other in a row: in circles, and in chains too long."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple, Protocol

from clearway.decisions.errors import NotUnderstood, Place
from clearway.decisions.links import Linked
from clearway.decisions.model import parted
from clearway.feel import DEFAULT_LIMITS

LONGEST = 100
"""So many elements may need each other in a row; an evaluation makes them inside of each other."""
MOST_CALLS = DEFAULT_LIMITS.depth
"""So many of them may be called by each other: knowledge models and decision services."""

Needs = Mapping[str, tuple[str, ...]]


class Length(NamedTuple):
    """How many elements a chain has at most, and how many that are called; the longest of each."""

    elements: int = 0
    calls: int = 0

    @property
    def is_too_long(self) -> bool:
        """Whether no evaluation could go through it."""
        return self.elements > LONGEST or self.calls > MOST_CALLS


class Needing(Linked, Protocol):
    """A file of decisions, as far as its chains go."""

    @property
    def file(self) -> str: ...

    @property
    def imported(self) -> "Mapping[str, Needing]": ...

    @property
    def lengths(self) -> Mapping[str, Length]: ...


def lengths_of_chains(found: Needing) -> dict[str, Length]:
    """The chain of each decision, knowledge model and service, itself included.

    Functions may call themselves through others: those of a circle count together.
    """
    needs, made = _needs(found), dict[str, Length]()
    for circle in _circles(needs):
        before = [_length(found, made, each) for one in circle for each in needs[one]]
        calls = sum(each not in found.decisions for each in circle)
        length = Length(
            max((each.elements for each in before), default=0) + len(circle),
            max((each.calls for each in before), default=0) + calls,
        )
        made.update(dict.fromkeys(circle, length))
    return made


def never_made(found: Needing) -> frozenset[str]:
    """The decisions of which what they need, or what that needs, leads back to itself."""
    needs = {identity: each.needs.decisions for identity, each in found.decisions.items()}
    never: set[str] = set()
    for circle in _circles(needs):
        if len(circle) > 1 or any(
            each in never or each == one for one in circle for each in needs[one]
        ):
            never.update(circle)
    return frozenset(never)


def chains_too_long(found: Needing) -> Iterator[tuple[str, NotUnderstood]]:
    """The elements that are the last of too many in a row, with what is wrong.

    Those that need such an element are not told as well.
    """
    for identity, needs in _needs(found).items():
        length = found.lengths[identity]
        before = (
            _length(found, found.lengths, each)
            for each in needs
            if found.lengths.get(each) is not length
        )
        if not length.is_too_long or any(each.is_too_long for each in before):
            continue
        place = Place(found.file, identity)
        yield identity, NotUnderstood(place, *_told(length))


def _told(length: Length) -> tuple[str, str]:
    if length.elements > LONGEST:
        cause = (
            f"it is the last of {length.elements} decisions, knowledge models or services that "
            "need each other in a row"
        )
        return cause, f"Put some of them into one: {LONGEST} is the limit."
    cause = (
        f"it is the last of {length.calls} knowledge models or services that need each other in "
        "a row"
    )
    return cause, f"Put some of them into one: calls nest at most {MOST_CALLS} deep."


def _needs(found: Needing) -> Needs:
    """What each element needs, but for input data."""
    return {
        **{
            identity: (*each.needs.decisions, *each.needs.knowledge)
            for identity, each in (*found.decisions.items(), *found.knowledge.items())
        },
        **{identity: each.outputs for identity, each in found.services.items()},
    }


def _length(found: Needing, made: Mapping[str, Length], identity: str) -> Length:
    """The chain of what an element needs; nothing for what is of its own circle, or not there."""
    prefix, inner = parted(identity)
    if not prefix:
        return made.get(identity, Length())
    home = found.imported.get(prefix)
    return home.lengths.get(inner, Length()) if home is not None else Length()


def _circles(needs: Needs) -> Iterator[list[str]]:
    """All elements, those that need each other together, and each after what it needs.

    These are Tarjan's strongly connected components, found without recursion.
    """
    seen: dict[str, int] = {}
    lowest: dict[str, int] = {}
    path: list[str] = []
    on_path: set[str] = set()
    for first in needs:
        waiting: list[tuple[str, Iterator[str]]] = []
        if first not in seen:
            waiting.append((first, iter(needs[first])))
        while waiting:
            one, left = waiting[-1]
            if one not in seen:
                seen[one] = lowest[one] = len(seen)
                path.append(one)
                on_path.add(one)
            for each in left:
                if each in needs and each not in seen:
                    waiting.append((each, iter(needs[each])))
                    break
                if each in on_path:
                    lowest[one] = min(lowest[one], lowest[each])
            else:
                waiting.pop()
                if waiting:
                    above = waiting[-1][0]
                    lowest[above] = min(lowest[above], lowest[one])
                if lowest[one] == seen[one]:
                    circle = _taken(path, one)
                    on_path.difference_update(circle)
                    yield circle


def _taken(path: list[str], until: str) -> list[str]:
    """The end of a path, cut off from one element on."""
    taken: list[str] = []
    while not taken or taken[-1] != until:
        taken.append(path.pop())
    return taken
