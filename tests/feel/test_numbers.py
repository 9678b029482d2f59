"""Numbers against Python's own decimal arithmetic."""

from decimal import Context, Decimal, DivisionByZero, InvalidOperation

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from clearway.feel import compile_expression, feel_text

# Decimal128, set up here on its own so that the product's context is not asked about itself.
EXACT = Context(prec=34, traps=[InvalidOperation, DivisionByZero])

numbers = st.decimals(
    min_value=Decimal("-1e20"), max_value=Decimal("1e20"), allow_nan=False, places=6
)


def value(text: str) -> object:
    return compile_expression(text).evaluate({})


@given(numbers, numbers)
def test_sums_products_and_quotients_are_those_of_decimal(one: Decimal, other: Decimal):
    left, right = feel_text(one), feel_text(other)

    assert value(f"{left} + {right}") == EXACT.add(one, other)
    assert value(f"{left} - {right}") == EXACT.subtract(one, other)
    assert value(f"{left} * {right}") == EXACT.multiply(one, other)
    assert value(f"{left} < {right}") is (one < other)
    assert value(f"{left} = {right}") is (one == other)
    assume(other != 0)
    assert value(f"{left} / {right}") == EXACT.divide(one, other)


@given(numbers, st.integers(min_value=-6, max_value=6))
def test_rounding_stays_within_one_unit_and_in_order(number: Decimal, scale: int):
    unit = Decimal(10) ** -scale
    low = value(f"floor({feel_text(number)}, {scale})")
    high = value(f"ceiling({feel_text(number)}, {scale})")

    assert isinstance(low, Decimal)
    assert isinstance(high, Decimal)
    assert low <= number <= high
    assert high - low <= unit
    for name in ("round half up", "round half down", "decimal"):
        rounded = value(f"{name}({feel_text(number)}, {scale})")
        assert isinstance(rounded, Decimal)
        assert abs(rounded - number) <= unit / 2


@given(numbers, numbers)
def test_modulo_has_the_sign_of_the_divisor(one: Decimal, other: Decimal):
    assume(other != 0)

    rest = value(f"modulo({feel_text(one)}, {feel_text(other)})")

    assert isinstance(rest, Decimal)
    assert rest == 0 or (rest < 0) == (other < 0)
    assert abs(rest) < abs(other)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("abs(-3)", "3"),
        ("floor(-1.5)", "-2"),
        ("round half up(2.5, 0)", "3"),
        ("round half down(2.5, 0)", "2"),
        ("decimal(2.5, 0)", "2"),
        ("round up(-1.12, 1)", "-1.2"),
        ("decimal(1234, -2)", "1200"),
        ("modulo(-12, 5)", "3"),
        ("modulo(1, 0)", "null"),
        ("sqrt(16)", "4"),
        ("sqrt(-1)", "null"),
        ("odd(3)", "true"),
        ("even(1.5)", "null"),
        ("10 ** 7000", "null"),
        ('number("1 000,5", " ", ",")', "1000.5"),
        ('number("1,000.5", ",", ".")', "1000.5"),
        ('number("x", null, null)', "null"),
        ("mean([1, 2, 6])", "3"),
        ("median([8, 2, 5, 3])", "4"),
        ("mode([6, 3, 9, 6, 6, 3, 3])", "[3, 6]"),
        ("stddev([2, 4, 7, 5])", "2.081665999466132735282297706979931"),
        ("product([2, 3, 4])", "24"),
        ("sum([])", "null"),
        ("min([])", "null"),
        ("max(1, 5, 3)", "5"),
    ],
)
def test_a_numeric_function_has_this_value(text: str, expected: str):
    assert feel_text(value(text)) == expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("1 ** 99999999999999999999999", "1"),
        ("(-1) ** 99999999999999999999", "-1"),
        ("(-1) ** (10 ** 6000)", "1"),
        ("0 ** 99999999999999999999", "0"),
        ("0 ** -99999999999999999999", "null"),
        ("round half up(1.0000000001 ** 9999999999, 9)", "2.718281828"),
        ("string(4 ** 0.5)", '"2"'),
        ("string(100 ** 1.5)", '"1000"'),
        ('@"P1D" * 0.3333333333333333', 'duration("PT8H")'),
        ('@"PT0.000001S" * 0.5', 'duration("PT0S")'),
        ('@"PT0.000003S" / 2', 'duration("PT0.000002S")'),
    ],
)
def test_what_has_an_ordinary_answer_has_it_to_the_last_digit(text: str, told: str):
    found, wanted = value(text), value(told)

    assert found == wanted
    assert feel_text(found) == feel_text(wanted)
