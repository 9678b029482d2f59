"""Asks the layout library for places of what lies in one process; the only room that knows it."""

from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import quoteattr

from bpmn_io.auto_layout import Layouter
from bpmn_io.auto_layout import LayoutError as _LibraryError

from clearway.diagrams.errors import NoLayout
from clearway.diagrams.source import BPMN, Element, parse
from clearway.engine.model import FLOW_NODES, SUBPROCESSES

Point = tuple[float, float]

_MODEL = BPMN[1:-1]
MOST_NODES = 2_500
"""More than this takes minutes, and nobody can read it."""


@dataclass(slots=True)
class Box:
    """Where something is: its upper left corner, its width and height."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The x of its right side."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The y of its lower side."""
        return self.y + self.height

    @property
    def middle(self) -> Point:
        """Its centre."""
        return self.x + self.width / 2, self.y + self.height / 2

    def shift(self, dx: float, dy: float) -> None:
        """Move it."""
        self.x += dx
        self.y += dy


@dataclass(slots=True)
class Grid:
    """Places of nodes and ways of flows, by id."""

    boxes: dict[str, Box] = field(default_factory=dict[str, Box])
    ways: dict[str, list[Point]] = field(default_factory=dict[str, list[Point]])


def lay_out(process: Element) -> Grid:
    """Places for all nodes and flows of a process, those in its subprocesses included."""
    names: dict[str, str] = {}
    inside = "".join(_written(process, names))
    if len(names) > MOST_NODES:
        raise NoLayout(
            f"`{process.get('id')}` has {len(names)} elements; at most {MOST_NODES} are laid out. "
            "Split the process into called processes."
        )
    expanded = "".join(
        f'<di:BPMNShape id="{name}_s" bpmnElement="{name}" isExpanded="true"/>'
        for name in names.values()
        if name.startswith("s")
    )
    xml = (
        f'<definitions xmlns="{_MODEL}" id="d" '
        'xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI">'
        f'<process id="p">{inside}</process><di:BPMNDiagram id="dd">'
        f'<di:BPMNPlane id="dp" bpmnElement="p">{expanded}</di:BPMNPlane></di:BPMNDiagram>'
        "</definitions>"
    )
    layouter: Any = Layouter()
    try:
        written: str = layouter.layout_process(xml)
    except (_LibraryError, RecursionError, AttributeError, TypeError, LookupError) as error:
        raise NoLayout(
            f"No layout was found for `{process.get('id')}`. Draw it in the editor."
        ) from error
    return _read(parse(written.encode()).root, {short: name for name, short in names.items()})


def _written(scope: Element, names: dict[str, str]) -> list[str]:
    """The bare elements of a scope with short names, as the library reads them."""
    nodes = [it for it in scope.children if it.tag.startswith(BPMN) and it.local in FLOW_NODES]
    known: set[str] = set()
    for node in nodes:
        if node.get("id"):
            letter = "s" if node.local in SUBPROCESSES else "n"
            names[node.get("id")] = f"{letter}{len(names)}"
            known.add(node.get("id"))
    flows = [
        it
        for it in scope.children
        if it.tag == BPMN + "sequenceFlow"
        and it.get("id")
        and {it.get("sourceRef"), it.get("targetRef")} <= known
    ]
    ends: dict[str, list[str]] = {}
    written: list[str] = []
    for flow in flows:
        names[flow.get("id")] = short = f"f{len(names)}"
        source, target = names[flow.get("sourceRef")], names[flow.get("targetRef")]
        written.append(f'<sequenceFlow id="{short}" sourceRef="{source}" targetRef="{target}"/>')
        ends.setdefault(source, []).append(f"<outgoing>{short}</outgoing>")
        ends.setdefault(target, []).insert(0, f"<incoming>{short}</incoming>")
    for node in nodes:
        if node.get("id") not in known:
            continue
        short = names[node.get("id")]
        host = names.get(node.get("attachedToRef"))
        kind = "subProcess" if node.local in SUBPROCESSES else node.local
        if kind == "boundaryEvent" and host is None:
            kind = "intermediateCatchEvent"
        attached = f" attachedToRef={quoteattr(host)}" if host and kind == "boundaryEvent" else ""
        ends_here = sorted(ends.get(short, []), key=lambda it: it.startswith("<outgoing"))
        inner = "".join(_written(node, names)) if kind == "subProcess" else ""
        written.append(f'<{kind} id="{short}"{attached}>{"".join(ends_here)}{inner}</{kind}>')
    return written


def _read(root: Element, names: dict[str, str]) -> Grid:
    grid = Grid()
    for drawn in root.walk():
        name = names.get(drawn.get("bpmnElement"))
        if name is None:
            continue
        for it in drawn.children:
            if it.local == "Bounds":
                numbers = [float(it.get(key)) for key in ("x", "y", "width", "height")]
                grid.boxes[name] = Box(*numbers)
            elif it.local == "waypoint":
                point = (float(it.get("x")), float(it.get("y")))
                grid.ways.setdefault(name, []).append(point)
    return grid
