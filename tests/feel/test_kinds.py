"""What is said of an expression by the kinds of its names holds for its values."""

from datetime import date
from decimal import Decimal

from feel_printing import printed
from feel_trees import NAMES, trees
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.feel import Expression, FeelError, UnaryTests
from clearway.feel.expression import compile_typed_expression, compile_typed_unary_tests
from clearway.feel.kinds import kind_given, never_passed
from clearway.feel.syntax import Node
from clearway.feel.values import kind

VALUES = {"a": Decimal(3), "b": "2026-02-28", "c": True, "d": date(2026, 1, 1)}


def kind_of(path: tuple[str, ...]) -> str | None:
    return kind(VALUES[path[0]]) if len(path) == 1 and path[0] in VALUES else None


def value_of(expression: Expression) -> object:
    try:
        return expression.evaluate(VALUES)
    except FeelError:
        return None


def is_passed(tests: UnaryTests, value: object) -> bool:
    try:
        return tests.matches(value, VALUES) is True
    except FeelError:
        return False


@settings(max_examples=100, deadline=None)
@given(trees)
def test_a_value_is_of_the_kind_that_is_said_or_null(tree: Node):
    expression = compile_typed_expression(printed(tree), NAMES, {})

    said, value = kind_given(expression.tree, kind_of), value_of(expression)

    assert said is None or value is None or kind(value) == said


@settings(max_examples=80, deadline=None)
@given(trees, st.sampled_from(("", "= ", "< ", ">= ")), st.sampled_from(sorted(VALUES)))
def test_a_test_that_is_never_true_is_not_true(tree: Node, operator: str, name: str):
    tests = compile_typed_unary_tests(f"{operator}({printed(tree)})", NAMES, {})

    _, causes = never_passed(tests.tree, lambda path: kind_of((name,) if path == ("?",) else path))

    assert len(causes) < len(tests.tree) or not tests.tree or not is_passed(tests, VALUES[name])
