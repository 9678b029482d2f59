"""Decisions that need others, knowledge models, services, boxed expressions and types."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from clearway.decisions import (
    DecisionError,
    Decisions,
    MissingInput,
    WrongValue,
    evaluate,
    explain,
    read_decisions,
)

Read = Callable[[str], Decisions]


def literal(text: str) -> str:
    return f"<literalExpression><text>{text}</text></literalExpression>"


GRAPH = f"""
<inputData id="score_input" name="Risk Score">
  <variable name="Risk Score" typeRef="number"/>
</inputData>
<decision id="band" name="Risk Band">
  <informationRequirement><requiredInput href="#score_input"/></informationRequirement>
  {literal('if Risk Score &gt; 5 then "high" else "low"')}
</decision>
<decision id="board" name="Board">
  <informationRequirement><requiredDecision href="#band"/></informationRequirement>
  <knowledgeRequirement><requiredKnowledge href="#seats"/></knowledgeRequirement>
  {literal("seats(Risk Band)")}
</decision>
<businessKnowledgeModel id="seats" name="seats">
  <encapsulatedLogic>
    <formalParameter name="band" typeRef="string"/>
    {literal('if band = "high" then 5 else 2')}
  </encapsulatedLogic>
</businessKnowledgeModel>
"""


def test_what_a_decision_needs_is_decided_first(read: Read):
    decisions = read(GRAPH)

    made = evaluate(decisions, "board", {"Risk Score": 7})

    assert decisions.problems() == []
    assert made.value == 5
    assert made.needed[0].decision == "band"
    assert made.needed[0].outputs == {"Risk Band": "high"}
    assert explain(made) == [
        "Risk Score is 7.",
        'The expression of band answers Risk Band = "high".',
        "The expression of board answers Board = 5.",
    ]


def test_a_missing_or_wrong_input_of_a_needed_decision_is_named(read: Read):
    with pytest.raises(MissingInput, match="`Risk Score`"):
        evaluate(read(GRAPH), "board", {})
    with pytest.raises(WrongValue, match="`Risk Score`"):
        evaluate(read(GRAPH), "board", {"Risk Score": "seven"})


def test_a_diamond_decides_its_root_once(read: Read):
    def decision(name: str, logic: str, below: str = "") -> str:
        link = f'<requiredDecision href="#{below}"/>'
        need = f"<informationRequirement>{link}</informationRequirement>" if below else ""
        return f'<decision id="{name}" name="{name}">{need}{need}{literal(logic)}</decision>'

    layers = [decision("l0", "1")]
    layers += [decision(f"l{n}", f"l{n - 1} + 1", f"l{n - 1}") for n in range(1, 2000)]
    decisions = read("".join(layers))

    assert evaluate(decisions, "l39", {}).value == 40
    with pytest.raises(DecisionError, match="nest too deep"):
        evaluate(decisions, "l1999", {})


def test_a_knowledge_model_may_call_itself_within_bounds(read: Read):
    def factorial(until: int) -> Decisions:
        body = f"""<businessKnowledgeModel id="f" name="f"><encapsulatedLogic>
          <formalParameter name="n" typeRef="number"/>
          {literal("if n &lt;= 1 then 1 else n * f(n - 1)")}
        </encapsulatedLogic></businessKnowledgeModel>
        <decision id="d" name="d">
          <knowledgeRequirement><requiredKnowledge href="#f"/></knowledgeRequirement>
          {literal(f"f({until})")}
        </decision>"""
        return read(body)

    assert evaluate(factorial(5), "d", {}).value == 120
    with pytest.raises(DecisionError, match="nest deeper"):
        evaluate(factorial(500), "d", {})


def test_a_service_decides_from_its_arguments_alone(read: Read):
    body = f"""{GRAPH}
    <decisionService id="service" name="service">
      <outputDecision href="#board"/><inputData href="#score_input"/>
    </decisionService>
    <decision id="d" name="d">
      <knowledgeRequirement><requiredKnowledge href="#service"/></knowledgeRequirement>
      {literal("service(1) + service(9)")}
    </decision>"""

    assert evaluate(read(body), "d", {"Risk Score": 100}).value == 7


def test_boxed_expressions_are_carried_out(read: Read):
    def value(logic: str) -> object:
        decisions = read(f'<decision id="d" name="d">{logic}</decision>')
        assert decisions.problems() == []
        return evaluate(decisions, "d", {"items": [1, 2, 3]}).value

    def part(name: str, text: str) -> str:
        return f"<{name}>{literal(text)}</{name}>"

    context = (
        f'<context><contextEntry><variable name="big one"/>{literal("3")}</contextEntry>'
        f"<contextEntry>{literal('big one * 2')}</contextEntry></context>"
    )
    relation = (
        '<relation><column name="a"/><column name="b"/>'
        f"<row>{literal('1')}{literal('2')}</row></relation>"
    )
    loop = part("in", "items") + part("return", "x * 10")
    some = part("in", "items") + part("satisfies", "x &gt; 2")
    match = part("in", "items") + part("match", "item &gt; 1")
    choice = part("if", "count(items) = 3") + part("then", "1") + part("else", "2")

    assert value(context) == 6
    assert value(relation) == [{"a": Decimal(1), "b": Decimal(2)}]
    assert value(f"<list>{literal('1')}{literal('null')}</list>") == [Decimal(1), None]
    assert value(f'<for iteratorVariable="x">{loop}</for>') == [10, 20, 30]
    assert value(f'<some iteratorVariable="x">{some}</some>') is True
    assert value(f'<every iteratorVariable="x">{some}</every>') is False
    assert value(f"<filter>{match}</filter>") == [2, 3]
    assert value(f"<conditional>{choice}</conditional>") == 1


def test_allowed_values_of_a_type_are_kept(read: Read):
    body = f"""<itemDefinition name="level"><typeRef>string</typeRef>
      <allowedValues><text>"low", "high"</text></allowedValues></itemDefinition>
    <inputData id="i" name="Level"><variable name="Level" typeRef="level"/></inputData>
    <decision id="d" name="d"><variable name="d" typeRef="level"/>
      <informationRequirement><requiredInput href="#i"/></informationRequirement>
      {literal('if Level = "low" then "high" else "none"')}
    </decision>"""

    assert evaluate(read(body), "d", {"Level": "low"}).value == "high"
    with pytest.raises(WrongValue, match="not of its type"):
        evaluate(read(body), "d", {"Level": "middle"})
    with pytest.raises(WrongValue, match="the answer"):
        evaluate(read(body), "d", {"Level": "high"})


def test_a_decision_uses_what_it_imports(read: Read):
    dmn = "https://www.omg.org/spec/DMN/20230324/MODEL/"
    importing = f"""<definitions xmlns="{dmn}" namespace="urn:other" name="other">
      <import name="shared" namespace="urn:test" importType="{dmn}"/>
      <decision id="d" name="d">
        <knowledgeRequirement><requiredKnowledge href="urn:test#seats"/></knowledgeRequirement>
        {literal('shared.seats("high")')}
      </decision></definitions>""".encode()
    shared = read(GRAPH)

    both = read_decisions(importing, "other.dmn", {shared.namespace: shared})
    alone = read_decisions(importing, "other.dmn")

    assert evaluate(both, "d", {}).value == 5
    assert "`urn:test` is not there" in alone.problems()[0].message
    with pytest.raises(DecisionError):
        evaluate(alone, "d", {})


def test_what_a_type_asks_is_paid_by_the_evaluation(read: Read):
    hungry = (
        '<itemDefinition name="L" isCollection="true"><typeRef>number</typeRef><allowedValues>'
        "<text>count(for i in 1..100000 return i) &gt; ?</text></allowedValues></itemDefinition>"
    )
    data = '<inputData id="x" name="x"><variable name="x" typeRef="L"/></inputData>'
    logic = "<literalExpression><text>count(x)</text></literalExpression>"
    needs = '<informationRequirement><requiredInput href="#x"/></informationRequirement>'
    found = read(f'{hungry}{data}<decision id="d" name="d">{needs}{logic}</decision>')

    assert evaluate(found, "d", {"x": [1, 2]}).value == Decimal(2)
    with pytest.raises(DecisionError, match="more than 1000000 steps"):
        evaluate(found, "d", {"x": list(range(100))})
