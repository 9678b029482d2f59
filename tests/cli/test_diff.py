"""`clearway diff`: folders, single files and deployed versions; what it answers and ends with."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

Run = Callable[..., Result]
DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DRAWN = (
    f'<d:BPMNDiagram xmlns:d="{DI}"><d:BPMNPlane bpmnElement="errand">'
    '<d:BPMNShape bpmnElement="sort"/></d:BPMNPlane></d:BPMNDiagram>'
)
DESPITE = "despite scenarios: only a test"


@pytest.fixture
def newer(errand: Path, tmp_path: Path) -> Path:
    """The same process with another name of a task, in a folder beside."""
    folder = tmp_path / "newer" / "errand"
    shutil.copytree(errand, folder)
    diagram = folder / "errand.bpmn"
    diagram.write_text(diagram.read_text().replace('name="Sort"', 'name="Look at it"'))
    return folder


def test_the_same_folder_differs_in_nothing(run: Run, errand: Path):
    result = run("diff", str(errand), str(errand))

    assert (result.exit_code, result.stdout) == (0, "Nothing differs.\n")


def test_a_change_is_told_as_a_sentence_and_as_a_document(run: Run, errand: Path, newer: Path):
    told = run("diff", str(errand), str(newer))
    result = run("diff", str(errand), str(newer), "-o", "json")

    assert told.exit_code == result.exit_code == 1
    assert "was called" in told.stdout
    assert json.loads(result.stdout) == {
        "changes": [
            {
                "file": "errand/errand.bpmn",
                "element": "sort",
                "kind": "changed",
                "what": "name",
                "before": "Sort",
                "after": "Look at it",
                "sentence": "The user task *Look at it* was called *Sort*.",
                "is_whole": False,
            }
        ],
        "layout": {},
        "text_only": [],
        "renamed": {},
    }


def test_what_is_only_drawn_elsewhere_ends_with_nothing_and_is_noted(
    run: Run, errand: Path, newer: Path
):
    diagram = newer / "errand.bpmn"
    text = (errand / "errand.bpmn").read_text()
    diagram.write_text(text.replace("</bpmn:definitions>", f"{DRAWN}</bpmn:definitions>"))

    result = run("diff", str(errand), str(newer))

    assert result.exit_code == 0
    assert "Nothing differs." in result.stdout
    assert "2 elements are drawn elsewhere" in result.stdout


def test_a_comment_ends_with_nothing_and_is_noted(run: Run, errand: Path, newer: Path):
    diagram = newer / "errand.bpmn"
    diagram.write_text((errand / "errand.bpmn").read_text() + "<!-- mine -->\n")

    result = run("diff", str(errand), str(newer))

    assert result.exit_code == 0
    assert "Only the text of the file differs" in result.stdout


@pytest.mark.parametrize("turned", [False, True])
def test_a_single_file_meets_its_counterpart(run: Run, errand: Path, newer: Path, turned: bool):
    lone = newer.parent / "my drawing.bpmn"
    shutil.copy(newer / "errand.bpmn", lone)
    sides = [str(lone), str(errand)] if turned else [str(errand), str(lone)]

    result = run("diff", *sides, "-o", "json")

    (change,) = json.loads(result.stdout)["changes"]
    assert change["before"] == ("Look at it" if turned else "Sort")


def test_two_files_are_compared_whatever_they_are_called(run: Run, test_data: Path):
    files = sorted((test_data / "bpmn-miwg-reference").glob("*.bpmn"))

    result = run("diff", str(files[0]), str(files[1]), "-o", "json")

    assert result.exit_code == 1
    assert json.loads(result.stdout)["changes"]


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("nowhere", "it is no process"),
        ("nowhere.bpmn", "No such file"),
        ("README.md", "it is no process"),
    ],
)
def test_what_cannot_be_read_ends_with_two(run: Run, errand: Path, named: str, said: str):
    result = run("diff", str(errand), named)

    assert result.exit_code == 2
    assert said in result.stderr
    assert "PROCESS@NUMBER" in result.stderr


def test_a_broken_diagram_ends_with_two(run: Run, errand: Path, tmp_path: Path):
    broken = tmp_path / "broken.bpmn"
    broken.write_text("<definitions>")

    result = run("diff", str(errand), str(broken))

    assert result.exit_code == 2
    assert "cannot be read" in result.stderr


def test_a_table_without_a_counterpart_ends_with_two(run: Run, errand: Path, tmp_path: Path):
    table = tmp_path / "unheard_of.dmn"
    table.write_text("<definitions/>")

    result = run("diff", str(table), str(errand))

    assert result.exit_code == 2
    assert "unheard_of.dmn" in result.stderr


@pytest.mark.database
def test_a_deployed_version_is_compared_with_a_folder(
    house: Any, run_in_house: Run, errand: Path, newer: Path
):
    diagram = errand / "errand.bpmn"
    for file in (diagram, newer / "errand.bpmn"):
        text = file.read_text().replace('clearway:step="fetch"', 'clearway:step="find_context"')
        for role in ("desk", "board", "chair"):
            text = text.replace(f'role="{role}"', 'role="requester"')
        file.write_text(text)
    deployed = run_in_house("deploy", str(errand), "--reason", DESPITE)
    assert deployed.exit_code == 0, deployed.output

    same = run_in_house("diff", "errand@1", str(errand))
    other = run_in_house("diff", "errand@1", str(newer))
    missing = run_in_house("diff", "errand@1", "errand@7")

    assert (same.exit_code, other.exit_code, missing.exit_code) == (0, 1, 2)
    assert "errand has no version 7; the newest is 1." in missing.stderr
