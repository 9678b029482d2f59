"""The command that runs cases of the DMN Technology Compatibility Kit."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from decision_files import TABLE, refused, written

Run = Callable[..., Result]
TCK = "http://www.omg.org/spec/DMN/20160719/testcase"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The table as a file."""
    return written(tmp_path / "table.dmn", TABLE.xml)


def cases_file(*expected: str, model: str = "table.dmn") -> str:
    cases = "".join(
        f'<testCase id="c{at}"><inputNode name="record"><component name="impact">'
        f'<value xsi:type="xsd:decimal">1</value></component></inputNode><resultNode name="d">'
        f'<expected><value xsi:type="xsd:decimal">{text}</value></expected></resultNode></testCase>'
        for at, text in enumerate(expected, 1)
    )
    return (
        f'<testCases xmlns="{TCK}" xmlns:xsd="http://www.w3.org/2001/XMLSchema" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<modelName>{model}</modelName>{cases}</testCases>"
    )


def test_cases_that_come_out_are_only_counted(run: Run, file: Path):
    written(file.parent / "table-test-01.xml", cases_file("1", "1"))

    result = run("decision", "tck", str(file.parent), "-o", "json")

    assert (result.exit_code, result.stdout) == (0, "2 passed, 0 failed\n")


def test_failures_are_one_object_a_line_and_the_counts_come_last(run: Run, file: Path):
    written(file.parent / "table-test-01.xml", cases_file("1", "2"))

    result = run("decision", "tck", str(file.parent), "-o", "json")

    assert result.exit_code == 1
    failure, last = result.stdout.splitlines()
    assert json.loads(failure) == {
        "file": "table-test-01.xml",
        "case": "c2",
        "node": "d",
        "why": "2 expected, got 1",
    }
    assert last == "1 passed, 1 failed"


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("<testCases", "no XML"),
        ("<a/>", "names no model"),
        (cases_file("1", model="gone.dmn"), "gone.dmn is not there"),
        (cases_file("1", model="broken.dmn"), "no XML"),
        (cases_file(), "expects no result"),
        (cases_file("one"), "cannot be held"),
        (cases_file("1").replace('resultNode name="d"', 'resultNode name="e"'), "nothing in table"),
    ],
)
def test_a_file_that_cannot_be_run_is_a_failure_and_the_others_still_run(
    run: Run, file: Path, content: str, word: str
):
    written(file.parent / "broken.dmn", "<definitions")
    written(file.parent / "bad-test-01.xml", content)
    written(file.parent / "good-test-01.xml", cases_file("1"))

    result = run("decision", "tck", str(file.parent), "-o", "json")

    failure, last = result.stdout.splitlines()
    assert word in json.loads(failure)["why"]
    assert (result.exit_code, last) == (1, "1 passed, 1 failed")


def test_people_get_a_table_of_failures(run: Run, file: Path):
    written(file.parent / "table-test-01.xml", cases_file("2"))

    result = run("decision", "tck", str(file.parent))

    assert "2 expected, got 1" in result.stdout
    assert result.stdout.splitlines()[-1] == "0 passed, 1 failed"


@pytest.mark.parametrize("name", ["", "nowhere"])
def test_a_folder_without_cases_is_refused(run: Run, tmp_path: Path, name: str):
    refused(run("decision", "tck", str(tmp_path / name)), 2, "holds no cases")
