"""Faults: who sees them, what they say, and trying again."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from clearway.now import HandClock
from clearway.service.claim import claim
from clearway.service.complete import complete
from clearway.service.house import House
from clearway.service.jobs import claim_jobs, fail_job
from clearway.service.start import start
from clearway.service.values import Actor, Done

Enter = Callable[[str], Any]


@pytest.fixture
def stopped(
    house: House, people: dict[str, Actor], rows: Callable[..., Any], hand_clock: HandClock
) -> str:
    """An errand whose step kept failing."""
    done = start(house, people["alice"], "errand", {"what": "a book"}, once="start")
    assert isinstance(done, Done), done
    ((sort,),) = rows("SELECT id FROM work_item")
    assert isinstance(claim(house, people["bob"], sort, once="claim"), Done)
    assert isinstance(complete(house, people["bob"], sort, {"weight": 1}, once="done"), Done)
    while not rows("SELECT 1 FROM fault"):
        for job in claim_jobs(house, "tests", 10, timedelta(minutes=1)):
            fail_job(house, job.id, job.fence, "The shelf does not answer.")
        hand_clock.move_to(hand_clock() + timedelta(hours=1))
    return done.key


def test_a_process_owner_sees_what_stopped_and_tries_again(
    visitor: Enter, stopped: str, rows: Callable[..., Any]
):
    grace = visitor("grace")

    page = grace.get("/faults")
    ((number,),) = rows("SELECT id FROM fault WHERE settled_at IS NULL")
    again = grace.submit(page, f"/faults/{number}/retry")

    assert stopped in page.text
    assert "The shelf does not answer." in page.text
    assert "It is tried again when a worker takes it" in again.text
    assert "Nothing has stopped." in again.text


def test_a_retry_that_fails_again_says_so_and_why(
    visitor: Enter, house: House, stopped: str, rows: Callable[..., Any]
):
    grace = visitor("grace")
    page = grace.get("/faults")
    ((number,),) = rows("SELECT id FROM fault WHERE settled_at IS NULL")
    worker = threading.Thread(target=_fail_next, args=(house, rows, "The shelf burns."))
    worker.start()

    again = grace.submit(page, f"/faults/{number}/retry")
    worker.join()

    assert "It failed again: The shelf burns." in again.text
    assert "It is tried some more by itself" in again.text


def _fail_next(house: House, rows: Callable[..., Any], words: str) -> None:
    """A worker that takes the next job and fails."""
    while not (found := claim_jobs(house, "tests", 1, timedelta(minutes=1))):
        pass
    fail_job(house, found[0].id, found[0].fence, words)


def test_the_record_says_that_it_stopped(visitor: Enter, stopped: str):
    page = visitor("bob").get(f"/records/{stopped}")

    assert "The process has stopped" in page.text
    assert "The shelf does not answer." in page.text


def test_others_see_no_list_of_faults(visitor: Enter, stopped: str):
    bob = visitor("bob")

    assert bob.get("/faults").status == 403
    assert not bob.get("/inbox").html.xpath("//a[@href='/faults']")
