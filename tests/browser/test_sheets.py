"""The editor of files that are no drawing: saved by itself, undone, checked, never lost."""

from collections.abc import Callable
from typing import Any

import pytest
from drawing_room import new_draft, open_sheet, stored
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

RECORD = "incident/record.json"


@pytest.fixture(scope="module")
def draft(live: Any) -> int:
    """A draft of the incident process."""
    return new_draft(live.house, live.actor("grace"), "incident", "sheets")


def test_a_text_is_saved_by_itself_checked_undone_and_kept_from_a_second_writer(
    live: Any,
    open_browser: Callable[..., Page],
    violations: Callable[[Page], list[str]],
    draft: int,
):
    grace = live.actor("grace")
    before = stored(live.house, grace, "incident", draft, RECORD)
    mine = open_sheet(open_browser("grace"), draft, RECORD)
    theirs = open_sheet(open_browser("trent"), draft, RECORD)
    text, status = mine.get_by_label(f"Text of {RECORD}"), mine.locator("#editor-status")
    assert text.input_value().encode() == before
    assert violations(mine) == []

    text.press("Control+Home")
    text.press_sequentially("x")
    expect(status).to_contain_text("Saved at", timeout=15_000)
    assert stored(live.house, grace, "incident", draft, RECORD) == b"x" + before
    place = mine.locator("#editor-problems").get_by_role("button", name="Line 1")
    expect(place).to_be_visible(timeout=20_000)

    mine.get_by_role("button", name="Undo").click()
    expect(mine.locator("#editor-count")).to_have_text("No problems", timeout=20_000)
    expect(status).to_contain_text("Saved at", timeout=15_000)
    assert stored(live.house, grace, "incident", draft, RECORD) == before

    mine.keyboard.press("Control+y")
    expect(text).to_have_value("x" + before.decode())
    mine.keyboard.press("Control+s")
    expect(status).to_contain_text("Saved at", timeout=15_000)
    theirs.get_by_label(f"Text of {RECORD}").fill("{}\n")
    told = theirs.get_by_role("dialog", name="Somebody else saved this file")
    expect(told).to_contain_text("grace saved this file at ", timeout=15_000)
    assert violations(theirs) == []
    assert stored(live.house, grace, "incident", draft, RECORD) == b"x" + before


def test_a_file_is_taken_out_of_the_draft_after_asking(
    open_browser: Callable[..., Page], draft: int
):
    page = open_sheet(open_browser("grace"), draft, "incident/scenarios/desk_reopens.yaml")

    page.get_by_role("button", name="Remove this file").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove the file").click()
    page.wait_for_url(f"**/drafts/{draft}")

    expect(page.get_by_text("incident/scenarios/desk_reopens.yaml is gone")).to_be_attached()
