"""What a phone shows: nothing leaves its card, and nothing covers the drawing."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

DRAWING = Path(__file__).resolve().parents[2] / "bpmn" / "incident" / "incident.bpmn"
PHONE = {"width": 390, "height": 844}
_OUTSIDE = """() => [...document.querySelectorAll('.table.cards tbody tr')].flatMap((row) => {
  const card = row.getBoundingClientRect();
  return [...row.querySelectorAll('td:not(.key, .what) *')].filter((it) => {
    const box = it.getBoundingClientRect();
    return box.width > 1 && box.right > card.right - 12;
  }).map((it) => it.textContent.trim());
})"""
_OVERLAPPING = """() => [...document.querySelectorAll('.table.cards td .badge-state')].filter(
  (it) => it.getBoundingClientRect().right > it.closest('td').getBoundingClientRect().right + 1
).map((it) => it.textContent.trim())"""
_UNDER_THE_BUTTONS = """() => {
  const bar = document.querySelector('.diagram-bar').getBoundingClientRect();
  const sheet = document.querySelector('.diagram .djs-container').getBoundingClientRect();
  return Math.max(0, bar.bottom - sheet.top);
}"""

_CUT_OFF = """() => {
  const sheet = document.querySelector('.diagram').getBoundingClientRect();
  return [...document.querySelectorAll('.diagram .token, .diagram .here')].map((it) => {
    const box = it.getBoundingClientRect();
    return Math.max(box.right - sheet.right, sheet.left - box.left,
      box.bottom - sheet.bottom, sheet.top - box.top);
  }).filter((outside) => outside > 0);
}"""


@pytest.fixture
def phone(browser_of: Callable[..., Page]) -> Callable[[str], Page]:
    """A phone of this person, with the portal behind it."""
    return lambda name: browser_of(name, PHONE)


def test_nothing_leaves_its_card_in_the_inbox(
    phone: Callable[[str], Page], visitor: Callable[[str], Any], change: Callable[[str], None]
):
    alice = visitor("alice")
    for what in ("tea", "coffee"):
        alice.submit(alice.get("/new/errand"), "/new/errand", f_what=what)
    change("UPDATE work_item SET due_at = '2026-03-02 08:43+00' WHERE id % 2 = 0")
    change("UPDATE work_item SET due_at = '2026-03-02 21:43+00' WHERE id % 2 = 1")
    change("UPDATE instance SET state = 'waiting_for_approval'")
    change("UPDATE instance SET record = record || '{\"priority\": 1}'")
    page = phone("bob")

    page.goto(page.url.partition("/inbox")[0] + "/inbox?view=unclaimed")
    assert page.evaluate(_OVERLAPPING) == []

    assert page.locator("tbody tr").count() == 2
    assert page.locator(".due.late").inner_text().endswith("17 min ago")
    assert page.evaluate(_OUTSIDE) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_the_buttons_of_a_diagram_cover_nothing_of_it(phone: Callable[[str], Page]):
    page = phone("grace")
    # The process of these tests was never drawn; any drawing will do.
    page.route("**/diagram.bpmn*", lambda route: route.fulfill(path=DRAWING))

    page.goto(page.url.partition("/inbox")[0] + "/processes/errand")
    page.get_by_role("button", name="Fit the whole diagram").click()

    assert page.locator(".diagram .djs-element").count() > 5
    assert page.evaluate(_UNDER_THE_BUTTONS) == 0


@pytest.mark.parametrize("element", ["triage", "resolve", "resume", "auto_close", "desk_reopens"])
def test_where_a_token_stands_is_inside_the_picture(
    phone: Callable[[str], Page], visitor: Callable[[str], Any], element: str
):
    alice = visitor("alice")
    path = alice.submit(alice.get("/new/errand"), "/new/errand", f_what="tea").answer.url.path
    page = phone("bob")
    page.route("**/diagram.bpmn*", lambda route: route.fulfill(path=DRAWING))
    page.route("**/diagram", lambda route: _with_token(route, element))

    page.goto(page.url.partition("/inbox")[0] + f"{path}/diagram")

    expect(page.locator(".diagram .token")).to_have_count(1)
    expect(page.locator(".diagram-bar")).to_be_visible()
    assert page.evaluate(_CUT_OFF) == []


def _with_token(route: Any, element: str) -> None:
    answer = route.fetch()
    html = answer.text().replace("&#34;sort&#34;", f"&#34;{element}&#34;")
    assert element in html
    route.fulfill(response=answer, body=html)
