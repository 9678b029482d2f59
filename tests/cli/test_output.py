"""What commands answer: a table for people, which stays readable, or one JSON document."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from clearway.cli.output import Format, show
from clearway.service.demo import create_demo
from clearway.service.house import House
from clearway.service.registry import import_csv
from clearway.service.sign_in import token_actor
from clearway.service.values import SYSTEM

BPMN = Path(__file__).resolve().parents[2] / "bpmn"
GOOD = """\
scenario: A pen is bought
as: alice
start: {what: pen}
steps: []
"""
BAD = GOOD + "  - expect: {state: nowhere}\n"


@pytest.mark.parametrize(
    ("expression", "text", "kind"),
    [
        ("1 + 0.50", "1.50", "number"),
        ('"a"', '"a"', "string"),
        ('[duration("P1D")]', '[duration("P1D")]', "list"),
        ('duration("P1D")', 'duration("P1D")', "days and time duration"),
        ("null", "null", "null"),
        ("function(x) x", "function(x) x", "function"),
    ],
)
def test_feel_answers_the_text_and_its_type(run: Any, expression: str, text: str, kind: str):
    result = run("feel", expression, "-o", "json")

    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == {"text": text, "type": kind}
    assert run("feel", expression).stdout == f"{text}\n"


def test_a_mistake_is_told_on_standard_error_also_to_programs(run: Any):
    result = run("feel", "1 +", "-o", "json")

    assert (result.exit_code, result.stdout) == (1, "")
    assert len(result.stderr.splitlines()) == 1


def test_sla_check_answers_its_failures(run: Any, tmp_path: Path):
    file = tmp_path / "cases.json"
    case = {"calendar": "all", "kind": "elapsed", "start": "2026-01-05T09:00:00+00:00"}
    case |= {"end": "2026-01-05T10:00:00+00:00"}
    calendar = {"tz": "UTC", "week": {str(day): [[0, 1440]] for day in range(7)}, "holidays": []}
    cases = [{**case, "name": "an hour", "minutes": 60}, {**case, "name": "two", "minutes": 120}]
    file.write_text(json.dumps({"calendars": {"all": calendar}, "cases": cases}))

    result, table = run("sla", "check", str(file), "-o", "json"), run("sla", "check", str(file))

    told = json.loads(result.stdout)
    assert (result.exit_code, table.exit_code) == (1, 1)
    assert (told["passed"], told["failed"], len(told["failures"])) == (1, 1, 1)
    assert table.stdout.splitlines()[-1] == "1 passed, 1 failed"


def test_scenarios_are_told_one_by_one_with_the_line_that_failed(run: Any, errand: Path):
    _scenario(errand, "a.yaml", GOOD)
    _scenario(errand, "b.yaml", BAD.replace("is bought", "is nowhere").replace("[]", ""))

    result, table = run("test", str(errand), "-o", "json"), run("test", str(errand))

    told = json.loads(result.stdout)
    good, bad = told["scenarios"]
    assert (result.exit_code, told["passed"], told["failed"]) == (1, 1, 1)
    assert good == {
        "file": "errand/scenarios/a.yaml",
        "scenario": "A pen is bought",
        "passed": True,
        "line": None,
        "message": "",
    }
    assert (bad["passed"], bad["line"]) == (False, 5)
    assert "nowhere" in bad["message"]
    assert not bad["message"].startswith("line")
    assert f"line 5: {bad['message']}" in table.stdout
    assert table.stdout.splitlines()[-1] == "1 passed, 1 failed"


def test_what_the_gate_refuses_runs_no_scenario_and_counts_each(run: Any, errand: Path):
    _scenario(errand, "a.yaml", GOOD)
    _scenario(errand, "b.yaml", GOOD)
    _break(errand)

    result, table = run("test", str(errand), "-o", "json"), run("test", str(errand))

    told = json.loads(result.stdout)
    assert (result.exit_code, table.exit_code) == (1, 1)
    assert (told["passed"], told["failed"]) == (0, 2)
    assert [it["file"] for it in told["scenarios"]] == [
        "errand/scenarios/a.yaml",
        "errand/scenarios/b.yaml",
    ]
    assert not any(it["passed"] for it in told["scenarios"])
    [refused] = told["refused"]
    assert refused["process"] == "errand"
    assert refused["findings"][0]["file"] == "errand/errand.bpmn"
    assert "REFUSED errand: the gate refuses it" in table.stdout
    assert refused["findings"][0]["message"] in table.stdout
    assert table.stdout.splitlines()[-1] == "0 passed, 2 failed"


def test_one_scenario_of_a_refused_process_counts_as_one(run: Any, errand: Path):
    file = _scenario(errand, "a.yaml", GOOD)
    _scenario(errand, "b.yaml", GOOD)
    _break(errand)

    result = run("test", str(file))

    assert result.exit_code == 1
    assert result.stdout.splitlines()[-1] == "0 passed, 1 failed"


def test_a_refused_process_without_scenarios_is_told_too(run: Any, errand: Path):
    _break(errand)

    result = run("test", str(errand))

    assert result.exit_code == 1
    assert "REFUSED errand: the gate refuses it" in result.stdout
    assert result.stdout.splitlines()[-1] == "0 passed, 0 failed"


@pytest.mark.database
def test_deploy_and_pull_answer_what_they_did(house: House, run_in_house: Any, tmp_path: Path):
    create_demo(house)
    folder, out = _copied(tmp_path, "control_exception"), tmp_path / "out"
    arguments = ("deploy", str(folder), "--reason", "First")

    answers = [run_in_house(*arguments, "-o", "json") for _ in range(2)]
    table = run_in_house(*arguments)
    pulled = run_in_house("pull", "control_exception", "--to", str(out), "-o", "json")
    pulled_table = run_in_house("pull", "control_exception", "--to", str(out))

    assert [it.stderr for it in answers] == ["", ""]
    first, again = (json.loads(it.stdout) for it in answers)
    assert set(first) == {"process", "version", "hash", "changed", "findings"}
    assert (first["process"], first["version"], first["changed"]) == ("control_exception", 1, True)
    assert again == {**first, "changed": False}
    assert table.stdout == "control_exception: version 1 is unchanged.\n"
    told = json.loads(pulled.stdout)
    assert (told["process"], told["version"]) == ("control_exception", 1)
    assert "control_exception/control_exception.bpmn" in told["files"]
    assert all((out / file).is_file() for file in told["files"])
    said = f"control_exception: {len(told['files'])} files are in {out}.\n"
    assert pulled_table.stdout == said


@pytest.mark.database
def test_a_refused_deployment_is_a_sentence_on_standard_error(run_in_house: Any, errand: Path):
    _break(errand)

    refused = run_in_house("deploy", str(errand), "--reason", "First", "-o", "json")

    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "errand/errand.bpmn" in refused.stderr


@pytest.mark.database
def test_a_token_is_told_to_programs(house: House, run_in_house: Any):
    import_csv(house, SYSTEM, "people", "name,full_name\nbob,Bob Example\n", once="1")

    told = json.loads(run_in_house("token", "bob", "-o", "json").stdout)
    channel = json.loads(run_in_house("token", "alertmanager", "-o", "json").stdout)

    actor = token_actor(house, told["token"])
    assert actor is not None
    assert actor.name == "bob"
    assert set(told) == set(channel) == {"name", "token", "expires_at"}
    assert channel["expires_at"] is None
    assert channel["token"] == run_in_house("token", "alertmanager").stdout.strip()


def test_lint_gives_each_finding_a_block_in_a_narrow_terminal(
    run: Any, errand: Path, monkeypatch: pytest.MonkeyPatch
):
    _break(errand)
    findings = json.loads(run("lint", str(errand), "-o", "json").stdout)
    monkeypatch.setenv("COLUMNS", "80")

    lines = [line.rstrip() for line in run("lint", str(errand)).stdout.splitlines()]

    assert max(map(len, lines)) <= 80
    for finding in findings:
        # The short words stand whole on a line of their own, whatever the message is.
        assert f"file        {finding['file']}" in lines
        assert f"  rule      {finding['rule']}" in lines
        assert f"  severity  {finding['severity']}" in lines
    text = " ".join(" ".join(lines).split())
    assert all(" ".join(finding["message"].split()) in text for finding in findings)


def test_a_table_that_fits_stays_a_table(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("COLUMNS", "80")
    rows = [{"at": "2026-03-02 09:00:00 UTC", "who": "alice", "what": "Alice opened it. " * 6}]

    show(rows, Format.TABLE)
    narrow = capsys.readouterr().out
    monkeypatch.setenv("COLUMNS", "40")
    show(rows, Format.TABLE)
    narrower = capsys.readouterr().out

    # One long text wraps beside the others, as long as there is room for it.
    assert "2026-03-02 09:00:00 UTC │ alice │ Alice opened it." in narrow
    assert narrower.splitlines()[0].rstrip() == "at      2026-03-02 09:00:00 UTC"
    assert max(map(len, narrower.splitlines())) <= 40


def test_brackets_in_values_are_shown(capsys: pytest.CaptureFixture[str]):
    show([{"title": "[red]Printer[/red] [/] :smile:"}], Format.TABLE)

    assert "[red]Printer[/red] [/] :smile:" in capsys.readouterr().out


def _scenario(errand: Path, name: str, text: str) -> Path:
    file = errand / "scenarios" / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)
    return file


def _break(errand: Path) -> None:
    diagram = errand / "errand.bpmn"
    text = diagram.read_text("utf-8")
    diagram.write_text(text.replace('targetRef="nagged"', 'targetRef="gone"'), "utf-8")


def _copied(tmp_path: Path, process: str) -> Path:
    for name in (process, "shared"):
        shutil.copytree(BPMN / name, tmp_path / "bpmn" / name)
    return tmp_path / "bpmn" / process
