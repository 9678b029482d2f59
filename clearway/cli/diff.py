"""The command that tells what changes between two versions of a process: diff."""

import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from clearway.cli.bundles import bundle_at
from clearway.cli.output import Format, OutputOption, print_json, show, stop
from clearway.engine.bundle import read_file
from clearway.engine.values import Bundle
from clearway.errors import ClearwayError

if TYPE_CHECKING:
    from clearway.diagrams.compare import Change, Comparison

_DEPLOYED = re.compile(r"([a-z][a-z0-9_-]*)@([1-9][0-9]{0,8})")
_ENDINGS = (".bpmn", ".dmn")
WHAT = "the folder of a process, a .bpmn or .dmn file, or PROCESS@NUMBER for a deployed version"


@dataclass(frozen=True)
class _Lone:
    """A single file: it is compared with one file of the other side."""

    name: str
    content: bytes


def diff(
    before: str = typer.Argument(help=f"{WHAT[0].upper()}{WHAT[1:]}"),
    after: str = typer.Argument(help="The other one"),
    output: Format = OutputOption,
) -> None:
    """What changes between two versions of a process; ends with 0 nothing, 1 changes, 2 unreadable.

    A single file is compared with its counterpart on the other side. What is only drawn elsewhere,
    and blanks and comments, are noted and change nothing: the end is 0.
    """
    found = _compared(*_paired(_side(before), _side(after), (before, after)))
    if output is Format.JSON:
        print_json(_document(found))
    else:
        show([_row(it) for it in found.changes], output, empty="Nothing differs.")
        for note in (found.layout_sentence, found.text_sentence):
            if note:
                typer.echo(note)
    raise typer.Exit(1 if found.changes else 0)


def _compared(before: Bundle, after: Bundle) -> "Comparison":
    from clearway.diagrams.compare import NotComparable, compare

    try:
        return compare(before, after)
    except NotComparable as error:
        stop(f"{error.file} cannot be read: {error.cause} {error.remedy}", 2)


def _side(named: str) -> Bundle | _Lone:
    path = Path(named)
    deployed = _DEPLOYED.fullmatch(named)
    if deployed is not None and not path.exists():
        return _deployed(deployed[1], int(deployed[2]))
    if not path.is_dir() and path.suffix not in _ENDINGS:
        stop(f"{named} cannot be read: it is no process. Name {WHAT}.", 2)
    try:
        return bundle_at(path) if path.is_dir() else _Lone(path.name, read_file(path))
    except OSError as error:
        stop(f"{named} cannot be read: {error.strerror}. Name {WHAT}.", 2)
    except ClearwayError as error:
        stop(f"{named} cannot be read: {error}", 2)


def _deployed(process: str, number: int) -> Bundle:
    """A version out of the database; without one, 2 is the end, for 1 means changes."""
    from clearway.cli.house import entered, operator
    from clearway.service.deploy import pull
    from clearway.service.values import Refusal

    try:
        with entered() as house:
            answer = pull(house, operator(), process, number)
            if isinstance(answer, Refusal):
                stop(f"{answer.text} {answer.remedy}", 2)
            return answer
    except typer.Exit as end:
        raise typer.Exit(2) from end


def _paired(
    before: Bundle | _Lone, after: Bundle | _Lone, named: tuple[str, str]
) -> tuple[Bundle, Bundle]:
    """Both sides with the same files; a lone file meets its counterpart, and that alone."""
    if isinstance(before, Bundle) and isinstance(after, Bundle):
        return before, after
    if isinstance(before, _Lone) and isinstance(after, _Lone):
        if Path(before.name).suffix != Path(after.name).suffix:
            stop(f"{named[0]} and {named[1]} cannot be compared: name two files of one kind.", 2)
        return _alone(after.name, before.content), _alone(after.name, after.content)
    if isinstance(before, _Lone) and isinstance(after, Bundle):
        path = _counterpart(before, after, named[1])
        return _alone(path, before.content), _alone(path, after.files[path])
    found, lone = _paired(after, before, (named[1], named[0]))
    return lone, found


def _counterpart(lone: _Lone, bundle: Bundle, named: str) -> str:
    same = [path for path in sorted(bundle.files) if path.rpartition("/")[2] == lone.name]
    if not same and not lone.name.endswith(".bpmn"):
        stop(f"{named} has no file {lone.name} to compare with: name two .dmn files.", 2)
    return same[0] if same else f"{bundle.process}/{bundle.process}.bpmn"


def _alone(path: str, content: bytes) -> Bundle:
    return Bundle("", {path: content})


def _row(change: "Change") -> dict[str, object]:
    where = f"{change.file} ({change.element})" if change.element else change.file
    return {"where": where, "what": change.sentence}


def _document(found: "Comparison") -> dict[str, object]:
    return {
        "changes": [asdict(it) for it in found.changes],
        "layout": {path: sorted(ids) for path, ids in found.layouts.items()},
        "text_only": list(found.text_only),
        "renamed": {path: dict(ids) for path, ids in found.renamed.items()},
    }
