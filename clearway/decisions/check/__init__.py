"""Checks of decision tables: what they leave open or say twice, with an input that shows it."""

from collections.abc import Mapping
from itertools import chain
from types import MappingProxyType

from clearway.decisions.check.answers import answered, wrong_answers
from clearway.decisions.check.calls import wrong_calls
from clearway.decisions.check.cells import (
    computed_cells,
    doubtful_columns,
    rules_that_never_fit,
    wrong_cells,
)
from clearway.decisions.check.components import unknown_components
from clearway.decisions.check.constants import wrong_constants
from clearway.decisions.check.definitions import names_given_twice, wrong_types
from clearway.decisions.check.expressions import never_true, null_calls
from clearway.decisions.check.inputs import wrong_inputs
from clearway.decisions.check.looking import Budget, OutOfLooks
from clearway.decisions.check.names import names_inside, unknown_names
from clearway.decisions.check.outputs import missing_outputs, wrong_outputs, wrong_sums
from clearway.decisions.check.rules import contradictions, gaps, overlaps, shadowed
from clearway.decisions.check.services import decisions_outside, missing_inputs
from clearway.decisions.check.subject import Subject
from clearway.decisions.check.usable import unusable_names
from clearway.decisions.errors import DecisionError, Place
from clearway.decisions.findings import Finding, finding_of
from clearway.decisions.model import Table
from clearway.decisions.reader import Decisions
from clearway.decisions.table import ALL_HITS
from clearway.feel.types import ANY, ContextType, Type

__all__ = ["check"]

NOTHING_AROUND: Mapping[str, Type] = MappingProxyType({})

NULL = "decision-null-call"
NOT_PROVEN = "decision-not-proven"
ACROSS = {
    "rules that never fit": rules_that_never_fit,
    "gaps": gaps,
    "overlaps": overlaps,
    "contradictions": contradictions,
    "rules that never answer": shadowed,
    "outputs that never come": missing_outputs,
}


def check(
    decisions: Decisions,
    budget: Budget | None = None,
    around: Mapping[str, Type] = NOTHING_AROUND,
) -> list[Finding]:
    """Everything that is refused in a file, and what its tables leave open or say twice.

    `around`: the types of names that come from outside of the file, such as a record's.

    Of severity error: gaps, overlaps under UNIQUE, contradictions under ANY, rules that never
    answer, cells and outputs outside of their type or allowed values. Of severity warning: output
    values that no rule gives, and what could not be proven. An input without a value is no gap:
    it is a fault when it happens, unless a rule has `null`. `budget` bounds the whole check of the
    file; where it ends, that is a warning with the decision at which the check stopped.
    """
    own, budget = _known_types(decisions), budget or Budget()
    known = {**own, **{name: each for name, each in around.items() if own.get(name) is None}}
    found = [*decisions.problems(), *budget.until_spent(unknown_names(decisions))]
    broken = {each.element for each in found}
    whole = chain(
        names_given_twice(decisions),
        unusable_names(decisions),
        wrong_types(decisions),
        wrong_calls(decisions, known),
        wrong_constants(decisions, known, budget),
        missing_inputs(decisions),
        decisions_outside(decisions),
    )
    of_items = list(budget.until_spent(unknown_components(decisions, own)))
    found += (*of_items, *budget.until_spent(whole))
    known_causes = {each.message for each in of_items if each.rule == NULL}
    stopped: Place | None = None
    for place, table in decisions.tables:
        if place.decision in broken:
            continue
        if not budget.is_spent:
            names = names_inside(decisions, place, known, in_filter=table.is_in_filter)
            element = decisions.decisions.get(place.decision)
            own = element if element is not None and element.logic is table else None
            subject = Subject(table, place, names, budget)
            own_causes = check_table(subject)
            found += (it for it in own_causes if it.rule != NULL or it.message not in known_causes)
            found += wrong_answers(subject, own.type if own is not None else None)
        if stopped is None and budget.is_spent:
            stopped = place
    for more in (never_true(decisions, known, broken), null_calls(decisions, budget, broken)):
        told = {_place_of(it) for it in found if it.rule == NULL and it.message not in known_causes}
        found += (
            each
            for each in budget.until_spent(more)
            if _place_of(each) not in told and each.message not in known_causes
        )
    if budget.is_spent:
        found.append(_stopped(stopped or Place(decisions.file)))
    return found


def _place_of(found: Finding) -> tuple[object, ...]:
    return found.element, found.numbers, found.column


def _stopped(place: Place) -> Finding:
    where = f"at the decision `{place.decision}`" if place.decision else "before its tables"
    cause = f"the file takes too long to check: {where} the check stopped, the rest is not proven"
    remedy = "Let cells compare with constants instead of computing, or split the file."
    return finding_of(DecisionError(place, cause, remedy), NOT_PROVEN, "warning")


def check_table(subject: Subject) -> list[Finding]:
    """The findings of one table, those of single cells first."""
    found = [
        *wrong_inputs(subject),
        *wrong_cells(subject),
        *wrong_outputs(subject),
        *wrong_sums(subject),
        *computed_cells(subject),
    ]
    try:
        found += doubtful_columns(subject)
    except OutOfLooks:
        is_told = subject.budget.is_spent
        return found if is_told else [*found, _too_large(subject, "gaps and overlaps")]
    for what, across in ACROSS.items():
        subject.look_anew()
        try:
            found += across(subject)
        except OutOfLooks:
            if subject.budget.is_spent:
                break  # That the check stopped is told for the file.
            found.append(_too_large(subject, what))
    return found


def _too_large(subject: Subject, what: str) -> Finding:
    return subject.warning(
        NOT_PROVEN,
        f"the table is too large to look for {what} to the end",
        "Split it into tables of fewer inputs or rules to have it proven.",
    )


def _known_types(decisions: Decisions) -> dict[str, Type | None]:
    """The types of the names that inputs may ask for: input data, and other decisions."""
    known: dict[str, Type | None] = {each.name: each.type for each in decisions.inputs.values()}
    for each in decisions.decisions.values():
        known[each.variable] = each.type or _answered(each.logic)
    return known


def _answered(logic: object) -> Type | None:
    if not isinstance(logic, Table):
        return None
    if logic.policy in ALL_HITS:
        return answered(logic)
    if len(logic.outputs) == 1:
        return logic.outputs[0].type
    return ContextType(tuple((each.name, each.type or ANY) for each in logic.outputs))
