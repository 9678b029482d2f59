"""Built-in functions over text, lists, contexts and ranges."""

from decimal import Decimal

import pytest

from clearway.feel import FeelEvaluationError, FeelLimitError, compile_expression, feel_text


def text_of(expression: str) -> str:
    return feel_text(compile_expression(expression).evaluate({}))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('substring("foobar", 3)', '"obar"'),
        ('substring("foobar", 3, 3)', '"oba"'),
        ('substring("foobar", -2, 1)', '"a"'),
        ('substring("foobar", 0)', "null"),
        ('substring("\\U01F40Eab", 2)', '"ab"'),
        ('substring(string: "foobar", start position: 4)', '"bar"'),
        ('string length("\\U01F40E")', "1"),
        ('upper case("aßc")', '"ASSC"'),
        ('substring before("foobar", "bar")', '"foo"'),
        ('substring before("foobar", "xyz")', '""'),
        ('substring after("foobar", "ob")', '"ar"'),
        ('substring after("foobar", "")', '"foobar"'),
        ('contains("foobar", "of")', "false"),
        ('starts with("foobar", "fo")', "true"),
        ('ends with("foobar", "r")', "true"),
        ('matches("foobar", "^fo*b")', "true"),
        ('matches("FOO", "foo", "i")', "true"),
        ('matches("a\\nb", "a.b")', "false"),
        ('matches("a\\nb", "a.b", "s")', "true"),
        ('matches("abc\\n", "c$")', "false"),
        ('matches("hello world", "hello\\\\ sworld", "x")', "true"),
        ('matches("helloworld", "hello world", "x")', "true"),
        ('matches("b", "[a-z-[aeiou]]")', "true"),
        ('matches("a", "[a-z-[aeiou]]")', "false"),
        ('matches("é", "^\\\\p{L}$")', "true"),
        ('matches("a.b", "a.b", "q")', "true"),
        ('matches("axb", "a.b", "q")', "false"),
        ('replace("banana", "a", "o")', '"bonono"'),
        ('replace("abcd", "(ab)|(a)", "[1=$1][2=$2]")', '"[1=ab][2=]cd"'),
        ('replace("abc", "b", "\\\\$")', '"a$c"'),
        ('split("John Doe", "\\\\s")', '["John", "Doe"]'),
        ('split("a;b;;c", ";")', '["a", "b", "", "c"]'),
        ('string join(["a", "b", null], "-")', '"a-b"'),
        ('string join(["a", 1])', "null"),
        ('string("a")', '"a"'),
        ("string(1.50)", '"1.50"'),
        ('string([1, "a", null])', '"[1, \\"a\\", null]"'),
        ("string(null)", "null"),
        ("list contains([1, null], null)", "true"),
        ("count([1, 2])", "2"),
        ("count(null)", "null"),
        ('min("b", "a")', '"a"'),
        ('max([1, "a"])', "null"),
        ("all([])", "true"),
        ("any([])", "false"),
        ("sublist([1, 2, 3], 2)", "[2, 3]"),
        ("sublist([1, 2, 3], -2, 1)", "[2]"),
        ("append([1], 2, 3)", "[1, 2, 3]"),
        ("concatenate([1], [2, 3])", "[1, 2, 3]"),
        ("insert before([1, 3], 2, 2)", "[1, 2, 3]"),
        ("remove([1, 2, 3], 2)", "[1, 3]"),
        ("list replace([2, 4, 7], 3, 6)", "[2, 4, 6]"),
        ("list replace([2, 4, 7], function(item, new) item < new, 5)", "[5, 5, 7]"),
        ("reverse([1, 2])", "[2, 1]"),
        ("index of([1, 2, 2, null], 2)", "[2, 3]"),
        ("union([1, 2], [2, 3])", "[1, 2, 3]"),
        ("distinct values([1, 1.0, 2, [1], [1], null, null])", "[1, 2, [1], null]"),
        ("flatten([[1, [2]], [[3]], 4])", "[1, 2, 3, 4]"),
        ("sort([3, 1, 2])", "[1, 2, 3]"),
        ('get value({a: 1}, "a")', "1"),
        ('get value({a: {b: 2}}, ["a", "b"])', "2"),
        ("get entries({a: 1})", '[{key: "a", value: 1}]'),
        ('context([{key: "a", value: 1}])', "{a: 1}"),
        ('context([{key: "a", value: 1}, {key: "a", value: 2}])', "null"),
        ('context put({a: 1}, "b", 2)', "{a: 1, b: 2}"),
        ('context put({a: {b: 1}}, ["a", "b"], 2)', "{a: {b: 2}}"),
        ("context merge([{a: 1}, {a: 2, b: 3}])", "{a: 2, b: 3}"),
        ('range("[18..21)")', "[18..21)"),
        ('range("(@\\"2026-01-01\\"..@\\"2026-02-01\\"]").end', 'date("2026-02-01")'),
        ('range("(..5]")', "(<= 5)"),
        ('range("[..5]")', "null"),
        ('range("[5..1]")', "null"),
        ('range("[x..y]")', "null"),
        ("before([1..5), [5..9])", "true"),
        ("before([1..5], [5..9])", "false"),
        ("after(5, [1..5))", "true"),
        ("meets([1..5], [5..9])", "true"),
        ("met by([5..9], [1..5])", "true"),
        ("overlaps([1..5], [5..9])", "true"),
        ("overlaps([1..5), [5..9])", "false"),
        ("overlaps before([1..5], [3..9])", "true"),
        ("overlaps after([3..9], [1..5])", "true"),
        ("finishes(5, [1..5])", "true"),
        ("finished by([1..5], [3..5])", "true"),
        ("includes([1..9], [2..3])", "true"),
        ("during(1, [1..9])", "true"),
        ("starts([1..3], [1..9])", "true"),
        ("started by([1..9], 1)", "true"),
        ("coincides([1..3], [1..3])", "true"),
        ('before("a", 1)', "null"),
        ("before((< 5), [5..9])", "true"),
    ],
)
def test_a_function_has_this_value(text: str, expected: str):
    assert text_of(text) == expected


@pytest.mark.parametrize(
    "call",
    [
        "substring(1, 2)",
        "upper case(1)",
        "count()",
        'sum("a")',
        'substring(text: "a")',
        "abs(1, 2)",
    ],
)
def test_arguments_that_do_not_fit_give_null(call: str):
    assert text_of(call) == "null"


@pytest.mark.parametrize(
    "pattern",
    ["(?=a)", "a{e<=1}", "(", "[a", "\\\\k", "a++", "(?P<x>a)", "[[a]]", "\\\\p{Nonsense}"],
)
def test_a_pattern_that_xpath_does_not_have_is_refused_and_not_guessed(pattern: str):
    with pytest.raises(FeelEvaluationError, match="faulty"):
        text_of(f'matches("a", "{pattern}")')


def test_replacing_what_matches_nothing_is_refused():
    with pytest.raises(FeelEvaluationError, match="nothing to replace"):
        text_of('replace("abc", "x*", "-")')


def test_an_unknown_flag_is_refused():
    with pytest.raises(FeelEvaluationError, match="flag `z`"):
        text_of('matches("a", "a", "z")')


def test_a_pattern_that_runs_away_is_stopped():
    with pytest.raises(FeelLimitError):
        text_of('matches("' + "a" * 5000 + '!", "^(a|aa)+$")')


def test_a_function_from_another_expression_is_used_as_it_is():
    f = compile_expression("{base: 100, f: function(x) x + base}.f").evaluate({})
    one = Decimal(101)

    for text in ("f(1)", "{g: f, r: g(1)}.r", "{a: 1, b: 2, c: 3, g: f, r: g(1)}.r", "f(1)"):
        assert compile_expression(text, ["f"]).evaluate({"f": f}) == one


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("sort([2, 1], function(x) x)", ["sort([2, 1], function(x) x)"]),
        ("sort([2, 1], function(x, y) x - y)", ["sort([2, 1], function(x, y) x - y)"]),
        ("sort(items, function(x) true)", ["sort(..., function(x) true)"]),
        ("sort([2, 1], function(x, y) x < y)", []),
        ("sort([2, 1], function(x, y) known(x))", []),
        ("for z in [1] return sort([2, 1], function(x, y) z)", []),
        ("sort(items, order)", []),
        ("sum([])", ["sum([])"]),
        ("max([1, null])", []),
    ],
)
def test_calls_that_are_always_null_are_known_beforehand(text: str, told: list[str]):
    assert compile_expression(text).null_calls() == told


def test_a_count_in_a_pattern_is_refused_for_what_is_wrong_with_it():
    with pytest.raises(FeelLimitError, match="multiply to more than"):
        compile_expression('matches("a", "a{1000000000}")').evaluate({})
