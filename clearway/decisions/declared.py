"""Values held to the types that a file declares: converted, or refused with name and type."""

from collections.abc import Mapping

from clearway.decisions.errors import Place, WrongValue
from clearway.decisions.purse import is_strict
from clearway.feel import FeelError, compile_expression, feel_text
from clearway.feel.expression import LITTLE
from clearway.feel.limits import Run
from clearway.feel.scope import NOT_KNOWN
from clearway.feel.types import FunctionType, ListType, Named, Type, coerced

LONGEST = 60


def held(
    value: object,
    wanted: Type | None,
    types: Mapping[str, Type],
    place: Place,
    what: str,
    run: Run,
) -> object:
    """The value as its type has it; `what` tells the reader which value it is.

    Raises WrongValue for one that is not of the type, unless the run is not strict: then it is
    null, as the standard has it (DMN 1.4, 10.3.2.9.4).
    """
    found = coerced(value, wanted, types)
    if found is None and value is not None and is_strict(run):
        raise WrongValue(place, misfit(value, wanted, what), "Correct the value or the type.")
    return found


def is_refused(value: object, wanted: Type | None, types: Mapping[str, Type]) -> bool:
    """Whether a value is not of a type, as far as that can be computed beforehand."""
    try:
        return coerced(value, wanted, types) is None
    except FeelError:
        return False


def constant_value(text: str, purse: Run | None = None) -> object:
    """The value of an expression that asks for nothing; NOT_KNOWN for all others.

    What that takes is spent from a purse where one is given.
    """
    run = Run(LITTLE, None)
    try:
        compiled = compile_expression(text)
        if compiled.free_names or compiled.filter_names:
            return NOT_KNOWN
        return compiled.evaluate_in({}, run)
    except FeelError:
        return NOT_KNOWN
    finally:
        if purse is not None:
            purse.steps -= LITTLE.steps - run.steps


def misfit(value: object, wanted: Type | None, what: str) -> str:
    """What is wrong with a value, in a sentence."""
    text = feel_text(value)
    shown = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    return f"{what} is {shown}, which is not {type_text(wanted)}"


def type_text(wanted: Type | None) -> str:
    """A type as a reader sees it."""
    if isinstance(wanted, Named):
        return f"of type {wanted.name}"
    if isinstance(wanted, ListType):
        return "a list of the declared type"
    return "a function" if isinstance(wanted, FunctionType) else "of the declared type"
