"""What is refused in a file of decisions, with place, cause and remedy."""

from collections.abc import Callable

import pytest

from clearway.decisions import DecisionError, Decisions, evaluate, read_decisions

Read = Callable[[str], Decisions]
Table = Callable[..., Decisions]

NAMESPACE = "https://www.omg.org/spec/DMN/20230324/MODEL/"


def test_every_fault_is_listed_with_rule_column_and_remedy(table: Table):
    rules = [(["1 +"], ["1"]), (["<"], ["("]), (["-"], [""])]

    found = table(["n"], ["out"], rules).problems()

    assert [finding.message.split(":")[0] for finding in found] == [
        "rule 1, column n",
        "rule 2, column n",
        "rule 2, column out",
        "rule 3, column out",
    ]
    assert {finding.element for finding in found} == {"d"}
    assert all(finding.severity == "error" and finding.remedy for finding in found)


def test_a_faulty_decision_is_refused_when_it_is_evaluated(table: Table):
    decisions = table(["n"], ["out"], [(["1 +"], ["1"])])

    with pytest.raises(DecisionError, match=r"test\.dmn, decision d, rule 1, column n"):
        evaluate(decisions, "d", {"n": 1})


def test_a_sound_table_has_no_problems(table: Table):
    assert table(["n"], ["out"], [(["1"], ["1"])]).problems() == []


@pytest.mark.parametrize(
    ("body", "part"),
    [
        ('<decisionTable hitPolicy="BEST"><output name="o"/></decisionTable>', "BEST"),
        ('<decisionTable hitPolicy="FIRST" aggregation="SUM"><output name="o"/></decisionTable>',
         "COLLECT only"),
        ('<decisionTable hitPolicy="COLLECT" aggregation="MEAN"><output name="o"/></decisionTable>',
         "MEAN"),
        ("<decisionTable/>", "no output"),
        ('<decisionTable><input/><output name="o"/></decisionTable>', "no expression"),
        ('<decisionTable><output name="o"/><output name="o"/></decisionTable>', "this name"),
        ('<decisionTable hitPolicy="PRIORITY"><output name="o"/></decisionTable>', "order"),
        ('<decisionTable><output name="o" typeRef="colour"/></decisionTable>', "`colour`"),
        ('<decisionTable><output name="o"/><rule><inputEntry><text>1</text></inputEntry></rule>'
         "</decisionTable>", "1 inputs, the table 0"),
        ("<literalExpression/>", "empty"),
        ("<literalExpression><text>1 +</text></literalExpression>", "the end"),
        ('<literalExpression expressionLanguage="https://www.w3.org/python"><text>1</text>'
         "</literalExpression>", "python"),
        ('<functionDefinition kind="Java"/>', "Java"),
        ("<wizardry/>", "wizardry"),
        ("", "0 expressions"),
        ("<literalExpression><text>1</text></literalExpression><list/>", "2 expressions"),
        ('<informationRequirement><requiredInput href="#gone"/></informationRequirement>'
         "<literalExpression><text>1</text></literalExpression>", "`gone`"),
        ('<informationRequirement><requiredDecision href="#d"/></informationRequirement>'
         "<literalExpression><text>1</text></literalExpression>", "leads back to itself"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused(read: Read, body: str, part: str):
    decisions = read(f'<decision id="d" name="d">{body}</decision>')

    messages = [finding.message for finding in decisions.problems()]

    assert any(part in message for message in messages), messages
    with pytest.raises(DecisionError):
        evaluate(decisions, "d", {})


def test_two_elements_of_one_id_and_unknown_elements_are_listed(read: Read):
    body = '<inputData id="a" name="a"/><inputData id="a" name="b"/><oracle id="o"/>'

    messages = [finding.message for finding in read(body).problems()]

    assert messages == ["two elements have this id", "`oracle` is not read"]


def test_a_type_that_is_defined_by_itself_is_listed(read: Read):
    body = '<itemDefinition name="t"><typeRef>t</typeRef></itemDefinition>'

    assert "defined by itself" in read(body).problems()[0].message


@pytest.mark.parametrize(
    ("xml", "part"),
    [
        (b"", "no XML"),
        (b"<definitions", "no XML"),
        (b"<definitions/>", "no `definitions`"),
        (b'<definitions xmlns="https://www.omg.org/spec/DMN/20151101/dmn.xsd"/>', "1.3 to 1.5"),
        (f'<inputData xmlns="{NAMESPACE}"/>'.encode(), "no `definitions`"),
        (
            f'<!DOCTYPE d [<!ENTITY e "x">]><definitions xmlns="{NAMESPACE}"/>'.encode(),
            "DOCTYPE",
        ),
        (
            f'<!DOCTYPE d SYSTEM "file:///etc/passwd"><definitions xmlns="{NAMESPACE}"/>'.encode(
                "utf-16"
            ),
            "DOCTYPE",
        ),
        (b" " * 5_000_001, "bytes"),
        (("<a>" * 100_000).encode(), "no XML"),
        (("<a>" * 150 + "</a>" * 150).encode(), "nest deeper"),
    ],
)
def test_a_hostile_or_foreign_file_is_refused(xml: bytes, part: str):
    with pytest.raises(DecisionError, match=part) as error:
        read_decisions(xml, "hostile.dmn")

    assert error.value.file == "hostile.dmn"
    assert error.value.remedy


def test_an_entity_bomb_is_refused_and_not_expanded():
    lines = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    opening = f'<!DOCTYPE d [<!ENTITY l0 "ha">{lines}]><definitions xmlns="{NAMESPACE}">'
    bomb = f"{opening}&l11;</definitions>"

    with pytest.raises(DecisionError):
        read_decisions(bomb.encode(), "bomb.dmn")


def test_a_decision_tells_what_it_asks_for_and_answers(table: Table):
    decision = table(["record.impact"], ["a", "b"], [(["< limit"], ["record.x", "1"])]).get("d")

    assert decision.paths == {("record", "impact"), ("limit",), ("record", "x")}
    assert decision.outputs == ("a", "b")
