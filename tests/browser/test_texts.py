"""Messages and calendars of a draft, written by an owner who sees at once what comes of them."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from drawing_room import new_draft, open_sheet, stored
from playwright.sync_api import Page, expect
from reports import a_report

from clearway.service.start import start
from clearway.service.values import Done

pytestmark = pytest.mark.browser

MESSAGE = "incident/messages/assigned.md.j2"
CALENDAR = "shared/calendars/office.yaml"


@pytest.fixture(scope="module")
def draft(live: Any) -> int:
    """A draft of the incident process."""
    return new_draft(live.house, live.actor("grace"), "incident", "texts")


def saved(live: Any, page: Page, draft: int, path: str) -> str:
    """The text of the file once it is stored."""
    page.keyboard.press("Control+s")
    expect(page.locator("#editor-status")).to_contain_text("Saved at", timeout=15_000)
    return stored(live.house, live.actor("grace"), "incident", draft, path).decode()


def test_an_owner_writes_a_message_and_reads_the_mail_that_it_makes(
    live: Any,
    open_browser: Callable[..., Page],
    violations: Callable[[Page], list[str]],
    draft: int,
):
    alice = live.actor("alice")
    values = a_report("The <b>printer</b> is out")
    done = start(live.house, alice, "incident", values, once="texts record")
    assert isinstance(done, Done), done
    page = open_sheet(open_browser("grace"), draft, MESSAGE)
    before = stored(live.house, live.actor("grace"), "incident", draft, MESSAGE).decode()
    subject, text = page.get_by_label("Subject", exact=True), page.get_by_label("Text", exact=True)
    mail, plain = page.locator(".texts-mail-subject"), page.get_by_label("The mail as plain text")
    expect(mail).to_contain_text("INC-1 is yours")
    assert page.locator("#editor-status").inner_text() == "Open; nothing changed yet"

    subject.press("End")
    subject.press_sequentially(" ({{ pri")
    subject.press("Tab")
    subject.press_sequentially(" }})")
    expect(mail).to_have_text("INC-1 is yours: (example of What does not work) (3)")

    text.press("Control+End")
    page.get_by_role("button", name="Insert title").click()
    expect(plain).to_contain_text("(example of What does not work)\n")
    text.press("Control+End")
    text.press_sequentially("\n{% if ")
    problem = page.locator(".texts-problems", has_text="cannot be read at line")
    expect(problem).to_be_visible()
    expect(text).to_have_attribute("aria-invalid", "true")
    assert violations(page) == []
    page.keyboard.press("Control+z")
    expect(problem).to_have_count(0)

    text.press_sequentially("{{ nobody }}")
    named = page.locator(".texts-problems", has_text="the template uses nobody")
    expect(named).to_be_visible(timeout=20_000)
    page.keyboard.press("Control+z")
    expect(named).to_have_count(0, timeout=20_000)

    page.get_by_label("Record to show it with").fill(done.key)
    page.get_by_label("Record to show it with").press("Tab")
    expect(mail).to_contain_text(f"{done.key} is yours: The <b>printer</b> is out")
    frame = page.frame_locator("iframe[title='The mail as HTML']")
    expect(frame.locator("strong")).to_have_text("The <b>printer</b> is out")
    page.get_by_label("priority", exact=False).last.fill("1")
    expect(mail).to_contain_text("(1)")
    found = saved(live, page, draft, MESSAGE)
    assert found.startswith(before.replace("\n", " ({{ priority }})\n", 1))
    assert found.endswith("{{ title }}")


def test_an_owner_changes_a_calendar_and_sees_what_comes_of_it(
    live: Any,
    open_browser: Callable[..., Page],
    violations: Callable[[Page], list[str]],
    draft: int,
):
    page = open_sheet(open_browser("grace"), draft, CALENDAR)
    before = stored(live.house, live.actor("grace"), "incident", draft, CALENDAR).decode()
    expect(page.get_by_text(re.compile(r"change, version \d+: the same as here"))).to_be_visible()

    friday = page.get_by_label("Friday, 1. opening, to")
    friday.fill("12:00")
    friday.press("Tab")
    page.get_by_role("button", name="Add hours on Friday").click()
    second = page.get_by_label("Friday, 2. opening, from")
    second.fill("11")
    second.press("Tab")
    wrong = page.locator(".texts-day", has_text="two openings overlap; join them into one")
    expect(wrong.get_by_text("Friday", exact=True)).to_be_visible()
    expect(second).to_have_attribute("aria-invalid", "true")
    assert violations(page) == []
    first = page.get_by_label("Friday, 1. opening, from")
    for typed in ("9-5", "8 am - 5 pm"):
        first.fill(typed)
        first.press("Tab")
        expect(page.get_by_text(f'"{typed}" is no time, and the file stays')).to_be_visible()
        expect(first).to_have_value(typed)
        expect(friday).to_have_value("12:00")
    page.get_by_role("button", name="Remove the 2. opening of Friday").click()
    expect(first).to_have_value("8 am - 5 pm")
    first.fill("9")
    first.press("Tab")
    expect(first).to_have_value("09:00")
    expect(page.get_by_text("is no time, and the file stays")).to_have_count(0)
    friday.fill("15:00")
    friday.press("Tab")
    expect(wrong).to_have_count(0)

    page.get_by_text("Paste several").click()
    page.get_by_label("One holiday a line").fill("24.12.2026 Christmas Eve\n2026-13-01 Never")
    page.get_by_role("button", name="Add these lines").click()
    expect(page.get_by_text('Line 2: "2026-13-01 Never" does not begin')).to_be_visible()
    page.get_by_label("One holiday a line").fill("24.12.2026 Christmas Eve")
    page.get_by_role("button", name="Add these lines").click()
    expect(page.get_by_label("Name, 2026-12-24")).to_have_value("Christmas Eve")
    page.get_by_role("button", name="Remove 2026-12-25").click()
    page.keyboard.press("Control+z")
    expect(page.get_by_label("Name, 2026-12-25")).to_have_value("Christmas Day")

    page.get_by_label("From, in the calendar's zone").fill("2026-12-23T16:00")
    page.get_by_label("Amount").fill("2")
    page.get_by_label("Amount").press("Tab")
    expect(page.get_by_text("Ends on Monday, 28 December 2026, 10:00 CET.")).to_be_visible()
    found = saved(live, page, draft, CALENDAR)
    assert found == before.replace(
        '  mon-fri: "09:00-17:00"', '  mon-thu: "09:00-17:00"\n  fri: "09:00-15:00"'
    ).replace(
        "  - {date: 2026-12-25",
        '  - {date: 2026-12-24, name: "Christmas Eve"}\n  - {date: 2026-12-25',
    )
    expect(
        page.get_by_text(re.compile(r"change, version \d+: not the same as here"))
    ).to_be_visible()
