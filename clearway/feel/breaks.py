"""Where the answer of unary tests can change, so that tables can be checked for gaps."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from clearway.feel.compiler import Compiler
from clearway.feel.errors import FeelError
from clearway.feel.frame import Frame
from clearway.feel.inside import nodes_in
from clearway.feel.limits import DEFAULT_LIMITS, Run
from clearway.feel.scope import EMPTY
from clearway.feel.syntax import (
    Between,
    Call,
    Comparison,
    ListOf,
    Literal,
    Logic,
    Membership,
    Name,
    Negation,
    Node,
    RangeOf,
    Test,
)
from clearway.feel.values import Function, Range, is_context, is_list

MAKERS = frozenset(("date", "time", "date and time", "duration", "years and months duration"))
CONDITIONS = (Logic, Comparison, Between, Membership)
CLOCKS = frozenset(("now", "today"))


@dataclass(frozen=True, slots=True)
class Breaks:
    """`values` are those that are compared for equality, `limits` those that are an end of a range.

    `exact` says that the answer is the same for all values of one type between two neighbours;
    otherwise the values are samples only. `timeless` says that it does not ask what time it is.
    """

    values: tuple[object, ...]
    limits: tuple[object, ...]
    exact: bool
    timeless: bool


class _Computed(Exception):
    """The tests do more than compare with constants."""


def breaks_of(tests: Iterable[Test]) -> Breaks:
    """The breaks of the tests of a cell, negated or not."""
    tests = tuple(tests)
    values: list[object] = []
    limits: list[object] = []
    try:
        for test in tests:
            _test(test, values, limits)
    except _Computed:
        inside = [node for test in tests for node in nodes_in(test)]
        samples = [node.value for node in inside if isinstance(node, Literal)]
        timeless = not any(isinstance(node, Name) and node.name in CLOCKS for node in inside)
        return Breaks(tuple(samples), tuple(samples), False, timeless)
    return Breaks(tuple(values), tuple(limits), True, True)


def _test(test: Test, values: list[object], limits: list[object]) -> None:
    operand = test.operand
    if test.operator in ("", "=") and isinstance(operand, RangeOf):
        limits += [_constant(end) for end in (operand.low, operand.high) if end is not None]
    elif test.operator in ("", "=", "!=") and isinstance(operand, ListOf):
        for item in operand.items:
            _test(Test("", item, item.at), values, limits)
    elif test.operator == "" and (isinstance(operand, CONDITIONS) or _is_not(operand)):
        _condition(operand, values, limits)
    else:
        (values if test.operator in ("", "=", "!=") else limits).append(_constant(operand))


def _condition(node: Node, values: list[object], limits: list[object]) -> None:
    if isinstance(node, Logic):
        for item in node.items:
            _condition(item, values, limits)
    elif isinstance(node, Comparison):
        other = node.right if _is_input(node.left) else node.left
        if not (_is_input(node.left) or _is_input(node.right)):
            raise _Computed
        (values if node.operator in ("=", "!=") else limits).append(_constant(other))
    elif isinstance(node, Between) and _is_input(node.value):
        limits += [_constant(node.low), _constant(node.high)]
    elif isinstance(node, Membership) and _is_input(node.value):
        for test in node.tests:
            _test(test, values, limits)
    elif _is_not(node):
        _condition(cast(Call, node).arguments[0], values, limits)
    else:
        raise _Computed


def _is_input(node: Node) -> bool:
    return isinstance(node, Name) and node.name == "?"


def _is_not(node: Node) -> bool:
    return (
        isinstance(node, Call)
        and isinstance(node.function, Name)
        and node.function.name == "not"
        and len(node.arguments) == 1
    )


def _constant(node: Node) -> object:
    """The value of a literal, or of a date, time or duration made from literals."""
    if isinstance(node, Literal):
        return node.value
    if not _is_settled(node):
        raise _Computed
    compiler = Compiler("", {})
    try:
        code = compiler.code(node, EMPTY)
        value = code(Frame({}, [None] * compiler.uses.slots, Run(DEFAULT_LIMITS, None)))
    except FeelError as error:
        raise _Computed from error
    if is_list(value) or is_context(value) or isinstance(value, Function | Range):
        raise _Computed
    return value


def _is_settled(node: Node) -> bool:
    if isinstance(node, Negation):
        return _is_settled(node.operand)
    if isinstance(node, Call):
        made = isinstance(node.function, Name) and node.function.name in MAKERS
        return made and not node.named and all(map(_is_settled, node.arguments))
    return isinstance(node, Literal)
