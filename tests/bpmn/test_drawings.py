"""The diagrams as drawings: laid out for the eye, named in words, explained, and gone through."""

import itertools
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from clearway.engine import check, read_bundle
from clearway.engine.values import Surroundings
from clearway.service.scenarios import ScenarioResult
from clearway.wiring import run_scenarios_of
from processes.catalogue import RULES
from tasks.catalogue import STEPS

Element = etree._Element
Point = tuple[float, float]
Box = tuple[float, float, float, float]

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
BPMNDI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
DI = "{http://www.omg.org/spec/DD/20100524/DI}"
CLEARWAY = "{urn:clearway:bpmn:1}"

FOLDER = Path(__file__).resolve().parents[2] / "bpmn"
PROCESSES = sorted(f.name for f in FOLDER.iterdir() if (f / f"{f.name}.bpmn").exists())
ROLES = frozenset(
    (
        "requester", "service_desk", "service_desk_lead", "resolver", "incident_manager",
        "change_manager", "director",
        "cab_member", "implementer", "problem_manager", "line_manager", "provisioner",
        "compliance_owner", "service_manager", "process_owner", "admin", "security_officer",
        "supplier_manager", "executive", "change_registrar",
    )
)  # fmt: skip
WORDS = re.compile(r"^[a-z]+[a-z0-9]*(_[a-z0-9]+)*$")
NODE = re.compile(r"(Task|Event|Gateway|subProcess|callActivity)$")
NEAR = 1.0  # a waypoint may be rounded to the pixel


@pytest.fixture(params=PROCESSES)
def process(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def drawing(process: str) -> Element:
    return etree.parse(FOLDER / process / f"{process}.bpmn").getroot()


def test_there_are_processes_to_look_at():
    assert {"incident", "change", "problem", "onboarding"} <= set(PROCESSES)


def test_every_node_has_a_shape_and_every_flow_an_edge(drawing: Element):
    nodes = {it.get("id") for it in flow_nodes(drawing)}
    flows = {it.get("id") for it in drawing.iter(BPMN + "sequenceFlow")}

    assert nodes <= set(boxes(drawing))
    assert flows <= set(edges(drawing))


def test_every_shape_and_edge_draws_something_that_exists(drawing: Element):
    known = {it.get("id") for it in drawing.iter() if it.get("id")}

    assert set(boxes(drawing)) | set(edges(drawing)) <= known


def test_flows_begin_and_end_at_the_borders_of_what_they_connect(drawing: Element):
    shapes, lines = boxes(drawing), edges(drawing)

    loose = [
        flow.get("id")
        for flow in drawing.iter(BPMN + "sequenceFlow")
        if not on_border(lines[flow.get("id", "")][0], shapes[flow.get("sourceRef", "")])
        or not on_border(lines[flow.get("id", "")][-1], shapes[flow.get("targetRef", "")])
    ]

    assert loose == []


def test_flows_run_straight_or_turn_at_right_angles(drawing: Element):
    lines = edges(drawing)

    slanted = [
        flow.get("id")
        for flow in drawing.iter(BPMN + "sequenceFlow")
        for (ax, ay), (bx, by) in itertools.pairwise(lines[flow.get("id", "")])
        if abs(ax - bx) > NEAR and abs(ay - by) > NEAR
    ]

    assert slanted == []


def test_no_two_shapes_overlap(drawing: Element):
    shapes = boxes(drawing)
    nodes = list(flow_nodes(drawing))

    overlapping = [
        (a.get("id"), b.get("id"))
        for a, b in itertools.combinations(nodes, 2)
        if not belong_together(a, b) and overlap(shapes[a.get("id", "")], shapes[b.get("id", "")])
    ]

    assert overlapping == []


def test_no_two_flows_cross(drawing: Element):
    flows = list(drawing.iter(BPMN + "sequenceFlow"))
    lines = edges(drawing)

    crossing = [
        (a.get("id"), b.get("id"))
        for a, b in itertools.combinations(flows, 2)
        if not share_an_end(a, b) and cross(lines[a.get("id", "")], lines[b.get("id", "")])
    ]

    assert crossing == []


def test_no_flow_runs_through_a_node(drawing: Element):
    shapes, lines = boxes(drawing), edges(drawing)

    through = [
        (flow.get("id"), node.get("id"))
        for flow in drawing.iter(BPMN + "sequenceFlow")
        for node in flow_nodes(drawing)
        if not around(node, flow)
        and any(
            overlap(segment_box(a, b), shapes[node.get("id", "")])
            for a, b in itertools.pairwise(lines[flow.get("id", "")])
        )
    ]

    assert through == []


def test_every_node_lies_in_its_lane_or_subprocess(drawing: Element):
    shapes = boxes(drawing)
    lane_of = {
        (it.text or "").strip(): it.getparent().get("id")
        for it in drawing.iter(BPMN + "flowNodeRef")
    }

    outside = [
        node.get("id")
        for node in flow_nodes(drawing)
        if not node.get("attachedToRef")
        and not inside(
            shapes[node.get("id", "")],
            shapes[lane_of.get(node.get("id", "")) or node.getparent().get("id")],
        )
    ]

    assert outside == []


def test_boundary_events_sit_on_the_border_of_their_activity(drawing: Element):
    shapes = boxes(drawing)

    astray = [
        event.get("id")
        for event in drawing.iter(BPMN + "boundaryEvent")
        if not on_border(
            middle(shapes[event.get("id", "")]), shapes[event.get("attachedToRef", "")]
        )
    ]

    assert astray == []


def test_names_outside_of_shapes_have_a_place(drawing: Element):
    labelled = {
        it.get("bpmnElement") for it in drawing.iter() if it.find(BPMNDI + "BPMNLabel") is not None
    }
    named = [
        it.get("id")
        for it in drawing.iter()
        if it.get("name") and re.search(r"(Event|Gateway|sequenceFlow)$", str(it.tag))
    ]

    assert [each for each in named if each not in labelled] == []


def test_ids_are_words(drawing: Element):
    ids = [it.get("id", "") for it in drawing.iter(BPMN + "*", BPMNDI + "*") if it.get("id")]

    assert [each for each in ids if not WORDS.match(each)] == []
    assert len(ids) == len(set(ids))


def test_everything_is_explained(drawing: Element):
    kinds = [BPMN + name for name in ("process", "participant", "lane", "message", "error")]
    branches = [it for it in drawing.iter(BPMN + "sequenceFlow") if it.get("name")]
    explained = [*flow_nodes(drawing), *drawing.iter(*kinds), *branches]

    assert [it.get("id") for it in explained if not documentation(it)] == []


def test_every_branch_says_when_it_is_taken(drawing: Element):
    branching = {
        it.get("id")
        for kind in ("exclusiveGateway", "inclusiveGateway")
        for it in drawing.iter(BPMN + kind)
        if len(it.findall(BPMN + "outgoing")) > 1
    }

    unlabelled = [
        it.get("id")
        for it in drawing.iter(BPMN + "sequenceFlow")
        if it.get("sourceRef") in branching and not it.get("name")
    ]

    assert unlabelled == []


def test_every_lane_names_a_role_that_there_is(drawing: Element):
    lanes = list(drawing.iter(BPMN + "lane"))

    assert lanes
    assert {str(lane.get(CLEARWAY + "role")) for lane in lanes} <= ROLES


def test_every_field_of_a_form_has_a_title(process: str):
    fields = [
        (form.name, name, field)
        for form in (FOLDER / process / "forms").glob("*.json")
        for name, field in json.loads(form.read_text())["properties"].items()
    ]

    assert fields
    assert [(form, name) for form, name, field in fields if not field.get("title")] == []


def test_the_gate_finds_nothing(process: str):
    surroundings = Surroundings(frozenset(STEPS), frozenset(RULES), ROLES)

    assert check(read_bundle(FOLDER, process), surroundings) == []


def test_every_scenario_is_green(process: str):
    results = scenario_results(process)

    assert [(it.file, it.failure) for it in results if not it.passed] == []
    assert len(results) == len(list((FOLDER / process / "scenarios").glob("*.yaml")))


def test_the_scenarios_visit_every_node(process: str, drawing: Element):
    visited = frozenset[str]().union(*(it.visited for it in scenario_results(process)))

    assert sorted({str(it.get("id")) for it in flow_nodes(drawing)} - visited) == []


def test_the_scenarios_take_every_way_out_of_a_gateway(process: str, drawing: Element):
    visited = frozenset[str]().union(*(it.visited for it in scenario_results(process)))
    gateways = {
        str(it.get("id"))
        for kind in ("exclusiveGateway", "inclusiveGateway", "parallelGateway")
        for it in drawing.iter(BPMN + kind)
        if len(it.findall(BPMN + "outgoing")) > 1
    }
    flows = [it for it in drawing.iter(BPMN + "sequenceFlow") if it.get("sourceRef") in gateways]

    assert sorted({str(it.get("id")) for it in flows} - visited) == []


# --- what a drawing holds ---------------------------------------------------------------------


@cache
def scenario_results(process: str) -> list[ScenarioResult]:
    return run_scenarios_of(read_bundle(FOLDER, process))


def flow_nodes(drawing: Element) -> Iterator[Element]:
    for element in drawing.iter():
        tag = str(element.tag)
        if tag.startswith(BPMN) and NODE.search(tag):
            yield element


def boxes(drawing: Element) -> dict[str, Box]:
    found: dict[str, Box] = {}
    for shape in drawing.iter(BPMNDI + "BPMNShape"):
        bounds = shape.find(DC + "Bounds")
        assert bounds is not None, shape.get("id")
        x, y, width, height = (float(bounds.get(it, "nan")) for it in ("x", "y", "width", "height"))
        found[shape.get("bpmnElement", "")] = (x, y, x + width, y + height)
    return found


def edges(drawing: Element) -> dict[str, list[Point]]:
    return {
        edge.get("bpmnElement", ""): [
            (float(it.get("x", "nan")), float(it.get("y", "nan")))
            for it in edge.findall(DI + "waypoint")
        ]
        for edge in drawing.iter(BPMNDI + "BPMNEdge")
    }


def documentation(element: Element) -> str:
    return (element.findtext(BPMN + "documentation") or "").strip()


# --- geometry ---------------------------------------------------------------------------------


def on_border(point: Point, box: Box) -> bool:
    x, y = point
    within = box[0] - NEAR <= x <= box[2] + NEAR and box[1] - NEAR <= y <= box[3] + NEAR
    at_an_edge = min(abs(x - box[0]), abs(x - box[2]), abs(y - box[1]), abs(y - box[3])) <= NEAR
    return within and at_an_edge


def overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def inside(inner: Box, outer: Box) -> bool:
    return (
        outer[0] <= inner[0]
        and outer[1] <= inner[1]
        and inner[2] <= outer[2]
        and inner[3] <= outer[3]
    )


def middle(box: Box) -> Point:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def segment_box(a: Point, b: Point) -> Box:
    """A thin box around a straight piece, so that it has an inside."""
    thin = 0.01
    return (
        min(a[0], b[0]) - thin,
        min(a[1], b[1]) - thin,
        max(a[0], b[0]) + thin,
        max(a[1], b[1]) + thin,
    )


def cross(a: list[Point], b: list[Point]) -> bool:
    return any(
        overlap(segment_box(*one), segment_box(*other))
        for one in itertools.pairwise(a)
        for other in itertools.pairwise(b)
    )


def share_an_end(a: Element, b: Element) -> bool:
    return a.get("sourceRef") == b.get("sourceRef") or a.get("targetRef") == b.get("targetRef")


def belong_together(a: Element, b: Element) -> bool:
    """One holds the other, or carries it on its border."""
    return (
        a in b.iterancestors()
        or b in a.iterancestors()
        or a.get("attachedToRef") == b.get("id")
        or b.get("attachedToRef") == a.get("id")
    )


def around(node: Element, flow: Element) -> bool:
    """The node is an end of the flow, holds it, or carries the event where it begins."""
    ends = (flow.get("sourceRef"), flow.get("targetRef"))
    starts_on_it = any(
        it.get("id") == flow.get("sourceRef") and it.get("attachedToRef") == node.get("id")
        for it in node.getparent().iter(BPMN + "boundaryEvent")
    )
    return node.get("id") in ends or node in flow.iterancestors() or starts_on_it
