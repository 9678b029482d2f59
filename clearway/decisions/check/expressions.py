"""Checks of expressions: calls, sums, comparisons and conditions that no value makes true."""

from collections.abc import Collection, Iterator, Mapping

from clearway.decisions.check.looking import Budget
from clearway.decisions.check.names import names_inside
from clearway.decisions.errors import DecisionError
from clearway.decisions.findings import Finding, finding_of
from clearway.decisions.model import Asked
from clearway.decisions.reader import Decisions
from clearway.feel import FeelError, compile_expression
from clearway.feel.kinds import never_given
from clearway.feel.syntax import Literal
from clearway.feel.types import Type


def never_true(
    decisions: Decisions, known: Mapping[str, Type | None], broken: Collection[str]
) -> Iterator[Finding]:
    """What is null for every value, by the declared types of what it is given."""
    for each in (*decisions.decisions.values(), *decisions.knowledge.values()):
        if each.id in broken:
            continue
        names = names_inside(decisions, each.place, known)
        for asked in each.asked:
            if not asked.text:
                continue  # What a boxed call is given is asked for itself.
            if not asked.is_condition and all(type(it) is Literal for it in asked.nodes):
                continue  # Most of a large table, so that it costs no more than a look.
            for cause in never_given(
                asked.nodes, names.kind_at, names.taken, is_condition=asked.is_condition
            ):
                yield _finding(asked, cause)


def null_calls(decisions: Decisions, budget: Budget, broken: Collection[str]) -> Iterator[Finding]:
    """Calls outside of tables that give null whatever the input: `date("2024-02-30")`."""
    for each in (*decisions.decisions.values(), *decisions.knowledge.values()):
        for asked in each.asked if each.id not in broken else ():
            if asked.place.within or "(" not in asked.text:
                continue  # Cells and outputs of tables are asked with them.
            with budget.purse() as purse:
                try:
                    calls = compile_expression(asked.text).null_calls(purse)
                except FeelError:
                    continue  # It needs the names of the file to be read, and was read with them.
            for call in calls:
                cause = f"`{asked.text}` contains `{call}`, which is always null"
                remedy = "Correct what stands in the brackets, or write null."
                yield finding_of(DecisionError(asked.place, cause, remedy), "decision-null-call")


def _finding(asked: Asked, cause: str) -> Finding:
    remedy = "Correct it, or convert one of the values."
    error = DecisionError(asked.place, f"`{asked.text}` has {cause}", remedy)
    return finding_of(error, "decision-null-call")
