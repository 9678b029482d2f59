"""The command that runs the scenarios of processes: test."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from clearway.cli.bundles import bundles_under
from clearway.cli.coverage import as_rows, coverage_of_results, tell_coverage
from clearway.cli.output import Format, OutputOption, print_json, stop
from clearway.engine.bundle import scenario_files
from clearway.engine.values import Bundle, Finding
from clearway.errors import ClearwayError

if TYPE_CHECKING:
    from clearway.service.scenarios import ScenarioResult
    from clearway.service.workshop.coverage import Coverage

_FAILURE = re.compile(r"line (\d+): (.*)", re.DOTALL)


@dataclass(frozen=True)
class _Verdict:
    """How one scenario ended, as `-o json` tells it; `line` is where it went wrong."""

    file: str
    scenario: str
    passed: bool
    line: int | None
    message: str


@dataclass(frozen=True)
class _Refused:
    """A process that the gate refuses."""

    process: str
    findings: Sequence[Finding]


def test(
    path: Path = typer.Argument("bpmn", help="bpmn/, one process, or one scenario file"),
    coverage: bool = typer.Option(
        False, "--coverage", help="Also tell what of the diagrams and tables no scenario passes"
    ),
    output: Format = OutputOption,
) -> None:
    """Run the scenarios of processes under a virtual clock."""
    try:
        bundles, only = bundles_under(path)
    except (OSError, ClearwayError) as error:
        stop(f"{path} cannot be read: {error}", 2)
    verdicts: list[_Verdict] = []
    refusals: list[_Refused] = []
    covered: list[Coverage] = []
    for bundle in bundles:
        found, refused, results = _run(bundle, only)
        if coverage and refused is None:
            covered.append(coverage_of_results(bundle, results))
        verdicts += found
        if refused is not None:
            refusals.append(refused)
        if output is Format.TABLE:
            _tell(found, refused)
    passed = sum(verdict.passed for verdict in verdicts)
    failed = len(verdicts) - passed
    if output is Format.JSON:
        told = {"passed": passed, "failed": failed, "scenarios": verdicts, "refused": refusals}
        print_json({**told, "coverage": as_rows(covered)} if coverage else told)
    else:
        if covered:
            tell_coverage(covered)
        typer.echo(f"{passed} passed, {failed} failed")
    raise typer.Exit(1 if failed or refusals or not passed else 0)


def _run(
    bundle: Bundle, only: str | None
) -> tuple[list[_Verdict], _Refused | None, Sequence["ScenarioResult"]]:
    from clearway.engine import BlueprintError
    from clearway.wiring import run_scenarios_of

    files = _scenario_files(bundle, only)
    try:
        results = run_scenarios_of(bundle, only)
    except BlueprintError as error:
        message = f"The gate refuses {bundle.process}, so this could not run."
        verdicts = [_Verdict(file, file, False, None, message) for file in files]
        return verdicts, _Refused(bundle.process, error.findings), ()
    if not files:
        return [], _refused_without_scenarios(bundle), ()
    verdicts = [_verdict(it.file, it.name, it.passed, it.failure) for it in results]
    return verdicts, None, results


def _refused_without_scenarios(bundle: Bundle) -> _Refused | None:
    """What has no scenarios was not looked at yet."""
    from clearway.engine.values import Severity
    from clearway.service.gate import examine
    from clearway.wiring import surroundings

    errors = [it for it in examine(bundle, surroundings()) if it.severity is Severity.ERROR]
    return _Refused(bundle.process, errors) if errors else None


def _scenario_files(bundle: Bundle, only: str | None) -> list[str]:
    return [it for it in scenario_files(bundle) if only in (None, it.rpartition("/")[2])]


def _verdict(file: str, name: str, passed: bool, failure: str) -> _Verdict:
    placed = _FAILURE.fullmatch(failure)
    if placed is None:
        return _Verdict(file, name, passed, None, failure)
    return _Verdict(file, name, passed, int(placed[1]), placed[2])


def _tell(verdicts: Sequence[_Verdict], refused: _Refused | None) -> None:
    if refused is not None:
        typer.echo(f"REFUSED {refused.process}: the gate refuses it, so nothing was run.")
        for finding in refused.findings:
            where = f"{finding.file} {finding.element or ''}".rstrip()
            typer.echo(f"  {where}: {finding.message} {finding.remedy}")
        return
    for verdict in verdicts:
        if not verdict.passed:
            place = "" if verdict.line is None else f"line {verdict.line}: "
            typer.echo(f"FAILED {verdict.file}: {verdict.scenario}\n  {place}{verdict.message}")
