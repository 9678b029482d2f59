"""The page of two versions: who sees what of it, and what it says when there is nothing to see."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from clearway.engine.values import Bundle
from clearway.service.deploy import deploy
from clearway.service.house import House
from clearway.service.values import Actor, Done, Refusal
from clearway.service.workshop.compare import ChangesView, changes_view

Enter = Callable[[str], Any]
DRAWN = (
    b'<d:BPMNDiagram xmlns:d="http://www.omg.org/spec/BPMN/20100524/DI" '
    b'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"><d:BPMNPlane bpmnElement="errand">'
    b'<d:BPMNShape bpmnElement="sort"><dc:Bounds x="1" y="1" width="100" height="80"/>'
    b"</d:BPMNShape></d:BPMNPlane></d:BPMNDiagram>"
)
BESIDE = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">
<process id="beside"><startEvent id="begun"/><task id="look" name="%s"/><endEvent id="seen"/>
<sequenceFlow id="to_look" sourceRef="begun" targetRef="look"/>
<sequenceFlow id="to_seen" sourceRef="look" targetRef="seen"/></process></definitions>"""
SCRIPT = b'name="&lt;script&gt;alert(1)&lt;/script&gt;"'


@pytest.fixture
def two(house: House, people: Mapping[str, Actor], errand: Bundle) -> Bundle:
    """A second version: another name of a task, another title of a form, another drawing."""
    files = dict(errand.files)
    drawing = files["errand/errand.bpmn"].replace(b'name="Sort"', SCRIPT)
    end = b"</bpmn:definitions>"
    files["errand/errand.bpmn"] = drawing.replace(end, DRAWN + end)
    path = next(it for it in sorted(files) if "/forms/" in it)
    files[path] = files[path].replace(b'"title": "', b'"title": "Now ', 1)
    bundle = Bundle("errand", files)
    done = deploy(house, people["grace"], bundle, parent=1, reason="Clearer words", once="two")
    assert isinstance(done, Done), done
    return bundle


def test_an_owner_is_told_all_changes_and_the_drawing_is_folded(visitor: Enter, two: Bundle):
    page = visitor("grace").get("/processes/errand/diff/1..2")

    assert page.status == 200
    assert "was called Sort" in page.text
    assert "Now " in page.text
    (folded,) = page.html.xpath("//details[contains(@class, 'change-file')]/summary")
    assert "2 elements are drawn elsewhere" in folded.text_content()


def test_names_of_a_diagram_are_never_html(visitor: Enter, two: Bundle):
    page = visitor("grace").get("/processes/errand/diff/1..2")

    assert "<script>alert(1)</script>" in page.text
    assert not page.html.xpath("//main//script")


def test_who_may_not_read_the_files_sees_the_changes_of_the_diagram(visitor: Enter, two: Bundle):
    page = visitor("alice").get("/processes/errand/diff/1..2")

    assert "was called Sort" in page.text
    assert "forms/" not in page.text
    assert "shown to who may read the files" in page.text


def test_another_diagram_of_the_version_is_pictured_when_it_is_chosen(
    visitor: Enter, house: House, people: Mapping[str, Actor], two: Bundle
):
    path = "errand/beside.bpmn"
    for number, name in enumerate((b"Before", b"After"), 2):
        bundle = Bundle("errand", {**two.files, path: BESIDE % name})
        done = deploy(
            house, people["grace"], bundle, parent=number, reason="more", once=str(number)
        )
        assert isinstance(done, Done), done
    grace = visitor("grace")

    first = grace.get("/processes/errand/diff/3..4")
    chosen = grace.get(f"/processes/errand/diff/3..4?file={path}")

    assert not first.html.xpath("//*[@data-pick-after='look']")
    (way,) = first.html.xpath("//a[text()='Show this diagram']/@href")
    assert way == f"?file={path}"
    assert chosen.html.xpath("//*[@data-pick-after='look']")
    addresses = chosen.html.xpath("//*[@data-compare]/@data-address")
    assert [b"Before" in grace.client.get(it).content for it in addresses] == [True, False]
    assert [b"After" in grace.client.get(it).content for it in addresses] == [False, True]
    assert visitor("alice").get(addresses[0]).status == 403
    assert grace.get("/processes/errand/diff/4/diagram.bpmn?file=errand/record.json").status == 404
    assert grace.get("/processes/errand/diff/3..4?file=errand/nothing.bpmn").status == 404


def test_the_other_way_round_is_a_comparison_too(visitor: Enter, two: Bundle):
    page = visitor("grace").get("/processes/errand/diff/2..1")

    assert "The user task Sort was called" in page.text


def test_a_version_with_itself_differs_in_nothing(visitor: Enter, two: Bundle):
    page = visitor("grace").get("/processes/errand/diff/2..2")

    assert "Nothing differs that means something." in page.text


@pytest.mark.parametrize(
    "path",
    [
        "/processes/errand/diff/1..7",
        "/processes/errand/diff/7..1",
        "/processes/errand/diff/1-2",
        "/processes/errand/diff/1..99999999999999999999",
        "/processes/nothing/diff/1..2",
        "/processes/nothing/diff?before=1&after=2",
        "/processes/errand/diff?before=x&after=2",
    ],
)
def test_what_is_not_there_is_said(visitor: Enter, two: Bundle, path: str):
    assert visitor("grace").get(path).status == 404


def test_strangers_are_asked_to_sign_in(stranger: Any, two: Bundle):
    answer = stranger.client.get("/processes/errand/diff/1..2", follow_redirects=False)

    assert answer.status_code == 303
    assert "/login" in answer.headers["location"]


def test_two_versions_are_chosen_in_a_form(visitor: Enter, two: Bundle):
    grace = visitor("grace")
    process = grace.get("/processes/errand")

    (link,) = process.html.xpath("//a[contains(@class, 'version-compare')]/@href")
    chosen = grace.client.get("/processes/errand/diff?before=2&after=1")

    assert link == "/processes/errand/diff/1..2"
    assert process.has_form("/processes/errand/diff")
    assert chosen.url.path == "/processes/errand/diff/2..1"


def test_a_process_of_one_version_offers_no_comparison(visitor: Enter):
    process = visitor("grace").get("/processes/errand")

    assert not process.has_form("/processes/errand/diff")
    assert "Compare with the one before" not in process.text


def test_marks_say_what_became_of_each_element(errand: Bundle):
    drawing = errand.files["errand/errand.bpmn"].replace(b'name="Sort"', b'name="Look"')
    drawing = drawing.replace(
        b"</bpmn:process>",
        b'<bpmn:textAnnotation id="hint"><bpmn:text>Mind</bpmn:text></bpmn:textAnnotation>'
        b"</bpmn:process>",
        1,
    )

    view = changes_view(errand, Bundle("errand", {**errand.files, "errand/errand.bpmn": drawing}))

    assert isinstance(view, ChangesView)
    assert view.marks_before == {"sort": "changed"}
    assert view.marks_after == {"sort": "changed", "hint": "added"}


def test_a_broken_draft_is_refused_with_its_file(errand: Bundle):
    broken = Bundle("errand", {**errand.files, "errand/errand.bpmn": b"<definitions>"})

    view = changes_view(errand, broken)

    assert isinstance(view, Refusal)
    assert view.text.startswith("errand/errand.bpmn (after) cannot be read")
