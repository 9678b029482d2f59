"""The expressions directly inside of an expression that see the same names as it does."""

from collections.abc import Iterator

from clearway.feel.syntax import (
    InstanceOf,
    ListOf,
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
