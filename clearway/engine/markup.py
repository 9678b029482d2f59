"""The names of XML: which namespaces there are, what an element is, and what counts as true."""

from typing import Any

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
OWN = "{urn:clearway:bpmn:1}"
TRUTHS = {"true": True, "1": True, "false": False, "0": False}
"""The four ways in which the schema lets a file say yes or no."""

NAMING = frozenset(
    (
        *("activityRef", "attachedToRef", "calledElement", "default", "errorRef", "escalationRef"),
        *("id", "messageRef", "processRef", "signalRef", "sourceRef", "targetRef"),
    )
)
"""Attributes that name an element; white space around a name is no part of it."""

Element = Any
"""An element of lxml, which has no types."""


def is_true(element: Element, name: str, otherwise: bool = False) -> bool:
    """Whether a boolean attribute holds; `otherwise` when it is absent or says neither."""
    return TRUTHS.get(element.get(name, "").strip(), otherwise)


def own_text(element: Element) -> str:
    """The text of an expression, without what stands in it: its documentation, its extensions."""
    return "".join((element.text or "", *(child.tail or "" for child in element))).strip()


def without_edges(root: Element) -> None:
    """Take away the white space around names, as the schema does."""
    for element in root.iter(f"{BPMN}*"):
        for name, value in element.attrib.items():
            if name in NAMING and value != value.strip():
                element.set(name, value.strip())
