"""The page of scheduled runs: who sees it, what it says, and the proof."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from clearway.now import HandClock
from clearway.service import ledger
from clearway.service.house import House
from clearway.service.schedule_list import proof, scheduled_runs
from clearway.service.values import Actor, Page, Refusal
from clearway.store.schedule_ledger import keep_content

Enter = Callable[[str], Any]
NIGHT = datetime(2026, 3, 3, 1, 30, tzinfo=UTC)
NAME = "nightly_control_test"
DAY = timedelta(days=1)


@pytest.fixture
def nights(house: House, hand_clock: HandClock) -> str:
    """A watched schedule: one run kept, one that found something, one missed; one late at last.

    Answers the hash of the kept run's proof.
    """
    ledger.begin_run(house, NAME, NIGHT - DAY, "ledger")
    ledger.finish_run(house, NAME, NIGHT - DAY, "ledger", outcome="begun")
    hashed = ledger.keep_evidence(house, {"control": "closed_with_notes", "population": ["INC-1"]})
    hand_clock.move_to(NIGHT + timedelta(minutes=1))
    _run(house, NIGHT, "passed", population=1, evidence_hash=hashed)
    _run(house, NIGHT + DAY, "failed", population=41, exceptions=[{"key": "INC-7"}])
    for day in (2, 3):
        ledger.note_due(house, NAME, [NIGHT + day * DAY])
        ledger.note_missed(house, NAME, NIGHT + day * DAY, f"Prefect was away on day {day}.", {})
    _run(house, NIGHT + 3 * DAY, "passed", population=2)
    return hashed


def _run(house: House, due: datetime, outcome: str, **result: Any) -> None:
    assert ledger.begin_run(house, NAME, due, "run-1")
    assert ledger.finish_run(house, NAME, due, "run-1", outcome=outcome, **result)


def test_each_run_that_was_due_is_told_with_what_came_of_it(visitor: Enter, nights: str):
    page = visitor("trent").get("/schedules")

    told = [
        " ".join(" ".join(row.itertext()).split())
        for row in page.html.xpath("//tbody//td[@data-label='Outcome']")
    ]
    assert told == [
        "Kept, late 2 records looked at, no exception. Prefect was away on day 3.",
        "Missed Prefect was away on day 2.",
        "Failed 1 exception among 41 records.",
        "Kept 1 record looked at, no exception.",
        "Watched from here From here on every run that was due is in this list.",
    ]
    assert "Nightly control test" in page.text


def test_the_proof_of_a_run_is_the_bytes_that_its_hash_is_of(visitor: Enter, nights: str):
    trent = visitor("trent")

    [link] = trent.get("/schedules").html.xpath(f"//a[contains(@href, '{nights}')]/@href")
    answer = trent.client.get(link)

    assert json.loads(answer.content)["population"] == ["INC-1"]
    assert f"{nights}.json" in answer.headers["content-disposition"]


def test_nothing_due_yet_is_said_in_words(visitor: Enter):
    page = visitor("trent").get("/schedules")

    assert (page.status, "No run was due yet." in page.text) == (200, True)


@pytest.mark.parametrize("name", ["alice", "bob", "grace"])
def test_others_have_neither_the_page_nor_the_way_to_it(visitor: Enter, nights: str, name: str):
    person = visitor(name)

    assert person.get("/schedules").status == 403
    assert person.get(f"/schedules/proofs/{nights}.json").status == 403
    assert not person.get("/inbox").html.xpath("//a[@href='/schedules']")


@pytest.mark.parametrize(
    ("role", "may"),
    [("admin", True), ("compliance_owner", True), ("auditor", True), ("process_owner", False)],
)
def test_who_answers_for_controls_sees_their_runs(house: House, nights: str, role: str, may: bool):
    actor = Actor("ivan", roles=frozenset({role}))

    assert isinstance(scheduled_runs(house, actor), Page) == may
    assert isinstance(proof(house, actor, nights), tuple) == may


def test_pages_go_on_where_the_one_before_ended(house: House, nights: str):
    other = "weekly_open_work_review"
    ledger.note_due(house, other, [NIGHT + DAY, NIGHT + 2 * DAY])
    actor = Actor("trent", roles=frozenset({"admin"}))
    found: list[tuple[str, datetime]] = []
    after = None
    for _ in range(7):
        page = scheduled_runs(house, actor, after=after, limit=1)
        assert isinstance(page, Page)
        found += [(run.schedule, run.due) for run in page.rows]
        after = page.after

    assert (len(set(found)), after) == (7, None)
    assert found == sorted(found, key=lambda it: (-it[1].timestamp(), it[0]))


@pytest.mark.parametrize("cursor", ["x", "fi0x", "MjAyNi0wMy0wM1QwMTozMDowMCswMDowMH4tNQ", "🙂"])
def test_a_cursor_that_nobody_wrote_is_no_failure(visitor: Enter, nights: str, cursor: str):
    assert visitor("trent").get(f"/schedules?after={cursor}").status == 200


@pytest.mark.parametrize("hashed", ["", "abc", "%%%%%%%%", "f" * 64, "../../etc"])
def test_only_a_proof_of_a_run_is_handed_out(house: House, nights: str, hashed: str):
    kept = house.store.change(_other_content)
    actor = Actor("trent", roles=frozenset({"admin"}))

    assert isinstance(proof(house, actor, hashed), Refusal)
    assert isinstance(proof(house, actor, kept), Refusal)
    assert isinstance(proof(house, actor, nights[:8]), tuple)


def _other_content(connection: Any) -> str:
    """What is kept too, but is no proof of a run."""
    return keep_content(connection, b"a diagram")
