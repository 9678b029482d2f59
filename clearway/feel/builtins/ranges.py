"""Built-in functions that compare points and ranges (DMN 10.3.4.9)."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from clearway.feel.builtins.conversion import number_from
from clearway.feel.builtins.signature import BuiltIn, built_in
from clearway.feel.limits import Run
from clearway.feel.logic import compare, equal
from clearway.feel.temporal import at_literal
from clearway.feel.values import Range, kind

NUMBER_END = r"-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
TEXT_END = r'"[^"\\]*"'
MAKER = "(?:date and time|date|time|duration|years and months duration)"
TEMPORAL_END = rf"@{TEXT_END}|{MAKER}\s*+\(\s*+{TEXT_END}\s*+\)"
END = f"(?:{NUMBER_END}|{TEXT_END}|{TEMPORAL_END})?"
# No part gives back what it took, so that reading takes as long as the text.
WRITTEN = re.compile(
    rf"\s*+(?P<start>[\[(\]])\s*+(?P<low>{END})\s*+\.\.\s*+(?P<high>{END})\s*+(?P<stop>[\])\[])\s*+"
)
DURATIONS = ("days and time duration", "years and months duration")
MADE_BY = {
    "date": ("date",),
    "time": ("time",),
    "date and time": ("date and time",),
    "duration": DURATIONS,
    "years and months duration": DURATIONS[1:],
}

Test = Callable[["Span", "Span"], bool]


class NoOrderError(Exception):
    """Two ends have no order; the function's answer is null."""


@dataclass(frozen=True, slots=True)
class Edge:
    """An end of a range; `lean` is +1 just above the value, -1 just below, 0 on it.

    Without value it lies at the end of all things: below them when it leans down.
    """

    value: object
    lean: int
    endless: bool = False

    def order(self, run: Run, other: "Edge") -> int:
        """-1, 0 or 1 as this edge lies before, on or after the other."""
        if self.endless or other.endless:
            return _sign(self.lean * self.endless - other.lean * other.endless)
        if equal(run, self.value, other.value) is True:
            return _sign(self.lean - other.lean)
        before = compare("<", self.value, other.value)
        if before is None:
            raise NoOrderError
        return -1 if before else 1


class Span:
    """A range or point by its two edges."""

    def __init__(self, run: Run, value: object) -> None:
        self._run = run
        if isinstance(value, Range):
            self.low = _edge(value.low, 0 if value.low_included else 1, -1)
            self.high = _edge(value.high, 0 if value.high_included else -1, 1)
        else:
            self.low = self.high = Edge(value, 0)

    def low_to_low(self, other: "Span") -> int:
        """The order of the two lower edges."""
        return self.low.order(self._run, other.low)

    def low_to_high(self, other: "Span") -> int:
        """The order of the own lower edge and the other's upper one."""
        return self.low.order(self._run, other.high)

    def high_to_low(self, other: "Span") -> int:
        """The order of the own upper edge and the other's lower one."""
        return self.high.order(self._run, other.low)

    def high_to_high(self, other: "Span") -> int:
        """The order of the two upper edges."""
        return self.high.order(self._run, other.high)


def before(one: Span, other: Span) -> bool:
    """All of one lies before all of the other."""
    return one.high_to_low(other) < 0


def meets(one: Span, other: Span) -> bool:
    """One ends with the very value at which the other starts."""
    return one.high_to_low(other) == 0


def overlaps(one: Span, other: Span) -> bool:
    """They have a value in common."""
    return one.high_to_low(other) >= 0 and one.low_to_high(other) <= 0


def overlaps_before(one: Span, other: Span) -> bool:
    """They overlap, one starts first and does not end last."""
    return one.low_to_low(other) < 0 <= one.high_to_low(other) and one.high_to_high(other) <= 0


def finishes(one: Span, other: Span) -> bool:
    """They end together and one starts no earlier."""
    return one.high_to_high(other) == 0 and one.low_to_low(other) >= 0


def includes(one: Span, other: Span) -> bool:
    """All of the other lies in one."""
    return one.low_to_low(other) <= 0 <= one.high_to_high(other)


def starts(one: Span, other: Span) -> bool:
    """They start together and one ends no later."""
    return one.low_to_low(other) == 0 and one.high_to_high(other) <= 0


def coincides(one: Span, other: Span) -> bool:
    """They are the same."""
    return one.low_to_low(other) == 0 and one.high_to_high(other) == 0


def range_from(run: Run, text: str) -> Range | None:
    """`range(from)`: a range written in FEEL with literal ends, such as `[18..21)`."""
    run.text_room(len(text))
    match = WRITTEN.fullmatch(text)
    if match is None:
        return None
    low, high = _end(run, match["low"]), _end(run, match["high"])
    if (low is None and match["low"]) or (high is None and match["high"]):
        return None
    if low is None or high is None:
        # An end that is left out is open, and there must be another one.
        closed = match["start"] == "[" if low is None else match["stop"] == "]"
        if closed or low is high:
            return None
    elif compare("<=", low, high) is not True:
        return None
    return Range(low, high, match["start"] == "[", match["stop"] == "]")


def _end(run: Run, text: str) -> object:
    if not text:
        return None
    if text.startswith('"'):
        return text[1:-1]
    if '"' not in text:
        return number_from(run, text)
    maker, inner, _ = text.split('"')
    value = at_literal(inner)
    if maker == "@" or value is None:
        return value
    return value if kind(value) in MADE_BY[maker.rstrip(" (\t\n")] else None


def _edge(value: object, lean: int, outward: int) -> Edge:
    return Edge(None, outward, True) if value is None else Edge(value, lean)


def _sign(value: int) -> int:
    return (value > 0) - (value < 0)


def _answer(test: Test, swapped: bool) -> Callable[[Run, object, object], bool | None]:
    def body(run: Run, one: object, other: object) -> bool | None:
        if one is None or other is None:
            return None
        spans = Span(run, one), Span(run, other)
        try:
            return test(spans[1], spans[0]) if swapped else test(*spans)
        except NoOrderError:
            return None

    return body


POINT = (
    "number | string | date | time | date and time | days and time duration"
    " | years and months duration"
)
SHAPES = {
    "pp": f"point1: {POINT}, point2: {POINT}",
    "pr": f"point: {POINT}, range: range",
    "rp": f"range: range, point: {POINT}",
    "rr": "range1: range, range2: range",
}


def _function(name: str, test: Test, shapes: str, swapped: bool = False) -> BuiltIn:
    body = _answer(test, swapped)
    return built_in(name, *((SHAPES[shape], body) for shape in shapes.split()))


FUNCTIONS: tuple[BuiltIn, ...] = (
    built_in("range", ("from: string", range_from)),
    _function("before", before, "pp pr rp rr"),
    _function("after", before, "pp pr rp rr", swapped=True),
    _function("meets", meets, "rr"),
    _function("met by", meets, "rr", swapped=True),
    _function("overlaps", overlaps, "rr"),
    _function("overlaps before", overlaps_before, "rr"),
    _function("overlaps after", overlaps_before, "rr", swapped=True),
    _function("finishes", finishes, "pr rr"),
    _function("finished by", finishes, "rp rr", swapped=True),
    _function("includes", includes, "rp rr"),
    _function("during", includes, "pr rr", swapped=True),
    _function("starts", starts, "pr rr"),
    _function("started by", starts, "rp rr", swapped=True),
    _function("coincides", coincides, "pp rr"),
)
