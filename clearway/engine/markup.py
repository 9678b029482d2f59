"""The names of XML: which namespaces there are, what an element is, and what counts as true."""

from typing import Any

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
OWN = "{urn:clearway:bpmn:1}"
TRUTHS = {"true": True, "1": True, "false": False, "0": False}
"""The four ways in which the schema lets a file say yes or no."""

Element = Any
"""An element of lxml, which has no types."""


def is_true(element: Element, name: str, otherwise: bool = False) -> bool:
    """Whether a boolean attribute holds; `otherwise` when it is absent or says neither."""
    return TRUTHS.get(element.get(name, "").strip(), otherwise)


def own_text(element: Element) -> str:
    """The text of an expression, without what stands in it: its documentation, its extensions."""
    return "".join((element.text or "", *(child.tail or "" for child in element))).strip()
