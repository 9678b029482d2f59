"""What no evaluation could ever carry out is refused when a file is saved, with place and cause."""

from collections.abc import Callable

import pytest

from clearway.decisions import Decisions, read_decisions
from clearway.decisions.check import check
from clearway.decisions.errors import NotUnderstood

Read = Callable[[str], Decisions]
X = '<inputData id="x" name="x"><variable name="x" typeRef="number"/></inputData>'
NEEDS_X = '<informationRequirement><requiredInput href="#x"/></informationRequirement>'
NEEDS_K = '<knowledgeRequirement><requiredKnowledge href="#k"/></knowledgeRequirement>'


def literal(text: str, kind: str = "") -> str:
    typed = f' typeRef="{kind}"' if kind else ""
    return f"<literalExpression{typed}><text>{text}</text></literalExpression>"


def decision(logic: str, kind: str = "", needs: str = NEEDS_X, name: str = "t") -> str:
    typed = f' typeRef="{kind}"' if kind else ""
    variable = f'<variable name="{name}"{typed}/>'
    return f'<decision id="{name}" name="{name}">{variable}{needs}{logic}</decision>'


def model(variable: str = "", function: str = "", parameter: str = "") -> str:
    """A knowledge model `k` of one parameter."""
    return (
        f'<businessKnowledgeModel id="k" name="k"><variable name="k"{variable}/>'
        f'<encapsulatedLogic{function}><formalParameter name="p"{parameter}/>{literal("p + 1")}'
        "</encapsulatedLogic></businessKnowledgeModel>"
    )


def service(inside: str) -> str:
    return f'<decisionService id="s" name="s"><variable name="s"/>{inside}</decisionService>'


def told(read: Read, body: str) -> list[tuple[str, str, str]]:
    return [(each.element, each.rule, each.message) for each in check(read(body))]


NOPE = ' typeRef="Nope"'
UNDEFINED = {
    "input data": ("x", X.replace("number", "Nope") + decision(literal("x"))),
    "a decision": ("t", X + decision(literal("x"), "Nope")),
    "an expression": ("t", X + decision(literal("x", "Nope"))),
    "a list": ("t", X + decision(f"<list{NOPE}>{literal('1')}</list>")),
    "an entry": (
        "t",
        X
        + decision(
            f'<context><contextEntry><variable name="a"{NOPE}/>{literal("1")}'
            "</contextEntry></context>"
        ),
    ),
    "a column": (
        "t",
        X + decision(f'<relation><column name="a"{NOPE}/><row>{literal("1")}</row></relation>'),
    ),
    "a call": (
        "t",
        X
        + model()
        + decision(
            f'<invocation{NOPE}>{literal("k")}<binding><parameter name="p"/>{literal("x")}'
            "</binding></invocation>",
            needs=NEEDS_X + NEEDS_K,
        ),
    ),
    "a model": ("k", X + model(variable=NOPE)),
    "a function": ("k", X + model(function=NOPE)),
    "a parameter": ("k", X + model(parameter=NOPE)),
    "a service": (
        "s",
        X
        + decision(literal("x"))
        + service('<outputDecision href="#t"/><inputData href="#x"/>').replace(
            'name="s"/>', f'name="s"{NOPE}/>'
        ),
    ),
    "a table": (
        "t",
        X
        + decision(
            f'<decisionTable{NOPE} hitPolicy="COLLECT"><output name="o"/><rule><outputEntry>'
            "<text>1</text></outputEntry></rule></decisionTable>"
        ),
    ),
}


@pytest.mark.parametrize("what", UNDEFINED)
def test_a_type_that_nothing_defines_is_refused_wherever_it_stands(read: Read, what: str):
    element, body = UNDEFINED[what]

    (found,) = told(read, body)

    assert found[0] == element
    assert found[1] == "decision-not-understood"
    assert "there is no type `Nope`" in found[2]


def test_a_misspelt_type_is_told_with_the_one_that_was_meant(read: Read):
    (finding,) = check(read(X.replace("number", "numbr") + decision(literal("x"))))

    assert finding.remedy == "Did you mean `number`?"


@pytest.mark.parametrize("component", [False, True])
def test_allowed_values_that_ask_for_a_name_are_refused(read: Read, component: bool):
    inside = "<typeRef>number</typeRef><allowedValues><text>[0..most]</text></allowedValues>"
    if component:
        inside = f'<itemComponent name="age">{inside}</itemComponent>'

    (found,) = told(read, f'<itemDefinition name="A">{inside}</itemDefinition>')

    assert found[1] == "decision-name-unknown"
    assert "the allowed values ask for `most`" in found[2]


def test_a_service_is_given_all_that_its_decisions_need(read: Read):
    body = X + decision(literal("x"), name="b")
    inner = decision(
        literal("b"),
        needs='<informationRequirement><requiredDecision href="#b"/></informationRequirement>',
    )

    both = '<outputDecision href="#t"/><encapsulatedDecision href="#b"/>'
    without = told(read, body + inner + service(both))
    given = told(read, body + inner + service(both + '<inputData href="#x"/>'))
    lacking = told(
        read, body + inner + service('<outputDecision href="#t"/><inputData href="#x"/>')
    )
    replaced = told(
        read, body + inner + service('<outputDecision href="#t"/><inputDecision href="#b"/>')
    )

    assert without == [
        (
            "s",
            "decision-requirement-missing",
            "its decision `b` needs `x`, which the service is not given",
        )
    ]
    assert given == replaced == []
    assert lacking == [
        (
            "s",
            "decision-requirement-missing",
            "its decision `t` needs `b`, which is neither encapsulated in the service nor given "
            "to it",
        )
    ]


def test_a_service_without_an_output_decision_is_refused(read: Read):
    (found,) = told(read, X + service('<inputData href="#x"/>'))

    assert "has no output decision" in found[2]


def test_only_the_last_entry_of_a_context_may_have_no_name(read: Read):
    first = f"<contextEntry>{literal('1')}</contextEntry>"
    second = f'<contextEntry><variable name="a"/>{literal("2")}</contextEntry>'

    (found,) = told(read, X + decision(f"<context>{first}{second}</context>"))

    assert "an entry without a name that is not the last" in found[2]
    assert told(read, X + decision(f"<context>{second}{first}</context>")) == []


def test_a_file_with_more_text_than_is_read_in_time_is_refused(read: Read):
    rows = "".join(
        f"<rule><inputEntry><text>[{each}..{each + 1}]</text></inputEntry></rule>"
        for each in range(25_000)
    )

    with pytest.raises(NotUnderstood, match="characters, the same counted once"):
        read(f'<decision id="t" name="t"><decisionTable>{rows}</decisionTable></decision>')


def table(output: str, answers: tuple[str, ...], policy: str = "UNIQUE", kind: str = "") -> str:
    typed = f' typeRef="{kind}"' if kind else ""
    rules = "".join(
        f"<rule><inputEntry><text>{cell}</text></inputEntry>"
        f"<outputEntry><text>{answer}</text></outputEntry></rule>"
        for cell, _, answer in (each.partition(" -> ") for each in answers)
    )
    given = f' typeRef="{output}"' if output else ""
    return (
        f'<decisionTable hitPolicy="{policy}"{typed}><input label="X"><inputExpression typeRef='
        f'"number"><text>x</text></inputExpression></input><output name="o"{given}/>{rules}'
        "</decisionTable>"
    )


LISTS = (
    '<itemDefinition name="tTexts" isCollection="true"><typeRef>string</typeRef></itemDefinition>'
)
OPEN = (
    '<itemDefinition name="tOpen"/><itemDefinition name="tNumbers" isCollection="true">'
    '<typeRef>number</typeRef></itemDefinition><itemDefinition name="tRows" isCollection="true">'
    "<typeRef>tNumbers</typeRef></itemDefinition>"
)
HIGH = (
    '<itemDefinition name="tHigh"><typeRef>number</typeRef><allowedValues><text>&gt; 5</text>'
    "</allowedValues></itemDefinition>"
)


@pytest.mark.parametrize(
    ("kind", "logic", "cause"),
    [
        ("string", table("number", ("- -> 1",)), "answers a number, but it is said"),
        ("", table("number", ("- -> 1",), kind="string"), "answers a number, but it is said"),
        ("string", table("", ("- -> 1",)), "the answer is 1, which is not of type string"),
        ("tHigh", table("number", ("- -> 1",)), "the answer is 1, which is not of type tHigh"),
        ("tTexts", table("number", ("- -> 1",)), "answers a number, but it is said"),
        ("tTexts", table("number", ("- -> 1",), "COLLECT"), "each item is a number"),
        ("number", table("number", ("- -> 1", "- -> 2"), "COLLECT"), "rules 1 and 2 fit X = "),
    ],
)
def test_a_table_that_answers_another_type_than_its_decision_is_refused(
    read: Read, kind: str, logic: str, cause: str
):
    found = told(read, LISTS + HIGH + X + decision(logic, kind))

    assert len(found) == 1
    assert found[0][0] == "t"
    assert cause in found[0][2]


@pytest.mark.parametrize(
    ("kind", "logic"),
    [
        ("number", table("number", ("- -> 1",))),
        ("dateTime", table("date", ('- -> @"2026-01-01"',))),
        ("tTexts", table("string", ('- -> "a"', '- -> "b"'), "COLLECT")),
        ("tTexts", table("string", ('- -> "a"',))),
        ("number", table("number", ("&lt; 1 -> 1", "&gt;= 1 -> 2"), "COLLECT")),
        ("tHigh", table("number", ("- -> 3",), 'COLLECT" aggregation="SUM')),
        ("string", table("string", ("- -> null",))),
        ("list", table("number", ("- -> 1", "- -> 2"), "COLLECT")),
        ("tOpen", table("number", ("- -> 1", "- -> 2"), "COLLECT")),
        ("tRows", table("number", ("- -> 1", "- -> 2"), "COLLECT")),
    ],
)
def test_a_table_that_answers_the_type_of_its_decision_is_left_alone(
    read: Read, kind: str, logic: str
):
    assert told(read, LISTS + OPEN + HIGH + X + decision(logic, kind)) == []


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("modulo(x)", "it takes `dividend`, `divisor`, but is given 1 value"),
        ("modulo(dividend: x, div: 2)", "it takes `dividend`, `divisor`, and no `div`"),
        ("upper case(x)", "`string` is a number"),
        ("[upper case(string: x + 1)]", "`string` is a number"),
        ('if x then "a" else "b"', "`if` with a number"),
        ('x > "5"', "a number > a string, which is null for every value"),
        ('x = "5" or x between 1 and "b"', "a number = a string"),
        ('for i in [1] return i + modulo(x) + (x * "b")', "a number * a string"),
        ("some i in [1, 2] satisfies 5", "`some` with a number"),
    ],
)
def test_what_is_null_for_every_value_is_told_by_the_declared_types(
    read: Read, text: str, cause: str
):
    text = text.replace(">", "&gt;")

    boxed = told(read, X + decision(literal(text)))
    cell = told(read, X + decision(table("", (f"- -> {text}",))))

    assert {each[1] for each in (*boxed, *cell)} == {"decision-null-call"}
    assert any(cause in each[2] for each in boxed)
    assert any(each[2].startswith("rule 1, column o: ") and cause in each[2] for each in cell)


@pytest.mark.parametrize(
    "text",
    [
        "modulo(x, 2)",
        "max(x, 1, 2)",
        "upper case(string(x))",
        "{x: 'a', y: x}".replace("'", '"') + " = null or x = null",
        'for x in ["a"] return upper case(x) + (if x > "b" then "c" else "d")',
        '[{x: "a"}][x > "0"]',
        '(function(x) x > "5")("6")',
        "count(x) > 0 and string join(string(x)) != null",
        "round half up(x, null)",
        'if x > 1 then "a" else if x = null then "b" else "c"',
    ],
)
def test_what_may_have_a_value_is_left_alone(read: Read, text: str):
    text = text.replace(">", "&gt;")

    assert told(read, X + decision(literal(text))) == []


@pytest.mark.parametrize("before", ["", "list", "in"])
def test_a_date_that_does_not_exist_is_told_outside_of_tables_as_well(read: Read, before: str):
    logic = literal('date("2024-02-30")')
    if before == "list":
        logic = f"<list>{logic}</list>"
    elif before:
        logic = f"<filter><in>{logic}</in><match>{literal('item != null')}</match></filter>"

    (found,) = told(read, X + decision(logic))

    assert found[1] == "decision-null-call"
    assert 'contains `date("2024-02-30")`, which is always null' in found[2]


def test_a_function_of_the_file_may_take_the_place_of_a_built_in_one(read: Read):
    body = model().replace('name="k"', 'name="modulo"')
    body += decision(literal("modulo(x)"), needs=NEEDS_X + NEEDS_K, name="u")

    assert [each for each in told(read, X + body) if each[0] == "u"] == []


def test_a_column_of_numbers_over_a_condition_is_refused(read: Read):
    logic = table("number", ("1 -> 1", "not(1) -> 2")).replace(">x</text>", ">x &gt; 3</text>")

    found = told(read, X + decision(logic))

    assert (
        "decision-input-type",
        "column X: the input is said to be a number, but `x > 3` is a boolean",
    ) in [each[1:] for each in found]


def test_a_boxed_condition_that_is_no_truth_is_told(read: Read):
    some = f"<in>{literal('[1, 2]')}</in><satisfies>{literal('5')}</satisfies>"

    (found,) = told(read, X + decision(f'<some iteratorVariable="i">{some}</some>'))

    assert "a condition that is a number" in found[2]


TWICE = {
    "two types called `a`": '<itemDefinition name="a"><typeRef>number</typeRef></itemDefinition>'
    * 2,
    "two components of `a.b` are called `c`": (
        '<itemDefinition name="a"><itemComponent name="b">'
        + '<itemComponent name="c"><typeRef>number</typeRef></itemComponent>' * 2
        + "</itemComponent></itemDefinition>"
    ),
    "the type is called `number`": (
        '<itemDefinition name="number"><typeRef>string</typeRef></itemDefinition>'
    ),
}


@pytest.mark.parametrize("cause", TWICE)
def test_a_type_or_component_that_hides_another_is_refused(read: Read, cause: str):
    findings = told(read, TWICE[cause])

    assert [
        cause in message.replace("are called `a`", "called `a`") for *_, message in findings
    ] == [True]


def test_types_in_a_circle_are_refused_and_no_others(read: Read):
    body = "".join(
        f'<itemDefinition name="{name}"><typeRef>{used}</typeRef></itemDefinition>'
        for name, used in (("a", "b"), ("b", "a"), ("c", "a"), ("d", "number"), ("e", "d"))
    )

    messages = [message for *_, message in told(read, body)]

    assert [message for message in messages if "defined by itself" in message] == [
        "column a: the type is defined by itself",
        "column b: the type is defined by itself",
    ]


JS = ' expressionLanguage="https://example.org/ecma-262"'
FEEL = ' expressionLanguage="https://www.omg.org/spec/DMN/20230324/FEEL/"'
ONE_RULE = (
    '<decisionTable hitPolicy="FIRST"><output name="o"/><rule><outputEntry><text>1</text>'
    "</outputEntry></rule></decisionTable>"
)


@pytest.mark.parametrize(
    ("whole", "body", "message"),
    [
        (JS, literal("1"), "the file says that its expressions are written in ecma-262"),
        (JS, ONE_RULE, "the file says that its expressions are written in ecma-262"),
        (
            "",
            ONE_RULE.replace("<outputEntry", f"<outputEntry{JS}"),
            "the `outputEntry` is written in ecma-262",
        ),
    ],
)
def test_expressions_in_another_language_are_refused(whole: str, body: str, message: str):
    assert told(in_language(whole), decision(body, needs="")) == [
        ("t" if "`" in message else "", "decision-not-understood", message)
    ]


def test_expressions_that_are_in_feel_are_read_whatever_the_file_says_of_others():
    own = literal("1").replace("<literalExpression", f"<literalExpression{FEEL}")

    assert told(in_language(FEEL), decision(literal("1"), needs="")) == []
    assert told(in_language(JS), decision(own, needs="")) == []


def in_language(whole: str) -> Read:
    namespace = "https://www.omg.org/spec/DMN/20230324/MODEL/"
    start = f'<definitions xmlns="{namespace}" name="test" namespace="urn:test"{whole}>'
    return lambda body: read_decisions(f"{start}{body}</definitions>".encode(), "test.dmn")


@pytest.mark.parametrize(
    ("word", "inside"), [("for", "return"), ("some", "satisfies"), ("every", "satisfies")]
)
def test_a_boxed_loop_without_a_name_for_its_items_is_refused(read: Read, word: str, inside: str):
    loop = f"<{word}><in>{literal('[1]')}</in><{inside}>{literal('true')}</{inside}></{word}>"

    (found,) = told(read, X + decision(loop))

    assert found[2] == f"`{word}` has no iteratorVariable"
