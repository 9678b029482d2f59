"""Which names an element of a file binds itself, so that it does not ask them from outside."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from clearway.decisions.markup import Element, children
from clearway.decisions.model import Around, Asked

BINDING = frozenset(("variable", "formalParameter", "output", "column"))


def names_within(root: Element) -> Iterator[str]:
    """The names that an element binds itself: parameters, context entries, iterators, columns."""
    for element in _inside(root):
        if element.name in BINDING:
            yield element.get("name")
        if "iteratorVariable" in element.attributes:
            yield element.get("iteratorVariable")


def outside(
    asked: Iterable[Asked], root: Element, parameters: Iterable[str] = ()
) -> tuple[Asked, ...]:
    """What is asked for, without the names that the element binds inside of itself.

    The paths from its own `parameters` are kept, where nothing else in it has their name.
    """
    bound = list(names_bound(root))
    own = frozenset(bound)
    hidden = own - {name for name in parameters if bound.count(name) == 1}
    return tuple(
        replace(
            each,
            names=each.names - own,
            paths=frozenset(path for path in each.paths if path[0] not in hidden),
            calls=tuple(call for call in each.calls if call.path[0] not in own),
        )
        for each in asked
    )


def names_bound(root: Element) -> Iterator[str]:
    """Names of parameters, of entries of contexts, and of what loops go over; `partial` as well."""
    yield "partial"
    for element in _inside(root):
        if element.name == "formalParameter":
            yield element.get("name")
        if element.name == "contextEntry":
            yield from (each.get("name") for each in children(element, "variable"))
        if "iteratorVariable" in element.attributes:
            yield element.get("iteratorVariable")


def hidden_by_entries(context: Element, around: Iterable[Around]) -> tuple[Around, ...]:
    """The names around a context that its entries have as well, of which nothing is known."""
    own = {each.get("name") for entry in context for each in children(entry, "variable")}
    return tuple(Around(name) for name in sorted(own & {each.name for each in around} - {""}))


def _inside(root: Element) -> list[Element]:
    found = [root]
    for element in found:
        # The list grows while it is gone through, until the last level is in it.
        found += element.inside
    return found
