"""Values from JSON as the types of a file of decisions ask for them."""

import re
from collections.abc import Mapping

from clearway.decisions.model import is_unnamed
from clearway.decisions.reader import Decisions
from clearway.feel import FeelError, Range, compile_expression, from_json
from clearway.feel.temporal import at_literal
from clearway.feel.types import (
    TEMPORAL,
    Constrained,
    ContextType,
    ListType,
    Named,
    RangeType,
    Type,
)
from clearway.feel.values import is_context, is_list, number_of

RANGE = Named("range")
RANGE_TEXT = re.compile(r"[(\[\]].*\.\..*[)\[\]]|\([<>].*\)", re.DOTALL)


def context_from_json(decisions: Decisions, values: Mapping[str, object]) -> dict[str, object]:
    """A context from JSON, in which inputs of the file have the types that it declares.

    Raises FeelError for what FEEL cannot hold.
    """
    made = {name: from_json(value) for name, value in values.items()}
    # A decision may be given instead of made, where a service says so.
    types = {each.variable: each.type for each in decisions.decisions.values()}
    types |= {each.name: each.type for each in decisions.inputs.values()}
    for prefix, other in decisions.imported.items():
        if is_unnamed(prefix):
            types = {each.name: each.type for each in other.inputs.values()} | types
    for name, value in made.items():
        if name in decisions.imported and is_context(value):
            made[name] = context_from_json(decisions.imported[name], value)
        else:
            made[name] = typed(value, types.get(name), decisions.types)
    return made


def typed(value: object, wanted: Type | None, known: Mapping[str, Type]) -> object:
    """A FEEL value in which texts become dates, times, durations, ranges and numbers by the type.

    What does not fit the type stays as it is.
    """
    if isinstance(wanted, Named) and wanted.name in known:
        return typed(value, known[wanted.name], known)
    if isinstance(wanted, Constrained):
        return typed(value, wanted.base, known)
    if isinstance(wanted, ListType):
        if is_list(value):
            return [typed(item, wanted.item, known) for item in value]
        return typed(value, wanted.item, known)
    if isinstance(wanted, ContextType) and is_context(value):
        fields = dict(wanted.fields)
        return {key: typed(item, fields.get(key), known) for key, item in value.items()}
    if isinstance(value, str) and (isinstance(wanted, RangeType) or wanted == RANGE):
        return range_of(value) or value
    return _scalar(value, wanted.name) if isinstance(wanted, Named) else value


def range_of(text: str) -> Range | None:
    """The range that a text such as `[1..5)` is; None for any other text."""
    if RANGE_TEXT.fullmatch(text) is None:
        return None
    try:
        value = compile_expression(text).evaluate({})
    except FeelError:
        return None
    return value if isinstance(value, Range) else None


def _scalar(value: object, name: str) -> object:
    if not isinstance(value, str):
        return value
    if name in TEMPORAL:
        found = at_literal(value)
        return value if found is None else found
    if name != "number":
        return value
    try:
        return number_of(value)
    except ArithmeticError:
        return value
