"""The page of a vote: its brief, what is still needed, and that looking at it decides nothing."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

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


BRIEF = {
    "plan": ("What is done", "A second mast of 40 m beside the old one, then the lines move over."),
    "risk": ("Risk", "High"),
    "why_risk": ("Why it is high", ["Two services are away for an hour", "It was never done here"]),
    "begins": ("Begins", "2026-03-07T20:00:00Z"),
    "ends": ("Ends", "2026-03-07T23:00:00Z"),
    "collides": ("Collides with", ["CHG-1004 on the same line, Sat 21:00"]),
    "touched": ("Services", ["phone", "mail"]),
    "back": ("Back at the latest", "2026-03-07T22:15:00Z"),
}


@pytest.fixture
def full(house: House, people: dict[str, Actor], rows: Callable[..., Any]) -> str:
    """The path of a vote on a motion of which there is as much to know as of a change."""
    bundle = engine.read_bundle(PROCESSES, "motion")
    record = json.loads(bundle.files["motion/record.json"])
    form = json.loads(bundle.files["motion/forms/moved.json"])
    for name, (title, value) in BRIEF.items():
        shape: dict[str, object] = {"type": "string", "title": title, "maxLength": 200}
        if isinstance(value, list):
            shape = {"type": "array", "title": title, "items": {"type": "string"}, "maxItems": 9}
        elif value.startswith("2026"):
            shape = {"type": "string", "format": "date-time", "title": title}
        record["properties"][name] = form["properties"][name] = shape
    record["x-brief"] = ["why", *BRIEF]
    written = {"record.json": record, "forms/moved.json": form}
    files = {f"motion/{path}": json.dumps(text).encode() for path, text in written.items()}
    bundle = replace(bundle, files={**bundle.files, **files})
    done = deploy(house, people["grace"], bundle, parent=None, reason="first", once="motion")
    assert isinstance(done, Done), done
    values = {name: value for name, (_, value) in BRIEF.items()}
    values |= {"what": "A mast", "why": "The old one rusts and may fall", "owners": ["carol"]}
    done = start(house, people["alice"], "motion", values, once="start")
    assert isinstance(done, Done), done
    ((item,),) = rows("SELECT id FROM work_item WHERE element = 'decide'")
    return f"/tasks/{item}"


def test_the_brief_and_the_start_of_the_buttons_fit_on_a_phone(
    browser_of: Callable[..., Page], full: str
):
    page = browser_of("dave", {"width": 390, "height": 844})
    page.goto(page.url.partition("/inbox")[0] + full)

    approve = page.get_by_role("button", name="Approve", exact=True)

    for title, _ in BRIEF.values():
        expect(page.locator("dt", has_text=title).first).to_be_in_viewport()
    expect(approve).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
