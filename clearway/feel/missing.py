"""Which values an expression counts on, so that it can stop where one of them is missing.

It counts on what it computes with, calls a built-in function with that does not take null, or
compares, unless that is by `=` or `in` with constants: whether a value is `true` or `"a"` is a
question that no value answers as well. What it puts into a list, a context or a function may be
null; when nothing comes out in the end, that was the reason.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from enum import Enum, auto
from typing import cast

from clearway.feel.builtins.catalogue import BUILTINS
from clearway.feel.compile_names import root_path
from clearway.feel.compile_tests import any_of
from clearway.feel.compiler import Compiler
from clearway.feel.constants import settled
from clearway.feel.errors import FeelMissingValueError, place_of
from clearway.feel.frame import Code, Frame
from clearway.feel.inside import inside_of, nodes_in
from clearway.feel.scope import EMPTY, Maker, Scope
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
from clearway.feel.types import Type
from clearway.feel.values import is_context, is_list


class Use(Enum):
    """What becomes of a value: it is computed with, put into something, or asked whether it is."""

    NEEDED = auto()
    PUT = auto()
    ASKED = auto()


NEEDED, PUT, ASKED = Use.NEEDED, Use.PUT, Use.ASKED
OF_ALL = frozenset(("sum", "product", "mean", "median", "stddev", "min", "max"))
"""Functions that answer null when one of the values they are given is null."""
NULL_FOR_NULL = OF_ALL | {"not", "string"}


def lacks(
    paths: Iterable[tuple[str, ...]], in_filters: Iterable[str], context: Mapping[str, object]
) -> bool:
    """Whether some value at the end of these paths may be null; at little cost.

    A name `in_filters` may go on to a component of what it stands for.
    """
    for path in paths:
        value: object = context
        for key in path:
            if not is_context(value) or (value is context and key not in context):
                break
            value = value.get(key)
        else:
            if value is None:
                return True
        if value is None:
            return True
    values = (context[name] for name in in_filters if name in context)
    return any(value is None or is_context(value) for value in values)


def sure_expression(
    tree: Node, text: str, types: Mapping[str, Type], hidden: Collection[str], is_handed_on: bool
) -> tuple[Code, int]:
    """The code of an expression and its slots; it raises FeelMissingValueError.

    Where a value `is_handed_on`, to be a part of a larger one, it may be null. A missing value that
    is put into another is left in the run.
    """
    compiler = _Sure(text, types, _uses(tree, PUT if is_handed_on else NEEDED), hidden)
    code = compiler.code(tree, EMPTY)
    return code, compiler.uses.slots


def sure_tests(tests: tuple[Test, ...], text: str, types: Mapping[str, Type]) -> tuple[Code, int]:
    """The same for the tests of a cell, not negated: a value that is missing matters only where
    no other test holds."""
    nodes = (use for test in tests for use in _of_test(test))
    compiler = _Sure(text, types, nodes, ())
    slot = compiler.uses.new_slot()
    scope = EMPTY.with_names({"?": slot})
    codes = [any_of((test,), slot, scope, compiler) for test in tests]
    return _any(codes, True), compiler.uses.slots


class _Sure(Compiler):
    """Compiles so that a value that is counted on and missing is an error."""

    def __init__(
        self,
        text: str,
        types: Mapping[str, Type],
        uses: Iterable[tuple[Node, Use]],
        hidden: Collection[str],
    ) -> None:
        super().__init__(text, types)
        # By identity: the same name may be asked for null in one place and counted on in another.
        self._use = {id(node): use for node, use in uses}
        self._hidden = hidden

    def code(self, node: Node, scope: Scope) -> Code:
        """The closure that gives the node's value."""
        if isinstance(node, Logic):
            return _any([self.code(item, scope) for item in node.items], node.word == "or")
        code, use = super().code(node, scope), self._use.get(id(node))
        if use is None:
            return code
        path = root_path(node)
        if path is None:
            return _component(code, cast(Path, node), self)
        if path[0] in BUILTINS or path[0] in self._hidden:
            return code
        slot, items = scope.find(path[0])
        return code if slot is not None else _present(code, path, items, node.at, self, use)


def _present(
    code: Code, path: tuple[str, ...], items: tuple[int, ...], at: int, maker: Maker, use: Use
) -> Code:
    text, root = maker.uses.text, path[0]

    def run(frame: Frame) -> object:
        value = code(frame)
        if (
            value is None
            and root in frame.context
            and not any(_has(frame.slots[slot], root) for slot in items)
        ):
            error = FeelMissingValueError(".".join(path), text, place_of(text, at))
            if use is NEEDED:
                raise error
            frame.run.missing = frame.run.missing or error
        return value

    return run


def _component(code: Code, node: Path, maker: Maker) -> Code:
    """A component of what an expression finds, which is computed with."""
    text = maker.uses.text

    def run(frame: Frame) -> object:
        value = code(frame)
        if value is None:
            # What was put into it before is the reason, if something was.
            raise frame.run.missing or FeelMissingValueError(
                node.name, text, place_of(text, node.at)
            )
        return value

    return run


def goes_in(tree: Node) -> bool:
    """Whether it asks for a component of something that it has found or made itself."""
    return any(isinstance(node, Path) and root_path(node) is None for node in nodes_in(tree))


def is_nothing(value: object) -> bool:
    """Null, or a list without items."""
    return value is None or (is_list(value) and not value)


def null_inside(
    paths: Iterable[tuple[str, ...]], context: Mapping[str, object], text: str
) -> FeelMissingValueError | None:
    """The list at the end of a path that lacks an item or a part of one, as an error."""
    for path in paths:
        value: object = context
        for key in path:
            # The path goes on through each item of a list.
            if not is_context(value):
                break
            value = value.get(key)
        if is_list(value) and any(map(_lacks_something, value)):
            return FeelMissingValueError(".".join(path), text, place_of(text, 0))
    return None


def _lacks_something(item: object) -> bool:
    return item is None or (is_context(item) and None in item.values())


def _has(item: object, name: str) -> bool:
    """Whether a name is an entry of a filtered item, in which null is a value."""
    return is_context(item) and name in item


def _any(codes: list[Code], decides: bool) -> Code:
    """`or`, or `and` where false decides: what is missing matters when nothing else decides."""

    def run(frame: Frame) -> object:
        unknown, missing = False, None
        for code in codes:
            try:
                value = code(frame)
            except FeelMissingValueError as error:
                missing = missing or error
                continue
            if value is decides:
                return decides
            unknown = unknown or value is not (not decides)
        if missing is not None:
            raise missing
        return None if unknown else not decides

    return run


def _uses(node: Node, use: Use) -> Iterator[tuple[Node, Use]]:
    """The names and paths of an expression, with what becomes of their values.

    `use` is what becomes of the value of the node itself.
    """
    if isinstance(node, Name | Path) and root_path(node) is not None:
        if use is not ASKED:
            yield node, use
        return
    if isinstance(node, Path) and use is NEEDED:
        yield node, use
    for inner, inner_use in _parts(node, use):
        yield from _uses(inner, inner_use)


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
        yield node.value, ASKED if all(map(_is_of_constants, node.tests)) else NEEDED
        yield from (part for test in node.tests for part in _tested(test))
    elif isinstance(node, InstanceOf):
        yield node.value, ASKED
    elif isinstance(node, Path):
        yield node.base, NEEDED
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
    if function is None and not isinstance(node.function, Name | Path):
        yield node.function, PUT


def _of_test(test: Test) -> Iterator[tuple[Node, Use]]:
    for node, use in _tested(test):
        yield from _uses(node, use)


def _tested(test: Test) -> Iterator[tuple[Node, Use]]:
    """What a test needs to compare with; each item of a list is a test of its own."""
    if isinstance(test.operand, ListOf):
        yield from ((item, NEEDED) for item in test.operand.items)
    else:
        yield test.operand, NEEDED


def given_paths(nodes: Iterable[object]) -> frozenset[tuple[str, ...]]:
    """The paths that expressions ask for, the longest ones only; bound names are among them."""
    found: set[tuple[str, ...]] = set()
    for root in nodes:
        waiting = [root]
        while waiting:
            node = waiting.pop()
            path = root_path(node) if isinstance(node, Name | Path) else None
            if path is not None:
                found |= {path} if path[0] not in BUILTINS else set()
                continue
            waiting += inside_of(node)
    return frozenset(found)


def given_to(tree: Node, function: str, place: int, parameter: str) -> str | None:
    """The path that a call of a function gives for a parameter; None where it gives another."""
    for node in nodes_in(tree):
        if isinstance(node, Call) and ".".join(root_path(node.function) or ()) == function:
            named = dict(node.named)
            given = named.get(parameter) if named else None
            if not named and place < len(node.arguments):
                given = node.arguments[place]
            path = root_path(given) if given is not None else None
            if path is not None:
                return ".".join(path)
    return None


def _is_of_constants(test: Test) -> bool:
    """Whether a test asks whether a value is one of some constants, which null is as well."""
    inside = test.operand.items if isinstance(test.operand, ListOf) else (test.operand,)
    return test.operator in ("", "=", "!=") and all(settled(it) is not None for it in inside)
