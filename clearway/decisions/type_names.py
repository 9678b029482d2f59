"""Which types the elements of a file name that nothing defines."""

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches

from clearway.decisions.errors import NotUnderstood, Place
from clearway.decisions.item_types import type_named
from clearway.decisions.markup import Element, children
from clearway.feel.types import SIMPLE, Type, unknown_names

APART = ("inputExpression", "output")
"""The columns of a table, whose types are read with the table."""
SKIPPED = ("itemDefinition", "import", "extensionElements")
SAID = {
    "variable": "the variable",
    "formalParameter": "the parameter",
    "parameter": "the parameter",
    "column": "the column",
    "decisionTable": "the table",
    "literalExpression": "the expression",
    "encapsulatedLogic": "the function",
    "functionDefinition": "the function",
}


def undefined_types(root: Element, file: str, types: Mapping[str, Type]) -> Iterator[NotUnderstood]:
    """Every type that an element of the file is given and that is not there."""
    # A definition that is wrong in itself is told for itself.
    known = {*types, *(each.get("name") for each in children(root, "itemDefinition"))}
    for element in root:
        if element.name and element.name not in SKIPPED:
            place = Place(file, element.get("id") or element.get("name"))
            yield from _inside(element, place, types, known)


def _inside(
    root: Element, place: Place, types: Mapping[str, Type], known: Collection[str]
) -> Iterator[NotUnderstood]:
    waiting = [root]
    while waiting:
        element = waiting.pop()
        if element.name in SKIPPED:
            continue
        wanted = type_named(element.get("typeRef")) if element.name not in APART else None
        for name in unknown_names(wanted, types) if wanted is not None else ():
            if name not in known:
                yield _undefined(name, element, place, types)
        waiting += reversed(element.inside)


def _undefined(
    name: str, element: Element, place: Place, types: Mapping[str, Type]
) -> NotUnderstood:
    what = " ".join((SAID.get(element.name, f"the {element.name}"), element.get("name"))).strip()
    close = get_close_matches(name, sorted({*types, *SIMPLE} - {"Null"}), 1)
    hint = f"Did you mean `{close[0]}`?" if close else "Define it, or use a type of FEEL."
    return NotUnderstood(place, f"there is no type `{name}`, which {what} is said to have", hint)
