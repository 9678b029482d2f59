"""Draws each thing of a diagram that has a place: events, activities, gateways, pools, data."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from clearway.diagrams.grid import Box
from clearway.diagrams.source import BPMN, Element
from clearway.diagrams.svg import (
    FRAME,
    INK,
    LINE,
    PAPER,
    QUIET,
    fits,
    height_of,
    label_lines,
    path,
    tag,
    text_block,
    wrapped,
)
from clearway.diagrams.svg_icons import envelope, event_sign, foot_sign, gateway_sign, task_sign
from clearway.diagrams.wording import events_of, is_true, label, texts
from clearway.engine.model import GATEWAYS, SUBPROCESSES

_COLOUR = re.compile(r"#[0-9a-fA-F]{3}([0-9a-fA-F]{3})?")
_FILLS = (
    "{http://www.omg.org/spec/BPMN/non-normative/color/1.0}background-color",
    "{http://bpmn.io/schema/bpmn/biocolor/1.0}fill",
)
_STRIP = 30.0
_TALL = 150.0
_DASHES = "6 4"
_DOTS = "1.5 4"
ACTIVITY = re.compile(r"(task|Task|Process|transaction|callActivity)$")


@dataclass(frozen=True, slots=True)
class Shape:
    """What is drawn, where, and what the drawing says about it."""

    element: Element
    box: Box
    drawn: Element
    place: Box | None
    """Where its label is, when the file says so."""
    is_open: bool
    """Whether a subprocess shows what is in it."""

    @property
    def fill(self) -> str:
        """The colour that the file gives it; only plain numbers are taken."""
        found = next((self.drawn.get(it) for it in _FILLS if self.drawn.get(it)), "")
        return found if _COLOUR.fullmatch(found) else PAPER


def draw(shape: Shape, by_id: Mapping[str, Element]) -> str:
    """The SVG of one shape, its label included."""
    name = shape.element.local
    if name in ("participant", "lane"):
        return _frame(shape)
    if name.endswith("Event") and name != "event":
        return _event(shape)
    if name in GATEWAYS:
        return _gateway(shape)
    if name in ("dataObjectReference", "dataObject", "dataInput", "dataOutput"):
        return _data(shape, by_id)
    if name in ("dataStoreReference", "dataStore"):
        return _store(shape)
    if name == "textAnnotation":
        return _note(shape)
    if name == "group":
        return _group(shape, by_id)
    if name == "message":
        return envelope(*shape.box.middle, filled=False) + _below(shape, label(shape.element))
    if name in ("conversation", "subConversation", "callConversation"):
        return _conversation(shape)
    if name in ("choreographyTask", "subChoreography", "callChoreography"):
        return _rounded(shape, 10, 1.5) + _inside(shape, 0)
    if ACTIVITY.search(name):
        return _activity(shape)
    return _rounded(shape, 2, 1.5, dash=_DASHES) + _inside(shape, 0)


def _event(shape: Shape) -> str:
    element, box = shape.element, shape.box
    x, y = box.middle
    radius = min(box.width, box.height) / 2
    name = element.local
    is_quiet = (
        name == "boundaryEvent" and not is_true(element, "cancelActivity", otherwise=True)
    ) or (name == "startEvent" and not is_true(element, "isInterrupting", otherwise=True))
    ring = {"fill": shape.fill, "stroke": INK, "stroke_dasharray": "4 3" if is_quiet else None}
    line = 3.2 if name == "endEvent" else 1.5
    drawn = tag("circle", cx=x, cy=y, r=radius, stroke_width=line, **ring)
    if name not in ("startEvent", "endEvent"):
        drawn += tag("circle", cx=x, cy=y, r=max(radius - 3.5, 1), stroke_width=1.5, **ring)
    kinds = events_of(element)
    throws = name in ("endEvent", "intermediateThrowEvent")
    if len(kinds) > 1:
        kinds = ["parallel" if is_true(element, "parallelMultiple") else "multiple"]
    if kinds:
        drawn += event_sign(kinds[0], x, y, radius, throws)
    return drawn + _below(shape, element.get("name"))


def _gateway(shape: Shape) -> str:
    element, box = shape.element, shape.box
    x, y = box.middle
    diamond = f"M{x:g} {box.y:g}L{box.right:g} {y:g}L{x:g} {box.bottom:g}L{box.x:g} {y:g}Z"
    drawn = path(diamond, fill=shape.fill)
    hidden = element.local == "exclusiveGateway" and not is_true(
        shape.drawn, "isMarkerVisible", otherwise=True
    )
    if not hidden:
        starts = is_true(element, "instantiate")
        parallel = element.get("eventGatewayType") == "Parallel"
        size = min(box.width, box.height)
        drawn += gateway_sign(element.local, x, y, size, starts, parallel)
    return drawn + _below(shape, element.get("name"))


def _activity(shape: Shape) -> str:
    element, box = shape.element, shape.box
    name = element.local
    is_event = is_true(element, "triggeredByEvent")
    thick = 3.5 if name == "callActivity" else 1.5
    drawn = _rounded(shape, 10, thick, dash=_DOTS if is_event else None)
    if name == "transaction":
        inner = Box(box.x + 3.5, box.y + 3.5, max(box.width - 7, 1), max(box.height - 7, 1))
        drawn += _rectangle(inner, 7, fill="none")
    sign = _type_of(shape)
    if sign:
        drawn += task_sign(sign, box.x + 15, box.y + 14)
    feet = _feet(shape)
    start = box.middle[0] - (len(feet) - 1) * 9
    for number, foot in enumerate(feet):
        drawn += foot_sign(foot, start + number * 18, box.bottom - 11)
    if (shape.is_open and name in SUBPROCESSES) or box.height > _TALL:
        lines = wrapped(element.get("name"), max(box.width - 20, 20))
        return drawn + text_block(lines, box.middle[0], box.y + 8)
    return drawn + _inside(shape, 18 if feet else 0, 13 if sign else 0)


def _type_of(shape: Shape) -> str:
    name = shape.element.local
    return name if name.endswith("Task") else ""


def _feet(shape: Shape) -> list[str]:
    element = shape.element
    found: list[str] = []
    for it in element.children:
        if it.tag == BPMN + "standardLoopCharacteristics":
            found.append("loop")
        if it.tag == BPMN + "multiInstanceLoopCharacteristics":
            found.append("sequential" if is_true(it, "isSequential") else "parallel")
    if is_true(element, "isForCompensation"):
        found.append("compensation")
    if element.local == "adHocSubProcess":
        found.append("ad hoc")
    if element.local in SUBPROCESSES and not shape.is_open:
        found.append("closed")
    return found


def _frame(shape: Shape) -> str:
    """A pool or lane, with its name turned where it lies."""
    element, box = shape.element, shape.box
    if element.local == "participant" and shape.drawn.get("choreographyActivityShape"):
        return _band(shape)
    lies = is_true(shape.drawn, "isHorizontal", otherwise=box.width >= box.height)
    is_pool = element.local == "participant"
    is_plain = is_pool and not element.get("processRef") and box.height <= 120
    drawn = _rectangle(box, 0, fill=shape.fill)
    if is_plain:
        return drawn + _inside(shape, 0) + _many(shape)
    strip = Box(box.x, box.y, _STRIP, box.height) if lies else Box(box.x, box.y, box.width, _STRIP)
    if is_pool:
        drawn += _rectangle(strip, 0, fill=FRAME)
    x, y = strip.middle
    lines = wrapped(element.get("name"), (box.height if lies else box.width) - 10)[:2]
    text = text_block(lines, x, y - height_of(lines) / 2)
    if lies and text:
        text = tag("g", text, transform=f"rotate(-90 {x:g} {y:g})")
    return drawn + text + _many(shape)


def _many(shape: Shape) -> str:
    if shape.element.find(BPMN + "participantMultiplicity") is None:
        return ""
    return foot_sign("parallel", shape.box.middle[0], shape.box.bottom - 10)


def _band(shape: Shape) -> str:
    """Who takes part in a choreography; who does not begin it is shaded."""
    kind = shape.drawn.get("participantBandKind")
    fill = FRAME if "non_initiating" in kind else PAPER
    return _rectangle(shape.box, 3, fill=fill) + _inside(shape, 0)


def _data(shape: Shape, by_id: Mapping[str, Element]) -> str:
    box = shape.box
    fold = min(box.width, box.height) * 0.3
    outline = (
        f"M{box.x:g} {box.y:g}H{box.right - fold:g}L{box.right:g} {box.y + fold:g}"
        f"V{box.bottom:g}H{box.x:g}Z"
    )
    corner = f"M{box.right - fold:g} {box.y:g}V{box.y + fold:g}H{box.right:g}"
    drawn = path(outline, fill=shape.fill) + path(corner)
    name = shape.element.local
    if name in ("dataInput", "dataOutput"):
        arrow = path("M4 9.5h9V5.5l7 6.5-7 6.5v-4H4z", fill=INK if name == "dataOutput" else PAPER)
        place = f"translate({box.x + 2:g} {box.y + 2:g}) scale(.6)"
        drawn += tag("g", arrow, transform=place)
    behind = by_id.get(shape.element.get("dataObjectRef"), shape.element)
    if is_true(behind, "isCollection"):
        drawn += foot_sign("parallel", box.middle[0], box.bottom - 8)
    state = shape.element.find(BPMN + "dataState")
    told = shape.element.get("name")
    if state is not None and state.get("name"):
        told = f"{told} [{state.get('name')}]"
    return drawn + _below(shape, told)


def _store(shape: Shape) -> str:
    box = shape.box
    flat = box.height * 0.13
    left, right, top, bottom = box.x, box.right, box.y + flat, box.bottom - flat
    arc = f"A{box.width / 2:g} {flat:g} 0 0"
    body = f"M{left:g} {top:g}{arc} 1 {right:g} {top:g}V{bottom:g}{arc} 1 {left:g} {bottom:g}Z"
    rings = "".join(
        f"M{left:g} {top + n * flat * 0.8:g}{arc} 0 {right:g} {top + n * flat * 0.8:g}"
        for n in range(3)
    )
    return path(body, fill=shape.fill) + path(rings) + _below(shape, shape.element.get("name"))


def _note(shape: Shape) -> str:
    box = shape.box
    bracket = f"M{box.x + 10:g} {box.y:g}H{box.x:g}V{box.bottom:g}H{box.x + 10:g}"
    text = "\n".join(texts(shape.element, "text"))
    lines = wrapped(text, max(box.width - 10, 30))
    return path(bracket) + text_block(lines, box.x + 6, box.y + 4, anchor="start", halo=True)


def _group(shape: Shape, by_id: Mapping[str, Element]) -> str:
    value = by_id.get(shape.element.get("categoryValueRef").rpartition(":")[2])
    name = value.get("value") if value is not None else shape.element.get("name")
    frame = _rectangle(shape.box, 10, fill="none", stroke=QUIET, stroke_dasharray="8 4 2 4")
    lines = wrapped(name, max(shape.box.width - 10, 40))
    return frame + text_block(lines, shape.box.middle[0], shape.box.y + 4, halo=True)


def _conversation(shape: Shape) -> str:
    box = shape.box
    quarter = box.width / 4
    hexagon = (
        f"M{box.x:g} {box.middle[1]:g}L{box.x + quarter:g} {box.y:g}H{box.right - quarter:g}"
        f"L{box.right:g} {box.middle[1]:g}L{box.right - quarter:g} {box.bottom:g}"
        f"H{box.x + quarter:g}Z"
    )
    thick = 3 if shape.element.local == "callConversation" else 1.5
    return path(hexagon, fill=shape.fill, stroke_width=thick) + _below(
        shape, shape.element.get("name")
    )


def _rounded(shape: Shape, radius: float, line: float, dash: str | None = None) -> str:
    return _rectangle(shape.box, radius, fill=shape.fill, stroke_width=line, stroke_dasharray=dash)


def _rectangle(box: Box, radius: float, **values: object) -> str:
    wanted = {"fill": PAPER, "stroke": INK, "stroke_width": 1.5} | values
    place = {"x": box.x, "y": box.y, "width": box.width, "height": box.height}
    return tag("rect", **place, rx=radius or None, **wanted)


def _inside(shape: Shape, foot: float, head: float = 0) -> str:
    """The name in the middle of a box, smaller where it would not fit."""
    box, name = shape.box, shape.element.get("name")
    room = max(box.height - foot - head - 6, LINE)
    width = max(box.width - 8, 20)
    size = 12.0
    while size > 8 and not (
        fits(name, width, size) and height_of(wrapped(name, width, size), size) <= room
    ):
        size -= 1
    lines = wrapped(name, width, size)
    top = box.y + head + 3 + (room - height_of(lines, size)) / 2
    return text_block(lines, box.middle[0], max(top, box.y + 2), size=size)


def _below(shape: Shape, name: str) -> str:
    """A label where the file puts it, or below the shape."""
    place = shape.place
    if place is None or place.width <= 0:
        lines = label_lines(name, max(shape.box.width, 90))
        return text_block(lines, shape.box.middle[0], shape.box.bottom + 4, halo=True)
    lines = label_lines(name, max(place.width + 8, 60))
    # A label above a shape grows upwards, so that it never runs into the shape.
    is_above = place.middle[1] < shape.box.y
    top = place.bottom - height_of(lines) + 1 if is_above else place.y - 1
    return text_block(lines, place.middle[0], top, halo=True)
