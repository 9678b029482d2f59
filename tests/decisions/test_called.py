"""A call of what is no function says so: when the file is saved, or when it happens."""

from collections.abc import Callable

import pytest

from clearway.decisions import DecisionError, Decisions, MissingInput, evaluate
from clearway.decisions.check import check

Read = Callable[[str], Decisions]
ITEMS = [{"p": 1, "k": [1]}, {"p": 3, "k": [2]}]
GIVEN: dict[str, object] = {"its": ITEMS, "x": 1, "f": None, "fs": [1], "n": 5}


def literal(text: str) -> str:
    shown = text.replace("<", "&lt;").replace(">", "&gt;")
    return f"<literalExpression><text>{shown}</text></literalExpression>"


MODEL = (
    '<businessKnowledgeModel id="k" name="k"><variable name="k"/><encapsulatedLogic>'
    f'<formalParameter name="q"/>{literal("q + 1")}</encapsulatedLogic></businessKnowledgeModel>'
)
NEEDS = '<knowledgeRequirement><requiredKnowledge href="#k"/></knowledgeRequirement>'


def decided(body: str, needs: str = NEEDS) -> str:
    return f'{MODEL}<decision id="d" name="d">{needs}{body}</decision>'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("count(its[k(p) > 1])", "`k` is a list and no function"),
        ("its[k(q: p) > 1]", "`k` is a list and no function"),
        ("for k in [1] return k(2)", "`k` is a number and no function"),
        ("if x(1) = null then 1 else 2", "`x` is a number and no function"),
        ("list contains([1], x(3))", "`x` is a number and no function"),
        ("{k: 1, b: k(1)}.b", "`k` is a number and no function"),
        ("fs[1](2)", "what is called here is a number and no function"),
    ],
)
def test_a_name_that_hides_a_model_is_told_where_it_is_called(read: Read, text: str, told: str):
    found = read(decided(literal(text)))

    with pytest.raises(DecisionError, match=told) as error:
        evaluate(found, "d", GIVEN)

    assert f"in `{text}`" in error.value.cause


def test_a_boxed_call_and_a_cell_tell_it_as_well(read: Read):
    boxed = f'<invocation>{literal("x")}<binding><parameter name="q"/>{literal("1")}</binding>'
    cell = (
        "<decisionTable><input><inputExpression><text>n</text></inputExpression></input><output/>"
        "<rule><inputEntry><text>x(?) &gt; 1</text></inputEntry><outputEntry><text>1</text>"
        "</outputEntry></rule><rule><inputEntry><text>-</text></inputEntry><outputEntry>"
        "<text>2</text></outputEntry></rule></decisionTable>"
    )

    for body in (f"{boxed}</invocation>", cell):
        with pytest.raises(DecisionError, match="is a number and no function"):
            evaluate(read(decided(body)), "d", GIVEN)


@pytest.mark.parametrize(("text", "name"), [("f(1)", "f"), ("its[1].z(1)", "its, item 1, z")])
def test_a_function_without_a_value_is_a_missing_input(read: Read, text: str, name: str):
    with pytest.raises(MissingInput) as error:
        evaluate(read(decided(literal(text))), "d", GIVEN)

    assert error.value.name == name


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("k(1)", 2),
        ("count([1, 2][k(item) > 2])", 1),
        ("{g: function(a) a + 1, b: g(1)}.b", 2),
        ("(function(a) a)(3)", 3),
    ],
)
def test_what_is_a_function_is_called(read: Read, text: str, answer: object):
    assert evaluate(read(decided(literal(text))), "d", GIVEN).value == answer


def test_an_entry_that_hides_a_model_is_told_when_the_file_is_saved(read: Read):
    item = (
        '<itemDefinition name="I"><itemComponent name="k" isCollection="true"><typeRef>number'
        '</typeRef></itemComponent></itemDefinition><itemDefinition name="L" isCollection="true">'
        '<typeRef>I</typeRef></itemDefinition><inputData id="i" name="its">'
        '<variable name="its" typeRef="L"/></inputData>'
    )
    needs = f'<informationRequirement><requiredInput href="#i"/></informationRequirement>{NEEDS}'

    found = check(read(item + decided(literal("count(its[k(1) > 1])"), needs)))

    assert ["has a call of a list, which is always null" in it.message for it in found] == [True]
