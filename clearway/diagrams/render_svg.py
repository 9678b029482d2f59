"""Makes one SVG of all diagrams in a file: what is drawn where the file says, nothing left out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from clearway.diagrams.errors import CannotDraw, NoLayout
from clearway.diagrams.grid import Box, Point
from clearway.diagrams.layout import layout
from clearway.diagrams.source import BPMN, BPMNDI, DC, DI, Element, parse
from clearway.diagrams.svg import FONTS, PAPER, SIZE, escaped, tag, text_block, width_of
from clearway.diagrams.svg_edges import Edge, draw_edge, draw_edge_label
from clearway.diagrams.svg_shapes import Shape, draw
from clearway.diagrams.wording import kind_of, label, plain
from clearway.engine.model import SUBPROCESSES

_MARGIN = 24.0
_HEAD = 28.0
_FARTHEST = 1_000_000.0
_FRAMES = ("participant", "lane")
_BEHIND = ("group",)


@dataclass(frozen=True, slots=True)
class Picture:
    """An SVG, its size in pixels, and what the file names but does not draw."""

    svg: str
    width: float
    height: float
    missing: tuple[str, ...] = ()


@dataclass(slots=True)
class _Plane:
    """One diagram of the file."""

    title: str
    shapes: list[Shape] = field(default_factory=list[Shape])
    edges: list[Edge] = field(default_factory=list[Edge])


def render_svg(xml: bytes) -> Picture:
    """Draw a file; what has no place in it is laid out first.

    Raises NotReadable for what is no harmless XML, CannotDraw where there is nothing to draw.
    """
    missing: tuple[str, ...] = ()
    try:
        xml = layout(xml).data
    except NoLayout as problem:
        missing = (str(problem),)
    root = parse(xml).root
    by_id = {it.get("id"): it for it in root.walk() if it.get("id") and not _is_drawing(it)}
    planes = [it for it in _planes(root, by_id) if it.shapes or it.edges]
    if not planes:
        raise CannotDraw(" ".join(("There is nothing in the file that can be drawn.", *missing)))
    top = 0.0
    width = 0.0
    parts: list[str] = []
    for number, plane in enumerate(planes):
        box = _around(plane)
        head = _HEAD if len(planes) > 1 and (number or plane.title) else 0.0
        if head:
            title = plane.title or f"Diagram {number + 1}"
            parts.append(text_block([title], _MARGIN, top + 8, "start", 15, font_weight="bold"))
            width = max(width, width_of(title, 16) + 2 * _MARGIN)
        shift = f"translate({_MARGIN - box.x:.8g} {top + head + _MARGIN - box.y:.8g})"
        parts.append(tag("g", "".join(_drawn(plane, by_id)), transform=shift))
        top += head + box.height + 2 * _MARGIN
        width = max(width, box.width + 2 * _MARGIN)
    for sentence in missing:
        parts.append(text_block([sentence], _MARGIN, top, "start"))
        width, top = max(width, width_of(sentence) + 2 * _MARGIN), top + 24
    return Picture(_whole(root, planes, parts, width, top), width, top, missing)


def _whole(
    root: Element, planes: list[_Plane], parts: list[str], width: float, height: float
) -> str:
    shapes = sum(len(it.shapes) for it in planes)
    title = _title(root)
    what = f"A diagram with {shapes} shapes and {sum(len(it.edges) for it in planes)} connections."
    return tag(
        "svg",
        f'<title id="diagram-title">{escaped(title)}</title>',
        f'<desc id="diagram-text">{escaped(what)} The outline tells the same in words.</desc>',
        tag("rect", width=width, height=height, fill=PAPER),
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        width=width,
        height=height,
        viewBox=f"0 0 {width:.8g} {height:.8g}",
        role="img",
        aria_labelledby="diagram-title diagram-text",
        font_family=FONTS,
        font_size=SIZE,
    )


def _title(root: Element) -> str:
    for kind in ("participant", "process", "choreography", "collaboration"):
        named = [it for it in root.walk() if it.tag == BPMN + kind and it.get("name")]
        if kind == "participant":
            named = [it for it in named if it.get("processRef")][:1]
        if named:
            return label(named[0])
    return root.get("name") or "Diagram"


def _planes(root: Element, by_id: dict[str, Element]) -> Iterator[_Plane]:
    for diagram in root.children:
        if diagram.tag != BPMNDI + "BPMNDiagram":
            continue
        for it in diagram.children:
            if it.tag == BPMNDI + "BPMNPlane":
                about = by_id.get(plain(it.get("bpmnElement")))
                title = diagram.get("name") or (label(about) if about is not None else "")
                plane = _Plane(title)
                _fill(plane, it, by_id)
                yield plane


def _fill(plane: _Plane, drawing: Element, by_id: dict[str, Element]) -> None:
    boxes: dict[str, Box] = {}
    found: list[tuple[Element, Box, Element]] = []
    for it in drawing.children:
        element = by_id.get(plain(it.get("bpmnElement")))
        if element is None:
            element = Element("", BPMN + "unknown", {}, parent=None)
        if it.tag == BPMNDI + "BPMNShape":
            box = _bounds(it)
            if box is not None:
                boxes[element.get("id")] = box
                found.append((element, box, it))
        elif it.tag == BPMNDI + "BPMNEdge":
            way = [_point(p) for p in it.children if p.tag == DI + "waypoint"]
            if len(way) > 1:
                plane.edges.append(Edge(element, way, it, _label_place(it)))
    for element, box, it in found:
        is_open = element.local in SUBPROCESSES and _is_open(element, box, it, boxes)
        plane.shapes.append(Shape(element, box, it, _label_place(it), is_open))
    plane.shapes.sort(key=_depth)


def _is_open(element: Element, box: Box, drawing: Element, boxes: dict[str, Box]) -> bool:
    """Open when the file says so, or when what is in it is drawn in it."""
    if drawing.get("isExpanded"):
        return drawing.get("isExpanded") in ("true", "1")
    inner = [boxes[it.get("id")] for it in element.children if it.get("id") in boxes]
    return any(box.x <= it.x and it.right <= box.right and box.y <= it.y for it in inner)


def _depth(shape: Shape) -> tuple[int, int]:
    """Frames first, what is around before what is inside, boundary events over their hosts."""
    name = shape.element.local
    depth = 0
    around = shape.element.parent
    while around is not None:
        depth += 1
        around = around.parent
    rank = 0 if name == "participant" else 1 if name == "lane" else 2
    if shape.drawn.get("choreographyActivityShape"):
        rank = 4
    return (rank if name != "boundaryEvent" else 3 + 0 * depth, depth)


def _drawn(plane: _Plane, by_id: dict[str, Element]) -> Iterator[str]:
    frames = [it for it in plane.shapes if _depth(it)[0] < 2 or it.is_open]
    others = [it for it in plane.shapes if it not in frames]
    for shape in frames:
        yield _grouped(shape.element, draw(shape, by_id), by_id)
    for edge in plane.edges:
        yield _grouped(edge.element, draw_edge(edge, by_id), by_id)
    for shape in others:
        yield _grouped(shape.element, draw(shape, by_id), by_id)
    for edge in plane.edges:
        if text := draw_edge_label(edge, by_id):
            yield text


def _grouped(element: Element, drawing: str, by_id: dict[str, Element]) -> str:
    """With what it is, for programs and for who points at it."""
    name = " ".join(element.get("name").split())
    kind = kind_of(element, by_id)
    title = f"<title>{escaped(f'{name} ({kind})' if name else kind)}</title>"
    return tag("g", title, drawing, data_element=element.get("id") or None)


def _around(plane: _Plane) -> Box:
    """The box around everything, its labels included."""
    boxes = [it.box for it in plane.shapes]
    boxes += [it.place for it in (*plane.shapes, *plane.edges) if it.place is not None]
    # A label below a shape that says no place for it.
    boxes += [
        Box(it.box.middle[0] - 45, it.box.bottom, 90, 34)
        for it in plane.shapes
        if it.place is None and it.element.get("name") and it.box.width <= 60
    ]
    xs = [x for it in boxes for x in (it.x, it.right)]
    ys = [y for it in boxes for y in (it.y, it.bottom)]
    for edge in plane.edges:
        xs += [x for x, _ in edge.way]
        ys += [y for _, y in edge.way]
    return Box(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


def _label_place(drawing: Element) -> Box | None:
    found = drawing.find(BPMNDI + "BPMNLabel")
    return _bounds(found) if found is not None else None


def _bounds(drawing: Element) -> Box | None:
    found = drawing.find(DC + "Bounds")
    if found is None:
        return None
    return Box(*(_number(found, it) for it in ("x", "y", "width", "height")))


def _point(element: Element) -> Point:
    return _number(element, "x"), _number(element, "y")


def _number(element: Element, name: str) -> float:
    try:
        number = float(element.get(name) or "0")
    except ValueError:
        number = float("nan")
    if not -_FARTHEST <= number <= _FARTHEST:
        where = f"<{element.local}> in line {element.line}"
        raise CannotDraw(f"{where}: `{name}` is `{element.get(name)}`. Correct this place.")
    return number


def _is_drawing(element: Element) -> bool:
    return element.tag.startswith((BPMNDI, DC, DI))


def ids_of(picture: Picture, wanted: Iterable[str]) -> set[str]:
    """Which of these elements a picture shows."""
    return {it for it in wanted if f'data-element="{escaped(it)}"' in picture.svg}
