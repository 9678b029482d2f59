"""The command that moves running records to another version of their process."""

import os
from collections.abc import Iterator, Mapping, Sequence

import typer

from clearway.bulk import Processes
from clearway.cli.house import entered, operator
from clearway.cli.output import Format, OutputOption, print_json, show, stop
from clearway.cli.progress import bar
from clearway.service.house import House
from clearway.service.migrate import (
    Carry,
    Summary,
    Verdict,
    by_threads,
    migrate_all,
    rehearse,
    undo_migration,
)
from clearway.service.values import Refusal

_MANY = 300


def migrate(
    process: str = typer.Argument("", help="The process; none with --undo"),
    to: int = typer.Option(0, "--to", help="The version on which the records go on"),
    from_: int = typer.Option(0, "--from", help="Only the records on this version"),
    key: list[str] = typer.Option([], "--key", help="Only this record; may be given again"),
    map_: list[str] = typer.Option(
        [], "--map", help="old=new: an element or flow that is called otherwise; may be given again"
    ),
    is_rehearsal: bool = typer.Option(False, "--rehearse", help="Say what would be; write nothing"),
    reason: str = typer.Option("", help="Why; kept in the history of each record"),
    undo: str = typer.Option(
        "", help="The key of a record that shall stand as before it was moved"
    ),
    output: Format = OutputOption,
) -> None:
    """Move open records to another version of their process; ends with 1 when one is refused."""
    if undo:
        with entered() as house:
            _undo(house, undo, output)
        return
    if not process or to < 1:
        stop("Name the process and, with --to, the version on which its records go on.", 2)
    mapping = _mapping(map_)
    with entered() as house:
        keys, source = key or None, from_ or None
        if is_rehearsal:
            told = rehearse(house, operator(), process, to, keys, mapping, from_version=source)
            _tell(_answer(told), output)
            return
        with bar("records") as progress:
            moved = migrate_all(
                house,
                operator(),
                process,
                to,
                keys,
                mapping,
                reason,
                once=f"migrate {os.urandom(8).hex()}",
                from_version=source,
                carry=_carry(house),
                told=progress.show,
            )
        _tell_summary(moved, output)


def _carry(house: House) -> Carry:
    """A few records are moved here; for many a second process is worth its start."""
    few, many = by_threads(house), Processes(house.store.url)
    return lambda move, keys: (few if len(keys) < _MANY else many)(move, keys)


def _mapping(pairs: Sequence[str]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for pair in pairs:
        old, _, new = (part.strip() for part in pair.partition("="))
        if not old or not new or found.get(old, new) != new:
            stop(f"--map {pair} does not say old=new, or says it in two ways.", 2)
        found[old] = new
    return found


def _answer(told: Iterator[Verdict] | Refusal) -> list[Verdict]:
    if isinstance(told, Refusal):
        stop(f"{told.text} {told.remedy}".strip())
    return list(told)


def _tell(verdicts: Sequence[Verdict], output: Format) -> None:
    if output is Format.JSON:
        print_json(verdicts)
    else:
        rows = [
            {
                "record": it.key,
                "verdict": it.says,
                "why": " ".join([*it.notes, it.text, it.remedy]).strip(),
            }
            for it in verdicts
        ]
        show(rows, output, empty="No record is left to be moved.")
    if any(it.says == "refused" for it in verdicts):
        raise typer.Exit(1)


def _tell_summary(summary: Summary | Refusal, output: Format) -> None:
    if isinstance(summary, Refusal):
        stop(f"{summary.text} {summary.remedy}".strip())
    if output is Format.JSON:
        print_json(summary)
    elif not (summary.moved or summary.there or summary.refused):
        typer.echo("No open record that is meant is on another version: nothing was moved.")
    else:
        moved = "1 record was" if summary.moved == 1 else f"{summary.moved} records were"
        there = "1 was" if summary.there == 1 else f"{summary.there} were"
        refused = "1 was" if len(summary.refused) == 1 else f"{len(summary.refused)} were"
        typer.echo(
            f"{moved} moved, {summary.with_notes} of them with notes in their history; "
            f"{there} there already, {refused} refused."
        )
        if summary.refused:
            rows = [
                {"record": it.key, "why": it.text, "remedy": it.remedy} for it in summary.refused
            ]
            show(rows, output)
    if summary.refused:
        raise typer.Exit(1)


def _undo(house: House, key: str, output: Format) -> None:
    answer = undo_migration(house, operator(), key, once=f"undo {os.urandom(8).hex()}")
    if isinstance(answer, Refusal):
        stop(f"{answer.text} {answer.remedy}".strip())
    if output is Format.JSON:
        print_json({"key": key, "version": answer.details["version"]})
    else:
        typer.echo(f"{key} is on version {answer.details['version']} again.")
