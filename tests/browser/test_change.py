"""A change in the portal: drafted beside its collisions, decided on a phone with conditions."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from boards import asked_change, open_item, waiting_change
from playwright.sync_api import Page, expect

from clearway.service.record import record
from clearway.service.values import Done
from clearway.service.vote import vote
from clearway.service.windows import save_window
from clearway.store.windows import Window

pytestmark = pytest.mark.browser
OpenBrowser = Callable[..., Page]


@pytest.fixture
def frozen_day(live: Any) -> str:
    """A day in half a year, on which the network is frozen from morning to evening."""
    day = f"{live.house.now() + timedelta(days=180):%Y-%m-%d}"
    window = Window(
        "fair", "freeze", "Trade fair", "hard", f"{day}T06:00", f"{day}T20:00", "UTC", ("network",)
    )
    assert isinstance(save_window(live.house, live.actor("frank"), window, once=day), Done)
    return day


def test_a_change_is_drafted_beside_its_collisions_and_put_where_it_fits(
    live: Any, frozen_day: str, open_browser: OpenBrowser, violations: Callable[[Page], list[str]]
):
    key = asked_change(live.house, "Replace the core switch", "network")
    live.work()
    page = open_browser("alice")
    panel = page.get_by_role("region", name="Collisions")

    page.goto(f"/tasks/{open_item(live.house, 'alice', key)}")
    expect(panel).to_contain_text("Fill in Begins and Ends")
    page.get_by_label("Begins", exact=True).fill(f"{frozen_day}T12:00")
    page.get_by_label("Ends", exact=True).fill(f"{frozen_day}T11:00")
    expect(panel).to_contain_text("It ends before it begins")
    page.get_by_label("Ends", exact=True).fill(f"{frozen_day}T14:00")
    expect(panel).to_contain_text("Trade fair")
    expect(panel).to_be_in_viewport()
    found = violations(page)
    slot = panel.locator("[data-slot]").first
    begins, ends = (slot.get_attribute(f"data-{it}-value") for it in ("begins", "ends"))
    slot.click()

    expect(panel).to_contain_text("Nothing collides with this time.")
    expect(page.get_by_label("Begins", exact=True)).to_have_value(str(begins))
    expect(page.get_by_label("Ends", exact=True)).to_have_value(str(ends))
    assert found == []


def test_a_member_approves_on_a_phone_with_conditions_which_then_are_tasks(
    live: Any, open_browser: OpenBrowser, violations: Callable[[Page], list[str]]
):
    begins = live.house.now() + timedelta(days=100)
    key = waiting_change(
        live.house, live.work, "Move the mailboxes", "mail", begins, begins + timedelta(hours=1)
    )
    item = open_item(live.house, "frank", key)
    page = open_browser("judy", width=390, theme="dark")

    page.goto(f"/tasks/{item}")
    expect(page.get_by_text("1. Undo it")).to_be_visible()
    page.get_by_label("I am independent").check()
    page.get_by_text("Approve with conditions").click()
    page.get_by_role("button", name="Approve with these conditions").click()
    expect(page.get_by_label("Conditions, one on each line")).to_be_focused()
    page.get_by_label("Conditions, one on each line").fill("Tell the shops\nKeep the old server")
    found = violations(page)
    page.get_by_role("button", name="Approve with these conditions").click()
    expect(page.get_by_text("Your vote is recorded.")).to_be_visible()
    expect(page.get_by_text("Keep the old server").first).to_be_visible()
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    for name, seat in (("frank", "chair"), ("dave", "first_member")):
        done = vote(
            live.house, live.actor(name), item, seat, "approve", independent=True, once=key + seat
        )
        assert isinstance(done, Done), done
    live.work()
    page.goto(f"/records/{key}")

    expect(page.get_by_role("link", name="Fulfil a condition").first).to_be_visible()
    view = record(live.house, live.actor("frank"), key)
    assert [it.name for it in view.tasks] == ["Fulfil a condition"] * 2
    assert (found, overflow) == ([], 0)
