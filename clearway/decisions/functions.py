"""Functions whose body is a boxed expression, with the names and types they take."""

from collections.abc import Mapping

from clearway.decisions.declared import held, misfit
from clearway.decisions.errors import DecisionError, NoValue, Place, WrongValue, split_root
from clearway.decisions.model import BoundFunction, Context, Signature, Value
from clearway.decisions.purse import is_strict
from clearway.feel.limits import Run
from clearway.feel.types import Type, coerced, fitted
from clearway.feel.values import kind


class BoxedFunction(BoundFunction):
    """A function with the context where it was defined.

    A call that does not fit raises WrongValue or DecisionError; where the run is not strict it is
    null, as the standard has it.
    """

    def __init__(
        self,
        name: str,
        signature: Signature,
        body: Value,
        context: Context,
        types: Mapping[str, Type],
        place: Place,
    ) -> None:
        self.name = name
        self.source = name
        self.context = dict(context)
        self._signature = signature
        self._body = body
        self._types = types
        self._place = place

    def call(self, run: Run, arguments: list[object]) -> object:
        """The result for arguments by position."""
        signature = self._signature
        if len(arguments) != len(signature.parameters):
            return refused_call(run, self._place, self.name, signature, f"{len(arguments)} values")
        given = fitted(arguments, signature.types, self._types)
        if given is None:
            return refused_values(run, self._place, self.name, signature, arguments, self._types)
        run.enter()
        try:
            values = dict(zip(signature.names, given, strict=True))
            result = self._body({**self.context, **values}, run)
        except NoValue as error:
            first, _ = split_root(error.name)
            if error.place == self._place and not error.function and first in signature.names:
                error.function, error.index = self.name, signature.names.index(first)
            raise
        run.leave()
        if signature.result is None:
            return result
        what = f"what `{self.name}` gives"
        return held(result, signature.result, self._types, self._place, what, run)

    def call_named(self, run: Run, arguments: Mapping[str, object]) -> object:
        """The result for arguments by name."""
        names = self._signature.names
        if set(names) != set(arguments):
            told = ", ".join(f"`{name}`" for name in arguments) or "nothing"
            return refused_call(run, self._place, self.name, self._signature, told)
        return self.call(run, [arguments[name] for name in names])

    def conforms(self, count: int) -> bool:
        """Whether `count` arguments may be given."""
        return count == len(self._signature.parameters)


def refused_call(run: Run, place: Place, name: str, signature: Signature, given: str) -> None:
    """Raises DecisionError for a call with other parameters; null where the run is not strict."""
    if is_strict(run):
        takes = ", ".join(f"`{each}`" for each in signature.names) or "nothing"
        cause = f"`{name}` takes {takes}, but is given {given}"
        raise DecisionError(place, cause, "Correct the call.")


def refused_function(run: Run, place: Place, called: object) -> None:
    """Raises DecisionError where what is called is no function; null as `refused_call`."""
    if is_strict(run):
        told = "null" if called is None else f"a {kind(called)}"
        raise DecisionError(place, f"what is called is {told} and no function", "Correct the call.")


def refused_values(
    run: Run,
    place: Place,
    name: str,
    signature: Signature,
    arguments: list[object],
    types: Mapping[str, Type],
) -> None:
    """Raises WrongValue for the argument that is not of its type; null as `refused_call`."""
    if not is_strict(run):
        return
    for (parameter, wanted), value in zip(signature.parameters, arguments, strict=True):
        if value is not None and coerced(value, wanted, types) is None:
            cause = misfit(value, wanted, f"the value given to `{name}` for `{parameter}`")
            raise WrongValue(place, cause, "Correct the value or the type.")
