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


def finding_of(error: DecisionError, rule: str = "", severity: str = "error") -> Finding:
    """An error as a line of a report; `rule` names the check where the error is of no own kind."""
    place = error.place
    message = f"{place.within}: {error.cause}" if place.within else error.cause
    return Finding(place.decision, rule or error.kind, severity, message, error.remedy)
