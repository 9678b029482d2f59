"""Two versions of a process side by side: marked, moved together, led by the list."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from clearway import engine
from clearway.engine.values import Bundle
from clearway.service.deploy import deploy
from clearway.service.processes import process
from clearway.service.values import Done

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
EDITS = (
    ('<bpmn:sequenceFlow id="to_back_out" ', '<bpmn:sequenceFlow id="to_back_out" name="back" '),
    ('name="Make the change"', 'name="Do the change"'),
    ('clearway:due="duration(&quot;PT4H&quot;)"', 'clearway:due="duration(&quot;PT8H&quot;)"'),
    (
        "  </bpmn:process>",
        '<bpmn:textAnnotation id="hint"><bpmn:text>Mind the window</bpmn:text>'
        "</bpmn:textAnnotation></bpmn:process>",
    ),
    (
        '<bpmndi:BPMNPlane id="change_plane" bpmnElement="change_collaboration">',
        '<bpmndi:BPMNPlane id="change_plane" bpmnElement="change_collaboration">'
        '<bpmndi:BPMNShape id="hint_di" bpmnElement="hint">'
        '<dc:Bounds x="700" y="20" width="140" height="40"/></bpmndi:BPMNShape>',
    ),
)


@pytest.fixture(scope="module")
def span(live: Any) -> str:
    """The page of the two versions of `change`, the newer one made here."""
    grace = live.actor("grace")
    current = process(live.house, grace, "change").current
    bundle = engine.read_bundle(ROOT / "bpmn", "change")
    drawing = bundle.files["change/change.bpmn"].decode()
    for before, after in EDITS:
        assert before in drawing, before
        drawing = drawing.replace(before, after)
    files = {**bundle.files, "change/change.bpmn": drawing.encode()}
    form = files["change/forms/implement.json"]
    files["change/forms/implement.json"] = form.replace(b"Follow the plan.", b"Do the plan.")
    done = deploy(
        live.house,
        grace,
        Bundle("change", files),
        parent=current,
        reason="To be compared",
        once="compared",
    )
    assert isinstance(done, Done), done
    return f"{current}..{done.details['version']}"


def opened(page: Page, span: str) -> Page:
    page.goto(f"/processes/change/diff/{span}")
    page.wait_for_selector("[data-compare=before].ready .djs-container")
    page.wait_for_selector("[data-compare=after].ready .djs-container")
    page.wait_for_selector(".change-pick")
    return page


@pytest.mark.parametrize(("width", "theme"), [(1300, "light"), (390, "dark")])
def test_the_page_has_no_barrier(
    open_browser: Callable[..., Page],
    violations: Callable[[Page], list[str]],
    span: str,
    theme: str,
    width: int,
):
    page = opened(open_browser("grace", width=width, theme=theme), span)

    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width

    page.goto("/processes/change")
    page.wait_for_selector(".diagram.ready .djs-container")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_elements_are_marked_by_colour_and_by_a_sign(open_browser: Callable[..., Page], span: str):
    page = opened(open_browser("grace"), span)

    signs = {
        side: page.locator(f"[data-compare={side}] .compare-badge").all_inner_texts()
        for side in ("before", "after")
    }

    assert sorted(signs["before"]) == ["~", "~", "~"]
    assert sorted(signs["after"]) == ["+", "~", "~", "~"]
    assert page.locator("[data-compare=after] [data-element-id=hint].became-added").count() == 1
    stroke = "it => getComputedStyle(it).stroke"
    colours = {
        page.locator(
            f"[data-compare=after] [data-element-id={it}] > .djs-visual > {drawn}"
        ).first.evaluate(stroke)
        for it, drawn in (("to_back_out", "path"), ("implement", "rect"))
    }
    assert colours == {"rgb(28, 74, 168)"}


def test_a_line_of_the_list_shows_its_element_in_both_diagrams_by_keyboard(
    open_browser: Callable[..., Page], span: str
):
    page = opened(open_browser("grace"), span)

    page.get_by_role("button", name="Do the change").focus()
    page.keyboard.press("Enter")

    page.wait_for_selector("[data-compare=after] .djs-element.picked")
    assert page.locator("#picked").inner_text() == "Shown in both diagrams."
    for side in ("before", "after"):
        picture = page.locator(f"[data-compare={side}]").bounding_box()
        element = page.locator(f"[data-compare={side}] [data-element-id=implement].picked")
        box = element.bounding_box()
        assert picture and box
        middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        assert abs(middle[0] - picture["x"] - picture["width"] / 2) < 40
        assert abs(middle[1] - picture["y"] - picture["height"] / 2) < 60


def test_both_diagrams_are_zoomed_and_moved_together(open_browser: Callable[..., Page], span: str):
    page = opened(open_browser("grace"), span)
    viewports = """() => [...document.querySelectorAll('.viewport')].map(it => it.getCTM())
        .map(it => [it.a, it.e, it.f].map(one => Math.round(one * 100)))"""
    first = page.evaluate(viewports)
    transform = page.locator(".viewport").first.get_attribute("transform")

    page.locator("[data-compare=before] button", has_text="+").click()
    page.wait_for_function(
        "before => [...document.querySelectorAll('.viewport')]"
        ".every(it => it.getAttribute('transform') !== before)",
        arg=transform,
    )

    zoomed = page.evaluate(viewports)
    assert zoomed[0] == zoomed[1]
    assert first[0] == first[1]


def test_the_watermark_of_both_stays_visible(open_browser: Callable[..., Page], span: str):
    page = opened(open_browser("grace"), span)

    for mark in page.locator(".bjs-powered-by").all():
        mark.scroll_into_view_if_needed()
        is_on_top = mark.evaluate(
            """it => { const box = it.getBoundingClientRect();
            const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
            return it.contains(top); }"""
        )
        assert is_on_top
    assert page.locator(".bjs-powered-by").count() == 2


def test_a_phone_shows_the_list_first(open_browser: Callable[..., Page], span: str):
    page = opened(open_browser("grace", width=390), span)

    listed = page.locator(".compare-list").bounding_box()
    pictures = page.locator(".compare-pictures").bounding_box()

    assert listed and pictures
    assert listed["y"] + listed["height"] <= pictures["y"]


def test_two_versions_are_chosen_on_the_page_of_the_process(
    open_browser: Callable[..., Page], span: str
):
    page = open_browser("grace")
    page.goto("/processes/change")

    page.get_by_role("button", name="Compare", exact=True).click()
    assert page.url.endswith(f"/processes/change/diff/{span}")

    page.goto("/processes/change")
    page.get_by_role("link", name="Compare with the one before").first.click()
    assert page.url.endswith(f"/processes/change/diff/{span}")


@pytest.mark.parametrize(
    ("status", "said"), [(503, "cannot be drawn"), (404, "This version has no such diagram.")]
)
def test_a_version_without_a_picture_says_so_and_the_list_stays(
    open_browser: Callable[..., Page], span: str, complaints: list[str], status: int, said: str
):
    page = open_browser("grace")
    page.route(re.compile("/diagram.bpmn"), lambda it: it.fulfill(status=status, body="gone"))

    page.goto(f"/processes/change/diff/{span}")
    page.wait_for_function("() => !document.querySelector('.diagram-wait')")

    for side in ("before", "after"):
        assert said in page.locator(f"[data-compare={side}]").inner_text()
    assert page.locator(".change-line").count() == 5
    assert page.locator(".change-pick").count() == 0
    # What the browser says of an answer that is no picture is what this test makes.
    assert all(str(status) in it for it in complaints)
    complaints.clear()
