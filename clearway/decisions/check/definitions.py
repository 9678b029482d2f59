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
from clearway.feel.names import KEYWORDS
from clearway.feel.types import Constrained, ContextType, ListType, Type
from clearway.feel.values import kind

ALLOWED = frozenset(" _?./-'+*\n\t")
"""What a name of FEEL may hold beside letters and digits."""
MEANT_OTHERWISE = {
    "?": "the value that a cell or `in` tests",
    "item": "what a filter looks at, so that it means another value there",
}
RENAME = "Rename it, in the requirements and expressions as well."


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


def unusable_names(decisions: Decisions) -> Iterator[Finding]:
    """Input data that no expression can ask for, or that is something else in some places."""
    for each in decisions.inputs.values():
        cause = _why_unusable(each.name) if each.is_named else f"`{each.id}` has no name"
        if cause is not None:
            place = Place(decisions.file, each.id)
            remedy = "Give it a name." if not each.is_named else RENAME
            yield finding_of(DecisionError(place, cause, remedy), "decision-name-unusable")


def _why_unusable(name: str) -> str | None:
    if name in MEANT_OTHERWISE:
        return f"the input data is called `{name}`, which is {MEANT_OTHERWISE[name]}"
    if name in KEYWORDS:
        return f"the input data is called `{name}`, which is a word of FEEL"
    wrong = next((it for it in name if it.isascii() and not it.isalnum() and it not in ALLOWED), "")
    if wrong:
        return f"the input data is called `{name}`, but `{wrong}` cannot stand in a name"
    return None


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
