"""What compiling needs to know and what it finds out: files, calendars, names, problems."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from clearway.engine.expressions import Formula, compile_formula
from clearway.engine.findings import Findings
from clearway.engine.wanted import Wanted
from processes.calendar import Calendar


class Found(NamedTuple):
    """An expression of a diagram, the file it stands in, and what it is to give; None: anything."""

    file: str
    formula: Formula
    wanted: Wanted | None


@dataclass
class CompileContext:
    """One compilation: `forms` are paths, `decisions` are ids, `file` is the diagram at work."""

    findings: Findings
    calendars: Mapping[str, Calendar]
    forms: frozenset[str]
    decisions: frozenset[str]
    process: str
    file: str = ""
    variables: set[str] = field(default_factory=set[str])
    formulas_found: list[Found] = field(default_factory=list[Found])

    def formula(
        self, text: str | None, element: str, role: str, wanted: Wanted | None = None
    ) -> Formula | None:
        """Compile an expression; None when there is none, or after a finding."""
        if text is None:
            return None
        formula = compile_formula(text, self.file, element, role, self.findings)
        if formula is not None:
            self.formulas_found.append(Found(self.file, formula, wanted))
        return formula

    def formulas(
        self, drawn: Sequence[tuple[str, str]], element: str, role: str
    ) -> tuple[tuple[str, Formula], ...]:
        """Compile named expressions; those that fail are left out after a finding."""
        found: list[tuple[str, Formula]] = []
        for name, text in drawn:
            formula = self.formula(text, element, f"{role} `{name}`")
            if formula is not None:
                found.append((name, formula))
        return tuple(found)

    def form_of(self, element: str) -> str | None:
        """The path of the form of an element, when it has one."""
        path = f"{self.process}/forms/{element}.json"
        return path if path in self.forms else None
