"""Commands that need no database: lint, test, conformance, feel, sla check."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import typer

from clearway.cli.bundles import bundle_at, bundles_under
from clearway.cli.output import Format, OutputOption, print_json, show, stop
from clearway.errors import ClearwayError


def feel(
    expression: str = typer.Argument(help="A FEEL expression"),
    context: str = typer.Option("{}", "--context", "-c", help="What it sees, as a JSON object"),
) -> None:
    """Evaluate a FEEL expression and print its value as FEEL text."""
    from clearway.feel import compile_expression, feel_text, from_json
    from clearway.now import system_time

    try:
        seen = json.loads(context, parse_float=Decimal)
    except ValueError as error:
        stop(f"--context is not JSON: {error}.", 2)
    if not isinstance(seen, dict):
        stop("--context must be a JSON object, such as '{\"impact\": 1}'.", 2)
    names = cast("dict[str, Any]", from_json(cast("object", seen)))
    try:
        value = compile_expression(expression, names=tuple(names)).evaluate(
            names, now=system_time()
        )
        typer.echo(feel_text(value))
    except ClearwayError as error:
        stop(str(error))


def sla_check(file: Path = typer.Argument(help="A file of business-time cases")) -> None:
    """Check business-time arithmetic against a file of cases."""
    from processes.sla_cases import run_cases

    data = _json_file(file)
    try:
        result = run_cases(data)
    except ClearwayError as error:
        stop(str(error), 2)
    for failure in result.failures:
        typer.echo(failure)
    typer.echo(f"{result.passed} passed, {len(result.failures)} failed")
    raise typer.Exit(1 if result.failures else 0)


def conformance(
    file: Path = typer.Argument(help="A file of BPMN cases"), output: Format = OutputOption
) -> None:
    """Run small BPMN cases: which are executed as expected, refused, or wrong."""
    from clearway.engine.conformance import conformance as run

    report = run(_json_file(file))
    if output is Format.JSON:
        print_json(report)
    else:
        for title, cases in (("refused", report.refused), ("wrong", report.wrong)):
            for case in cases:
                typer.echo(f"{title}: {case}")
        typer.echo(
            f"{len(report.executed)} executed, {len(report.refused)} refused, "
            f"{len(report.wrong)} wrong"
        )
    raise typer.Exit(1 if report.wrong else 0)


def lint(
    path: Path = typer.Argument(help="A .bpmn file, or the folder of a process"),
    output: Format = OutputOption,
) -> None:
    """What the deploy gate says; ends with 0 clean, 1 errors found, 2 unreadable."""
    from clearway.engine import check
    from clearway.engine.values import Severity
    from clearway.wiring import surroundings

    try:
        bundle = bundle_at(path)
    except (OSError, ClearwayError) as error:
        stop(f"{path} cannot be read: {error}", 2)
    findings = check(bundle, surroundings())
    show([_finding_row(finding) for finding in findings], output, empty="Nothing found.")
    if any(finding.rule.startswith("unreadable") for finding in findings):
        raise typer.Exit(2)
    raise typer.Exit(1 if any(f.severity is Severity.ERROR for f in findings) else 0)


def test(
    path: Path = typer.Argument("bpmn", help="bpmn/, one process, or one scenario file"),
) -> None:
    """Run the scenarios of processes under a virtual clock."""
    from clearway.wiring import run_scenarios_of

    try:
        bundles, only = bundles_under(path)
    except (OSError, ClearwayError) as error:
        stop(f"{path} cannot be read: {error}", 2)
    passed = failed = 0
    for bundle in bundles:
        for result in run_scenarios_of(bundle, only):
            passed += result.passed
            failed += not result.passed
            if not result.passed:
                typer.echo(f"FAILED {result.file}: {result.name}\n  {result.failure}")
    typer.echo(f"{passed} passed, {failed} failed")
    raise typer.Exit(1 if failed or not passed else 0)


def _finding_row(finding: Any) -> dict[str, object]:
    return {
        "file": finding.file,
        "element": finding.element,
        "rule": finding.rule,
        "severity": str(finding.severity),
        "message": finding.message,
        "remedy": finding.remedy,
    }


def _json_file(file: Path) -> Any:
    try:
        return json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        stop(f"{file} cannot be read as JSON: {error}", 2)
