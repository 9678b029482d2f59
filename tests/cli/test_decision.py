"""The commands that make and check decisions: what they answer, and what they refuse."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from decision_files import TABLE, refused, written
from dmn_table import file_of

Run = Callable[..., Result]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The table as a file."""
    return written(tmp_path / "table.dmn", TABLE.xml)


# eval


def test_a_decision_is_told_with_outputs_rules_and_how_it_came_about(run: Run, file: Path):
    result = run("decision", "eval", str(file), "d", "--context", '{"record": {"impact": 1}}')

    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == [
        "priority = 1",
        "rules that fired: 1 (UNIQUE)",
        "",
        "Impact is 1.",
        "Rule 1 of d (UNIQUE) fits and answers priority = 1.",
        "Note: At once",
    ]


def test_a_decision_is_one_document_for_programs(run: Run, file: Path):
    context = written(file.parent / "context.json", '{"record": {"impact": 7}}')

    result = run("decision", "eval", str(file), "d", "-c", f"@{context}", "-o", "json")

    assert json.loads(result.stdout) == {
        "decision": "d",
        "outputs": {"priority": 0.4},
        "rules": [2],
        "inputs": {"Impact": 7},
        "hit_policy": "UNIQUE",
        "notes": [],
        "needed": [],
    }


def test_a_number_that_no_float_holds_is_text(run: Run, file: Path):
    written(file, TABLE.with_row(0, answers=("1 / 3",)).xml)

    result = run(
        "decision", "eval", str(file), "d", "-c", '{"record": {"impact": 1}}', "-o", "json"
    )

    assert json.loads(result.stdout)["outputs"] == {"priority": f"0.{'3' * 34}"}


def test_needed_decisions_are_each_told_once(run: Run, tmp_path: Path):
    def decision(name: str, text: str, *needed: str) -> str:
        links = "".join(
            f'<informationRequirement><requiredDecision href="#{it}"/></informationRequirement>'
            for it in needed
        )
        logic = f"<literalExpression><text>{text}</text></literalExpression>"
        return f'<decision id="{name}" name="{name}">{links}{logic}</decision>'

    body = decision("a", "1") + decision("b", "a + 1", "a") + decision("c", "a + b", "a", "b")
    file = written(tmp_path / "graph.dmn", file_of(body))

    result = run("decision", "eval", str(file), "c", "-o", "json")

    found = json.loads(result.stdout)
    assert found["outputs"] == {"c": 3}
    assert [(it["decision"], it["outputs"]) for it in found["needed"]] == [
        ("a", {"a": 1}),
        ("b", {"b": 2}),
    ]


def test_text_becomes_a_date_where_the_input_is_one(run: Run, tmp_path: Path):
    body = (
        '<inputData id="i" name="Due"><variable name="Due" typeRef="date"/></inputData>'
        '<decision id="d" name="d">'
        '<informationRequirement><requiredInput href="#i"/></informationRequirement>'
        "<literalExpression><text>Due.year</text></literalExpression></decision>"
    )
    file = written(tmp_path / "due.dmn", file_of(body))

    result = run("decision", "eval", str(file), "d", "-c", '{"Due": "2026-02-01"}')

    assert result.stdout.splitlines()[0] == "d = 2026"


SERVICE = (
    '<inputData id="i" name="Due"><variable name="Due" typeRef="date"/></inputData>'
    '<decision id="y" name="y"><variable name="y" typeRef="number"/>'
    '<informationRequirement><requiredInput href="#i"/></informationRequirement>'
    "<literalExpression><text>Due.year</text></literalExpression></decision>"
    '<decision id="n" name="n"><informationRequirement><requiredDecision href="#y"/>'
    "</informationRequirement><literalExpression><text>y + 1</text></literalExpression></decision>"
    '<decisionService id="s" name="next year"><outputDecision href="#n"/>'
    '<encapsulatedDecision href="#y"/><inputData href="#i"/></decisionService>'
)


def test_a_decision_service_is_made_by_name_from_its_own_inputs(run: Run, tmp_path: Path):
    file = written(tmp_path / "service.dmn", file_of(SERVICE))

    made = run("decision", "eval", str(file), "next year", "-c", '{"Due": "2026-02-01"}')
    by_id = run("decision", "eval", str(file), "s", "-c", '{"Due": "2026-02-01"}', "-o", "json")
    without = run("decision", "eval", str(file), "s")
    wrong = run("decision", "eval", str(file), "s", "-c", '{"Due": 5}')

    assert made.stdout.splitlines()[0] == "n = 2027", made.output
    found = json.loads(by_id.stdout)
    assert (found["decision"], found["outputs"], found["inputs"]) == (
        "s",
        {"n": 2027},
        {"Due": "2026-02-01"},
    )
    assert [each["decision"] for each in found["needed"]] == ["y", "n"]
    assert (without.exit_code, wrong.exit_code) == (1, 1)
    assert "the input `Due` is missing" in without.output
    assert "the input `Due` is 5, which is not of type date" in wrong.output


IMPORTING = (
    '<import name="base" namespace="urn:base" '
    'importType="https://www.omg.org/spec/DMN/20230324/MODEL/"/>'
    '<decision id="d" name="d"><informationRequirement><requiredDecision href="urn:base#b"/>'
    "</informationRequirement><literalExpression><text>base.b + 1</text></literalExpression>"
    "</decision>"
)
BASE = '<decision id="b" name="b"><literalExpression><text>41</text></literalExpression></decision>'


def test_what_a_file_imports_is_found_beside_it(run: Run, tmp_path: Path):
    file = written(tmp_path / "importing.dmn", file_of(IMPORTING))
    written(tmp_path / "base.dmn", file_of(BASE, "urn:base"))
    written(tmp_path / "broken.dmn", "<definitions")

    result = run("decision", "eval", str(file), "d")

    assert result.stdout.splitlines()[0] == "d = 42"


def test_an_import_that_two_files_could_be_is_refused(run: Run, tmp_path: Path):
    file = written(tmp_path / "importing.dmn", file_of(IMPORTING))
    for name in ("base.dmn", "other.dmn"):
        written(tmp_path / name, file_of(BASE, "urn:base"))

    refused(run("decision", "eval", str(file), "d"), 2, "`base.dmn` and `other.dmn`", "another")


@pytest.mark.parametrize(
    ("context", "word"),
    [
        ('{"record": {"impact": 0}}', "no rule fits Impact = 0"),
        ("{}", "`record` is missing"),
        ('{"record": {"impact": "high"}}', "not of type number"),
    ],
)
def test_what_cannot_be_decided_is_one_sentence_with_its_place(
    run: Run, file: Path, context: str, word: str
):
    refused(run("decision", "eval", str(file), "d", "-c", context), 1, "table.dmn", word)


def test_an_unknown_decision_is_refused_with_those_that_there_are(run: Run, file: Path):
    refused(run("decision", "eval", str(file), "e"), 1, "no such decision", "Name one of: d.")


def test_a_function_is_no_answer_for_programs(run: Run, tmp_path: Path):
    text = "<literalExpression><text>function(x) x</text></literalExpression>"
    file = written(tmp_path / "f.dmn", file_of(f'<decision id="d" name="d">{text}</decision>'))

    refused(run("decision", "eval", str(file), "d", "-o", "json"), 1, "cannot be stored")


@pytest.mark.parametrize(
    ("context", "word"),
    [("{", "not JSON"), ("[]", "JSON object"), ("@nothing.json", "nothing.json cannot be read")],
)
def test_a_context_that_cannot_be_read_is_refused(run: Run, file: Path, context: str, word: str):
    refused(run("decision", "eval", str(file), "d", "-c", context), 2, word)


# check


def test_a_gap_is_an_error_with_file_and_element(run: Run, file: Path):
    result = run("decision", "check", str(file), "-o", "json")

    findings = json.loads(result.stdout)
    assert result.exit_code == 1
    assert all(
        list(it) == ["file", "element", "rule", "severity", "message", "remedy"] for it in findings
    )
    assert ("table.dmn", "d", "decision-gap") in {
        (it["file"], it["element"], it["rule"]) for it in findings
    }


def test_a_table_that_covers_all_is_clean(run: Run, file: Path):
    written(file, TABLE.with_row(1, cells=("not(1)",)).xml)

    result = run("decision", "check", str(file))

    assert (result.exit_code, result.stdout) == (0, "Nothing found.\n")


def test_of_a_folder_every_file_is_checked_and_named(run: Run, tmp_path: Path):
    written(tmp_path / "a" / "one.dmn", TABLE.xml)
    written(tmp_path / "two.dmn", "<definitions")

    result = run("decision", "check", str(tmp_path), "-o", "json")

    assert result.exit_code == 2
    found = {(it["file"], it["rule"]) for it in json.loads(result.stdout)}
    assert {("a/one.dmn", "decision-gap"), ("two.dmn", "unreadable")} <= found


def test_what_is_refused_in_a_file_is_found(run: Run, file: Path):
    written(file, TABLE.with_row(0, cells=("1 +",)).xml)

    result = run("decision", "check", str(file), "-o", "json")

    assert result.exit_code == 1
    assert "decision-not-understood" in {it["rule"] for it in json.loads(result.stdout)}


def test_a_folder_without_tables_is_refused(run: Run, tmp_path: Path):
    refused(run("decision", "check", str(tmp_path)), 2, "holds no .dmn file")


# what cannot be read


@pytest.mark.parametrize("command", ["eval", "check", "diff"])
@pytest.mark.parametrize(
    ("content", "word"),
    [
        (None, "No such file"),
        (b"<definitions", "no XML"),
        (b"<a/>", "no `definitions`"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "DOCTYPE"),
        (b"\xff\xfe\x00", "no XML"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_sentence_with_a_remedy(
    run: Run, file: Path, command: str, content: bytes | None, word: str
):
    bad = file.parent / "bad.dmn"
    if content is not None:
        written(bad, content)
    more = {"eval": ["d"], "check": [], "diff": [str(file)]}[command]

    result = run("decision", command, str(bad), *more)

    refused(result, 2, f"{bad} cannot be read", word)


def test_what_never_ends_is_not_read(run: Run, tmp_path: Path):
    pipe = tmp_path / "pipe.dmn"
    os.mkfifo(pipe)

    refused(run("decision", "check", str(pipe)), 2, "no file but a")


def test_what_cannot_be_checked_is_one_finding_for_programs(run: Run, tmp_path: Path):
    bad = written(tmp_path / "bad.dmn", "<definitions")

    result = run("decision", "check", str(bad), "-o", "json")

    assert result.exit_code == 2
    [finding] = json.loads(result.stdout)
    assert (finding["file"], finding["rule"]) == ("bad.dmn", "unreadable")
