"""The short ways of constants and direct calls answer as the general ones do.

Constants are read from the context on the general way, and built-in functions are found there, as a
caller's own would be.
"""

import itertools
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from feel_printing import printed
from feel_trees import trees
from hypothesis import given

from clearway.feel import FeelError, YearsMonths, compile_expression, compile_unary_tests
from clearway.feel.builtins.catalogue import BUILTINS
from clearway.feel.syntax import Literal, Name, Node
from clearway.feel.syntax import Test as UnaryTest
from clearway.feel.temporal import parse_date_time

NOW = datetime(2026, 3, 1, tzinfo=UTC)
VALUES: dict[str, object] = {
    "nothing": None, "yes": True, "no": False, "one": Decimal(1), "rounded": Decimal("1.00"),
    "whole": 1, "floating": 1.5, "minus": Decimal(-2), "text": "a", "empty": "", "long": "x" * 40,
    "day": date(2026, 3, 1), "moment": NOW, "hour": time(10), "days": timedelta(days=1),
    "months": YearsMonths(1), "listed": [Decimal(1)], "texts": ["a", None, True], "none": [],
    "nested": [["a"], [1]], "inner": {"a": "a"}, "strange": ("a", 1),
}  # fmt: skip
CONSTANTS: dict[str, object] = {
    '"a"': "a", f'"{"x" * 40}"': "x" * 40, '""': "", "1": Decimal(1), "-2": Decimal(-2),
    "1.0": Decimal("1.0"), "true": True, "false": False, "null": None,
    '@"2026-03-01"': date(2026, 3, 1), '@"P1D"': timedelta(days=1),
}  # fmt: skip
OPERATORS = ("=", "!=", "<", "<=", ">", ">=")
# No text reads as a name here that a tree or a context has.
HIDDEN = "constant"
CONTEXTS: tuple[Mapping[str, object], ...] = (
    {"a": {"b": 1, "c": [1, "a"]}, "b": [3, True, None], "c": "a", "d": 2, "z": NOW, "a-b": 1.5},
    {"a": "a", "b": Decimal(2), "c": None, "d": [["a"]], "first value": True, "b+": date.max},
)


def ending(text: str, context: Mapping[str, object], tested: object = None, cell: bool = False):
    """The value, or the kind of error; a number by how it is written, a boolean as itself."""
    names = [*context, "first value", "a-b", "b+"]
    try:
        if cell:
            return repr(compile_unary_tests(text, names).matches(tested, context, now=NOW))
        value = compile_expression(text, names).evaluate(context, now=NOW)
    except FeelError as error:
        return type(error).__name__
    return type(value) if callable(getattr(value, "call", None)) else repr(value)


@pytest.mark.parametrize("operator", OPERATORS)
def test_a_comparison_with_a_constant_answers_as_with_a_value(operator: str):
    for (text, constant), (name, value) in itertools.product(CONSTANTS.items(), VALUES.items()):
        context = {**VALUES, "record": {"x": value}, HIDDEN: constant}

        for left in (name, "record.x", "record.missing"):
            short = ending(f"{left} {operator} {text}", context)

            assert short == ending(f"{left} {operator} {HIDDEN}", context), (left, value, text)


def test_in_looks_up_what_it_would_have_asked_for():
    pairs = itertools.combinations(CONSTANTS.items(), 2)
    for ((one, first), (other, second)), value in itertools.product(pairs, VALUES.values()):
        context = {"x": value, "first": first, "second": second}

        short = ending(f"x in (= {one}, = {other})", context)

        assert short == ending("x in (= first, = second)", context), (value, one, other)
        assert ending(f"{one}, {other}", {}, value, cell=True) == short, (value, one, other)
        assert short == ending(f"x = {one} or x = {other}", context), (value, one, other)


@pytest.mark.parametrize("low", ["[", "("])
@pytest.mark.parametrize("high", ["]", ")"])
def test_a_range_test_answers_as_the_range_does(low: str, high: str):
    ends = ("one", "minus", "whole", "floating", "nothing", "day", "text", "days")
    for (first, last), value in itertools.product(itertools.product(ends, ends), VALUES.values()):
        ranged = f"{low}{first}..{last}{high}"
        limits = compile_expression(ranged).evaluate(VALUES)

        short = ending(ranged, VALUES, value, cell=True)

        general = ending("limits", {"limits": limits}, value, cell=True)
        assert short == (general if limits is not None else "None"), (ranged, value)


@pytest.mark.parametrize("sign", ["+", "-", "*", "/", "**"])
def test_arithmetic_with_a_constant_answers_as_with_a_value(sign: str):
    for (text, constant), value in itertools.product(CONSTANTS.items(), VALUES.values()):
        context = {"x": value, HIDDEN: constant}

        assert ending(f"x {sign} {text}", context) == ending(f"x {sign} {HIDDEN}", context)


def test_a_direct_call_answers_as_a_call_of_the_callers_function_does():
    for word, function in BUILTINS.items():
        calls = [*itertools.product(VALUES), *itertools.product(VALUES, list(VALUES)[::3])]
        for arguments in calls:
            text = f"{word}({', '.join(arguments)})"

            general = ending(text, {**VALUES, word: function})

            assert ending(text, VALUES) == general, text


@given(trees)
def test_random_trees_answer_the_same_both_ways(tree: Node):
    constants: dict[str, object] = {}
    general = general_tree(tree, constants)

    for context in CONTEXTS:
        bound = {**BUILTINS, **context, **constants}
        assert ending(printed(tree), context) == ending(printed(general), bound)


def general_tree(node: Any, constants: dict[str, object]) -> Any:
    """The tree with names for its constants, where a constant has no meaning of its own."""
    if isinstance(node, Literal):
        name = f"{HIDDEN}{len(constants)}"
        constants[name] = node.value
        return Name(name, 0)
    if isinstance(node, tuple):
        return tuple(general_tree(each, constants) for each in node)
    if isinstance(node, UnaryTest) and not node.operator and isinstance(node.operand, Literal):
        return node
    if not is_dataclass(node) or isinstance(node, type):
        return node
    changed = {
        each.name: general_tree(getattr(node, each.name), constants)
        for each in fields(node)
        if each.name not in ("source", "type", "parameters")
    }
    return replace(node, **changed)


def test_a_list_of_constants_is_a_new_one_each_time():
    compiled = compile_expression('["a", 1]')
    first = compiled.evaluate({})
    assert isinstance(first, list)

    first.append("changed")

    assert compiled.evaluate({}) == ["a", 1]


def test_a_number_below_a_minus_keeps_its_digits_in_an_index():
    number = "-1234567890123456789012345678901234"

    assert compile_unary_tests(number).constants == (Decimal(number),)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-03-01T10:30:00+01:00", "2026-03-01T09:30:00+00:00"),
        ("2026-03-01T10:30:00.5Z", "2026-03-01T10:30:00.500000+00:00"),
        ("2026-02-30T10:30:00", None),
        ("2026-03-01T24:00:00", "2026-03-02T00:00:00"),
        ("2026-03-01T24:00:01", None),
        ("2026-03-01T10:30:00+18:30", None),
        ("2026-03-01T10:30", None),
        ("20260301T103000", None),
    ],
)
def test_a_plain_date_and_time_is_read_as_the_standard_says(text: str, value: str | None):
    wanted = datetime.fromisoformat(value) if value is not None else None

    assert parse_date_time(text) == wanted
