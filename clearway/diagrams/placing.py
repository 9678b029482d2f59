"""Where and how elements go into a file as written, so that it looks as if they had been there."""

import re

from clearway.diagrams.source import Attribute, Document, Element, Run, escape_text

_LINE = re.compile(r"(\r\n|\n|\r)([ \t]*)$")
_QUOTES = re.compile(r"[\"']")


class Style:
    """How a file is written: its line ends, its indentation, and how it closes what is empty."""

    def __init__(self, document: Document) -> None:
        text = document.text
        self.newline = "\r\n" if "\r\n" in text else "\n"
        self.is_broken = "\n" in text.strip()
        self.empty_tail = " " if text.count(" />") > text.count("/>") / 2 else ""
        self.unit = _unit(document.root) or "  "

    def lead_in(self, parent: Element) -> str:
        """What stands before a child of an element: as before its others, or one level deeper."""
        for number, it in enumerate(parent.inside):
            if isinstance(it, Element) and number and (found := _lead(parent.inside[number - 1])):
                return found
        if not self.is_broken or (parent.last is not None and parent.parent is not None):
            return ""
        return self.lead_of(parent) + self.unit

    def lead_of(self, element: Element) -> str:
        """What stands before an element: a line break and its indentation."""
        if element.parent is None:
            return self.newline if self.is_broken else ""
        inside = element.parent.inside
        number = inside.index(element)
        if number and (found := _lead(inside[number - 1])):
            return found
        return self.lead_in(element.parent)


def insert(style: Style, parent: Element, child: Element, after: Element | None) -> None:
    """Put an element behind another of its parent, or before all others."""
    lead = style.lead_in(parent)
    if parent.empty:
        parent.empty, parent.tail, parent.close = False, "", f"</{parent.name}>"
    was_bare = parent.last is None
    if was_bare and lead and (not parent.inside or all(_is_blank(it) for it in parent.inside)):
        parent.inside = [Run("text", style.lead_of(parent))]
    place = 0 if after is None else _behind(parent, after)
    parent.inside[place:place] = [Run("text", lead), child] if lead else [child]
    child.parent = parent


def take_out(style: Style, element: Element) -> None:
    """Remove an element with the white space before it; what is empty then is closed at once."""
    parent = element.parent
    assert parent is not None  # noqa: S101 the root is never taken out
    number = parent.inside.index(element)
    before = parent.inside[number - 1] if number else None
    start = number - 1 if before is not None and _is_blank(before) else number
    del parent.inside[start : number + 1]
    element.parent = None
    if all(_is_blank(it) for it in parent.inside):
        parent.inside, parent.empty, parent.tail = [], True, style.empty_tail


def indent(element: Element, old: str, new: str) -> None:
    """Shift all lines of an element that moved to another depth."""
    if old == new or not old or not new:
        return
    for inner in element.walk():
        for run in inner.inside:
            if isinstance(run, Run) and run.is_space and run.raw.endswith(("\n", " ", "\t")):
                run.raw = run.raw.replace(old, new, 1)


def set_attribute(element: Element, name: str, key: str, value: str) -> None:
    """Change an attribute where it stands, or add it behind the last one."""
    known = element.attribute(key)
    if known is not None:
        known.set(value)
        return
    last = element.attributes[-1] if element.attributes else None
    lead = last.lead if last is not None and len(element.attributes) > 1 else " "
    added = Attribute(lead, name, "=", last.quote if last else '"', "", key)
    added.set(value)
    element.attributes.append(added)


def set_text(element: Element, text: str) -> None:
    """Change the text of an element; comments in it stay, CDATA stays CDATA where it can."""
    runs = [it for it in element.inside if isinstance(it, Run) and it.kind in ("text", "cdata")]
    spoken = [it for it in runs if not it.is_space] or runs
    if not spoken:
        if not text:
            return
        spoken = [Run("text", "")]
        element.inside.insert(0, spoken[0])
        if element.empty:
            element.empty, element.tail, element.close = False, "", f"</{element.name}>"
    for run in runs:
        is_gap = run.is_space and bool(element.children)
        if run is not spoken[0] and not is_gap:
            element.inside.remove(run)
    first = spoken[0]
    if first.kind == "cdata" and "]]>" not in text and text:
        first.raw = f"<![CDATA[{text}]]>"
    else:
        first.kind, first.raw = "text", escape_text(text)
    if not text:
        element.inside.remove(first)


def _behind(parent: Element, after: Element) -> int:
    """The place behind an element and the comment that ends its line."""
    place = parent.inside.index(after) + 1
    look = place
    while look < len(parent.inside):
        it = parent.inside[look]
        if not isinstance(it, Run) or (it.kind == "text" and ("\n" in it.raw or not it.is_space)):
            break
        look += 1
        if it.kind != "text":
            place = look
    return place


def _lead(piece: "Element | Run") -> str:
    found = _LINE.search(piece.raw) if isinstance(piece, Run) and piece.is_space else None
    return found[0] if found else ""


def _is_blank(piece: "Element | Run") -> bool:
    return isinstance(piece, Run) and piece.is_space


def _unit(root: Element) -> str:
    for number, it in enumerate(root.inside):
        if isinstance(it, Element) and number and (found := _lead(root.inside[number - 1])):
            return found.lstrip("\r\n")
    return ""
