"""The cells of decision tables."""

from decimal import Decimal

import pytest

from clearway.feel import (
    FeelSyntaxError,
    FeelUnknownNameError,
    compile_expression,
    compile_unary_tests,
)


@pytest.mark.parametrize(
    ("text", "value", "answer"),
    [
        ("-", "null", True),
        ("-", "7", True),
        ("1", "1", True),
        ("1, 2", "2", True),
        ("1, 2", "3", False),
        ("< 5", "4", True),
        ("< 5", "null", None),
        ("< 5", '"a"', None),
        ("[1..5]", "5", True),
        ("(1..5)", "5", False),
        ("[1..5], > 9", "10", True),
        ("not(1, 2)", "3", True),
        ("not(1, 2)", "2", False),
        ("not(null)", "1", True),
        ("not(< 0, [0..3))", "3", True),
        ("not(]0..3[, 7)", "0", True),
        ("not(]0..3[, 7)", "2", False),
        ("? in (]0..3[, [5..7[)", "7", False),
        ("? in (]0..3[, [5..7[)", "5", True),
        ("? in ([])", "5", False),
        ("[1..5]", "[1..5]", True),
        ("[1..5]", "[1..4]", False),
        ("? in [1..5]", "[1..5]", True),
        ("? in ([5][true], 7)", "[5]", True),
        ("? in ([null[null], 3], 7)", "7", True),
        ("? in ([true[false], 3], 7)", "3", True),
        ("? in ([b+], 7)", "2", True),
        ("not([b+])", "2", False),
        ("not(? = 2) or [b+] = [2]", "2", True),
        ("? in (1 + 1) * 2", "4", True),
        ("? in ((1 + 1) * 2, 7)", "4", True),
        ("? in (< 5)", "4", True),
        ("? in (!= 5)", "4", True),
        ("? in (]1..5])", "1", False),
        ("? in ((1..5))", "1", False),
        ("null", "null", True),
        ("null", "1", False),
        ('"a", "b"', '"b"', True),
        ('= "a"', '"a"', True),
        ('!= "a"', '"b"', True),
        ("true", "true", True),
        ("true", "false", False),
        ("-5", "-5", True),
        ("- 5", "-5", True),
        ("? > 3 and ? < 5", "4", True),
        ("? > 3 and ? < 5", "6", False),
        ('starts with(?, "INC")', '"INC-1"', True),
        ("not(? > 3)", "4", False),
        ("list contains(?, 2)", "[1, 2]", True),
        ("[1, 2, 3]", "2", True),
        ("[1, 2]", "[1, 2]", True),
        ("limit", "3", True),
        ("< limit", "2", True),
        ("> limit + 1", "4", False),
        ("ranges", "7", True),
        ('@"2026-01-01"', '@"2026-01-01"', True),
        ('>= @"2026-01-01"', '@"2025-12-31"', False),
        ("?.size > 2", "{size: 3}", True),
        ("(1 + 2) * 2", "6", True),
    ],
)
def test_a_cell_matches(text: str, value: str, answer: bool | None):
    ranges = compile_expression("[[5..9], [20..30]]").evaluate({})
    context = {"limit": Decimal(3), "ranges": ranges, "b+": Decimal(2)}
    tested = compile_expression(value).evaluate({})

    assert compile_unary_tests(text, context).matches(tested, context) is answer


def test_an_unknown_name_in_a_cell_is_an_error():
    with pytest.raises(FeelUnknownNameError):
        compile_unary_tests("< limt").matches(Decimal(1), {})


@pytest.mark.parametrize("text", ["", "1,", "not(1", "1 2", "< "])
def test_a_cell_that_is_no_unary_tests_is_refused(text: str):
    with pytest.raises(FeelSyntaxError):
        compile_unary_tests(text)


def test_a_cell_tells_what_it_needs():
    tests = compile_unary_tests("< record.limit, ? = other")

    assert tests.free_names == {"record", "other"}
    assert tests.text == "< record.limit, ? = other"
