"""The heat map of a process: how often, how long waiting, how long worked, what was late, where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from clearway.engine import ElementInfo
from clearway.service.deployed import Deployed
from clearway.service.heat_keeping import BATCH, keep_up
from clearway.service.heat_ways import Elements, entered, flow_counts, left_out, source_of
from clearway.service.house import House
from clearway.service.permissions import refuse_unless
from clearway.service.processes import unknown_process, version_of
from clearway.service.search import reader_of
from clearway.service.values import Actor, Refusal
from clearway.store import heat as rows
from clearway.store import heat_keeping as keeping
from clearway.store import versions as version_rows
from clearway.store.database import Connection
from clearway.store.heat import Order, Period, Population, Spread, Stays, Visit, Which
from clearway.store.heat_keeping import Source

Metric = Literal["count", "wait", "work", "late"]
"""How often, how long it waited, how long it was worked on, how often it was late."""
Measure = Literal["median", "mean", "p90", "total"]

METRICS: tuple[Metric, ...] = ("count", "wait", "work", "late")
MEASURES: tuple[Measure, ...] = ("median", "mean", "p90", "total")


@dataclass(frozen=True)
class Asked:
    """Which records count: those of this version (None: of all), from an instant on until before
    another (None: without end)."""

    process: str
    version: int | None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def is_of_all_versions(self) -> bool:
        """Whether records of every version count."""
        return self.version is None


@dataclass(frozen=True)
class ElementHeat:
    """The figures of one element; None where history does not know, or where there is none.

    `unknown`: completed stays of which history lacks how long they waited: when they or their work
    began is not written down, or is later than what follows it, by another machine's clock.
    `untaken`: completed tasks that nobody had taken before: all of their time was waiting.
    """

    element: str
    kind: str
    name: str
    role: str | None
    source: Source
    is_beside: bool
    """A boundary event: it waits while its host is worked on, and holds nothing up."""
    entered: int | None
    done: int
    cancelled: int | None
    open: int | None
    waited: Spread | None
    worked: Spread | None
    untaken: int
    unknown: int
    with_due: int
    overdue: int
    overrun: Spread | None

    @property
    def late(self) -> int | None:
        """How often it was completed after it was due; None where nothing ever is due."""
        return self.overrun.known if self.overrun is not None else None

    def figure(self, metric: Metric, measure: Measure) -> float | None:
        """What the drawing shows: a number of times, or seconds."""
        if metric == "count":
            return self.done
        if metric == "late":
            return self.late
        spread = self.waited if metric == "wait" else self.worked
        return None if spread is None else getattr(spread, measure)


@dataclass(frozen=True)
class FlowHeat:
    """How often a sequence flow was taken; None where history does not know."""

    flow: str
    name: str
    source: str
    target: str
    taken: int | None


@dataclass(frozen=True)
class HeatMap:
    """The figures of a process, element by element in the order of the drawing.

    `drawn` is the version that is drawn. `left_out`: elements of other versions that it does not
    have, with how often they were completed and how many are open; only when all versions were
    asked for.
    """

    asked: Asked
    title: str
    drawn: int
    population: Population
    elements: Sequence[ElementHeat]
    flows: Sequence[FlowHeat]
    left_out: Sequence[tuple[str, int, int]]
    behind: int
    """Records that changed and are not counted anew yet: too many of them to be waited for."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all happened and nothing is open."""
        return not any(it.done or it.open or it.entered for it in self.elements)


@dataclass(frozen=True)
class HeatRecords:
    """The stays behind a figure that the reader may see, and how many there are for them."""

    asked: Asked
    title: str
    drawn: int
    element: str
    name: str
    kind: str
    source: Source
    rows: Sequence[Visit]
    count: int
    start: int
    sees_all: bool


def heat(house: House, actor: Actor, asked: Asked) -> HeatMap | Refusal:
    """Figures of all records of a process, also of those that the actor may not open one by one."""
    drawn = _drawn(house, actor, asked)
    if isinstance(drawn, Refusal):
        return drawn
    keep_up(house, asked.process, most=BATCH)
    now = house.now()

    def ask(connection: Connection) -> HeatMap:
        period = _period(connection, asked, drawn)
        passed, chosen = rows.passes(connection, period)
        found = rows.stays(connection, period, now)
        flows = _flows(drawn.elements, period, passed, chosen)
        return HeatMap(
            asked,
            drawn.title,
            drawn.number,
            rows.population(connection, period),
            [
                _element(it, found.get((source_of(it), it.id)), passed, flows)
                for it in drawn.elements.values()
                if it.kind != "sequenceFlow"
            ],
            [_flow(drawn, it, flows) for it in flows],
            left_out(drawn.elements, passed, {name: it.open for (_, name), it in found.items()}),
            keeping.count_stale(connection, asked.process),
        )

    return house.store.ask(ask)


def hottest(found: HeatMap, metric: Metric, measure: Measure, most: int = 10) -> list[ElementHeat]:
    """The elements with the largest figures; what waits beside a task holds nothing up."""
    ranked = [it for it in found.elements if is_coloured(it, metric) and it.figure(metric, measure)]
    ranked.sort(key=lambda it: -(it.figure(metric, measure) or 0))
    return ranked[:most]


def is_coloured(it: ElementHeat, metric: Metric) -> bool:
    """Whether the drawing shows the figure of an element in colour."""
    return metric == "count" or not it.is_beside


def heat_records(
    house: House,
    actor: Actor,
    asked: Asked,
    element: str,
    *,
    order: Order = "ended",
    which: Which = "all",
    start: int = 0,
    limit: int = 100,
) -> HeatRecords | Refusal:
    """The records behind the figures of one element or flow: those that the actor may see."""
    drawn = _drawn(house, actor, asked)
    if isinstance(drawn, Refusal):
        return drawn
    info = drawn.elements.get(element)
    if info is None:
        text = f"{drawn.title} has no element {element} in version {drawn.number}."
        return Refusal("not_found", text, "Choose one in the heat map.")
    keep_up(house, asked.process, most=BATCH)
    reader, source = reader_of(house, actor), source_of(info)
    found, count = house.store.ask(
        lambda it: rows.visits(
            it,
            _period(it, asked, drawn),
            source,
            element,
            reader,
            order=order,
            which=which,
            start=start,
            limit=limit,
        )
    )
    name = drawn.name_of(element) or element
    return HeatRecords(
        asked,
        drawn.title,
        drawn.number,
        element,
        name,
        info.kind,
        source,
        found,
        count,
        start,
        reader.sees_all or asked.process in reader.processes,
    )


def _drawn(house: House, actor: Actor, asked: Asked) -> Deployed | Refusal:
    if (refusal := refuse_unless(actor, "heat")) is not None:
        return refusal
    if asked.version is None:
        return house.current(asked.process) or unknown_process(asked.process)
    return version_of(house, asked.process, asked.version)


def _period(connection: Connection, asked: Asked, drawn: Deployed) -> Period:
    if not asked.is_of_all_versions:
        return Period([drawn.version_id], asked.since, asked.until)
    found = version_rows.all_of(connection, asked.process)
    return Period([it.id for it in found], asked.since, asked.until)


def _element(
    info: ElementInfo,
    stays: Stays | None,
    passed: Mapping[str, int],
    flows: Mapping[str, int | None],
) -> ElementHeat:
    source, done = source_of(info), passed.get(info.id, 0)
    has_rows = source in ("items", "jobs")
    it = stays or _NOTHING
    return ElementHeat(
        element=info.id,
        kind=info.kind,
        name=info.name or info.id,
        role=info.role,
        source=source,
        is_beside=info.attached_to is not None,
        entered=it.entered if has_rows else entered(info, flows, done),
        done=it.done if has_rows else done,
        cancelled=it.cancelled if has_rows else None,
        open=it.open if has_rows else None,
        waited=it.waited if source != "passes" else None,
        worked=it.worked if has_rows else None,
        untaken=it.untaken if source == "items" else 0,
        unknown=it.unknown,
        with_due=it.with_due,
        overdue=it.overdue,
        overrun=it.overrun if source == "items" else None,
    )


def _flows(
    elements: Elements, period: Period, passed: Mapping[str, int], chosen: Mapping[str, int]
) -> Mapping[str, int | None]:
    """With several versions only what gateways chose is known: the same id may lead elsewhere."""
    if len(period.versions) == 1:
        return flow_counts(elements, passed, chosen)
    return {it.id: chosen.get(it.id) for it in elements.values() if it.kind == "sequenceFlow"}


def _flow(drawn: Deployed, flow: str, flows: Mapping[str, int | None]) -> FlowHeat:
    info = drawn.elements[flow]
    source, target = (drawn.name_of(it) or it for it in (info.incoming[0], info.outgoing[0]))
    return FlowHeat(flow, info.name, source, target, flows[flow])


_NO_SPREAD = Spread(0, None, None, None, None)
_NOTHING = Stays(0, 0, 0, 0, _NO_SPREAD, _NO_SPREAD, 0, 0, 0, 0, _NO_SPREAD)
