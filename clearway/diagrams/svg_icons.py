"""The small signs of BPMN: in events, on tasks, at the foot of activities, in gateways."""

from clearway.diagrams.svg import INK, PAPER, path, tag

# Each in a square of 24, which the reader of the drawing never sees.
_EVENTS = {
    "message": "M4 7h16v10H4z",
    "signal": "M12 4L20 18H4Z",
    "error": "M5 19L9 6L14 13.5L19 5L15.5 18.5L10.5 11Z",
    "escalation": "M12 4L18 19L12 13.5L6 19Z",
    "compensate": "M12 6.5L4.5 12L12 17.5ZM19.5 6.5L12 12L19.5 17.5Z",
    "conditional": "M6.5 4h11v16h-11zM9 8h6M9 11h6M9 14h6M9 17h6",
    "link": "M4 9.5h9V5.5l7 6.5-7 6.5v-4H4z",
    "cancel": (
        "M6 4.5L12 10.5L18 4.5L19.5 6L13.5 12L19.5 18L18 19.5L12 13.5L6 19.5L4.5 18L10.5 12L4.5 6Z"
    ),
    "multiple": "M12 3.5L20.5 9.8L17.3 19.8H6.7L3.5 9.8Z",
    "parallel": "M10 4h4v6h6v4h-6v6h-4v-6H4v-4h6z",
    "other": "M12 5a7 7 0 1 0 .01 0M12 9v4M12 15.5v.5",
}
_TASKS = {
    "userTask": "M8 6.5a3.6 3.6 0 1 0 .01 0M1.8 21v-3.5c0-3 2.4-4.6 6.2-4.6s6.2 1.6 6.2 4.6V21z",
    "manualTask": (
        "M2 12.5L8 6.2c1-1 2.4.1 1.7 1.3L8.2 9.6H19c1.7 0 1.7 2.4 0 2.4h-5 6c1.7 0 1.7 2.4 0 2.4"
        "h-6 5c1.7 0 1.7 2.4 0 2.4h-5 3.6c1.7 0 1.7 2.4 0 2.4H8.5C4.5 19.2 2 17 2 12.5z"
    ),
    "scriptTask": "M7 3h13c-5 5 3 11-3 17H4c6-6-2-12 3-17zM8 8h7M8.5 11.5h7M9 15h7",
    "businessRuleTask": "M3 5h18v14H3zM3 9.5h18M3 14.3h18M9 9.5V19",
    "receiveTask": "M2.5 6h19v13h-19zM2.5 6l9.5 7 9.5-7",
}
_GEAR = (
    "M10.7 3h2.6l.5 2.5 1.9.8 2.1-1.4 1.9 1.9-1.4 2.1.8 1.9 2.5.5v2.6l-2.5.5-.8 1.9 1.4 2.1-1.9 1.9"
    "-2.1-1.4-1.9.8-.5 2.5h-2.6l-.5-2.5-1.9-.8-2.1 1.4-1.9-1.9 1.4-2.1-.8-1.9-2.5-.5v-2.6l2.5-.5.8"
    "-1.9-1.4-2.1 1.9-1.9 2.1 1.4 1.9-.8z"
)
_FEET = {
    "loop": "M8.2 19.2A7.4 7.4 0 1 1 14.6 19M8.4 14.6v4.8H3.6",
    "parallel": "M7 4v16M12 4v16M17 4v16",
    "sequential": "M4 7h16M4 12h16M4 17h16",
    "compensation": "M12 6.5L4.5 12L12 17.5ZM19.5 6.5L12 12L19.5 17.5Z",
    "ad hoc": "M3 15c1-6 5-7 9-3.5s7 2.500 9-3",
    "closed": "M3.5 3.500h17v17h-17zM12 7v10M7 12h10",
}


def event_sign(kind: str, x: float, y: float, radius: float, filled: bool) -> str:
    """What an event catches (outlined) or throws (filled), in a circle around a point."""
    if kind == "terminate":
        return tag("circle", cx=x, cy=y, r=radius * 0.58, fill=INK)
    if kind == "timer":
        return _timer(x, y, radius)
    fill, line = (INK, PAPER) if filled else ("none", INK)
    drawing = path(_EVENTS.get(kind, _EVENTS["other"]), fill=fill, stroke_width=1.4)
    if kind == "message":
        drawing += path("M4 7l8 6 8-6", stroke=line, stroke_width=1.4)
    if kind == "conditional" and filled:
        drawing += path("M9 8h6M9 11h6M9 14h6M9 17h6", stroke=PAPER, stroke_width=1.2)
    return _placed(drawing, x, y, radius * 1.16)


def task_sign(kind: str, x: float, y: float) -> str:
    """The type of a task, in the upper left corner."""
    if kind == "serviceTask":
        gear = path(_GEAR, fill=PAPER, stroke_width=1.4)
        gear += tag("circle", cx=12, cy=12, r=2.8, fill="none", stroke=INK, stroke_width=1.4)
        return _placed(gear, x, y, 18)
    if kind == "sendTask":
        letter = path("M2.500 6h19v13h-19z", fill=INK) + path(
            "M2.500 6l9.500 7 9.500-7", stroke=PAPER
        )
        return _placed(letter, x, y, 17)
    if kind in _TASKS:
        return _placed(path(_TASKS[kind], stroke_width=1.4), x, y, 17)
    return ""


def foot_sign(kind: str, x: float, y: float) -> str:
    """A marker at the foot of an activity, around a point."""
    fill = INK if kind == "compensation" else "none"
    return _placed(path(_FEET[kind], fill=fill, stroke_width=2), x, y, 14)


def gateway_sign(kind: str, x: float, y: float, size: float, starts: bool, parallel: bool) -> str:
    """What a gateway does, in its diamond."""
    arm = size * 0.19
    if kind == "exclusiveGateway":
        a = arm * 0.85
        return path(
            f"M{x - a:g} {y - a:g}L{x + a:g} {y + a:g}M{x - a:g} {y + a:g}L{x + a:g} {y - a:g}",
            stroke_width=3,
        )
    plus = f"M{x - arm:g} {y:g}H{x + arm:g}M{x:g} {y - arm:g}V{y + arm:g}"
    if kind == "parallelGateway":
        return path(plus, stroke_width=3)
    if kind == "complexGateway":
        a = arm * 0.75
        star = f"M{x - a:g} {y - a:g}L{x + a:g} {y + a:g}M{x - a:g} {y + a:g}L{x + a:g} {y - a:g}"
        return path(plus + star, stroke_width=2.5)
    if kind == "inclusiveGateway":
        return tag("circle", cx=x, cy=y, r=arm * 1.15, fill="none", stroke=INK, stroke_width=2.5)
    if kind != "eventBasedGateway":
        return ""
    rings = [arm * 1.55] if starts else [arm * 1.55, arm * 1.25]
    drawn = "".join(
        tag("circle", cx=x, cy=y, r=r, fill="none", stroke=INK, stroke_width=1) for r in rings
    )
    sign = "parallel" if parallel else "multiple"
    return drawn + event_sign(sign, x, y, arm * 1.15, filled=False)


def envelope(x: float, y: float, filled: bool) -> str:
    """A message on a flow, around a point."""
    return tag(
        "g",
        path("M3 6h18v12H3z", fill="#cfd6dd" if filled else PAPER),
        path("M3 6l9 7 9-7"),
        transform=f"translate({x - 15:g} {y - 15:g}) scale(1.25)",
    )


def _timer(x: float, y: float, radius: float) -> str:
    r = radius * 0.6
    ticks = "".join(
        f"M{x + a * r * 0.8:g} {y + b * r * 0.8:g}L{x + a * r:g} {y + b * r:g}"
        for a, b in ((0, -1), (1, 0), (0, 1), (-1, 0))
    )
    hands = f"M{x:g} {y:g}L{x + r * 0.15:g} {y - r * 0.7:g}M{x:g} {y:g}H{x + r * 0.5:g}"
    face = tag("circle", cx=x, cy=y, r=r, fill=PAPER, stroke=INK, stroke_width=1.2)
    return face + path(ticks + hands, stroke_width=1.2)


def _placed(drawing: str, x: float, y: float, size: float) -> str:
    scale = size / 24
    place = f"translate({x - size / 2:.6g} {y - size / 2:.6g}) scale({scale:.4g})"
    return tag("g", drawing, transform=place, stroke_linejoin="round")
