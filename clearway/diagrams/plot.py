"""The places of everything that a file says: processes in pools below each other, then the rest."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from clearway.diagrams.bands import Laid, lay_out_in_lanes
from clearway.diagrams.grid import Box, Point
from clearway.diagrams.routes import route, straight, upright
from clearway.diagrams.source import BPMN, Element
from clearway.engine.model import FLOW_NODES, SUBPROCESSES

_LEFT, _TOP, _STRIP, _APART, _ROW = 160.0, 80.0, 30.0, 60.0, 60.0
_SIZES = {
    "dataObjectReference": (36.0, 50.0),
    "dataStoreReference": (50.0, 50.0),
    "textAnnotation": (180.0, 30.0),
    "group": (200.0, 100.0),
}
_LETTERS = 26
"""How many letters of an annotation fit into a line."""
_LINE = 16.0


@dataclass(slots=True)
class Plot:
    """One plane: what it shows, and the boxes and ways on it."""

    root: str
    boxes: dict[str, Box] = field(default_factory=dict[str, Box])
    ways: dict[str, list[Point]] = field(default_factory=dict[str, list[Point]])
    frames: set[str] = field(default_factory=set[str])
    """Pools and lanes, which are drawn lying."""
    opened: set[str] = field(default_factory=set[str])
    """Subprocesses, which are drawn with what is in them."""


def plot(definitions: Element) -> list[Plot]:
    """A plane for each collaboration with all processes, or one for each process."""
    processes = {it.get("id"): it for it in definitions.children if it.tag == BPMN + "process"}
    plots: list[Plot] = []
    for collaboration in definitions.children:
        if collaboration.tag == BPMN + "collaboration" and collaboration.get("id"):
            plots.append(_collaboration(collaboration, processes))
    plots += [plot_alone(process) for name, process in processes.items() if name]
    return [it for it in plots if it.boxes]


def plot_alone(scope: Element) -> Plot:
    """A plane for one process, or for one subprocess whose inside is shown by itself."""
    made = Plot(scope.get("id"))
    laid = lay_out_in_lanes(scope, _LEFT, _TOP)
    _take(made, scope, laid)
    _add_rest(made, [scope], laid.frame.bottom + _APART)
    return made


def route_missing(definitions: Element, boxes: dict[str, Box]) -> dict[str, list[Point]]:
    """Ways for all flows and associations whose two ends have a place."""
    made = Plot("", dict(boxes))
    obstacles = [
        boxes[it.get("id")]
        for it in definitions.walk()
        if it.tag.startswith(BPMN)
        and it.get("id") in boxes
        and it.local in FLOW_NODES
        and it.local not in SUBPROCESSES
    ]
    for it in definitions.walk():
        ends = ends_of(it)
        if ends is None or not set(ends) <= boxes.keys():
            continue
        source, target = boxes[ends[0]], boxes[ends[1]]
        if it.tag == BPMN + "sequenceFlow":
            made.ways[it.get("id")] = route(source, target, obstacles)
        else:
            _link(it, made)
    return made.ways


def artifacts_of(scope: Element) -> Iterator[Element]:
    """Annotations, groups and data that lie somewhere in a process or collaboration."""
    for it in scope.walk():
        if it.tag.startswith(BPMN) and it.local in _SIZES and it.get("id"):
            yield it


def ends_of(element: Element) -> tuple[str, str] | None:
    """What a flow or association connects; None for everything else, and where an end is open."""
    if not element.tag.startswith(BPMN) or not element.get("id"):
        return None
    if element.local in ("sequenceFlow", "messageFlow", "association", "conversationLink"):
        ends = element.get("sourceRef"), element.get("targetRef")
    elif element.local in ("dataInputAssociation", "dataOutputAssociation"):
        owner = element.parent.get("id") if element.parent is not None else ""
        is_input = element.local == "dataInputAssociation"
        other = element.find(BPMN + ("sourceRef" if is_input else "targetRef"))
        name = other.text.strip() if other is not None else ""
        ends = (name, owner) if is_input else (owner, name)
    else:
        return None
    source, target = (it.strip().rpartition(":")[2] for it in ends)
    return (source, target) if source and target else None


def _collaboration(collaboration: Element, processes: dict[str, Element]) -> Plot:
    made = Plot(collaboration.get("id"))
    y = _TOP
    scopes = [collaboration]
    pools = [it for it in collaboration.children if it.local == "participant" and it.get("id")]
    for pool in pools:
        process = processes.pop(pool.get("processRef").rpartition(":")[2], None)
        if process is None:
            made.boxes[pool.get("id")] = Box(_LEFT, y, 0, _ROW)
            y += _ROW + _APART
        else:
            scopes.append(process)
            laid = lay_out_in_lanes(process, _LEFT + _STRIP, y)
            _take(made, process, laid)
            frame = laid.frame
            made.boxes[pool.get("id")] = Box(_LEFT, y, frame.right - _LEFT, frame.height)
            y = frame.bottom + _APART
        made.frames.add(pool.get("id"))
    _make_equal(made, [it.get("id") for it in pools])
    # Processes that nobody is said to take part in stand beside the pools.
    for name in list(processes):
        process = processes.pop(name)
        laid = lay_out_in_lanes(process, _LEFT, y)
        _take(made, process, laid)
        scopes.append(process)
        y = laid.frame.bottom + _APART
    _add_rest(made, scopes, y)
    return made


def _take(made: Plot, process: Element, laid: Laid) -> None:
    """Frames first, and what lies in a subprocess behind it."""
    made.boxes |= laid.lanes
    made.frames |= laid.lanes.keys()
    for it in process.walk():
        name = it.get("id")
        if it is process:
            continue
        if it.tag.startswith(BPMN) and it.local in FLOW_NODES and name in laid.grid.boxes:
            made.boxes[name] = laid.grid.boxes[name]
            if it.local in SUBPROCESSES:
                made.opened.add(name)
    made.ways |= laid.grid.ways


def _make_equal(made: Plot, pools: list[str]) -> None:
    """Pools below each other are equally wide, and so are the lanes in them."""
    right = max((made.boxes[it].right for it in pools if made.boxes[it].width), default=760.0)
    for frame in made.frames:
        made.boxes[frame].width = right - made.boxes[frame].x


def _add_rest(made: Plot, scopes: list[Element], y: float) -> None:
    x = _LEFT
    near = _neighbours(scopes, made)
    artifacts = [it for scope in scopes for it in artifacts_of(scope)]
    for it in sorted(artifacts, key=lambda it: near.get(it.get("id"), 0.0)):
        width, height = _SIZES[it.local]
        text = it.find(BPMN + "text")
        if text is not None:
            height = max(height, _LINE * sum(_lines(line) for line in text.text.splitlines()))
        x = max(x, near.get(it.get("id"), 0.0))
        made.boxes[it.get("id")] = Box(x, y, width, height)
        x += width + _APART
    for scope in scopes:
        for it in scope.walk():
            if it.tag != BPMN + "sequenceFlow":
                _link(it, made)


def _neighbours(scopes: list[Element], made: Plot) -> dict[str, float]:
    """Where on the way from left to right the things are that notes and data belong to."""
    found: dict[str, float] = {}
    for scope in scopes:
        for it in scope.walk():
            ends = ends_of(it) if it.local != "sequenceFlow" else None
            for one, two in (ends, ends[::-1]) if ends is not None else ():
                place = _place(two, made)
                if place is not None:
                    found.setdefault(one, place.x)
    return found


def _lines(line: str) -> int:
    return 1 + len(line) // _LETTERS


def _link(element: Element, made: Plot) -> None:
    ends = ends_of(element)
    if ends is None:
        return
    places = [_place(it, made) for it in ends]
    source, target = places
    if source is None or target is None:
        return
    way = upright if element.local == "messageFlow" else straight
    made.ways[element.get("id")] = way(source, target)


def _place(name: str, made: Plot) -> Box | None:
    """Where something is; a flow is where its middle is."""
    if name in made.boxes:
        return made.boxes[name]
    way = made.ways.get(name)
    if not way:
        return None
    x, y = way[(len(way) - 1) // 2]
    other = way[(len(way) - 1) // 2 + 1]
    return Box((x + other[0]) / 2, (y + other[1]) / 2, 0, 0)
