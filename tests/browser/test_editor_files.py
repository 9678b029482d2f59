"""Files that other tools wrote, large ones and broken ones, in the editor."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from drawing_room import DrawingRoom, new_draft, stored
from infosets import infoset
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<definitions '
    'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:test" id="d">'
)


@pytest.fixture(scope="module")
def draft(live: Any) -> int:
    """One draft for all the files."""
    return new_draft(live.house, live.actor("grace"), "incident", "files of others")


def test_files_of_other_tools_are_saved_back_with_nothing_lost(
    live: Any, room_for: Callable[[str, bytes], DrawingRoom], test_data: Path, draft: int
):
    grace = live.actor("grace")
    files = sorted((test_data / "bpmn-miwg-reference").glob("*.bpmn"))
    for file in files if os.environ.get("FILES") == "all" else files[::4]:
        content = file.read_bytes()
        room = room_for(file.name, content).open()
        room.page.keyboard.press("Control+s")
        room.is_saved()
        assert stored(live.house, grace, "incident", draft, room.path) == content

        element = str(room.do(_FIRST))
        room.do("(m, id) => m.get('selection').select(m.get('elementRegistry').get(id))", element)
        room.field("Name").fill("A name of the test")
        room.field("Name").press("Enter")
        expect(room.status).to_contain_text("Changed")
        room.is_saved()
        renamed = stored(live.house, grace, "incident", draft, room.path)
        assert b"A name of the test" in renamed
        assert infoset(renamed) != infoset(content)
        assert _without_name(infoset(renamed), element) == _without_name(infoset(content), element)


_FIRST = """m => m.get('elementRegistry').filter(it =>
    /Task$|SubProcess$|Participant$/.test(it.type) && it.parent)[0].id"""


def _without_name(told: Any, element: str) -> Any:
    tag, values, text, inner = told
    if ("id", element) in values:
        values = [(key, value) for key, value in values if key != "name"]
    return tag, values, text, [_without_name(it, element) for it in inner]


def test_a_file_without_a_drawing_is_laid_out(
    live: Any, room_for: Callable[[str, bytes], DrawingRoom], draft: int
):
    content = _chain(3, drawn=False)

    room = room_for("undrawn.bpmn", content).open()
    expect(room.page.locator("#editor-note")).to_contain_text("laid out by itself")
    room.is_saved()
    saved = stored(live.house, live.actor("grace"), "incident", draft, room.path)
    assert b"BPMNShape" in saved
    assert b"BPMNShape" not in content


@pytest.mark.parametrize(
    "missing", [b'x="150"', b'<dc:Bounds x="150" y="0" width="100" height="80"/>']
)
def test_a_file_that_is_drawn_in_part_is_laid_out_when_asked_for(
    live: Any,
    complaints: list[str],
    room_for: Callable[[str, bytes], DrawingRoom],
    draft: int,
    missing: bytes,
):
    instead = b'x="NaN"' if missing.startswith(b"x") else b""
    content = _chain(3, drawn=True).replace(missing, instead, 1)
    room = room_for(f"in_part_{len(missing)}.bpmn", content)
    room.page.goto(room.address)
    room.page.get_by_role("button", name="Leave it as it is").click()
    room.is_ready()
    room.cut_the_line()
    room.select("t0")
    room.field("Name").fill("Not saved before")
    room.field("Name").press("Enter")
    expect(room.status).to_contain_text("Not saved: There is no connection")
    room.page.goto("about:blank")
    room.page.goto(room.address)
    room.page.get_by_role("button", name="Take them").click()

    told = room.page.get_by_role("dialog", name="Not all of it is drawn")
    expect(told).to_contain_text("One element has no place on the drawing")
    expect(told).to_contain_text("Task 1")
    told.get_by_role("button", name="Lay it out anew").click()
    room.is_ready()
    room.is_saved()
    saved = stored(live.house, live.actor("grace"), "incident", draft, room.path)
    assert b"NaN" not in saved
    assert b"Not saved before" in saved
    assert room.do("m => Boolean(m.get('elementRegistry').get('t1'))")
    # The library's own note of what it could not draw.
    assert all(it.startswith("console: failed to import") for it in complaints)
    complaints.clear()


def test_each_drawing_of_a_file_can_be_chosen(
    live: Any, room_for: Callable[[str, bytes], DrawingRoom], test_data: Path, draft: int
):
    content = (test_data / "bpmn-miwg-reference" / "C.4.0.bpmn").read_bytes()
    room = room_for("several.bpmn", content).open()
    choice = room.page.get_by_label("Drawing", exact=True)
    names = choice.locator("option").all_inner_texts()
    assert len(names) == content.count(b"<bpmndi:BPMNDiagram ") == 4
    first = room.do(_FIRST)

    choice.select_option(label=names[-1])
    expect(room.page.locator("#editor-problems li").first).to_be_visible()
    last = room.do(_FIRST)
    assert last != first
    room.select(last)
    room.field("Name").fill("On the last drawing")
    room.field("Name").press("Enter")
    room.is_saved()
    saved = stored(live.house, live.actor("grace"), "incident", draft, room.path)
    assert b"On the last drawing" in saved
    assert saved.count(b"<bpmndi:BPMNShape") == content.count(b"<bpmndi:BPMNShape")
    room.page.goto(f"{room.address}#{first}")
    room.page.reload()
    room.is_ready()
    expect(choice).to_have_value("0")


def test_a_drawing_that_names_nothing_of_the_file_shows_its_process(
    live: Any, room_for: Callable[[str, bytes], DrawingRoom], draft: int
):
    content = _chain(3, drawn=True).replace(b'bpmnElement="p"', b'bpmnElement="gone"')
    room = room_for("gone.bpmn", content).open()
    expect(room.page.locator("#editor-note")).to_contain_text("gone")

    room.select("t1")
    room.field("Name").fill("Another name")
    room.field("Name").press("Enter")
    room.is_saved()
    saved = stored(live.house, live.actor("grace"), "incident", draft, room.path)
    assert b"Another name" in saved
    assert b'bpmnElement="p"' in saved
    assert b'"gone"' not in saved


def test_what_the_drawing_library_leaves_out_is_a_problem_nevertheless(
    room_for: Callable[[str, bytes], DrawingRoom],
):
    twin = b'<task id="t1" name="Twin"/></process>'
    room = room_for("twin.bpmn", _chain(3, drawn=True).replace(b"</process>", twin)).open()
    told = (
        room.page.locator(".problem[data-rule=xsd]")
        .filter(has_text="twin.bpmn")
        .or_(room.page.locator(".problem[data-rule=xsd]").filter(has_text="Task 1"))
    )
    expect(told.first).to_be_visible()
    expect(room.page.locator("#editor-note")).to_contain_text("duplicate ID <t1>")

    room.select("t0")
    room.field("Name").fill("Another name")
    room.field("Name").press("Enter")
    room.is_saved()
    expect(told.first).to_be_visible()


def test_xml_that_cannot_be_read_is_said_and_handed_out(
    room_for: Callable[[str, bytes], DrawingRoom],
):
    content = (_HEAD + "<process id='p'><task id='a'></process></definitions>").encode()
    room = room_for("broken.bpmn", content)
    room.page.goto(room.address)

    told = room.page.get_by_role("alert")
    expect(told).to_contain_text("The XML cannot be read")
    expect(told).to_contain_text("Nothing was changed.")
    with room.page.expect_download() as got:
        told.get_by_role("button", name="Download the file").click()
    assert got.value.path().read_bytes() == content
    expect(
        told.get_by_role("link", name="Go to the draft: its files and earlier saves")
    ).to_be_visible()


def test_a_file_with_two_thousand_elements_opens_and_is_saved(
    live: Any, room_for: Callable[[str, bytes], DrawingRoom], draft: int
):
    room = room_for("large.bpmn", _chain(1001, drawn=True)).open()

    count = room.do("m => m.get('elementRegistry').filter(it => it.parent).length")
    assert count >= 2000
    room.select("t7")
    room.field("Name").fill("One of many")
    room.field("Name").press("Enter")
    expect(room.status).to_contain_text("Changed")
    expect(room.status).to_contain_text("Saved at", timeout=60_000)
    saved = stored(live.house, live.actor("grace"), "incident", draft, room.path)
    assert b"One of many" in saved


def _chain(tasks: int, *, drawn: bool) -> bytes:
    """A row of tasks, each with a flow to the next."""
    flows = range(tasks - 1)
    parts = [f'<task id="t{i}" name="Task {i}"/>' for i in range(tasks)]
    parts += [f'<sequenceFlow id="f{i}" sourceRef="t{i}" targetRef="t{i + 1}"/>' for i in flows]
    shapes = [
        f'<di:BPMNShape id="t{i}_s" bpmnElement="t{i}">'
        f'<dc:Bounds x="{i % 40 * 150}" y="{i // 40 * 120}" width="100" height="80"/>'
        "</di:BPMNShape>"
        for i in range(tasks)
    ]
    edges = [
        f'<di:BPMNEdge id="f{i}_s" bpmnElement="f{i}">'
        f'<dd:waypoint x="{i % 40 * 150 + 100}" y="{i // 40 * 120 + 40}"/>'
        f'<dd:waypoint x="{(i + 1) % 40 * 150}" y="{(i + 1) // 40 * 120 + 40}"/></di:BPMNEdge>'
        for i in flows
    ]
    names = (
        'xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" '
        'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
        'xmlns:dd="http://www.omg.org/spec/DD/20100524/DI"'
    )
    drawing = (
        f'<di:BPMNDiagram {names} id="di"><di:BPMNPlane id="pl" bpmnElement="p">'
        + "".join(shapes + edges)
        + "</di:BPMNPlane></di:BPMNDiagram>"
        if drawn
        else ""
    )
    return f'{_HEAD}<process id="p">{"".join(parts)}</process>{drawing}</definitions>'.encode()
