"""Which values are known beforehand, so that they need not be asked for each time."""

from collections.abc import Iterable
from decimal import Decimal

from clearway.feel.limits import TEXT_PER_STEP
from clearway.feel.syntax import ListOf, Literal, Negation, Node, RangeOf, Test
from clearway.feel.values import NUMBERS, Range

Constant = Decimal | str | bool | Range


def settled(node: Node) -> Literal | None:
    """A literal, or a number with a minus sign as one."""
    if isinstance(node, Literal):
        return node
    number = _number(node)
    return Literal(number, node.at) if number is not None else None


def is_plain(value: object) -> bool:
    """Whether Python compares other values of its type with it as FEEL does, at no cost."""
    if type(value) is str:
        return len(value) <= TEXT_PER_STEP
    return value is None or type(value) in (Decimal, bool)


def constants_of(negated: bool, tests: Iterable[Test]) -> tuple[Constant, ...] | None:
    """What the tests of a cell accept: numbers, texts, booleans and ranges of numbers.

    None when there is more to it than that; an input of another kind is never accepted.
    """
    if negated:
        return None
    found = [_constant(test) for test in tests]
    constants = tuple(each for each in found if each is not None)
    return constants if constants and len(constants) == len(found) else None


def _constant(test: Test) -> Constant | None:
    if test.operator in ("", "="):
        return _range(test.operand) if isinstance(test.operand, RangeOf) else _scalar(test.operand)
    if test.operator == "!=" or isinstance(test.operand, ListOf):
        return None
    limit = _number(test.operand)
    if limit is None:
        return None
    included = test.operator.endswith("=")
    if test.operator.startswith("<"):
        return Range(None, limit, False, included)
    return Range(limit, None, included, False)


def _range(node: RangeOf) -> Range | None:
    low = _number(node.low) if node.low is not None else None
    high = _number(node.high) if node.high is not None else None
    if (low is None and node.low is not None) or (high is None and node.high is not None):
        return None
    return Range(low, high, node.low_included, node.high_included)


def _scalar(node: Node) -> Constant | None:
    found = settled(node)
    value = found.value if found is not None else None
    return value if isinstance(value, bool | str | Decimal) else None


def _number(node: Node) -> Decimal | None:
    if isinstance(node, Negation):
        inner = _number(node.operand)
        return None if inner is None else NUMBERS.minus(inner)
    return node.value if isinstance(node, Literal) and isinstance(node.value, Decimal) else None
