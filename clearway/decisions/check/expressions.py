"""Checks of expressions: calls, sums, comparisons and conditions that no value makes true."""

from collections.abc import Collection, Iterator, Mapping

from clearway.decisions.check.columns import Names
from clearway.decisions.check.names import known_inside
from clearway.decisions.errors import DecisionError
from clearway.decisions.findings import Finding, finding_of
from clearway.decisions.model import Asked
from clearway.decisions.reader import Decisions
from clearway.feel.kinds import never_given
from clearway.feel.syntax import Literal
from clearway.feel.types import Type


def never_true(
    decisions: Decisions, known: Mapping[str, Type | None], broken: Collection[str]
) -> Iterator[Finding]:
    """What is null for every value, by the declared types of what it is given."""
    everywhere = decisions.names
    for each in (*decisions.decisions.values(), *decisions.knowledge.values()):
        if each.id in broken:
            continue
        names = Names(decisions.types, known_inside(decisions, each.place, known))
        taken = everywhere | each.bound if each.bound - everywhere else everywhere
        for asked in each.asked:
            if not asked.is_condition and all(type(it) is Literal for it in asked.nodes):
                continue  # Most of a large table, so that it costs no more than a look.
            for cause in never_given(
                asked.nodes, names.kind_at, taken, is_condition=asked.is_condition
            ):
                yield _finding(asked, cause)


def _finding(asked: Asked, cause: str) -> Finding:
    remedy = "Correct it, or convert one of the values."
    error = DecisionError(asked.place, f"`{asked.text}` has {cause}", remedy)
    return finding_of(error, "decision-null-call")
