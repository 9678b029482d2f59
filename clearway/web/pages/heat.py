"""The heat map of a process: where its records wait, are worked on, and are late."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from clearway.service.heat import (
    MEASURES,
    METRICS,
    Asked,
    ElementHeat,
    HeatMap,
    Measure,
    Metric,
    heat,
    heat_records,
    hottest,
    is_coloured,
)
from clearway.service.heat_classes import class_bounds, class_of, classes
from clearway.service.heat_table import heading, table_rows
from clearway.service.processes import version_of, versions
from clearway.service.spans import span
from clearway.service.values import Refusal
from clearway.store.heat import Order
from clearway.web.pages.record import saved_as
from clearway.web.pages.trouble import refusal_page
from clearway.web.rendering import page
from clearway.web.visit import Visit, Visiting

router = APIRouter(prefix="/processes")

_PAGE = 100
_ORDERS: Mapping[Metric, Order] = {
    "count": "ended",
    "wait": "waited",
    "work": "worked",
    "late": "overrun",
}
_SORTS = ("drawing", "name", "entered", "done", "waited", "worked", "late")


@dataclass(frozen=True)
class Choice:
    """What the address asks for, each part as it is shown in the form again."""

    process: str
    version: str
    since: str
    until: str
    metric: Metric
    measure: Measure
    problem: str = ""

    def query(self, **other: object) -> str:
        """The same choice as the query of an address, with some parts replaced."""
        parts = {
            "version": self.version,
            "from": self.since,
            "to": self.until,
            "metric": self.metric,
            "measure": self.measure,
            **other,
        }
        return urlencode({name: value for name, value in parts.items() if value not in ("", None)})


@router.get("/{process}/heat")
def show(visit: Visiting, process: str) -> Response:
    """The figures on the drawing, and the same as tables."""
    found = _asked(visit, process)
    if isinstance(found, Refusal):
        return refusal_page(visit, found)
    asked, choice = found
    made = heat(visit.portal.house, visit.actor, asked)
    if isinstance(made, Refusal):
        return refusal_page(visit, made)
    return _page(visit, made, choice)


@router.get("/{process}/heat.csv")
def download(visit: Visiting, process: str) -> Response:
    """The whole table as CSV, durations in seconds."""
    found = _asked(visit, process)
    if isinstance(found, Refusal):
        return refusal_page(visit, found)
    made = heat(visit.portal.house, visit.actor, found[0])
    if isinstance(made, Refusal):
        return refusal_page(visit, made)
    return saved_as(as_csv(made).encode(), f"{process}-heat.csv")


@router.get("/{process}/heat/{element}")
def show_records(
    visit: Visiting, process: str, element: str, start: int = 0, which: str = "all"
) -> Response:
    """The records behind a figure, with their durations: those that the reader may see."""
    found = _asked(visit, process)
    if isinstance(found, Refusal):
        return refusal_page(visit, found)
    asked, choice = found
    which = which if which in ("done", "late", "open") else "all"
    made = heat_records(
        visit.portal.house,
        visit.actor,
        asked,
        element,
        order=_ORDERS[choice.metric],
        which=which,
        start=min(max(start, 0), 10**9),
        limit=_PAGE,
    )
    if isinstance(made, Refusal):
        return refusal_page(visit, made)
    more = made.start + len(made.rows) < made.count
    return page(
        visit,
        "heat_records.html",
        found=made,
        choice=choice,
        which=which,
        span=span,
        more=choice.query(which=which, start=made.start + _PAGE) if more else "",
    )


def as_csv(made: HeatMap) -> str:
    """One line for each element and flow, in the order of the drawing."""
    written = io.StringIO()
    rows = table_rows(made)
    writer = csv.writer(written)
    writer.writerow(heading())
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return written.getvalue()


def _harmless(cell: object) -> object:
    """A text that a spreadsheet would take for a formula is kept a text."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t") else cell


def _asked(visit: Visit, process: str) -> tuple[Asked, Choice] | Refusal:
    given = visit.request.query_params
    version, problem = given.get("version", ""), ""
    newest = version_of(visit.portal.house, process)
    if isinstance(newest, Refusal):
        return newest
    if version and version != "all" and not (version.isdecimal() and len(version) < 10):
        version, problem = "", "There is no such version; this is the newest."
    since, until = _day(given.get("from", "")), _day(given.get("to", ""))
    if None in (since, until):
        problem = "A day is written as 2026-03-02; the period was left out."
    if isinstance(since, date) and isinstance(until, date) and until < since:
        problem, since, until = "The period ends before it begins; it was left out.", "", ""
    asked = Asked(
        process,
        None if version == "all" else int(version or newest.number),
        _midnight(visit, since, 0),
        _midnight(visit, until, 1),
    )
    metric, measure = given.get("metric", "count"), given.get("measure", "median")
    choice = Choice(
        process,
        version or str(newest.number),
        str(since or ""),
        str(until or ""),
        metric if metric in METRICS else "count",
        measure if measure in MEASURES else "median",
        problem,
    )
    return asked, choice


def _day(text: str) -> date | str | None:
    """A day; empty for none; None for what is no day."""
    try:
        return date.fromisoformat(text) if text else ""
    except ValueError:
        return None


def _midnight(visit: Visit, day: date | str | None, after: int) -> datetime | None:
    """When this day begins where the reader is, or the one after it."""
    if not isinstance(day, date):
        return None
    try:
        there = datetime.combine(day + timedelta(days=after), time(), visit.zone)
        return there.astimezone(UTC)
    except OverflowError:
        return None


def _page(visit: Visit, made: HeatMap, choice: Choice) -> HTMLResponse:
    metric, measure = choice.metric, choice.measure
    figures = {
        it.element: it.figure(metric, measure) for it in made.elements if is_coloured(it, metric)
    }
    bounds = class_bounds([it for it in figures.values() if it])

    def say(it: ElementHeat) -> str:
        return said(it, metric, measure)

    def level(it: ElementHeat) -> int:
        return class_of(figures.get(it.element), bounds)

    sort = visit.request.query_params.get("sort", "drawing")
    today = visit.portal.now().astimezone(visit.zone).date()
    return page(
        visit,
        "heat.html",
        has_diagram=True,
        made=made,
        choice=choice,
        versions=versions(visit.portal.house, visit.actor, choice.process),
        metrics=_METRICS,
        measures=_MEASURES,
        say=say,
        span=span,
        legend=[
            (it, _shown(it.least, metric), _shown(it.most, metric))
            for it in classes([it for it in figures.values() if it])
        ],
        painted=_painted(made, figures, bounds, metric),
        class_of=level,
        hottest=hottest(made, metric, measure),
        rows=_sorted(made.elements, sort, measure),
        sort=sort if sort in _SORTS else "drawing",
        periods=[
            ("The whole time", choice.query(**{"from": "", "to": ""})),
            *(
                (f"The last {days} days", choice.query(**{"from": _ago(today, days), "to": ""}))
                for days in (30, 90, 365)
            ),
        ],
    )


def _ago(today: date, days: int) -> str:
    return (today - timedelta(days=days)).isoformat()


def said(it: ElementHeat, metric: Metric, measure: Measure) -> str:
    """The figure of an element in words; `–` where there is none."""
    figure = it.figure(metric, measure)
    return "–" if figure is None else _shown(figure, metric)


def _shown(figure: float, metric: Metric) -> str:
    return f"{int(figure):,}" if metric in ("count", "late") else span(figure)


def _painted(
    made: HeatMap, figures: Mapping[str, float | None], bounds: Sequence[float], metric: Metric
) -> Mapping[str, Any]:
    """What the drawing shows: for each element its class and its figure, for flows how often."""
    nodes = {
        name: {"level": class_of(figure, bounds), "text": _shown(figure, metric)}
        for name, figure in figures.items()
        if figure
    }
    flows = {it.flow: f"{it.taken:,}" for it in made.flows if it.taken} if metric == "count" else {}
    return {"nodes": nodes, "flows": flows}


def _sorted(rows: Sequence[ElementHeat], sort: str, measure: Measure) -> list[ElementHeat]:
    if sort == "name":
        return sorted(rows, key=lambda it: it.name.casefold())
    keys: Mapping[str, Callable[[ElementHeat], float | None]] = {
        "entered": lambda it: it.entered,
        "done": lambda it: it.done,
        "waited": lambda it: it.figure("wait", measure),
        "worked": lambda it: it.figure("work", measure),
        "late": lambda it: it.late,
    }
    key = keys.get(sort)
    return list(rows) if key is None else sorted(rows, key=lambda it: -(key(it) or 0))


_METRICS: Mapping[Metric, str] = {
    "count": "How often",
    "wait": "How long it waited",
    "work": "How long it was worked on",
    "late": "Due dates missed",
}
_MEASURES: Mapping[Measure, str] = {
    "median": "Median",
    "mean": "Mean",
    "p90": "Nine of ten took at most",
    "total": "Sum",
}
