"""How many statements and commits each command and page takes: pinned, so that it cannot grow."""

from datetime import timedelta

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
from clearway.service.record import record
from clearway.service.start import start
from clearway.service.task import task
from clearway.service.timers import fire_due


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
    counts["claim jobs"] = count(lambda: claim_jobs(house, "w", 10, timedelta(minutes=1)))

    assert counts == {
        "start": (2, 1),
        "claim": (2, 1),
        "assign": (3, 1),
        "complete": (2, 1),
        "finish job": (3, 2),
        "send": (2, 1),
        "comment": (2, 1),
        "fire timer": (3, 2),
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
    assert count(lambda: instance_view(house, bob, key))[0] == 3
