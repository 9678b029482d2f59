"""Commands for decision tables, without a database: eval, check, diff, tck."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from clearway.cli.decision_diff import diff
from clearway.cli.json_input import context_argument
from clearway.cli.json_output import plain
from clearway.cli.output import Format, OutputOption, print_json, show, stop
from clearway.cli.tables import decisions_or_stop, unreadable, why_unreadable
from clearway.engine.bundle import read_file
from clearway.errors import ClearwayError

if TYPE_CHECKING:
    from clearway.decisions import Decisions, Evaluation, Finding

app = typer.Typer(help="Decision tables.", no_args_is_help=True)
app.command()(diff)


@app.command("eval")
def make(
    file: Path = typer.Argument(help="A .dmn file"),
    decision: str = typer.Argument(help="The id of a decision in it, or a decision service"),
    context: str = typer.Option(
        "{}", "--context", "-c", help="What it sees, as a JSON object, or @FILE that holds one"
    ),
    output: Format = OutputOption,
) -> None:
    """Make a decision: its outputs, the rules that fired, and how it came about."""
    from clearway.decisions import evaluate, evaluate_service
    from clearway.decisions.json_values import context_from_json
    from clearway.now import system_time

    decisions = decisions_or_stop(file)
    seen = context_argument(context)
    try:
        names = context_from_json(decisions, seen)
    except ClearwayError as error:
        stop(f"--context cannot be read: {error}.", 2)
    try:
        service = _service_in(decisions, decision)
        if service is None:
            found = evaluate(decisions, decision, names, now=system_time())
        else:
            found = evaluate_service(decisions, service, names, now=system_time())
        answer = _document(found) if output is Format.JSON else _told(found)
    except ClearwayError as error:
        stop(str(error))
    if isinstance(answer, str):
        typer.echo(answer)
    else:
        print_json(answer)


@app.command()
def check(
    path: Path = typer.Argument(help="A .dmn file, or a folder with such files"),
    output: Format = OutputOption,
) -> None:
    """What is wrong with decision tables; ends with 0 clean, 1 errors found, 2 unreadable."""
    from clearway.decisions.check import check as findings_of
    from clearway.decisions.files import decisions_at

    files = sorted(path.rglob("*.dmn")) if path.is_dir() else [path]
    if not files:
        stop(f"{path} holds no .dmn file: name a folder that does, or such a file.", 2)
    rows: list[dict[str, object]] = []
    for file in files:
        name = file.relative_to(path).as_posix() if path.is_dir() else file.name
        try:
            rows += [_row(name, it) for it in findings_of(decisions_at(file, read_file))]
        except (OSError, ClearwayError) as error:
            if output is Format.TABLE and file == path:
                stop(unreadable(path, error), 2)
            rows.append(_unreadable_row(name, error))
    show(rows, output, empty="Nothing found.")
    if any(row["rule"] == "unreadable" for row in rows):
        raise typer.Exit(2)
    raise typer.Exit(1 if any(row["severity"] == "error" for row in rows) else 0)


@app.command()
def tck(
    folder: Path = typer.Argument(help="A folder of cases of the DMN Technology Compatibility Kit"),
    output: Format = OutputOption,
) -> None:
    """Run the cases below a folder; prints failures, and last `N passed, N failed`."""
    from clearway.decisions.tck import run_folder

    outcomes = list(run_folder(folder)) if folder.is_dir() else []
    if not outcomes:
        stop(f"{folder} holds no cases: name a folder with files called `*-test-*.xml`.", 2)
    failures = [asdict(outcome) for outcome in outcomes if outcome.why]
    if output is Format.JSON:
        for failure in failures:
            typer.echo(json.dumps(failure, ensure_ascii=False))
    elif failures:
        show(failures, output)
    typer.echo(f"{len(outcomes) - len(failures)} passed, {len(failures)} failed")
    raise typer.Exit(1 if failures else 0)


def _service_in(decisions: "Decisions", word: str) -> str | None:
    """The decision service of that id or name; a decision of that id goes before it."""
    if word in decisions.ids:
        return None
    services = decisions.services.values()
    return next((each.id for each in services if word in (each.id, each.name)), None)


def _told(found: "Evaluation") -> str:
    from clearway.decisions import explain
    from clearway.feel import feel_text

    told = [f"{name} = {feel_text(value)}" for name, value in found.outputs.items()]
    if found.hit_policy:
        rules = ", ".join(map(str, found.rules)) or "none"
        told.append(f"rules that fired: {rules} ({found.hit_policy})")
    return "\n".join([*told, "", *explain(found)])


def _document(found: "Evaluation") -> dict[str, object]:
    """The evaluation, and those of all that it needed: each once, in the order they were made."""
    from clearway.decisions.explain import in_order

    *needed, made = in_order(found)
    return {**_one(made), "needed": [_one(each) for each in needed]}


def _one(made: "Evaluation") -> dict[str, object]:
    return {
        "decision": made.decision,
        "outputs": plain(made.outputs),
        "rules": made.rules,
        "inputs": plain(made.inputs),
        "hit_policy": made.hit_policy,
        "notes": made.notes,
    }


def _row(name: str, finding: "Finding") -> dict[str, object]:
    return {
        "file": name,
        "element": finding.element or None,
        "rule": finding.rule,
        "severity": finding.severity,
        "message": finding.message,
        "remedy": finding.remedy,
    }


def _unreadable_row(name: str, error: Exception) -> dict[str, object]:
    message, remedy = why_unreadable(error)
    return {
        "file": name,
        "element": None,
        "rule": "unreadable",
        "severity": "error",
        "message": message,
        "remedy": remedy,
    }
