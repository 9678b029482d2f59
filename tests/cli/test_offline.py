"""What the commands without a database say about input that they cannot use."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from clearway.cli.app import app

ERRAND = Path(__file__).resolve().parents[1] / "data" / "processes" / "errand"


def run(*arguments: str):
    return CliRunner().invoke(app, list(arguments))


@pytest.mark.parametrize(
    ("context", "word"),
    [
        ('{"a": NaN}', "NaN is no JSON number"),
        ('{"a": -Infinity}', "-Infinity is no JSON number"),
        ('{"a": 1e400000}', "1e400000 is outside"),
        ('{"a": 1e99999999999999999999}', "is outside"),
        ('{"a": ' + "9" * 5000 + "}", "more than 1000 characters"),
        ('{"a": ' + "[" * 500 + "]" * 500 + "}", "nests deeper than 100"),
        ('{"a": ' + "[" * 50_000 + "]" * 50_000 + "}", "nests too deep"),
        ("[1]", "must be a JSON object"),
        ("{", "not JSON"),
    ],
)
def test_a_context_that_feel_cannot_hold_is_refused_in_one_sentence(context: str, word: str):
    result = run("feel", "a", "-c", context)

    assert result.exit_code == 2, result.output
    assert word in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert isinstance(result.exception, SystemExit)


def test_numbers_of_a_context_stay_exact():
    result = run("feel", "a + c", "-c", '{"a": 1, "c": 0.10}')

    assert (result.exit_code, result.stdout) == (0, "1.10\n")


def test_a_process_that_the_gate_refuses_fails_its_scenarios_with_the_findings(tmp_path: Path):
    folder = tmp_path / "errand"
    shutil.copytree(ERRAND, folder)
    diagram = folder / "errand.bpmn"
    diagram.write_text(diagram.read_text("utf-8").replace('targetRef="nagged"', 'targetRef="gone"'))
    (folder / "scenarios").mkdir(exist_ok=True)
    (folder / "scenarios" / "asked.yaml").write_text("name: Asked\nas: alice\nstart: {what: pen}\n")

    result = run("test", str(folder))

    assert result.exit_code == 1, result.output
    assert "the gate refuses it" in result.stdout
    assert "errand/errand.bpmn" in result.stdout
    assert isinstance(result.exception, SystemExit)


@pytest.mark.parametrize("content", ["{}", "[]", '{"calendars": {}, "cases": []}', "3"])
def test_a_file_without_cases_is_no_pass(tmp_path: Path, content: str):
    file = tmp_path / "cases.json"
    file.write_text(content)

    result = run("sla", "check", str(file))

    assert result.exit_code == 1
    assert "holds no cases" in result.stderr


def test_lint_of_nothing_is_one_finding_for_programs(tmp_path: Path):
    result = run("lint", str(tmp_path / "nothing.bpmn"), "-o", "json")

    assert result.exit_code == 2
    [finding] = json.loads(result.stdout)
    assert (finding["rule"], finding["severity"]) == ("unreadable", "error")
    assert finding["file"].endswith("nothing.bpmn")


def test_lint_of_nothing_is_a_sentence_for_people(tmp_path: Path):
    result = run("lint", str(tmp_path / "nothing.bpmn"))

    assert result.exit_code == 2
    assert "cannot be read" in result.stderr


def test_a_wrong_case_is_told_with_its_name_and_its_reason(tmp_path: Path):
    cases = json.loads((ERRAND.parents[1] / "bpmn-features" / "features.json").read_text())
    file = tmp_path / "cases.json"
    file.write_text(json.dumps([{**cases[0], "done": not cases[0]["done"]}]))

    result = run("conformance", str(file))

    assert result.exit_code == 1
    told, summary = result.stdout.splitlines()
    assert told.startswith(f"wrong: {cases[0]['name']}: ")
    assert "Outcome(" not in told
    assert summary == "0 executed, 0 refused, 1 wrong"
