"""The doctor tells what works and what does not, and what to do about it."""

from datetime import UTC, datetime, timedelta

from clearway.service import heartbeats, ledger
from clearway.service.complete import complete
from clearway.service.deliver import deliver_waiting
from clearway.service.doctor import NEARLY_FULL, Disk, Portal, Sign, examine
from clearway.service.house import House
from clearway.service.jobs import claim_jobs, fail_job, finish_job
from clearway.service.start import start
from clearway.service.timers import fire_due
from clearway.store.database import Store

SUBJECTS = (
    "database",
    "schema",
    "workers",
    "Prefect",
    "faults",
    "jobs",
    "timers",
    "messages",
    "scheduled runs",
    "tasks",
    "releases",
    "approvals",
    "leavers",
)


def sign(house, subject: str) -> Sign:
    (found,) = [it for it in examine(house) if it.subject == subject]
    return found


def sorted_errand(house, people, rows) -> None:
    """An errand whose automated step waits for a worker."""
    start(house, people["alice"], "errand", {"what": "a pen"}, once="start")
    [(item,)] = rows("SELECT id FROM work_item")
    complete(house, people["bob"], item, {"weight": 2}, once="sort")


def test_a_house_with_a_worker_and_prefect_is_well(house):
    heartbeats.beat(house, "worker w1")
    heartbeats.beat(house, heartbeats.PREFECT)

    signs = examine(house)

    assert tuple(it.subject for it in signs) == SUBJECTS
    assert [it for it in signs if not it.well or it.remedy] == []
    assert signs[0].text.startswith("PostgreSQL 1")


def test_a_database_that_does_not_answer_is_told_and_nothing_else(hand_clock):
    store = Store("postgresql://127.0.0.1:1/nowhere", patience=0)

    signs = examine(House(store, hand_clock))

    store.close()
    (told,) = signs
    assert (told.subject, told.well) == ("database", False)
    assert "does not answer" in told.text
    assert "CLEARWAY_DATABASE_URL" in told.remedy


def test_a_schema_of_another_release_is_told_and_the_rest_is_not_guessed(house, rows):
    rows("UPDATE alembic_version SET version_num = '9999' RETURNING 1")

    signs = examine(house)

    assert [it.subject for it in signs] == ["database", "schema"]
    assert not signs[1].well
    assert "9999" in signs[1].text


def test_without_a_worker_work_waits(house):
    missing = sign(house, "workers")

    assert not missing.well
    assert "timers" in missing.text
    assert "clearway worker" in missing.remedy


def test_a_worker_that_is_silent_for_a_minute_is_not_alive(house, hand_clock):
    heartbeats.beat(house, "worker w1")

    hand_clock.move_to(hand_clock() + timedelta(seconds=60))
    assert sign(house, "workers").well

    hand_clock.move_to(hand_clock() + timedelta(seconds=1))
    silent = sign(house, "workers")
    assert not silent.well
    assert "w1 since 2026-03-02 09:00 UTC" in silent.text


def test_one_living_worker_is_enough_and_the_silent_one_is_named(house, hand_clock):
    heartbeats.beat(house, "worker w1")
    hand_clock.move_to(hand_clock() + timedelta(minutes=5))
    heartbeats.beat(house, "worker w2")

    workers = sign(house, "workers")

    assert workers.well
    assert workers.text == "1 worker is alive. Silent: w1 since 2026-03-02 09:00 UTC."


def test_without_prefect_only_scheduled_runs_wait(house, hand_clock):
    absent = sign(house, "Prefect")
    heartbeats.beat(house, heartbeats.PREFECT)
    hand_clock.move_to(hand_clock() + timedelta(minutes=2))
    stale = sign(house, "Prefect")

    assert not absent.well
    assert not stale.well
    assert "The work goes on without it; only scheduled runs wait." in absent.text
    assert "last seen 2026-03-02 09:00 UTC" in stale.text


def test_a_worker_is_not_taken_for_prefect_nor_prefect_for_a_worker(house):
    heartbeats.beat(house, heartbeats.PREFECT)

    assert sign(house, "Prefect").well
    assert not sign(house, "workers").well


def test_open_faults_are_counted_with_the_oldest_and_its_remedy(house, people, rows, hand_clock):
    sorted_errand(house, people, rows)
    while leased := claim_jobs(house, "w1", limit=1, lease=timedelta(seconds=30)):
        fail_job(house, leased[0].id, leased[0].fence, "the shelf is locked")
        hand_clock.move_to(hand_clock() + timedelta(hours=1))
    [(remedy,)] = rows("SELECT remedy FROM fault")

    faults = sign(house, "faults")

    assert not faults.well
    assert faults.text.startswith("1 fault is open, the oldest since 2026-03-02 ")
    assert "ERR-1001" in faults.text
    assert "the shelf is locked" in faults.text
    assert remedy in faults.remedy
    assert sign(house, "jobs").well, "a job behind a fault is told as that fault"


def test_a_job_that_nobody_takes_is_overdue_after_a_minute(house, people, rows, hand_clock):
    sorted_errand(house, people, rows)

    hand_clock.move_to(hand_clock() + timedelta(seconds=59))
    assert sign(house, "jobs").well

    hand_clock.move_to(hand_clock() + timedelta(seconds=2))
    jobs = sign(house, "jobs")
    assert not jobs.well
    assert jobs.text == "1 job is overdue, the oldest since 2026-03-02 09:00 UTC: ERR-1001 fetch."


def test_a_job_under_a_lease_is_not_overdue_until_the_lease_is(house, people, rows, hand_clock):
    sorted_errand(house, people, rows)
    claim_jobs(house, "w1", limit=1, lease=timedelta(minutes=10))

    hand_clock.move_to(hand_clock() + timedelta(minutes=10))
    assert sign(house, "jobs").well

    hand_clock.move_to(hand_clock() + timedelta(minutes=2))
    assert not sign(house, "jobs").well


def test_a_timer_that_nobody_fires_is_overdue_until_it_is_fired(house, people, rows, hand_clock):
    sorted_errand(house, people, rows)
    [leased] = claim_jobs(house, "w1", limit=1, lease=timedelta(seconds=30))
    finish_job(house, leased.id, leased.fence, {"place": "shelf"})

    hand_clock.move_to(hand_clock() + timedelta(days=1, seconds=30))
    assert sign(house, "timers").well

    hand_clock.move_to(hand_clock() + timedelta(seconds=31))
    timers = sign(house, "timers")
    assert not timers.well
    assert "the oldest since 2026-03-03 09:00 UTC: ERR-1001 late." in timers.text

    fire_due(house, 10)
    assert sign(house, "timers").well


def test_a_message_to_a_record_that_does_not_exist_is_told_for_a_week(house, rows, hand_clock):
    rows(
        "INSERT INTO message (name, to_key, payload, sent_at)"
        " VALUES ('news', 'ERR-9', '{}', %s) RETURNING id",
        hand_clock(),
    )
    deliver_waiting(house, 10)

    messages = sign(house, "messages")
    assert not messages.well
    assert "1 message of the last 7 days reached nobody" in messages.text
    assert "news to ERR-9" in messages.text

    hand_clock.move_to(hand_clock() + timedelta(days=7))
    assert sign(house, "messages").well


def test_a_scheduled_run_is_missed_until_it_is_done(house, hand_clock):
    due = hand_clock()
    ledger.note_due(house, "nightly", [due - timedelta(days=1), due])
    hand_clock.move_to(due + timedelta(seconds=30))

    before = sign(house, "scheduled runs")
    for day in (due - timedelta(days=1), due):
        ledger.begin_run(house, "nightly", day, "flow")
        ledger.finish_run(house, "nightly", day, "flow", outcome="passed")
    after = sign(house, "scheduled runs")

    assert not before.well
    assert before.text == (
        "1 scheduled run is due and not done, the oldest since 2026-03-01 09:00 UTC: nightly."
    )
    assert after.well


def test_a_run_at_work_is_not_late_before_its_process_must_have_died(house, hand_clock):
    due = hand_clock()
    ledger.begin_run(house, "nightly", due, "flow")

    hand_clock.move_to(due + timedelta(minutes=59))
    assert sign(house, "scheduled runs").well

    hand_clock.move_to(due + timedelta(minutes=61))
    assert not sign(house, "scheduled runs").well


def test_what_the_schedules_say_is_late_counts_though_the_ledger_never_heard_of_it(house):
    late = [
        ("weekly", datetime(2026, 3, 2, 8, tzinfo=UTC)),
        ("nightly", datetime(2026, 3, 1, 3, tzinfo=UTC)),
    ]

    (runs,) = [it for it in examine(house, late_runs=late) if it.subject == "scheduled runs"]

    assert not runs.well
    assert runs.text == (
        "2 scheduled runs are due and not done, the oldest since 2026-03-01 03:00 UTC: nightly."
    )


def test_a_round_with_a_seat_that_nobody_may_take_is_a_bad_sign(house, desk, rows):
    key = desk.ask("a piano")
    desk.sort(weight=200)
    well = sign(house, "approvals")
    rows("UPDATE round SET excluded = '{dave}' RETURNING 1")

    stuck = sign(house, "approvals")

    assert (well.well, well.remedy) == (True, "")
    assert not stuck.well
    assert stuck.text == (
        f"1 approval waits for a seat that nobody can take. {key} Approve, since "
        "2026-03-02 09:00 UTC: Nobody can take the seat chair: dave, who has the role chair, "
        "has an interest. Give somebody else the role, or cancel."
    )


def test_however_many_rounds_are_open_the_doctor_asks_once(house, desk, rows):
    for what in ("a piano", "a harp", "an organ"):
        desk.ask(what)
        desk.sort(weight=200)
    rows("DELETE FROM membership WHERE group_name = 'chair' RETURNING 1")
    asked = []

    with house.store.watched_by(asked.append):
        stuck = sign(house, "approvals")

    assert len([it for it in asked if "FROM seat" in it or "JOIN seat" in it]) == 1
    assert stuck.text.count("Nobody can take the seat chair: nobody has the role chair.") == 3


def test_systems_that_are_not_named_are_told_and_are_no_ailment(house):
    told = "No mail is sent: name a mail server in CLEARWAY_SMTP_HOST."

    silent, connected = (
        [it for it in examine(house, silent=those) if it.subject == "connections"]
        for those in ([told], [])
    )

    assert silent == [Sign("connections", True, told)]
    assert connected[0].well
    assert "named" in connected[0].text


def test_a_task_whose_group_has_nobody_with_the_role_is_told(house, desk, people, rows):
    desk.ask()
    rows("INSERT INTO \"group\" (name, title) VALUES ('night', 'Night shift') RETURNING 1")
    rows("INSERT INTO membership (person, group_name) VALUES ('erin', 'night') RETURNING 1")
    well = sign(house, "tasks")
    rows("UPDATE work_item SET group_name = 'night' RETURNING 1")

    told = sign(house, "tasks")

    assert (well.well, well.text) == (True, "Somebody can take each open task.")
    assert not told.well
    assert "ERR-1001 Sort, for the role desk and the group night" in told.text
    assert told.remedy
    rows("INSERT INTO membership (person, group_name) VALUES ('bob', 'night') RETURNING 1")
    assert sign(house, "tasks").well


def test_a_task_that_only_those_may_not_do_who_could_is_told(house, desk, rows):
    desk.ask()
    rows("UPDATE person SET active = false WHERE name = 'carol' RETURNING 1")
    assert sign(house, "tasks").well

    rows("UPDATE work_item SET excluded = '{bob}' RETURNING 1")

    assert "ERR-1001 Sort, for the role desk." in sign(house, "tasks").text


def test_what_somebody_has_who_may_do_it_is_taken(house, desk, rows):
    desk.ask()
    rows("UPDATE work_item SET group_name = 'board', assignee = 'bob' RETURNING 1")
    assert sign(house, "tasks").well

    rows("UPDATE person SET active = false WHERE name = 'bob' RETURNING 1")

    assert not sign(house, "tasks").well


def test_a_task_of_a_requester_who_left_is_told(house, desk, rows):
    desk.ask()
    rows("UPDATE work_item SET role = 'requester' RETURNING 1")
    assert sign(house, "tasks").well

    rows("UPDATE person SET active = false WHERE name = 'alice' RETURNING 1")

    assert not sign(house, "tasks").well


def test_tasks_that_nobody_may_take_are_told_however_many_others_there_are(house, desk, rows):
    for what in ("a pen", "a cup", "a lamp"):
        desk.ask(what)
    first, second, third = (each[0] for each in rows("SELECT id FROM work_item ORDER BY id"))
    change = "UPDATE work_item SET {} WHERE id = %s RETURNING 1"
    rows(change.format("closed_at = opened_at, outcome = 'completed'"), first)
    assert sign(house, "tasks").well

    rows(change.format("role = 'night_shift'"), second)
    by_role = sign(house, "tasks")
    rows(change.format("role = 'desk'"), second)
    rows(change.format("group_name = 'board'"), third)
    by_group = sign(house, "tasks")
    rows(change.format("group_name = NULL, closed_at = opened_at"), third)
    rows(change.format("role = 'night_shift'"), third)

    assert not by_role.well
    assert by_role.text.startswith("1 open task is for nobody, the oldest since ")
    assert "ERR-1002 Sort, for the role night_shift." in by_role.text
    assert not by_group.well
    assert "ERR-1003 Sort, for the role desk and the group board." in by_group.text
    assert sign(house, "tasks").well, "what is closed is nobody's task any more"


def test_a_task_without_a_role_needs_somebody_of_its_group(house, desk, rows):
    desk.ask("a pen")
    desk.ask("a cup")
    last = "WHERE id = (SELECT max(id) FROM work_item) RETURNING 1"
    rows(f"UPDATE work_item SET role = NULL, group_name = 'desk' {last}")
    assert sign(house, "tasks").well

    rows("INSERT INTO \"group\" (name, title) VALUES ('empty', 'Nobody yet') RETURNING 1")
    rows(f"UPDATE work_item SET group_name = 'empty' {last}")

    told = sign(house, "tasks")
    assert not told.well
    assert "ERR-1002 Sort, for everybody and the group empty." in told.text


def test_a_disk_that_is_nearly_full_is_told_with_its_figures(house):
    def disk(free: int) -> Sign:
        found = examine(house, disk=Disk("/srv/var", 50_000 << 20, free, 200 << 20))
        (told,) = [it for it in found if it.subject == "disk"]
        return told

    roomy, nearly_full = disk(NEARLY_FULL), disk(NEARLY_FULL - (824 << 20))

    assert roomy == Sign("disk", True, "1024 MB of 50000 MB are free on the disk with /srv/var.")
    assert not nearly_full.well
    assert nearly_full.text == (
        "The disk is nearly full: 200 MB of 50000 MB are free on the disk with /srv/var. "
        "With less than 200 MB the database does not start again."
    )
    assert "Make room" in nearly_full.remedy


def test_whether_the_portal_answers_is_told_with_where_it_was_looked_for(house):
    address = "https://desk.example.org"

    well, away = (
        next(it for it in examine(house, portal=Portal(address, answers)) if it.subject == "portal")
        for answers in (True, False)
    )

    assert (well.well, well.text) == (True, f"The portal answers at {address}.")
    assert not away.well
    assert away.text.startswith(f"The portal does not answer at {address}:")
    assert "clearway serve" in away.remedy
