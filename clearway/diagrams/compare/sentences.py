"""Says what differs in a diagram, so that its owner can read it aloud."""

import re
from dataclasses import dataclass, replace

from clearway.diagrams.compare.changes import QUOTE, Change, Kind, shown
from clearway.diagrams.compare.drawing import FLOWS, ROOT, Drawing, Drawn
from clearway.diagrams.compare.parts import Difference, outline
from clearway.diagrams.compare.tree import REFERENCES
from clearway.diagrams.compare.words import INTERRUPTING, OURS, kind_of, said_of, what_of

_PLAIN = frozenset(
    (
        "timer", "message", "signal", "error", "escalation", "source", "target", "attachment",
        "default flow", "segregation of duties", "event definition", "process", "data object",
        "compensated activity",
    )
)  # fmt: skip
_PROSE = frozenset(("name", "documentation", "text", "button"))
_ASSIGNING = frozenset(("clearway:input", "clearway:output"))
_ASSIGNED = re.compile(r"clearway:\w+ \((?:name|field) (\w+); value (.*)\)", re.DOTALL)
_DEFINITION = re.compile(r"(\w+)EventDefinition \((.*)\)", re.DOTALL)
_REFERRED = re.compile(r"\b(?:message|signal|error|escalation|activity)Ref ([^;)]+)")


@dataclass(frozen=True, slots=True)
class Teller:
    """Makes changes of one file; knows both drawings, to call things by their names."""

    file: str
    before: Drawing
    after: Drawing

    def added(self, drawn: Drawn) -> Change:
        """An element that was not there."""
        where = self._where(drawn, self.after)
        said = f"{_capital(self._subject(drawn, self.after, kind=True))} is new{where}."
        said += said_of(drawn.part)
        text = self.content(drawn, self.after)
        made = self._change(drawn.id, Kind.ADDED, kind_of(drawn.kind), None, text, said)
        return replace(made, is_whole=True)

    def removed(self, drawn: Drawn) -> Change:
        """An element that is no more."""
        where = self._where(drawn, self.before)
        was = f"; it was{where.removeprefix(',')}" if where else ""
        said = f"{_capital(self._subject(drawn, self.before, kind=True))} is gone{was}."
        text = self.content(drawn, self.before)
        made = self._change(drawn.id, Kind.REMOVED, kind_of(drawn.kind), text, None, said)
        return replace(made, is_whole=True)

    def renamed(self, drawn: Drawn, before: str) -> Change:
        """The same element under another id."""
        subject = _capital(self._subject(drawn, self.after, kind=True))
        said = f"{subject} has the id `{drawn.id}`, it was `{before}`."
        return self._change(drawn.id, Kind.RENAMED, "id", before, drawn.id, said)

    def turned(self, before: Drawn, after: Drawn) -> Change:
        """The same element, of another kind."""
        kinds = kind_of(before.kind), kind_of(after.kind)
        subject = _capital(self._subject(after, self.after))
        said = f"{subject} is {_a(kinds[1])}, it was {_a(kinds[0])}."
        return self._change(after.id, Kind.CHANGED, "kind", *kinds, said)

    def moved(self, before: Drawn, after: Drawn) -> Change:
        """The same element in another lane or subprocess."""
        places = self.place(before, self.before), self.place(after, self.after)
        subject = _capital(self._subject(after, self.after))
        said = f"{subject} is {places[1]}, it was {places[0]}."
        what = "subprocess" if self._inside(before, after) else "role"
        return self._change(after.id, Kind.MOVED, what, *places, said)

    def order(self, drawn: Drawn, before: list[str], after: list[str]) -> Change:
        """The flows of a gateway are asked in another order."""
        texts = [
            ", ".join(self.called(it, drawing) for it in flows)
            for flows, drawing in ((before, self.before), (after, self.after))
        ]
        subject = self._subject(drawn, self.after)
        said = f"The conditions after {subject} are asked in this order: {texts[1]}. It was: "
        return self._change(
            drawn.id, Kind.CHANGED, "order", texts[0], texts[1], f"{said}{texts[0]}."
        )

    def changed(self, drawn: Drawn, found: Difference) -> Change:
        """A part of an element that both versions have."""
        what, phrase = what_of(found)
        texts = [
            None if text is None else self._value(found, text, drawing)
            for text, drawing in ((found.before, self.before), (found.after, self.after))
        ]
        if what == INTERRUPTING:
            # An event that says nothing of it interrupts.
            texts = [text or "true" for text in texts]
        element = drawn.id if drawn.id != ROOT else None
        kind = Kind.ADDED if texts[0] is None else Kind.REMOVED if texts[1] is None else None
        said = self._said(drawn, what, phrase, texts[0], texts[1])
        return self._change(element, kind or Kind.CHANGED, what, texts[0], texts[1], said)

    def place(self, drawn: Drawn, drawing: Drawing) -> str:
        """Where an element is, as the end of a sentence."""
        parent = drawing.elements.get(drawn.parent)
        lanes = [it for it in map(drawing.elements.get, drawn.lanes) if it is not None]
        told = [f"in the lane {self.called(it.id, drawing)}{_role(it)}" for it in lanes]
        if parent is not None and parent.id != ROOT and parent.kind not in ("process", "laneSet"):
            around = f"in the {kind_of(parent.kind)} {self.called(parent.id, drawing)}"
            told.insert(0, around)
        return " and ".join(told) or "in no lane"

    def called(self, name: str, drawing: Drawing) -> str:
        """An element by its name; what has none by its id, a flow by its ends."""
        drawn = drawing.elements.get(name)
        if drawn is None or name == ROOT:
            return f"`{name}`"
        if drawn.name:
            return f"*{drawn.name}*"
        if drawn.kind in FLOWS:
            return self._ends(drawn, drawing)
        return f"`{drawn.id.rstrip('#')}`"

    def content(self, drawn: Drawn, drawing: Drawing) -> str:
        """All that an element says, on one line."""
        text = outline(drawn.part)
        start = f"{drawn.part.local} ("
        inner = text[len(start) : -1] if text.startswith(start) else ""
        return inner or self.called(drawn.id, drawing).strip("*`")

    def _ends(self, flow: Drawn, drawing: Drawing) -> str:
        ends = [flow.part.get(end) or "" for end in ("sourceRef", "targetRef")]
        return " to ".join(_end(it, drawing) for it in ends)

    def _where(self, drawn: Drawn, drawing: Drawing) -> str:
        host = drawn.part.get("attachedToRef")
        if host:
            return f", on {self.called(host, drawing)}"
        if drawn.kind in FLOWS:
            return ""
        place = self.place(drawn, drawing)
        return f", {place}" if place != "in no lane" else ""

    def _subject(self, drawn: Drawn, drawing: Drawing, *, kind: bool = False) -> str:
        """What a sentence is about."""
        if drawn.id == ROOT:
            return "the diagram's file"
        called = self.called(drawn.id, drawing)
        if drawn.kind in FLOWS:
            ends = f"from {self._ends(drawn, drawing)}"
            return f"the {kind_of(drawn.kind)} {f'{called} ' if drawn.name else ''}{ends}"
        if kind or not drawn.name:
            return f"the {kind_of(drawn.kind)} {called}"
        return called

    def _said(
        self, drawn: Drawn, what: str, phrase: str, before: str | None, after: str | None
    ) -> str:
        subject = self._subject(drawn, self.after)
        if what == "name" and before and after:
            return f"The {kind_of(drawn.kind)} *{after}* was called *{before}*."
        mark = "" if what in _PLAIN else QUOTE if what in _PROSE else "`"
        told = [None if it is None else shown(it, mark) for it in (before, after)]
        on = "on" if what in ("timer", "condition", "calendar", "loop") else "of"
        if before is None:
            value = f": {told[1]}" if told[1] else ""
            return f"{_capital(subject)} has a new {phrase}{value}."
        if after is None:
            value = f", it was {told[0]}" if told[0] else ""
            return f"{_capital(subject)} has no {phrase} any more{value}."
        if told[0] is None or told[1] is None:
            return f"The {phrase} {on} {subject} changed."
        return f"The {phrase} {on} {subject} is {told[1]}, it was {told[0]}."

    def _value(self, found: Difference, text: str, drawing: Drawing) -> str:
        """A text as people read it: what is named by its id is called by its name."""
        last = found.way[-1].removeprefix("@")
        if last in REFERENCES and text in drawing.elements and text != ROOT:
            return self.called(text, drawing)
        if last == "clearway:not-same-person-as":
            return ", ".join(self.called(it, drawing) for it in text.split())
        if last == "event definition" or last.endswith("EventDefinition"):
            return self._trigger(text, drawing)
        assigned = _ASSIGNED.fullmatch(text) if last in _ASSIGNING else None
        return f"{assigned[1]} = {assigned[2]}" if assigned else text

    def _trigger(self, text: str, drawing: Drawing) -> str:
        """`message *order*` for the definition of an event that refers to that message."""
        told = _REFERRED.sub(lambda it: self.called(it[1], drawing), text)
        found = _DEFINITION.fullmatch(told)
        return f"{found[1]} {found[2]}".strip() if found else told.removesuffix("EventDefinition")

    def _inside(self, before: Drawn, after: Drawn) -> bool:
        return before.parent != after.parent

    def _change(
        self,
        element: str | None,
        kind: Kind,
        what: str,
        before: str | None,
        after: str | None,
        sentence: str,
    ) -> Change:
        element = element.rstrip("#") if element else None
        return Change(self.file, element, kind, what, before, after, sentence)


def _end(name: str, drawing: Drawing) -> str:
    drawn = drawing.elements.get(name)
    return f"*{drawn.name}*" if drawn is not None and drawn.name else f"`{name}`"


def _role(lane: Drawn) -> str:
    role = lane.part.get(f"{OURS}role")
    return f" (role `{role}`)" if role else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _a(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}".replace("an user", "a user")
