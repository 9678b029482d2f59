"""Services, imports of imports, and the loan example of DMN chapter 11 in small."""

import re
from collections.abc import Callable

import pytest

from clearway.decisions import DecisionError, Decisions, evaluate, read_decisions
from clearway.decisions.evaluation import Session
from clearway.decisions.purse import Purse
from clearway.feel import DEFAULT_LIMITS

Read = Callable[[str], Decisions]
DMN = "https://www.omg.org/spec/DMN/20230324/MODEL/"


def literal(text: str) -> str:
    return f"<literalExpression><text>{text}</text></literalExpression>"


LOAN = f"""
<itemDefinition name="tApplicant">
  <itemComponent name="Age"><typeRef>number</typeRef></itemComponent>
  <itemComponent name="Monthly"><typeRef>tMonthly</typeRef></itemComponent>
</itemDefinition>
<itemDefinition name="tMonthly">
  <itemComponent name="Income"><typeRef>number</typeRef></itemComponent>
  <itemComponent name="Repayments"><typeRef>number</typeRef></itemComponent>
</itemDefinition>
<inputData id="applicant" name="Applicant data">
  <variable name="Applicant data" typeRef="tApplicant"/>
</inputData>
<inputData id="product" name="Requested product"><variable name="Requested product"/></inputData>
<businessKnowledgeModel id="pmt" name="Installment calculation">
  <encapsulatedLogic><formalParameter name="Rate" typeRef="number"/>
    <formalParameter name="Term" typeRef="number"/><formalParameter name="Amount"/>
    <context>
      <contextEntry><variable name="Monthly fee"/>{literal("20")}</contextEntry>
      <contextEntry>
        {literal("(Amount * Rate / 12) / (1 - (1 + Rate / 12) ** -Term) + Monthly fee")}
      </contextEntry>
    </context>
  </encapsulatedLogic>
</businessKnowledgeModel>
<decision id="installment" name="Required monthly installment">
  <informationRequirement><requiredInput href="#product"/></informationRequirement>
  <knowledgeRequirement><requiredKnowledge href="#pmt"/></knowledgeRequirement>
  <invocation>{literal("Installment calculation")}
    <binding><parameter name="Rate"/>{literal("Requested product.Rate")}</binding>
    <binding><parameter name="Term"/>{literal("Requested product.Term")}</binding>
    <binding><parameter name="Amount"/>{literal("Requested product.Amount")}</binding>
  </invocation>
</decision>
<decision id="risk" name="Pre-bankruptcy risk category">
  <informationRequirement><requiredInput href="#applicant"/></informationRequirement>
  {literal('if Applicant data.Age &lt; 25 then "HIGH" else "LOW"')}
</decision>
<decision id="routing" name="Routing">
  <informationRequirement><requiredDecision href="#risk"/></informationRequirement>
  <informationRequirement><requiredDecision href="#installment"/></informationRequirement>
  <informationRequirement><requiredInput href="#applicant"/></informationRequirement>
  {
    literal(
        'if Pre-bankruptcy risk category = "HIGH" then "DECLINE" else if Applicant '
        "data.Monthly.Income - Applicant data.Monthly.Repayments &gt; Required monthly "
        'installment then "ACCEPT" else "REFER"'
    )
}
</decision>
<decisionService id="route" name="Route the application">
  <outputDecision href="#routing"/><encapsulatedDecision href="#installment"/>
  <inputDecision href="#risk"/>
  <inputData href="#applicant"/><inputData href="#product"/>
</decisionService>
"""
APPLICANT = {"Age": 51, "Monthly": {"Income": 10000, "Repayments": 2500}}
PRODUCT = {"Rate": 0.0375, "Term": 360, "Amount": 100000}


def test_a_loan_is_routed_by_what_it_costs_each_month(read: Read):
    decisions = read(LOAN)
    context = {"Applicant data": APPLICANT, "Requested product": PRODUCT}

    assert decisions.problems() == []
    installment = evaluate(decisions, "installment", context).value
    month = 0.0375 / 12
    assert float(str(installment)) == pytest.approx(100000 * month / (1 - (1 + month) ** -360) + 20)
    assert evaluate(decisions, "routing", context).value == "ACCEPT"
    poor = {**APPLICANT, "Monthly": {"Income": 2600, "Repayments": 2500}}
    assert evaluate(decisions, "routing", {**context, "Applicant data": poor}).value == "REFER"


@pytest.mark.parametrize(
    ("call", "answer"),
    [
        ('Route the application(a, p, "HIGH")', "DECLINE"),
        ('Route the application(a, p, "LOW")', "ACCEPT"),
        (
            "Route the application(Applicant data: a, Requested product: p, "
            'Pre-bankruptcy risk category: "LOW")',
            "ACCEPT",
        ),
    ],
)
def test_a_service_takes_decisions_as_arguments_by_place_and_by_name(
    read: Read, call: str, answer: object
):
    decisions = read(f"""{LOAN}<decision id="d" name="d">
      <knowledgeRequirement><requiredKnowledge href="#route"/></knowledgeRequirement>
      {literal(call)}</decision>""")

    assert decisions.problems() == []
    assert evaluate(decisions, "d", {"a": APPLICANT, "p": PRODUCT}).value == answer


@pytest.mark.parametrize(
    ("call", "told"),
    [
        ("Route the application(a, p)", "is given 2 values"),
        ("Route the application(a: a, p: p, r: 1)", "is given `a`, `p`, `r`"),
        ('Route the application("x", p, "LOW")', 'for `Applicant data` is "x", which is not of'),
    ],
)
def test_a_call_that_does_not_fit_is_refused_and_null_where_the_standard_says_null(
    read: Read, call: str, told: str
):
    decisions = read(f"""{LOAN}<decision id="d" name="d">
      <knowledgeRequirement><requiredKnowledge href="#route"/></knowledgeRequirement>
      {literal(call)}</decision>""")
    given = {"a": APPLICANT, "p": PRODUCT}

    with pytest.raises(DecisionError, match=re.escape(told)):
        evaluate(decisions, "d", given)
    purse = Purse(DEFAULT_LIMITS, None, strict=False)
    assert Session(decisions, given, purse).evaluation("d").value is None


def test_a_decision_without_logic_is_refused_and_null_where_the_standard_says_null(read: Read):
    decisions = read(f"""<decision id="empty" name="empty"/>
      <decision id="d" name="d">
        <informationRequirement><requiredDecision href="#empty"/></informationRequirement>
        {literal('if empty = null then "none" else "some"')}</decision>""")

    with pytest.raises(DecisionError):
        evaluate(decisions, "d", {})
    purse = Purse(DEFAULT_LIMITS, None, strict=False)
    assert Session(decisions, {}, purse).evaluation("d").value == "none"


def test_what_an_imported_file_imports_is_given_inside_its_name():
    def file(namespace: str, body: str) -> bytes:
        opening = f'<definitions xmlns="{DMN}" namespace="{namespace}" name="f">'
        return f"{opening}{body}</definitions>".encode()

    def imported(name: str, namespace: str) -> str:
        return f'<import name="{name}" namespace="{namespace}" importType="{DMN}"/>'

    first = read_decisions(
        file(
            "urn:1",
            f"""<inputData id="i" name="Person name"><variable name="Person name"/></inputData>
            <decision id="hello" name="Hello">
              <informationRequirement><requiredInput href="#i"/></informationRequirement>
              {literal('"Hello " + Person name')}</decision>""",
        ),
        "1.dmn",
    )
    second = read_decisions(
        file(
            "urn:2",
            f"""{imported("One", "urn:1")}<decision id="twice" name="Twice">
              <informationRequirement>
                <requiredDecision href="urn:1#hello"/></informationRequirement>
              {literal("One.Hello + One.Hello")}</decision>""",
        ),
        "2.dmn",
        {"urn:1": first},
    )
    third = read_decisions(
        file(
            "urn:3",
            f"""{imported("Two", "urn:2")}<decision id="d" name="d">
              <informationRequirement>
                <requiredDecision href="urn:2#twice"/></informationRequirement>
              {literal("upper case(Two.Twice)")}</decision>""",
        ),
        "3.dmn",
        {"urn:2": second},
    )

    made = evaluate(third, "d", {"Two": {"One": {"Person name": "Ann"}}})

    assert third.problems() == []
    assert made.value == "HELLO ANNHELLO ANN"
