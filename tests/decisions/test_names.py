"""Names that expressions ask for: refused with their cell when nothing gives them."""

from collections.abc import Callable

import pytest

from clearway.decisions import Decisions
from clearway.decisions.check import check

Read = Callable[[str], Decisions]

AGE = '<inputData id="i" name="Age"><variable name="Age" typeRef="number"/></inputData>'
NEEDS_AGE = '<informationRequirement><requiredInput href="#i"/></informationRequirement>'


def table(cell: str = "-", output: str = "1", asks: str = "Age") -> str:
    return (
        f'<decisionTable hitPolicy="FIRST"><input label="how old"><inputExpression><text>{asks}'
        '</text></inputExpression></input><output name="p"/><rule><inputEntry><text>'
        f"{cell}</text></inputEntry><outputEntry><text>{output}</text></outputEntry></rule>"
        "</decisionTable>"
    )


def decision(inside: str, identity: str = "d", needs: str = NEEDS_AGE) -> str:
    return f'<decision id="{identity}" name="{identity}">{needs}{inside}</decision>'


def found(decisions: Decisions) -> list[tuple[str, str]]:
    return [(it.rule, it.message) for it in check(decisions) if it.severity == "error"]


@pytest.mark.parametrize(
    ("inside", "message"),
    [
        (table(asks="Aeg"), "column how old: nothing here is called `Aeg`"),
        (table(cell="&gt; Limit"), "rule 1, column how old: nothing here is called `Limit`"),
        (table(output="Limit"), "rule 1, column p: nothing here is called `Limit`"),
        ("<literalExpression><text>Limit + 1</text></literalExpression>",
         "nothing here is called `Limit`"),
    ],
)  # fmt: skip
def test_a_name_that_nothing_has_is_refused_with_its_cell(read: Read, inside: str, message: str):
    assert found(read(AGE + decision(inside))) == [("decision-name-unknown", message)]


def test_a_name_of_the_file_needs_a_requirement(read: Read):
    other = decision("<literalExpression><text>Age</text></literalExpression>", "limit")

    assert found(read(AGE + other + decision(table(cell="&gt; limit")))) == [
        (
            "decision-requirement-missing",
            "rule 1, column how old: it asks for `limit`, which is not among what `d` needs",
        )
    ]


def test_what_is_bound_inside_is_known(read: Read):
    inside = (
        "<context><contextEntry><variable name='double'/><literalExpression><text>Age * 2</text>"
        "</literalExpression></contextEntry><contextEntry><literalExpression><text>"
        "double + count(for x in [1, 2] return x) + (function(n) n)(1)</text></literalExpression>"
        "</contextEntry></context>"
    )

    assert found(read(AGE + decision(inside))) == []


def test_a_knowledge_model_knows_its_parameters_only(read: Read):
    model = (
        '<businessKnowledgeModel id="k" name="k"><encapsulatedLogic><formalParameter name="x"/>'
        "<literalExpression><text>x + Age</text></literalExpression></encapsulatedLogic>"
        "</businessKnowledgeModel>"
    )

    [(rule, message)] = found(read(AGE + model))

    assert (rule, "`Age`" in message) == ("decision-requirement-missing", True)


def test_a_table_without_requirements_asks_whoever_calls_it(read: Read):
    assert found(read(decision(table(asks="record.impact"), needs=""))) == []


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("", "`in` has no name"),
        ("?", "the value that a cell or `in` tests"),
        ("item", "what a filter looks at"),
        ("a[1]", "`[` cannot stand in a name"),
        ("if", "a word of FEEL"),
    ],
)
def test_input_data_that_cannot_be_asked_for_is_refused(read: Read, name: str, cause: str):
    data = f'<inputData id="in" name="{name}"><variable name="{name}"/></inputData>'

    [(rule, message)] = found(read(data + decision(table(asks="1"), needs="")))

    assert (rule, cause in message) == ("decision-name-unusable", True)


@pytest.mark.parametrize("name", ["a-b", "Größe", "it's 1.5 + 2*3/4", "items", "what?", "_x"])
def test_unusual_names_of_input_data_are_taken(read: Read, name: str):
    data = f'<inputData id="in" name="{name}"/>'

    assert found(read(data + decision(table(asks="1"), needs=""))) == []
