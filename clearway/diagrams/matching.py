"""Which element is which in two files that one editor wrote, before and after a change."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from clearway.diagrams.source import DRAWING, Element

_DRAWN = "bpmnElement"


@dataclass(slots=True)
class Signs:
    """What an element says with all that is in it, as a number; worked out once."""

    known: dict[Element, int] = field(default_factory=dict[Element, int])
    numbers: dict[object, int] = field(default_factory=dict[object, int])

    def of(self, element: Element) -> int:
        """Equal for elements that say the same; inner first, so that depth is no matter."""
        if element not in self.known:
            for inner in reversed(list(element.walk())):
                if inner not in self.known:
                    self.known[inner] = self._sign(inner, inner.values)
        return self.known[element]

    def without_id(self, element: Element) -> int:
        """The same, whatever its own id is."""
        return self._sign(element, {k: v for k, v in element.values.items() if k != "id"})

    def _sign(self, element: Element, values: dict[str, str]) -> int:
        inner = tuple(self.of(it) for it in element.children)
        said = (element.tag, frozenset(values.items()), element.text, inner)
        return self.numbers.setdefault(said, len(self.numbers))


@dataclass(slots=True)
class Matching:
    """Elements of the file after -> before, and back."""

    before: dict[Element, Element] = field(default_factory=dict[Element, Element])
    after: dict[Element, Element] = field(default_factory=dict[Element, Element])
    signs: Signs = field(default_factory=Signs)

    def pair(self, before: Element, after: Element) -> None:
        """Say that the two are one element."""
        self.before[after] = before
        self.after[before] = after


def match(before: Element, after: Element) -> Matching:
    """Pair by id, then by what is drawn where, then by content and place."""
    found = Matching()
    ids_before, ids_after = _ids(before), _ids(after)
    found.pair(before, after)
    for identity, element in ids_after.items():
        other = ids_before.get(identity)
        if other is not None and other not in found.after and element not in found.before:
            found.pair(other, element)
    _renamed_by_drawing(found, ids_before, ids_after)
    waiting = [(before, after)]
    waiting += [(one, two) for two, one in found.before.items() if two is not after]
    while waiting:
        one, two = waiting.pop()
        waiting += _pair_children(one, two, found)
    return found


def _ids(root: Element) -> dict[str, Element]:
    found: dict[str, Element] = {}
    for element in root.walk():
        if element.get("id"):
            found.setdefault(element.get("id"), element)
    return found


def _renamed_by_drawing(
    found: Matching, before: dict[str, Element], after: dict[str, Element]
) -> None:
    """A shape that now stands for another id tells that the element got a new id."""
    for two, one in list(found.before.items()):
        if not two.tag.startswith(DRAWING) or one.get(_DRAWN) == two.get(_DRAWN):
            continue
        old, new = before.get(one.get(_DRAWN)), after.get(two.get(_DRAWN))
        if old is None or new is None or old in found.after or new in found.before:
            continue
        if old.tag == new.tag:
            found.pair(old, new)


def _pair_children(one: Element, two: Element, found: Matching) -> list[tuple[Element, Element]]:
    """Pair what is left among the children of a pair; answers the new pairs."""
    left = [it for it in one.children if it not in found.after]
    right = [it for it in two.children if it not in found.before]
    pairs: list[tuple[Element, Element]] = []

    def pair(old: Element, new: Element) -> None:
        found.pair(old, new)
        pairs.append((old, new))

    signs = found.signs
    _pair_by(left, right, lambda it: (it.tag, it.get(_DRAWN)) if it.get(_DRAWN) else None, pair)
    left, right = _rest(left, found.after), _rest(right, found.before)
    _pair_by(left, right, lambda it: signs.without_id(it) if it.get("id") else None, pair)
    left, right = _rest(left, found.after), _rest(right, found.before)
    _pair_by(left, right, lambda it: (it.tag, it.get("name")) if it.get("name") else None, pair)
    left, right = _rest(left, found.after), _rest(right, found.before)
    _pair_in_order(left, right, signs, pair)
    return pairs


def _pair_by(
    left: Iterable[Element],
    right: Iterable[Element],
    key: Callable[[Element], object],
    pair: Callable[[Element, Element], None],
) -> None:
    waiting: dict[object, list[Element]] = {}
    for element in left:
        if (name := key(element)) is not None:
            waiting.setdefault(name, []).append(element)
    for element in right:
        name = key(element)
        if name is not None and waiting.get(name):
            pair(waiting[name].pop(0), element)


def _rest(elements: Iterable[Element], known: dict[Element, Element]) -> list[Element]:
    return [it for it in elements if it not in known]


def _pair_in_order(
    left: list[Element],
    right: list[Element],
    signs: Signs,
    pair: Callable[[Element, Element], None],
) -> None:
    """What says the same, then what stands between the same neighbours and is of one kind."""
    one, two = [signs.of(it) for it in left], [signs.of(it) for it in right]
    for what, a, b, c, d in SequenceMatcher(None, one, two, autojunk=False).get_opcodes():
        if what == "equal":
            for old, new in zip(left[a:b], right[c:d], strict=True):
                pair(old, new)
        elif what == "replace":
            # A reference that names something else is another reference.
            _pair_by(left[a:b], right[c:d], lambda it: it.tag if _may_change(it) else None, pair)


def _may_change(element: Element) -> bool:
    is_reference = element.local in ("incoming", "outgoing") or element.local.endswith("Ref")
    return not element.get("id") and not (is_reference and not element.attributes)
