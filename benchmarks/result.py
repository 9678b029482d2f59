"""What a case found, and how it is shown: as tables for people, as JSON for programs."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from benchmarks.stage import Stage


@dataclass(frozen=True)
class Size:
    """How long to measure: rounds, and pieces of work of each contestant in a round."""

    rounds: int
    pieces: int


@dataclass(frozen=True)
class Goal:
    """What a ratio is to be: at least so much, or at most."""

    least: float | None = None
    most: float | None = None

    def is_met_by(self, value: float) -> bool:
        """Whether the value is within the goal."""
        return (self.least is None or value >= self.least) and (
            self.most is None or value <= self.most
        )

    def __str__(self) -> str:
        return f"at least {self.least:g}" if self.least is not None else f"at most {self.most:g}"


@dataclass(frozen=True)
class Result:
    """Rows with the same columns each, the ratios that count, and what a reader must know.

    `goals` are by the names of the ratios; a ratio that could not be measured is not there.
    """

    rows: Sequence[Mapping[str, object]]
    ratios: Mapping[str, float]
    notes: Sequence[str] = ()
    goals: Mapping[str, Goal] = field(default_factory=dict[str, Goal])


@dataclass(frozen=True)
class Case:
    """One question about cost; `run` answers it on a stage of its own making."""

    name: str
    title: str
    run: Callable[[Stage, Size], Result]


def as_json(machine: Mapping[str, object], size: Size, found: Mapping[str, Result]) -> str:
    """Everything, figures unrounded."""
    return json.dumps(
        {
            "machine": machine,
            "size": asdict(size),
            "cases": {name: asdict(result) for name, result in found.items()},
        },
        indent=2,
    )


def as_text(case: Case, result: Result) -> str:
    """A heading, the table, the ratios and the notes."""
    lines = [f"{case.name}  {case.title}", "", *_table(result.rows), ""]
    lines += [
        f"  {name}: {_cell(value)}{_against(result.goals.get(name), value)}"
        for name, value in result.ratios.items()
    ]
    lines += [
        f"  {name}: not measured (goal: {goal})"
        for name, goal in result.goals.items()
        if name not in result.ratios
    ]
    lines += [f"  {note}" for note in result.notes]
    return "\n".join(lines)


def facts(machine: Mapping[str, object]) -> str:
    """One line for each fact."""
    return "\n".join(f"  {name}: {value}" for name, value in machine.items())


def _against(goal: Goal | None, value: float) -> str:
    if goal is None:
        return ""
    return f" (goal: {goal}; {'reached' if goal.is_met_by(value) else 'missed'})"


def _table(rows: Sequence[Mapping[str, object]]) -> list[str]:
    if not rows:
        return []
    names = list(rows[0])
    cells = [names, *[[_cell(row[name]) for name in names] for row in rows]]
    widths = [max(len(line[column]) for line in cells) for column in range(len(names))]
    return [
        "  "
        + "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in cells
    ]


def _cell(value: object) -> str:
    if not isinstance(value, float):
        return str(value)
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.2f}"
