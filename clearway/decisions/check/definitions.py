"""Checks of what a file defines beside its tables: types that nothing is of, names given twice."""

from collections.abc import Iterator, Mapping

from clearway.decisions.check.inputs import value_of_other_kind
from clearway.decisions.check.kinds import kind_of
from clearway.decisions.check.names import names_by_id
from clearway.decisions.errors import DecisionError, Place
from clearway.decisions.findings import Finding, finding_of
from clearway.decisions.item_types import Allowed
from clearway.decisions.model import is_unnamed
from clearway.decisions.reader import Decisions
from clearway.feel import feel_text
from clearway.feel.types import Constrained, ContextType, ListType, Type
from clearway.feel.values import kind


def wrong_types(decisions: Decisions) -> Iterator[Finding]:
    """Type definitions whose allowed values are of another type, so that nothing is of them."""
    for name, wanted in decisions.types.items():
        yield from _wrong(wanted, Place(decisions.file, column=name), decisions.types)


def names_given_twice(decisions: Decisions) -> Iterator[Finding]:
    """Names that two elements have, so that nobody knows which of them an expression means."""
    named = [(name, identity) for identity, name in names_by_id(decisions).items()]
    theirs = [other for name, other in decisions.imported.items() if is_unnamed(name)]
    for other in theirs:
        named += [
            (name, f"{other.file}: {identity}") for identity, name in names_by_id(other).items()
        ]
    first: dict[str, str] = {}
    for name, identity in named:
        if name in first:
            cause = f"`{first[name]}` and `{identity}` are both called `{name}`"
            place = Place(decisions.file, identity if identity in decisions.ids else "")
            error = DecisionError(place, cause, "Rename one of them.")
            yield finding_of(error, "decision-name-twice")
        first.setdefault(name, identity)


def _wrong(wanted: Type, place: Place, types: Mapping[str, Type]) -> Iterator[Finding]:
    if isinstance(wanted, ContextType):
        for name, field in wanted.fields:
            yield from _wrong(field, Place(place.file, column=f"{place.column}.{name}"), types)
    if isinstance(wanted, ListType):
        yield from _wrong(wanted.item, place, types)
    if not isinstance(wanted, Constrained):
        return
    expected = kind_of(wanted.base, types)
    tests = wanted.allows.tests if isinstance(wanted.allows, Allowed) else None
    for name in sorted(tests.free_names) if tests is not None else ():
        cause = f"the allowed values ask for `{name}`, but they see nothing but the value itself"
        error = DecisionError(place, cause, "Write a constant, or a text in quotes.")
        yield finding_of(error, "decision-name-unknown")
    value = value_of_other_kind(tests, expected) if tests is not None else None
    if value is not None:
        cause = (
            f"the allowed values have {feel_text(value)}, a {kind(value)}, but the type is a "
            f"{expected}"
        )
        error = DecisionError(place, cause, "Correct the allowed values, or the type.")
        yield finding_of(error, "decision-input-type")
    yield from _wrong(wanted.base, place, types)
