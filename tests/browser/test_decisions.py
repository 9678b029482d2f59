"""The record page tells why: each decision with its reasons, with and without JavaScript."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from clearway.service.start import start
from clearway.service.values import Done

pytestmark = pytest.mark.browser

_VALUES = {
    "short_description": "Mail does not arrive",
    "description": "Nothing since Friday.",
    "since_when": "2026-03-01T08:00:00Z",
    "how_many": "my_team",
    "can_work": "with_workaround",
    "service": "mail",
    "channel": "portal",
}


@pytest.fixture(scope="module")
def key(live: Any) -> str:
    """An incident, of which tables decided the impact, the urgency, the priority and the group."""
    done = start(live.house, live.actor("alice"), "incident", _VALUES, once="decided")
    assert isinstance(done, Done), done
    live.work()
    return done.key


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize(("width", "theme"), [(1300, "light"), (390, "dark")])
def test_the_reasons_of_a_decision_unfold(
    open_browser: Callable[..., Page],
    violations: Callable[[Page], list[str]],
    key: str,
    theme: str,
    scripts: bool,
    width: int,
):
    page = open_browser("grace", theme=theme, width=width, java_script_enabled=scripts)
    page.goto(f"/records/{key}")
    line = page.locator("li", has_text="Priority was decided by rule").last
    reason = line.get_by_text(re.compile("^Impact is [1-3] - [a-z ,]+[.]$"))

    assert line.locator("div").first.is_visible()
    assert not reason.is_visible()
    line.locator("summary").click()
    assert reason.is_visible()
    assert line.get_by_role("link", name="incident/priority.dmn").is_visible()
    if scripts:
        assert violations(page) == []
