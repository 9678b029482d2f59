"""What a row of the log implies, without a database."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from clearway.engine import read_bundle
from clearway.engine.values import Bundle
from clearway.errors import ClearwayError
from clearway.replay.fitting import fitted_to_the_log
from clearway.replay.journal import JournalDamaged, Line, lines, opened
from clearway.replay.log import LONGEST, Event, read_cases
from clearway.replay.translate import Seen, implied
from clearway.replay.worker import LEASE

ROW = Event(
    number="INC1",
    position=1,
    at=datetime(2016, 3, 1, 9, tzinfo=UTC),
    said="Active",
    impact=2,
    urgency=2,
    priority=3,
    group="Group 5",
    assignee="Resolver 7",
    updated_by="Updated by 1",
    opened_by=None,
    caller=None,
    channel="Phone",
    about="Category 1",
    closed_code=None,
    waits_for=None,
)
RECORD = Seen(
    key="INC-1",
    state="in_progress",
    ended=False,
    impact=2,
    urgency=2,
    priority=3,
    group="group.5",
    assignee="resolver.7",
    hold_reason=None,
    items={"resolve": 1},
)


def did(event: Event, before: Event | None, seen: Seen) -> list[str]:
    """The steps in short."""
    return [f"{step.do} {step.at}".strip() for step in implied(event, before, seen).steps]


def test_a_row_that_changes_nothing_is_a_comment():
    assert did(ROW, ROW, RECORD) == ["comment"]


def test_what_is_new_is_checked_before_it_is_worked_on():
    seen = replace(RECORD, state="new", assignee=None)

    assert did(replace(ROW, said="Resolved"), None, seen) == ["complete triage", "complete resolve"]


def test_another_group_is_a_handover_and_the_person_is_named_again():
    event = replace(ROW, group="Group 6")

    assert did(event, ROW, RECORD) == ["send reassign", "assign resolve"]


def test_another_group_during_a_hold_interrupts_the_hold():
    held = replace(RECORD, state="on_hold", hold_reason="awaiting_caller")
    before = replace(ROW, said="Awaiting User Info", assignee=None)
    event = replace(before, group="Group 6")

    steps = did(event, before, replace(held, assignee=None))

    assert steps == ["send resume", "send reassign", "send hold"]


def test_a_hold_with_its_reason_is_not_put_on_hold_again():
    held = replace(RECORD, state="on_hold", hold_reason="awaiting_supplier")
    event = replace(ROW, said="Awaiting Vendor")

    assert did(event, ROW, held) == []
    assert did(replace(event, said="Awaiting Problem"), event, held) == ["send resume", "send hold"]


def test_a_hold_that_time_has_ended_begins_again_while_the_log_still_waits():
    event = replace(ROW, said="Awaiting Evidence")

    assert did(event, event, RECORD) == ["comment", "send hold"]


def test_closing_what_is_resolved_is_accepting_it_for_the_caller():
    event = replace(ROW, said="Closed")

    assert did(event, replace(ROW, said="Resolved"), replace(RECORD, state="resolved")) == [
        "send accepted_for"
    ]


def test_closed_by_time_and_closed_by_the_log_agree():
    seen = replace(RECORD, state="closed", ended=True)
    way = implied(replace(ROW, said="Closed"), replace(ROW, said="Resolved"), seen)

    assert (way.steps, way.refused) == ((), None)


def test_nothing_opens_a_closed_incident():
    seen = replace(RECORD, state="closed", ended=True)

    assert implied(ROW, replace(ROW, said="Resolved"), seen).refused == "closed_by_time"
    assert implied(ROW, replace(ROW, said="Closed"), seen).refused == "closed_is_final"


def test_a_state_that_the_log_does_not_explain_is_refused():
    assert implied(replace(ROW, said="-100"), ROW, RECORD).refused == "unknown_state"


def test_no_two_steps_of_a_row_share_their_idempotency_key():
    held = replace(RECORD, state="on_hold", hold_reason="awaiting_caller")
    event = replace(ROW, said="Awaiting Vendor", impact=1, group="Group 6", assignee="Resolver 8")

    steps = did(event, ROW, held)

    assert len(steps) == len(set(steps)) == 5


def test_the_table_of_the_log_differs_in_one_cell(incident: Bundle):
    changed = fitted_to_the_log(incident)

    ours = incident.files["incident/priority.dmn"].splitlines()
    theirs = changed.files["incident/priority.dmn"].splitlines()
    differing = [(a, b) for a, b in zip(ours, theirs, strict=True) if a != b]
    assert len(differing) == 1
    assert b"priority_row_9_out_1" in differing[0][0]
    assert {p for p in incident.files if incident.files[p] != changed.files[p]} == {
        "incident/priority.dmn",
        "incident/forms/hold.json",
    }


def test_the_hold_of_the_log_names_no_record(incident: Bundle):
    ours, theirs = (
        json.loads(it.files["incident/forms/hold.json"])
        for it in (incident, fitted_to_the_log(incident))
    )

    field = ours["properties"]["waiting_for"]
    for key in ("x-link", "x-of", "x-open"):
        del field[key]
    for rule in ours["allOf"]:
        rule["then"]["properties"].get("waiting_for", {}).pop("x-of", None)
    assert ours == theirs


def test_a_table_that_has_changed_is_not_changed_blindly(incident: Bundle):
    changed = fitted_to_the_log(incident)

    with pytest.raises(ClearwayError, match="has changed"):
        fitted_to_the_log(changed)


def test_time_never_goes_back_within_an_incident(test_data: Path):
    log = test_data / "logs" / "servicenow-incident-event-log.zip"

    cases = read_cases(log, 200)

    for case in cases:
        times = [event.at for event in case.events]
        assert times == sorted(times)
        assert [event.position for event in case.events] == list(range(len(times)))
    assert max(e.at for c in cases for e in c.events) - cases[0].events[0].at > timedelta(days=30)


def test_no_lease_is_over_to_a_process_that_is_ahead(test_data: Path):
    cases = read_cases(test_data / "logs" / "servicenow-incident-event-log.zip")

    times = [event.at for case in cases for event in case.events]

    assert max(times) - min(times) < LONGEST
    assert 2 * LONGEST < LEASE


def test_a_torn_line_is_cut_from_the_journal(tmp_path: Path):
    path, whole = tmp_path / "journal.tsv", Line("INC1", 0, "INC-1", "new", None, True)
    with opened(path) as journal:
        journal.write(whole)
    with path.open("a") as file:
        file.write("INC1\t1\tINC-")

    with opened(path) as journal:
        journal.write(replace(whole, position=1, reason="unknown_state", agrees=None))

    assert [(line.position, line.reason) for line in lines(path)] == [
        (0, None),
        (1, "unknown_state"),
    ]


@pytest.fixture(scope="module")
def incident() -> Bundle:
    """The incident process as shipped."""
    return read_bundle(Path(__file__).resolve().parents[2] / "bpmn", "incident")


def test_a_damaged_line_of_the_journal_is_told(tmp_path: Path):
    path, whole = tmp_path / "journal.tsv", Line("INC1", 0, "INC-1", "new", None, True)
    with opened(path) as journal:
        journal.write(whole)
    with path.open("a") as file:
        file.write("INC\t1\t1\tINC-1\tnew\t\t1\n")

    with pytest.raises(JournalDamaged, match=r"journal\.tsv, line 2, is damaged"):
        list(lines(path))
