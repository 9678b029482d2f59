"""`clearway test --coverage`: a table of what is passed, and all that never is."""

import json
import shutil
from pathlib import Path
from typing import Any

ERRAND = Path(__file__).resolve().parents[1] / "data" / "processes" / "errand"
ASKED = """scenario: A pen is asked for
start: {what: a pen}
as: alice
steps:
  - expect: {waiting: [sort]}
"""


def _folder(tmp_path: Path) -> Path:
    folder = tmp_path / "errand"
    shutil.copytree(ERRAND, folder)
    (folder / "scenarios").mkdir(exist_ok=True)
    (folder / "scenarios" / "asked.yaml").write_text(ASKED)
    return folder


def test_what_no_scenario_passes_is_listed(run: Any, tmp_path: Path):
    result = run("test", str(_folder(tmp_path)), "--coverage")

    assert result.exit_code == 0, result.output
    assert "Never passed in errand:" in result.stdout
    assert "  approve: " in result.stdout
    assert "  sort: " not in result.stdout
    assert result.stdout.splitlines()[-1] == "1 passed, 0 failed"


def test_the_same_is_told_as_json(run: Any, tmp_path: Path):
    result = run("test", str(_folder(tmp_path)), "--coverage", "-o", "json")

    [told] = json.loads(result.stdout)["coverage"]
    parts = {it["element"]: it for it in told["parts"]}
    assert told["process"] == "errand"
    assert parts["sort"]["scenarios"] == ["A pen is asked for"]
    assert parts["approve"]["scenarios"] == []
    assert told["passed"] == sum(bool(it["scenarios"]) for it in told["parts"]) < told["of"]


def test_without_the_word_nothing_of_it_is_told(run: Any, tmp_path: Path):
    folder = _folder(tmp_path)

    assert "coverage" not in json.loads(run("test", str(folder), "-o", "json").stdout)
    assert "Never passed" not in run("test", str(folder)).stdout


def test_a_process_that_the_gate_refuses_has_no_coverage(run: Any, tmp_path: Path):
    folder = _folder(tmp_path)
    diagram = folder / "errand.bpmn"
    diagram.write_text(diagram.read_text("utf-8").replace('targetRef="nagged"', 'targetRef="gone"'))

    result = run("test", str(folder), "--coverage", "-o", "json")

    assert (result.exit_code, json.loads(result.stdout)["coverage"]) == (1, [])
