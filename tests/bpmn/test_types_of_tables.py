"""Tables of a process are held to the types of its record, which record.json says."""

from collections.abc import Callable
from pathlib import Path

import pytest

from clearway.engine import check, read_bundle
from clearway.engine.values import Bundle, Finding, Severity

ROOT = Path(__file__).resolve().parents[2]
TABLE = "incident/priority.dmn"
CELL = '<inputEntry id="priority_row_1_in_1"><text>1</text>'
OUTPUT = '<outputEntry id="priority_row_1_out_1"><text>1</text>'
TEXT = "record.short_description"


@pytest.fixture
def refused() -> Callable[[str, str], list[Finding]]:
    """The errors of the incident's priorities with `new` in the place of the first `old`."""
    bundle = read_bundle(ROOT / "bpmn", "incident")

    def errors(old: str, new: str) -> list[Finding]:
        text = bundle.files[TABLE].decode()
        assert old in text
        files = {**bundle.files, TABLE: text.replace(old, new, 1).encode()}
        found = check(Bundle("incident", files), trusted=True)
        return [it for it in found if it.file == TABLE and it.severity is Severity.ERROR]

    return errors


def test_an_output_of_another_type_than_its_column_is_refused(
    refused: Callable[[str, str], list[Finding]],
):
    (finding,) = refused(OUTPUT, OUTPUT.replace("<text>1</text>", f"<text>{TEXT}</text>"))

    assert "rule 1" in finding.message
    assert TEXT in finding.message


def test_a_cell_that_compares_with_a_field_of_another_type_is_refused(
    refused: Callable[[str, str], list[Finding]],
):
    found = refused(CELL, CELL.replace("<text>1</text>", f"<text>&gt; {TEXT}</text>"))

    assert any("rule 1" in it.message and TEXT in it.message for it in found)


def test_a_column_over_a_field_of_another_type_is_refused(
    refused: Callable[[str, str], list[Finding]],
):
    assert refused("<text>record.impact</text>", f"<text>{TEXT}</text>")


def test_a_field_of_the_right_type_is_none_of_its_business(
    refused: Callable[[str, str], list[Finding]],
):
    changed = OUTPUT.replace("<text>1</text>", "<text>record.urgency</text>")

    assert refused(OUTPUT, changed) == []
