"""What a phone shows: nothing leaves its card, and nothing covers the drawing."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, Page

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


@pytest.fixture
def phone(app: FastAPI, chromium: Browser, visitor: Callable[[str], Any]) -> Iterator[Any]:
    """A phone of this person, with the portal behind it."""
    with _serving(app) as address:
        context = chromium.new_context(viewport=PHONE)

        def of(name: str) -> Page:
            token = visitor(name).client.cookies["clearway"]
            context.add_cookies([{"name": "clearway", "value": token, "url": address}])
            page = context.new_page()
            page.goto(address)
            return page

        yield of
        context.close()


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


@contextmanager
def _serving(app: FastAPI) -> Iterator[str]:
    config = uvicorn.Config(app, port=0, log_level="error", timeout_graceful_shutdown=1, ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    yield f"http://{host}:{port}"
    server.should_exit = True
    thread.join(timeout=20)
