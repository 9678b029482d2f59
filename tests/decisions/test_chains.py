"""How many decisions, knowledge models and services may need each other in a row."""

from collections.abc import Callable

from clearway.decisions import Decisions, evaluate
from clearway.decisions.chains import LONGEST, MOST_CALLS
from clearway.decisions.check import check

Read = Callable[[str], Decisions]


def literal(text: str) -> str:
    return f"<literalExpression><text>{text}</text></literalExpression>"


def decision(logic: str, needs: str, name: str) -> str:
    return f'<decision id="{name}" name="{name}">{needs}{logic}</decision>'


def service(inside: str) -> str:
    return f'<decisionService id="s" name="s"><variable name="s"/>{inside}</decisionService>'


def told(read: Read, body: str) -> list[tuple[str, str, str]]:
    return [(each.element, each.rule, each.message) for each in check(read(body))]


def test_a_chain_of_too_many_decisions_is_told_once(read: Read):
    body = decision(literal("1"), needs="", name="d0")
    for number in range(1, LONGEST + 5):
        needs = (
            f'<informationRequirement><requiredDecision href="#d{number - 1}"/>'
            "</informationRequirement>"
        )
        body += decision(literal(f"d{number - 1} + 1"), needs=needs, name=f"d{number}")

    (found,) = told(read, body)

    assert found[0] == f"d{LONGEST}"
    assert f"the last of {LONGEST + 1} decisions" in found[2]


def called(number: int, before: str) -> str:
    """A knowledge model that calls another."""
    needs = f'<knowledgeRequirement><requiredKnowledge href="#{before}"/></knowledgeRequirement>'
    return (
        f'<businessKnowledgeModel id="k{number}" name="k{number}"><encapsulatedLogic>'
        f"{literal(f'{before}() + 1')}</encapsulatedLogic>{needs}</businessKnowledgeModel>"
    )


def needing(name: str, kind: str, needed: str, text: str) -> str:
    """A decision that needs one other element."""
    link = {"Decision": "information", "Knowledge": "knowledge"}[kind]
    needs = f'<{link}Requirement><required{kind} href="#{needed}"/></{link}Requirement>'
    return decision(literal(text), needs=needs, name=name)


FIRST_MODEL = (
    f'<businessKnowledgeModel id="k1" name="k1"><encapsulatedLogic>{literal("1")}'
    "</encapsulatedLogic></businessKnowledgeModel>"
)


def test_a_chain_of_too_many_knowledge_models_is_told_once(read: Read):
    def chain(length: int) -> str:
        models = "".join(called(each, f"k{each - 1}") for each in range(2, length + 1))
        return FIRST_MODEL + models + needing("t", "Knowledge", f"k{length}", f"k{length}()")

    longest = evaluate(read(chain(MOST_CALLS)), "t", {})
    (found,) = told(read, chain(MOST_CALLS + 2))

    assert longest.value == MOST_CALLS
    assert found[0] == f"k{MOST_CALLS + 1}"
    assert f"the last of {MOST_CALLS + 1} knowledge models or services" in found[2]


def test_a_chain_of_decisions_and_services_counts_both(read: Read):
    def chain(length: int) -> str:
        body = decision(literal("1"), needs="", name="d0")
        for each in range(1, length):
            body += service(f'<outputDecision href="#d{each - 1}"/>').replace('"s"', f'"s{each}"')
            body += needing(f"d{each}", "Knowledge", f"s{each}", f"s{each}() + 1")
        return body

    longest = evaluate(read(chain(LONGEST // 2)), f"d{LONGEST // 2 - 1}", {})
    (found,) = told(read, chain(LONGEST))

    assert longest.value == LONGEST // 2
    assert found[0] == f"d{LONGEST // 2}"
    assert f"the last of {LONGEST + 1} decisions, knowledge models or services" in found[2]


def test_knowledge_models_that_call_each_other_are_no_endless_chain(read: Read):
    text = "if n = 0 then 0 else {}(n - 1)"
    body = "".join(
        f'<businessKnowledgeModel id="{one}" name="{one}"><encapsulatedLogic><formalParameter '
        f'name="n"/>{literal(text.format(other))}</encapsulatedLogic><knowledgeRequirement>'
        f'<requiredKnowledge href="#{other}"/></knowledgeRequirement></businessKnowledgeModel>'
        for one, other in (("a", "b"), ("b", "a"))
    )
    body += needing("t", "Knowledge", "a", "a(9)")

    assert told(read, body) == []
    assert evaluate(read(body), "t", {}).value == 0
