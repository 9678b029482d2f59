"""The expressions inside of an expression: all, or those that see the same names as it does."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import cast

from clearway.feel.syntax import (
    InstanceOf,
    ListOf,
    Literal,
    Logic,
    Membership,
    Negation,
    Node,
    Path,
    RangeOf,
)


def parts(node: Node) -> Iterator[Node]:
    """Those of a node that neither computes, compares, calls nor binds names."""
    if isinstance(node, Negation):
        yield node.operand
    elif isinstance(node, Logic | ListOf):
        yield from node.items
    elif isinstance(node, InstanceOf):
        yield node.value
    elif isinstance(node, Path):
        yield node.base
    elif isinstance(node, RangeOf):
        yield from (end for end in (node.low, node.high) if end is not None)
    elif isinstance(node, Membership):
        yield node.value
        yield from (test.operand for test in node.tests)


def nodes_in(root: object) -> Iterator[object]:
    """Every node of an expression, or of several, each with what is inside of it."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, tuple):
            waiting += cast("tuple[object, ...]", node)
        elif is_dataclass(node) and not isinstance(node, type):
            yield node
            if not isinstance(node, Literal):
                waiting += [getattr(node, each.name) for each in fields(node)]


def inside_of(node: object) -> list[object]:
    """The nodes directly inside of one, or of several."""
    if isinstance(node, tuple):
        return list(cast("tuple[object, ...]", node))
    if not is_dataclass(node) or isinstance(node, type | Literal):
        return []
    return [getattr(node, each.name) for each in fields(node)]
