"""Where in a file of decisions the findings of its check are: rules, columns, and what to add."""

from collections.abc import Sequence
from dataclasses import dataclass

from clearway.decisions import Decisions, Finding
from clearway.decisions.model import Table


@dataclass(frozen=True)
class Mark:
    """The place of one finding, which is told from others by `element`, `rule` and `message`.

    `rules` are numbers from 1, `column` a label and `column_at` its place from 0 among inputs and
    outputs, -1 where it is not certain. `tests` are the cells of a rule that would close the gap.
    """

    element: str
    rule: str
    message: str
    rules: Sequence[int]
    column: str
    column_at: int
    tests: Sequence[str]


def marks_of(decisions: Decisions, findings: Sequence[Finding]) -> list[Mark]:
    """The places of these findings of a file."""
    return [_mark(decisions, it) for it in findings]


def _mark(decisions: Decisions, found: Finding) -> Mark:
    at = _column_at(decisions, found.element, found.column) if found.column else -1
    return Mark(
        found.element, found.rule, found.message, found.numbers, found.column, at, found.example
    )


def _column_at(decisions: Decisions, element: str, label: str) -> int:
    decision = decisions.decisions.get(element)
    if decision is None or not isinstance(decision.logic, Table):
        return -1
    table = decision.logic
    labels = [*(it.label for it in table.inputs), *(it.name for it in table.outputs)]
    return labels.index(label) if labels.count(label) == 1 else -1
