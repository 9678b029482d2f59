"""Control tests and reviews: whole populations, kept evidence, every due run accounted for."""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from handy import drain

from clearway.now import HandClock
from clearway.service import ledger
from clearway.service.controls import Examined
from clearway.service.house import House
from clearway.service.inbox import inbox
from clearway.service.registry import actor_of
from clearway.service.search import search
from clearway.service.values import SYSTEM
from tasks.compliance import CONTROLS, ControlError, examine
from tasks.dispatcher import Dispatcher
from tasks.runs import begin_ledger, overdue, perform
from tasks.schedules import (
    NIGHTLY_CONTROL_TEST,
    WEEKLY_OPEN_WORK_REVIEW,
    CatchUp,
    Schedule,
)

pytestmark = pytest.mark.database

NIGHT = datetime(2026, 3, 3, 1, 30, tzinfo=UTC)
CLOSED = """INSERT INTO instance (key, process, version_id, revision, engine_state, record, state,
    title, started_at, changed_at, ended_at)
SELECT 'INC-' || n, 'incident', (SELECT max(id) FROM version WHERE process = 'incident'), 1, '',
    CASE WHEN n % 4 = 0 THEN '{"resolution_notes": "  "}' ELSE '{"resolution_notes": "Done."}'
    END::jsonb, CASE WHEN n = 12 THEN 'cancelled' ELSE 'closed' END, 'title',
    '2026-03-01Z', '2026-03-02Z', '2026-03-02Z'
FROM generate_series(901, 912) n"""


@pytest.fixture
def closed(rows: Callable[..., list[tuple[object, ...]]], hand_clock: HandClock) -> None:
    """Twelve incidents that were closed; three have nothing but blanks as notes."""
    rows(CLOSED)
    hand_clock.move_to(NIGHT)


def test_blanks_and_nothing_are_no_notes():
    control = CONTROLS["closed_with_notes"]
    population = [
        Examined(key, NIGHT, record)
        for key, record in {
            "INC-1": {"resolution_notes": "Fixed."},
            "INC-2": {"resolution_notes": " \n"},
            "INC-3": {},
            "INC-4": {"resolution_notes": None},
        }.items()
    ]

    result = examine(control, population, NIGHT)

    assert result.exceptions == ["INC-2", "INC-3", "INC-4"]
    assert [line["key"] for line in result.evidence] == ["INC-1", "INC-2", "INC-3", "INC-4"]


def test_the_control_looks_at_everything_and_keeps_its_evidence(
    house: House, closed: None, rows: Callable[..., list[tuple[object, ...]]]
):
    perform(house, NIGHTLY_CONTROL_TEST, NIGHT, "flow-run-1")

    [run] = ledger.runs(house, "nightly_control_test")
    assert (run.outcome, run.population, run.runner) == ("failed", 12, "flow-run-1")
    assert [one["subject"] for one in run.exceptions] == ["INC-904", "INC-908", "INC-912"]
    [[content]] = rows(f"SELECT bytes FROM content WHERE hash = '{run.evidence_hash}'")
    assert hashlib.sha256(bytes(content)).hexdigest() == run.evidence_hash
    evidence = json.loads(bytes(content))
    assert len(evidence["population"]) == 12
    assert evidence["statement"] == "No incident was closed without resolution notes."


def test_each_exception_opens_one_work_item_for_compliance(house: House, closed: None):
    perform(house, NIGHTLY_CONTROL_TEST, NIGHT, "flow-run-1")
    perform(house, NIGHTLY_CONTROL_TEST, NIGHT, "flow-run-2")
    perform(house, NIGHTLY_CONTROL_TEST, NIGHT + timedelta(days=1), "flow-run-3")

    ivan = actor_of(house, "ivan")
    tasks = inbox(house, ivan, view="unclaimed").rows
    assert [task.process for task in tasks] == ["control_exception"] * 3
    assert {task.element for task in tasks} == {"investigate"}
    first, second = reversed(ledger.runs(house, "nightly_control_test"))
    assert first.exceptions == second.exceptions
    assert all(one["record"] for one in first.exceptions)


def test_without_exceptions_the_control_passes(house: House, hand_clock: HandClock):
    hand_clock.move_to(NIGHT)

    perform(house, NIGHTLY_CONTROL_TEST, NIGHT, "flow-run-1")

    [run] = ledger.runs(house, "nightly_control_test")
    assert (run.outcome, run.population, run.exceptions) == ("passed", 0, ())


def test_the_weekly_review_is_a_process_with_a_task(
    house: House, closed: None, worker: Dispatcher, hand_clock: HandClock
):
    perform(house, NIGHTLY_CONTROL_TEST, NIGHT, "flow-run-1")
    monday = datetime(2026, 3, 9, 7, 0, tzinfo=UTC)
    hand_clock.move_to(monday)

    done = [perform(house, WEEKLY_OPEN_WORK_REVIEW, monday, f"run {n}") for n in range(2)]
    drain(worker)

    assert done == [[monday], []]
    [review] = search(house, SYSTEM, "", process="weekly_review").rows
    judy = actor_of(house, "judy")
    assert [task.element for task in inbox(house, judy, view="unclaimed").rows] == ["review"]
    assert review.state == "in_review"


def test_nights_that_prefect_slept_through_are_made_up_for_one_by_one(
    house: House, hand_clock: HandClock
):
    hand_clock.move_to(NIGHT)
    perform(house, NIGHTLY_CONTROL_TEST, NIGHT, "first")
    hand_clock.move_to(NIGHT + timedelta(days=4))

    done = perform(house, NIGHTLY_CONTROL_TEST, NIGHT + timedelta(days=4), "late")

    assert done == [NIGHT + timedelta(days=number) for number in range(1, 5)]
    assert [run.outcome for run in ledger.runs(house)] == ["passed"] * 5


def test_missed_reviews_are_noted_and_only_the_newest_is_started(
    house: House, hand_clock: HandClock
):
    monday = datetime(2026, 3, 9, 7, 0, tzinfo=UTC)
    hand_clock.move_to(monday)
    perform(house, WEEKLY_OPEN_WORK_REVIEW, monday, "first")
    later = monday + timedelta(weeks=2)
    hand_clock.move_to(later)

    done = perform(house, WEEKLY_OPEN_WORK_REVIEW, later, "late")

    assert done == [later]
    assert [run.outcome for run in ledger.runs(house)] == ["done", "missed", "done"]


def test_a_run_whose_process_died_is_taken_over_after_an_hour(house: House, hand_clock: HandClock):
    hand_clock.move_to(NIGHT)
    assert ledger.begin_run(house, "nightly_control_test", NIGHT, "dies")

    assert perform(house, NIGHTLY_CONTROL_TEST, NIGHT, "too early") == []
    hand_clock.move_to(NIGHT + timedelta(hours=1))
    assert perform(house, NIGHTLY_CONTROL_TEST, NIGHT, "takes over") == [NIGHT]


def test_what_was_due_and_did_not_run_is_overdue(house: House, hand_clock: HandClock):
    assert overdue(house) == []
    begin_ledger(house)
    begin_ledger(house)
    assert overdue(house) == []

    hand_clock.move_to(NIGHT + timedelta(hours=2))

    assert [(late.schedule, late.due_at) for late in overdue(house)] == [
        ("nightly_control_test", NIGHT)
    ]
    perform(house, NIGHTLY_CONTROL_TEST, NIGHT, "run")
    assert overdue(house) == []


def test_due_instants_follow_the_wall_clock_through_summer_time():
    schedule = Schedule("x", NIGHTLY_CONTROL_TEST.at, "Europe/Berlin", CatchUp.ALL)
    spring = datetime(2026, 3, 27, 12, tzinfo=UTC)
    autumn = datetime(2026, 10, 23, 12, tzinfo=UTC)

    springs = list(schedule.due_between(spring, spring + timedelta(days=3)))
    autumns = list(schedule.due_between(autumn, autumn + timedelta(days=3)))

    assert [f"{due:%d %H:%M}" for due in springs] == ["28 01:30", "29 01:30", "30 00:30"]
    assert [f"{due:%d %H:%M}" for due in autumns] == ["24 00:30", "25 00:30", "26 01:30"]


def test_a_run_that_fails_is_given_back(
    house: House, closed: None, rows: Callable[..., list[tuple[object, ...]]]
):
    rows("DELETE FROM version WHERE process = 'control_exception'")
    house = House(house.store, house.now)

    with pytest.raises(ControlError, match="INC-904"):
        perform(house, NIGHTLY_CONTROL_TEST, NIGHT, "fails")

    [run] = ledger.runs(house)
    assert (run.started_at, run.outcome) == (None, None)
