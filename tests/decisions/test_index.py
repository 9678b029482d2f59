"""The index over rules finds exactly the rules that fit when each cell is asked."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clearway.decisions import Decisions, MissingInput, evaluate
from clearway.feel import compile_unary_tests, feel_text

numbers = st.integers(-3, 6).map(str)
ends = st.sampled_from(["[", "(", "]"]), numbers, numbers, st.sampled_from(["]", ")", "["])
parts = st.one_of(
    numbers,
    st.sampled_from(['"a"', '"b"', "true", "false", "null", '= "a"', "? > 2", "limit", "!= 3"]),
    st.builds("{}{}".format, st.sampled_from(["<", "<=", ">", ">=", "="]), numbers),
    st.builds("{}{}..{}{}".format, *ends),
)
tests = st.lists(parts, min_size=1, max_size=3).map(", ".join)
cells = st.one_of(st.just("-"), tests, tests.map("not({})".format))
rules = st.lists(st.tuples(cells, cells), min_size=1, max_size=8)
values = st.one_of(
    st.integers(-4, 7).map(Decimal),
    st.sampled_from([Decimal("2.5"), Decimal("3.0"), "a", "b", "c", True, False, None]),
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rules, st.lists(st.tuples(values, values), min_size=1, max_size=6))
def test_the_index_agrees_with_asking_every_cell(
    table: Callable[..., Decisions],
    rules: list[tuple[str, str]],
    values: list[tuple[object, object]],
):
    decisions = table(["x", "y"], ["out"], [(cells, ["1"]) for cells in rules], "COLLECT")

    for x, y in values:
        context = {"x": x, "y": y, "limit": Decimal(3)}
        expected = tuple(
            number
            for number, (one, other) in enumerate(rules, 1)
            if compile_unary_tests(one).matches(x, context) is True
            and compile_unary_tests(other).matches(y, context) is True
        )
        told = f"x = {feel_text(x)}, y = {feel_text(y)}"
        assert _rules(decisions, context) == expected, told


def _rules(decisions: Decisions, context: dict[str, object]) -> tuple[int, ...]:
    try:
        return evaluate(decisions, "d", context).rules
    except MissingInput:
        return ()  # No rule fits, and none provides for an input without a value.


def test_only_cells_of_rules_that_are_left_are_asked(table: Callable[..., Decisions]):
    rules = [([f"base + {number}", f'prefix + "{number}"'], ["1"]) for number in range(40)]
    decisions = table(["x", "y"], ["out"], rules, "COLLECT")

    for number in range(40):
        context = {"x": number + 2, "y": f"p{number}", "base": 2, "prefix": "p"}
        assert _rules(decisions, context) == (number + 1,)
        assert _rules(decisions, {**context, "y": f"p{number + 1}"}) == ()
        assert _rules(decisions, {**context, "base": Decimal(3)}) == ()


def test_a_cell_that_fails_matters_only_where_the_rest_of_its_rule_fits(
    table: Callable[..., Decisions],
):
    rules = [([f"base + {number}", f"missing + base + {number}"], ["1"]) for number in range(40)]
    decisions = table(["x", "y"], ["out"], rules, "COLLECT")

    assert evaluate(decisions, "d", {"x": -1, "y": 0, "base": 0}).rules == ()
    with pytest.raises(MissingInput, match=r"rule 8, column y.*missing"):
        evaluate(decisions, "d", {"x": 7, "y": 0, "base": 0})
