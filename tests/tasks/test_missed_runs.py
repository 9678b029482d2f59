"""A run that nobody began at its time: the worker writes it down once, and it may still come."""

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from clearway.now import HandClock
from clearway.service import heartbeats, ledger
from clearway.service.house import House
from clearway.service.ledger import ScheduledRun
from tasks.dispatcher import Dispatcher
from tasks.runs import begin_ledger, note_missed, overdue, perform
from tasks.schedules import NIGHTLY_CONTROL_TEST, WEEKLY_OPEN_WORK_REVIEW

pytestmark = pytest.mark.database

Rows = Callable[..., list[tuple[object, ...]]]

NIGHT = datetime(2026, 3, 3, 1, 30, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


@pytest.fixture
def watched(house: House, hand_clock: HandClock) -> None:
    """The schedules are watched since the day before."""
    hand_clock.move_to(NIGHT - timedelta(hours=6))
    begin_ledger(house)


def nights(house: House) -> list[ScheduledRun]:
    """The lines of the nightly control, without the first that says since when it is watched."""
    found = ledger.runs(house, NIGHTLY_CONTROL_TEST.name)
    return [run for run in reversed(found) if run.outcome != "begun"]


def test_within_a_quarter_of_an_hour_nothing_is_missed(
    house: House, watched: None, hand_clock: HandClock
):
    hand_clock.move_to(NIGHT + QUARTER - timedelta(seconds=1))

    assert note_missed(house) == []
    assert nights(house) == []


def test_a_run_that_nobody_began_is_written_down_once_with_its_proof(
    house: House, watched: None, hand_clock: HandClock, rows: Rows
):
    heartbeats.beat(house, heartbeats.PREFECT)
    hand_clock.move_to(NIGHT + QUARTER)

    noted = [note_missed(house) for _ in range(2)]

    assert [[(it.schedule, it.due_at) for it in those] for those in noted] == [
        [("nightly_control_test", NIGHT)],
        [],
    ]
    [run] = nights(house)
    assert (run.outcome, run.missed_at, run.finished_at) == ("missed", NIGHT + QUARTER, None)
    assert run.missed_because == (
        "It did not run at its time, because Prefect did not answer; "
        "it was last seen 2026-03-02 19:30 UTC."
    )
    [[content]] = rows(f"SELECT bytes FROM content WHERE hash = '{run.missed_evidence}'")
    proof = json.loads(bytes(content))
    assert proof["because"] == run.missed_because
    assert proof["due_at"].startswith("2026-03-03T01:30")
    assert proof["prefect_seen_at"].startswith("2026-03-02T19:30")


def test_a_run_that_comes_after_all_is_late_and_keeps_that_it_was_missed(
    house: House, watched: None, hand_clock: HandClock
):
    hand_clock.move_to(NIGHT + QUARTER)
    note_missed(house)
    hand_clock.move_to(NIGHT + timedelta(minutes=40))
    [missed] = nights(house)

    done = perform(house, NIGHTLY_CONTROL_TEST, NIGHT, "comes late")

    assert done == [NIGHT]
    [run] = nights(house)
    assert (run.outcome, run.runner, run.is_late) == ("passed", "comes late", True)
    assert (run.missed_at, run.missed_evidence) == (missed.missed_at, missed.missed_evidence)
    assert not missed.is_late
    hand_clock.move_to(NIGHT + timedelta(hours=2))
    assert note_missed(house) == []
    assert overdue(house) == []


def test_a_run_at_its_time_is_not_late(house: House, watched: None, hand_clock: HandClock):
    hand_clock.move_to(NIGHT + timedelta(minutes=3))

    perform(house, NIGHTLY_CONTROL_TEST, NIGHT, "in time")

    hand_clock.move_to(NIGHT + timedelta(hours=3))
    assert note_missed(house) == []
    [run] = nights(house)
    assert (run.outcome, run.is_late, run.missed_at) == ("passed", False, None)


def test_no_night_is_left_out_when_the_worker_was_away_too(
    house: House, watched: None, hand_clock: HandClock
):
    hand_clock.move_to(NIGHT + timedelta(days=3, hours=1))

    note_missed(house)
    heartbeats.beat(house, heartbeats.PREFECT)
    hand_clock.move_to(NIGHT + timedelta(days=4))
    perform(house, NIGHTLY_CONTROL_TEST, NIGHT + timedelta(days=4), "the next one")

    days = [(run.due_at - NIGHT).days for run in nights(house)]
    assert days == [0, 1, 2, 3, 4]
    assert [run.outcome for run in nights(house)] == ["passed"] * 5
    assert [run.is_late for run in nights(house)] == [True, True, True, True, False]


def test_a_run_that_no_worker_missed_is_late_all_the_same(
    house: House, watched: None, hand_clock: HandClock
):
    hand_clock.move_to(NIGHT + timedelta(days=1))

    perform(house, NIGHTLY_CONTROL_TEST, NIGHT + timedelta(days=1), "the next one")

    assert [(run.outcome, run.is_late) for run in nights(house)] == [
        ("passed", True),
        ("passed", False),
    ]


def test_a_missed_review_that_is_not_made_up_for_stays_missed(
    house: House, watched: None, hand_clock: HandClock
):
    monday = datetime(2026, 3, 9, 7, 0, tzinfo=UTC)
    hand_clock.move_to(monday + QUARTER)
    note_missed(house)
    hand_clock.move_to(monday + timedelta(weeks=1))

    perform(house, WEEKLY_OPEN_WORK_REVIEW, monday + timedelta(weeks=1), "the next one")

    newest, missed, _ = ledger.runs(house, WEEKLY_OPEN_WORK_REVIEW.name)
    assert (newest.outcome, newest.is_late) == ("done", False)
    assert (missed.outcome, missed.missed_at, missed.is_late) == (
        "missed",
        monday + QUARTER,
        False,
    )
    assert missed.finished_at is not None


def test_a_run_at_work_is_not_missed_before_its_process_must_have_died(
    house: House, watched: None, hand_clock: HandClock
):
    hand_clock.move_to(NIGHT)
    ledger.begin_run(house, NIGHTLY_CONTROL_TEST.name, NIGHT, "flow-7")

    hand_clock.move_to(NIGHT + timedelta(minutes=59))
    assert note_missed(house) == []
    hand_clock.move_to(NIGHT + timedelta(hours=1))
    note_missed(house)

    [run] = nights(house)
    assert run.missed_because == (
        "It did not run at its time: the run flow-7 began at 2026-03-03 01:30 UTC and did not end."
    )


def test_a_run_that_failed_and_was_given_back_is_told_as_that(
    house: House, watched: None, hand_clock: HandClock
):
    hand_clock.move_to(NIGHT)
    ledger.begin_run(house, NIGHTLY_CONTROL_TEST.name, NIGHT, "flow-7")
    ledger.release_run(house, NIGHTLY_CONTROL_TEST.name, NIGHT, "flow-7")
    hand_clock.move_to(NIGHT + QUARTER)
    heartbeats.beat(house, heartbeats.PREFECT)

    note_missed(house)

    [run] = nights(house)
    assert run.missed_because == "It did not run at its time: the run flow-7 began and failed."


def test_a_living_prefect_that_began_nothing_is_told_as_that(
    house: House, watched: None, hand_clock: HandClock
):
    hand_clock.move_to(NIGHT + QUARTER)
    heartbeats.beat(house, heartbeats.PREFECT)

    note_missed(house)

    [run] = nights(house)
    assert run.missed_because == (
        "It did not run at its time: Prefect answers, but no run of it began."
    )


def test_a_schedule_that_was_never_watched_misses_nothing(house: House, hand_clock: HandClock):
    hand_clock.move_to(NIGHT + timedelta(days=3))

    assert note_missed(house) == []
    assert ledger.runs(house) == []


def test_two_workers_write_one_line(house: House, watched: None, hand_clock: HandClock, rows: Rows):
    hand_clock.move_to(NIGHT + QUARTER)
    ready, noted = threading.Barrier(2), list[int]()

    def look() -> None:
        ready.wait()
        noted.append(len(note_missed(house)))

    threads = [threading.Thread(target=look) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(noted) == [0, 1]
    assert len(nights(house)) == 1


def test_the_worker_looks_by_itself(
    house: House,
    watched: None,
    hand_clock: HandClock,
    worker: Dispatcher,
    eventually: Callable[..., None],
):
    hand_clock.move_to(NIGHT + QUARTER)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        eventually(lambda: nights(house), "the worker wrote nothing down")
    finally:
        worker.stop()
        thread.join()

    assert [run.outcome for run in nights(house)] == ["missed"]
