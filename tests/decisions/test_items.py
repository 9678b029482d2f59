"""What a filter or a loop asks of items is checked against what the items have."""

from collections.abc import Callable

import pytest

from clearway.decisions import Decisions
from clearway.decisions.check import check

Read = Callable[[str], Decisions]
TYPES = (
    '<itemDefinition name="A"><itemComponent name="c"><typeRef>number</typeRef></itemComponent>'
    '<itemComponent name="tags" isCollection="true"><typeRef>string</typeRef></itemComponent>'
    '</itemDefinition><itemDefinition name="L" isCollection="true"><typeRef>A</typeRef>'
    '</itemDefinition><itemDefinition name="LL" isCollection="true"><typeRef>L</typeRef>'
    "</itemDefinition>"
)
INPUTS = {"x": "L", "any": "", "rows": "LL", "far": "number"}
NEEDED = ("x", "any", "rows")


def text(feel: str) -> str:
    escaped = feel.replace("<", "&lt;").replace(">", "&gt;")
    return f"<literalExpression><text>{escaped}</text></literalExpression>"


def boxed_filter(items: str, match: str) -> str:
    return f"<filter><in>{text(items)}</in><match>{text(match)}</match></filter>"


def boxed_loop(items: str, body: str) -> str:
    inner = f"<in>{text(items)}</in><return>{body}</return>"
    return f'<for iteratorVariable="i">{inner}</for>'


def told(read: Read, logic: str, more: str = "") -> list[tuple[str, str]]:
    """What is found where `x` is a list of contexts, and nothing is known of `any`."""
    inputs = "".join(
        f'<inputData id="{name}" name="{name}"><variable name="{name}"'
        + (f' typeRef="{kind}"/></inputData>' if kind else "/></inputData>")
        for name, kind in INPUTS.items()
    )
    needs = "".join(
        f'<informationRequirement><requiredInput href="#{name}"/></informationRequirement>'
        for name in NEEDED
    )
    decision = f'<decision id="t" name="t"><variable name="t"/>{needs}{logic}</decision>'
    return [(each.rule, each.message) for each in check(read(TYPES + inputs + more + decision))]


@pytest.mark.parametrize(
    ("logic", "name"),
    [
        (text("[1, 2][item > nope]"), "nope"),
        (text('["a"][item = nope]'), "nope"),
        (text("[{a: 1}, {b: 2}][nope > 1]"), "nope"),
        (text("x[d > 1]"), "d"),
        (text("x[c > limt]"), "limt"),
        (text("count(x[d > 1])"), "d"),
        (text("for i in x return i.tags[item = nope]"), "nope"),
        (boxed_filter("[1, 2]", "item > nope"), "nope"),
        (boxed_filter("[{a: 1}, {a: 2}]", "nope > 1"), "nope"),
        (boxed_filter("x", "d > 1"), "d"),
        (boxed_filter("x", "c > limt"), "limt"),
        (boxed_loop("x", boxed_filter("i.tags", "item = nope")), "nope"),
    ],
)
def test_a_name_in_a_filter_that_neither_the_items_nor_the_file_have_is_refused(
    read: Read, logic: str, name: str
):
    assert told(read, logic) == [("decision-name-unknown", f"nothing here is called `{name}`")]


@pytest.mark.parametrize("logic", [text("x[c > far]"), boxed_filter("x", "c > far")])
def test_a_name_in_a_filter_that_lacks_a_requirement_is_refused(read: Read, logic: str):
    (found,) = told(read, logic)

    assert found[0] == "decision-requirement-missing"


@pytest.mark.parametrize(
    ("logic", "value"),
    [
        (text("x[item.d > 1]"), "`item`"),
        (text("for i in x return i.d"), "`i`"),
        (text("for row in rows, i in row return i.d"), "`i`"),
        (text("some i in x satisfies i.d > 1"), "`i`"),
        (text("every i in x satisfies i.d > 1"), "`i`"),
        (text("x[1].d"), "an item of `x`"),
        (text("x[c > 1].d"), "an item of `x`"),
        (boxed_loop("x", text("i.d")), "`i`"),
        (boxed_filter("x", "item.d > 1"), "`item`"),
    ],
)
def test_a_component_that_the_items_do_not_have_is_refused(read: Read, logic: str, value: str):
    assert told(read, logic) == [("decision-name-unknown", f"{value} has no `d`")]


@pytest.mark.parametrize(
    "logic",
    [
        text("any[d > 1]"),
        text("any[far > 1]"),
        text("for i in any return i.d"),
        text("[{a: 1}, {b: 2}][b > 1]"),
        text("[{a: 1}, any][b > 1]"),
        text("[{item: 1, a: 2}][item > 0 and a > 0]"),
        text("x[c > 1 and count(any) > 0]"),
        text("x[count(tags[item = string(c)]) > 0]"),
        text("for c in x, d in c.tags return d"),
        text("for i in 1..3 return x[i].c"),
        text("{k: x[c > 1], n: count(k)}.n"),
        text("{low: 1, found: x[c > low]}.found"),
        text("rows[count(item) > 0][1].c"),
        text("(function(p) p.d)(x[1])"),
        text("x[some t in tags satisfies t = string(c)]"),
        boxed_filter("any", "d > 1"),
        boxed_filter("x", "c > 1 and item.c > 1"),
        boxed_loop("any", text("i.d")),
        "<context><contextEntry><variable name='low'/>" + text("1") + "</contextEntry>"
        "<contextEntry>" + boxed_filter("x", "c > low") + "</contextEntry></context>",
        boxed_loop("x", boxed_filter("[1]", "item > i.c")),
        boxed_loop(
            "x",
            "<context><contextEntry><variable name='i'/>" + text("any") + "</contextEntry>"
            "<contextEntry>" + text("i.d") + "</contextEntry></context>",
        ),
        boxed_loop("x", text("count(partial[item > 1])")),
    ],
)
def test_names_that_the_items_have_or_may_have_are_left_alone(read: Read, logic: str):
    assert told(read, logic) == []


def column(asks: str, kind: str) -> str:
    return (
        f'<decisionTable hitPolicy="FIRST"><input><inputExpression typeRef="{kind}"><text>{asks}'
        '</text></inputExpression></input><output name="o"/><rule><inputEntry><text>-</text>'
        "</inputEntry><outputEntry><text>1</text></outputEntry></rule></decisionTable>"
    )


def test_a_column_of_single_values_that_asks_for_a_list_is_refused(read: Read):
    (found,) = told(read, column("x", "number"))

    assert found[0] == "decision-input-type"
    assert "but `x` is a list, which is refused unless it has one item" in found[1]


@pytest.mark.parametrize(
    ("asks", "kind"), [("count(x)", "number"), ("any", "number"), ("x", "L"), ("x[1].c", "number")]
)
def test_a_column_that_asks_for_what_it_says_is_left_alone(read: Read, asks: str, kind: str):
    assert told(read, column(asks, kind)) == []


@pytest.mark.parametrize(
    "made",
    [
        "flatten([x])",
        "concatenate(x, x)",
        "union(x, x)",
        "sort(x, function(a, b) a.c < b.c)",
        "append(x, x[1])",
        "insert before(x, 1, x[1])",
        "reverse(x)",
        "distinct values(x)",
        "sublist(x, 1)",
        "remove(x, 1)",
        "k(1)",
    ],
)
def test_what_is_made_of_a_list_has_its_items(read: Read, made: str):
    model = (
        '<businessKnowledgeModel id="k" name="k"><variable name="k" typeRef="L"/>'
        f'<encapsulatedLogic><formalParameter name="p"/>{text("[]")}</encapsulatedLogic>'
        "</businessKnowledgeModel>"
    )
    needs = '<knowledgeRequirement><requiredKnowledge href="#k"/></knowledgeRequirement>'

    wrong = told(read, needs + text(f"count({made}[d > 1])"), model)
    right = told(read, needs + text(f"count({made}[c > 1])"), model)

    assert ([rule for rule, _ in wrong], right) == (["decision-name-unknown"], [])


@pytest.mark.parametrize(
    ("feel", "cause"),
    [
        ('x[c > "a"]', "a number > a string"),
        ('some i in x.c satisfies i > "3"', "a number > a string"),
        ('for i in x.c return upper case(i) + "a"', "`string` is a number"),
        ("every i in x satisfies i.c", "`every` with a number"),
        ('sort(x, function(a, b) a.c < "b")', "a number < a string"),
        ('{n: 1, r: n > "a"}.r', "a number > a string"),
        ('sum(for i in x return "a")', "`sum` that is always null: its items are of kind string"),
        ("sum(x[1].tags)", "`sum` that is always null: its items are of kind string"),
        ("mean(for i in x return string(i.c))", "`mean` that is always null"),
        ('list contains(x.c, "a")', "no number is a string"),
        ('not("a" + "b")', "`negand` is a string"),
        ("max(x.c) / (2 - 1 - 1)", "a division by 0"),
    ],
)
def test_what_is_null_for_every_item_is_refused(read: Read, feel: str, cause: str):
    [(rule, message)] = told(read, text(feel))

    assert (rule, cause in message) == ("decision-null-call", True)


@pytest.mark.parametrize(
    "feel",
    [
        "sort(x, function(a, b) a.c < b.c)[1].c",
        "concatenate(x, [{c: 1, more: 2}])[more > 1]",
        'append(x[1].tags, "a")[item = "a"]',
        'flatten([x[1].tags, 1])[item = 1 or item = "a"]',
        'for i in x return if i.c > 1 then "a" else i.c',
        "{f: function(a) a + 1, r: f(1)}.r",
        'some t in x.tags satisfies list contains(t, "a")',
        'list contains(x.c, null) or list contains(any, "a") or index of(x.c, 3)[1] = 2',
        "max(x.c) + sum(x.c) + (for i in x.c return i)[1]",
        'x[if c = null then false else string(c) = "a"]',
        "[{a: 1}, {b: 2}].b",
        "not(any) or not(x[1].c = 1) or any / (2 - 1) = 1",
    ],
)
def test_what_an_item_may_be_is_left_alone(read: Read, feel: str):
    assert told(read, text(feel)) == []


def test_an_entry_of_a_boxed_context_has_no_other_components(read: Read):
    entry = f'<contextEntry><variable name="a"/>{text("{p: 1}")}</contextEntry>'
    result = "<contextEntry>{}</contextEntry>".format

    wrong = told(read, f"<context>{entry}{result(text('a.q'))}</context>")
    right = told(read, f"<context>{entry}{result(text('a.p'))}</context>")

    assert (wrong, right) == ([("decision-name-unknown", "`a` has no `q`")], [])
