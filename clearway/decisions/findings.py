"""What a check has found in a file of decisions."""

from dataclasses import dataclass

from clearway.decisions.errors import DecisionError


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of a report.

    `element` is the id of the decision (empty for the file), `rule` the name of the check,
    `severity` error or warning, `message` place and cause, `remedy` what to do.
    """

    element: str
    rule: str
    severity: str
    message: str
    remedy: str


def finding_of(error: DecisionError) -> Finding:
    """An error as a line of a report."""
    place = error.place
    parts = [f"rule {place.rule}"] if place.rule is not None else []
    parts += [f"column {place.column}"] if place.column else []
    message = f"{', '.join(parts)}: {error.cause}" if parts else error.cause
    return Finding(place.decision, error.kind, "error", message, error.remedy)
