"""Layout: all that a file says is drawn, nothing overlaps, and what was drawn stays."""

import re
import time

import pytest
from infosets import infoset

from clearway.diagrams.errors import NoLayout
from clearway.diagrams.layout import drawn, layout
from clearway.diagrams.source import BPMN, parse
from clearway.engine.model import FLOW_NODES, SUBPROCESSES

_DRAWING = re.compile(rb"<(\w+:)?BPMNDiagram\b.*</(\w+:)?BPMNDiagram>\s*", re.DOTALL)
BARE = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d">
  <process id="p">
    {}
  </process>
</definitions>
"""


def test_everything_in_files_without_a_drawing_gets_one(
    miwg: dict[str, bytes], shipped: dict[str, bytes], features: dict[str, bytes]
):
    for name, stored in (miwg | shipped | features).items():
        bare = _DRAWING.sub(b"", stored)

        result = layout(bare).data

        assert layout(result).missing == 0, name
        boxes, ways = drawn(parse(result).root)
        for it in parse(result).root.walk():
            if it.tag.startswith(BPMN) and it.local in FLOW_NODES and it.get("id"):
                assert it.get("id") in boxes, name
            if it.tag == BPMN + "sequenceFlow":
                assert len(ways[it.get("id")]) > 1, name
        assert infoset(_DRAWING.sub(b"", result)) == infoset(bare), name


def test_nodes_do_not_lie_on_each_other_and_lie_in_their_lanes(shipped: dict[str, bytes]):
    for name, stored in shipped.items():
        root = parse(layout(_DRAWING.sub(b"", stored)).data).root
        boxes, _ = drawn(root)
        nodes = [
            it.get("id")
            for it in root.walk()
            if it.tag.startswith(BPMN) and it.local in FLOW_NODES - SUBPROCESSES - {"boundaryEvent"}
        ]
        for number, one in enumerate(nodes):
            for two in nodes[number + 1 :]:
                assert not _overlap(boxes[one], boxes[two]), f"{name} {one} {two}"
        for lane in root.walk():
            if lane.tag == BPMN + "lane":
                for it in lane.children:
                    if it.local == "flowNodeRef":
                        assert _within(boxes[it.text], boxes[lane.get("id")]), f"{name} {it.text}"


def test_where_only_flows_are_missing_nothing_moves(shipped: dict[str, bytes]):
    stored = shipped["control_exception"]
    edge = re.compile(
        rb'\s*<bpmndi:BPMNEdge id="to_(real|done)_edge".*?</bpmndi:BPMNEdge>', re.DOTALL
    )
    partly = edge.sub(b"", stored)

    result = layout(partly)

    assert result.missing == 2
    assert "nothing else was moved" in result.note
    before, after = drawn(parse(partly).root), drawn(parse(result.data).root)
    assert after[0] == before[0]
    assert after[1].keys() - before[1].keys() == {"to_real", "to_done"}
    assert after[1]["to_done"] == [(1080, 210), (1135, 210)]


def test_a_shape_without_a_place_lays_all_out_and_keeps_colours(shipped: dict[str, bytes]):
    stored = shipped["control_exception"].replace(
        b'<bpmndi:BPMNShape id="confirm_shape"', b'<bpmndi:BPMNShape id="confirm_shape" fill="red"'
    )
    shape = re.compile(rb'\s*<bpmndi:BPMNShape id="correct_shape".*?</bpmndi:BPMNShape>', re.DOTALL)

    result = layout(shape.sub(b"", stored))

    assert "all was laid out anew" in result.note
    assert b'id="confirm_shape" fill="red"' in result.data


def test_what_is_drawn_stays_byte_by_byte(shipped: dict[str, bytes]):
    for stored in shipped.values():
        assert layout(stored).data == stored


@pytest.mark.parametrize("is_long", [True, False])
def test_two_thousand_elements_are_laid_out_in_time(is_long: bool):
    many = _row(999) if is_long else _fan(999)
    started = time.monotonic()

    result = layout(BARE.format(many).encode())

    assert result.missing >= 1999
    assert time.monotonic() - started < 60


def test_more_elements_are_refused_with_a_sentence():
    with pytest.raises(NoLayout, match="at most 2500 are laid out"):
        layout(BARE.format(_row(1300)).encode())


@pytest.mark.parametrize("xml", ["<a/>", BARE.format(""), BARE.format('<task name="no id"/>')])
def test_what_has_nothing_to_lay_out_is_said(xml: str):
    try:
        answer = layout(xml.encode())
    except NoLayout as refusal:
        assert str(refusal).endswith(".")
    else:
        assert answer.data == xml.encode()


def _row(count: int) -> str:
    tasks = "".join(f'<task id="t{n}"/>' for n in range(count + 1))
    return tasks + "".join(
        f'<sequenceFlow id="f{n}" sourceRef="t{n}" targetRef="t{n + 1}"/>' for n in range(count)
    )


def _fan(count: int) -> str:
    tasks = "".join(f'<task id="t{n}"/>' for n in range(count + 1))
    return tasks + "".join(
        f'<sequenceFlow id="f{n}" sourceRef="t0" targetRef="t{n + 1}"/>' for n in range(count)
    )


def _overlap(one, two) -> bool:
    return one.x < two.right and two.x < one.right and one.y < two.bottom and two.y < one.bottom


def _within(inner, outer) -> bool:
    return (
        outer.x <= inner.x
        and inner.right <= outer.right
        and outer.y <= inner.y
        and inner.bottom <= outer.bottom
    )
