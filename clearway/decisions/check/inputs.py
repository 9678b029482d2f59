"""Checks of input columns: their type against the value they name, and their allowed values."""

from collections.abc import Iterator, Mapping

from clearway.decisions.check.columns import declared_type, named_type
from clearway.decisions.check.computed import kind_computed
from clearway.decisions.check.kinds import (
    constraints_of,
    fields_of,
    item_of,
    kind_of,
    kind_told,
    resolved,
)
from clearway.decisions.check.subject import Subject
from clearway.decisions.findings import Finding
from clearway.decisions.model import Input
from clearway.feel import UnaryTests, feel_text
from clearway.feel.types import SIMPLE, TEMPORAL, ListType, Type
from clearway.feel.values import kind

READ_FROM_TEXT = frozenset(SIMPLE[name] for name in TEMPORAL)


def wrong_inputs(subject: Subject) -> Iterator[Finding]:
    """Inputs whose every value an evaluation would refuse, or every list but those of one item."""
    for column in subject.table.inputs:
        yield from _of_other_type(subject, column)
        yield from _allowing_other_type(subject, column)


def value_of_other_kind(tests: UnaryTests, expected: str | None) -> object:
    """A constant of the tests that is of another kind than expected; None if there is none."""
    breaks = tests.breaks()
    if expected is None or not breaks.exact:
        return None
    constants = (*breaks.values, *breaks.limits)
    return next((it for it in constants if it is not None and kind(it) != expected), None)


def _of_other_type(subject: Subject, column: Input) -> Iterator[Finding]:
    types = subject.names.types
    named = named_type(column, subject.names)
    wanted = kind_of(column.type, types)
    given = kind_told(named, types) or _computed(subject, column)
    if wanted is not None and (_is_any_list(named, types) or _is_in_any_list(subject, column)):
        yield subject.error(
            "decision-input-type",
            f"the input is said to be a {wanted}, but `{column.text}` is a list, which is refused "
            "unless it has one item",
            f"Ask for an item, such as `{column.text}[1]`, or correct the type of the column.",
            column.place,
        )
        return
    if wanted is None or given is None or _may_become(given, wanted):
        return
    yield subject.error(
        "decision-input-type",
        f"the input is said to be a {wanted}, but `{column.text}` is a {given}",
        "Correct the type of the column, or that of the value it asks for.",
        column.place,
    )


def _is_any_list(named: Type | None, types: Mapping[str, Type]) -> bool:
    """Whether a value is a list by its declared type, and nothing says that it has one item."""
    is_list = named is not None and isinstance(resolved(named, types), ListType)
    return is_list and not constraints_of(named, types)


def _is_in_any_list(subject: Subject, column: Input) -> bool:
    """Whether a path goes through such a list, which gives the component of each item."""
    names = subject.names
    path = [part.strip() for part in column.text.split(".")]
    found = names.known.get(path[0])
    for name in path[1:]:
        if _is_any_list(found, names.types):
            return name in (fields_of(item_of(found, names.types), names.types) or {})
        found = (fields_of(found, names.types) or {}).get(name)
    return False


def _computed(subject: Subject, column: Input) -> str | None:
    """The kind of what a column computes, as far as the types of names tell."""
    given = kind_computed(column.nodes, subject.names)
    return given if given != "list" else None  # A list of one is taken for its item.


def _may_become(given: str, wanted: str) -> bool:
    """Whether values of one kind are taken where another is declared."""
    if given == wanted or (given, wanted) == ("date", "date and time"):
        return True
    return given == "string" and wanted in READ_FROM_TEXT


def _allowing_other_type(subject: Subject, column: Input) -> Iterator[Finding]:
    expected = kind_of(declared_type([column], subject.names), subject.names.types)
    allowed = column.allowed
    value = value_of_other_kind(allowed, expected) if allowed is not None else None
    if value is not None:
        yield subject.error(
            "decision-input-type",
            f"the allowed values have {feel_text(value)}, a {kind(value)}, but the input is a "
            f"{expected}",
            "Correct the allowed values, or the type of the input.",
            column.place,
        )
