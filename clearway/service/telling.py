"""How a turn of the engine is told in history: one line for each thing that a reader asks about.

What only passed has no line of its own: the first line of a command names all elements that were
completed (`passed`) and the flows that gateways chose (`flows`), in their order. The fields that an
element wrote stand in its line: `fields`, name -> [before, after].
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import cast

from clearway.engine import ElementInfo
from clearway.engine.model import ACTIVITIES
from clearway.engine.values import Happening
from clearway.store.effect import Line

_TELLS_LITTLE = frozenset(
    {
        *("started", "completed", "cancelled", "changed", "comment", "noted"),
        *("sent", "told", "unassigned", "voted", "only_noted", "unreached"),
    }
)
"""Kinds of lines that do not say what became of their element, so that others must."""

_EVENTS = frozenset({"caught", "timer"})


class Telling:
    """The lines of one command, as they come about."""

    def __init__(self, elements: Mapping[str, ElementInfo]) -> None:
        self._elements = elements
        self._lines: list[Line | None] = []
        self._begun: dict[str, list[int]] = {}
        self._passed: list[str] = []
        self._flows: list[object] = []

    def add(self, line: Line) -> None:
        """One more line."""
        self._lines.append(line)

    def wrote(self, name: str, before: object, after: object, element: str | None) -> None:
        """A field was written: told by the line of its element, or by one of its own.

        Where an element has several lines, as in a loop, none is made to look like the cause.
        """
        telling = self._places(element, lambda kind: kind not in _TELLS_LITTLE)
        changed = self._places(element, lambda kind: kind == "changed")
        for place in (telling if len(telling) == 1 else []) + changed[-1:]:
            line = self._lines[place]
            if line is not None and name not in (fields := _fields(line)):
                fields = {**fields, name: [before, after]}
                self._lines[place] = replace(line, details={**line.details, "fields": fields})
                return
        self.add(Line("changed", element, {"fields": {name: [before, after]}}))

    def happened(self, happenings: Sequence[Happening], telling: Collection[str]) -> None:
        """What the engine did; `telling` are the elements that told somebody something."""
        for it in happenings:
            if it.kind == "started":
                self._begun.setdefault(it.element, []).append(len(self._lines))
                self._tell(it)
            elif it.kind == "completed":
                self._complete(it, is_told=it.element in telling)
            elif it.kind == "cancelled":
                self._forget_start(it)
                self._tell(it)
            elif it.kind in _EVENTS and (place := self._told_by(it.element)):
                self._add_details(place, it.details)
            elif it.kind != "state":
                self._tell(it)

    def lines(self) -> list[Line]:
        """All lines, the first with the way that the process went."""
        found = [line for line in self._lines if line is not None]
        way: dict[str, object] = {"passed": self._passed} if self._passed else {}
        way |= {"flows": self._flows} if self._flows else {}
        if not way:
            return found
        first, *rest = found or [Line("passed")]
        return [replace(first, details={**first.details, **way}), *rest]

    def _complete(self, it: Happening, *, is_told: bool) -> None:
        details = dict(it.details)
        self._passed.append(it.element)
        self._flows += cast("Sequence[object]", details.pop("flows", ()))
        self._forget_start(it)
        if place := self._told_by(it.element):
            self._add_details(place, details)
        elif not is_told and self._is_worth_a_line(it.element):
            self._tell(it)

    def _is_worth_a_line(self, element: str) -> bool:
        info = self._elements.get(element)
        if info is None or info.kind in ACTIVITIES:
            return True
        return info.kind == "intermediateThrowEvent" and bool(info.name)

    def _forget_start(self, it: Happening) -> None:
        """What begins and is over in one turn needs no line about its beginning."""
        begun = self._begun.get(it.element, [])
        for place in begun:
            line = self._lines[place]
            if line is not None and line.details.get("round") == it.details.get("round"):
                self._lines[place] = None
                begun.remove(place)
                return

    def _told_by(self, element: str) -> list[int]:
        """The last line that says what became of the element, if there is one."""
        return self._places(element, lambda kind: kind not in _TELLS_LITTLE)[-1:]

    def _places(self, element: str | None, is_wanted: Callable[[str], bool]) -> list[int]:
        return [
            place
            for place, line in enumerate(self._lines)
            if line is not None and line.element == element and is_wanted(line.kind)
        ]

    def _tell(self, it: Happening) -> None:
        self.add(Line(it.kind, it.element, {"name": it.name, **it.details}))

    def _add_details(self, places: Sequence[int], details: Mapping[str, object]) -> None:
        """What a line says already stays: its own name is who told it."""
        for place in places:
            line = self._lines[place]
            if line is not None:
                self._lines[place] = replace(line, details={**details, **line.details})


def _fields(line: Line) -> Mapping[str, object]:
    return cast(Mapping[str, object], line.details.get("fields", {}))
