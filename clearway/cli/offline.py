"""Commands that need no database: lint, conformance, feel, sla check."""

import itertools
from pathlib import Path
from typing import Any, cast

import typer
from typer.core import TyperCommand

from clearway.cli.bundles import NAME_A_PROCESS, bundle_at
from clearway.cli.json_input import context_object, json_file
from clearway.cli.output import Format, OutputOption, print_json, show, stop
from clearway.engine.bundle import Unreadable
from clearway.errors import ClearwayError


class Feel(TyperCommand):
    """A command whose argument may begin with a minus, as `-2**2` does, and is no option then."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Only the options that there are count as options; all else comes after `--`."""
        given = {
            name: it for it in self.get_params(ctx) for name in it.opts if name.startswith("-")
        }
        options: list[str] = []
        others: list[str] = []
        words = iter(args)
        for word in words:
            if word == "--":
                others += words
            elif word in given:
                takes = 0 if getattr(given[word], "is_flag", False) else given[word].nargs
                values = list(itertools.islice(words, takes))
                if len(values) < takes:
                    return super().parse_args(ctx, args)
                options += [word, *values]
            elif (word.startswith("--") and word[2:3].isalpha()) or _is_joined(word):
                options.append(word)
            else:
                others.append(word)
        return super().parse_args(ctx, [*options, "--", *others])


def feel(
    expression: str = typer.Argument(help="A FEEL expression"),
    context: str = typer.Option("{}", "--context", "-c", help="What it sees, as a JSON object"),
    output: Format = OutputOption,
) -> None:
    """Evaluate a FEEL expression and print its value as FEEL text."""
    from clearway.feel import compile_expression, feel_text, from_json
    from clearway.feel.values import kind
    from clearway.now import system_time

    seen = context_object(context)
    try:
        names = cast("dict[str, Any]", from_json(seen))
    except ClearwayError as error:
        stop(f"--context cannot be read: {error}.", 2)
    try:
        value = compile_expression(expression, names=tuple(names)).evaluate(
            names, now=system_time()
        )
        told = {"text": feel_text(value), "type": kind(value)}
    except ClearwayError as error:
        stop(str(error))
    if output is Format.JSON:
        print_json(told)
    else:
        typer.echo(told["text"])


def sla_check(
    file: Path = typer.Argument(help="A file of business-time cases"),
    output: Format = OutputOption,
) -> None:
    """Check business-time arithmetic against a file of cases."""
    from processes.sla_cases import run_cases

    data = json_file(file)
    if not isinstance(data, dict) or not cast("dict[str, object]", data).get("cases"):
        stop(f"{file} holds no cases: write an object with `calendars` and a list of `cases`.")
    try:
        result = run_cases(cast("dict[str, object]", data))
    except ClearwayError as error:
        stop(str(error), 2)
    failed = len(result.failures)
    if output is Format.JSON:
        print_json({"passed": result.passed, "failed": failed, "failures": result.failures})
    else:
        for failure in result.failures:
            typer.echo(failure)
        typer.echo(f"{result.passed} passed, {failed} failed")
    raise typer.Exit(1 if result.failures else 0)


def conformance(
    file: Path = typer.Argument(help="A file of BPMN cases"), output: Format = OutputOption
) -> None:
    """Run small BPMN cases: which are executed as expected, refused, or wrong."""
    from clearway.engine.conformance import conformance as run

    cases = json_file(file)
    if not _are_cases(cases):
        stop(f"{file} holds no cases: write a list of objects with `name`, `xml` and `actions`.")
    report = run(cases)
    if output is Format.JSON:
        print_json(report)
    else:
        rows = [
            {"case": it.case, "outcome": outcome, "reason": it.reason}
            for outcome, found in (("refused", report.refused), ("wrong", report.wrong))
            for it in found
        ]
        if rows:
            show(rows, output)
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
    from clearway.cli.lone import examine_alone, is_alone
    from clearway.engine.values import Severity
    from clearway.service.gate import examine
    from clearway.wiring import surroundings

    try:
        known = surroundings()
        alone = is_alone(path)
        findings = examine_alone(path, known) if alone else examine(bundle_at(path), known)
    except (OSError, ClearwayError) as error:
        if output is Format.JSON:
            print_json([_unreadable(path, error)])
            raise typer.Exit(2) from error
        told = f"{error.strerror}. {NAME_A_PROCESS}" if isinstance(error, OSError) else error
        stop(f"{path} cannot be read: {told}", 2)
    show([_finding_row(finding) for finding in findings], output, empty="Nothing found.")
    if any(finding.rule.startswith("unreadable") for finding in findings):
        raise typer.Exit(2)
    raise typer.Exit(1 if any(f.severity is Severity.ERROR for f in findings) else 0)


def _is_joined(word: str) -> bool:
    """A short option with its value in one word: no FEEL begins like this."""
    return word.startswith("-c{") or word in [f"-o{it.value}" for it in Format]


def _finding_row(finding: Any) -> dict[str, object]:
    return {
        "file": finding.file,
        "element": finding.element,
        "rule": finding.rule,
        "severity": str(finding.severity),
        "message": finding.message,
        "remedy": finding.remedy,
    }


def _are_cases(found: object) -> bool:
    each = cast("list[object]", found) if isinstance(found, list) else []
    return bool(each) and all(
        isinstance(it, dict) and isinstance(cast("dict[str, object]", it).get("xml"), str)
        for it in each
    )


def _unreadable(path: Path, error: Exception) -> dict[str, object]:
    """The one finding when there is nothing to read; shaped like all others."""
    rule, message, remedy = "unreadable", str(error), NAME_A_PROCESS
    if isinstance(error, OSError):
        message = f"{error.strerror}."
    if isinstance(error, Unreadable):
        rule, message, remedy = error.rule, error.problem, error.remedy
    return {
        "file": str(path),
        "element": None,
        "rule": rule,
        "severity": "error",
        "message": message,
        "remedy": remedy,
    }
