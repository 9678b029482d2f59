"""Puts what somebody changed in an editor into the stored file, and leaves all else as it was."""

from bisect import bisect_left

from clearway.diagrams.counterpart import Counterparts, counterparts, place_of
from clearway.diagrams.errors import CannotGraft
from clearway.diagrams.kinship import list_of
from clearway.diagrams.matching import Matching, match
from clearway.diagrams.naming import Naming
from clearway.diagrams.placing import (
    Style,
    indent,
    insert,
    set_attribute,
    set_text,
    take_out,
)
from clearway.diagrams.source import Document, Element, Run, escape_text, parse


def graft(stored: bytes, before: bytes, after: bytes) -> bytes:
    """`stored` with the change from `before` to `after`.

    `before` is what the editor wrote right after opening `stored`, `after` what it writes now.
    What the editor does not know or drops stays: comments, processing instructions, foreign
    elements and attributes, prefixes, order, white space, CDATA, the encoding. Without a change
    the answer is `stored`, byte for byte.
    Raises NotReadable for what is no harmless XML, and CannotGraft when the change cannot be
    put into the file with certainty.
    """
    document = parse(stored, "The stored file")
    if before == after:
        return stored
    opened, changed = parse(before, "What the editor opened"), parse(after, "What it writes")
    if opened.root.tag != changed.root.tag:
        raise CannotGraft("The editor made another kind of file. Save it as a new file.")
    known = counterparts(document.root, opened.root)
    change = match(opened.root, changed.root)
    if change.signs.of(opened.root) == change.signs.of(changed.root):
        return stored
    _Graft(document, known, change).carry_over(opened, changed)
    result = document.to_bytes()
    _make_sure(result, changed)
    return result


class _Graft:
    """One change on its way into one file."""

    def __init__(self, document: Document, known: Counterparts, change: Matching) -> None:
        self.style = Style(document)
        self.naming = Naming(document.root)
        self.known = known
        self.change = change
        self.invented = {inner for it in known.invented for inner in it.walk()}

    def carry_over(self, opened: Document, changed: Document) -> None:
        """Change the stored tree; what goes away goes last, so that what moves is out of it."""
        gone = [it for it in opened.root.walk() if it not in self.change.after]
        self._change(changed.root)
        for element in gone:
            stored = self.known.stored.get(element)
            if stored is not None and stored.parent is not None:
                take_out(self.style, stored)

    def _change(self, root: Element) -> None:
        waiting = [root]
        while waiting:
            after = waiting.pop()
            before = self.change.before[after]
            stored = self.known.stored[before]
            self._change_name(stored, before, after)
            self._change_values(stored, before, after)
            if before.text != after.text:
                set_text(stored, after.text)
            waiting += self._change_children(stored, before, after)

    def _change_name(self, stored: Element, before: Element, after: Element) -> None:
        if before.tag != after.tag:
            stored.name, stored.tag = self.naming.element(after, stored), after.tag
            if not stored.empty:
                stored.close = f"</{stored.name}>"

    def _change_values(self, stored: Element, before: Element, after: Element) -> None:
        old, new = before.values, after.values
        for attribute in list(stored.attributes):
            if attribute.key in old and attribute.key not in new:
                stored.attributes.remove(attribute)
        for key, value in new.items():
            if old.get(key) != value:
                written = self.naming.value(key, value, after, stored)
                set_attribute(stored, self.naming.attribute(key, after, stored), key, written)

    def _change_children(self, stored: Element, before: Element, after: Element) -> list[Element]:
        """Bring the children into the order of `after`; answers those that are to be changed."""
        changed: list[Element] = []
        placed: dict[Element, Element] = {}
        kept = self._kept(stored, before, after)
        for child in after.children:
            here = kept.get(child)
            if here is not None:
                placed[child] = here
        for child in after.children:
            origin = self.change.before.get(child)
            here = self.known.stored.get(origin) if origin is not None else None
            if origin is not None and here is None and self._is_as_invented(origin, child):
                changed += self._to_change(child)
                continue
            if child not in placed and not self._stays_elsewhere(origin, here, stored, after):
                here = self._put(stored, after, child, here, placed)
            if here is not None:
                placed[child] = here
            changed += self._to_change(child)
        return changed

    def _kept(self, stored: Element, before: Element, after: Element) -> dict[Element, Element]:
        """The children that stay where they stand: the longest run in the same order, by list."""
        ranks = {child: number for number, child in enumerate(before.children)}
        kept: dict[Element, Element] = {}
        by_list: dict[str, list[Element]] = {}
        for child in after.children:
            origin = self.change.before.get(child)
            here = self.known.stored.get(origin) if origin is not None else None
            if origin is None or here is None or origin not in ranks or here.parent is not stored:
                continue
            own = list_of(child, after)
            if list_of(origin, before) == own:
                by_list.setdefault(own, []).append(child)
        for children in by_list.values():
            order = [ranks[self.change.before[child]] for child in children]
            for number in _longest_rise(order):
                child = children[number]
                kept[child] = self.known.stored[self.change.before[child]]
        return kept

    def _stays_elsewhere(
        self, origin: Element | None, here: Element | None, stored: Element, after: Element
    ) -> bool:
        """Whether the editor only shows it in another place than the file does."""
        if origin is None or here is None or here.parent is stored or origin.parent is None:
            return False
        return self.change.after.get(origin.parent) is after

    def _put(
        self,
        stored: Element,
        after: Element,
        child: Element,
        here: Element | None,
        placed: dict[Element, Element],
    ) -> Element:
        behind = _neighbour(stored, after, child, placed)
        if here is None:
            made = Element("", child.tag, stored.scope, parent=stored)
            insert(self.style, stored, made, behind)
            self._build(made, child)
            return made
        lead = self.style.lead_of(here)
        take_out(self.style, here)
        insert(self.style, stored, here, behind)
        indent(here, lead, self.style.lead_of(here))
        return here

    def _build(self, made: Element, child: Element) -> None:
        """Write a new element as the file writes its others."""
        made.name = self.naming.element(child, made)
        made.tail = self.style.empty_tail
        for key, value in child.values.items():
            written = self.naming.value(key, value, child, made)
            set_attribute(made, self.naming.attribute(key, child, made), key, written)
        if child.text.strip() or (child.text and not child.children):
            made.empty, made.tail, made.close = False, "", f"</{made.name}>"
            made.inside = [Run("text", escape_text(child.text))]
        last: Element | None = None
        for inner in child.children:
            origin = self.change.before.get(inner)
            here = self.known.stored.get(origin) if origin is not None else None
            if here is None:
                here = Element("", inner.tag, made.scope, parent=made)
                insert(self.style, made, here, last)
                self._build(here, inner)
            else:
                lead = self.style.lead_of(here)
                take_out(self.style, here)
                insert(self.style, made, here, last)
                indent(here, lead, self.style.lead_of(here))
            last = here

    def _to_change(self, child: Element) -> list[Element]:
        """The topmost elements in a new or known one that the file had before."""
        if self.change.before.get(child) in self.known.stored:
            return [child]
        return [it for inner in child.children for it in self._to_change(inner)]

    def _is_as_invented(self, origin: Element, child: Element) -> bool:
        """Whether a drawing that only the editor has still holds what it first held."""
        if origin not in self.invented or origin.text != child.text:
            return False
        inner = [self.change.before.get(it) for it in child.children]
        return (
            origin.values == child.values
            and inner == origin.children
            and all(
                it in self.known.stored or self._is_as_invented(it, self.change.after[it])
                for it in origin.children
            )
        )


def _neighbour(
    stored: Element, after: Element, child: Element, placed: dict[Element, Element]
) -> Element | None:
    """The stored element behind which a child belongs; None for the first place."""
    siblings = after.children
    number = siblings.index(child)
    own = list_of(child, after)

    def here(it: Element) -> bool:
        return it in placed and placed[it].parent is stored

    for it in reversed(siblings[:number]):
        if here(it) and list_of(it, after) == own:
            return placed[it]
    for it in siblings[number + 1 :]:
        if here(it) and list_of(it, after) == own:
            return _before(stored, placed[it])
    for it in reversed(siblings[:number]):
        if here(it):
            return placed[it]
    for it in siblings[number + 1 :]:
        if here(it):
            return _before(stored, placed[it])
    return stored.last


def _before(stored: Element, element: Element) -> Element | None:
    children = stored.children
    number = children.index(element)
    return children[number - 1] if number else None


def _longest_rise(order: list[int]) -> list[int]:
    """The places of a longest rising run of numbers that are all different."""
    ends: list[int] = []
    places: list[int] = []
    back: list[int] = []
    for place, number in enumerate(order):
        length = bisect_left(ends, number)
        back.append(places[length - 1] if length else -1)
        ends[length : length + 1] = [number]
        places[length : length + 1] = [place]
    found: list[int] = []
    place = places[-1] if places else -1
    while place >= 0:
        found.append(place)
        place = back[place]
    return found[::-1]


def _make_sure(result: bytes, changed: Document) -> None:
    """Read the result as a stranger: it must hold all that the editor wrote, in its order."""
    try:
        found = counterparts(parse(result).root, changed.root)
    except CannotGraft as error:
        raise _lost(str(error)) from error
    for element in changed.root.walk():
        stored = found.stored.get(element)
        if stored is None:
            continue
        last: dict[str, int] = {}
        places = {it: number for number, it in enumerate(stored.children)}
        for child in element.children:
            here = found.stored.get(child)
            if here is None or here not in places:
                continue
            own = list_of(child, element)
            if places[here] < last.get(own, -1):
                raise _lost(f"{place_of(child)} stands in another order.")
            last[own] = places[here]


def _lost(why: str) -> CannotGraft:
    return CannotGraft(
        f"This change cannot be put into the stored file without losing something ({why}) "
        "Nothing was saved. Undo the last steps, or save the diagram as a new file."
    )
