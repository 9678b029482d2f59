"""The command `clearway heat`: where the records of a process wait, are worked on and are late."""

import csv
import dataclasses
import sys
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

import typer

from clearway.cli.house import entered, operator
from clearway.cli.output import Format, print_json, show, stop
from clearway.service.heat import Asked, ElementHeat, HeatMap
from clearway.service.heat import heat as heat_map
from clearway.service.heat_keeping import keep_up
from clearway.service.heat_table import heading, table_rows
from clearway.service.processes import version_of
from clearway.service.spans import span
from clearway.service.values import Refusal
from clearway.store.heat import Spread


class HeatFormat(StrEnum):
    """`-o table`, `-o json` or `-o csv`."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def heat(
    process: str = typer.Argument(help="The id of a process"),
    version: str = typer.Option("", "--version", help="Its number, or all; else the newest"),
    since: str = typer.Option("", "--from", help="The first day, as 2026-03-02 (UTC)"),
    until: str = typer.Option("", "--to", help="The last day, as 2026-03-02 (UTC)"),
    output: HeatFormat = typer.Option(HeatFormat.TABLE, "-o", "--output", help="table, json, csv"),
) -> None:
    """Show how often each element was passed, how long records waited and were worked on there.

    Durations are of what was completed in the period, by the wall clock; in JSON and CSV in
    seconds. What changed since the last time is counted first, however much it is.
    """
    first, last = _day(since, "--from"), _day(until, "--to")
    if first and last and last < first:
        stop("The period ends before it begins. Give a later day with --to.", 2)
    if version not in ("", "all") and not version.isdecimal():
        stop("A version is a number, or all.", 2)
    with entered() as house:
        number = None if version == "all" else int(version) if version else None
        if version == "":
            newest = version_of(house, process)
            if isinstance(newest, Refusal):
                stop(f"{newest.text} {newest.remedy}", 3)
            number = newest.number
        keep_up(house, process)
        end = last + timedelta(days=1) if last else None
        asked = Asked(process, number, _midnight(first), _midnight(end))
        made = heat_map(house, operator(), asked)
        if isinstance(made, Refusal):
            stop(f"{made.text} {made.remedy}", 3 if made.code == "not_found" else 1)
        _print(made, output)


def _print(made: HeatMap, output: HeatFormat) -> None:
    if output is HeatFormat.CSV:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(heading())
        writer.writerows(table_rows(made))
    elif output is HeatFormat.JSON:
        print_json(dataclasses.asdict(made))
    else:
        typer.echo(
            f"{made.title}, version {made.asked.version or 'all'}:"
            f" {made.population.records:,} records"
        )
        rows = [_row(it) for it in made.elements if it.done or it.open or it.entered]
        show(rows, Format.TABLE, empty="Nothing happened here in this time.")


def _row(it: ElementHeat) -> dict[str, object]:
    return {
        "element": it.element,
        "entered": it.entered,
        "completed": it.done,
        "open": it.open,
        "waited": _said(it.waited),
        "worked": _said(it.worked),
        "late": f"{it.late} of {it.with_due}" if it.late is not None else None,
    }


def _said(it: Spread | None) -> str:
    return f"{span(it.median)} (p90 {span(it.p90)})" if it is not None and it.known else ""


def _day(text: str, option: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        stop(f"{option} takes a day, as 2026-03-02, not {text}.", 2)


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), UTC) if day else None
