"""An input without a value is a fault with its name, wherever a decision counts on it."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

import pytest

from clearway.decisions import Decisions, MissingInput, evaluate

Read = Callable[[str], Decisions]
Table = Callable[..., Decisions]
MODEL = (
    '<businessKnowledgeModel id="k" name="k"><variable name="k"/><encapsulatedLogic>'
    '<formalParameter name="p"/><literalExpression><text>{}</text></literalExpression>'
    "</encapsulatedLogic></businessKnowledgeModel>"
)
NEEDS_K = '<knowledgeRequirement><requiredKnowledge href="#k"/></knowledgeRequirement>'


def answer(found: Decisions, context: Mapping[str, object]) -> object:
    return evaluate(found, "d", context).value


def missing(found: Decisions, context: Mapping[str, object]) -> tuple[str, str]:
    with pytest.raises(MissingInput) as error:
        evaluate(found, "d", context)
    return error.value.name, error.value.place.within


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("> y", "y"),
        ("y", "y"),
        ("not(y)", "y"),
        ("[1..y]", "y"),
        ("? > y + 1", "y"),
        ("if y > 3 then ? > 2 else ? > 1", "y"),
        ("? in [y, 2]", "y"),
        ("? = y", "y"),
        ("y in [1..2] and ? > 0", "y"),
        ("? > count(r.list)", "r.list"),
        ("< r.limit, r.limit", "r.limit"),
        ("? > max(r.limit, 1)", "r.limit"),
        ("count([1, 2, 9][item > y]) = ?", "y"),
    ],
)
@pytest.mark.parametrize("policy", ["COLLECT", "FIRST", "UNIQUE"])
def test_a_cell_that_counts_on_a_value_tells_that_it_is_missing(
    table: Table, cell: str, name: str, policy: str
):
    rules: Sequence[object] = [([cell], ["1"]), (["> 100"], ["2"])]
    found = table(["x:number"], ["o::0"], rules, policy)

    assert missing(found, {"x": 1, "y": None, "r": {}}) == (name, "rule 1, column x")


@pytest.mark.parametrize(
    "cell",
    [
        "y = null",
        "y = null or ? > y",
        "y != null and ? > y, 1",
        "> y, 1",
        "1, > y",
        "not(y instance of number) and ? = 1",
        "if y = null then ? = 1 else ? > y",
        "y = true or ? = 1",
        "if y in (true, 5) then ? = 2 else ? = 1",
        "list contains([y, 1], ?)",
        "count([y]) = ?",
    ],
)
def test_a_cell_that_asks_whether_there_is_a_value_is_answered(table: Table, cell: str):
    found = table(["x:number"], ["o::0"], [([cell], ["1"]), (["> 100"], ["2"])], "FIRST")

    assert answer(found, {"x": 1, "y": None}) == Decimal(1)


def test_a_cell_matters_only_where_its_rule_could_answer(table: Table):
    rules = [(["1", "-"], ["1"]), (["2", "> y"], ["2"])]
    found = table(["x:number", "z:number"], ["o"], rules, "FIRST")

    assert answer(found, {"x": 1, "z": 1, "y": None}) == Decimal(1)
    assert missing(found, {"x": 2, "z": 1, "y": None}) == ("y", "rule 2, column z")


@pytest.mark.parametrize(("default", "output"), [("y", "1"), ("0", "y"), ("0", "1 + y")])
def test_an_output_that_counts_on_a_missing_value_tells_it(table: Table, default: str, output: str):
    found = table(["x:number"], [f"o::{default}"], [(["1"], [output])])

    name, within = missing(found, {"x": 1 if default == "0" else 2, "y": None})

    assert name == "y"
    assert "column o" in within


def test_an_input_that_is_computed_from_a_missing_value_has_none(table: Table):
    text = "if x > 1 then 1 else 2"
    found = table([text], ["o"], [(["1"], ["1"]), (["2"], ["2"])])
    open_to_it = table([text], ["o"], [(["1"], ["1"]), (["null"], ["2"])])

    assert missing(found, {"x": None})[0] == text
    assert answer(open_to_it, {"x": None}) == Decimal(2)


BOXED = {
    "a sum": ("<literalExpression><text>x + 1</text></literalExpression>", "x"),
    "a choice": (
        "<literalExpression><text>if x &gt; 1 then 1 else 2</text></literalExpression>",
        "x",
    ),
    "a name": ("<literalExpression><text>x</text></literalExpression>", "x"),
    "an entry": (
        '<context><contextEntry><variable name="a"/><literalExpression><text>x * 2</text>'
        "</literalExpression></contextEntry></context>",
        "x",
    ),
    "a call": ("<literalExpression><text>k(x)</text></literalExpression>", "x"),
    "a component given": ("<literalExpression><text>k(p: r.z)</text></literalExpression>", "r.z"),
    "an invocation": (
        "<invocation><literalExpression><text>k</text></literalExpression><binding>"
        '<parameter name="p"/><literalExpression><text>x</text></literalExpression></binding>'
        "</invocation>",
        "x",
    ),
    "a boxed condition": (
        "<conditional><if><literalExpression><text>x</text></literalExpression></if><then>"
        "<literalExpression><text>1</text></literalExpression></then><else><literalExpression>"
        "<text>2</text></literalExpression></else></conditional>",
        "x",
    ),
    "a boxed filter": (
        "<filter><in><literalExpression><text>[{p: 1}, {p: null}]</text></literalExpression></in>"
        "<match><literalExpression><text>p &gt; x</text></literalExpression></match></filter>",
        "x",
    ),
}


@pytest.mark.parametrize("logic", BOXED)
def test_no_other_expression_answers_for_a_missing_value(read: Read, logic: str):
    text, name = BOXED[logic]
    found = read(f'{MODEL.format("p + 1")}<decision id="d" name="d">{NEEDS_K}{text}</decision>')

    assert missing(found, {"x": None, "r": {}})[0] == name


def test_what_looks_for_null_itself_is_given_null(read: Read):
    model = MODEL.format("if p = null then 0 else p")
    call = "<literalExpression><text>[k(x), x, count([x])]</text></literalExpression>"
    found = read(f'{model}<decision id="d" name="d">{NEEDS_K}{call}</decision>')

    assert answer(found, {"x": None}) == [Decimal(0), None, Decimal(1)]


TURNS = {
    "a filter": ("p &gt; 1", "filter", "match", ""),
    "a filter that says item": ("item.p &gt; 1", "filter", "match", ""),
    "a filter with another name": ("item.p = x", "filter", "match", ""),
    "a loop": ("i.p + 1", "for", "return", ' iteratorVariable="i"'),
    "every": ("i.p &gt; 1", "every", "satisfies", ' iteratorVariable="i"'),
}


def turns(text: str, kind: str, part: str, more: str, source: str) -> str:
    literal = "<literalExpression><text>{}</text></literalExpression>"
    return (
        f'<decision id="d" name="d"><{kind}{more}><in>{literal.format(source)}</in>'
        f"<{part}>{literal.format(text)}</{part}></{kind}></decision>"
    )


@pytest.mark.parametrize("turn", TURNS)
def test_an_item_without_a_value_is_told_by_its_number(read: Read, turn: str):
    found = read(turns(*TURNS[turn], "list"))

    assert missing(found, {"list": [{"p": 2}, {}, {"p": None}], "x": 2})[0] == "list, item 2, p"


@pytest.mark.parametrize("turn", TURNS)
def test_null_in_what_a_decision_itself_lists_is_a_value(read: Read, turn: str):
    found = read(turns(*TURNS[turn], "[{p: 2}, {p: null}]"))

    assert answer(found, {"x": 2}) in ([{"p": Decimal(2)}], [Decimal(3), None], None)


def test_an_item_without_a_value_does_not_matter_where_another_decides(read: Read):
    found = read(turns("i.p &gt; 1", "some", "satisfies", ' iteratorVariable="i"', "list"))

    assert answer(found, {"list": [{}, {"p": 2}]}) is True


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("{a: x}.a + 1", "x"),
        ("(function(a) a + 1)(x)", "x"),
        ("count([{a: x}][a &gt; 1]) + [x][1]", "x"),
        ("[{a: x}][a &gt; 1]", "x"),
        ("every i in [1, x] satisfies i &gt; 0", "x"),
        ("sum(some_list)", "some_list, item 2"),
        ("every i in items satisfies i.p &gt; 1", "items, item 1, p"),
        ('if items[1].p &gt; 3 then "high" else "low"', "items, item 1, p"),
        ("k(x)", "x"),
        ("sum(items.p)", "items, item 1, p"),
        ("all([x])", "x"),
        ("items[p &gt; 3]", "items, item 1, p"),
        ("count(items[item.p &gt; 3])", "items, item 1, p"),
        ("count(nested.list[q.r &gt; 3])", "nested.list, item 2, q"),
        ("if some_list[2] &gt; 3 then 1 else 2", "some_list, item 2"),
        ("if some_list[-1] &gt; 3 then 1 else 2", "some_list, item 2"),
        ("if some_list[5] &gt; 3 then 1 else 2", "some_list, item 5"),
        ("some_list[5]", "some_list, item 5"),
        ("if max(items.p) &gt; 3 then 1 else 2", "items, item 1, p"),
        ("if items.p[1] &gt; 3 then 1 else 2", "items, item 1, p"),
        ("if some i in items satisfies i.p &gt; 3 then 1 else 2", "items, item 1, p"),
        ("if some i in some_list satisfies i &gt; 3 then 1 else 2", "some_list, item 2"),
        ("(function(a, b) if a &gt; b then 1 else 2)(1, x)", "x"),
        ("{f: function(q) if q &gt; 3 then 1 else 2, r: f(x)}.r", "x"),
        ("for i in [1, x] return i * 2", "x"),
        ("for i in items return i.p + 1", "items, item 1, p"),
        ("sum(for i in [1, x] return if i &gt; 3 then i else 0)", "x"),
        ("string join(for i in [1, x] return string(i + 1))", "x"),
        ("if [x][1] &gt; 1 then 1 else 2", "x"),
        ("count([1, x][item &gt; 2])", "x"),
        ("count([{a: x}][a &gt; 1])", "x"),
        ("if nested.rows[1][2] &gt; 3 then 1 else 2", "nested.rows, item 1, item 2"),
        ("if flatten(nested.rows)[2] &gt; 3 then 1 else 2", "nested.rows, item 1, item 2"),
        ("if [max(items.p)][1] &gt; 3 then 1 else 2", "items, item 1, p"),
        ("if get value(nested, &quot;a&quot;) &gt; 1 then 1 else 2", "nested.a"),
        ("sort(some_list, function(a, b) a &lt; b)", "some_list, item 2"),
        ("if items[p = 7][1].q &gt; 1 then 1 else 2", "items, item 1 of those that fit"),
    ],
)
def test_a_missing_value_inside_of_another_is_told_when_nothing_comes_of_it(
    read: Read, text: str, name: str
):
    found = read(
        f'{MODEL.format("[p][1] + 1")}<decision id="d" name="d">{NEEDS_K}'
        f"<literalExpression><text>{text}</text></literalExpression></decision>"
    )
    context = {
        "x": None,
        "some_list": [1, None],
        "items": [{"p": None}],
        "nested": {"list": [{"q": {"r": 1}}, {"q": None}], "a": None, "rows": [[1, None]]},
    }

    assert missing(found, context)[0] == name


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{a: x}", {"a": None}),
        ("[x, 1]", [None, Decimal(1)]),
        ("if x = null then null else x", None),
        ("if y &gt; 3 then null else {a: x}.a", None),
        ("if y &gt; 3 then [] else [x]", []),
        ("items[p = null]", [{"p": None}]),
        ("items[p != null and p &gt; 1]", []),
        ("items[p &gt; 1 and p != null]", []),
        ("items[if p = null then false else p &gt; 1]", []),
        ("items[not(p instance of number) or p &gt; 1]", [{"p": None}]),
        ("items[item.q = 1 or p = null]", [{"p": None}]),
        ("for i in items return if i.p = null then 0 else i.p + 1", [Decimal(0)]),
        ("sum(items[p != null].p)", None),
        ("some i in items satisfies i.p = null or i.p &gt; 3", True),
        ("items[1].p = null", True),
        ("items[9] = null", True),
        ("x in (null, &gt; 3)", True),
        ("y in (&gt; 9, null)", False),
        ("items[9].p = null", True),
        ("[{p: 1}, {p: null}][p &gt; y]", []),
        ("count([1, null][item &gt; 0])", Decimal(1)),
        ("list contains(items.p, null)", True),
        ("items[p = 7][1]", None),
        ("get entries(items[1])[key = &quot;p&quot;].value[1]", None),
        ("count(items[p = null])", Decimal(1)),
        ("for i in items return i.p", [None]),
        ("[][1]", None),
    ],
)
def test_nothing_is_an_answer_when_no_missing_value_was_used(read: Read, text: str, value: object):
    found = read(
        '<decision id="d" name="d">'
        f"<literalExpression><text>{text}</text></literalExpression></decision>"
    )

    assert answer(found, {"x": None, "y": 5, "items": [{"p": None}]}) == value


def test_a_cell_tells_what_is_missing_inside_of_a_value(table: Table):
    rules: Sequence[object] = [(["? > {a: y}.a"], ["1"]), (["> 100"], ["2"])]
    found = table(["x:number"], ["o::0"], rules, "COLLECT")

    assert missing(found, {"x": 1, "y": None}) == ("y", "rule 1, column x")


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("> list[1]", "list, item 1"),
        ("> items[1].c", "items, item 1, c"),
        ("? > max(items.c)", "items, item 1, c"),
        ("count(items[c > 2]) = ?", "items, item 1, c"),
    ],
)
def test_a_cell_tells_the_item_without_a_value(table: Table, cell: str, name: str):
    found = table(["x:number"], ["o"], [([cell], ["1"]), (["-"], ["2"])], "FIRST")

    assert missing(found, {"x": 5, "list": [None], "items": [{"c": None}]})[0] == name


@pytest.mark.parametrize(
    ("column", "place"), [("count(items[c > 2])", "`items`, item 2, `c`"), ("n[1]", "`n`, item 1")]
)
def test_a_computed_input_tells_the_item_that_it_counts_on(table: Table, column: str, place: str):
    found = table([column], ["o"], [(["0"], ["1"]), (["> 0"], ["2"])])

    with pytest.raises(MissingInput, match=f"since {place} has no value"):
        evaluate(found, "d", {"items": [{"c": 3}, {"c": None}], "n": [None]})


@pytest.mark.parametrize(
    ("call", "name"),
    [
        ("k(items[2].c)", "items, item 2, c"),
        ("k(list[1])", "list, item 1"),
        ("for i in items return k(i.c)", "items, item 2, c"),
        ("sum(for i in list return k(p: i))", "list, item 1"),
    ],
)
def test_what_a_model_is_given_is_told_as_the_input_that_it_is(read: Read, call: str, name: str):
    text = f"<literalExpression><text>{call}</text></literalExpression>"
    found = read(f'{MODEL.format("p + 1")}<decision id="d" name="d">{NEEDS_K}{text}</decision>')

    assert missing(found, {"list": [None], "items": [{"c": 3}, {"c": None}]})[0] == name


@pytest.mark.parametrize(
    ("made", "asks", "through"),
    [("{a: y}", "if a.a &gt; 1 then 1 else 2", "`a.a`"), ("[1, y]", "max(a)", "`a`, item 2")],
)
def test_what_comes_through_another_decision_is_told_by_its_input(
    read: Read, made: str, asks: str, through: str
):
    logic = "<literalExpression><text>{}</text></literalExpression>".format
    found = read(
        '<inputData id="i" name="y"/><decision id="a" name="a"><informationRequirement>'
        f'<requiredInput href="#i"/></informationRequirement>{logic(made)}</decision>'
        '<decision id="d" name="d"><informationRequirement><requiredDecision href="#a"/>'
        f"</informationRequirement>{logic(asks)}</decision>"
    )

    with pytest.raises(MissingInput, match=f"the input `y` is missing, and {through}, which"):
        evaluate(found, "d", {"y": None})
