"""Steps and reports around changes: they look at the real records, never at what was typed."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import pytest

from clearway.now import HandClock
from clearway.service import ledger
from clearway.service.house import House
from tasks.catalogue import Call
from tasks.runs import perform
from tasks.schedules import WEEKLY_CHANGE_FOLLOW_UP

pytestmark = pytest.mark.database

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
Rows = Callable[..., list[tuple[object, ...]]]


@pytest.fixture
def put(rows: Rows, hand_clock: HandClock) -> Callable[..., None]:
    """Write a record as it is found: key, process, state, record (JSON), when it ended."""
    hand_clock.move_to(NOW)

    def write(key: str, process: str, state: str, record: str, ended: str | None = None) -> None:
        until = "null" if ended is None else f"'{ended}'"
        rows(f"""INSERT INTO instance (key, process, version_id, revision, engine_state, record,
            state, title, started_at, changed_at, ended_at)
            SELECT '{key}', '{process}', max(id), 1, '', '{record}'::jsonb, '{state}',
            'Renew the certificate of mail', '2026-01-01Z', '2026-01-01Z', {until}
            FROM version""")

    return write


@pytest.fixture
def link(rows: Rows) -> Callable[[str, str, str], None]:
    def write(from_key: str, kind: str, to_key: str) -> None:
        rows(f"""INSERT INTO link (from_key, kind, to_key, made_at, made_by)
            VALUES ('{from_key}', '{kind}', '{to_key}', '2026-01-01Z', 'alice')""")

    return write


def successes(put: Callable[..., None], count: int) -> None:
    for number in range(1, count + 1):
        record = '{"service": "mail", "outcome": "successful"}'
        put(f"CHG-90{number}", "change", "closed", record, f"2026-01-0{number}Z")


def test_the_proof_is_made_of_the_changes_of_the_last_twelve_months(
    put: Callable[..., None], calls: Mapping[str, Call]
):
    successes(put, 5)
    old = '{"service": "mail", "outcome": "unsuccessful"}'
    put("CHG-801", "change", "closed", old, "2025-03-01Z")
    put("CHG-802", "change", "cancelled", '{"service": "mail"}', "2026-02-01Z")
    put("CHG-803", "change", "closed", old.replace("mail", "payroll"), "2026-02-01Z")
    put("CHG-804", "change", "implement", old)

    found = calls["find_proof"]({"service": "mail", "kind": "certificate"}, "7")

    assert (found["proven"], found["not_proven"]) == (True, None)
    assert found["proof"] == ["CHG-905", "CHG-904", "CHG-903", "CHG-902", "CHG-901"]
    assert "CHG-80" not in str(found["proof_summary"])


def test_a_major_incident_that_one_caused_counts_against_the_kind(
    put: Callable[..., None], link: Callable[..., None], calls: Mapping[str, Call]
):
    successes(put, 6)
    put("INC-901", "incident", "closed", '{"priority": 2}', "2026-02-01Z")
    put("INC-902", "incident", "closed", '{"priority": 3}', "2026-02-01Z")
    link("INC-901", "caused_by", "CHG-906")
    link("INC-902", "caused_by", "CHG-905")

    found = calls["find_proof"]({"service": "mail", "kind": "certificate"}, "7")

    assert found["not_proven"] == "Of the last 5, these were unsuccessful: CHG-906."
    assert "caused an incident of priority 1 or 2" in str(found["proof_summary"])


def test_what_a_change_caused_is_what_is_linked_whoever_linked_it(
    put: Callable[..., None], link: Callable[..., None], calls: Mapping[str, Call]
):
    successes(put, 1)
    put("INC-901", "incident", "in_progress", '{"priority": 1}')
    link("INC-901", "caused_by", "CHG-901")

    found = calls["look_at_outcome"]({"key": "CHG-901", "incidents": [], "percent": 0}, "7")

    assert (found["caused_major"], found["incidents_unnamed"]) == (True, ["INC-901"])


def test_a_template_in_use_tells_its_locked_fields_and_its_version(
    put: Callable[..., None], calls: Mapping[str, Call]
):
    record = '{"title": "Renew it", "plan": "1. Copy", "version": 3, "proposed_plan": "2. Other"}'
    put("STD-901", "standard_change", "active", record)

    found = calls["read_template"]({"template": "STD-901"}, "7")

    assert (found["usable"], found["why_not"], found["version"]) == (True, None, 3)
    assert (found["title"], found["plan"], found["outage_minutes"]) == ("Renew it", "1. Copy", None)


@pytest.mark.parametrize(
    ("state", "process", "why"),
    [
        (
            "suspended",
            "standard_change",
            "STD-901 is suspended: CHG-4 failed. Plan a normal change, or choose another template.",
        ),
        (
            "draft",
            "standard_change",
            "STD-901 is draft. Plan a normal change, or choose another template.",
        ),
        (
            "active",
            "change",
            "STD-901 is no template. Name a standard change, or plan a normal change.",
        ),
    ],
)
def test_what_is_not_in_use_says_why_and_gives_nothing(
    put: Callable[..., None], calls: Mapping[str, Call], state: str, process: str, why: str
):
    put("STD-901", process, state, '{"plan": "1. Copy", "suspended_because": "CHG-4 failed."}')

    found = calls["read_template"]({"template": "STD-901"}, "7")

    assert (found["usable"], found["why_not"], found["plan"]) == (False, why, None)


def test_a_key_that_is_no_record_is_no_template(calls: Mapping[str, Call]):
    found = calls["read_template"]({"template": "STD-404"}, "7")

    assert found["usable"] is False


def test_only_an_open_incident_of_priority_1_or_2_makes_a_change_exempt(
    put: Callable[..., None], link: Callable[..., None], calls: Mapping[str, Call]
):
    for key, state, priority in (
        ("INC-901", "in_progress", 2),
        ("INC-902", "resolved", 1),
        ("INC-903", "in_progress", 3),
    ):
        put(key, "incident", state, f'{{"priority": {priority}}}')
        link(key, "resolved_by", "CHG-901")
    link("INC-903", "resolved_by", "CHG-902")

    exempt = calls["find_live_incident"]({"change": "CHG-901"}, "7")
    other = calls["find_live_incident"]({"change": "CHG-902"}, "7")

    assert exempt == {"live": True, "incident": "INC-901", "priority": 2}
    assert other == {"live": False, "incident": None, "priority": None}


def test_the_weekly_report_names_what_is_late_and_suspended_and_keeps_its_proof(
    put: Callable[..., None], house: House, rows: Rows, hand_clock: HandClock
):
    for key, process, state in (
        ("PIR-901", "post_implementation_review", "open"),
        ("PIR-902", "post_implementation_review", "open"),
        ("ACT-901", "review_action", "open"),
        ("STD-901", "standard_change", "suspended"),
        ("STD-902", "standard_change", "active"),
    ):
        put(key, process, state, "{}")
    put("PIR-903", "post_implementation_review", "closed", "{}", "2026-02-01Z")
    for key, due in (("PIR-901", "2026-03-08Z"), ("PIR-902", "2026-03-10Z"), ("ACT-901", "null")):
        at = due if due == "null" else f"'{due}'"
        rows(f"""INSERT INTO work_item (instance_id, token, element, name, due_at, opened_at)
            SELECT id, key, 'x', 'X', {at}, '2026-03-01Z' FROM instance WHERE key = '{key}'""")
    monday = datetime(2026, 3, 9, 6, 30, tzinfo=UTC)
    hand_clock.move_to(monday)

    assert perform(house, WEEKLY_CHANGE_FOLLOW_UP, monday, "flow-run-1") == [monday]

    [run] = ledger.runs(house, "weekly_change_follow_up")
    assert (run.outcome, run.population) == ("failed", 5)
    assert [(it["subject"], it["finding"]) for it in run.exceptions] == [
        ("PIR-901", "It was due at 2026-03-08 00:00 UTC."),
        ("STD-901", "It is suspended."),
    ]
    [[content]] = rows(f"SELECT bytes FROM content WHERE hash = '{run.evidence_hash}'")
    seen = json.loads(bytes(content))["population"]
    assert [it["key"] for it in seen] == ["ACT-901", "PIR-901", "PIR-902", "STD-901", "STD-902"]


def test_a_week_in_which_nothing_is_late_passes(house: House, hand_clock: HandClock):
    monday = datetime(2026, 3, 9, 6, 30, tzinfo=UTC)
    hand_clock.move_to(monday)

    perform(house, WEEKLY_CHANGE_FOLLOW_UP, monday, "flow-run-1")

    [run] = ledger.runs(house, "weekly_change_follow_up")
    assert (run.outcome, run.population, run.exceptions) == ("passed", 0, ())
