"""Prints what the scenarios of processes pass of their diagrams and tables."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from clearway.cli.output import Format, show
from clearway.engine.values import Bundle

if TYPE_CHECKING:
    from clearway.service.scenarios import ScenarioResult
    from clearway.service.workshop.coverage import Coverage, Covered

_SORTS = {"node": "elements", "boundary": "boundary events", "flow": "flows", "rule": "rules"}


def coverage_of_results(bundle: Bundle, results: Sequence["ScenarioResult"]) -> "Coverage":
    """What these scenarios passed of this process; raises BlueprintError when it cannot run."""
    from clearway.service.deployed import Deployed
    from clearway.service.workshop.coverage import coverage_of

    return coverage_of(Deployed(bundle), results)


def as_rows(covered: Sequence["Coverage"]) -> list[dict[str, object]]:
    """The coverage of each process, as `-o json` has it."""
    return [
        {
            "process": it.process,
            "passed": it.passed,
            "of": len(it.parts),
            "totals": {
                sort: {"passed": passed, "of": of} for sort, (passed, of) in it.totals.items()
            },
            "parts": [
                {
                    "kind": part.sort,
                    "element": part.element,
                    "rule": part.rule,
                    "label": part.label,
                    "scenarios": list(part.by),
                }
                for part in it.parts
            ],
        }
        for it in covered
    ]


def tell_coverage(covered: Sequence["Coverage"]) -> None:
    """A line for each process, then what no scenario passes."""
    rows: list[dict[str, object]] = [
        {
            "process": it.process,
            **{words: _told(it.totals.get(sort)) for sort, words in _SORTS.items()},
            "all": _told((it.passed, len(it.parts))),
        }
        for it in covered
    ]
    show(rows, Format.TABLE)
    for it in covered:
        if it.missed:
            typer.echo(f"Never passed in {it.process}:")
            for part in it.missed:
                typer.echo(f"  {_place(part)}: {part.label}")


def _told(pair: tuple[int, int] | None) -> str:
    return "-" if pair is None else f"{pair[0]} of {pair[1]}"


def _place(part: "Covered") -> str:
    return part.element if part.rule is None else f"{part.file} rule {part.rule}"
