"""Names that no expression can ask for, and patterns that are none, are refused when saved."""

from collections.abc import Callable

import pytest

from clearway.decisions import Decisions
from clearway.decisions.check import check

Read = Callable[[str], Decisions]
Table = Callable[..., Decisions]
UNUSABLE = "decision-name-unusable"
NEEDED = '<informationRequirement><requiredDecision href="#n"/></informationRequirement>'


def literal(text: str) -> str:
    return f"<literalExpression><text>{text}</text></literalExpression>"


def element(name: str) -> dict[str, str]:
    """A file for each sort of element that is called so, and has to be asked for by its name."""
    variable = f'<variable name="{name}"/>'
    asking = f'<decision id="d" name="d"><variable name="d"/>{NEEDED}{literal("1")}</decision>'
    columns = (
        f'<decisionTable hitPolicy="FIRST"><input><inputExpression><text>1</text></inputExpression>'
        f'</input><output name="{name}"/><output name="w"/><rule><inputEntry><text>-</text>'
        "</inputEntry><outputEntry><text>1</text></outputEntry><outputEntry><text>1</text>"
        "</outputEntry></rule></decisionTable>"
    )
    return {
        "input data": f'<inputData id="n" name="{name}">{variable}</inputData>',
        "a decision": f'<decision id="n" name="{name}">{variable}{literal("1")}</decision>{asking}',
        "an output": f'<decision id="n" name="n"><variable name="n"/>{columns}</decision>{asking}',
        "a component": f'<itemDefinition name="T"><itemComponent name="{name}"><typeRef>number'
        "</typeRef></itemComponent></itemDefinition>",
        "a parameter": '<businessKnowledgeModel id="k" name="k"><variable name="k"/>'
        f'<encapsulatedLogic><formalParameter name="{name}"/>{literal("1")}</encapsulatedLogic>'
        "</businessKnowledgeModel>",
        "an entry": f'<decision id="d" name="d"><variable name="d"/><context><contextEntry>'
        f"{variable}{literal('1')}</contextEntry></context></decision>",
    }


SORTS = tuple(element("x"))
BEHIND_A_POINT = ("an output", "a component")


def refused(found: Decisions) -> list[str]:
    return [each.message for each in check(found) if each.rule == UNUSABLE]


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("name", ["1a", "3", "1.5", ".5", "-x", "+", "a  b", " x ", "a[1]", "if"])
def test_a_name_that_no_expression_can_ask_for_is_refused(read: Read, sort: str, name: str):
    messages = refused(read(element(name)[sort]))

    is_asked_for = sort in BEHIND_A_POINT and name in ("-x", "if")
    assert [f"is called `{name}`" in it for it in messages] == [True] * (not is_asked_for)


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize(
    "name", ["x", "Größe", "Monthly fee", "a-b", "b/c", "order's total", "count", "v1.5", "date of"]
)
def test_a_name_that_expressions_ask_for_is_none_of_these(read: Read, sort: str, name: str):
    assert refused(read(element(name)[sort])) == []


def test_what_nothing_needs_may_be_called_as_it_likes(read: Read):
    named = f'<decision id="n" name="1. Priority"><variable name="1. Priority"/>{literal("1")}'

    assert refused(read(f"{named}</decision>")) == []


@pytest.mark.parametrize(
    ("call", "cause"),
    [
        ('matches(?, "(b")', "a `)` for every `(`"),
        ('matches(input: ?, pattern: "[")', "a `]` for every `[`"),
        ('replace(?, "(", "x") = "a"', "a `)` for every `(`"),
        ('replace(?, "a", "$") = "a"', "in a replacement"),
        ('count(split(?, "[")) > 0', "a `]` for every `[`"),
        ('matches(?, "a", "zz")', "there is no flag `z`"),
        ('matches(?, p, "zz")', "there is no flag `z`"),
    ],
)
def test_a_pattern_or_flag_that_is_none_is_refused_with_its_cell(
    table: Table, call: str, cause: str
):
    found = check(table(["s:string"], ["o"], [([call], ["1"]), (["-"], ["2"])], "FIRST"))

    errors = [each for each in found if each.severity == "error"]
    assert [(each.numbers, each.column) for each in errors] == [((1,), "s")]
    assert cause in errors[0].message


@pytest.mark.parametrize(
    "call", ['matches(?, "(b)")', "matches(?, p)", 'replace(?, "a", "$1") = ?']
)
def test_a_pattern_that_may_be_one_is_no_finding(table: Table, call: str):
    found = check(table(["s:string"], ["o"], [([call], ["1"]), (["-"], ["2"])], "FIRST"))

    assert [each for each in found if each.severity == "error"] == []
