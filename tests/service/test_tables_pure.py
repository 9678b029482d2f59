"""What the table editor is told of a file, and of what stands in a cell."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from size_table import size_table

from clearway.decisions import Decisions, read_decisions
from clearway.decisions.check import check
from clearway.service.workshop.completion import problem_of
from clearway.service.workshop.table_asks import Ask, asks_of, context_of
from clearway.service.workshop.table_marks import Mark, marks_of

ROOT = Path(__file__).resolve().parents[2]
RECORD: Mapping[str, Any] = {
    "properties": {
        "amount": {"type": "number"},
        "due": {"type": "string", "format": "date"},
        "kind": {"enum": ["gift", "loan"], "title": "Kind of errand"},
    }
}


def read(
    *rules: tuple[str, str], policy: str = "UNIQUE", column: str = "record.amount"
) -> Decisions:
    """The table of sizes with these rules."""
    return read_decisions(size_table(*rules, policy=policy, column=column).encode(), "size.dmn")


def asked(column: str) -> list[Ask]:
    """What a table asks for whose column asks for this."""
    return asks_of(read(("-", '"small"'), column=column), "size", RECORD)


def marks(*rules: tuple[str, str]) -> list[Mark]:
    """Where the findings of a table with these rules are."""
    return marks_in(read(*rules))


def marks_in(decisions: Decisions) -> list[Mark]:
    """Where the findings of a file are."""
    return marks_of(decisions, check(decisions))


def test_a_column_says_what_it_asks_for():
    assert asked("record.amount") == [Ask("record.amount", "Amount", "number")]


def test_what_is_no_column_is_called_and_chosen_as_the_record_says():
    [ask] = asked("if record.kind = null then 1 else 2")

    assert ask == Ask("record.kind", "Kind of errand", "feel", ('"gift"', '"loan"'))


def test_a_name_that_the_caller_brings_is_asked_for_as_feel_and_the_time_is_not_asked_for():
    assert asked("count(parts)") == [Ask("parts", "parts", "feel")]
    assert asked('if now > @"2026-01-01T00:00:00Z" then 1 else 2') == []


def test_what_needed_decisions_ask_for_is_asked_for_as_well():
    path = ROOT / "bpmn/change/risk_score.dmn"
    decisions = read_decisions(path.read_bytes(), path.name)

    found = asks_of(decisions, decisions.ids[-1], {})
    assert found
    assert not {it.path for it in found} & set(decisions.ids)


def test_values_are_read_by_their_kind_and_what_is_wrong_is_told_by_path():
    asks = [
        Ask("record.amount", "Amount", "number"),
        Ask("record.due", "Due", "day"),
        Ask("record.kind", "Kind", "feel", ['"gift"']),
        Ask("parts", "Parts", "feel"),
        Ask("name", "Name", "text"),
    ]

    given = {"record.amount": "5", "record.due": "2026-01-31", "record.kind": '"gift"'}
    context, problems = context_of(asks, {**given, "parts": "[1, 2]", "name": "5"})
    assert problems == {}
    assert context["record"] == {"amount": 5, "due": "2026-01-31", "kind": "gift"}
    assert context["name"] == "5"

    _, problems = context_of(asks, {"record.amount": "x", "record.due": "soon", "parts": "[1,"})
    assert set(problems) == {"record.amount", "record.due", "parts"}


def test_a_gap_has_the_tests_of_a_rule_that_closes_it():
    rules = (("< 10", '"small"'), ("> 10", '"large"'))

    [gap] = marks(*rules)
    assert (gap.rule, gap.element, gap.tests) == ("decision-gap", "size", ("10",))
    assert marks(*rules, (gap.tests[0], '"even"')) == []


def test_every_gap_of_a_table_is_closed_by_the_rules_that_are_offered():
    path = ROOT / "bpmn/incident/priority.dmn"
    text = path.read_text().replace("<text>2</text>", "<text>3</text>", 1)

    found = [it for it in marks_in(read_decisions(text.encode(), path.name)) if it.tests]
    assert all(len(it.tests) == 3 for it in found)
    assert found


def test_an_overlap_names_both_rules_and_a_wrong_cell_its_rule_and_column():
    found = marks(("< 10", '"small"'), ("< 20", '"large"'), (">= 20", '"x"'))
    assert [it.rules for it in found] == [(1, 2)]

    [wrong] = marks(("10 +", '"small"'))
    assert (wrong.rules, wrong.column) == ((1,), "Amount")
    [wrong] = [it for it in marks(('"ten"', '"small"'), ("-", '"x"')) if it.column]
    assert (wrong.rules, wrong.column_at) == ((1,), 0)


@pytest.mark.parametrize(
    ("place", "text", "wrong"),
    [
        ("test", '"a", "b"', None),
        ("test", "-", None),
        ("test", "? > 5 and ? < 9", None),
        ("test", "> size limit", None),
        ("test", "not(", "end"),
        ("test", "> record.nonsense", "no field `nonsense`"),
        ("answer", "> 5", "found"),
        ("answer", '"large"', None),
        ("answer", "unheard", "`unheard` means nothing here."),
        ("formula", "size limit + 1", None),
    ],
)
def test_a_cell_is_read_as_the_engine_reads_it(place: str, text: str, wrong: str | None):
    found = problem_of(text, place, ["size limit"], RECORD)

    assert (found is None) if wrong is None else (found and wrong in found.problem), found
