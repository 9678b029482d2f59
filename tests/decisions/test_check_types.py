"""Types, names and calls that do not fit: found when a table is saved, refused when it runs."""

import re
from collections.abc import Callable

import pytest

from clearway.decisions import (
    DecisionError,
    Decisions,
    MissingInput,
    WrongValue,
    evaluate,
    read_decisions,
)
from clearway.decisions.check import check

Read = Callable[[str], Decisions]
Table = Callable[..., Decisions]
DMN = "https://www.omg.org/spec/DMN/20230324/MODEL/"
PERSON = (
    '<itemDefinition name="Person"><itemComponent name="age"><typeRef>number</typeRef>'
    '</itemComponent><itemComponent name="born"><typeRef>date</typeRef></itemComponent>'
    '</itemDefinition><inputData id="p" name="p"><variable name="p" typeRef="Person"/></inputData>'
)
NEEDS_P = '<informationRequirement><requiredInput href="#p"/></informationRequirement>'
MODEL = (
    '<businessKnowledgeModel id="f" name="f"><variable name="f"/><encapsulatedLogic>'
    '<formalParameter name="n" typeRef="number"/>'
    "<literalExpression><text>n + 1</text></literalExpression>"
    "</encapsulatedLogic></businessKnowledgeModel>"
)
NEEDS_F = '<knowledgeRequirement><requiredKnowledge href="#f"/></knowledgeRequirement>'


def told(decisions: Decisions) -> list[tuple[str, str, str]]:
    return [(each.severity, each.rule, each.message) for each in check(decisions)]


def literal(text: str) -> str:
    return f"<literalExpression><text>{text}</text></literalExpression>"


def input_of(kind: str) -> str:
    return f'<inputData id="x" name="x"><variable name="x" typeRef="{kind}"/></inputData>'


def table_of(column: str, policy: str, *rules: tuple[str, str]) -> str:
    """A decision `d` over the input `x`."""
    rows = "".join(
        f"<rule><inputEntry><text>{cell}</text></inputEntry>"
        f"<outputEntry><text>{answer}</text></outputEntry></rule>"
        for cell, answer in rules
    )
    return (
        '<decision id="d" name="d"><informationRequirement><requiredInput href="#x"/>'
        f'</informationRequirement><decisionTable hitPolicy="{policy}"><input>{column}</input>'
        f'<output name="o"/>{rows}</decisionTable></decision>'
    )


# --- allowed values ------------------------------------------------------------------------------


@pytest.mark.parametrize("allowed", ["even(?)", "modulo(?, 100) = 0", "? < limit", "? in limits"])
def test_computed_allowed_values_prove_nothing(table: Table, allowed: str):
    rows = [(["< 150"], ["1"]), (["< 250"], ["2"]), (["> 250"], ["3"]), (["-"], ["4"])]

    found = told(table([f"x:number:{allowed}"], ["p"], rows, "FIRST"))

    assert {(severity, rule) for severity, rule, _ in found} == {("warning", "decision-not-proven")}


def test_what_computed_allowed_values_allow_for_certain_is_still_found(table: Table):
    rows = [(["< 150"], ["1"]), (["< 101"], ["2"])]

    found = told(table(["x:number:even(?)"], ["p"], rows, "FIRST"))

    assert ("error", "decision-gap", "no rule fits x = 150") in found
    assert any(rule == "decision-shadowed" for _, rule, _ in found)


def test_allowed_values_that_cannot_be_asked_beforehand_do_not_stop_the_check(table: Table):
    decisions = table(["x:date:? < today()"], ["p::0"], [(['@"2026-01-01"'], ["1"])])

    assert [rule for _, rule, _ in told(decisions)] == ["decision-not-proven"]


def test_allowed_values_of_another_type_are_found(table: Table):
    (found,) = told(table(['x:number:"a","b"'], ["p"], [(["-"], ["1"])]))

    assert found == (
        "error",
        "decision-input-type",
        'column x: the allowed values have "a", a string, but the input is a number',
    )


def test_allowed_values_of_a_definition_of_another_type_are_found(read: Read):
    decisions = read(
        '<itemDefinition name="Size"><typeRef>number</typeRef><allowedValues><text>"S","L"</text>'
        "</allowedValues></itemDefinition>"
    )

    assert [rule for _, rule, _ in told(decisions)] == ["decision-input-type"]


# --- inputs --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "column", "wrong"),
    [
        ("number", "string", True),
        ("date and time", "date", True),
        ("date", "date and time", False),
        ("string", "date", False),
        ("Any", "date", False),
        ("number", "number", False),
    ],
)
def test_a_column_of_another_type_than_what_it_asks_for(
    read: Read, given: str, column: str, wrong: bool
):
    typed = f'<inputExpression typeRef="{column}"><text>x</text></inputExpression>'

    found = told(read(input_of(given) + table_of(typed, "UNIQUE", ("-", "1"))))

    assert [rule for _, rule, _ in found] == (["decision-input-type"] if wrong else [])


@pytest.mark.parametrize(
    ("kind", "limit", "missing"),
    [
        ("date and time", "2026-01-01T00:00:00Z", 'date and time("2026-01-01T00:00:00")'),
        ("date and time", "2026-01-01T00:00:00", 'date and time("2026-01-01T00:00:00Z")'),
        ("time", "12:00:00", 'time("12:00:00Z")'),
    ],
)
def test_values_with_and_without_a_zone_have_no_order(
    table: Table, kind: str, limit: str, missing: str
):
    rows = [([f'< @"{limit}"'], ["1"]), ([f'>= @"{limit}"'], ["2"])]

    (found,) = told(table([f"x:{kind}"], ["p"], rows))

    assert found[:2] == ("warning", "decision-not-proven")
    assert found[2].startswith(f"no rule fits x = {missing}: ")
    assert told(table([f"x:{kind}"], ["p::0"], rows)) == []


def test_a_rule_for_values_of_another_zone_is_not_in_vain(table: Table):
    limit = '@"2026-01-01T00:00:00Z"'
    rows = [([f"< {limit}"], ["1"]), ([f">= {limit}"], ["2"]), (["not(null)"], ["3"])]

    assert told(table(["x:date and time"], ["p"], rows, "FIRST")) == []


def test_allowed_values_leave_out_those_of_another_zone(table: Table):
    limit = '@"2026-01-01T00:00:00Z"'
    allowed = 'x:date and time:>= @"1900-01-01T00:00:00Z"'
    decisions = table([allowed], ["p"], [([f"< {limit}"], ["1"]), ([f">= {limit}"], ["2"])])

    assert told(decisions) == []


def test_an_input_that_computes_null_is_told_with_what_it_saw(table: Table):
    decisions = table(['x = "a"'], ["p"], [(["true"], ["1"]), (["false"], ["2"])])

    with pytest.raises(MissingInput, match=r'the input `x = "a"` gives null for x = 1'):
        evaluate(decisions, "d", {"x": 1})


# --- cells and outputs ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "answer"), [('@"2026-02-30"', "1"), ("-", '@"2026-02-30"'), ('< @"x"', "1")]
)
def test_a_date_that_is_none_is_refused_with_its_cell(table: Table, cell: str, answer: str):
    (found,) = told(table(["x:date"], ["p"], [([cell], [answer])]))

    assert found[:2] == ("error", "decision-not-understood")
    assert found[2].startswith(f"rule 1, column {'p' if cell == '-' else 'x'}: ")
    assert "is no date, time or duration that there is" in found[2]


def test_a_cell_that_is_wrong_hides_no_other(table: Table):
    rows = [(["9"], ["1"]), (["> 2"], ["2"]), (["[1..2]"], ["3"])]

    found = told(table(["x:number:1,2"], ["p"], rows))

    assert [(rule, message[:6]) for _, rule, message in found] == [
        ("decision-cell-value", "rule 1"),
        ("decision-never-fits", "rule 2"),
    ]


def test_a_function_that_cannot_sort_is_found(table: Table):
    decisions = table(["x:boolean"], ["p"], [(["-"], ["sort([2, 1], function(a) a)"])])

    assert [rule for _, rule, _ in told(decisions)] == ["decision-null-call"]


@pytest.mark.parametrize(
    ("kind", "answer", "said"),
    [
        ("number", 'x + "a"', "a number + a string"),
        ("number", 'if x = 1 then "b" else [1 - x + x, max(x * "a")]', "a number * a string"),
        ("date", "x - 1", "a date - a number"),
        ("date", 'x + @"P1D" - x > @"PT1H"', None),
        ("date", 'x - @"2026-01-01T00:00:00Z" = x - @"2026-01-01T00:00:00"', None),
        ("string", 'x + "a"', None),
        ("Any", 'x + "a"', None),
        ("number", 'for x in ["b"] return x + "a"', None),
        ("number", "x + null", None),
    ],
)
def test_a_sum_of_kinds_that_have_none_is_found(
    read: Read, kind: str, answer: str, said: str | None
):
    column = "<inputExpression><text>x</text></inputExpression>"
    answer = answer.replace(">", "&gt;")

    found = told(read(input_of(kind) + table_of(column, "UNIQUE", ("-", answer))))

    assert [rule for _, rule, _ in found] == ([] if said is None else ["decision-null-call"])
    assert said is None or f"has {said}, which is always null" in found[0][2]


def test_a_name_that_an_element_binds_itself_is_not_that_of_the_file(read: Read):
    typed = '<inputExpression typeRef="string"><text>x</text></inputExpression>'
    table = table_of(typed, "UNIQUE", ("-", 'x + "a"'))
    logic = table[table.index("<decisionTable") : table.index("</decision>")]
    model = (
        '<businessKnowledgeModel id="k" name="k"><encapsulatedLogic><formalParameter name="x"/>'
        f"{logic}</encapsulatedLogic></businessKnowledgeModel>"
    )

    assert told(read(input_of("number") + model)) == []


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ('typeRef="number"><defaultOutputEntry><text>"z"</text></defaultOutputEntry>', "of type"),
        (
            '><outputValues><text>"a"</text></outputValues>'
            '<defaultOutputEntry><text>"z"</text></defaultOutputEntry>',
            "allows",
        ),
    ],
)
def test_a_default_that_an_evaluation_would_refuse_is_found(read: Read, output: str, said: str):
    inside = (
        '<decision id="d" name="d"><decisionTable><input><inputExpression><text>x</text>'
        f'</inputExpression></input><output name="o" {output}</output><rule><inputEntry><text>1'
        "</text></inputEntry><outputEntry><text>null</text></outputEntry></rule></decisionTable>"
        "</decision>"
    )

    found = [each for each in told(read(inside)) if each[0] == "error"]

    assert [rule for _, rule, _ in found] == ["decision-wrong-value"]
    assert found[0][2].startswith("column o: the default output: the ")
    assert said in found[0][2]


def test_an_output_of_a_dash_is_told_to_answer_nothing(table: Table):
    assert told(table(["x:boolean"], ["p"], [(["-"], ["-"])])) == [
        (
            "warning",
            "decision-output-empty",
            "rule 1, column p: the output is `-`, which answers null",
        )
    ]


def test_a_value_of_an_enumeration_that_no_rule_gives_is_told(read: Read):
    sizes = (
        '<itemDefinition name="Size"><typeRef>string</typeRef><allowedValues><text>"S","L"</text>'
        "</allowedValues></itemDefinition>"
    )
    column = "<inputExpression><text>x</text></inputExpression>"
    rules = table_of(column, "UNIQUE", ("-", '"S"')).replace('"o"', '"o" typeRef="Size"')

    found = told(read(sizes + input_of("number") + rules))

    assert found[0][:2] == ("warning", "decision-output-unreachable")
    assert found[0][2].startswith('no rule answers "L"')


# --- declared types inside of expressions --------------------------------------------------------


@pytest.mark.parametrize(
    ("logic", "rule", "said"),
    [
        (literal('f("5")'), "decision-call", 'given to `f` for `n` is "5", which is not of type'),
        (literal("f(1, 2)"), "decision-call", "`f` takes `n`, but is given 2 values"),
        (literal("f(m: 1)"), "decision-call", "`f` has no parameter `m`"),
        (
            f'<invocation>{literal("f")}<binding><parameter name="m"/>{literal("1")}</binding>'
            "</invocation>",
            "decision-call",
            "`f` has no parameter `m`",
        ),
        (
            f'<invocation>{literal("f")}<binding><parameter name="n"/>{literal("true")}</binding>'
            "</invocation>",
            "decision-call",
            "is true, which is not of type number",
        ),
        (
            f'<context><contextEntry><variable name="n" typeRef="number"/>{literal(chr(34) * 2)}'
            f"</contextEntry><contextEntry>{literal('1')}</contextEntry></context>",
            "decision-wrong-value",
            'the entry `n` is "", which is not of type number',
        ),
        (
            f'<relation><column name="n" typeRef="date"/><row>{literal("1")}</row></relation>',
            "decision-wrong-value",
            "the entry `n` is 1, which is not of type date",
        ),
    ],
)
def test_what_does_not_fit_a_declared_type_is_found_and_refused(
    read: Read, logic: str, rule: str, said: str
):
    decisions = read(f'{MODEL}<decision id="d" name="d">{NEEDS_F}{logic}</decision>')

    (found,) = told(decisions)

    assert found[:2] == ("error", rule)
    assert said in found[2]
    with pytest.raises(DecisionError):
        evaluate(decisions, "d", {})


def test_a_value_that_only_an_evaluation_knows_is_refused_with_name_and_type(read: Read):
    decisions = read(f'{MODEL}<decision id="d" name="d">{NEEDS_F}{literal("f(x)")}</decision>')

    assert told(decisions) == []
    assert evaluate(decisions, "d", {"x": 1}).value == 2
    with pytest.raises(WrongValue, match=r"given to `f` for `n` is true, .* of type number"):
        evaluate(decisions, "d", {"x": True})


@pytest.mark.parametrize("kind", ["number", "Taking"])
def test_what_a_model_gives_has_the_type_of_its_variable(read: Read, kind: str):
    taking = '<itemDefinition name="Taking"><functionItem outputTypeRef="number"/></itemDefinition>'
    model = MODEL.replace('<variable name="f"/>', f'<variable name="f" typeRef="{kind}"/>')
    model = model.replace("n + 1", "string(n)")
    decisions = read(
        f'{taking}{model}<decision id="d" name="d">{NEEDS_F}{literal("f(1)")}</decision>'
    )

    with pytest.raises(WrongValue, match='what `f` gives is "1", which is not of type number'):
        evaluate(decisions, "d", {})


def test_a_constant_answer_of_another_type_is_found(read: Read):
    typed = '<variable name="d" typeRef="number"/>'
    (found,) = told(read(f'<decision id="d" name="d">{typed}{literal(chr(34) * 2)}</decision>'))

    assert found == (
        "error",
        "decision-wrong-value",
        'the answer is "", which is not of type number',
    )


@pytest.mark.parametrize(
    "logic",
    [
        "<context><contextEntry><variable name='n'/>{0}</contextEntry>"
        "<contextEntry><variable name='n'/>{0}</contextEntry></context>",
        "<relation><column name='n'/><column name='n'/><row>{0}{0}</row></relation>",
        "<functionDefinition><formalParameter name='n'/><formalParameter name='n'/>{0}"
        "</functionDefinition>",
        "<invocation>{0}<binding><parameter name='n'/>{0}</binding><binding>"
        "<parameter name='n'/>{0}</binding></invocation>",
    ],
)
def test_a_name_given_twice_in_one_place_is_refused(read: Read, logic: str):
    (found,) = told(read(f'<decision id="d" name="d">{logic.format(literal("1"))}</decision>'))

    assert found[1] == "decision-not-understood"
    assert found[2].startswith("two ")


def test_two_elements_of_one_name_are_found(read: Read):
    second = input_of("string").replace('id="x"', 'id="y"')

    assert told(read(input_of("number") + second)) == [
        ("error", "decision-name-twice", "`x` and `y` are both called `x`")
    ]


# --- components ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("p.agee", "`p` has no `agee`"),
        ("p.age.x", "`p.age` has no `x`"),
        ("p.born.yaer", "`p.born` has no `yaer`"),
        ("p.born.year + p.age", None),
        ("{p: 1}.p", None),
    ],
)
def test_a_component_that_the_type_does_not_have_is_found(read: Read, path: str, said: str | None):
    text = f'if {path} = 1 then "a" else "b"'
    found = told(read(f'{PERSON}<decision id="d" name="d">{NEEDS_P}{literal(text)}</decision>'))

    assert found == ([] if said is None else [("error", "decision-name-unknown", said)])


def test_a_component_of_a_parameter_is_looked_at_too(read: Read):
    model = MODEL.replace('typeRef="number"', 'typeRef="Person"').replace("n + 1", "n.agee")

    assert told(read(PERSON + model)) == [("error", "decision-name-unknown", "`n` has no `agee`")]


# --- imports without a name ----------------------------------------------------------------------


def imported(body: str, known: str) -> Decisions:
    """A file that imports another one without a name."""

    def file(namespace: str, inside: str) -> bytes:
        opening = f'<definitions xmlns="{DMN}" namespace="{namespace}" name="f">'
        return f"{opening}{inside}</definitions>".encode()

    first = read_decisions(file("urn:1", known), "1.dmn")
    link = f'<import name="" namespace="urn:1" importType="{DMN}"/>'
    return read_decisions(file("urn:2", link + body), "2.dmn", {"urn:1": first})


def test_what_is_imported_without_a_name_is_known_by_its_own():
    needs = NEEDS_F.replace("#f", "urn:1#f") + NEEDS_P.replace("#p", "urn:1#p")
    needs += (
        '<informationRequirement><requiredDecision href="urn:1#next"/></informationRequirement>'
    )
    known = (
        f'{PERSON}{MODEL}<decision id="next" name="Next year">{NEEDS_P}{literal("p.age + 1")}'
        "</decision>"
    )
    text = literal("[f(p.age), Next year]")

    decisions = imported(
        f'<decision id="d" name="d"><variable name="d"/>{needs}{text}</decision>', known
    )

    assert told(decisions) == []
    given = {"p": {"age": 4, "born": None}}
    assert evaluate(decisions, "d", given).value == [5, 5]


def test_a_call_of_what_is_imported_without_a_name_is_checked():
    needs = NEEDS_F.replace("#f", "urn:1#f")

    decisions = imported(f'<decision id="d" name="d">{needs}{literal("f(true)")}</decision>', MODEL)

    assert [rule for _, rule, _ in told(decisions)] == ["decision-call"]


@pytest.mark.parametrize(
    ("own", "rule"), [(MODEL, "decision-name-twice"), (PERSON, "decision-not-understood")]
)
def test_names_that_an_import_without_a_name_has_as_well_are_refused(own: str, rule: str):
    found = told(imported(own, PERSON + MODEL))

    assert rule in [each for _, each, _ in found]
    assert any(re.search("both called|as well", message) for _, _, message in found)
