"""Sorts the laid out nodes of a process into its lanes, and leaves room for pools around them."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from clearway.diagrams.grid import Box, Grid, lay_out
from clearway.diagrams.routes import route
from clearway.diagrams.source import BPMN, Element
from clearway.engine.model import FLOW_NODES

_PAD = 40.0
_BETWEEN = 50.0
_LABEL = 30.0
_LOWEST_LANE = 120.0


@dataclass(slots=True)
class Laid:
    """One process laid out: its nodes, ways and lanes, and the box around all of it."""

    grid: Grid
    lanes: dict[str, Box] = field(default_factory=dict[str, Box])
    frame: Box = field(default_factory=lambda: Box(0, 0, 300, _LOWEST_LANE))


def lay_out_in_lanes(process: Element, x: float, y: float) -> Laid:
    """Lay a process out with its upper left corner at a point; lanes are bands below each other."""
    grid = lay_out(process)
    tops = _top_nodes(process)
    hung = _families(process, tops)
    boxes = [grid.boxes[it] for it in hung if it in grid.boxes]
    lanes = list(_leaves(process))
    depth = max((it[1] for it in lanes), default=0)
    left = min((it.x for it in boxes), default=0.0)
    room = _PAD + depth * _LABEL
    for box in grid.boxes.values():
        box.shift(x + room - left, 0)
    grid.ways = {
        flow: [(px + x + room - left, py) for px, py in way] for flow, way in grid.ways.items()
    }
    laid = Laid(grid)
    old = {node: grid.boxes[node].y for node in tops if node in grid.boxes}
    bottom = _stack(process, laid, hung, y) if lanes else _sink(grid, y)
    right = max((it.right for it in grid.boxes.values()), default=x + 200) + _PAD
    laid.frame = Box(x, y, right - x, bottom - y)
    _widen(process, laid, x + (_LABEL if lanes else 0), right)
    _carry_ways(process, laid, old, hung)
    return laid


def _top_nodes(process: Element) -> list[str]:
    return [
        it.get("id")
        for it in process.children
        if it.tag.startswith(BPMN) and it.local in FLOW_NODES and it.get("id")
    ]


def _families(process: Element, tops: list[str]) -> dict[str, str]:
    """Each node -> the one whose place it shares: a boundary event's host, a subprocess."""
    found: dict[str, str] = {}
    known = set(tops)
    for node in process.children:
        if node.get("id") not in known:
            continue
        head = node.get("attachedToRef")
        for inner in node.walk():
            if inner.get("id"):
                found[inner.get("id")] = head if head in known else node.get("id")
    return found


def _leaves(process: Element) -> Iterator[tuple[Element, int]]:
    """The innermost lanes from top to bottom, with how many lanes are around them, itself too."""
    for lanes in process.children:
        if lanes.tag == BPMN + "laneSet":
            yield from _leaves_of(lanes, 1)


def _leaves_of(lanes: Element, depth: int) -> Iterator[tuple[Element, int]]:
    for lane in lanes.children:
        if lane.tag != BPMN + "lane":
            continue
        inner = lane.find(BPMN + "childLaneSet")
        if inner is not None and inner.find(BPMN + "lane") is not None:
            yield from _leaves_of(inner, depth + 1)
        else:
            yield lane, depth


def _stack(process: Element, laid: Laid, hung: dict[str, str], y: float) -> float:
    """Put each lane's rows below those of the lane before; answers where the last one ends."""
    members: dict[str, list[str]] = {}
    lane_of: dict[str, str] = {}
    for lane, _ in _leaves(process):
        members[lane.get("id")] = []
        for reference in lane.children:
            if reference.local == "flowNodeRef":
                lane_of[reference.text.strip().rpartition(":")[2]] = lane.get("id")
    for node, head in hung.items():
        if node in laid.grid.boxes:
            members.setdefault(lane_of.get(head, ""), []).append(node)
    for lane, nodes in members.items():
        top = y
        y += _PAD
        for row in _rows(laid.grid, nodes, hung):
            upper = min(laid.grid.boxes[it].y for it in row)
            for node in row:
                laid.grid.boxes[node].shift(0, y - upper)
            y = max(laid.grid.boxes[it].bottom for it in row) + _BETWEEN
        y = max(y - _BETWEEN + _PAD, top + _LOWEST_LANE)
        if lane:
            laid.lanes[lane] = Box(0, top, 0, y - top)
    return y


def _sink(grid: Grid, y: float) -> float:
    """Without lanes the library's own rows stand; answers where the last one ends."""
    top = min((it.y for it in grid.boxes.values()), default=0.0)
    for box in grid.boxes.values():
        box.shift(0, y + _PAD - top)
    lowest = max((it.bottom for it in grid.boxes.values()), default=y)
    return max(lowest + _PAD, y + _LOWEST_LANE)


def _rows(grid: Grid, nodes: list[str], hung: dict[str, str]) -> list[list[str]]:
    """Nodes whose heights overlap, together with what hangs on them, from top to bottom."""
    families: dict[str, list[str]] = {}
    for node in nodes:
        families.setdefault(hung[node], []).append(node)
    spans = sorted(
        (min(grid.boxes[it].y for it in them), max(grid.boxes[it].bottom for it in them), head)
        for head, them in families.items()
    )
    rows: list[list[str]] = []
    end = float("-inf")
    for top, bottom, head in spans:
        if top >= end:
            rows.append([])
        rows[-1] += families[head]
        end = max(end, bottom)
    return rows


def _widen(process: Element, laid: Laid, x: float, right: float) -> None:
    """Give lanes their width, and lanes around lanes their height."""
    for lanes in process.children:
        if lanes.tag == BPMN + "laneSet":
            for lane in lanes.children:
                _widen_lane(lane, laid, x, right)


def _widen_lane(lane: Element, laid: Laid, x: float, right: float) -> Box | None:
    inner = lane.find(BPMN + "childLaneSet")
    within = [_widen_lane(it, laid, x + _LABEL, right) for it in inner.children] if inner else []
    known = [it for it in within if it is not None]
    if known:
        top = min(it.y for it in known)
        laid.lanes[lane.get("id")] = Box(0, top, 0, max(it.bottom for it in known) - top)
    box = laid.lanes.get(lane.get("id"))
    if box is not None:
        box.x, box.width = x, right - x
    return box


def _carry_ways(process: Element, laid: Laid, old: dict[str, float], hung: dict[str, str]) -> None:
    """Ways between what moved alike move along; all others are found anew."""
    moved = {it: laid.grid.boxes[it].y - y for it, y in old.items()}
    around = [laid.grid.boxes[it] for it in old]
    for flow in process.walk():
        name = flow.get("id")
        if flow.tag != BPMN + "sequenceFlow" or name not in laid.grid.ways:
            continue
        source, target = flow.get("sourceRef"), flow.get("targetRef")
        one, two = moved.get(hung[source], 0.0), moved.get(hung[target], 0.0)
        if one == two:
            laid.grid.ways[name] = [(px, py + one) for px, py in laid.grid.ways[name]]
        else:
            boxes = laid.grid.boxes
            laid.grid.ways[name] = route(
                boxes[source], boxes[target], around, hung[source] != source
            )
