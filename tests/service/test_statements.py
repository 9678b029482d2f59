"""How many statements and commits each command and page takes: pinned, so that it cannot grow."""

from datetime import timedelta

import psycopg
import pytest

from clearway.service.assign import assign
from clearway.service.claim import claim
from clearway.service.comment import comment
from clearway.service.complete import complete
from clearway.service.deliver import send
from clearway.service.history import history
from clearway.service.inbox import inbox
from clearway.service.instance_view import instance_view
from clearway.service.jobs import claim_jobs, finish_job
from clearway.service.link import link
from clearway.service.record import record
from clearway.service.start import start
from clearway.service.task import task
from clearway.service.timers import fire_due
from clearway.store.database import Transaction


@pytest.fixture
def count(house):
    """Statements and commits of a call."""

    def counted(call):
        seen: list[str] = []
        with house.store.watched_by(seen.append):
            call()
        commits = seen.count("COMMIT")
        return len(seen) - commits, commits

    return counted


def test_commands_take_one_load_one_write_and_one_commit(house, people, desk, count, hand_clock):
    alice, bob, carol = people["alice"], people["bob"], people["carol"]
    start(house, alice, "errand", {"what": "warm up"}, once="0")
    counts = {}

    counts["start"] = count(lambda: start(house, alice, "errand", {"what": "a pen"}, once="1"))
    item = 2
    counts["claim"] = count(lambda: claim(house, bob, item, once="2"))
    counts["assign"] = count(lambda: assign(house, bob, item, "carol", once="3"))
    counts["complete"] = count(lambda: complete(house, carol, item, {"weight": 1}, once="4"))
    [job] = claim_jobs(house, "w", 1, timedelta(minutes=1))
    counts["finish job"] = count(lambda: finish_job(house, job.id, job.fence, {"place": "x"}))
    counts["send"] = count(
        lambda: send(house, bob, "ERR-1002", "hold", {"question": "?"}, once="5")
    )
    counts["comment"] = count(lambda: comment(house, alice, "ERR-1002", "!", public=True, once="6"))
    hand_clock.move_to(hand_clock() + timedelta(days=2))
    counts["fire timer"] = count(lambda: fire_due(house, 10))
    counts["link"] = count(lambda: link(house, bob, "ERR-1001", "relates_to", "ERR-1002", once="7"))
    counts["claim jobs"] = count(lambda: claim_jobs(house, "w", 10, timedelta(minutes=1)))

    assert counts == {
        "start": (2, 1),
        "claim": (2, 1),
        "assign": (3, 1),
        "complete": (2, 1),
        "finish job": (3, 1),
        "send": (2, 1),
        "comment": (2, 1),
        "fire timer": (3, 2),
        "link": (4, 1),
        "claim jobs": (2, 1),
    }


def test_pages_take_few_statements(house, people, desk, count):
    key = desk.ask()
    item = desk.open_item("sort")
    bob = people["bob"]

    # A question ends its transaction by rolling back, except on the command path.
    assert count(lambda: inbox(house, bob))[0] == 2
    assert count(lambda: task(house, bob, item))[0] == 1
    assert count(lambda: record(house, bob, key))[0] == 5
    assert count(lambda: history(house, bob, key))[0] == 2
    assert count(lambda: instance_view(house, bob, key))[0] == 4


def test_a_command_reads_only_its_own_record(house, people, desk, database_url):
    for number in range(60):
        desk.ask(f"pen {number}")
    [(item,)] = desk.rows("SELECT max(id) FROM work_item")
    written: list[tuple[str, dict]] = []
    send = Transaction._run

    def seen(self, statement, values, *rest):
        written.append((statement, dict(values)))
        send(self, statement, values, *rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Transaction, "_run", seen)
        complete(house, people["bob"], item, {"weight": 1}, once="1")
    statement, values = written[-1]
    values |= {"answer_key": "another", "revision": values["revision"] + 1}
    with psycopg.connect(database_url) as connection:
        # As it was before: the same statement finds the same rows again.
        connection.execute("UPDATE work_item SET closed_at = NULL WHERE id = %s", [item])
        connection.execute("DELETE FROM subscription")
        connection.execute("DELETE FROM job")
        plan = connection.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", values)
        [(explained,)] = plan.fetchall()
        connection.rollback()

    assert most_rows(explained[0]["Plan"]) < 20


def most_rows(plan):
    """The most rows that any part of a plan came across."""
    here = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)
    return max([here, *(most_rows(part) for part in plan.get("Plans", ()))])
