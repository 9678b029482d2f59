"""The page of a vote: its brief, what is still needed, and that looking at it decides nothing."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from clearway import engine
from clearway.service.deploy import deploy
from clearway.service.house import House
from clearway.service.start import start
from clearway.service.values import Actor, Done

Enter = Callable[[str], Any]
PROCESSES = Path(__file__).resolve().parent.parent / "data" / "processes"


@pytest.fixture
def decide(house: House, people: dict[str, Actor], rows: Callable[..., Any]) -> str:
    """The path of a vote on a motion that concerns carol and bob."""
    bundle = engine.read_bundle(PROCESSES, "motion")
    done = deploy(house, people["grace"], bundle, parent=None, reason="first", once="motion")
    assert isinstance(done, Done), done
    values = {"what": "A mast", "why": "The old one rusts", "owners": ["carol", "bob"]}
    start(house, people["alice"], "motion", values, once="start")
    ((item,),) = rows("SELECT id FROM work_item WHERE element = 'decide'")
    return f"/tasks/{item}"


def test_a_voter_reads_the_brief_and_what_is_still_needed(visitor: Enter, decide: str):
    page = visitor("carol").get(decide)
    facts = page.html.xpath("//section[contains(@class, 'brief')]//dt/text()")

    assert facts == ["What is moved", "Why", "Whom it concerns"]
    assert "0 of 4 have voted, 3 are needed; the chair, owner (carol) and owner (bob) must." in (
        page.text
    )
    assert page.html.xpath("//button[@name='choice']/@value") == [
        "approve_with_conditions",
        "approve",
        "reject",
        "defer",
        "abstain",
    ]


def test_whoever_does_not_say_to_be_independent_decides_nothing(
    visitor: Enter, decide: str, rows: Callable[..., Any]
):
    carol = visitor("carol")

    refused = carol.submit(carol.get(decide), f"{decide}/vote", button=("choice", "approve"))
    kept = rows("SELECT count(*) FROM ballot")
    voted = carol.submit(refused, f"{decide}/vote", button=("choice", "approve"), independent="yes")

    assert refused.status == 422
    assert refused.html.xpath("//input[@name='independent']/@aria-invalid") == ["true"]
    assert kept == [(0,)]
    assert "said to be independent" in voted.text
    assert rows("SELECT choice, independent FROM ballot") == [("approve", True)]


def test_whoever_may_not_say_it_abstains(visitor: Enter, decide: str, rows: Callable[..., Any]):
    carol = visitor("carol")

    carol.submit(carol.get(decide), f"{decide}/vote", button=("choice", "abstain"))

    assert rows("SELECT choice, independent FROM ballot") == [("abstain", False)]


def test_what_scans_a_mail_decides_nothing(visitor: Enter, decide: str, rows: Callable[..., Any]):
    carol = visitor("carol")
    address = f"{decide}/vote?seat=owner:carol&choice=approve&independent=yes"

    for path in (decide, address):
        for _ in range(25):
            carol.client.get(path)
            carol.client.head(path)

    assert rows("SELECT count(*) FROM ballot") == [(0,)]
    assert rows("SELECT outcome FROM round") == [(None,)]


def test_who_moved_it_finds_no_seat_and_reads_why(visitor: Enter, decide: str):
    page = visitor("alice").get(decide)

    assert not page.has_form(f"{decide}/vote")
    assert "You cannot vote here." in page.text


def test_a_vote_in_the_inbox_says_until_when_and_how_many_have_voted(visitor: Enter, decide: str):
    carol = visitor("carol")
    carol.submit(carol.get(decide), f"{decide}/vote", button=("choice", "abstain"))

    [row] = visitor("dave").get("/inbox").html.xpath(f"//tr[.//a[@href='{decide}']]")
    words = " ".join(row.text_content().split())

    assert "1 of 4 voted" in words
    assert row.xpath(".//td[@data-label='Due']//time")
