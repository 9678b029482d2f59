"""An open page and a record that changes: shown quietly, or told to who is typing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from clearway.now import HandClock
from clearway.service.claim import claim
from clearway.service.comment import comment
from clearway.service.complete import complete
from clearway.service.house import House
from clearway.service.start import start
from clearway.service.values import Actor, Done

OpenBrowser = Callable[..., Page]
NOTICE = "This record has changed since you opened the page."
_LOOK = "document.body.dispatchEvent(new CustomEvent('clearway:record'))"


@pytest.fixture
def key(house: House, people: dict[str, Actor]) -> str:
    """An errand that waits to be sorted."""
    done = start(house, people["alice"], "errand", {"what": "a piano"}, once="start")
    assert isinstance(done, Done), done
    return done.key


@pytest.fixture
def say(
    house: House, people: dict[str, Actor], key: str, hand_clock: HandClock
) -> Callable[[str], None]:
    """Alice says something about it a minute later, and the record changes."""

    def spoken(text: str) -> None:
        hand_clock.move_to(hand_clock() + timedelta(minutes=1))
        done = comment(house, people["alice"], key, text, public=True, once=text)
        assert isinstance(done, Done), done

    return spoken


def test_a_page_that_nobody_types_into_shows_the_change_without_a_notice(
    browser_of: OpenBrowser, key: str, say: Callable[[str], None]
):
    page = browser_of("bob")
    page.goto(f"/records/{key}")
    page.get_by_text("Link another record").click()

    say("It is a grand one")
    page.evaluate(_LOOK)

    expect(page.get_by_text("It is a grand one")).to_be_visible()
    expect(page.get_by_text(NOTICE)).to_have_count(0)
    expect(page.get_by_label("Key of the other")).to_be_visible()
    say("And a black one")
    page.evaluate(_LOOK)
    expect(page.get_by_text("And a black one")).to_be_visible()


def test_who_is_typing_is_told_and_keeps_what_was_typed(
    browser_of: OpenBrowser, key: str, say: Callable[[str], None]
):
    page = browser_of("bob")
    page.goto(f"/records/{key}")
    page.get_by_role("textbox", name="Comment").fill("Half a sente")
    page.locator("h1").click()

    say("It is a grand one")
    page.evaluate(_LOOK)

    expect(page.get_by_text(NOTICE)).to_be_visible()
    expect(page.get_by_text("It is a grand one")).to_have_count(0)
    expect(page.get_by_role("textbox", name="Comment")).to_have_value("Half a sente")


def test_what_follows_from_ones_own_command_takes_no_receipt_away(
    browser_of: OpenBrowser, key: str, say: Callable[[str], None]
):
    page = browser_of("bob")
    page.goto("/tasks/1")
    page.get_by_role("button", name="Claim").click()

    say("It is a grand one")
    with page.expect_response("**/tasks/1"):
        page.evaluate(_LOOK)

    expect(page.locator("#live-note")).to_have_text("The page shows the record as it is now.")
    expect(page.get_by_text("The task is yours.")).to_be_visible()
    expect(page.get_by_text(NOTICE)).to_have_count(0)
    page.get_by_label("Weight").fill("3")
    page.get_by_role("button", name="Complete").click()
    expect(page.get_by_text("Done: the task is complete.")).to_be_visible()


def test_a_page_that_was_refused_is_told_and_not_taken_away(
    browser_of: OpenBrowser,
    house: House,
    people: dict[str, Actor],
    key: str,
    say: Callable[[str], None],
):
    page = browser_of("carol")
    page.goto("/tasks/1")
    assert isinstance(claim(house, people["bob"], 1, once="claim"), Done)
    page.get_by_role("button", name="Claim").click()
    expect(page.get_by_text("bob has it").first).to_be_visible()

    say("Is it done?")
    page.evaluate(_LOOK)

    expect(page.get_by_text(NOTICE)).to_be_visible()


def test_a_vote_that_was_recorded_leaves_no_draft(
    browser_of: OpenBrowser, house: House, people: dict[str, Actor], key: str, rows: Any
):
    assert isinstance(claim(house, people["bob"], 1, once="claim"), Done)
    assert isinstance(complete(house, people["bob"], 1, {"weight": 300}, once="done"), Done)
    ((approve,),) = rows("SELECT id FROM work_item WHERE element = 'approve'")
    page = browser_of("dave")
    page.goto(f"/tasks/{approve}")
    page.get_by_text("Give a reason").click()
    reason = page.get_by_label("Reason")

    reason.fill("We need one")
    page.reload()
    expect(reason).to_have_value("We need one")
    page.get_by_label("I am independent of this").check()
    page.get_by_role("button", name="Approve", exact=True).click()

    expect(page.get_by_text("Your vote is recorded.")).to_be_visible()
    expect(page.get_by_text("What you typed here before is kept.")).to_have_count(0)
    # Whoever changes the vote begins with what it says, also after it was changed elsewhere.
    rows("UPDATE ballot SET reason = 'It is heavy' RETURNING 1")
    page.reload()
    expect(reason).to_have_value("It is heavy")
