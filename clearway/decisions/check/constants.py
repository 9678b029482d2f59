"""Checks of texts with a declared type: those whose value can never be of it."""

from collections.abc import Iterator, Mapping

from clearway.decisions.check.computed import misfit_of_kind
from clearway.decisions.check.looking import Budget
from clearway.decisions.check.names import names_inside
from clearway.decisions.declared import constant_value, is_refused, misfit
from clearway.decisions.errors import WrongValue
from clearway.decisions.findings import Finding, finding_of
from clearway.decisions.reader import Decisions
from clearway.feel.scope import NOT_KNOWN
from clearway.feel.types import Type, unknown_names


def wrong_constants(
    decisions: Decisions, known: Mapping[str, Type | None], budget: Budget
) -> Iterator[Finding]:
    """Constants that an evaluation would refuse, and values of another kind; each is told once."""
    for each in (*decisions.decisions.values(), *decisions.knowledge.values()):
        names = names_inside(decisions, each.place, known)
        told: set[tuple[object, str]] = set()
        for typed in each.typed:
            if budget.is_spent:
                return
            with budget.purse() as purse:
                value = constant_value(typed.text, purse)
            if value is None or (typed.place, typed.text) in told:
                continue
            if unknown_names(typed.type, decisions.types):
                continue  # What is wrong with the type is told already.
            if value is NOT_KNOWN:
                what = f"{typed.what}, `{typed.text}`,"
                cause = misfit_of_kind(typed.nodes, typed.type, names, what)
            else:
                is_wrong = is_refused(value, typed.type, decisions.types)
                cause = misfit(value, typed.type, typed.what) if is_wrong else None
            if cause is not None:
                told.add((typed.place, typed.text))
                yield finding_of(
                    WrongValue(typed.place, cause, "Correct the expression or the type.")
                )
