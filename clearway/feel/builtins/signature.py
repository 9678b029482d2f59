"""How a built-in function takes its arguments: by position or name, checked and converted."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from clearway.feel.limits import Run
from clearway.feel.values import KINDS, Function, adopted, is_list, kind

MISFIT = object()
# A call by position costs about as many microseconds on a slow machine.
CALL_OF_BUILT_IN = 4

Body = Callable[..., object]


@dataclass(frozen=True, slots=True)
class Parameter:
    """`kinds` are those allowed, none of them meaning any."""

    name: str
    kinds: tuple[str, ...]
    optional: bool
    nullable: bool
    many: bool


@dataclass(frozen=True, slots=True)
class Overload:
    """One way to call a function; `body` gets the purse and the arguments."""

    parameters: tuple[Parameter, ...]
    body: Body


@dataclass(frozen=True, slots=True)
class Form:
    """An overload for one number of arguments, and the types that it takes as they are.

    A list still has to be adopted.
    """

    body: Body
    types: tuple[frozenset[type], ...]


class BuiltIn(Function):
    """A function of the standard: the first overload that fits is called, or the answer is null."""

    def __init__(self, name: str, overloads: Sequence[Overload]) -> None:
        self.name = name
        self.source = name
        self._overloads = tuple(overloads)

    def call(self, run: Run, arguments: list[object]) -> object:
        """The result for arguments by position."""
        run.spend(CALL_OF_BUILT_IN)
        for overload in self._overloads:
            fitted = _by_position(run, overload.parameters, arguments)
            if fitted is not None:
                return overload.body(run, *fitted)
        return None

    def call_named(self, run: Run, arguments: Mapping[str, object]) -> object:
        """The result for arguments by name."""
        run.spend(CALL_OF_BUILT_IN)
        for overload in self._overloads:
            fitted = _by_name(run, overload.parameters, arguments)
            if fitted is not None:
                return overload.body(run, *fitted)
        return None

    def form(self, count: int) -> Form | None:
        """The first overload that may be called with so many arguments."""
        for overload in self._overloads:
            if _takes(overload.parameters, count):
                parameters = [_at(overload.parameters, index) for index in range(count)]
                return Form(overload.body, tuple(map(_types_of, parameters)))
        return None

    def takes_null(self, key: str, count: int) -> bool:
        """Whether null is a value for a parameter; `key` is its name, or its place from 0 in a
        call with `count` values."""
        for overload in self._overloads:
            if key.isdecimal() and not _takes(overload.parameters, count):
                continue
            parameters = [it for it in overload.parameters if it.name == key]
            if key.isdecimal():
                parameters = [_at(overload.parameters, int(key))]
            if any(parameter.nullable for parameter in parameters):
                return True
        return False

    def why_never(self, given: Sequence[tuple[str, str | None]]) -> str | None:
        """Why a call is null for every value; None where it may have one.

        `given` has each argument with its name, empty for one by position, and its kind, None
        where that is not known.
        """
        found = [_why_never(overload.parameters, given) for overload in self._overloads]
        causes = [each for each in found if each is not None]
        if len(causes) < len(found):
            return None
        # What is wrong with a value says more than that another way takes fewer of them.
        wrong = next((each for each in causes if each.startswith("`")), None)
        if wrong is None and len(causes) > 1 and not any(name for name, _ in given):
            return f"there is no way to call it with {_values(len(given))}"
        return wrong or causes[0]

    def conforms(self, count: int) -> bool:
        """Whether `count` arguments may be given."""
        return any(_takes(overload.parameters, count) for overload in self._overloads)


def built_in(name: str, *overloads: tuple[str, Body]) -> BuiltIn:
    """A function from signatures such as `string: string, position: number, [length: number]`.

    A parameter in brackets may be left out, a kind ending in `?` may be null, one ending in `*`
    takes one or all that follow, and `|` parts alternatives.
    """
    return BuiltIn(name, [Overload(_parameters(text), body) for text, body in overloads])


def _parameters(text: str) -> tuple[Parameter, ...]:
    return tuple(_parameter(part.strip()) for part in text.split(",") if part.strip())


def _parameter(text: str) -> Parameter:
    optional = text.startswith("[")
    name, kinds = (part.strip() for part in text.strip("[]").split(":"))
    many, nullable = kinds.endswith("*"), kinds.endswith("?")
    found = tuple(each.strip() for each in kinds.rstrip("*?").split("|"))
    anything = found == ("any",)
    return Parameter(name, () if anything else found, optional, nullable or anything, many)


def _takes(parameters: tuple[Parameter, ...], count: int) -> bool:
    least = sum(not parameter.optional for parameter in parameters)
    most = count if any(parameter.many for parameter in parameters) else len(parameters)
    return least <= count <= most


def _why_never(
    parameters: tuple[Parameter, ...], given: Sequence[tuple[str, str | None]]
) -> str | None:
    takes = ", ".join(f"`{each.name}`" for each in parameters) or "nothing"
    by_name = {each.name: each for each in parameters}
    named = {name for name, _ in given if name}
    if named:
        unknown = [name for name, _ in given if name not in by_name]
        missing = [each.name for each in parameters if not each.optional and each.name not in named]
        if unknown:
            return f"it takes {takes}, and no `{unknown[0]}`"
        if missing:
            return f"it is not given `{missing[0]}`"
    elif not _takes(parameters, len(given)):
        return f"it takes {takes}, but is given {_values(len(given))}"
    for index, (name, found) in enumerate(given):
        parameter = by_name[name] if name else _at(parameters, index)
        if found is not None and not _may_take(parameter, found):
            return f"`{parameter.name}` is a {found}"
    return None


def _values(count: int) -> str:
    return f"{count} value" if count == 1 else f"{count} values"


def _may_take(parameter: Parameter, found: str) -> bool:
    """Whether some value of a kind is taken; where null is, nobody knows beforehand.

    A list of one stands for its item.
    """
    anything = parameter.nullable or not parameter.kinds or found == "list"
    return anything or found in parameter.kinds or "list" in parameter.kinds


def _at(parameters: tuple[Parameter, ...], index: int) -> Parameter:
    return parameters[min(index, len(parameters) - 1)]


def _types_of(parameter: Parameter) -> frozenset[type]:
    kinds = parameter.kinds or tuple(KINDS.values())
    if parameter.nullable:
        kinds = (*kinds, "null")
    return frozenset(each for each, name in KINDS.items() if name in kinds)


def _by_position(
    run: Run, parameters: tuple[Parameter, ...], arguments: list[object]
) -> list[object] | None:
    if not _takes(parameters, len(arguments)):
        return None
    fitted: list[object] = []
    for index, argument in enumerate(arguments):
        value = _fitted(run, argument, _at(parameters, index))
        if value is MISFIT:
            return None
        fitted.append(value)
    return fitted


def _by_name(
    run: Run, parameters: tuple[Parameter, ...], arguments: Mapping[str, object]
) -> list[object] | None:
    if not arguments.keys() <= {parameter.name for parameter in parameters}:
        return None
    fitted: list[object] = []
    for parameter in parameters:
        if parameter.name not in arguments:
            if not parameter.optional:
                return None
            # An argument left out stands as null, as it does for the bodies by default.
            fitted.append(None)
            continue
        value = _fitted(run, arguments[parameter.name], parameter)
        if value is MISFIT:
            return None
        fitted.append(value)
    return fitted


def _fitted(run: Run, value: object, parameter: Parameter) -> object:
    value = adopted(run, value)
    if not parameter.kinds:
        return value
    if value is None:
        return None if parameter.nullable else MISFIT
    if kind(value) in parameter.kinds:
        return value
    if "list" in parameter.kinds:
        return [value]
    if is_list(value) and len(value) == 1 and kind(value[0]) in parameter.kinds:
        return value[0]
    return MISFIT
