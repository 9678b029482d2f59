"""Commands about what runs by itself: which runs were due, and the proof of each."""

import dataclasses
import json

import typer

from clearway.cli.house import entered, operator
from clearway.cli.output import Format, OutputOption, print_json, show, stop
from clearway.service.schedule_list import RunView, proof, scheduled_runs
from clearway.service.values import Refusal

app = typer.Typer(help="What runs by itself, and the proof that it did.", no_args_is_help=True)

_SHOWN_OF_A_HASH = 12


@app.command("list")
def list_runs(
    schedule: str = typer.Option("", "--schedule", help="Only the runs of this schedule"),
    limit: int = typer.Option(50, "--limit", min=1, max=500, help="How many, the newest first"),
    output: Format = OutputOption,
) -> None:
    """The runs that were due: when each began and ended, what came of it, its proof."""
    with entered() as house:
        found = scheduled_runs(house, operator(), schedule=schedule or None, limit=limit)
        if isinstance(found, Refusal):
            stop(f"{found.text} {found.remedy}")
        if output is Format.JSON:
            print_json([_plain(run) for run in found.rows])
            return
        show([_row(run) for run in found.rows], output, empty="No run was due yet.")


@app.command("proof")
def show_proof(
    hashed: str = typer.Argument(metavar="HASH", help="Its hash, or the first digits of it"),
    output: Format = OutputOption,
) -> None:
    """The proof of a run, as it was kept: canonical JSON."""
    with entered() as house:
        found = proof(house, operator(), hashed)
        if isinstance(found, Refusal):
            stop(f"{found.text} {found.remedy}")
        kept = json.loads(found[1])
        if output is Format.JSON:
            print_json({"hash": found[0], "proof": kept})
            return
        typer.echo(f"sha-256 {found[0]}")
        print_json(kept)


def _plain(run: RunView) -> dict[str, object]:
    return {**dataclasses.asdict(run), "proofs": dict(run.proofs)}


def _row(run: RunView) -> dict[str, object]:
    return {
        "schedule": run.schedule,
        "due": run.due,
        "began": run.began,
        "ended": run.ended,
        "outcome": f"{run.outcome}, late" if run.late else run.outcome,
        "proof": ", ".join(f"{what} {hashed[:_SHOWN_OF_A_HASH]}" for what, hashed in run.proofs),
        "note": run.note,
    }
