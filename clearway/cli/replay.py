"""Commands that let the house live through what happened elsewhere: replay servicenow."""

import contextlib
import hashlib
import json
import shutil
from collections.abc import Generator
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

import typer

from clearway.cli.bundles import bundle_at
from clearway.cli.output import print_json, stop
from clearway.cli.progress import bar
from clearway.errors import ClearwayError
from clearway.settings import Settings

app = typer.Typer(help="Live through what happened in another system.", no_args_is_help=True)


@app.callback()
def replay() -> None:
    """Live through what happened in another system."""


@app.command()
def servicenow(
    log: Path = typer.Argument(help="The zipped incident event log (UCI data set 498)"),
    limit: int = typer.Option(0, min=0, help="Only so many incidents, the first of the file"),
    workers: int = typer.Option(2, min=1, max=8, help="How many processes share the incidents"),
    database_url: str = typer.Option(
        "", help="An empty database for it; without one it has an embedded one of its own"
    ),
    cases: Path | None = typer.Option(
        None,
        help="Where the cases go that end elsewhere than in the log "
        "[CLEARWAY_HOME/replay/cases.jsonl]",
    ),
    fresh: bool = typer.Option(False, help="Forget the embedded database of an earlier replay"),
) -> None:
    """Drive the incidents of a ServiceNow log through the incident process.

    Prints one JSON summary. Ends with 0 when the database is sound and every priority agrees, with
    1 when not or when it stopped; the same command then goes on where it stopped. With 2 when the
    log cannot be read: then nothing was done.
    """
    from clearway.replay.log import LogError, read_cases
    from clearway.replay.run import Plan
    from clearway.replay.run import replay as live_through
    from clearway.replay.worker import AGAIN
    from clearway.store.errors import Unavailable

    try:
        # Before anything is made or forgotten.
        read = read_cases(log, limit or None)
        settings = Settings.from_environment()
        bundle = bundle_at(settings.bpmn / "incident")
        with _place(settings, database_url, fresh) as place, bar("events") as progress:
            plan = Plan(
                log,
                place.url,
                place.folder,
                bundle,
                limit=limit or None,
                workers=workers,
                is_own_server=not database_url,
                read=read,
            )
            summary, astray = live_through(
                plan,
                begun=lambda total, done: progress.show(done, total),
                went_on=progress.advance,
            )
        text = "".join(json.dumps(asdict(case)) + "\n" for case in astray)
        file = cases or settings.home / "replay" / "cases.jsonl"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except LogError as error:
        stop(str(error), 2)
    except Unavailable:
        stop(f"The database is gone. {AGAIN}")
    except (ClearwayError, OSError) as error:
        stop(str(error))
    print_json(summary)
    raise typer.Exit(1 if summary.broken_invariants or summary.priority_mismatches else 0)


@dataclass(frozen=True)
class _Place:
    url: str
    folder: Path


@contextlib.contextmanager
def _place(settings: Settings, database_url: str, fresh: bool) -> Generator[_Place]:
    """A database that is no house of anybody, and a folder for the journals."""
    from clearway.store.embedded import EmbeddedPostgres
    from clearway.store.migrate import upgrade

    home = settings.home / "replay"
    if database_url:
        parts = urlsplit(database_url)
        name = hashlib.sha256(f"{parts.netloc}{parts.path}{parts.query}".encode()).hexdigest()[:12]
        upgrade(database_url)
        yield _Place(database_url, home / name)
        return
    if fresh:
        # Starting it is refused while a replay runs there: nothing is removed under it.
        earlier = EmbeddedPostgres(home / "embedded")
        earlier.start()
        earlier.stop()
        shutil.rmtree(home / "embedded", ignore_errors=True)
    with EmbeddedPostgres(home / "embedded") as embedded:
        url = embedded.conninfo()
        upgrade(url)
        yield _Place(url, home / "embedded" / "journals")
