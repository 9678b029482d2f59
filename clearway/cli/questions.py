"""Commands that ask: record, instance, verify, doctor."""

import dataclasses
import shutil
from collections.abc import Iterator
from typing import NoReturn
from urllib.parse import urlsplit

import typer

from clearway.cli.house import entered, operator
from clearway.cli.output import Format, OutputOption, print_json, show, stop
from clearway.service.doctor import Disk, Portal, examine
from clearway.service.history import Order, history
from clearway.service.house import House
from clearway.service.instance_view import instance_view
from clearway.service.record import record as record_view
from clearway.service.resting import rehearse_upgrade
from clearway.service.search import search
from clearway.service.values import EntryView, RecordRow, Refusal
from clearway.service.verify import verify as broken_invariants
from clearway.settings import Settings
from clearway.store.embedded import ROOM_NEEDED
from clearway.supervisor import answers_http
from clearway.wiring import not_connected
from tasks.runs import overdue

_PATIENCE = 5.0
"""Seconds in which the portal must answer each question."""


def record(
    key: str = typer.Argument("", help="A record's key; lists open records when absent"),
    q: str = typer.Option("", "-q", help="Words to search for, when no key is given"),
    newest_first: bool = typer.Option(
        False, "--newest-first", help="Begin the history with its newest line"
    ),
    output: Format = OutputOption,
) -> None:
    """Show a record with its history, or find records."""
    with entered() as house:
        if not key:
            found = search(house, operator(), q, open_only=not q)
            if isinstance(found, Refusal):
                stop(f"{found.text} {found.remedy}".strip())
            show([_row(row) for row in found.rows], output, empty="No record is found.")
            return
        view = record_view(house, operator(), key)
        if isinstance(view, Refusal):
            stop(f"{view.text} {view.remedy}".strip())
        entries = list(_whole_history(house, key, "newest" if newest_first else "oldest"))
        if output is Format.JSON:
            print_json({**dataclasses.asdict(view), "history": entries})
            return
        typer.echo(f"{view.key}  {view.title}  [{view.state}]  {view.process} v{view.version}")
        show([{"field": name, "value": value} for name, value in view.values.items()], output)
        show([{"at": e.at, "who": e.actor, "what": e.sentence} for e in entries], output)


def instance(
    key: str = typer.Argument(help="A record's key"), output: Format = OutputOption
) -> None:
    """Show where a record's tokens stand in its diagram."""
    with entered() as house:
        view = instance_view(house, operator(), key)
        if isinstance(view, Refusal):
            stop(f"{view.text} {view.remedy}".strip())
        if output is Format.JSON:
            print_json({**dataclasses.asdict(view), "xml": None})
            return
        typer.echo(f"{view.key} runs on {view.process} version {view.version}")
        elements = sorted({*view.tokens, *view.completed})
        rows = [
            {
                "element": element,
                "tokens": view.tokens.get(element, 0),
                "completed": view.completed.get(element, 0),
            }
            for element in elements
        ]
        show(rows, output)


def verify(output: Format = OutputOption) -> None:
    """Check every invariant on the live database; ends with 1 when one is broken."""
    with entered() as house:
        sentences = broken_invariants(house)
        show([{"broken": sentence} for sentence in sentences], output, empty="All is well.")
        raise typer.Exit(1 if sentences else 0)


def doctor(
    upgrade: bool = typer.Option(
        False, "--upgrade", help="Load every open record with this release; nothing is changed"
    ),
    output: Format = OutputOption,
) -> None:
    """Say what works and what does not: database, workers, Prefect, faults, missed runs, the disk.

    Systems that the settings do not name, such as a mail server, are told as well. With --upgrade
    a release that is installed beside the running one says whether it could go on with everything.
    """
    with entered() as house:
        if upgrade:
            _rehearse(house, output)
        late = [(run.schedule, run.due_at) for run in overdue(house)]
        settings = Settings.from_environment()
        silent, disk = not_connected(settings), _disk(settings)
        signs = examine(house, late_runs=late, silent=silent, disk=disk, portal=_portal(settings))
        show([dataclasses.asdict(sign) for sign in signs], output)
        raise typer.Exit(0 if all(sign.well for sign in signs) else 1)


def _portal(settings: Settings) -> Portal:
    """Asked where it listens on this machine, and else where people find it."""
    health = "/healthz"
    if answers_http(settings.host, settings.port, health, seconds=_PATIENCE)():
        return Portal(settings.base_url, True)
    public = urlsplit(settings.base_url)
    is_plain = public.scheme == "http"
    return Portal(
        settings.base_url,
        answers_http(
            public.hostname or settings.host,
            public.port or (80 if is_plain else 443),
            f"{public.path.rstrip('/')}{health}",
            seconds=_PATIENCE,
            tls=not is_plain,
        )(),
    )


def _disk(settings: Settings) -> Disk | None:
    if settings.database_url is not None:
        return None
    usage = shutil.disk_usage(settings.home)
    return Disk(str(settings.home), usage.total, usage.free, ROOM_NEEDED)


def _rehearse(house: House, output: Format) -> NoReturn:
    found = rehearse_upgrade(house)
    if output is Format.JSON:
        print_json(dataclasses.asdict(found))
    else:
        show([{"wrong": it} for it in found.problems], output, empty="No problem was found.")
        typer.echo(
            f"Open records loaded: {found.instances}, of {found.versions} versions; "
            f"problems: {len(found.problems)}."
        )
    raise typer.Exit(1 if found.problems else 0)


def _whole_history(house: House, key: str, order: Order) -> Iterator[EntryView]:
    after: str | None = None
    while True:
        page = history(house, operator(), key, after=after, limit=500, order=order)
        if isinstance(page, Refusal):
            return
        yield from page.rows
        if page.after is None:
            return
        after = page.after


def _row(row: RecordRow) -> dict[str, object]:
    values = dataclasses.asdict(row)
    values.pop("values")
    return values
