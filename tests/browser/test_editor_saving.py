"""Saving in the editor: two people, killed browsers, lost sessions and lost lines lose nothing."""

import contextlib
import os
import signal
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from drawing_room import DrawingRoom, new_draft, session_of, stored
from playwright.sync_api import Browser, Page, expect

from clearway.service.workshop.files import save_file
from clearway.service.workshop.views import Saved

pytestmark = pytest.mark.browser

CHROMIUM = "/usr/bin/chromium"


@pytest.fixture
def draft(live: Any, request: pytest.FixtureRequest) -> int:
    """A draft of the incident process of its own."""
    return new_draft(live.house, live.actor("grace"), "incident", request.node.name)


@pytest.fixture
def room(open_browser: Callable[..., Page], draft: int) -> DrawingRoom:
    """Grace has it open."""
    return DrawingRoom(open_browser("grace", width=1440), "incident", draft).open()


def test_two_owners_edit_at_once_and_nothing_is_lost(
    live: Any, open_browser: Callable[..., Page], room: DrawingRoom, draft: int
):
    other = DrawingRoom(open_browser("trent", width=1440), "incident", draft).open()
    rename(room, "triage", "Grace's name")
    room.is_saved()

    rename(other, "triage", "Trent's name")
    told = other.page.get_by_role("dialog", name="Somebody else saved this diagram")
    expect(told).to_contain_text("grace saved this diagram at ")
    assert b"Grace's name" in stored(live.house, live.actor("grace"), "incident", draft)
    told.get_by_role("button", name="Keep mine as a new draft").click()
    other.page.wait_for_url(lambda address: f"/drafts/{draft}/" not in address)
    other.is_ready()
    assert name_of(other, "triage") == "Trent's name"
    assert name_of(room, "triage") == "Grace's name"


def test_mine_is_put_over_theirs_only_after_asking_again(
    live: Any, open_browser: Callable[..., Page], room: DrawingRoom, draft: int
):
    other = DrawingRoom(open_browser("trent", width=1440), "incident", draft).open()
    rename(room, "triage", "Grace's name")
    room.is_saved()
    rename(other, "triage", "Trent's name")
    told = other.page.get_by_role("dialog", name="Somebody else saved this diagram")

    told.get_by_role("button", name="Put mine over theirs").click()
    sure = other.page.get_by_role("dialog", name="Put yours over theirs?")
    assert b"Trent's name" not in stored(live.house, live.actor("grace"), "incident", draft)
    sure.get_by_role("button", name="Put mine over theirs").click()
    other.is_saved()
    assert b"Trent's name" in stored(live.house, live.actor("grace"), "incident", draft)


def test_what_a_lost_line_kept_from_being_saved_is_offered_and_taken(
    live: Any, room: DrawingRoom, draft: int
):
    page = room.page
    room.cut_the_line()
    rename(room, "triage", "Written without a line")
    expect(room.status).to_contain_text("Not saved: There is no connection")
    page.goto("about:blank")

    page.goto(room.address)
    told = page.get_by_role("dialog", name="Changes that were not saved")
    expect(told).to_contain_text("that were not saved")
    told.get_by_role("button", name="Take them").click()
    room.is_ready()
    assert name_of(room, "triage") == "Written without a line"
    room.is_saved()
    saved = stored(live.house, live.actor("grace"), "incident", draft)
    assert b"Written without a line" in saved


def test_what_was_on_its_way_when_the_page_was_left_is_not_thrown_away_in_words_only(
    live: Any, room: DrawingRoom, draft: int
):
    page = room.page
    room.cut_the_line()
    rename(room, "triage", "Arrives late")
    expect(room.status).to_contain_text("Not saved: There is no connection")
    sent = room.do("async m => (await m.saveXML({ format: true })).xml").encode()
    page.goto("about:blank")
    page.goto(room.address)
    told = page.get_by_role("dialog", name="Changes that were not saved")
    expect(told).to_be_visible()
    grace, path = live.actor("grace"), "incident/incident.bpmn"
    before = sha256(stored(live.house, grace, "incident", draft)).hexdigest()
    saved = save_file(live.house, grace, "incident", draft, path, sent, expected=[before])
    assert isinstance(saved, Saved), saved

    told.get_by_role("button", name="Throw them away").click()
    sure = page.get_by_role("dialog", name="Throw them away?")
    sure.get_by_role("button", name="Throw them away").click()
    room.is_ready()
    expect(page.locator("#editor-note")).to_contain_text("were saved before you threw them away")
    assert name_of(room, "triage") == "Arrives late"
    rename(room, "triage", "And on")
    room.is_saved()
    assert b"And on" in stored(live.house, grace, "incident", draft)


def test_what_was_just_typed_is_not_lost_by_a_reload(
    live: Any, room: DrawingRoom, draft: int, eventually: Callable[..., None]
):
    page = room.page
    # Whoever is asked whether to leave stays.
    page.on("dialog", lambda asked: asked.dismiss())
    room.select("triage")
    room.field("Name").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("Typed at the last moment")
    page.evaluate("() => void setTimeout(() => location.reload())")

    offered = page.get_by_role("button", name="Take them")

    def is_stored() -> bool:
        if offered.is_visible():
            offered.click()
        return b"Typed at the last moment" in stored(
            live.house, live.actor("grace"), "incident", draft
        )

    eventually(is_stored, "What was typed is lost.", 20.0)


def test_what_a_page_left_is_offered_although_that_page_is_not_gone_yet(room: DrawingRoom):
    page = room.page
    room.cut_the_line()
    rename(room, "triage", "Written without a line")
    expect(room.status).to_contain_text("Not saved: There is no connection")
    lock = page.evaluate(_LOCKS)
    page.goto("about:blank")
    slow = page.context.new_page()
    slow.goto("/")
    slow.evaluate(_HOLD_UNTIL_SOMEBODY_WAITS, lock)

    page.goto(room.address)
    page.get_by_role("dialog", name="Changes that were not saved").wait_for()


_LOCKS = "async () => (await navigator.locks.query()).held[0].name"

_HOLD_UNTIL_SOMEBODY_WAITS = """name => new Promise(held => {
    navigator.locks.request(name, async () => {
        held();
        while ((await navigator.locks.query()).pending.length === 0)
            await new Promise(go => setTimeout(go, 10));
    });
})"""


def test_whoever_is_signed_out_while_saving_signs_in_elsewhere_and_it_is_saved(
    live: Any, room: DrawingRoom, draft: int
):
    page = room.page
    page.context.clear_cookies(name="clearway")

    rename(room, "triage", "Not to be lost")
    expect(room.status).to_contain_text("sign in in a new tab and it is saved")
    other = {"name": "clearway", "value": session_of(live.house, "heidi"), "url": live.address}
    page.context.add_cookies([other])
    expect(room.status).to_contain_text("heidi is signed in in this browser now", timeout=15_000)
    page.keyboard.press("Control+s")
    expect(room.status).to_contain_text("heidi is signed in in this browser now", timeout=15_000)
    assert b"Not to be lost" not in stored(live.house, live.actor("grace"), "incident", draft)
    # Signed in again means another session, with another token.
    mine = {"name": "clearway", "value": session_of(live.house, "grace"), "url": live.address}
    page.context.add_cookies([mine])
    expect(room.status).to_contain_text("Saved at", timeout=15_000)
    assert b"Not to be lost" in stored(live.house, live.actor("grace"), "incident", draft)


def test_a_draft_that_is_gone_says_so_and_hands_out_what_is_there(room: DrawingRoom, draft: int):
    gone = '{"detail": "There is no such draft."}'
    room.page.route(
        "**/drawing/**",
        lambda route: route.fulfill(status=404, content_type="application/problem+json", body=gone),
    )

    rename(room, "triage", "Still mine")
    expect(room.status).to_contain_text("this draft or its process is gone")
    with room.page.expect_download() as got:
        room.page.get_by_role("button", name="Download").click()
    assert b"Still mine" in got.value.path().read_bytes()


def test_a_save_without_a_change_changes_no_byte(live: Any, room: DrawingRoom, draft: int):
    before = stored(live.house, live.actor("grace"), "incident", draft)

    rename(room, "triage", "Another name")
    room.do("m => m.get('commandStack').undo()")
    room.page.keyboard.press("Control+s")
    room.is_saved()

    assert stored(live.house, live.actor("grace"), "incident", draft) == before


def test_what_is_moved_on_the_canvas_is_not_moved_in_the_file(
    live: Any, room: DrawingRoom, draft: int
):
    move = (
        "(m, id) => m.get('modeling')"
        ".moveElements([m.get('elementRegistry').get(id)], { x: 7, y: 0 })"
    )
    before = stored(live.house, live.actor("grace"), "incident", draft)

    room.do(move, "incident_pool")
    room.do("m => m.get('commandStack').undo()")
    room.do(move, "triage")
    room.page.keyboard.press("Control+s")
    room.is_saved()

    after = stored(live.house, live.actor("grace"), "incident", draft)
    changed = set(before.splitlines()) ^ set(after.splitlines())
    assert changed
    assert all(b"Bounds" in it or b"waypoint" in it for it in changed)
    kept = [it for it in after.splitlines() if it not in changed]
    assert kept == [it for it in before.splitlines() if it not in changed]


def test_a_browser_that_was_killed_in_the_middle_has_its_draft(
    live: Any, chromium: Browser, draft: int, tmp_path: Path
):
    page = _started(live, chromium, tmp_path)
    room = DrawingRoom(page, "incident", draft).open()
    page.route("**/drawing/**", lambda route: None)
    rename(room, "triage", "Typed before the end")
    # Sent at once, and never answered.
    page.keyboard.press("Control+s")
    expect(room.status).to_have_text("Saving")
    _kill(tmp_path)

    again = _started(live, chromium, tmp_path)
    again.goto(room.address)
    told = again.get_by_role("dialog", name="Changes that were not saved")
    told.get_by_role("button", name="Take them").click()
    later = DrawingRoom(again, "incident", draft).is_ready()
    later.is_saved()
    assert b"Typed before the end" in stored(live.house, live.actor("grace"), "incident", draft)
    again.context.close()


def rename(room: DrawingRoom, element: str, name: str) -> None:
    """Give an element another name in the panel."""
    room.select(element)
    room.field("Name").fill(name)
    room.field("Name").press("Enter")


def name_of(room: DrawingRoom, element: str) -> str:
    """What the drawing says."""
    return str(room.do("(m, id) => m.get('elementRegistry').get(id).businessObject.name", element))


def _started(live: Any, chromium: Browser, folder: Path) -> Page:
    """A browser that keeps what it has in this folder, as people's browsers do."""
    context = chromium.browser_type.launch_persistent_context(
        folder,
        executable_path=CHROMIUM,
        args=["--no-sandbox"],
        base_url=live.address,
        viewport={"width": 1440, "height": 900},
    )
    token = session_of(live.house, "grace")
    context.add_cookies([{"name": "clearway", "value": token, "url": live.address}])
    return context.new_page()


def _kill(folder: Path) -> None:
    """End the browser of this folder as a power cut does."""
    mark = f"--user-data-dir={folder}".encode()
    for found in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if mark in found.read_bytes():
                os.kill(int(found.parent.name), signal.SIGKILL)
