"""What no value of an input makes right is told when the file is saved, with its cell and cause."""

from collections.abc import Callable

import pytest

from clearway.decisions import Decisions
from clearway.decisions.check import check
from clearway.decisions.findings import Finding

Read = Callable[[str], Decisions]
TYPES = """
<itemDefinition name="Row">
  <itemComponent name="c"><typeRef>number</typeRef></itemComponent>
  <itemComponent name="s"><typeRef>string</typeRef></itemComponent>
  <itemComponent name="colour"><typeRef>Colour</typeRef></itemComponent>
</itemDefinition>
<itemDefinition name="Rows" isCollection="true"><typeRef>Row</typeRef></itemDefinition>
<itemDefinition name="Colour"><typeRef>string</typeRef>
  <allowedValues><text>"red","green"</text></allowedValues></itemDefinition>
<itemDefinition name="Share"><typeRef>number</typeRef>
  <allowedValues><text>[0..100]</text></allowedValues></itemDefinition>
"""
GIVEN = {"rows": "Rows", "row": "Row", "colour": "Colour", "share": "Share", "count": "number"}


def decided(body: str) -> str:
    inputs = "".join(
        f'<inputData id="{name}" name="{name}"><variable name="{name}" typeRef="{of}"/></inputData>'
        for name, of in GIVEN.items()
    )
    asks = "".join(
        f'<informationRequirement><requiredInput href="#{name}"/></informationRequirement>'
        for name in GIVEN
    )
    return f'{TYPES}{inputs}<decision id="d" name="d">{asks}{body}</decision>'


def shown(text: str) -> str:
    return text.replace("<", "&lt;").replace(">", "&gt;")


def literal(text: str) -> str:
    return decided(f"<literalExpression><text>{shown(text)}</text></literalExpression>")


def table(asked: str, of: str, cell: str, answer: str, answers: str = "number") -> str:
    return decided(
        f'<decisionTable hitPolicy="FIRST"><input label="in"><inputExpression typeRef="{of}">'
        f'<text>{asked}</text></inputExpression></input><output name="o" typeRef="{answers}"/>'
        f"<rule><inputEntry><text>{shown(cell)}</text></inputEntry><outputEntry>"
        f"<text>{answer}</text></outputEntry></rule><rule><inputEntry><text>-</text></inputEntry>"
        f"<outputEntry><text>null</text></outputEntry></rule></decisionTable>"
    )


def errors(found: list[Finding]) -> list[Finding]:
    return [each for each in found if each.severity == "error"]


@pytest.mark.parametrize(
    ("asked", "of", "cell", "rule"),
    [
        ("share", "number", "> 100", "decision-never-fits"),
        ("colour", "string", '"blue"', "decision-cell-value"),
        ("row.colour", "string", '"blue"', "decision-cell-value"),
        ("rows.c", "number", "> 3", "decision-input-type"),
    ],
)
def test_a_column_of_a_plain_type_keeps_what_is_said_of_the_input(
    read: Read, asked: str, of: str, cell: str, rule: str
):
    found = errors(check(read(table(asked, of, cell, "1"))))

    assert [each.rule for each in found] == [rule]
    assert "column in" in found[0].message


def test_an_output_that_takes_an_item_is_of_the_type_of_its_component(read: Read):
    found = errors(check(read(table("share", "number", "> 3", "rows[1].s"))))

    assert [each.rule for each in found] == ["decision-wrong-value"]
    assert "the output, `rows[1].s`, is a string" in found[0].message


@pytest.mark.parametrize(
    ("text", "rule", "told"),
    [
        ('if colour = "blue" then 1 else 2', "decision-cell-value", '"blue", which is not among'),
        ('count(rows[colour != "blue"])', "decision-cell-value", '"blue", which is not among'),
        ('row.colour in ("red", "blue")', "decision-cell-value", '"blue", which is not among'),
        ("if 101 = share then 1 else 2", "decision-cell-value", "101, which is not among"),
        ("sublist(rows, 1)[1].d", "decision-name-unknown", "has no `d`"),
        ("insert before(rows, 1, row)[1].d", "decision-name-unknown", "has no `d`"),
        ("context put(row, 1, 2)", "decision-null-call", "`key` is a number"),
    ],
)
def test_an_expression_that_no_value_makes_right_is_told(
    read: Read, text: str, rule: str, told: str
):
    found = errors(check(read(literal(text))))

    assert [each.rule for each in found] == [rule]
    assert told in found[0].message


@pytest.mark.parametrize(
    "text",
    [
        'if colour = "red" then 1 else 2',
        "if colour = null then 1 else 2",
        'row.s = "blue"',
        "share >= 101",
        "count(rows)",
        "sublist(rows, 1)[1].c",
        'context put(row, "c", 2)',
        'context put(row, ["c"], 2)',
    ],
)
def test_an_expression_that_some_value_makes_right_is_not(read: Read, text: str):
    assert errors(check(read(literal(text)))) == []


@pytest.mark.parametrize(
    ("asked", "of", "cell", "answer"),
    [
        ("share", "number", "> 50", "1"),
        ("colour", "string", '"red"', "1"),
        ("rows[1].c", "number", "> 3", "rows[1].c"),
        ("row.c", "number", "> 3", "sublist(rows, 1)[1].c"),
    ],
)
def test_a_table_that_some_value_makes_right_is_not(
    read: Read, asked: str, of: str, cell: str, answer: str
):
    assert errors(check(read(table(asked, of, cell, answer)))) == []


LITERAL = "<literalExpression><text>{}</text></literalExpression>"
CONTEXT = f'<context><contextEntry><variable name="p"/>{LITERAL.format(1)}</contextEntry></context>'
RELATION = f'<relation><column name="p"/><row>{LITERAL.format(1)}</row></relation>'
WRITTEN = LITERAL.format("{p: 1}")


@pytest.mark.parametrize(
    ("made", "text", "is_told"),
    [
        (WRITTEN, "a.q", True),
        (CONTEXT, "a.q", True),
        (RELATION, "a[1].q", True),
        (RELATION, "a[q > 1]", True),
        (WRITTEN, "m(1).q", True),
        (WRITTEN, "a.p", False),
        (CONTEXT, "a.p", False),
        (RELATION, "a[p > 0].p", False),
        (WRITTEN, "m(1).p", False),
    ],
)
def test_entries_that_an_expression_writes_down_are_known(
    read: Read, made: str, text: str, is_told: bool
):
    model = (
        f'<businessKnowledgeModel id="m" name="m"><encapsulatedLogic><formalParameter name="v"/>'
        f'{made}</encapsulatedLogic></businessKnowledgeModel><decision id="a" name="a">{made}'
        f'</decision><inputData id="i" name="i"/>'
    )
    needs = (
        '<informationRequirement><requiredInput href="#i"/></informationRequirement>'
        '<informationRequirement><requiredDecision href="#a"/></informationRequirement>'
        '<knowledgeRequirement><requiredKnowledge href="#m"/></knowledgeRequirement>'
    )
    asks = LITERAL.format(shown(text))

    found = errors(check(read(f'{model}<decision id="d" name="d">{needs}{asks}</decision>')))

    assert [each.rule for each in found] == (["decision-name-unknown"] if is_told else [])
