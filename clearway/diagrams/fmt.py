"""The normal form of a diagram or table file: the same content, always written in the same way."""

import re

from clearway.diagrams.kinship import holds_no_text
from clearway.diagrams.source import (
    Document,
    Element,
    Run,
    escape_text,
    escape_value,
    parse,
    unescape,
)

_INDENT = "  "
_CELLS = frozenset(("inputEntry", "outputEntry", "annotationEntry", "inputValues", "outputValues"))
_ENCODING = re.compile(r"""(encoding\s*=\s*)("[^"]*"|'[^']*')""")
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def fmt(data: bytes) -> bytes:
    """The file in its normal form; nothing that it says is lost, and a second run changes no byte.

    UTF-8 with Unix line ends; two spaces for each level; one element in a line, but a cell of a
    table with its text; double quotes; attributes in their order and in one line, those of the
    root as they are; at most one empty line between elements. Text stays as it is, and so does
    what is mixed with text. Raises NotReadable for what is no harmless XML.
    """
    document = parse(data)
    _head(document)
    waiting = [(document.root, 0)]
    while waiting:
        element, depth = waiting.pop()
        _write_tag(element)
        if element.get(_SPACE) == "preserve" or _is_mixed(element):
            for inner in element.walk():
                _write_tag(inner)
                _write_text(inner)
            continue
        _write_text(element)
        if _is_cell(element):
            element.inside = list(element.children)
            waiting += [(it, depth + 1) for it in element.children]
        elif element.children or any(_is_aside(it) for it in element.inside):
            element.inside = _in_lines(element, depth)
            waiting += [(it, depth + 1) for it in element.children]
        elif holds_no_text(element) or not element.inside:
            element.inside, element.empty = [], True
    text = document.text.replace("\r\n", "\n").replace("\r", "\n")
    return text.encode()


def _head(document: Document) -> None:
    """The XML declaration first, then each thing in a line of its own, and a line end at last."""
    document.mark, document.codec = b"", "utf-8"
    kept = [it for it in document.before if not it.is_space]
    if kept and kept[0].raw.startswith("<?xml "):
        kept[0].raw = _ENCODING.sub(r'\1"UTF-8"', kept[0].raw)
    else:
        kept.insert(0, Run("instruction", '<?xml version="1.0" encoding="UTF-8"?>'))
    document.before = [part for it in kept for part in (it, Run("text", "\n"))]
    rest = [it for it in document.after if not it.is_space]
    document.after = [Run("text", "\n")]
    document.after += [part for it in rest for part in (it, Run("text", "\n"))]


def _write_tag(element: Element) -> None:
    for attribute in element.attributes:
        value = attribute.value
        attribute.equals, attribute.quote = "=", '"'
        if element.parent is not None or "\n" not in attribute.lead:
            attribute.lead = " "
        attribute.raw = escape_value(value)
    element.tail = ""
    if not element.empty or element.close:
        element.close = f"</{element.name}>"


def _write_text(element: Element) -> None:
    for it in element.inside:
        if isinstance(it, Run) and it.kind == "text":
            text = unescape(it.raw.replace("\r\n", "\n").replace("\r", "\n"))
            it.raw = escape_text(text)


def _in_lines(element: Element, depth: int) -> list[Element | Run]:
    """What is in an element, each in a line; a comment that ends a line stays behind it."""
    lead = "\n" + _INDENT * (depth + 1)
    written: list[Element | Run] = []
    breaks = 1
    for it in element.inside:
        if isinstance(it, Run) and it.is_space:
            breaks = it.raw.count("\n")
            continue
        if breaks == 0 and written and isinstance(it, Run) and isinstance(written[-1], Element):
            written.append(Run("text", " "))
        else:
            written.append(Run("text", "\n" + lead if breaks > 1 and written else lead))
        written.append(it)
        breaks = 0 if isinstance(it, Element) else 1
    written.append(Run("text", "\n" + _INDENT * depth))
    return written


def _is_cell(element: Element) -> bool:
    """Whether this is a cell of a decision table: one line of text, which is read in one line."""
    if element.local not in _CELLS or "/DMN/" not in element.tag or len(element.children) != 1:
        return False
    text = element.children[0]
    asides = any(map(_is_aside, (*element.inside, *text.inside)))
    return text.local == "text" and not asides and not text.children and "\n" not in text.text


def _is_mixed(element: Element) -> bool:
    """Whether text stands beside elements or comments, so that white space may mean something."""
    says = any(isinstance(it, Run) and not it.is_space and it.text for it in element.inside)
    return says and any(isinstance(it, Element) or _is_aside(it) for it in element.inside)


def _is_aside(piece: Element | Run) -> bool:
    return isinstance(piece, Run) and piece.kind in ("comment", "instruction")
