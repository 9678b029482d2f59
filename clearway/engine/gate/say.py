"""The words in which the gate refuses."""

from collections.abc import Collection
from dataclasses import dataclass

from clearway.engine.findings import Findings
from clearway.engine.model import EventDefinition, Node


@dataclass(frozen=True, slots=True)
class Say:
    """Findings about one file."""

    file: str
    findings: Findings

    def error(self, element: str | None, rule: str, message: str, remedy: str) -> None:
        """Something that stops a deployment."""
        self.findings.error(self.file, element, rule, message, remedy)

    def warning(self, element: str | None, rule: str, message: str, remedy: str) -> None:
        """Something that should be looked at."""
        self.findings.warning(self.file, element, rule, message, remedy)

    def refuse(self, node: Node, rule: str, what: str, remedy: str) -> None:
        """A node that would run wrongly."""
        self.error(node.id, rule, f"`{node.label}` {what}.", remedy)

    def refuse_event(self, node: Node, event: EventDefinition, allowed: Collection[str]) -> None:
        """An event definition that does not belong where it is."""
        known = ", ".join(sorted(allowed))
        self.refuse(
            node,
            "event-place",
            f"has a trigger ({event.kind}) that means nothing at this place",
            f"Here there can be: {known}.",
        )
