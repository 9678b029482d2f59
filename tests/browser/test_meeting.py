"""The board meets in the portal: the chair leads, members vote, the minutes are confirmed."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from boards import do_task, waiting_change
from playwright.sync_api import Page, expect

from clearway import engine
from clearway.service.deliver import send
from clearway.service.deploy import deploy
from clearway.service.start import start
from clearway.service.values import Done

pytestmark = pytest.mark.browser
BPMN = Path(__file__).resolve().parents[2] / "bpmn"


@pytest.fixture
def meeting(live: Any) -> tuple[str, str, str]:
    """The keys of a meeting to which everybody is invited, and of the two changes on its agenda."""
    house, frank = live.house, live.actor("frank")
    bundle = engine.read_bundle(BPMN, "cab_meeting")
    done = deploy(house, live.actor("grace"), bundle, parent=None, reason="First use", once="cab")
    assert isinstance(done, Done), done
    thursday = house.now() + timedelta(days=2)
    keys = [
        waiting_change(house, live.work, title, service, begins, begins + timedelta(hours=2))
        for title, service, begins in (
            ("Replace the core switch", "network", thursday + timedelta(days=8)),
            ("Move the mailboxes to the new server", "mail", thursday + timedelta(days=12)),
        )
    ]
    what = {"title": "Change advisory board", "starts": thursday.isoformat(), "place": "Room 4"}
    opened = start(house, frank, "cab_meeting", what, once="plan")
    assert isinstance(opened, Done), opened
    assert isinstance(send(house, frank, opened.key, "build_now", {}, once="build"), Done)
    live.work()
    do_task(house, "frank", opened.key, {"agenda": keys})
    live.work()
    return opened.key, keys[0], keys[1]


def vote(page: Page, meeting: str, key: str, button: str) -> None:
    page.goto(f"/meeting/{meeting}?item={key}")
    page.get_by_label("I am independent").check()
    page.get_by_role("button", name=button, exact=True).click()


def test_the_chair_runs_a_meeting_of_two_changes(
    live: Any,
    meeting: tuple[str, str, str],
    open_browser: Callable[..., Page],
    violations: Callable[[Page], list[str]],
    tmp_path: Path,
):
    key, first, second = meeting
    frank = open_browser("frank")
    dave = open_browser("dave", width=390, theme="dark")

    frank.goto(f"/meeting/{key}")
    with frank.expect_download() as pack:
        frank.get_by_role("link", name=f"{key} pack.pdf").click()
    frank.get_by_role("button", name="Begin the meeting").click()
    vote(open_browser("judy"), key, first, "Approve")
    dave.goto(f"/meeting/{key}")
    dave.get_by_label("I am independent").check()
    dave.get_by_role("button", name="Approve", exact=True).click()
    vote(frank, key, first, "Approve")
    expect(frank.locator(".agenda-item").first).to_contain_text("Approved")
    # Who looks at the page sees it without doing anything.
    expect(dave.locator(".agenda-item").first).to_contain_text("Approved")
    frank.get_by_role("button", name="Next item").click()
    expect(dave.locator(".agenda-item.now")).to_contain_text(second)
    found = [*violations(frank), *violations(dave)]
    overflow = dave.evaluate("document.documentElement.scrollWidth - innerWidth")
    frank.get_by_role("button", name="End the meeting").click()
    live.work()
    frank.goto(f"/records/{key}")
    frank.get_by_role("link", name="Confirm the minutes", exact=True).click()
    frank.get_by_label("What next").select_option("send")
    frank.get_by_role("button", name="Complete").click()

    file = tmp_path / "pack.pdf"
    pack.value.save_as(file)
    assert file.read_bytes().startswith(b"%PDF-")
    frank.goto(f"/meeting/{key}?item={second}")
    expect(frank.locator(".agenda-item").nth(1)).to_contain_text("Not decided")
    expect(frank.get_by_text(f"{key} minutes.pdf")).to_be_visible()
    expect(frank.get_by_label("At a glance")).to_contain_text("Closed")
    assert (found, overflow) == ([], 0)
