"""A process owner changes the incident process in the browser: drawn, checked, mended and saved."""

from collections.abc import Callable
from typing import Any

import pytest
from drawing_room import DrawingRoom, new_draft, stored
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


@pytest.fixture
def draft(live: Any, request: pytest.FixtureRequest) -> int:
    """A draft of the incident process of its own."""
    return new_draft(live.house, live.actor("grace"), "incident", request.node.name)


@pytest.fixture
def room(open_browser: Callable[..., Page], draft: int) -> DrawingRoom:
    """Grace has it open."""
    return DrawingRoom(open_browser("grace", width=1440), "incident", draft).open()


def test_an_owner_adds_a_step_with_a_form_and_a_condition_and_mends_two_mistakes(
    live: Any, room: DrawingRoom, draft: int
):
    page = room.page
    task = room.append("larger", "bpmn:UserTask")
    room.select(task)
    room.field("Name").fill("Look at it once more")
    room.field("Id").fill("look_again")
    room.field("Id").press("Enter")
    expect(page.locator(".panel-name")).to_have_text("Look at it once more")
    room.field("State").fill("new")
    page.get_by_role("button", name="Add a form").click()
    page.get_by_label("category").first.check()
    page.get_by_role("button", name="Add the form", exact=True).click()
    expect(page.locator("#editor-note")).to_contain_text("incident/forms/look_again.json")
    room.connect("look_again", "sorted")
    flow = room.do("m => m.get('elementRegistry').get('look_again').incoming[0].id")
    room.select(flow)
    room.field("Taken when").fill("record.priorty = 1")

    wrong = page.locator(".problem[data-rule=field-unknown]")
    expect(wrong).to_contain_text("record.priorty")
    expect(page.locator(".feel-problem")).to_contain_text("Did you mean `record.priority`?")
    room.select("look_again")
    room.field("Role").select_option(label="resolver")
    room.do(
        "m => m.get('modeling').updateProperties("
        "m.get('elementRegistry').get('look_again'), {'clearway:stat': 'new'})"
    )
    second = page.locator(".problem[data-rule=attribute-unknown]")
    expect(second).to_be_visible()
    wrong.get_by_role("button", name="Write record.priority").click()
    expect(wrong).to_have_count(0)
    second.get_by_role("button", name="Write state").click()
    expect(second).to_have_count(0)
    room.is_saved()

    page.reload()
    room.is_ready()
    room.select(flow)
    expect(room.field("Taken when")).to_have_value("record.priority = 1")
    room.select("look_again")
    expect(page.locator("[data-field=form]")).to_contain_text("category")
    assert b"look_again" in stored(live.house, live.actor("grace"), "incident", draft)


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


def test_what_a_killed_browser_had_not_saved_is_offered_and_taken(
    live: Any, open_browser: Callable[..., Page], room: DrawingRoom, draft: int
):
    page = room.page
    page.route("**/drawing/**", lambda route: route.abort())
    rename(room, "triage", "Written before the crash")
    expect(room.status).to_contain_text("Not saved: There is no connection")
    page.goto("about:blank")
    page.unroute("**/drawing/**")

    page.goto(room.address)
    told = page.get_by_role("dialog", name="Changes that were not saved")
    expect(told).to_contain_text("that were not saved")
    told.get_by_role("button", name="Take them").click()
    room.is_ready()
    assert name_of(room, "triage") == "Written before the crash"
    room.is_saved()
    assert b"Written before the crash" in stored(
        live.house, live.actor("grace"), "incident", draft
    )


def test_whoever_is_signed_out_while_saving_signs_in_elsewhere_and_it_is_saved(
    live: Any, room: DrawingRoom, draft: int
):
    page = room.page
    cookies = page.context.cookies()
    page.context.clear_cookies(name="clearway")

    rename(room, "triage", "Not to be lost")
    expect(room.status).to_contain_text("sign in in a new tab and it is saved")
    page.context.add_cookies(cookies)
    expect(room.status).to_contain_text("Saved at", timeout=15_000)
    assert b"Not to be lost" in stored(live.house, live.actor("grace"), "incident", draft)


def test_a_draft_that_is_gone_says_so_and_hands_out_what_is_there(
    room: DrawingRoom, draft: int
):
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


def test_the_mark_of_bpmn_io_is_seen_and_nothing_lies_over_it(room: DrawingRoom):
    hit = room.page.evaluate("""() => {
        const box = document.querySelector('.bjs-powered-by').getBoundingClientRect();
        const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
        return box.width > 20 && Boolean(top.closest('.bjs-powered-by'));
    }""")

    assert hit


def rename(room: DrawingRoom, element: str, name: str) -> None:
    """Give an element another name in the panel."""
    room.select(element)
    room.field("Name").fill(name)
    room.field("Name").press("Enter")


def name_of(room: DrawingRoom, element: str) -> str:
    """What the drawing says."""
    return str(room.do("(m, id) => m.get('elementRegistry').get(id).businessObject.name", element))
