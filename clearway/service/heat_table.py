"""A heat map as a plain table: one row for each element and flow, durations in seconds."""

from collections.abc import Sequence

from clearway.service.heat import HeatMap
from clearway.store.heat import Spread

_SPREAD = ("known", "median", "mean", "p90", "sum")


def heading() -> list[str]:
    """The names of the columns."""
    return [
        *("element", "kind", "name", "entered", "completed", "cancelled", "open"),
        *(f"waited_{it}" for it in _SPREAD),
        *(f"worked_{it}" for it in _SPREAD),
        *("untaken", "unknown", "with_due_date", "due_date_missed", "open_and_overdue"),
        *(f"overrun_{it}" for it in _SPREAD),
    ]


def table_rows(made: HeatMap) -> list[Sequence[object]]:
    """The rows, elements first, in the order of the drawing; None: there is none, or not known."""
    elements: list[Sequence[object]] = [
        [
            *(it.element, it.kind, it.name, it.entered, it.done, it.cancelled, it.open),
            *_cells(it.waited),
            *_cells(it.worked),
            *(it.untaken, it.unknown, it.with_due, it.late, it.overdue),
            *_cells(it.overrun),
        ]
        for it in made.elements
    ]
    empty = [None] * (len(heading()) - 5)
    return elements + [
        [it.flow, "sequenceFlow", it.name or f"{it.source} to {it.target}", None, it.taken, *empty]
        for it in made.flows
    ]


def _cells(it: Spread | None) -> list[object]:
    if it is None:
        return [None] * len(_SPREAD)
    return [it.known, *(_rounded(each) for each in (it.median, it.mean, it.p90, it.total))]


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)
