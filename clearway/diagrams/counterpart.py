"""Which element of a stored file is which one that an editor wrote after reading it.

An editor drops what it does not know and writes values in its own way; it invents nothing but
drawings. So each of its elements has one in the file, or the two do not belong together.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from clearway.diagrams.errors import CannotGraft
from clearway.diagrams.source import BPMN, DRAWING, XSI_TYPE, Element

_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
_MOST_LOOKS = 1_000_000
_TRUTH = frozenset(("true", "false", "0", "1"))


@dataclass(slots=True)
class Counterparts:
    """Each element that an editor wrote -> the one of the file; drawings may have none."""

    stored: dict[Element, Element] = field(default_factory=dict[Element, Element])
    invented: list[Element] = field(default_factory=list[Element])
    """The topmost drawings that the file does not have."""


class _Likeness:
    """Whether elements could be what the editor made of others; each pair is looked at once."""

    def __init__(self) -> None:
        self.known: dict[tuple[Element, Element], bool] = {}

    def __call__(self, mine: Element, theirs: Element) -> bool:
        pair = (mine, theirs)
        if pair not in self.known:
            if len(self.known) >= _MOST_LOOKS:
                raise _strangers(theirs, "there is too much that could be meant")
            self.known[pair] = False
            self.known[pair] = self._look(mine, theirs)
        return self.known[pair]

    def _look(self, mine: Element, theirs: Element) -> bool:
        if _kind(mine) != _kind(theirs) or _difference(mine, theirs) is not None:
            return False
        own = mine.children
        start = 0
        for child in theirs.children:
            places = range(start if not child.get("id") else 0, len(own))
            place = next((it for it in places if self(own[it], child)), None)
            if place is not None:
                start = place + 1 if not child.get("id") else start
            # In which order the editor writes lists of other names is its own affair.
            elif not any(self(it, child) for it in own):
                return False
        return True


def counterparts(stored: Element, written: Element) -> Counterparts:
    """Raises CannotGraft when `written` is not what an editor makes of `stored`."""
    found = Counterparts()
    if _kind(stored) != _kind(written):
        raise _strangers(written, "the root is another element")
    by_id = _unique_ids(stored)
    is_like = _Likeness()
    used: set[Element] = set()
    waiting = [(stored, written)]
    while waiting:
        mine, theirs = waiting.pop()
        if (why := _difference(mine, theirs)) is not None:
            raise _strangers(theirs, why)
        found.stored[theirs] = mine
        used.add(mine)
        for child, partner in _children(mine, theirs, used, by_id, is_like):
            if partner is None:
                waiting += _invented(child, by_id, used, found)
            else:
                used.add(partner)
                waiting.append((partner, child))
    return found


def place_of(element: Element) -> str:
    """An element for a sentence: by its id, or by that of the nearest one around it."""
    around: Element | None = element
    while around is not None and not around.get("id"):
        around = around.parent
    name = f"<{element.local}>"
    if around is None or around is element:
        return f"{name} `{element.get('id')}`" if around else name
    return f"{name} in `{around.get('id')}`"


def _children(
    mine: Element,
    theirs: Element,
    used: set[Element],
    by_id: Mapping[str, Element],
    is_like: _Likeness,
) -> list[tuple[Element, Element | None]]:
    """Each child that the editor wrote with its partner; both are in the same order by name."""
    waiting: dict[str, list[Element]] = {}
    for child in mine.children:
        waiting.setdefault(_kind(child), []).append(child)
    starts = dict.fromkeys(waiting, 0)
    pairs: list[tuple[Element, Element | None]] = []
    for child in theirs.children:
        named = by_id.get(child.get("id"))
        if named is not None and _is_the_one(named, child, mine) and named not in used:
            pairs.append((child, named))
            continue
        kind = _kind(child)
        own = waiting.get(kind, [])
        for number in range(starts.get(kind, 0), len(own)):
            if own[number] not in used and is_like(own[number], child):
                pairs.append((child, own[number]))
                starts[kind] = number + 1
                break
        else:
            pairs.append((child, None))
    return pairs


def _is_the_one(named: Element, child: Element, mine: Element) -> bool:
    """Whether an element of the same id is the same one; drawings may be in another plane."""
    is_here = named.parent is mine or child.tag.startswith(DRAWING)
    return is_here and _kind(named) == _kind(child)


def _kind(element: Element) -> str:
    """Editors write a formal expression by its type where the schema also has a name for it."""
    if element.tag == BPMN + "expression" and element.get(XSI_TYPE).endswith("tFormalExpression"):
        return BPMN + "formalExpression"
    return element.tag


def _invented(
    element: Element, by_id: Mapping[str, Element], used: set[Element], found: Counterparts
) -> list[tuple[Element, Element]]:
    """A drawing that the editor added; in it may be what the file has elsewhere."""
    if not element.tag.startswith(DRAWING):
        raise _strangers(element, "the stored file has no such element")
    found.invented.append(element)
    pairs: list[tuple[Element, Element]] = []
    waiting = element.children
    while waiting:
        child = waiting.pop()
        partner = by_id.get(child.get("id")) if child.get("id") else None
        if partner is not None and partner.tag == child.tag and partner not in used:
            used.add(partner)
            pairs.append((partner, child))
        else:
            waiting += child.children
    return pairs


def _difference(mine: Element, theirs: Element) -> str | None:
    """What an element says that the stored one does not; None when it says nothing else."""
    own = mine.values
    space = theirs.tag.rpartition("}")[0] + "}"
    for written, value in theirs.values.items():
        # Editors leave the prefix of an attribute out where it is that of its element.
        key = written if written in own or "}" in written else space + written
        if key not in own:
            if key == XSI_TYPE or theirs.tag.startswith(DRAWING):
                continue
            return f"its `{key.rpartition('}')[2]}` is `{value}`, and the stored one has none"
        if not _same(own[key], value, mine, theirs):
            name = key.rpartition("}")[2]
            return f"its `{name}` is `{value}`, and in the stored file `{own[key]}`"
    if theirs.text.strip() and not _same(mine.text, theirs.text, mine, theirs):
        return "its text is another than in the stored file"
    return None


def _same(own: str, other: str, mine: Element, theirs: Element) -> bool:
    if own == other:
        return True
    one, two = " ".join(own.split()), " ".join(other.split())
    if one == two or _bare(one, mine) == _bare(two, theirs):
        return True
    if one in _TRUTH and two in _TRUTH:
        return True
    if _NUMBER.fullmatch(one) and _NUMBER.fullmatch(two):
        return float(one) == float(two)
    # What holds a number for the editor is read up to where the number ends.
    number = _NUMBER.match(one)
    return bool(number and two == number[0] and mine.tag.startswith(DRAWING))


def _bare(value: str, element: Element) -> str:
    """A reference without its prefix: editors write ids alone."""
    prefix, colon, name = value.partition(":")
    return name if colon and prefix in element.scope and " " not in value else value


def _unique_ids(root: Element) -> dict[str, Element]:
    found: dict[str, Element] = {}
    twice: set[str] = set()
    for element in root.walk():
        identity = element.get("id")
        if identity in found:
            twice.add(identity)
        elif identity:
            found[identity] = element
    return {identity: it for identity, it in found.items() if identity not in twice}


def _strangers(element: Element, why: str) -> CannotGraft:
    return CannotGraft(
        f"What the editor opened is not the file that is stored: at {place_of(element)} {why}. "
        "Open the diagram again, and make the change once more."
    )
