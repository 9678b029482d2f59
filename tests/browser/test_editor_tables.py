"""The table editor as a process owner uses it, and the files of decisions it keeps as they are."""

import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from drawing_room import DrawingRoom, new_draft, stored
from playwright.sync_api import Locator, Page, expect

from clearway.diagrams.graft import graft
from clearway.service.workshop.files import save_file
from clearway.service.workshop.views import Saved

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "clearway/web/static/build"
MOST_BYTES = 400 * 1024
PRIORITY = "incident/priority.dmn"
_ROUND = """async text => {
    const { modeler, tables } = document.getElementById('editor');
    try {
        const { before } = await tables.open(modeler, text);
        const planned = await tables.writtenFor(modeler, text);
        for (const view of modeler.getViews()) await modeler.open(view);
        return { before, planned, after: await tables.written(modeler) };
    } catch (error) {
        return { refused: error.message };
    }
}"""


_RENAME = """async text => {
    const { modeler, tables } = document.getElementById('editor');
    const { before } = await tables.open(modeler, text);
    await modeler.open(modeler.getViews().find(view => view.type === 'drd'));
    const drawn = modeler.getActiveViewer();
    const isDecision = it => it.businessObject?.$type === 'dmn:Decision';
    const [first] = drawn.get('elementRegistry').filter(isDecision);
    drawn.get('modeling').updateProperties(first, { name: 'A new name' });
    return { before, after: await tables.written(modeler) };
}"""


@pytest.fixture(scope="module")
def draft(live: Any) -> int:
    """A draft of the incident process."""
    return new_draft(live.house, live.actor("grace"), "incident", "tables")


def cells(page: Page, kind: str) -> Locator:
    """The cells of the table that are `input` or `output`, row by row."""
    return page.locator(f"#editor-canvas td.{kind}-cell")


def write(page: Page, cell: Locator, text: str) -> None:
    """Write a text into a cell in place of what stands there."""
    cell.locator("[contenteditable]").click()
    cell.locator("textarea").press("Control+a")
    page.keyboard.type(text)


def test_an_owner_changes_a_table_is_told_of_mistakes_mends_and_tries_it(
    live: Any,
    open_browser: Callable[..., Page],
    violations: Callable[[Page], list[str]],
    draft: int,
):
    page = open_browser("grace", width=1440)
    room = DrawingRoom(page, "incident", draft, PRIORITY).open()
    count, panel = page.locator("#editor-count"), page.locator("#editor-panel")
    expect(count).to_have_text("No problems")
    assert _mark_is_seen(page)
    assert _weight(page) <= MOST_BYTES
    assert violations(page) == []

    # Tried: the rule that fired is shown.
    for label, value in (("Impact", "1"), ("Urgency", "3")):
        panel.get_by_label(label, exact=True).select_option(value)
    panel.get_by_label("Are people, data or the law at risk").select_option("false")
    panel.get_by_role("button", name="Decide").click()
    expect(panel).to_contain_text("Rule 3 of priority (UNIQUE) fits and answers priority = 3.")
    expect(page.locator("#editor-canvas tr.fired .rule-index")).to_have_text("3")

    # A mistake in a cell is said there and in the list; one undo takes the typing back.
    write(page, cells(page, "input").nth(0), "1 +")
    expect(page.locator("#editor-canvas .feel-problem")).to_contain_text("Write tests such as")
    expect(room.problems).to_contain_text(["rule 1, column Impact"])
    expect(cells(page, "input").nth(0)).to_have_attribute("data-problem", "error")
    # A click on what is said, or beside the text, goes on with the text.
    box = cells(page, "input").nth(0).bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(cells(page, "input").nth(0).locator("textarea")).to_be_focused()
    page.get_by_role("button", name="Undo").click()
    expect(count).to_have_text("No problems")

    # A rule is removed: the gap has an input that shows it, and a button that closes it.
    cells(page, "output").nth(2).click(button="right")
    page.get_by_text("Remove rule").click()
    expect(room.problems).to_contain_text(["no rule fits Impact = 1, Urgency = 3"])
    page.get_by_role("button", name="Add a rule for this input").click()
    expect(cells(page, "input").nth(27)).to_have_text("1")
    expect(cells(page, "output").nth(9).locator("textarea")).to_be_focused()
    page.keyboard.type("3")
    expect(count).to_have_text("No problems")

    # The hit policy and the order of rules.
    page.get_by_role("button", name="Rule up").click()
    expect(page.locator("#editor-note")).to_have_text("Rule 10 is rule 9 now. Undo takes it back.")
    page.locator(".hit-policy [aria-label='Hit policy']").click()
    page.locator(".option").get_by_text("Any", exact=True).click()
    expect(room.status).to_contain_text("Changed")
    room.is_saved()

    saved = stored(live.house, live.actor("grace"), "incident", draft, PRIORITY).decode()
    before = (ROOT / "bpmn" / PRIORITY).read_text()
    assert 'hitPolicy="ANY"' in saved
    assert 'id="priority_row_3"' not in saved
    kept = [line for line in before.splitlines() if "priority_row_3" not in line]
    lost = [it for it in kept if it not in saved.splitlines() and "hitPolicy" not in it]
    assert lost == ["        <description>Impact 1, urgency 3</description>"]


def test_what_is_opened_and_not_changed_is_kept_byte_for_byte(
    open_browser: Callable[..., Page], draft: int, test_data: Path
):
    page = DrawingRoom(open_browser("grace"), "incident", draft, "incident/impact.dmn").open().page
    kit = sorted((test_data / "dmn-tck").rglob("*.dmn"))
    chosen = kit if os.environ.get("FILES") == "all" else kit[::8]
    refused: list[str] = []

    for file in (*sorted((ROOT / "bpmn").rglob("*.dmn")), *chosen):
        content = file.read_bytes()
        found = page.evaluate(_ROUND, content.decode())
        if "refused" in found:
            refused.append(f"{file.name}: {found['refused']}")
            continue
        assert found["planned"] == found["before"], file
        before, after = found["before"].encode(), found["after"].encode()
        assert graft(content, before, after) == content, file
    assert refused == []


def test_a_change_keeps_the_version_of_dmn_and_what_is_not_shown(
    open_browser: Callable[..., Page], draft: int, test_data: Path
):
    page = DrawingRoom(open_browser("grace"), "incident", draft, "incident/impact.dmn").open().page
    [file] = (test_data / "dmn-tck").rglob("1154-boxed-every.dmn")
    content = file.read_bytes()

    found = page.evaluate(_RENAME, content.decode())
    changed = graft(content, found["before"].encode(), found["after"].encode())
    assert b"A new name" in changed
    assert content.count(b"<every") == changed.count(b"<every") > 0
    assert b"DMN/20230324/MODEL/" in changed
    assert b"DMN/20191111/" not in changed

    # The name that others use follows the title only where both were the same.
    assert b'<variable name="A new name"/>' in changed
    own = (ROOT / "bpmn" / PRIORITY).read_bytes()
    found = page.evaluate(_RENAME, own.decode())
    changed = graft(own, found["before"].encode(), found["after"].encode())
    assert set(own.splitlines()) - set(changed.splitlines()) == {
        b'  <decision id="priority" name="Priority">'
    }


def test_a_file_of_another_version_is_refused_in_a_sentence_and_handed_out(
    live: Any, open_browser: Callable[..., Page], draft: int
):
    text = (ROOT / "bpmn" / PRIORITY).read_text()
    content = text.replace("https://www.omg.org/spec/DMN/20191111/MODEL/", _DMN_1_2).encode()
    house, grace, path = live.house, live.actor("grace"), "incident/old.dmn"
    made = save_file(house, grace, "incident", draft, path, content, expected=None)
    assert isinstance(made, Saved), made
    room = DrawingRoom(open_browser("grace"), "incident", draft, path)
    room.page.goto(room.address)

    told = room.page.get_by_role("alert")
    expect(told).to_contain_text("The file is written in DMN 1.2")
    with room.page.expect_download() as got:
        told.get_by_role("button", name="Download the file").click()
    assert got.value.path().read_bytes() == content


_DMN_1_2 = "http://www.omg.org/spec/DMN/20180521/MODEL/"


def _mark_is_seen(page: Page) -> bool:
    """Whether the mark of bpmn.io is there and nothing lies over it."""
    return page.evaluate("""() => {
        const box = document.querySelector('.bjs-powered-by').getBoundingClientRect();
        const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
        return box.width > 20 && Boolean(top.closest('.bjs-powered-by'));
    }""")


def _weight(page: Page) -> int:
    """The bytes of the page with all scripts, styles and fonts it loaded, as gzip."""
    loaded = page.evaluate(
        "() => performance.getEntriesByType('resource').map(it => new URL(it.name).pathname)"
    )
    names = json.loads((BUILD / "manifest.json").read_text())
    files = {it.rpartition("/")[2] for it in loaded if it.startswith("/static/build/")}
    assert names["tables.js"] in files
    own = len(gzip.compress(page.content().encode()))
    return own + sum(len(gzip.compress((BUILD / it).read_bytes(), 9)) for it in files)
