"""What expressions answer."""

from decimal import Decimal

import pytest

from clearway.feel import (
    FeelEvaluationError,
    FeelSyntaxError,
    FeelUnknownNameError,
    compile_expression,
    feel_text,
)

RECORD = {
    "record": {
        "priority": Decimal(1),
        "impact": Decimal(2),
        "title": "Mail is down",
        "tags": ["mail", "network"],
        "children": [
            {"key": "INC-1", "hours": Decimal(3), "open": True},
            {"key": "INC-2", "hours": Decimal(5), "open": False},
        ],
    }
}

EXAMPLES = [
    ("1 + 2 * 3", "7"),
    ("(1 + 2) * 3", "9"),
    ("2 ** 3 ** 2", "64"),
    ("-2 ** 2", "4"),
    ("10 - 3 - 2", "5"),
    ("1 / 3", "0.3333333333333333333333333333333333"),
    ("0.1 + 0.2 = 0.3", "true"),
    ("1 / 0", "null"),
    ("1e3", "1000"),
    (".5 + .5", "1.0"),
    ('"a" + "b"', '"ab"'),
    ('"a" + 1', "null"),
    ('"tab\\tquote\\"\\u00e9"', '"tab\\tquote\\"é"'),
    ('"\\uD83D\\uDC0E" = "🐎"', "true"),
    ("record.priority = 1 and record.impact < 3", "true"),
    ("record.missing", "null"),
    ("record.missing.deeper", "null"),
    ("record.missing = null", "true"),
    ("record.title != null", "true"),
    ("if record.priority <= 2 then 4 else 8", "4"),
    ('if null then "yes" else "no"', '"no"'),
    ("5 between 1 and 9 and true", "true"),
    ("5 in (< 3, > 4)", "true"),
    ("5 in [1..5)", "false"),
    ("5 in ]4..5]", "true"),
    ("5 in [1..5[", "false"),
    ("1 in [2, 3]", "false"),
    ('"mail" in record.tags', "true"),
    ("record.children.hours", "[3, 5]"),
    ("sum(record.children.hours)", "8"),
    ("record.children[open].key", '["INC-1"]'),
    ("record.children[hours > 3].key", '["INC-2"]'),
    ('record.children[item.hours > 3][1].key = "INC-2"', "true"),
    ("record.children[1].key", '"INC-1"'),
    ("record.children[-1].key", '"INC-2"'),
    ("record.children[3]", "null"),
    ("[][1]", "null"),
    ("[][a = 1]", "[]"),
    ("[{a: 1}, {b: 2}][a = 1]", "[{a: 1}]"),
    ("5[1]", "5"),
    ("some child in record.children satisfies child.open", "true"),
    ("every child in record.children satisfies child.open", "false"),
    ("every x in [] satisfies false", "true"),
    ("for x in [1, 2], y in [10, 20] return x + y", "[11, 21, 12, 22]"),
    ("for i in 1..3 return i * i", "[1, 4, 9]"),
    ("for i in 3..1 return i", "[3, 2, 1]"),
    ("for i in 1..4 return if i <= 2 then 1 else partial[-1] + partial[-2]", "[1, 1, 2, 3]"),
    ("{a: 1, b: a + 1}.b", "2"),
    ('{"first name": "Ada"}.first name', '"Ada"'),
    ("{full name: 1, twice: full name * 2}.twice", "2"),
    ("{f: function(n) if n <= 1 then 1 else n * f(n - 1), r: f(6)}.r", "720"),
    ("(function(x, y) x - y)(5, 3)", "2"),
    ("(function(x, y) x - y)(y: 5, x: 3)", "-2"),
    ('(function(x: number) x)("a")', "null"),
    ("{f: function(x) function(y) x + y}.f(1)(2)", "3"),
    ("for f in (for i in 1..2 return function() i) return f()", "[1, 2]"),
    ("sort([3, 1, 2], function(a, b) a > b)", "[3, 2, 1]"),
    ("1 instance of number", "true"),
    ("null instance of number", "false"),
    ("[1, 2] instance of list<number>", "true"),
    ('[1, "a"] instance of list<number>', "false"),
    ("{a: 1} instance of context<a: number>", "true"),
    ('@"2026-01-01" instance of date', "true"),
    ('@"P1D" instance of days and time duration', "true"),
    ("[1..3] instance of range<number>", "true"),
    ("[1..3].start", "1"),
    ("(1..3].start included", "false"),
    ("// a comment\n1 /* and one more */ + 1", "2"),
    ("not(true)", "false"),
    ("not(null)", "null"),
    ("{date: true, time: false, answer: date and time}.answer", "false"),
    ('1 = "1"', "null"),
    ("[1, 2] = [1, 2]", "true"),
    ("{a: 1, b: 2} = {b: 2, a: 1}", "true"),
    ("[1] = [null]", "false"),
]


@pytest.mark.parametrize(("text", "expected"), EXAMPLES)
def test_an_expression_has_this_value(text: str, expected: str):
    assert feel_text(compile_expression(text).evaluate(RECORD)) == expected


def test_an_unknown_name_is_an_error_that_names_it_and_its_place():
    expression = compile_expression("1 +\n  recrod.priority")

    with pytest.raises(FeelUnknownNameError) as error:
        expression.evaluate(RECORD)

    assert error.value.name == "recrod"
    assert error.value.position == (2, 3)
    assert "`recrod`" in str(error.value)


def test_a_missing_entry_of_an_item_is_null_but_a_name_from_nowhere_is_an_error():
    assert compile_expression("[{a: 1}][b = null]").evaluate({}) == [{"a": Decimal(1)}]

    with pytest.raises(FeelUnknownNameError):
        compile_expression("[1, 2][b > 1]").evaluate({})


def test_a_bare_built_in_in_a_comparison_is_an_error_and_not_null():
    with pytest.raises(FeelEvaluationError, match="`now` is a function"):
        compile_expression("now > 3").evaluate({})

    assert compile_expression("now > 3").evaluate({"now": Decimal(4)}) is True


def test_a_value_named_like_a_built_in_does_not_hide_the_function():
    context = {"count": Decimal(9), "items": [Decimal(1)]}

    assert compile_expression("count(items) + count").evaluate(context) == 10


@pytest.mark.parametrize(
    ("text", "place", "part"),
    [
        ("1 +", (1, 4), "the end"),
        ("if true then 1", (1, 15), "`else`"),
        ("a = 1 = 2", (1, 7), "brackets"),
        ("[1, 2", (1, 6), "`]`"),
        ('"open', (1, 1), "not closed"),
        ("1 /* open", (1, 3), "comment"),
        ("not a", (1, 5), "`(` after `not`"),
        ("{a: 1, a: 2}", (1, 1), "twice"),
        ("f(1, b: 2)", (1, 2), "by position or by name"),
        ("1 instance of colour", (1, 3), "`colour`"),
        ("function(a) external {}", (1, 13), "not called"),
        ('@"99999-01-01"', (1, 1), "year 9999"),
        ("a ; b", (1, 3), "`;`"),
    ],
)
def test_a_syntax_error_names_its_place_and_cause(text: str, place: tuple[int, int], part: str):
    with pytest.raises(FeelSyntaxError) as error:
        compile_expression(text)

    assert error.value.position == place
    assert part in str(error.value)
    assert error.value.text == text


def test_an_expression_tells_what_it_needs():
    expression = compile_expression(
        "record.impact + limit + sum(for r in record.rows return r.n) + count(others[size > 1])"
    )

    assert expression.free_names == {"record", "limit", "others"}
    assert expression.paths == {
        ("record", "impact"),
        ("record", "rows"),
        ("limit",),
        ("others",),
    }
    assert expression.filter_names == {"size"}


def test_names_with_spaces_and_signs_are_known_names():
    names = ("Monthly Salary", "a-b", "date and due", "Person.Age")
    context = {
        "Monthly Salary": Decimal(3),
        "a-b": Decimal(4),
        "a": Decimal(9),
        "b": Decimal(2),
        "date and due": True,
        "Person.Age": Decimal(5),
    }

    def value(text: str) -> object:
        return compile_expression(text, names).evaluate(context)

    assert value("Monthly Salary * 2") == 6
    assert value("a-b") == 4
    assert value("a - b") == 7
    assert value("date and due") is True
    assert value("Person.Age + 1") == 6


def test_plain_python_numbers_of_a_caller_are_decimals():
    context = {"record": {"n": 3, "list": [1, 2.5]}}

    assert compile_expression("record.n / 2").evaluate(context) == Decimal("1.5")
    assert compile_expression("sum(record.list)").evaluate(context) == Decimal("3.5")
    assert compile_expression("record = {n: 3, list: [1, 2.5]}").evaluate(context) is True


def test_a_value_that_feel_does_not_have_is_refused():
    with pytest.raises(FeelEvaluationError, match="no value of FEEL"):
        compile_expression("x").evaluate({"x": object()})
    with pytest.raises(FeelEvaluationError):
        compile_expression("x + 1").evaluate({"x": float("nan")})
    with pytest.raises(FeelEvaluationError):
        compile_expression("x < 1").evaluate({"x": Decimal("NaN")})


def test_compiling_twice_gives_the_same_expression():
    assert compile_expression("1 + 1") is compile_expression("1 + 1")
