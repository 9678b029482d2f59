"""What a check has found in a file of decisions."""

from dataclasses import dataclass

from clearway.decisions.errors import DecisionError


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of a report.

    `element` is the id of the decision (empty for the file), `rule` the name of the check,
    `severity` error or warning, `message` place and cause, `remedy` what to do. `numbers` are the
    rules it is about, `column` the label of the column, `example` the tests of a rule that would
    fit its input and nothing else, one for each input of the table, where that is certain.
    """

    element: str
    rule: str
    severity: str
    message: str
    remedy: str
    numbers: tuple[int, ...] = ()
    column: str = ""
    example: tuple[str, ...] = ()


def finding_of(
    error: DecisionError,
    rule: str = "",
    severity: str = "error",
    *,
    numbers: tuple[int, ...] = (),
    example: tuple[str, ...] = (),
) -> Finding:
    """An error as a line of a report; `rule` names the check where the error is of no own kind."""
    place = error.place
    message = f"{place.within}: {error.cause}" if place.within else error.cause
    return Finding(
        place.decision,
        rule or error.kind,
        severity,
        message,
        error.remedy,
        numbers or (() if place.rule is None else (place.rule,)),
        place.column,
        example,
    )
