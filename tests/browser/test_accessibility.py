"""Every page, in both themes, on a desk and on a phone: nothing that axe-core objects to."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from clearway.service.inbox import inbox
from clearway.service.start import start
from clearway.service.values import SYSTEM, Done
from clearway.service.windows import Window, save_window

pytestmark = pytest.mark.browser

PAGES = (
    "/inbox",
    "/inbox?view=unclaimed",
    "/inbox?q=zeppelin",
    "/search",
    "/new",
    "/new/incident",
    "/processes",
    "/processes/incident",
    "/calendar",
    "/calendar?view=list",
    "/calendar/windows",
    "/registry",
    "/registry?table=services",
    "/registry/impact?of=core-switch",
    "/faults",
    "/me",
    "/no/such/page",
    "/records/{key}",
    "/records/{key}/diagram",
    "/tasks/{task}",
)


@pytest.fixture(scope="module")
def places(live: Any) -> dict[str, str]:
    """A record and its task."""
    values = {
        "short_description": "Mail does not arrive",
        "description": "Nothing since Friday.\n\nThe web mail works.",
        "since_when": "2026-03-01T08:00:00Z",
        "how_many": "my_team",
        "can_work": "with_workaround",
        "service": "mail",
        "channel": "portal",
    }
    done = start(live.house, live.actor("alice"), "incident", values, once="accessible")
    assert isinstance(done, Done), done
    today = f"{live.house.now():%Y-%m-%d}"
    night = (f"{today}T20:00", f"{today}T23:59", "UTC", (), "FREQ=DAILY")
    window = Window("nights", "freeze", "Every night", "soft", *night)
    assert isinstance(save_window(live.house, SYSTEM, window, once="nights"), Done)
    live.work()
    (row,) = inbox(live.house, live.actor("bob"), view="all", q=done.key).rows
    return {"key": done.key, "task": str(row.id)}


@pytest.mark.parametrize(("width", "theme"), [(1300, "light"), (390, "dark")])
def test_no_page_has_a_barrier(
    open_browser: Callable[..., Page],
    violations: Callable[[Page], list[str]],
    places: dict[str, str],
    theme: str,
    width: int,
):
    page = open_browser("grace", width=width, theme=theme)

    for path in PAGES:
        page.goto(path.format(**places))
        if "diagram" in path or "processes/" in path:
            page.wait_for_selector(".diagram.ready .djs-container")

        assert violations(page) == [], f"{path} {theme} {width}"
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{path} is too wide"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_sign_in_page_has_no_barrier(
    open_browser: Callable[..., Page], violations: Callable[[Page], list[str]], theme: str
):
    page = open_browser(theme=theme)

    page.goto("/login")

    assert violations(page) == []


def test_what_can_be_pressed_is_large_enough(
    open_browser: Callable[..., Page], places: dict[str, str]
):
    page = open_browser("bob")
    small: list[str] = []

    for path in ("/inbox?view=all", "/records/{key}", "/tasks/{task}"):
        page.goto(path.format(**places))
        small += page.evaluate(
            """() => [...document.querySelectorAll('a, button, summary, select, input')]
            .filter(it => it.checkVisibility() && it.type !== 'hidden')
            .filter(it => !it.closest('p, li, .prose'))
            .map(it => [it.outerHTML.slice(0, 120), it.getBoundingClientRect()])
            .filter(([, box]) => box.width > 0 && (box.height < 24 || box.width < 24))
            .filter(([html]) => !html.includes('form-check-input') && !html.includes('skip-link'))
            .map(([html, box]) => `${html} ${box.width}x${box.height}`)"""
        )

    assert small == []


def test_the_first_key_reaches_the_skip_link(open_browser: Callable[..., Page]):
    page = open_browser("bob")
    page.goto("/inbox")

    page.keyboard.press("Tab")
    focused = page.locator(":focus")

    assert re.match("Skip", focused.inner_text())
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
