"""The gate reads what an approval may come to, and when: what it cannot say is refused."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from clearway.engine import check, read_bundle
from clearway.engine.reminders import reminders
from clearway.engine.values import Bundle, Severity

PROCESSES = Path(__file__).resolve().parent.parent / "data" / "processes"


@pytest.fixture(scope="module")
def motion() -> Bundle:
    """A process with one approval that uses all that there is."""
    return read_bundle(PROCESSES, "motion")


def rules_of(bundle: Bundle) -> set[str]:
    return {it.rule for it in check(bundle, trusted=True) if it.severity is Severity.ERROR}


@pytest.mark.parametrize(
    ("file", "before", "after", "rule"),
    [
        ("record.json", ', "undecided"', "", "result-choice"),
        ("record.json", ', "deferred"', "", "result-choice"),
        ("record.json", '{"type": "string"}}', '{"type": "number"}}', "result-type"),
        ("record.json", '"why", "owners"]', '"whim"]', "record-named"),
        ("motion.bpmn", "0.5 0.75", "0.75 0.5", "remind"),
        ("motion.bpmn", "0.5 0.75", "0.5 1", "remind"),
        ("motion.bpmn", '"conclude"', '"approve"', "at-deadline"),
        ("motion.bpmn", 'may-defer="true"', 'may-defer="yes"', "may-defer"),
        ("motion.bpmn", 'clearway:deadline="duration(&quot;P4D&quot;)"', "", "deadline-missing"),
        ("motion.bpmn", 'clearway:rule="cab_majority"', "", "rule-missing"),
    ],
)
def test_what_an_approval_cannot_be_is_refused(
    motion: Bundle, file: str, before: str, after: str, rule: str
):
    path = f"motion/{file}"
    text = motion.files[path].decode()
    assert before in text
    changed = {**motion.files, path: text.replace(before, after).encode()}

    assert rules_of(motion) == set()
    assert rule in rules_of(replace(motion, files=changed))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("0.5 0.75", (Fraction(1, 2), Fraction(3, 4))),
        ("1/3", (Fraction(1, 3),)),
        ("0", None),
        ("half", None),
        ("0.1 0.2 0.3 0.4 0.5 0.6", None),
    ],
)
def test_reminders_are_rising_parts_of_the_time(text: str, parts: tuple[Fraction, ...] | None):
    assert reminders(text) == parts
