"""What is asked of lists, of a cell's `?` and of other decisions' outputs is checked at save."""

from collections.abc import Callable
from xml.sax.saxutils import escape

import pytest

from clearway.decisions import Decisions
from clearway.decisions.check import check

Read = Callable[[str], Decisions]
TYPES = (
    '<itemDefinition name="tRow"><itemComponent name="c"><typeRef>number</typeRef></itemComponent>'
    '</itemDefinition><itemDefinition name="tRows" isCollection="true"><typeRef>tRow</typeRef>'
    '</itemDefinition><itemDefinition name="tNumbers" isCollection="true"><typeRef>number</typeRef>'
    "</itemDefinition>"
)
KINDS = {"l": "tNumbers", "L": "tRows", "q": "tRow", "x": "number", "s": "string", "d": "date"}
DATA = "".join(
    f'<inputData id="{name}" name="{name}"><variable name="{name}" typeRef="{kind}"/></inputData>'
    for name, kind in KINDS.items()
)
NEEDS = "".join(
    f'<informationRequirement><requiredInput href="#{name}"/></informationRequirement>'
    for name in KINDS
)


def errors(read: Read, logic: str) -> list[str]:
    body = f'<decision id="t" name="t"><variable name="t"/>{NEEDS}{logic}</decision>'
    found = check(read(f"{TYPES}{DATA}{body}"))
    return [each.message for each in found if each.severity == "error"]


def literal(text: str) -> str:
    return f"<literalExpression><text>{escape(text)}</text></literalExpression>"


def table(column: str, cell: str) -> str:
    rules = "".join(
        f"<rule><inputEntry><text>{escape(test)}</text></inputEntry>"
        "<outputEntry><text>1</text></outputEntry></rule>"
        for test in (cell, "-")
    )
    return (
        f'<decisionTable hitPolicy="FIRST"><input label="in"><inputExpression><text>{column}</text>'
        f'</inputExpression></input><output name="o"/>{rules}</decisionTable>'
    )


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("if l > 1 then 1 else 2", "a list > a number"),
        ("if L.c > 1 then 1 else 2", "a list > a number"),
        ("if l then 1 else 2", "`if` with a list"),
        ("any(l)", "its items are of kind number"),
        ("all(l)", "its items are of kind number"),
        ("string join(l)", "its items are of kind number"),
        ('string join(L.c, ", ")', "its items are of kind number"),
        ("sum(s)", "it is given a string"),
        ("string length(l)", "`string` is a number, or a list of such"),
        ("before(d, x)", "a date has no order with a number"),
        ("get value(q, 1)", "`key` is a number"),
    ],
)
def test_what_is_null_for_each_list_or_value_of_its_kind_is_told(read: Read, text: str, cause: str):
    found = errors(read, literal(text))

    assert len(found) == 1
    assert cause in found[0]


@pytest.mark.parametrize(
    ("column", "cell", "cause"),
    [
        ("l", "> 3", "a list > a number"),
        ("l", "3", "a list = a number"),
        ("x", "> l", "a number > a list"),
        ("x", "> L.c", "a number > a list"),
    ],
)
def test_a_cell_that_compares_a_list_with_a_number_is_told(
    read: Read, column: str, cell: str, cause: str
):
    found = errors(read, table(column, cell))

    assert len(found) == 1
    assert f"rule 1, column in: `{cell}` has {cause}" in found[0]


@pytest.mark.parametrize(
    "text",
    [
        "l = [1, 2]",
        "x in l",
        "l in [[1, 2], [3]]",
        "l[1] > 3",
        "L[1].c > 3",
        "min(s)",
        "max(l) > 3",
        "count(l) > 1",
        "before(d, d)",
        'get value(q, "c")',
        "concatenate(l, x)",
        "append(l, x)[1] > 1",
        "any(for i in l return i > 1)",
        "not(l = null)",
    ],
)
def test_what_lists_may_be_asked_is_no_finding(read: Read, text: str):
    assert errors(read, literal(text)) == []


@pytest.mark.parametrize(("column", "cell"), [("x", "l"), ("x", "not(l)"), ("l", "[1, 2]")])
def test_a_cell_that_a_list_may_fit_is_no_finding(read: Read, column: str, cell: str):
    assert errors(read, table(column, cell)) == []


@pytest.mark.parametrize(
    ("column", "cell", "cause"),
    [
        ("q", "?.cc > 3", "`?` has no `cc`"),
        ("L", "count(?[d2 > 3]) > 0", "nothing here is called `d2`"),
        ("L", "?[1].d > 3", "an item of `?` has no `d`"),
        ("L", "some i in ? satisfies i.d > 3", "`i` has no `d`"),
        ("s", "?.len > 3", "`len` of a string"),
        ("l", 'sum(?) > "a"', "a number > a string"),
        ("l", 'list contains(?, "a")', "finds nothing"),
    ],
)
def test_a_cell_is_held_to_what_its_input_has(read: Read, column: str, cell: str, cause: str):
    found = errors(read, table(column, cell))

    assert len(found) == 1
    assert found[0].startswith("rule 1, column in: ")
    assert cause in found[0]


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("q", "?.c > 3"),
        ("L", "count(?[c > 3]) > 0"),
        ("L", "some i in ? satisfies i.c > 3"),
        ("L", "sum(?.c) > 3"),
        ("q", "L[1] in (?.c > 3) and ?.c > 1"),
        ("x", "q in (?.c > 3) and ? > 1"),
        ("d", "?.year > 2000"),
    ],
)
def test_a_cell_that_asks_for_what_its_input_has_is_no_finding(read: Read, column: str, cell: str):
    assert errors(read, table(column, cell)) == []


def collecting(text: str) -> str:
    """Another decision `n`, which lists rows of `o` and `w`, and what is asked of it."""
    columns = '<output name="o" typeRef="number"/><output name="w" typeRef="number"/>'
    entries = "<outputEntry><text>1</text></outputEntry>" * 2
    rows = (
        '<decisionTable hitPolicy="COLLECT"><input><inputExpression><text>x</text>'
        f"</inputExpression></input>{columns}<rule><inputEntry><text>-</text></inputEntry>"
        f"{entries}</rule></decisionTable>"
    )
    needs = '<informationRequirement><requiredInput href="#x"/></informationRequirement>'
    needs_n = '<informationRequirement><requiredDecision href="#n"/></informationRequirement>'
    return (
        f'{DATA}<decision id="n" name="n"><variable name="n"/>{needs}{rows}</decision>'
        f'<decision id="t" name="t"><variable name="t"/>{needs}{needs_n}{literal(text)}</decision>'
    )


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("for i in n return i.oo", "`i` has no `oo`"),
        ("n[oo > 1]", "nothing here is called `oo`"),
        ("n.oo", "`n` has no `oo`"),
    ],
)
def test_what_no_row_of_another_decision_has_is_told(read: Read, text: str, cause: str):
    found = [each.message for each in check(read(TYPES + collecting(text)))]

    assert any(cause in each for each in found)


@pytest.mark.parametrize("text", ["for i in n return i.o", "n[o > 1].w", "n.o[1] > 3", "count(n)"])
def test_what_the_rows_of_another_decision_have_may_be_asked(read: Read, text: str):
    assert check(read(TYPES + collecting(text))) == []
