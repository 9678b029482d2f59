"""What lies beside something else is never covered by it, at any width."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from clearway import engine
from clearway.engine.values import Bundle
from clearway.service.deploy import DESPITE, deploy
from clearway.service.values import Done

pytestmark = pytest.mark.browser

BPMN = Path(__file__).resolve().parents[2] / "bpmn"
WIDTHS = (360, 575, 577, 768, 991, 993, 1100, 1280, 1366, 1920)

IS_ON_TOP = """(button) => {
  button.scrollIntoView({ block: "center", behavior: "instant" });
  const box = button.getBoundingClientRect();
  return [0.1, 0.5, 0.9].every((part) =>
    button.contains(document.elementFromPoint(
      box.left + box.width * part, box.top + box.height / 2)));
}"""
STAYS_IN_ITS_CARD = """(table) => {
  const room = table.closest(".table-room, .card-flat");
  const inner = table.getBoundingClientRect(), outer = room.getBoundingClientRect();
  return inner.right <= outer.right || getComputedStyle(room).overflowX === "auto";
}"""
IS_AS_WIDE_AS_THE_WINDOW = (
    "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
)


@pytest.fixture(scope="module")
def despite(live: Any) -> None:
    """The second version of the incident process was deployed although scenarios failed."""
    drawn = engine.read_bundle(BPMN, "incident")
    path = "incident/incident.bpmn"
    again = Bundle("incident", {**drawn.files, path: drawn.files[path] + b"\n"})
    reason = f"{DESPITE} it cannot wait until Monday"
    owner = live.actor("grace")
    done = deploy(live.house, owner, again, parent=1, reason=reason, once="despite")
    assert isinstance(done, Done), done


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_versions_of_a_process_leave_the_button_beside_them_free(
    open_browser: Callable[..., Page], despite: None, theme: str
):
    page = open_browser("grace", theme=theme)
    page.goto("/processes/incident")
    assert "although scenarios failed" in page.inner_text("main")

    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})

        check = page.get_by_role("button", name="Check", exact=True)
        assert check.evaluate(IS_ON_TOP), width
        assert page.locator(".table.flush").evaluate(STAYS_IN_ITS_CARD), width
        assert page.evaluate(IS_AS_WIDE_AS_THE_WINDOW), width
