"""A diagram that is linted without its folder: all of it is told, whatever the file is called."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from clearway.cli.app import app

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:ours">'
)
SOUND = """<process id="{id}" isExecutable="{runs}">
  <startEvent id="{id}_begin" name="Begin"/>
  <endEvent id="{id}_done" name="Done"/>
  <sequenceFlow id="{id}_a" sourceRef="{id}_begin" targetRef="{id}_done"/>
</process>"""
BROKEN = """<process id="{id}" isExecutable="{runs}">
  <startEvent id="{id}_begin" name="Begin"/>
  <scriptTask id="{id}_count" name="Count" scriptFormat="javascript"><script>x</script></scriptTask>
  <sequenceFlow id="{id}_a" sourceRef="{id}_begin" targetRef="{id}_count"/>
  <sequenceFlow id="{id}_b" sourceRef="{id}_count" targetRef="gone"/>
</process>"""


def drawn(file: Path, *processes: str) -> Path:
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"{HEAD}{''.join(processes)}</definitions>", encoding="utf-8")
    return file


def process(drawing: str, identifier: str, *, runs: bool = True) -> str:
    return drawing.format(id=identifier, runs=str(runs).lower())


def lint(path: Path) -> tuple[int, list[dict[str, str]]]:
    done = CliRunner().invoke(app, ["lint", str(path), "-o", "json"])
    return done.exit_code, json.loads(done.stdout)


def rules(findings: list[dict[str, str]], severity: str) -> set[tuple[str, str]]:
    return {(it["element"], it["rule"]) for it in findings if it["severity"] == severity}


def test_a_file_of_another_name_than_its_process_is_examined(tmp_path: Path):
    file = drawn(tmp_path / "script.bpmn", process(BROKEN, "p"))

    code, findings = lint(file)

    assert code == 1
    assert {("p_count", "script-language"), ("p_b", "flow-end")} <= rules(findings, "error")
    assert {it["file"] for it in findings if it["element"]} == {"script.bpmn"}


def test_a_sound_diagram_of_another_name_is_clean_but_for_a_warning_that_tells_its_place(
    tmp_path: Path,
):
    file = drawn(tmp_path / "script.bpmn", process(SOUND, "p"))

    code, findings = lint(file)

    assert (code, rules(findings, "error")) == (0, set())
    [told] = [it for it in findings if it["rule"] == "process-name"]
    assert (told["file"], told["severity"]) == ("script.bpmn", "warning")
    assert told["message"] == "The file is named `script`, its process `p`: it is not deployed so."
    assert told["remedy"] == "To deploy it, make it `p.bpmn` in a folder `p` of bpmn/."
    # What no single file can have is no error of it.
    assert (None, "record-missing") in rules(findings, "warning")


def test_an_id_that_no_folder_may_have_is_told_with_what_it_may_be(tmp_path: Path):
    file = drawn(tmp_path / "script.bpmn", process(SOUND, "Process_1A"))

    _, findings = lint(file)

    [told] = [it for it in findings if it["rule"] == "process-name"]
    assert "an id of small letters" in told["remedy"]
    assert "`Process_1A.bpmn`" not in told["remedy"]


def test_of_several_processes_the_one_that_runs_is_examined(tmp_path: Path):
    other = process(SOUND, "customer", runs=False)
    file = drawn(tmp_path / "both.bpmn", other, process(BROKEN, "p"))

    code, findings = lint(file)

    assert code == 1
    assert ("p_count", "script-language") in rules(findings, "error")
    [told] = [it for it in findings if it["rule"] == "process-name"]
    assert "its process `p`" in told["message"]


def test_of_several_that_run_each_is_examined_and_named(tmp_path: Path):
    file = drawn(tmp_path / "both.bpmn", process(BROKEN, "p"), process(BROKEN, "q"))

    code, findings = lint(file)

    assert code == 1
    found = rules(findings, "error")
    assert {("p_count", "script-language"), ("q_count", "script-language")} <= found
    [told] = [it for it in findings if it["rule"] == "process-name"]
    assert "holds the processes `p` and `q`" in told["message"]
    assert len({json.dumps(it) for it in findings}) == len(findings)


def test_a_file_with_a_process_of_its_name_examines_that_one(tmp_path: Path):
    file = drawn(tmp_path / "p.bpmn", process(BROKEN, "p"), process(BROKEN, "q"))

    _, findings = lint(file)

    assert not any(it["rule"] == "process-name" for it in findings)
    assert ("q_count", "script-language") not in rules(findings, "error")


def test_in_a_folder_of_its_name_another_process_stays_an_error(tmp_path: Path):
    file = drawn(tmp_path / "script" / "script.bpmn", process(SOUND, "p"))

    code, findings = lint(file)

    assert code == 1
    assert (None, "process-missing") in rules(findings, "error")


@pytest.mark.parametrize(
    "text", ["<definitions", f"{HEAD}</definitions>", f"{HEAD}<process/></definitions>"]
)
def test_a_file_without_a_process_is_refused(tmp_path: Path, text: str):
    file = tmp_path / "script.bpmn"
    file.write_text(text)

    code, findings = lint(file)

    assert code in (1, 2)
    assert rules(findings, "error")
