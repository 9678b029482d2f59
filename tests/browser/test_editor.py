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
    expect(wrong).to_contain_text("record.priorty", timeout=20_000)
    expect(page.locator(".feel-problem")).to_contain_text("Did you mean `record.priority`?")
    room.select("look_again")
    room.field("Role").select_option(label="resolver")
    room.do(
        "m => m.get('modeling').updateProperties("
        "m.get('elementRegistry').get('look_again'), {'clearway:stat': 'new'})"
    )
    second = page.locator(".problem[data-rule=attribute-unknown]")
    expect(second).to_be_visible(timeout=20_000)
    wrong.get_by_role("button", name="Write record.priority").click()
    expect(wrong).to_have_count(0, timeout=20_000)
    second.get_by_role("button", name="Write state").click()
    expect(second).to_have_count(0, timeout=20_000)
    room.is_saved()

    page.reload()
    room.is_ready()
    room.select(flow)
    expect(room.field("Taken when")).to_have_value("record.priority = 1")
    room.select("look_again")
    expect(page.locator("[data-field=form]")).to_contain_text("category")
    assert b"look_again" in stored(live.house, live.actor("grace"), "incident", draft)
