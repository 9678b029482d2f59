"""The heat map and the path of a record in Chromium: colours with figures, and no barrier."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text

from clearway.service.claim import claim
from clearway.service.complete import complete
from clearway.service.deliver import send
from clearway.service.inbox import inbox
from clearway.service.start import start
from clearway.service.values import Done

pytestmark = pytest.mark.browser

MARK_IS_FREE = """() => {
  const mark = document.querySelector(".bjs-powered-by");
  mark.scrollIntoView({ block: "center" });
  const box = mark.getBoundingClientRect();
  const there = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return box.width > 20 && mark.contains(there);
}"""
REPORT = {
    "short_description": "Mail does not arrive",
    "description": "Nothing since Friday.",
    "since_when": "2026-03-01T08:00:00Z",
    "how_many": "my_team",
    "can_work": "with_workaround",
    "service": "mail",
    "channel": "portal",
}


@pytest.fixture(scope="module")
def held(live: Any) -> str:
    """The key of an incident that was checked, put on hold and resumed; two more were reported."""
    keys: list[str] = []
    for number in range(3):
        done = start(live.house, live.actor("alice"), "incident", REPORT, once=f"heat {number}")
        assert isinstance(done, Done), done
        keys.append(done.key)
    live.work()
    key = keys[0]
    bob, erin = live.actor("bob"), live.actor("erin")
    [task] = inbox(live.house, bob, view="all", q=key).rows
    _done(claim(live.house, bob, task.id, once="heat claim"))
    checked = {"impact": 3, "urgency": 3, "assignment_group": "workplace"}
    _done(complete(live.house, bob, task.id, checked, once="heat triage"))
    until = {"hold_reason": "scheduled", "resume_by": "2099-03-01T08:00:00Z"}
    _done(send(live.house, erin, key, "hold", until, once="heat hold"))
    _done(send(live.house, erin, key, "resume", {}, once="heat resume"))
    live.work()
    return key


def _done(result: Any) -> None:
    assert isinstance(result, Done), result


@pytest.mark.parametrize(("width", "theme"), [(1300, "light"), (390, "dark")])
def test_neither_the_map_nor_the_path_has_a_barrier(
    open_browser: Callable[..., Page],
    violations: Callable[[Page], list[str]],
    held: str,
    theme: str,
    width: int,
):
    page = open_browser("grace", width=width, theme=theme)

    for name, path in (
        ("count", "/processes/incident/heat"),
        ("wait", "/processes/incident/heat?metric=wait&measure=total"),
        ("empty", "/processes/incident/heat?to=2001-01-01"),
        ("records", "/processes/incident/heat/triage?metric=wait"),
        ("path", f"/records/{held}/diagram"),
        ("outline", f"/records/{held}/outline"),
        ("process", "/processes/incident?show=outline"),
    ):
        page.goto(path)
        if name in ("count", "wait", "path"):
            page.wait_for_selector(".diagram.ready .djs-container")
            assert page.evaluate(MARK_IS_FREE), f"{path}: the mark of bpmn.io is covered"
            page.evaluate("scrollTo(0, 0)")
        _keep_picture(page, f"{name}-{theme}-{width}")

        assert violations(page) == [], f"{path} {theme} {width}"
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{path} is too wide"


def test_every_colour_has_its_figure_and_every_figure_its_records(
    live: Any, open_browser: Callable[..., Page], held: str
):
    triage = "SELECT count(*) FROM work_item w JOIN instance i ON i.id = w.instance_id"
    triage += " WHERE w.element = 'triage' AND i.process = 'incident'"
    # Others report incidents in this portal as well.
    entered = live.house.store.ask(lambda it: it.execute(text(triage)).scalar_one())
    page = open_browser("grace")
    page.goto("/processes/incident/heat")
    page.wait_for_selector(".diagram.ready .djs-container")

    coloured = page.locator(".djs-element.heat").count()
    figures = page.locator(".diagram .figure").count()

    assert coloured == figures > 10
    assert page.locator(".diagram .flow-figure").count() > 10
    table = page.locator(".heat-table")
    row = table.locator("tr", has_text="Check and correct the proposal")
    assert entered >= 3
    expect(row.locator("td[data-label=Entered]")).to_have_text(str(entered))
    row.locator("td[data-label=Completed] a").click()
    expect(page).to_have_url(re.compile(r"/processes/incident/heat/triage\?"))
    page.locator(f"a[href='/records/{held}']").first.click()
    expect(page).to_have_url(re.compile(f"/records/{held}$"))


def test_the_path_shows_its_order_when_it_is_asked_for(
    open_browser: Callable[..., Page], held: str
):
    page = open_browser("erin")
    page.goto(f"/records/{held}/diagram")
    page.wait_for_selector(".diagram.ready .djs-container")
    assert page.locator(".diagram .order").count() == 0

    page.get_by_role("button", name="Show the order of the path").click()

    assert page.locator(".diagram .order").count() > 10
    expect(page.locator(".diagram .waiting-for")).to_contain_text("Waits for erin")
    assert page.locator(".djs-connection.passed").count() > 10
    _keep_picture(page, "path-order")
    page.get_by_role("link", name="Outline", exact=True).click()
    here = page.locator("#outline-resolve")
    expect(here).to_contain_text("Here now")
    expect(here).to_contain_text("Waits for erin")
    expect(page.locator("#outline-triage")).to_contain_text("Done")


def _keep_picture(page: Page, name: str) -> None:
    """For who wants to look: PICTURES names a folder."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png")
