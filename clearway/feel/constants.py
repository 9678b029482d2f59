"""Which values are known beforehand, so that they need not be asked for each time."""

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import cast

from clearway.feel.limits import TEXT_PER_STEP
from clearway.feel.syntax import (
    Call,
    Filter,
    For,
    FunctionOf,
    ListOf,
    Literal,
    Name,
    Negation,
    Node,
    Quantified,
    RangeOf,
    Test,
)
from clearway.feel.text import feel_text
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


def reading_of(node: Call) -> str | None:
    """How a call of a built-in function reads whose value is known beforehand.

    It is given literals, lists of them, and functions that see nothing but their parameters.
    """
    given = [*(("", it) for it in node.arguments), *((f"{name}: ", it) for name, it in node.named)]
    told = [(name, _told(it)) for name, it in given]
    if not isinstance(node.function, Name) or not told or any(text is None for _, text in told):
        return None
    return f"{node.function.name}({', '.join(f'{name}{text}' for name, text in told)})"


def never_sorts(node: Call) -> str | None:
    """How a call of `sort` reads whose function does not take two items, whatever its list."""
    given = dict(zip(("list", "precedes"), node.arguments, strict=False)) | dict(node.named)
    order = given.get("precedes")
    if not isinstance(order, FunctionOf) or len(order.parameters) == 2:
        return None
    return f"sort(..., {order.source})"


def _told(node: Node) -> str | None:
    """The text of a value that is known beforehand; none of null, which is meant to be null."""
    if isinstance(node, ListOf):
        items = [_told(item) for item in node.items]
        return None if None in items else f"[{', '.join(map(str, items))}]"
    if isinstance(node, FunctionOf):
        own = frozenset(name for name, _ in node.parameters)
        return node.source if _sees_only(node.body, own) else None
    found = settled(node)
    return None if found is None or found.value is None else feel_text(found.value)


def _sees_only(node: object, names: frozenset[str]) -> bool:
    """Whether a body asks for these names only, and binds none of its own."""
    if isinstance(node, Name):
        return node.name in names
    if isinstance(node, tuple):
        return all(_sees_only(each, names) for each in cast("tuple[object, ...]", node))
    if isinstance(node, Filter | For | Quantified | FunctionOf | Call):
        return False
    if not is_dataclass(node) or isinstance(node, Literal | type):
        return True
    return all(_sees_only(getattr(node, each.name), names) for each in fields(node))


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
