"""Writes syntax trees of FEEL as text, with brackets only where the grammar asks for them."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from clearway.feel import YearsMonths
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
    Iterator,
    ListOf,
    Literal,
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
from clearway.feel.temporal import temporal_text
from clearway.feel.types import ContextType, FunctionType, ListType, Named, RangeType, Type

WHOLE, OR, AND, COMPARED, SUM, PRODUCT, POWER, NEGATED, TYPED, LINKED = range(10)
SUMS, PRODUCTS = frozenset("+-"), frozenset("*/")


def printed(node: Node) -> str:
    """The text of a tree."""
    return _any(node, WHOLE)


def _any(node: Node, least: int) -> str:
    strength, text = _told(node)
    return text if strength >= least else f"({text})"


def _told(node: Node) -> tuple[int, str]:
    """How strongly the parts of a node hold together, and its text."""
    if isinstance(node, If | For | Quantified | FunctionOf):
        return WHOLE, _worded(node)
    if isinstance(node, Logic):
        own = OR if node.word == "or" else AND
        return own, f" {node.word} ".join(_any(item, own + 1) for item in node.items)
    if isinstance(node, Comparison | Between | Membership):
        return COMPARED, _compared(node)
    if isinstance(node, Arithmetic):
        return _arithmetic(node)
    if isinstance(node, Negation):
        return NEGATED, f"-{_any(node.operand, NEGATED)}"
    if isinstance(node, InstanceOf):
        return TYPED, f"{_any(node.value, TYPED)} instance of {type_text(node.type)}"
    return LINKED, _linked(node)


def _worded(node: If | For | Quantified | FunctionOf) -> str:
    if isinstance(node, If):
        condition, then = printed(node.condition), printed(node.then)
        return f"if {condition} then {then} else {printed(node.otherwise)}"
    if isinstance(node, For):
        return f"for {_iterators(node.iterators)} return {printed(node.body)}"
    if isinstance(node, Quantified):
        return f"{node.word} {_iterators(node.iterators)} satisfies {printed(node.condition)}"
    parameters = (
        name if wanted is None else f"{name}: {type_text(wanted)}"
        for name, wanted in node.parameters
    )
    return f"function({', '.join(parameters)}) {printed(node.body)}"


def _iterators(iterators: tuple[Iterator, ...]) -> str:
    return ", ".join(
        f"{each.name} in {printed(each.source)}"
        + ("" if each.last is None else f" .. {printed(each.last)}")
        for each in iterators
    )


def _compared(node: Comparison | Between | Membership) -> str:
    if isinstance(node, Comparison):
        return f"{_any(node.left, SUM)} {node.operator} {_any(node.right, SUM)}"
    value = _any(node.value, SUM)
    if isinstance(node, Between):
        return f"{value} between {_any(node.low, SUM)} and {_any(node.high, SUM)}"
    if len(node.tests) == 1:
        return f"{value} in {_test(node.tests[0], SUM)}"
    return f"{value} in ({', '.join(_test(test, WHOLE) for test in node.tests)})"


def _test(test: Test, least: int) -> str:
    if test.operator:
        return f"{test.operator} {_any(test.operand, SUM)}"
    return _any(test.operand, least)


def _arithmetic(node: Arithmetic) -> tuple[int, str]:
    sign = node.rest[0][0]
    own = SUM if sign in SUMS else PRODUCT if sign in PRODUCTS else POWER
    rest = "".join(f" {sign} {_any(item, own + 1)}" for sign, item in node.rest)
    return own, _any(node.first, own + 1) + rest


def _linked(node: Node) -> str:
    if isinstance(node, Path):
        return f"{_any(node.base, LINKED)}.{node.name}"
    if isinstance(node, Filter):
        return f"{_any(node.base, LINKED)}[{printed(node.condition)}]"
    if isinstance(node, Call):
        given = [printed(each) for each in node.arguments]
        given += [f"{name}: {printed(each)}" for name, each in node.named]
        return f"{_any(node.function, LINKED)}({', '.join(given)})"
    if isinstance(node, ListOf):
        return f"[{', '.join(map(printed, node.items))}]"
    if isinstance(node, ContextOf):
        entries = (f"{_key(key)}: {printed(value)}" for key, value in node.entries)
        return "{" + ", ".join(entries) + "}"
    if isinstance(node, RangeOf):
        return _range(node)
    if isinstance(node, Name):
        return node.name
    assert isinstance(node, Literal)
    return _literal(node.value)


def _range(node: RangeOf) -> str:
    if node.low is None:
        assert node.high is not None
        return f"(<{'=' * node.high_included} {_any(node.high, SUM)})"
    if node.high is None:
        return f"(>{'=' * node.low_included} {_any(node.low, SUM)})"
    start, end = "[" if node.low_included else "(", "]" if node.high_included else ")"
    return f"{start}{printed(node.low)} .. {printed(node.high)}{end}"


def _key(key: str) -> str:
    return key if key.isidentifier() and key.isascii() else _quoted(key)


def _literal(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, str):
        return _quoted(value)
    assert isinstance(value, date | time | datetime | timedelta | YearsMonths)
    return f'@"{temporal_text(value)}"'


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def type_text(wanted: Type) -> str:
    """The text of a type."""
    if isinstance(wanted, Named):
        return wanted.name
    if isinstance(wanted, ListType | RangeType):
        word = "list" if isinstance(wanted, ListType) else "range"
        return f"{word}<{type_text(wanted.item)}>"
    if isinstance(wanted, ContextType):
        fields = (f"{key}: {type_text(field)}" for key, field in wanted.fields)
        return f"context<{', '.join(fields)}>"
    assert isinstance(wanted, FunctionType)
    parameters = ", ".join(map(type_text, wanted.parameters))
    return f"function<{parameters}> -> {type_text(wanted.result)}"
