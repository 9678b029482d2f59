"""Draws what a file says but does not show: shapes and edges where they are missing."""

from dataclasses import dataclass

from clearway.diagrams.errors import NoLayout
from clearway.diagrams.grid import Box, Point
from clearway.diagrams.naming import declare
from clearway.diagrams.placing import Style, insert, set_attribute, take_out
from clearway.diagrams.plot import Plot, ends_of, plot, plot_alone, route_missing
from clearway.diagrams.source import BPMN, BPMNDI, DC, DI, Document, Element, parse
from clearway.engine.model import FLOW_NODES, SUBPROCESSES

_SHAPES = FLOW_NODES | {
    "participant",
    "lane",
    "textAnnotation",
    "group",
    "dataObjectReference",
    "dataStoreReference",
}
_PREFIXES = {BPMNDI: "bpmndi", DC: "dc", DI: "di"}


_SCOPES = frozenset(BPMN + it for it in (*SUBPROCESSES, "process"))


@dataclass(frozen=True, slots=True)
class Layout:
    """A file with its drawing, how many elements were missing in it, and what was done."""

    data: bytes
    missing: int
    note: str


def layout(data: bytes) -> Layout:
    """Draw what is not drawn; a file in which everything is drawn stays as it is.

    Where only flows are missing they are added and nothing moves. Otherwise all is laid out
    anew; colours and whatever else shapes carry stays, the places of labels do not.
    Raises NotReadable, and NoLayout for what cannot be laid out.
    """
    document = parse(data)
    if document.root.tag != BPMN + "definitions":
        raise NoLayout("This is no BPMN file; only those have a layout.")
    wanted = _wanted(document.root)
    boxes, ways = drawn(document.root)
    missing = {it: wanted[it] for it in wanted if it not in boxes and it not in ways}
    if not missing:
        return Layout(data, 0, "Everything is drawn.")
    note = _draw(document, missing, boxes)
    laid = document.to_bytes()
    shown = drawn(parse(laid).root)
    left = [it for it in missing if it not in shown[0] and it not in shown[1]]
    if left:
        names = ", ".join(f"`{it}`" for it in left[:5])
        raise NoLayout(f"No place was found for {names}. Draw them in the editor.")
    return Layout(laid, len(missing), note)


def _draw(document: Document, missing: dict[str, Element], boxes: dict[str, Box]) -> str:
    hidden = _hidden(document.root, boxes) if boxes else []
    inside = {it.get("id") for scope in hidden for it in scope.walk() if it is not scope}
    rest = {name: it for name, it in missing.items() if name not in inside}
    drawing = _Drawing(document)
    if all(_is_flow(it, boxes) for it in rest.values()):
        found = route_missing(document.root, boxes)
        drawing.add_ways({it: found[it] for it in rest if it in found})
        drawing.add_planes([plot_alone(it) for it in hidden if inside & missing.keys()])
        return f"{_counted(len(missing), 'element')} drawn; nothing else was moved."
    plots = plot(document.root)
    if not plots:
        raise NoLayout("There is nothing in the file that could be laid out.")
    drawing.draw(plots)
    return f"{_counted(len(missing), 'element')} without a place, so all was laid out anew."


def _hidden(root: Element, boxes: dict[str, Box]) -> list[Element]:
    """The outermost processes and subprocesses of which nothing is drawn."""
    found: list[Element] = []
    for scope in root.walk():
        is_shown = scope.local == "process" or scope.get("id") in boxes
        if scope.tag not in _SCOPES or not is_shown or not scope.get("id"):
            continue
        nodes = [it.get("id") for it in scope.walk() if it.local in FLOW_NODES and it is not scope]
        if nodes and not boxes.keys() & set(nodes):
            found.append(scope)
    return found


def drawn(root: Element) -> tuple[dict[str, Box], dict[str, list[Point]]]:
    """The boxes and ways that a file has, by what they stand for."""
    boxes: dict[str, Box] = {}
    ways: dict[str, list[Point]] = {}
    for it in root.walk():
        name = it.get("bpmnElement").rpartition(":")[2]
        if not name or not it.tag.startswith(BPMNDI):
            continue
        bounds = it.find(DC + "Bounds")
        points = [_numbers(p, ("x", "y")) for p in it.children if p.tag == DI + "waypoint"]
        if bounds is not None and it.local == "BPMNShape":
            boxes[name] = Box(*_numbers(bounds, ("x", "y", "width", "height")))
        elif len(points) > 1:
            ways[name] = [(p[0], p[1]) for p in points]
    return boxes, ways


def _numbers(element: Element, names: tuple[str, ...]) -> list[float]:
    try:
        return [float(element.get(it) or "0") for it in names]
    except ValueError as error:
        where = f"<{element.local}> in line {element.line}"
        raise NoLayout(f"{where} has a place that is no number. Correct it.") from error


def _wanted(root: Element) -> dict[str, Element]:
    """What has to be drawn, by id."""
    found: dict[str, Element] = {}
    names = {it.get("id") for it in root.walk()}
    for it in root.walk():
        if not it.tag.startswith(BPMN) or not it.get("id"):
            continue
        ends = ends_of(it)
        if it.local in _SHAPES or (ends is not None and set(ends) <= names):
            found[it.get("id")] = it
    # What data belongs to may be shown nowhere: an operation, a process.
    shapes = {it for it, element in found.items() if element.local in _SHAPES}
    return {
        name: it
        for name, it in found.items()
        if not it.local.startswith("data")
        or it.local in _SHAPES
        or set(ends_of(it) or ()) <= shapes
    }


def _is_flow(element: Element, boxes: dict[str, Box]) -> bool:
    ends = ends_of(element)
    return ends is not None and set(ends) <= boxes.keys()


def _counted(number: int, what: str) -> str:
    return f"1 {what} was" if number == 1 else f"{number} {what}s were"


class _Drawing:
    """Writes shapes and edges into a file."""

    def __init__(self, document: Document) -> None:
        self.root = document.root
        self.style = Style(document)
        self.ids = {it.get("id") for it in self.root.walk()}
        self.known: dict[str, Element] = {}
        for it in self.root.walk():
            if it.tag in (BPMNDI + "BPMNShape", BPMNDI + "BPMNEdge") and it.get("bpmnElement"):
                self.known.setdefault(it.get("bpmnElement").rpartition(":")[2], it)

    def draw(self, plots: list[Plot]) -> None:
        """All planes anew, each in a diagram; what shapes carry is kept."""
        for it in self.known.values():
            take_out(self.style, it)
        old = [it for it in self.root.children if it.tag == BPMNDI + "BPMNDiagram"]
        for number, made in enumerate(plots):
            plane = old[number].find(BPMNDI + "BPMNPlane") if number < len(old) else None
            self._fill(plane, made)
        for it in old[len(plots) :]:
            if not any(
                inner.get("bpmnElement") for inner in it.walk() if inner.local != "BPMNPlane"
            ):
                take_out(self.style, it)

    def add_planes(self, plots: list[Plot]) -> None:
        """Further diagrams, for what is shown nowhere."""
        for made in plots:
            self._fill(None, made)

    def _fill(self, plane: Element | None, made: Plot) -> None:
        if plane is None:
            diagram = self._add(self.root, BPMNDI + "BPMNDiagram", made.root + "_diagram")
            plane = self._add(diagram, BPMNDI + "BPMNPlane", made.root + "_plane")
        set_attribute(plane, "bpmnElement", "bpmnElement", made.root)
        for name, box in made.boxes.items():
            self._shape(plane, name, box, made)
        for name, way in made.ways.items():
            self._edge(plane, name, way)

    def add_ways(self, ways: dict[str, list[Point]]) -> None:
        """Edges for flows, in the plane where their ends are."""
        planes = [it for it in self.root.walk() if it.tag == BPMNDI + "BPMNPlane"]
        for name, way in ways.items():
            old = self.known.get(name)
            plane = old.parent if old is not None else planes[0]
            if old is not None:
                take_out(self.style, old)
            self._edge(plane or planes[0], name, way)

    def _shape(self, plane: Element, name: str, box: Box, made: Plot) -> None:
        shape = self._drawn(plane, name, "BPMNShape", "_shape")
        if name in made.frames:
            set_attribute(shape, "isHorizontal", "isHorizontal", "true")
        if name in made.opened:
            set_attribute(shape, "isExpanded", "isExpanded", "true")
        bounds = shape.find(DC + "Bounds") or self._add(shape, DC + "Bounds", "", first=True)
        for key in ("x", "y", "width", "height"):
            set_attribute(bounds, key, key, f"{getattr(box, key):g}")

    def _edge(self, plane: Element, name: str, way: list[Point]) -> None:
        edge = self._drawn(plane, name, "BPMNEdge", "_edge")
        for it in edge.children:
            if it.tag == DI + "waypoint":
                take_out(self.style, it)
        last: Element | None = None
        for x, y in way:
            point = self._add(edge, DI + "waypoint", "", first=last is None, behind=last)
            set_attribute(point, "x", "x", f"{x:g}")
            set_attribute(point, "y", "y", f"{y:g}")
            last = point

    def _drawn(self, plane: Element, name: str, kind: str, ending: str) -> Element:
        known = self.known.get(name)
        if known is not None and known.local == kind:
            insert(self.style, plane, known, plane.last)
            label = known.find(BPMNDI + "BPMNLabel")
            place = label.find(DC + "Bounds") if label is not None else None
            if place is not None:
                take_out(self.style, place)
            return known
        made = self._add(plane, BPMNDI + kind, name + ending)
        set_attribute(made, "bpmnElement", "bpmnElement", name)
        return made

    def _add(
        self,
        parent: Element,
        tag: str,
        identity: str,
        first: bool = False,
        behind: Element | None = None,
    ) -> Element:
        uri, _, local = tag.rpartition("}")
        made = Element("", tag, parent.scope, parent=parent, tail=self.style.empty_tail)
        if behind is None and not first:
            behind = parent.last
        made.name = f"{self._prefix(uri + '}')}{local}"
        insert(self.style, parent, made, behind)
        if identity:
            number = 1
            wanted = identity
            while identity in self.ids:
                number += 1
                identity = f"{wanted}_{number}"
            self.ids.add(identity)
            set_attribute(made, "id", "id", identity)
        return made

    def _prefix(self, namespace: str) -> str:
        uri = namespace[1:-1]
        for prefix, bound in self.root.scope.items():
            if bound == uri:
                return f"{prefix}:" if prefix else ""
        wanted = _PREFIXES[namespace]
        while wanted in self.root.scope:
            wanted += "1"
        self.root.scope[wanted] = uri
        declare(self.root, wanted, uri)
        return f"{wanted}:"
