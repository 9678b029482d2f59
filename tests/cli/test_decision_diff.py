"""The command that compares two versions of a table: what it answers, and what it refuses."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from decision_files import TABLE, refused, written

Run = Callable[..., Result]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The table as a file."""
    return written(tmp_path / "table.dmn", TABLE.xml)


def test_the_same_table_differs_in_nothing(run: Run, file: Path):
    result = run("decision", "diff", str(file), str(file))

    assert (result.exit_code, result.stdout) == (0, "Nothing differs.\n")
    assert run("decision", "diff", str(file), str(file), "-o", "json").stdout == "[]\n"


@pytest.fixture
def newer(file: Path) -> Path:
    """The same table with another cell."""
    return written(file.parent / "newer.dmn", TABLE.with_row(0, answers=("5",)).xml)


def test_a_changed_cell_is_a_document_with_all_keys(run: Run, file: Path, newer: Path):
    result = run("decision", "diff", str(file), str(newer), "-o", "json")

    assert result.exit_code == 1
    assert json.loads(result.stdout) == [
        {
            "element": "d",
            "part": "cell",
            "change": "changed",
            "rule_before": 1,
            "rule_after": 1,
            "column": "priority",
            "before": "1",
            "after": "5",
            "entry": "",
        }
    ]


CASES = (
    {"id": "one", "record": "INC-1", "decision": "d", "inputs": {"Impact": 1},
     "outputs": {"priority": 1}},
    {"id": 2, "decision": "d", "inputs": {"Impact": 2}, "outputs": {"priority": 9}},
    {"decision": "d", "context": {"record": {"impact": 0}}},
    {"decision": "d", "inputs": {}},
)  # fmt: skip


@pytest.mark.parametrize("text", [json.dumps(CASES), "\n".join(map(json.dumps, CASES))])
def test_past_cases_are_told_that_would_be_decided_otherwise(
    run: Run, file: Path, newer: Path, text: str
):
    past = written(file.parent / "past.json", text)

    result = run("decision", "diff", str(file), str(newer), "--recorded", str(past), "-o", "json")

    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert len(found["changes"]) == 1
    recorded = found["recorded"]
    assert (recorded["cases"], recorded["same"]) == (4, 2)
    [otherwise] = recorded["otherwise"]
    assert (otherwise["case"], otherwise["record"], otherwise["inputs"]) == (
        "one", "INC-1", {"Impact": 1},
    )  # fmt: skip
    assert otherwise["before"] == {"outputs": {"priority": 1}, "rules": [1], "refusal": None}
    assert otherwise["after"] == {"outputs": {"priority": 5}, "rules": [1], "refusal": None}
    assert [(it["case"], "`Impact`" in it["why"]) for it in recorded["unjudged"]] == [("4", True)]
    assert [it["case"] for it in recorded["recorded_otherwise"]] == ["2"]


def test_past_cases_are_told_to_people_with_a_last_line_of_counts(
    run: Run, file: Path, newer: Path
):
    past = written(file.parent / "past.json", json.dumps(CASES))

    result = run("decision", "diff", str(file), str(newer), "--recorded", str(past))

    assert "priority = 1 by rule 1" in result.stdout
    assert "priority = 5 by rule 1" in result.stdout
    last = "4 cases: 2 the same, 1 otherwise, 1 not judged; 1 recorded otherwise"
    assert result.stdout.splitlines()[-1] == last


def test_past_cases_of_a_table_that_is_as_it_was_change_nothing(run: Run, file: Path):
    past = written(file.parent / "past.json", json.dumps(CASES))

    result = run("decision", "diff", str(file), str(file), "--recorded", str(past))

    assert result.exit_code == 0


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (None, "no such file"),
        ("", "holds no cases"),
        ("[]", "holds no cases"),
        ('{"decision": "d", "inputs": {}}\n{', "line 2"),
        ('{"decision": "d", "inputs": {}}\n7', "case 2 is no JSON object"),
        ('{"inputs": {}}', "names no decision"),
        ('{"decision": "d", "inputs": {"a": 1e9999}}', "outside"),
        ('{"decision": "d", "inputs": {"a": ' + "[" * 200 + "]" * 200 + "}}", "deeper than 100"),
        ("[" * 60_000, "nests too deep"),
        (b"\xff", "line"),
    ],
)
def test_past_cases_that_cannot_be_read_are_refused(
    run: Run, file: Path, text: str | bytes | None, word: str
):
    past = file.parent / "past.json"
    if text is not None:
        written(past, text)

    result = run("decision", "diff", str(file), str(file), "--recorded", str(past))

    refused(result, 2, str(past), word)
