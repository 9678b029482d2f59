"""The command that begins a process: process new."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import typer

from clearway.cli.bundles import process_folders
from clearway.cli.output import stop
from clearway.errors import ClearwayError

app = typer.Typer(help="Processes as folders.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Processes as folders."""


@app.command()
def new(
    name: str = typer.Argument(help="Small letters, digits, _ and -: access_request"),
    title: str = typer.Option("", help="What people read; the name in words when absent"),
    into: Path = typer.Option(Path("bpmn"), help="The folder above the process's folder"),
) -> None:
    """Begin a process: a folder with a diagram, record, forms, message and scenarios that run."""
    from clearway.diagrams.starter import starter

    if not into.is_dir():
        stop(f"There is no folder {into}. Make it, or name another with --into.", 2)
    folder = into / name
    try:
        files = starter(name, title, list(_prefixes(into)))
        if folder.exists() or folder.is_symlink():
            stop(f"{folder} is there already. Take another name, or remove it.")
        _write(folder, files)
    except ClearwayError as error:
        stop(str(error))
    except OSError as error:
        stop(f"{error.filename or folder} cannot be written: {error.strerror}.", 2)
    for path in files:
        typer.echo(f"made: {folder / path}")
    typer.echo(f"Next: redraw {folder / f'{name}.bpmn'}, then clearway lint {folder}")
    typer.echo(f"and clearway test {folder}")


def _prefixes(bpmn: Path) -> Iterator[str]:
    """What the keys of the processes in a folder begin with."""
    for folder in process_folders(bpmn):
        try:
            record: object = json.loads((folder / "record.json").read_bytes())
        except (OSError, ValueError, RecursionError):
            record = {}
        fields = cast("dict[str, object]", record) if isinstance(record, dict) else {}
        yield str(fields.get("x-key-prefix") or folder.name[:3])


def _write(folder: Path, files: dict[str, bytes]) -> None:
    """All of it or nothing: made aside, then renamed."""
    aside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        for path, content in files.items():
            file = aside / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        aside.chmod(0o755)
        aside.rename(folder)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
