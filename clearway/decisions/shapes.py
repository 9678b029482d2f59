"""Which entries the value of an expression has, as far as it is written down without a type."""

from collections.abc import Sequence

from clearway.decisions.markup import Element, child, children
from clearway.decisions.model import Asked
from clearway.decisions.type_names import type_named
from clearway.feel.syntax import ContextOf
from clearway.feel.types import ANY, ContextType, ListType, Type

BOXED = ("context", "relation", "literalExpression")


def shape_of(element: Element, asked: Sequence[Asked]) -> Type | None:
    """The shape of what a decision or a knowledge model gives; None where it is not written down.

    `asked` is what was read of it. Nothing is said of the values of the entries.
    """
    inner = next((each for each in element if each.name in BOXED), None)
    if inner is None:
        return None
    if inner.name == "relation":
        columns = (each.get("name") for each in children(inner, "column"))
        return ListType(ContextType(tuple((name, ANY) for name in columns)))
    if inner.name == "context":
        entries = [child(each, "variable") for each in children(inner, "contextEntry")]
        named = [
            (it.get("name"), type_named(it.get("typeRef")) or ANY)
            for it in entries
            if it is not None
        ]
        return ContextType(tuple(named)) if len(named) == len(entries) else None
    tree = asked[-1].nodes[0] if asked and asked[-1].nodes else None
    if not isinstance(tree, ContextOf):
        return None
    return ContextType(tuple((name, ANY) for name, _ in tree.entries))
