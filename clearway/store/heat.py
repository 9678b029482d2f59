"""How often, how long waiting and how long worked: figures of many records, from their history."""
# ruff: noqa: S608 - the statements are put together from our own texts only

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Subquery,
    func,
    literal,
    null,
    or_,
    select,
    text,
    true,
)

from clearway.store import schema
from clearway.store.heat_keeping import Source
from clearway.store.search import Reader, readable_by

Order = Literal["ended", "waited", "worked", "overrun"]
"""Which stays come first: those that ended last, or those that lasted longest."""
Which = Literal["all", "done", "late", "open"]


@dataclass(frozen=True)
class Spread:
    """Durations in seconds: of how many stays they are known, and how they spread."""

    known: int
    median: float | None
    mean: float | None
    p90: float | None
    total: float | None


@dataclass(frozen=True)
class Stays:
    """What happened at one element in a period, and what is still open there.

    Durations and what was late are those of the stays that were completed in the period. Of these,
    `untaken` were taken by nobody; of `unknown` it is not known how long they waited.
    """

    entered: int
    done: int
    cancelled: int
    open: int
    waited: Spread
    worked: Spread
    untaken: int
    unknown: int
    with_due: int
    overdue: int
    overrun: Spread


@dataclass(frozen=True)
class Visit:
    """One stay of a record at an element, with its durations in seconds where they are known."""

    key: str
    title: str
    opened_at: datetime | None
    began_at: datetime | None
    ended_at: datetime | None
    outcome: str | None
    who: str | None
    due_at: datetime | None
    waited: float | None
    worked: float | None
    overrun: float | None


@dataclass(frozen=True)
class Population:
    """How many records did or waited for something in the period, and how many were on several
    versions. `first` and `last`: between which instants anything is known, in any period."""

    records: int
    moved: int
    first: datetime | None
    last: datetime | None


@dataclass(frozen=True)
class Period:
    """What happened on these versions, from an instant on until before another (None: no end)."""

    versions: Sequence[int]
    since: datetime | None
    until: datetime | None


def stays(connection: Connection, period: Period, now: datetime) -> Mapping[tuple[str, str], Stays]:
    """(source, element) -> what happened there."""
    found = connection.execute(text(_FIGURES), {**_values(period), "now": now}).mappings()
    return {(row["source"], row["element"]): _stays(row) for row in found}


def passes(connection: Connection, period: Period) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """How often each element was completed, and each flow chosen by a gateway, in the period."""
    counted: dict[str, dict[str, int]] = {"passed": {}, "flow": {}}
    for what, name, count in connection.execute(text(_WAYS), _values(period)):
        counted[what][name] = int(count)
    return counted["passed"], counted["flow"]


def population(connection: Connection, period: Period) -> Population:
    """The records that the figures of a period are of."""
    return Population(*connection.execute(text(_POPULATION), _values(period)).one())


def visits(
    connection: Connection,
    period: Period,
    source: Source,
    element: str,
    reader: Reader,
    *,
    order: Order = "ended",
    which: Which = "all",
    start: int = 0,
    limit: int = 100,
) -> tuple[list[Visit], int]:
    """The stays at one element that this reader may see, and how many there are for them."""
    instance = schema.instance
    found = _passing(element) if source == "passes" else _staying(source, element)
    own = found.c
    conditions: dict[Which, ColumnElement[bool]] = {
        "all": true(),
        "done": own.outcome == "done",
        "late": own.overrun.is_not(None),
        "open": own.ended_at.is_(None),
    }
    by = {"ended": own.ended_at, "waited": own.waited, "worked": own.worked, "overrun": own.overrun}
    statement = (
        select(
            instance.c.key,
            instance.c.title,
            *(own[it] for it in _SHOWN),
            func.count().over(),
        )
        .select_from(found.join(instance, instance.c.id == own.instance_id))
        .where(own.version_id.in_(list(period.versions)), conditions[which], readable_by(reader))
        .order_by(by[order].desc().nulls_last(), own.opened_at.desc(), instance.c.id)
        .limit(limit)
        .offset(start)
    )
    if period.since is not None:
        statement = statement.where(or_(own.ended_at.is_(None), own.ended_at >= period.since))
    if period.until is not None:
        if source in ("items", "jobs"):
            statement = statement.where(own.opened_at < period.until)
        else:
            statement = statement.where(own.ended_at < period.until)
    rows = connection.execute(statement).all()
    return [Visit(*row[:-1]) for row in rows], rows[0][-1] if rows else 0


def _staying(source: Source, element: str) -> Subquery:
    stay = schema.stay
    return select(stay).where(stay.c.source == source, stay.c.element == element).subquery("s")


def _passing(element: str) -> Subquery:
    """Each time that an element or a flow was passed."""
    way = schema.way
    both = way.c.passed.op("||")(way.c.flows)
    each = func.jsonb_array_elements_text(both).table_valued("id").render_derived("each")
    shown = {
        "opened_at": way.c.at,
        "began_at": null(),
        "ended_at": way.c.at,
        "outcome": literal("done"),
        "who": way.c.who,
        "due_at": null(),
        "waited": null(),
        "worked": null(),
        "overrun": null(),
    }
    return (
        select(way.c.instance_id, way.c.version_id, *(it.label(name) for name, it in shown.items()))
        .select_from(way.join(each, true()))
        .where(each.c.id == element)
        .subquery("s")
    )


def _values(period: Period) -> Mapping[str, object]:
    return {
        "versions": list(period.versions),
        "since": period.since,
        "until": period.until,
    }


def _stays(it: RowMapping) -> Stays:
    return Stays(
        entered=it["entered"],
        done=it["done"],
        cancelled=it["cancelled"],
        open=it["open"],
        waited=_spread(it, "waited"),
        worked=_spread(it, "worked"),
        untaken=it["untaken"],
        unknown=it["unknown"],
        with_due=it["with_due"],
        overdue=it["overdue"],
        overrun=_spread(it, "overrun"),
    )


def _spread(it: RowMapping, name: str) -> Spread:
    median, p90 = it[f"{name}_at"] or (None, None)
    return Spread(it[f"{name}_known"], median, it[f"{name}_mean"], p90, it[f"{name}_total"])


_SHOWN = (
    *("opened_at", "began_at", "ended_at", "outcome", "who"),
    *("due_at", "waited", "worked", "overrun"),
)
_SINCE = "coalesce(CAST(:since AS timestamptz), '-infinity')"
_UNTIL = "coalesce(CAST(:until AS timestamptz), 'infinity')"
_THESE = "version_id = ANY(CAST(:versions AS bigint[]))"


def _spreads(name: str) -> str:
    return f"""count({name}) FILTER (WHERE is_done) AS {name}_known,
    percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY {name})
        FILTER (WHERE is_done) AS {name}_at,
    avg({name}) FILTER (WHERE is_done) AS {name}_mean,
    sum({name}) FILTER (WHERE is_done) AS {name}_total"""


_FIGURES = f"""SELECT source, element, count(*) FILTER (WHERE opened_at >= {_SINCE}) AS entered,
    count(*) FILTER (WHERE is_done) AS done,
    count(*) FILTER (WHERE has_ended AND outcome = 'cancelled') AS cancelled,
    count(*) FILTER (WHERE ended_at IS NULL) AS open,
    {_spreads("waited")}, {_spreads("worked")}, {_spreads("overrun")},
    count(*) FILTER (WHERE is_done AND began_at IS NULL AND waited IS NOT NULL) AS untaken,
    count(*) FILTER (WHERE is_done AND waited IS NULL) AS unknown,
    count(due_at) FILTER (WHERE is_done) AS with_due,
    count(*) FILTER (WHERE ended_at IS NULL AND due_at < :now) AS overdue
FROM stay CROSS JOIN LATERAL (
    SELECT ended_at >= {_SINCE} AND ended_at < {_UNTIL} AS has_ended) h
    CROSS JOIN LATERAL (SELECT has_ended AND outcome = 'done' AS is_done) d
WHERE {_THESE} AND coalesce(opened_at, ended_at) < {_UNTIL}
    AND (ended_at IS NULL OR ended_at >= {_SINCE})
GROUP BY source, element"""

# Commands go few ways, many times each: what they passed is counted before it is taken apart.
_WAYS = f"""WITH gone AS (
    SELECT passed, flows, count(*) AS times FROM way
    WHERE {_THESE} AND at >= {_SINCE} AND at < {_UNTIL} GROUP BY passed, flows)
SELECT 'passed', x.id, sum(times) FROM gone, jsonb_array_elements_text(passed) AS x(id)
GROUP BY x.id
UNION ALL
SELECT 'flow', x.id, sum(times) FROM gone, jsonb_array_elements_text(flows) AS x(id)
GROUP BY x.id"""

_POPULATION = f"""SELECT
    count(*) FILTER (WHERE i.started_at < {_UNTIL}
        AND (i.ended_at IS NULL OR i.ended_at >= {_SINCE})),
    count(*) FILTER (WHERE cardinality(t.versions) > 1), min(i.started_at), max(i.changed_at)
FROM told t JOIN instance i ON i.id = t.instance_id
WHERE t.versions && CAST(:versions AS bigint[])"""
