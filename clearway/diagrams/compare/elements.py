"""What differs between two diagrams, element by element, and what is only drawn otherwise."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from clearway.diagrams.compare.changes import Change
from clearway.diagrams.compare.drawing import Drawing, Drawn, drawing
from clearway.diagrams.compare.parts import differences
from clearway.diagrams.compare.renames import renames
from clearway.diagrams.compare.sentences import Teller
from clearway.diagrams.compare.tree import read, references, with_ids

ASKED_IN_ORDER = "exclusiveGateway"
"""The first condition that holds decides there, in the order of the file."""
PAGE = "(the page)"
"""What is drawn of no element, such as the fonts of labels."""


@dataclass(frozen=True, slots=True)
class DiagramChanges:
    """What differs: the changes, what is only drawn otherwise, ids as they were and are."""

    changes: list[Change]
    layout: frozenset[str]
    renamed: dict[str, str]


def compare_diagrams(before: bytes, after: bytes, file: str) -> DiagramChanges:
    """All that differs between two BPMN files; raises NotComparable for what cannot be read."""
    one, other = read(before, f"{file} (before)"), read(after, f"{file} (after)")
    old, new = drawing(one), drawing(other)
    renamed = renames(old, new, (references(one), references(other)))
    if renamed:
        # From here on both versions have the newer ids.
        old = drawing(with_ids(one, renamed))
    changes = list(_changes(old, new, renamed, Teller(file, old, new)))
    return DiagramChanges(changes, _drawn_otherwise(old, new), renamed)


def _changes(
    old: Drawing, new: Drawing, renamed: dict[str, str], teller: Teller
) -> Iterator[Change]:
    was_called = {now: was for was, now in renamed.items()}
    for name, now in new.elements.items():
        was = old.elements.get(name)
        if was is None:
            yield teller.added(now)
            continue
        if name in was_called:
            yield teller.renamed(now, was_called[name])
        yield from _changed(was, now, teller)
        yield from _order(now, old, new, teller)
    for name, was in old.elements.items():
        if name not in new.elements:
            yield teller.removed(was)


def _changed(was: Drawn, now: Drawn, teller: Teller) -> Iterator[Change]:
    if was.part.name != now.part.name:
        yield teller.turned(was, now)
    if (was.parent, was.lanes) != (now.parent, now.lanes):
        yield teller.moved(was, now)
    if was.part != now.part:
        for found in differences(replace(was.part, name=now.part.name), now.part):
            yield teller.changed(now, found)


def _order(now: Drawn, old: Drawing, new: Drawing, teller: Teller) -> Iterator[Change]:
    if now.kind != ASKED_IN_ORDER:
        return
    was, is_now = list(old.leaving.get(now.id, ())), list(new.leaving.get(now.id, ()))
    if [it for it in was if it in is_now] != [it for it in is_now if it in was]:
        yield teller.order(now, was, is_now)


def _drawn_otherwise(old: Drawing, new: Drawing) -> frozenset[str]:
    """Elements that are in both versions, or in none, and are drawn elsewhere or otherwise."""
    one_sided = old.elements.keys() ^ new.elements.keys()
    return frozenset(
        name or PAGE
        for name in old.layout.keys() | new.layout.keys()
        if old.layout.get(name) != new.layout.get(name) and name not in one_sided
    )
