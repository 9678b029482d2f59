"""What is seen in light and in dark: the arrow of a choice, the drawing, the bpmn.io mark."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

BRIGHTNESS = """(colour) => {
  const context = document.createElement("canvas").getContext("2d");
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
  return (red * 299 + green * 587 + blue * 114) / 255000;
}"""

LIGHT_AND_DARK = pytest.mark.parametrize(
    ("theme", "system", "is_dark"),
    [("light", "dark", False), ("dark", "light", True), ("auto", "dark", True)],
)


def brightness(page: Page, selector: str, prop: str) -> float:
    """How bright a colour of the element is, from 0 to 1."""
    found = page.eval_on_selector(selector, f"(it) => getComputedStyle(it)[{prop!r}]")
    return page.evaluate(BRIGHTNESS, found)


@LIGHT_AND_DARK
def test_the_arrow_of_a_choice_stands_out(
    open_browser: Callable[..., Page], theme: str, system: str, is_dark: bool
):
    page = open_browser("alice", theme=theme, color_scheme=system)

    page.goto("/new/incident")

    arrow = page.eval_on_selector("select", "(it) => getComputedStyle(it).backgroundImage")
    assert ("e5e9ef" in arrow, "1b2330" in arrow) == (is_dark, not is_dark)
    assert (brightness(page, "select", "backgroundColor") < 0.5) == is_dark


@LIGHT_AND_DARK
def test_the_drawing_is_in_the_colours_of_the_theme_and_the_mark_stays(
    open_browser: Callable[..., Page], theme: str, system: str, is_dark: bool
):
    page = open_browser("alice", theme=theme, color_scheme=system)

    page.goto("/processes/incident")
    page.wait_for_selector(".diagram.ready .djs-container")

    assert (brightness(page, ".diagram", "backgroundColor") < 0.5) == is_dark
    shape = ".djs-shape[data-element-id=triage] .djs-visual > :first-child"
    ground, ink = (brightness(page, shape, it) for it in ("fill", "stroke"))
    assert (ground < 0.5) == is_dark
    assert abs(ground - ink) > 0.5
    mark = ".bjs-powered-by"
    assert page.is_visible(mark)
    assert brightness(page, mark, "backgroundColor") - brightness(page, mark, "color") > 0.5
