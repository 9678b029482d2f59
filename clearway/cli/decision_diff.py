"""The command that tells what changes between two versions of a table: decision diff."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from clearway.cli.json_input import json_items
from clearway.cli.json_output import plain
from clearway.cli.output import Format, OutputOption, print_json, show, stop
from clearway.cli.tables import decisions_or_stop, unreadable
from clearway.engine.bundle import read_file
from clearway.errors import ClearwayError

if TYPE_CHECKING:
    from clearway.decisions.compare import Change
    from clearway.decisions.recorded import Case, Judged, Verdict

RECORDED_OTHERWISE = "Not what the first version decides, so recorded by another version:"


def diff(
    before: Path = typer.Argument(help="A .dmn file"),
    after: Path = typer.Argument(help="Another version of it"),
    recorded: Path | None = typer.Option(
        None, "--recorded", help="Evaluations of the past: a JSON array, or one object a line"
    ),
    output: Format = OutputOption,
) -> None:
    """What changes between two versions; ends with 0 nothing, 1 changes found, 2 unreadable.

    With --recorded it also tells which cases of the past would be decided otherwise.
    """
    changes = _changes(before, after)
    past = None if recorded is None else _past(before, after, recorded)
    rows = [asdict(it) for it in changes]
    if output is Format.JSON:
        print_json(rows if past is None else {"changes": rows, "recorded": past.document()})
    else:
        show([_row(it) for it in changes], output, empty="Nothing differs.")
        if past is not None:
            past.show()
    raise typer.Exit(1 if changes or (past is not None and past.otherwise) else 0)


@dataclass
class Past:
    """What two versions make of the cases of the past; only those worth telling are kept."""

    cases: int = 0
    same: int = 0
    otherwise: list["Judged"] = field(default_factory=list["Judged"])
    unjudged: list["Judged"] = field(default_factory=list["Judged"])
    recorded_otherwise: list["Judged"] = field(default_factory=list["Judged"])

    def take(self, judged: "Iterable[Judged]") -> None:
        """Count these, and keep those worth telling."""
        for it in judged:
            self.cases += 1
            self.same += not (it.unjudged or it.otherwise)
            for said, kept in (
                (it.unjudged, self.unjudged),
                (it.otherwise, self.otherwise),
                (it.recorded_otherwise, self.recorded_otherwise),
            ):
                if said:
                    kept.append(it)

    def document(self) -> dict[str, object]:
        """All of it for programs."""
        return {
            "cases": self.cases,
            "same": self.same,
            "otherwise": [_judged(it) for it in self.otherwise],
            "unjudged": [{**_case(it.case), "why": it.unjudged} for it in self.unjudged],
            "recorded_otherwise": [_judged(it) for it in self.recorded_otherwise],
        }

    def show(self) -> None:
        """All of it for people; the last line has the counts."""
        unjudged = [{"case": _name(it.case), "why": it.unjudged} for it in self.unjudged]
        for title, kept in (
            ("Decided otherwise:", [_told(it) for it in self.otherwise]),
            ("Cannot be judged:", unjudged),
            (RECORDED_OTHERWISE, [_told_recorded(it) for it in self.recorded_otherwise]),
        ):
            if kept:
                typer.echo(title)
                show(kept, Format.TABLE)
        cases = f"{self.cases} case{'s' * (self.cases != 1)}"
        typer.echo(
            f"{cases}: {self.same} the same, {len(self.otherwise)} otherwise, "
            f"{len(self.unjudged)} not judged; {len(self.recorded_otherwise)} recorded otherwise"
        )


def _changes(before: Path, after: Path) -> "list[Change]":
    from clearway.decisions import DecisionError
    from clearway.decisions.compare import compare

    texts = [_read(path) for path in (before, after)]
    try:
        return compare(texts[0], texts[1], (str(before), str(after)))
    except DecisionError as error:
        stop(unreadable(Path(error.file), error), 2)


def _read(path: Path) -> bytes:
    try:
        return read_file(path)
    except (OSError, ClearwayError) as error:
        stop(unreadable(path, error), 2)


def _past(before: Path, after: Path, recorded: Path) -> Past:
    from clearway.decisions.recorded import Judge, NotACase, case_of

    judge = Judge(decisions_or_stop(before), decisions_or_stop(after))
    past = Past()
    try:
        past.take(
            judge.judged(case_of(item, number))
            for number, item in enumerate(json_items(recorded), 1)
        )
    except NotACase as error:
        stop(f"{recorded} cannot be read: {error}", 2)
    if not past.cases:
        stop(f"{recorded} holds no cases: give a JSON array, or one object on each line.", 2)
    return past


def _row(change: "Change") -> dict[str, object]:
    """A change for people: one column for both numbers of a rule, one for where it is."""
    rules = [str(it) if it else "" for it in (change.rule_before, change.rule_after)]
    return {
        "element": f"{change.element} ({change.entry})" if change.entry else change.element,
        "what": f"{change.part} {change.change}",
        "rule": rules[0] if rules[0] == rules[1] else " -> ".join(it or "-" for it in rules),
        "column": change.column,
        "before": change.before,
        "after": change.after,
    }


def _judged(judged: "Judged") -> dict[str, object]:
    return {
        **_case(judged.case),
        "before": _verdict(judged.before),
        "after": _verdict(judged.after),
    }


def _case(case: "Case") -> dict[str, object]:
    return {
        "case": case.id,
        "at": case.at,
        "record": case.record or None,
        "decision": case.decision,
        "inputs": None if case.inputs is None else plain(case.inputs),
        "context": None if case.context is None else plain(case.context),
        "recorded": None if case.outputs is None else plain(case.outputs),
    }


def _verdict(verdict: "Verdict | None") -> dict[str, object] | None:
    if verdict is None:
        return None
    return {
        "outputs": plain(verdict.outputs),
        "rules": verdict.rules,
        "refusal": verdict.refusal or None,
    }


def _told(judged: "Judged") -> dict[str, object]:
    case = judged.case
    return {
        "case": _name(case),
        "inputs": _text(case.inputs or case.context or {}),
        "before": _said(judged.before),
        "after": _said(judged.after),
    }


def _told_recorded(judged: "Judged") -> dict[str, object]:
    return {
        "case": _name(judged.case),
        "recorded": _text(judged.case.outputs or {}),
        "first version": _said(judged.before),
    }


def _name(case: "Case") -> str:
    return f"{case.id} ({case.record})" if case.record else case.id


def _said(verdict: "Verdict | None") -> str:
    if verdict is None or verdict.refusal:
        return verdict.refusal if verdict is not None else ""
    rules = f" by rule {', '.join(map(str, verdict.rules))}" if verdict.rules else ""
    return f"{_text(verdict.outputs)}{rules}"


def _text(values: Mapping[str, object]) -> str:
    from clearway.decisions.errors import told

    try:
        return told(values)
    except ClearwayError as error:
        return f"it cannot be shown: {error}"
