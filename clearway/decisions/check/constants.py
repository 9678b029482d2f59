"""Checks of texts with a declared type: constants that can never be of it."""

from collections.abc import Iterator

from clearway.decisions.check.looking import Budget
from clearway.decisions.declared import constant_value, is_refused, misfit
from clearway.decisions.errors import WrongValue
from clearway.decisions.findings import Finding, finding_of
from clearway.decisions.reader import Decisions
from clearway.feel.scope import NOT_KNOWN
from clearway.feel.types import unknown_names


def wrong_constants(decisions: Decisions, budget: Budget) -> Iterator[Finding]:
    """Constants that an evaluation would refuse; each is told once."""
    for each in (*decisions.decisions.values(), *decisions.knowledge.values()):
        told: set[tuple[object, str]] = set()
        for typed in each.typed:
            if budget.is_spent:
                return
            with budget.purse() as purse:
                value = constant_value(typed.text, purse)
            if value is None or value is NOT_KNOWN or (typed.place, typed.text) in told:
                continue
            if unknown_names(typed.type, decisions.types):
                continue  # What is wrong with the type is told already.
            if is_refused(value, typed.type, decisions.types):
                told.add((typed.place, typed.text))
                cause = misfit(value, typed.type, typed.what)
                yield finding_of(
                    WrongValue(typed.place, cause, "Correct the expression or the type.")
                )
