"""What becomes of the values of an expression's parts, which tells whether one may be null.

It counts on what it computes with, calls a built-in function with that does not take null, or
compares, unless that is by `=` or `in` with constants: whether a value is `true` or `"a"` is a
question that no value answers as well. What it puts into a list, a context or a function may be
null.
"""

from collections.abc import Iterator
from enum import Enum, auto

from clearway.feel.builtins.catalogue import BUILTINS
from clearway.feel.compile_names import root_path
from clearway.feel.constants import settled
from clearway.feel.syntax import (
    Arithmetic,
    Between,
    Call,
    Comparison,
    ContextOf,
    Filter,
    For,
    FunctionOf,
    If,
    InstanceOf,
    ListOf,
    Logic,
    Membership,
    Name,
    Negation,
    Node,
    Path,
    Quantified,
    RangeOf,
    Test,
)


class Use(Enum):
    """What becomes of a value: it is computed with, put into something, or asked whether it is."""

    NEEDED = auto()
    PUT = auto()
    ASKED = auto()


NEEDED, PUT, ASKED = Use.NEEDED, Use.PUT, Use.ASKED
OF_ALL = frozenset(("sum", "product", "mean", "median", "stddev", "min", "max"))
"""Functions that answer null when one of the values they are given is null."""
NULL_FOR_NULL = OF_ALL | {"not", "string"}


def uses_of(node: Node, use: Use) -> Iterator[tuple[Node, Use]]:
    """What an expression finds: names, components, items, answers of calls, and what they are for.

    `use` is what becomes of the value of the node itself.
    """
    if isinstance(node, Name | Path) and root_path(node) is not None:
        if use is not ASKED:
            yield node, use
        return
    if isinstance(node, Path | Filter | Call) and use is NEEDED:
        yield node, use
    for inner, inner_use in _parts(node, use):
        yield from uses_of(inner, inner_use)


def _parts(node: Node, use: Use) -> Iterator[tuple[Node, Use]]:
    """What is inside of a node, and what becomes of its value."""
    if isinstance(node, Arithmetic):
        yield from ((each, NEEDED) for each in (node.first, *(item for _, item in node.rest)))
    elif isinstance(node, Negation):
        yield node.operand, NEEDED
    elif isinstance(node, Logic):
        yield from ((each, NEEDED) for each in node.items)
    elif isinstance(node, Comparison):
        is_equality = node.operator in ("=", "!=")
        for each, other in ((node.left, node.right), (node.right, node.left)):
            yield each, ASKED if is_equality and settled(other) is not None else NEEDED
    elif isinstance(node, Between):
        yield from ((each, NEEDED) for each in (node.value, node.low, node.high))
    elif isinstance(node, Membership):
        is_asked = all(map(_is_of_constants, node.tests)) or any(map(_is_of_null, node.tests))
        yield node.value, ASKED if is_asked else NEEDED
        yield from (part for test in node.tests for part in _tested(test))
    elif isinstance(node, InstanceOf):
        yield node.value, ASKED
    elif isinstance(node, Path):
        yield node.base, use
    elif isinstance(node, Call):
        yield from _given(node, use)
    elif isinstance(node, RangeOf):
        yield from ((each, NEEDED) for each in (node.low, node.high) if each is not None)
    elif isinstance(node, If):
        yield node.condition, NEEDED
        yield node.then, use
        yield node.otherwise, use
    else:
        yield from _parts_that_bind(node, ASKED if use is ASKED else PUT)


def _parts_that_bind(node: Node, inside: Use) -> Iterator[tuple[Node, Use]]:
    if isinstance(node, ListOf):
        yield from ((each, inside) for each in node.items)
    elif isinstance(node, ContextOf):
        yield from ((each, inside) for _, each in node.entries)
    elif isinstance(node, Filter):
        yield node.base, NEEDED
        yield node.condition, NEEDED
    elif isinstance(node, FunctionOf):
        yield node.body, inside
    elif isinstance(node, For | Quantified):
        for each in node.iterators:
            yield from ((it, NEEDED) for it in (each.source, each.last) if it is not None)
        if isinstance(node, For):
            yield node.body, inside
        else:
            yield node.condition, NEEDED


def _given(node: Call, use: Use) -> Iterator[tuple[Node, Use]]:
    """The arguments of a call; a function that is not built in may look for null itself."""
    name = node.function.name if isinstance(node.function, Name) else ""
    function = BUILTINS.get(name)
    by_place = [(str(index), it) for index, it in enumerate(node.arguments)]
    for key, argument in (*by_place, *node.named):
        takes_null = function is None or (
            name not in NULL_FOR_NULL and function.takes_null(key, len(node.arguments))
        )
        yield argument, NEEDED if not takes_null else ASKED if use is ASKED else PUT
        if name in OF_ALL and isinstance(argument, ListOf):
            yield from ((item, NEEDED) for item in argument.items)
    if function is None:
        yield node.function, NEEDED


def uses_of_test(test: Test) -> Iterator[tuple[Node, Use]]:
    for node, use in _tested(test):
        yield from uses_of(node, use)


def _tested(test: Test) -> Iterator[tuple[Node, Use]]:
    """What a test needs to compare with; each item of a list is a test of its own."""
    if isinstance(test.operand, ListOf):
        yield from ((item, NEEDED) for item in test.operand.items)
    else:
        yield test.operand, NEEDED


def _is_of_constants(test: Test) -> bool:
    """Whether a test asks whether a value is one of some constants, which null is as well."""
    inside = test.operand.items if isinstance(test.operand, ListOf) else (test.operand,)
    return test.operator in ("", "=", "!=") and all(settled(it) is not None for it in inside)


def _is_of_null(test: Test) -> bool:
    """Whether a test asks for null on purpose, which decides where the value is missing."""
    found = settled(test.operand)
    return test.operator in ("", "=") and found is not None and found.value is None
