"""The worker: jobs are called once in effect, retried, and survive what goes wrong around them."""

import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from types import FrameType
from typing import Any

import pytest
from handy import drain, seen

from clearway.now import HandClock
from clearway.service.claim import claim
from clearway.service.deliver import send
from clearway.service.heartbeats import heartbeats
from clearway.service.history import history
from clearway.service.house import House
from clearway.service.jobs import claim_jobs, finish_job
from clearway.service.registry import actor_of
from clearway.service.start import start
from clearway.service.values import Actor, Done, Refusal
from clearway.service.verify import verify
from clearway.service.vote import vote
from integrations.silent import Silent
from tasks.catalogue import Call
from tasks.dispatcher import Dispatcher, WorkerSettings

pytestmark = pytest.mark.database

REPORT = {
    "short_description": "Payroll does not open",
    "service": "payroll",
    "description": "Nothing happens",
    "since_when": "2026-03-01T08:00:00Z",
    "how_many": "only_me",
    "can_work": "not_at_all",
    "channel": "phone",
}


def report(house: House, actor: Actor, once: str = "report") -> str:
    done = start(house, actor, "incident", REPORT, once=once)
    assert isinstance(done, Done), done
    return done.key


def test_a_new_incident_finds_its_group_and_the_caller_is_told(
    house: House, worker: Dispatcher, silent: Silent, alice: Actor, bob: Actor
):
    key = report(house, alice)

    counts = drain(worker)

    view = seen(house, bob, key)
    assert counts.finished >= 2
    assert view.values["support_group"] == "applications"
    assert view.values["criticality"] == 1
    assert [task.element for task in view.tasks] == ["triage"]
    [mail] = silent.mailer.mails
    assert mail.to == ("alice@example.org",)
    assert mail.subject == f"{key}: we have your report"
    assert "Payroll does not open" in mail.text
    told = [line.sentence for line in history(house, bob, key).rows if "notice" in line.sentence]
    assert [line.partition(" was written")[2] for line in told] == [
        ": opened.",
        " down only: no mail server is set.",
    ]
    assert verify(house) == []


def test_a_step_that_fails_is_tried_again_later_and_then_becomes_a_fault(
    house: House, calls: dict[str, Call], hand_clock: HandClock, alice: Actor, bob: Actor
):
    tried: list[str] = []

    def fails(_inputs: Mapping[str, object], job_id: str) -> Mapping[str, object]:
        tried.append(job_id)
        raise ConnectionError("the registry is away")

    worker = Dispatcher(house, {**calls, "find_context": fails}, "w1")
    key = report(house, alice)

    drain(worker)
    assert len(tried) == 1
    for _ in range(10):
        hand_clock.move_to(hand_clock() + timedelta(minutes=10))
        drain(worker)

    assert len(tried) == 4
    assert len(set(tried)) == 1
    [fault] = seen(house, bob, key).faults
    assert "the registry is away" in fault.cause


def test_a_step_that_never_answers_is_given_up(
    house: House, calls: dict[str, Call], alice: Actor, bob: Actor
):
    never = threading.Event()

    def hangs(_inputs: Mapping[str, object], _job_id: str) -> Mapping[str, object]:
        never.wait(30)
        return {}

    settings = WorkerSettings(step_timeout=0.2, lease=5)
    worker = Dispatcher(house, {**calls, "find_context": hangs}, "w1", settings)
    report(house, alice)

    counts = worker.turn()

    never.set()
    assert counts.failed == 1


def test_a_worker_that_comes_too_late_changes_nothing(
    house: House, worker: Dispatcher, hand_clock: HandClock, alice: Actor, bob: Actor
):
    key = report(house, alice)
    slow = claim_jobs(house, "slow", 10, timedelta(seconds=60))
    hand_clock.move_to(hand_clock() + timedelta(minutes=2))

    drain(worker)
    late = [finish_job(house, job.id, job.fence, {"support_group": "network"}) for job in slow]

    assert all(isinstance(answer, Refusal) and answer.code == "stale" for answer in late)
    assert seen(house, bob, key).values["support_group"] == "applications"


def test_an_unknown_step_says_which_release_is_missing(
    house: House, calls: dict[str, Call], alice: Actor
):
    worker = Dispatcher(house, {"notice": calls["notice"]}, "w1")
    report(house, alice)

    assert worker.turn().failed == 1


def test_many_workers_side_by_side_do_every_job_once(
    house: House, calls: dict[str, Call], silent: Silent, alice: Actor
):
    called: list[str] = []

    def counted(name: str) -> Call:
        def call(inputs: Mapping[str, object], job_id: str) -> Mapping[str, object]:
            called.append(job_id)
            return calls[name](inputs, job_id)

        return call

    keys = [report(house, alice, f"report {number}") for number in range(12)]
    watched = {name: counted(name) for name in calls}
    workers = [Dispatcher(house, watched, f"w{n}", WorkerSettings(batch=3)) for n in range(3)]
    threads = [threading.Thread(target=drain, args=(worker,)) for worker in workers]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert len(called) == len(set(called)) == 2 * len(keys)
    assert len(silent.mailer.mails) == len(keys)


def test_steps_that_hang_hold_up_no_timer_no_message_and_no_other_step(
    house: House,
    calls: dict[str, Call],
    hand_clock: HandClock,
    rows: Callable[..., list],
    alice: Actor,
    bob: Actor,
    eventually: Callable[..., None],
    silent: Silent,
):
    answers = threading.Event()

    def hangs(inputs: Mapping[str, object], job_id: str) -> Mapping[str, object]:
        answers.wait(120)
        return calls["notice"](inputs, job_id)

    settings = WorkerSettings(hands=4, poll=0.05, lease=3600)
    worker = Dispatcher(house, {**calls, "notice": hangs}, "w1", settings)
    first = [report(house, alice, f"report {number}") for number in range(6)]
    thread = threading.Thread(target=worker.run, daemon=True)
    thread.start()

    try:
        eventually(lambda: all(seen(house, bob, key).tasks for key in first), "no first check")
        late = report(house, alice, "late")
        eventually(lambda: seen(house, bob, late).tasks, "a mail held up the first check")
        assert isinstance(claim(house, bob, seen(house, bob, late).tasks[0].id, once="claim"), Done)
        until = (hand_clock() + timedelta(days=1)).isoformat()
        until_tomorrow = {"hold_reason": "scheduled", "resume_by": until}
        assert isinstance(send(house, bob, late, "hold_early", until_tomorrow, once="hold"), Done)
        hand_clock.move_to(hand_clock() + timedelta(days=2))
        eventually(lambda: seen(house, bob, late).state == "new", "a mail held up a timer")
    finally:
        answers.set()
        worker.stop()
        thread.join(60)
    drain(Dispatcher(house, calls, "w2"))

    assert not thread.is_alive()
    assert rows("SELECT step, element FROM job WHERE status <> 'done'") == []
    assert len(silent.mailer.mails) == len({mail.subject for mail in silent.mailer.mails}) > 6
    assert verify(house) == []


def test_a_running_worker_is_woken_by_what_changes_and_ends_when_told(
    house: House,
    calls: dict[str, Call],
    database_url: str,
    alice: Actor,
    eventually: Callable[..., None],
    silent: Silent,
):
    settings = WorkerSettings(poll=600.0, heartbeat=0.0)
    worker = Dispatcher(house, calls, "w1", settings, listen_to=database_url)
    thread = threading.Thread(target=worker.run)
    thread.start()
    alive = "the worker gave no sign of life"
    eventually(lambda: [it for it in heartbeats(house) if it.name == "worker w1"], alive)

    # Its first look may have been before it listened; what changes later must wake it.
    number = iter(range(1000))
    eventually(
        lambda: report(house, alice, f"wake {next(number)}") and silent.mailer.mails,
        "the worker was not woken",
    )
    worker.stop()
    thread.join(30)

    assert not thread.is_alive()
    assert heartbeats(house) == []


def test_history_says_what_happened_only_here(
    house: House, worker: Dispatcher, silent: Silent, rows: Callable[..., list]
):
    manager, other = actor_of(house, "mallory"), Actor("rita", roles=frozenset({"line_manager"}))
    asked = {
        "full_name": "Nina Example",
        "user_name": "nina",
        "starts_at": "2026-06-01T07:00:00Z",
        "site": "Berlin",
        "laptop_model": "standard laptop",
        "permissions": ["sales"],
    }
    key = start(house, manager, "onboarding", asked, once="ask").key
    [(item,)] = rows("SELECT id FROM work_item WHERE closed_at IS NULL")
    assert isinstance(vote(house, other, item, "manager", "approve", once="vote"), Done)

    drain(worker)

    told = [line.sentence for line in history(house, manager, key).rows]
    noted = [line for line in told if "only noted here" in line]
    assert sorted(noted) == [
        "Create the account is only noted here: no directory is connected.",
        "Grant the permissions is only noted here: no directory is connected.",
        "Order the laptop is only noted here: no supplier is connected.",
    ]
    done = "Create the account is done: account account-nina."
    assert told.index(noted[[n[:6] for n in noted].index("Create")]) < told.index(done)
    assert list(silent.accounts.accounts) == ["nina"]
    assert verify(house) == []


def test_what_is_only_noted_is_told_once_and_not_by_a_worker_that_lost_its_lease(
    house: House, hand_clock: HandClock, rows: Callable[..., list]
):
    manager, other = actor_of(house, "mallory"), Actor("rita", roles=frozenset({"line_manager"}))
    asked = {"full_name": "Nina", "user_name": "nina", "starts_at": "2026-06-01T07:00:00Z"}
    asked |= {"site": "Berlin", "laptop_model": "standard laptop", "permissions": ["sales"]}
    start(house, manager, "onboarding", asked, once="ask")
    [(item,)] = rows("SELECT id FROM work_item WHERE closed_at IS NULL")
    vote(house, other, item, "manager", "approve", once="vote")
    late = claim_jobs(house, "w1", 10, timedelta(seconds=1))
    hand_clock.move_to(hand_clock() + timedelta(minutes=1))
    job, *_ = [
        it for it in claim_jobs(house, "w2", 10, timedelta(minutes=5)) if "laptop" in it.step
    ]
    lost = next(it for it in late if it.id == job.id)

    answer = {"order_number": "1", "only_noted": "nobody is there"}
    finish_job(house, lost.id, lost.fence, answer)
    assert rows("SELECT count(*) FROM entry WHERE kind = 'only_noted'") == [(0,)]
    done = finish_job(house, job.id, job.fence, answer)
    finish_job(house, job.id, job.fence, answer)

    assert rows("SELECT count(*) FROM entry WHERE kind = 'only_noted'") == [(1,)]
    assert isinstance(done, Done)


@pytest.mark.parametrize("line", range(1, 20))
def test_a_signal_ends_it_at_whatever_line_of_its_rest_it_comes(worker: Dispatcher, line: int):
    worker.settings = replace(worker.settings, poll=0.001)
    left = iter(range(line - 1, -1, -1))

    def rests(frame: FrameType | None) -> bool:
        return frame is not None and (frame.f_code.co_name == "_pause" or rests(frame.f_back))

    def follow(frame: FrameType, what: str, _: object) -> Any:
        if not rests(frame):
            return None
        if what == "line" and next(left, None) == 0:
            # Where Python would run the handler of a signal: between two lines.
            worker.stop()
        return follow

    def run() -> None:
        sys.settrace(follow)
        worker.run()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(20)

    assert not thread.is_alive()
