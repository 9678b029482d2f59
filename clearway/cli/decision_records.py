"""The command that tells which evaluations of a decision are recorded: decision recorded."""

import sys
from collections.abc import Iterator
from dataclasses import asdict

import typer

from clearway.cli.house import entered, operator
from clearway.cli.output import Format, OutputOption, show, stop
from clearway.service.house import House
from clearway.service.recorded import MOST
from clearway.service.recorded import recorded as page_of
from clearway.service.values import RecordedEvaluation, Refusal
from clearway.store import jsonb


def recorded(
    process: str = typer.Argument(help="A process"),
    decision: str = typer.Argument(help="The id of a decision in its files"),
    output: Format = OutputOption,
) -> None:
    """What was decided so far, the newest first: by business rule tasks and by the API.

    With -o json an object a line, as `clearway decision diff --recorded` reads them.
    """
    with entered() as house:
        found = _all(house, process, decision)
        if output is Format.JSON:
            for each in found:
                sys.stdout.write(f"{jsonb.dumps(asdict(each))}\n")
            return
        show([_row(each) for each in found], output, empty="Nothing is recorded.")


def _all(house: House, process: str, decision: str) -> Iterator[RecordedEvaluation]:
    after: str | None = None
    while True:
        page = page_of(house, operator(), process, decision, after=after, limit=MOST)
        if isinstance(page, Refusal):
            stop(f"{page.text} {page.remedy}".strip())
        yield from page.rows
        if page.after is None:
            return
        after = page.after


def _row(each: RecordedEvaluation) -> dict[str, object]:
    values = asdict(each)
    told = ("at", "record", "by", "version", "inputs", "rules", "outputs")
    return {name: values[name] for name in told}
