"""Cells and expressions that are computed are held to the declared types when a file is saved."""

from collections.abc import Callable
from xml.sax.saxutils import escape

import pytest

from clearway.decisions import Decisions
from clearway.decisions.check import check

Read = Callable[[str], Decisions]
KINDS = {"x": "number", "s": "string", "b": "boolean", "d": "date", "p": "tPerson"}
TYPES = (
    '<itemDefinition name="tPerson"><itemComponent name="age"><typeRef>number</typeRef>'
    "</itemComponent></itemDefinition>"
    '<itemDefinition name="tTexts" isCollection="true"><typeRef>string</typeRef></itemDefinition>'
)
DATA = "".join(
    f'<inputData id="{name}" name="{name}"><variable name="{name}" typeRef="{kind}"/></inputData>'
    for name, kind in KINDS.items()
)
NEEDS = "".join(
    f'<informationRequirement><requiredInput href="#{name}"/></informationRequirement>'
    for name in KINDS
)
MODEL = (
    '<businessKnowledgeModel id="k" name="k"><variable name="k"/><encapsulatedLogic>'
    '<formalParameter name="n" typeRef="number"/><literalExpression><text>n + 1</text>'
    "</literalExpression></encapsulatedLogic></businessKnowledgeModel>"
)
NEEDS_K = '<knowledgeRequirement><requiredKnowledge href="#k"/></knowledgeRequirement>'


def literal(text: str) -> str:
    return f"<literalExpression><text>{escape(text)}</text></literalExpression>"


def decision(logic: str, kind: str = "") -> str:
    typed = f' typeRef="{kind}"' if kind else ""
    return (
        f'{TYPES}{DATA}{MODEL}<decision id="t" name="t"><variable name="t"{typed}/>'
        f"{NEEDS}{NEEDS_K}{logic}</decision>"
    )


def table(column: str, cell: str, answer: str, output: str = "", default: str = "") -> str:
    """A table that asks for one name, with a rule that has this cell, and one for all others."""
    typed = f' typeRef="{output}"' if output else ""
    last = f"<defaultOutputEntry><text>{escape(default)}</text></defaultOutputEntry>"
    rules = "".join(
        f"<rule><inputEntry><text>{escape(test)}</text></inputEntry>"
        f"<outputEntry><text>{escape(answer)}</text></outputEntry></rule>"
        for test in ([cell] if cell == "-" or default else [cell, "-"])
    )
    return (
        f'<decisionTable hitPolicy="FIRST"><input label="in"><inputExpression><text>{column}</text>'
        f'</inputExpression></input><output name="o"{typed}>{last if default else ""}</output>'
        f"{rules}</decisionTable>"
    )


def told(read: Read, body: str) -> list[tuple[str, str]]:
    return [(each.rule, each.message) for each in check(read(body)) if each.severity == "error"]


@pytest.mark.parametrize(
    ("text", "kind", "cause"),
    [
        ("s", "number", "rule 1, column o: the output, `s`, is a string, which is not of type num"),
        ("x > 3", "number", "is a boolean"),
        ("upper case(s)", "number", "is a string"),
        ('if b then s else "none"', "number", "is a string"),
        ("if b then null else s", "number", "is a string"),
        ("p.age", "string", "is a number"),
        ("p", "number", "is a context"),
        ("d.year", "date", "is a number"),
        ("{a: x}", "number", "is a context"),
        ("x + 1", "tTexts", "is a number"),
        ("d", "string", "is a date"),
    ],
)
def test_an_output_that_is_always_of_another_kind_is_refused(
    read: Read, text: str, kind: str, cause: str
):
    typed_column = told(read, decision(table("x", "-", text, kind)))
    typed_decision = told(read, decision(table("x", "-", text), kind))
    default = told(read, decision(table("x", "5", "null", kind, default=text)))
    expression = told(read, decision(literal(text), kind))

    for found in (typed_column, typed_decision, default, expression):
        assert [rule for rule, _ in found] == ["decision-wrong-value"]
    assert cause in typed_column[0][1]
    assert f"the answer, `{text}`, is a" in expression[0][1]
    assert f"column o: the default output, `{text}`, is a" in default[0][1]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("x + 1", "number"),
        ("s", "tTexts"),
        ("d", "dateTime"),
        ("if b then s else x", "number"),
        ("[x]", "number"),
        ("[s]", "tTexts"),
        ("p", "tPerson"),
        ("{age: x}", "tPerson"),
        ("for s in [1, 2] return s", "list"),
        ("(for i in [1] return i)", "number"),
        ("[1, 2][item = x]", "number"),
        ("max(x, 3)", "number"),
        ("k(x)", "string"),
        ("s", "Any"),
        ("if b then null else null", "number"),
    ],
)
def test_an_output_that_may_be_of_its_type_is_left_alone(read: Read, text: str, kind: str):
    assert told(read, decision(table("x", "-", text, kind))) == []
    assert told(read, decision(literal(text), kind)) == []


ENTRY = '<context><contextEntry><variable name="a" typeRef="number"/>{}</contextEntry></context>'
FILTER = "<filter><in>{}</in><match>{}</match></filter>"
BOUND = '<invocation>{}<binding><parameter name="n"/>{}</binding></invocation>'


@pytest.mark.parametrize(
    ("logic", "rule", "cause"),
    [
        (ENTRY.format(literal("s")), "decision-wrong-value", "the entry `a`, `s`, is a string"),
        (literal("k(s)"), "decision-call", "given to `k` for `n` is a string, which is not of"),
        (literal("1 + k(n: s + s)"), "decision-call", "for `n` is a string"),
        (BOUND.format(literal("k"), literal("b")), "decision-call", "for `n` is a boolean"),
        (literal("for i in [1] return k(d)"), "decision-call", "for `n` is a date"),
    ],
)
def test_what_is_given_on_is_held_to_its_type(read: Read, logic: str, rule: str, cause: str):
    ((found, message),) = told(read, decision(logic))

    assert found == rule
    assert cause in message


@pytest.mark.parametrize(
    "logic",
    [
        literal("for s in [1, 2] return k(s)"),
        literal("[{s: 1}][k(s) > 1]"),
        literal("k([x])"),
        BOUND.format(literal("k"), literal("x + 1")),
        FILTER.format(literal("[{s: 1}]"), ENTRY.format(literal("s"))),
    ],
)
def test_what_may_be_of_the_type_is_given_on(read: Read, logic: str):
    assert told(read, decision(logic)) == []


@pytest.mark.parametrize(
    ("column", "cell", "rule", "cause"),
    [
        ("s", "> x", "decision-cell-type", "a string > a number, which is true for no value"),
        ("s", "x", "decision-cell-type", "a string = a number"),
        ("s", '"a", x', "decision-cell-type", "a string = a number"),
        ("s", "not(x)", "decision-cell-type", "a string = a number"),
        ("d", "2020-01-01", "decision-cell-type", "a date = a number"),
        ("d", "[x..x + 1]", "decision-cell-type", "a date >= a number"),
        ("s", "[x, x + 1]", "decision-cell-type", "a string = a number"),
        ("s", "upper case(?)", "decision-cell-type", "a string where a condition is wanted"),
        ("s", "abs", "decision-cell-type", "a string = a function"),
        ("s", "? > x", "decision-null-call", "a string > a number"),
        ("d", "?.foo = 1", "decision-null-call", "`foo` of a date, which is always null"),
        ("d", '?.year = "2020"', "decision-null-call", "a number = a string"),
        ("s", "? + 1 = 2", "decision-null-call", "a string + a number"),
        ("s", '"a" or "b"', "decision-null-call", "`or` with a string, which is neither true nor"),
        ("s", "? in (x, x + 1)", "decision-null-call", "`in` with a string = a number"),
    ],
)
def test_a_cell_that_is_true_for_no_value_is_refused(
    read: Read, column: str, cell: str, rule: str, cause: str
):
    found = told(read, decision(table(column, cell, "1")))

    assert {each for each, _ in found} == {rule}
    assert found[0][1].startswith("rule 1, column in: ")
    assert cause in found[0][1]


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("x", "> p.age"),
        ("s", "x > 3"),
        ("s", "upper case(?) = s"),
        ("d", "?.year = x"),
        ("d", "[d..d]"),
        ("s", '"a", s, null'),
        ("s", '[s, "b", x]'),
        ("x", "? in [1..3]"),
        ("s", 'for x in ["a"] return x'),
        ("b", "x > 3"),
        ("x", "k(?) > 3"),
        ("s", "string length(?) > 3 and b"),
        ("p", "?.age > 3"),
    ],
)
def test_a_cell_that_may_be_true_is_left_alone(read: Read, column: str, cell: str):
    assert told(read, decision(table(column, cell, "1"))) == []


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("-s", "a minus before a string"),
        ("x(1)", "a call of a number"),
        ('"a" or "b"', "`or` with a string"),
        ("1/0", "a division by 0"),
        ("[x / 0]", "a division by 0"),
        ("x = [1]", "a number = a list"),
    ],
)
def test_what_is_null_whatever_is_given_is_told(read: Read, text: str, cause: str):
    ((rule, message),) = told(read, decision(literal(text)))
    ((in_cell, _),) = told(read, decision(table("x", "-", text)))

    assert rule == in_cell == "decision-null-call"
    assert f"`{text}` has {cause}" in message


def test_a_name_of_a_function_is_left_alone_where_the_caller_may_give_it_a_value(read: Read):
    body = f'<decision id="t" name="t">{table("s", "abs", "1")}</decision>'

    assert told(read, body) == []
