"""Draws each flow and association of a diagram: its line, its ends and its label."""

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass

from clearway.diagrams.grid import Box, Point
from clearway.diagrams.source import BPMN, Element
from clearway.diagrams.svg import INK, PAPER, height_of, label_lines, path, tag, text_block
from clearway.diagrams.svg_icons import envelope
from clearway.diagrams.wording import label, plain
from clearway.engine.model import GATEWAYS

_LINES = {
    "sequenceFlow": None,
    "messageFlow": "8 5",
    "association": "1.5 4",
    "dataInputAssociation": "1.5 4",
    "dataOutputAssociation": "1.5 4",
    "conversationLink": None,
}
_LABEL = 110.0


@dataclass(frozen=True, slots=True)
class Edge:
    """What is drawn, its way, and where its label is when the file says so."""

    element: Element
    way: list[Point]
    drawn: Element
    place: Box | None


def draw_edge(edge: Edge, by_id: Mapping[str, Element]) -> str:
    """The SVG of one edge, without its label: labels lie over all lines."""
    name = edge.element.local
    points = "L".join(f"{x:g} {y:g}" for x, y in edge.way)
    thick = 3 if name == "conversationLink" else 1.5
    dash = _LINES.get(name, "6 4")
    round_end = "round" if dash and dash.startswith("1.5") else None
    drawn = path(
        f"M{points}",
        stroke_width=thick,
        stroke_dasharray=dash,
        stroke_linecap=round_end,
        stroke_linejoin="round",
    )
    if name == "conversationLink":
        return drawn + path(f"M{points}", stroke=PAPER, stroke_width=1)
    return drawn + _ends(edge, by_id)


def draw_edge_label(edge: Edge, by_id: Mapping[str, Element]) -> str:
    """Its name, or what it carries."""
    name = edge.element.get("name")
    x, y = middle(edge.way)
    drawn = ""
    message = by_id.get(plain(edge.element.get("messageRef")))
    kind = edge.drawn.get("messageVisibleKind")
    if kind:
        drawn = envelope(x, y, filled=kind == "non_initiating")
        name = name or (label(message) if message is not None else "")
        y += 16
    if edge.place is not None and edge.place.width > 0:
        lines = label_lines(name, max(edge.place.width + 8, 60))
        return drawn + text_block(lines, edge.place.middle[0], edge.place.y - 1, halo=True)
    lines = label_lines(name, _LABEL)
    return drawn + text_block(lines, x, y - height_of(lines) / 2, halo=True)


def middle(way: list[Point]) -> Point:
    """The point half way along."""
    lengths = [math.dist(a, b) for a, b in itertools.pairwise(way)]
    left = sum(lengths) / 2
    for (one, two), length in zip(itertools.pairwise(way), lengths, strict=True):
        if left <= length and length:
            share = left / length
            return one[0] + (two[0] - one[0]) * share, one[1] + (two[1] - one[1]) * share
        left -= length
    return way[0]


def _ends(edge: Edge, by_id: Mapping[str, Element]) -> str:
    element, way = edge.element, edge.way
    name = element.local
    source = by_id.get(plain(element.get("sourceRef")))
    if name == "sequenceFlow":
        drawn = _head(way, filled=True)
        if source is not None and plain(source.get("default")) == element.get("id"):
            drawn += _slash(way)
        elif (
            element.find(BPMN + "conditionExpression") is not None
            and source is not None
            and source.local not in GATEWAYS
        ):
            drawn += _diamond(way)
        return drawn
    if name == "messageFlow":
        x, y = way[0]
        ring = tag("circle", cx=x, cy=y, r=4, fill=PAPER, stroke=INK, stroke_width=1.5)
        return ring + _head(way, filled=False)
    directed = element.get("associationDirection")
    is_data = name.startswith("data")
    drawn = _open_head(way) if is_data or directed in ("One", "Both") else ""
    return drawn + (_open_head(way[::-1]) if directed == "Both" else "")


def _turned(drawing: str, at: Point, towards: Point) -> str:
    angle = math.degrees(math.atan2(towards[1] - at[1], towards[0] - at[0]))
    place = f"translate({at[0]:.6g} {at[1]:.6g}) rotate({angle:.4g})"
    return tag("g", drawing, transform=place, stroke_linejoin="round")


def _head(way: list[Point], filled: bool) -> str:
    # Drawn looking back from the tip.
    arrow = path("M0 0L10 5V-5Z", fill=INK if filled else PAPER, stroke_width=1.2)
    return _turned(arrow, way[-1], _before(way))


def _open_head(way: list[Point]) -> str:
    return _turned(path("M9 5L0 0L9 -5"), way[-1], _before(way))


def _slash(way: list[Point]) -> str:
    return _turned(path("M8 6L13 -6"), way[0], _before(way[::-1]))


def _diamond(way: list[Point]) -> str:
    return _turned(
        path("M0 0L8 -5L16 0L8 5Z", fill=PAPER, stroke_width=1.2), way[0], _before(way[::-1])
    )


def _before(way: list[Point]) -> Point:
    """The last point that is not the end itself."""
    return next((it for it in reversed(way) if it != way[-1]), (way[-1][0] - 1, way[-1][1]))
