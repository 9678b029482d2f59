"""A change on its whole way: a draft, a second person's review, a release, and back again."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Page, expect

from clearway.service.record import record
from clearway.service.start import start
from clearway.service.values import Actor, Done, RecordView

pytestmark = pytest.mark.browser

RECORDS = 200
PROCESS = "incident"
OLD = "Check and correct the proposal"


@pytest.fixture(scope="module")
def live(serve: Callable[[], AbstractContextManager[Any]]) -> Iterator[Any]:
    """A portal of these tests alone: they release versions and fill inboxes."""
    with serve() as found:
        yield found


@pytest.fixture(scope="module")
def second_owner(live: Any) -> str:
    """heidi owns processes in the demo organisation, too."""
    assert "process_owner" in live.actor("heidi").roles
    return "heidi"


@pytest.fixture(scope="module")
def incidents(live: Any) -> list[str]:
    """Two hundred incidents that run on version 1."""
    values = {
        "short_description": "Mail does not arrive",
        "description": "Nothing since Friday.",
        "since_when": "2026-03-01T08:00:00Z",
        "how_many": "my_team",
        "can_work": "with_workaround",
        "service": "mail",
        "channel": "portal",
    }
    alice = live.actor("alice")
    keys: list[str] = []
    for number in range(RECORDS):
        done = start(live.house, alice, PROCESS, values, once=f"on the way {number}")
        assert isinstance(done, Done), done
        keys.append(done.key)
    live.work()
    return keys


def test_a_change_goes_from_a_draft_to_a_release_and_back(
    live: Any,
    open_browser: Callable[..., Page],
    second_owner: str,
    incidents: list[str],
):
    grace, heidi = open_browser("grace"), open_browser(second_owner)

    draft = _draft_by(grace)
    _call_otherwise(grace, draft, OLD, "Sort and size")
    grace.goto(draft)
    expect(grace.locator("#changes-title ~ *", has_text="Sort and size").first).to_be_visible()
    expect(grace.get_by_text("Can be released")).to_be_visible(timeout=60_000)
    grace.get_by_label("Who looks at it").select_option(second_owner)
    grace.get_by_role("button", name="Ask for a review").click()
    expect(grace.get_by_text("In review")).to_be_visible()

    heidi.goto("/processes")
    heidi.get_by_role("link", name=re.compile(r"draft \d+ of incident")).click()
    expect(heidi.locator("#changes-title ~ *", has_text="Sort and size").first).to_be_visible()
    heidi.get_by_label("Comment").fill("Clear.")
    heidi.get_by_role("button", name="Approve").click()
    expect(heidi.get_by_text("Approved, exactly as it is.")).to_be_visible()

    grace.reload()
    grace.get_by_role("link", name="Release", exact=True).click()
    expect(grace.get_by_text(f"of {RECORDS} running records")).to_be_visible()
    grace.get_by_label("Why it changes").fill("Say what triage is")
    grace.get_by_label("are moved to the new version").check()
    grace.get_by_role("button", name="Release").click()
    expect(grace.get_by_text("Released. New records use this version.")).to_be_visible()

    grace.goto(f"/processes/{PROCESS}")
    grace.get_by_role("link", name="To version 2", exact=True).click()
    expect(grace.get_by_text("a worker is at it")).to_be_visible()
    live.work()
    expect(grace.get_by_text(f"{RECORDS} of {RECORDS} records")).to_be_visible(timeout=60_000)
    assert _versions(live, incidents) == {2}
    assert _waiting(live) == {("triage", RECORDS)}

    grace.goto(f"/processes/{PROCESS}")
    grace.get_by_role("link", name="Roll back to version 1").click()
    grace.get_by_label("Why it changes").fill("Nobody knew the word")
    grace.get_by_label("are moved to the new version").check()
    grace.get_by_role("button", name="Roll back").click()
    expect(grace.get_by_text("Rolled back: the earlier files are the newest")).to_be_visible()
    live.work()
    assert _versions(live, incidents) == {3}
    assert _waiting(live) == {("triage", RECORDS)}
    grace.get_by_text("Evidence of version 2").click()
    expect(grace.get_by_text("Approved by heidi")).to_be_visible()


def test_a_browser_that_is_killed_loses_nothing_that_was_answered(
    live: Any, open_browser: Callable[..., Page]
):
    grace = open_browser("grace")
    draft = _draft_by(grace)
    _call_otherwise(grace, draft, OLD, "Kept over the end")

    grace.context.close()
    again = open_browser("grace")
    again.goto(draft)

    expect(again.locator("#changes-title ~ *", has_text="Kept over the end").first).to_be_visible()
    again.get_by_role("button", name="Restore save 1").click()
    expect(again.get_by_text("Save 1 restored")).to_be_visible()


@pytest.mark.parametrize(("width", "theme"), [(1300, "light"), (390, "dark")])
def test_no_page_of_a_draft_has_a_barrier(
    live: Any,
    open_browser: Callable[..., Page],
    violations: Callable[[Page], list[str]],
    second_owner: str,
    theme: str,
    width: int,
):
    page = open_browser("grace", width=width, theme=theme)
    page.goto(f"/processes/{PROCESS}")
    draft = _draft_by(page)
    _call_otherwise(page, draft, OLD, "Barrier free")
    newest = live.house.current(PROCESS).number
    older = newest - 1 or newest

    for path in (
        draft,
        f"{draft}/check",
        f"{draft}/history",
        f"{draft}/release",
        f"/processes/{PROCESS}/moves",
        f"/processes/{PROCESS}/versions/{older}/roll-back",
        f"/processes/{PROCESS}",
        "/processes",
    ):
        page.goto(path)
        if path == draft:
            expect(page.get_by_text("Can be released")).to_be_visible(timeout=60_000)
            page.evaluate("document.querySelectorAll('details').forEach(it => it.open = true)")

        assert violations(page) == [], f"{path} {theme} {width}"
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{path} is too wide"

    page.goto(draft)
    page.get_by_label("Who looks at it").select_option(second_owner)
    page.get_by_role("button", name="Ask for a review").click()
    expect(page.get_by_text(f"{second_owner} decides, or who stands in")).to_be_visible()
    page.evaluate("document.querySelectorAll('details').forEach(it => it.open = true)")
    assert violations(page) == [], f"in review {theme} {width}"


def _draft_by(page: Page) -> str:
    """Press the button that makes a draft; answers its address."""
    page.goto(f"/processes/{PROCESS}")
    with page.expect_response(re.compile(r"/drafts$")) as made:
        page.get_by_role("button", name="Make a draft").click()
    return made.value.headers["location"].removesuffix("/edit")


def _call_otherwise(page: Page, draft: str, old: str, new: str) -> None:
    """What the editor does when somebody renames an element and it saves by itself."""
    page.goto(draft)
    status = page.evaluate(
        """async ([draft, old, name]) => {
            const listed = await fetch(`${draft}/files`);
            const token = listed.headers.get("X-CSRF-Token");
            const path = "incident/incident.bpmn";
            const file = (await listed.json()).find((it) => it.path === path);
            const text = await (await fetch(`${draft}/files/${path}`)).text();
            const after = text.replace(`name="${old}"`, `name="${name}"`);
            const saved = await fetch(`${draft}/drawing/${path}`, {
                method: "PUT",
                headers: {"If-Match": file.etag, "X-CSRF-Token": token},
                body: JSON.stringify({before: text, after}),
            });
            return [saved.status, text === after];
        }""",
        [draft, old, new],
    )
    assert status == [200, False]


def _versions(live: Any, keys: list[str]) -> set[int]:
    grace: Actor = live.actor("grace")
    found = [record(live.house, grace, key) for key in keys]
    return {it.version for it in found if isinstance(it, RecordView)}


def _waiting(live: Any) -> set[tuple[str, int]]:
    """The open tasks of incidents, counted."""
    with psycopg.connect(live.house.store.url) as connection:
        rows = connection.execute(
            "SELECT w.element, count(*) FROM work_item w JOIN instance i ON i.id = w.instance_id"
            " WHERE i.process = 'incident' AND w.closed_at IS NULL GROUP BY 1"
        )
        return set(rows.fetchall())
