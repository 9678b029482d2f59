"""Commands on diagrams as files: fmt and render."""

import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import typer

from clearway.cli.output import Format, OutputOption, print_json, stop
from clearway.engine.bundle import read_file
from clearway.errors import ClearwayError

_ENDINGS = (".bpmn", ".dmn")
_PICTURES = (".svg", ".png", ".html", ".md")


@dataclass(frozen=True)
class _Done:
    """What happened to one file: `fine`, `formatted`, `to format` or `unreadable`, and why."""

    file: str
    outcome: str
    note: str = ""


def fmt(
    paths: list[Path] = typer.Argument(None, help="Files or folders; bpmn/ when absent"),
    check: bool = typer.Option(False, "--check", help="Write nothing; end with 1 if it would"),
    layout: bool = typer.Option(False, "--layout", help="Also draw what is not drawn"),
    output: Format = OutputOption,
) -> None:
    """Bring diagrams and tables into their normal form; ends with 2 for what cannot be read."""
    files, missing = _files(paths or [Path("bpmn")])
    done = [*missing, *(_format(file, check, layout) for file in files)]
    if not done:
        stop("There is no .bpmn or .dmn file to format there.", 2)
    if output is Format.JSON:
        print_json(done)
    else:
        _tell(done)
    outcomes = {it.outcome for it in done}
    raise typer.Exit(2 if "unreadable" in outcomes else 1 if "to format" in outcomes else 0)


def render(
    path: Path = typer.Argument(help="A .bpmn file, or the folder of a process"),
    to: Path = typer.Option(..., "-o", "--output", help="out.svg, out.png, out.html or out.md"),
    scale: float = typer.Option(2.0, min=0.1, max=8, help="Pixels in a PNG for each point"),
    font: Path = typer.Option(None, help="A font file for a PNG"),
) -> None:
    """Draw a diagram, or write the documentation of a process, with all that its files say."""
    from clearway.cli.bundles import bundle_at
    from clearway.diagrams.document import diagram_of, document
    from clearway.diagrams.document_html import write_html
    from clearway.diagrams.document_markdown import write_markdown
    from clearway.diagrams.render_png import render_png
    from clearway.diagrams.render_svg import render_svg

    if to.suffix not in _PICTURES:
        stop(f"{to} ends with none of {', '.join(_PICTURES)}: name the file accordingly.", 2)
    written = [to]
    try:
        bundle = bundle_at(path)
        picture = render_svg(bundle.files[diagram_of(bundle)])
        if to.suffix == ".svg":
            write_over(to, picture.svg.encode())
        elif to.suffix == ".png":
            write_over(to, render_png(picture, scale, font))
        elif to.suffix == ".html":
            write_over(to, write_html(document(bundle)).encode())
        else:
            written.append(to.with_suffix(".svg"))
            write_over(written[1], picture.svg.encode())
            write_over(to, write_markdown(document(bundle), written[1].name).encode())
    except OSError as error:
        stop(f"{error.filename or path}: {error.strerror}.", 2)
    except ClearwayError as error:
        stop(f"{path} cannot be drawn: {error}", 2)
    typer.echo(f"Written: {', '.join(map(str, written))}")
    for sentence in picture.missing:
        typer.echo(sentence, err=True)


def write_over(file: Path, data: bytes) -> None:
    """Write a file at once or not at all, with the rights that it had."""
    target = file.resolve()
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        Path(name).chmod(mode)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _files(paths: Sequence[Path]) -> tuple[list[Path], list[_Done]]:
    """All files that are meant, and what was named that is nothing to format."""
    found: dict[Path, None] = {}
    missing: list[_Done] = []
    for path in paths:
        if path.is_dir():
            found |= dict.fromkeys(_inside(path))
        elif not path.exists():
            missing.append(_Done(str(path), "unreadable", "There is no such file or folder."))
        elif path.suffix not in _ENDINGS:
            note = "Only .bpmn and .dmn files have a normal form."
            missing.append(_Done(str(path), "unreadable", note))
        else:
            found[path] = None
    return list(found), missing


def _inside(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        # Hidden files belong to editors.
        is_hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.suffix in _ENDINGS and path.is_file() and not is_hidden:
            yield path


def _format(file: Path, check: bool, with_layout: bool) -> _Done:
    from clearway.diagrams.fmt import fmt as normal_form
    from clearway.diagrams.layout import layout

    note = ""
    try:
        data = read_file(file)
        wanted = data
        if with_layout and file.suffix == ".bpmn":
            laid = layout(data)
            wanted, note = laid.data, laid.note if laid.missing else ""
        wanted = normal_form(wanted)
        if wanted == data:
            return _Done(str(file), "fine")
        if check:
            return _Done(str(file), "to format", note)
        write_over(file, wanted)
    except (OSError, ClearwayError) as error:
        told = f"{error.strerror}." if isinstance(error, OSError) else str(error)
        return _Done(str(file), "unreadable", told)
    return _Done(str(file), "formatted", note)


def _tell(done: Sequence[_Done]) -> None:
    counts: dict[str, int] = {}
    for it in done:
        counts[it.outcome] = counts.get(it.outcome, 0) + 1
        if it.outcome == "unreadable":
            typer.echo(f"{it.file}: {it.note}", err=True)
        elif it.outcome != "fine":
            typer.echo(f"{it.outcome}: {it.file}" + (f" ({it.note})" if it.note else ""))
    told = [
        f"{counts[it]} {it}"
        for it in ("formatted", "to format", "fine", "unreadable")
        if it in counts
    ]
    typer.echo(", ".join(told))
