"""What compiling needs to know and what it finds out: files, calendars, names, problems."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from clearway.engine.expressions import Formula, compile_formula
from clearway.engine.findings import Findings
from clearway.engine.wanted import Wanted
from processes.calendar import Calendar


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
    formulas_found: list[tuple[str, Formula]] = field(default_factory=list[tuple[str, Formula]])
    wanted: dict[int, Wanted] = field(default_factory=dict[int, Wanted])
    """What the formula at this place in `formulas_found` is to give; absent: anything."""

    def formula(
        self, text: str | None, element: str, role: str, wanted: Wanted | None = None
    ) -> Formula | None:
        """Compile an expression; None when there is none, or after a finding."""
        if text is None:
            return None
        formula = compile_formula(text, self.file, element, role, self.findings)
        if formula is not None:
            if wanted is not None:
                self.wanted[len(self.formulas_found)] = wanted
            self.formulas_found.append((self.file, formula))
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
