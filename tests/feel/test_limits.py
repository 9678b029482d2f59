"""Hostile expressions end within their bounds, with a declared error."""

import contextlib
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.feel import (
    FeelError,
    FeelLimitError,
    Limits,
    compile_expression,
    compile_unary_tests,
    feel_text,
)

HOSTILE = [
    "1" + "+1" * 100_000,
    "(" * 5000 + "1" + ")" * 5000,
    "[" * 5000,
    "{a:" * 5000,
    "not(" * 5000 + "true" + ")" * 5000,
    "-" * 5000 + "1",
    "a" + ".b" * 5000,
    "a" + "[1]" * 5000,
    "a" + "()" * 5000,
    "if true then " * 3000,
    "for i in [1] return " * 3000 + "i",
    "function() " * 3000 + "1",
    "1 instance of " + "list<" * 5000,
    "for i in 1..1000000000000 return i",
    "for i in 1..999, j in 1..999, k in 1..999 return i",
    "some i in 1..999, j in 1..999, k in 1..999 satisfies false",
    "{f: function(x) f(x + 1), r: f(1)}.r",
    '{f: function(x) f(x + x), r: f("abcdefghijkl")}.r',
    "{f: function(x) f(append(x, x)), r: f([1])}.r",
    "{f: function(n) if n = 0 then 0 else f(n - 1) + f(n - 1), r: f(40)}.r",
    "for i in 1..5000 return partial",
    "count(for i in 1..1500, j in 1..1500 return 1)",
    "count(for i in 1..400000 return i) + count(for i in 1..400000 return [i][item > 0])",
    'string join(for i in 1..2000 return "' + "x" * 3000 + '")',
    'replace("' + "a" * 20000 + '", "a", "' + "b" * 2000 + '")',
    'matches("' + "a" * 5000 + '!", "^(a|aa)+$")',
    'matches("a", "((a?){1000}){1000}")',
    'matches("x", "' + "(" * 3000 + '")',
    "sort(for i in 1..900000 return -i, function(a, b) a < b)",
    "{a: [1, 1], "
    + ", ".join(
        f"{one}: [{other}, {other}]"
        for one, other in zip("bcdefghijklmnopqrstuvwxyz", "abcdefghijklmnopqrstuvwxy", strict=True)
    )
    + ", same: string(z)}",
    'for i in 1..100000 return string join(for j in 1..100 return "abcdefghij")',
    'for i in 1..200 return string join(for j in 1..900 return "' + "🐎" * 1000 + '")',
    "{f: function(x, n) if n = 0 then x else f(concatenate(x, x), n - 1), r: f([1], 40)}.r",
    '{f: function(x, n) if n = 0 then x else f(replace(x, "a", "aa"), n - 1), r: f("a", 50)}.r',
    "for i in 1..1e30 return i",
    "product(for i in 1..1000000 return 1.000001)",
    "for i in 1..100000 return 1.0000001 ** (i + 0.5)",
    "for i in 1..100000 return exp(i / 7)",
    "for i in 1..100000 return modulo(1e6000, 7)",
    "for i in 1..100000 return string(1e6000)",
    "{a: for i in 1..900 return for j in 1..900 return 1, r: for k in 1..10 return string(a)}.r",
    'for i in 1..100000 return split("' + "a," * 5000 + '", ",")',
    "sort(for i in 1..30000 return -i, function(a, b) count(for k in 1..100 return k) > a - b)",
    "{f: function(x) {g: f({a: x})}, r: f(1)}.r",
    "{f: function(x) [1][f(x)], r: f(1)}.r",
    "{f: function(x) sort([2, 1], function(a, b) f(x)), r: f(1)}.r",
    'for i in 1..100000 return matches("a", "((a{1,30}){1,30}b{1,99})" + string(i))',
    'for i in 1..100000 return date and time("2026-01-01T00:00:00@A" + string(i))',
    "{l: for i in 1..100000 return i, r: for j in 1..100000 return count(l)}.r",
    "{l: for i in 1..9999 return i, m: for i in 1..999 return l, r: for i in 1..999 return m[1]}.r",
    'for i in 1..100000 return string join(for j in 1..1000 return "")',
    "{"
    + ", ".join(f"k{i}: 1" for i in range(3000))
    + ", f: function(x) x, r: for i in 1..100000 return f(i)}.r",
]
# What a million steps may take of CPU on a machine ten times slower than needed.
MOST_SECONDS = 15


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_expression_is_stopped(text: str):
    before = process_time()

    with pytest.raises(FeelLimitError):
        compile_expression(text).evaluate({"a": {}})

    assert process_time() - before < MOST_SECONDS


@pytest.mark.parametrize(
    "text",
    [
        "{" + ", ".join(f"a b{i}: 1" for i in range(4000)) + ", z: [" + "a, " * 5000 + "1]}",
        'range("[' + ".." * 30_000 + '")',
        'range("[' + " " * 60_000 + '")',
        "not(" + "x in (1) and " * 4000,
        '"' + "\\" * 30_000,
        "/*" * 30_000,
    ],
    ids=range(6),
)
def test_reading_takes_as_long_as_the_text(text: str):
    before = process_time()

    with contextlib.suppress(FeelError):
        compile_expression(text).evaluate({})

    assert process_time() - before < MOST_SECONDS


def test_a_long_sum_within_the_size_is_computed():
    text = "1" + "+1" * 20_000

    assert compile_expression(text).evaluate({}) == 20_001


def test_comparing_values_that_share_their_parts_is_bounded():
    names = "abcdefghijklmnopqrstuvwxyz"
    parts = [f"{one}: [{other}, {other}]" for one, other in zip(names[1:], names, strict=False)]
    tower = "{a: [1, 1], " + ", ".join(parts) + "}.z"

    with pytest.raises(FeelLimitError):
        compile_expression(f"{tower} = {tower}").evaluate({})


def test_the_callers_limits_are_kept():
    walk = compile_expression("for i in 1..100 return i")

    assert walk.evaluate({}) is not None
    with pytest.raises(FeelLimitError, match="more than 50 steps"):
        walk.evaluate({}, limits=Limits(steps=50))
    with pytest.raises(FeelLimitError, match="larger than 10"):
        walk.evaluate({}, limits=Limits(size=10))


def test_a_deep_value_of_a_caller_is_a_limit_and_no_crash():
    deep: list[object] = []
    for _ in range(5000):
        deep = [deep]
    twin: list[object] = []
    for _ in range(5000):
        twin = [twin]

    with pytest.raises(FeelLimitError):
        compile_expression("a = b").evaluate({"a": deep, "b": twin})
    with pytest.raises(FeelLimitError):
        feel_text(deep)


WORDS = """
0 1 2.5 a b item partial ? null true false if then else for in return some every satisfies between
and or not( function( instance of number list < <= > >= = != + - * / ** ( ) [ ] { } . , : .. @ "x"
"2026-01-01" date( time( duration( string( sum( count( sort( flatten( string length( ; " \\ ' //
/* */ é 🐎
"""
PIECES = WORDS.split()


@settings(max_examples=400)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map(" ".join) | st.text(max_size=40))
def test_any_text_gives_a_value_or_a_declared_error(text: str):
    context = {"a": {"b": 1}, "b": [1, {"a": 2}, None]}
    for compile_text in (compile_expression, compile_unary_tests):
        try:
            compiled = compile_text(text)
            if compile_text is compile_expression:
                feel_text(compiled.evaluate(context))
            else:
                compiled.matches("x", context)
        except FeelError as error:
            assert error.cause
            assert error.position is not None


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("1 + count(for x in 1..10000000 return x)", (1, 11)),
        ("some x in 1..1000000 satisfies false", (1, 1)),
        ("1 + (if a = b then 1 else 0)", (1, 3)),
        ("1 +\n " * 20000 + "1", (13108, 3)),
        ("(" * 3000 + "1" + ")" * 3000, (1, 65)),
    ],
    ids=["loop", "quantified", "equal lists", "long", "deep"],
)
def test_what_is_too_much_names_the_place(text: str, position: tuple[int, int]):
    long = [[number] for number in range(600_000)]
    with pytest.raises(FeelLimitError) as caught:
        compile_expression(text).evaluate({"a": long, "b": [list(each) for each in long]})

    assert caught.value.position == position


@pytest.mark.parametrize(
    "text",
    [
        "count(for y in 1..5000 return substring(s, 2))",
        'count(for y in 1..5000 return contains(s, "éz"))',
        'count(for y in 1..5000 return substring before(s, "z"))',
        'count(for y in 1..5000 return substring after(s, "z"))',
        "count(for y in 1..5000 return starts with(s, other))",
        "count(for y in 1..5000 return ends with(s, other))",
        "count(for y in 1..200000 return s = other)",
        "count(for y in 1..200000 return s < other)",
        "count(for y in 1..100000 return list contains([other], s))",
    ],
)
def test_work_on_a_long_text_is_paid_for_by_its_length(text):
    long = "\U0001f600" * 900_000
    context = {"s": long, "other": "".join(["\U0001f600"] * 900_000)}

    with pytest.raises(FeelLimitError):
        compile_expression(text).evaluate(context)


def test_short_texts_cost_as_before():
    text = 'count(for y in 1..20000 return contains("abc", "b") and "abc" = "abc")'

    assert compile_expression(text).evaluate({}) == 20000
