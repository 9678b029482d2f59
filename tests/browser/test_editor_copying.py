"""What is copied in one editor is pasted in another: with all that it says, and nothing else's."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from drawing_room import DrawingRoom, new_draft, stored
from infosets import infoset
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

_SOURCE = b"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="t"
    xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:clearway="urn:clearway:bpmn:1"
    xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI">
  <message id="message_a" name="copied.told"/>
  <process id="p">
    <userTask id="asked_each" name="Ask each" clearway:assignee="record.who">
      <documentation>One after the other.</documentation>
      <multiInstanceLoopCharacteristics isSequential="true">
        <loopDataInputRef>record.people</loopDataInputRef>
      </multiInstanceLoopCharacteristics>
    </userTask>
    <intermediateCatchEvent id="told" name="Told">
      <messageEventDefinition id="told_message" messageRef="message_a"/>
    </intermediateCatchEvent>
    <sequenceFlow id="asked_told" sourceRef="asked_each" targetRef="told"/>
    <intermediateThrowEvent id="tells" name="Tells">
      <messageEventDefinition id="tells_message" messageRef="message_a"/>
    </intermediateThrowEvent>
  </process>
  <bpmndi:BPMNDiagram id="diagram"><bpmndi:BPMNPlane id="plane" bpmnElement="p">
    <bpmndi:BPMNShape id="s1" bpmnElement="asked_each">
      <dc:Bounds x="100" y="100" width="100" height="80"/></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="s2" bpmnElement="told">
      <dc:Bounds x="300" y="122" width="36" height="36"/></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="s3" bpmnElement="tells">
      <dc:Bounds x="400" y="122" width="36" height="36"/></bpmndi:BPMNShape>
    <bpmndi:BPMNEdge id="e1" bpmnElement="asked_told">
      <di:waypoint x="200" y="140"/><di:waypoint x="300" y="140"/></bpmndi:BPMNEdge>
  </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</definitions>"""
_EMPTY = re.sub(b"<process.*</process>", b"<process id='q'/>", _SOURCE, flags=re.DOTALL)
_EMPTY = re.sub(rb"\s*<bpmndi:BPMN(Shape|Edge).*</bpmndi:BPMN\1>\s*", b"", _EMPTY, flags=re.DOTALL)
_EMPTY = _EMPTY.replace(b'bpmnElement="p"', b'bpmnElement="q"')


@pytest.fixture
def draft(live: Any, request: pytest.FixtureRequest) -> int:
    """A draft of the incident process of its own."""
    return new_draft(live.house, live.actor("grace"), "incident", request.node.name)


@pytest.mark.parametrize(
    ("there", "message"),
    [
        pytest.param(b"", "message_a", id="nothing"),
        pytest.param(b'<message id="other" name="copied.told"/>', "other", id="the same"),
        pytest.param(b'<message id="message_a" name="something.else"/>', "Message_", id="its id"),
    ],
)
def test_what_was_copied_is_pasted_in_another_tab(
    live: Any,
    open_browser: Callable[..., Page],
    draft: int,
    room_for: Callable[[str, bytes], DrawingRoom],
    there: bytes,
    message: str,
):
    source = room_for("source.bpmn", _SOURCE).open()
    target = room_for("target.bpmn", _EMPTY.replace(_MESSAGE, there))
    target.page = source.page.context.new_page()
    target.open()

    source.page.locator("#editor-canvas .djs-container svg").first.click(position=ASIDE)
    source.page.keyboard.press("Control+a")
    source.page.keyboard.press("Control+c")
    canvas = target.page.locator("#editor-canvas .djs-container svg").first
    canvas.click(position=ASIDE)
    target.page.keyboard.press("Control+v")
    canvas.hover(position={"x": 600, "y": 300})
    canvas.click(position={"x": 600, "y": 300})
    target.is_saved()

    saved = stored(live.house, live.actor("grace"), "incident", draft, target.path).decode()
    for kept in (
        'id="asked_each" name="Ask each" clearway:assignee="record.who"',
        "<documentation>One after the other.</documentation>",
        'isSequential="true"',
        "<loopDataInputRef>record.people</loopDataInputRef>",
        'sourceRef="asked_each" targetRef="told"',
    ):
        assert kept in saved
    heard, told = re.findall(r'messageRef="(\w+)"', saved)
    assert heard == told
    assert heard.startswith(message)
    assert re.findall(rf'id="{heard}" name="([^"]+)"', saved) == ["copied.told"]
    assert saved.count('name="copied.told"') == 1

    target.page.keyboard.press("Control+z")
    target.is_saved()
    undone = stored(live.house, live.actor("grace"), "incident", draft, target.path)
    assert infoset(undone) == infoset(_EMPTY.replace(_MESSAGE, there))


ASIDE = {"x": 500, "y": 20}
_MESSAGE = b'<message id="message_a" name="copied.told"/>'


def test_what_one_person_copied_is_not_another_persons(
    live: Any, room_for: Callable[[str, bytes], DrawingRoom]
):
    source = room_for("source.bpmn", _SOURCE).open()
    source.do("m => m.get('copyPaste').copy(m.get('elementRegistry').get('asked_each'))")

    assert source.do("m => m.get('clipboard').isEmpty()") is False
    source.page.evaluate(
        "() => { const place = 'clearway-editor-copied';"
        "localStorage.setItem(place, localStorage.getItem(place).replace('grace', 'trent')); }"
    )
    again = room_for("source.bpmn", _SOURCE)
    again.page = source.page.context.new_page()
    again.open()
    assert again.do("m => m.get('clipboard').isEmpty()") is True
