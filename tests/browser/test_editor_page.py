"""The editor's page: its mark, its weight, its keys, and nothing that axe-core objects to."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from drawing_room import DrawingRoom, new_draft
from playwright.sync_api import Page, Route, expect

pytestmark = pytest.mark.browser

BUILD = Path(__file__).resolve().parents[2] / "clearway/web/static/build"
MOST_BYTES = 400 * 1024


@pytest.fixture(scope="module")
def draft(live: Any) -> int:
    """A draft of the incident process."""
    return new_draft(live.house, live.actor("grace"), "incident", "the page")


@pytest.fixture
def room(open_browser: Callable[..., Page], draft: int) -> DrawingRoom:
    """Grace has it open."""
    return DrawingRoom(open_browser("grace", width=1440), "incident", draft).open()


def test_the_mark_of_bpmn_io_is_seen_and_nothing_lies_over_it(room: DrawingRoom):
    hit = room.page.evaluate("""() => {
        const box = document.querySelector('.bjs-powered-by').getBoundingClientRect();
        const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
        return box.width > 20 && Boolean(top.closest('.bjs-powered-by'));
    }""")

    assert hit


def test_the_page_weighs_at_most_400_kilobytes(room: DrawingRoom):
    loaded = room.page.evaluate(
        "() => performance.getEntriesByType('resource').map(it => new URL(it.name).pathname)"
    )
    names = json.loads((BUILD / "manifest.json").read_text())
    files = {it.rpartition("/")[2] for it in loaded if it.startswith("/static/build/")}
    assert names["editor.js"] in files

    page = len(gzip.compress(room.page.content().encode()))
    weight = page + sum(len(gzip.compress((BUILD / it).read_bytes(), 9)) for it in files)
    assert weight <= MOST_BYTES, f"{weight} bytes: {sorted(files)}"


@pytest.mark.parametrize(("width", "height", "theme"), [(1440, 900, "light"), (1024, 768, "dark")])
def test_nothing_around_the_canvas_is_a_barrier(
    open_browser: Callable[..., Page],
    violations: Callable[[Page], list[str]],
    draft: int,
    theme: str,
    width: int,
    height: int,
):
    page = open_browser("grace", width=width, theme=theme)
    page.set_viewport_size({"width": width, "height": height})
    room = DrawingRoom(page, "incident", draft).open()
    for element in ("triage", "hold_early", "acknowledge", "find_context", "desk_lane", "larger"):
        room.select(element)
        expect(page.locator(".panel-kind")).to_be_visible()
        assert violations(page) == [], element
    task = room.append("larger", "bpmn:UserTask")
    room.select(task)
    room.field("Due after").fill("record.pri")
    expect(room.problems.first).to_be_visible(timeout=20_000)
    assert violations(page) == []
    page.get_by_role("button", name="Keys").click()
    assert violations(page) == []


def test_a_narrow_window_is_told_what_it_needs(open_browser: Callable[..., Page], draft: int):
    page = open_browser("grace", width=900)

    room = DrawingRoom(page, "incident", draft).open()
    expect(room.page.get_by_text("at least 1024 pixels wide")).to_be_visible()


def test_the_keys_of_the_editor_are_listed_and_lead_from_part_to_part(room: DrawingRoom):
    page = room.page
    page.locator("#editor-canvas").focus()
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys of the editor")
    expect(keys).to_contain_text("Undo and redo")
    page.keyboard.press("Escape")
    expect(keys).to_have_count(0)

    page.locator("#editor-canvas").focus()
    parts: list[str] = []
    for _ in range(4):
        page.keyboard.press("F6")
        part = "() => document.activeElement.closest('[data-part]').dataset.part"
        parts.append(page.evaluate(part))
    assert parts == ["panel", "problems", "bar", "canvas"]
    room.select("triage")
    room.field("Name").press("Control+f")
    expect(page.locator(".djs-search-container input")).to_be_focused()


def test_each_change_of_the_panel_is_one_step_back(room: DrawingRoom):
    room.select("triage")
    before = room.field("Due after").input_value()
    room.field("Due after").press_sequentially("x", delay=10)
    expect(room.page.locator("[data-do=undo]")).to_be_enabled()
    room.field("Due after").press_sequentially("y", delay=10)
    room.field("Name").focus()
    expect(room.page.locator("[data-do=undo]")).to_be_enabled()

    room.page.locator("[data-do=undo]").click()
    expect(room.field("Due after")).to_have_value(before)
    expect(room.page.locator("[data-do=undo]")).to_be_disabled()


def test_typing_goes_on_as_one_step_when_the_panel_is_made_anew(
    open_browser: Callable[..., Page], draft: int
):
    page = open_browser("grace", width=1440)
    held: list[Route] = []
    page.route("**/choices", lambda route: held.append(route))
    room = DrawingRoom(page, "incident", draft)
    page.goto(room.address)
    expect(page.locator("#editor")).to_have_attribute("data-ready", "yes", timeout=30_000)
    room.select("triage")
    before = room.field("Due after").input_value()
    room.field("Due after").press_sequentially("x", delay=10)
    expect(page.locator("[data-do=undo]")).to_be_enabled()

    held[0].continue_()
    expect(page.get_by_role("button", name="Edit the form")).to_be_visible()
    page.keyboard.type("y")
    room.field("Name").focus()
    page.locator("[data-do=undo]").click()

    expect(room.field("Due after")).to_have_value(before)
    expect(page.locator("[data-do=undo]")).to_be_disabled()


def test_names_that_exist_there_are_offered_while_a_condition_is_typed(room: DrawingRoom):
    room.select("triage")
    field = room.field("Due after")
    field.fill("if record.prio")
    field.press("End")
    room.page.keyboard.type("r")

    offered = room.page.get_by_role("option", name="record.priority")
    expect(offered).to_be_visible()
    room.page.keyboard.press("Enter")
    expect(field).to_have_value("if record.priority")
    # A name that is whole is not replaced by a longer one, nor is a keyword or a time.
    for written in ("record.service", "if", 'duration("P2D") + date', "PT 4H"):
        field.fill(written[:-1])
        field.press("End")
        room.page.keyboard.type(written[-1])
        room.page.keyboard.press("Tab")
        expect(field).to_have_value(written)
    field.fill("if record.priority")
    expect(room.page.locator("[data-field='clearway:due'] .feel-problem")).to_contain_text("olumn")


def test_tidying_up_moves_and_one_step_takes_it_back(room: DrawingRoom):
    place = "m => { const t = m.get('elementRegistry').get('triage'); return [t.x, t.y]; }"
    before = room.do(place)

    room.page.get_by_role("button", name="Tidy up").click()
    expect(room.page.locator("#editor-note")).to_contain_text("elements were moved")
    assert room.do(place) != before
    room.page.locator("[data-do=undo]").click()
    assert room.do(place) == before


def test_the_outline_is_equal_to_the_canvas_for_the_keyboard(
    room: DrawingRoom, violations: Callable[[Page], list[str]]
):
    page = room.page
    page.get_by_role("button", name="Outline").press("Enter")
    line = page.locator("#editor-outline").get_by_role("button", name="Note the check")
    line.press("Enter")
    expect(page.locator(".panel-name")).to_have_text("Note the check")
    expect(room.field("Name")).to_be_focused()
    room.field("Add after it").select_option(label="User task")
    page.locator("[data-field=draw-after]").get_by_role("button", name="Add").press("Enter")
    expect(page.locator(".panel-kind")).to_have_text("User task")
    expect(room.field("Name")).to_be_focused()
    room.field("Name").fill("Added without a mouse")
    room.field("Name").press("Enter")

    added = page.locator("#editor-outline").get_by_role("button", name="Added without a mouse")
    expect(added).to_be_visible(timeout=20_000)
    assert violations(page) == []
    page.locator("[data-field=draw-remove]").get_by_role("button").press("Enter")
    expect(added).to_have_count(0, timeout=20_000)
