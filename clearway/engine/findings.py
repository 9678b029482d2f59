"""How a finding is made: one short way to say where, what and what to do instead."""

from dataclasses import dataclass, field

from clearway.engine.values import Finding, Severity


@dataclass
class Findings:
    """Collects what is wrong with one file after the other."""

    found: list[Finding] = field(default_factory=list[Finding])
    _known: set[Finding] = field(default_factory=set[Finding], repr=False)

    def error(self, file: str, element: str | None, rule: str, message: str, remedy: str) -> None:
        """Something that stops a deployment."""
        self._add(Finding(file, element, rule, Severity.ERROR, message, remedy))

    def warning(self, file: str, element: str | None, rule: str, message: str, remedy: str) -> None:
        """Something that should be looked at, but runs rightly."""
        self._add(Finding(file, element, rule, Severity.WARNING, message, remedy))

    @property
    def errors(self) -> list[Finding]:
        """Only what stops a deployment."""
        return [finding for finding in self.found if finding.severity is Severity.ERROR]

    def _add(self, finding: Finding) -> None:
        if finding not in self._known:
            self._known.add(finding)
            self.found.append(finding)
