"""The types of FEEL values, as `instance of` and type definitions name them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from clearway.feel.values import Function, Range, is_context, is_list, kind


@dataclass(frozen=True, slots=True)
class Named:
    """A built-in type such as `number`, or the name of a type definition."""

    name: str


@dataclass(frozen=True, slots=True)
class ListType:
    item: "Type"


@dataclass(frozen=True, slots=True)
class RangeType:
    item: "Type"


@dataclass(frozen=True, slots=True)
class ContextType:
    fields: tuple[tuple[str, "Type"], ...]


@dataclass(frozen=True, slots=True)
class FunctionType:
    parameters: tuple["Type", ...]
    result: "Type"


@dataclass(frozen=True, slots=True)
class Constrained:
    """Values of `base` that `allows` answers true for."""

    base: "Type"
    allows: Callable[[object], bool]


Type = Named | ListType | RangeType | ContextType | FunctionType | Constrained

ANY = Named("Any")
MIDNIGHT = time(tzinfo=UTC)
SIMPLE = {
    "number": "number",
    "string": "string",
    "boolean": "boolean",
    "date": "date",
    "time": "time",
    "date and time": "date and time",
    "dateTime": "date and time",
    "days and time duration": "days and time duration",
    "dayTimeDuration": "days and time duration",
    "years and months duration": "years and months duration",
    "yearMonthDuration": "years and months duration",
    "Null": "null",
}


TEMPORAL = frozenset(
    (
        "date",
        "time",
        "date and time",
        "dateTime",
        "days and time duration",
        "dayTimeDuration",
        "years and months duration",
        "yearMonthDuration",
    )
)
GENERAL = frozenset(("Any", "list", "context", "function", "range"))


def is_instance(value: object, wanted: Type, known: Mapping[str, Type]) -> bool:
    """`value instance of wanted`; `known` are type definitions by name.

    Null is of type Null only, and the allowed values of a type definition are not looked at.
    """
    return Check(known, constrained=False).holds(value, wanted)


def conforms(value: object, wanted: Type, known: Mapping[str, Type]) -> bool:
    """Whether a value may be given for `wanted`: null always, others if allowed by the type."""
    return value is None or Check(known, constrained=True).holds(value, wanted)


@dataclass(frozen=True, slots=True)
class Check:
    """Compares values with types; `constrained` asks for allowed values and accepts null inside."""

    known: Mapping[str, Type]
    constrained: bool

    def holds(self, value: object, wanted: Type) -> bool:
        """Whether the value is of the type."""
        if isinstance(wanted, Named):
            return self._is_named(value, wanted.name)
        if isinstance(wanted, Constrained):
            return self.holds(value, wanted.base) and (not self.constrained or wanted.allows(value))
        if isinstance(wanted, ListType):
            return is_list(value) and all(self._inside(item, wanted.item) for item in value)
        if isinstance(wanted, ContextType):
            return is_context(value) and all(
                key in value and self._in_field(value[key], field) for key, field in wanted.fields
            )
        if isinstance(wanted, RangeType):
            return isinstance(value, Range) and all(
                end is None or self.holds(end, wanted.item) for end in (value.low, value.high)
            )
        return isinstance(value, Function) and value.conforms(len(wanted.parameters))

    def _inside(self, item: object, wanted: Type) -> bool:
        return (item is None and self.constrained) or self.holds(item, wanted)

    def _in_field(self, item: object, wanted: Type) -> bool:
        return item is None or self.holds(item, wanted)

    def _is_named(self, value: object, name: str) -> bool:
        if name in self.known:
            return self.holds(value, self.known[name])
        if name == "Any":
            return value is not None
        return kind(value) == SIMPLE.get(name, name)


def unknown_names(wanted: Type, known: Mapping[str, Type]) -> list[str]:
    """The names in a type that are neither built in nor defined."""
    if isinstance(wanted, Named):
        found = wanted.name in SIMPLE or wanted.name in known or wanted.name in GENERAL
        return [] if found else [wanted.name]
    if isinstance(wanted, ListType | RangeType):
        return unknown_names(wanted.item, known)
    if isinstance(wanted, Constrained):
        return unknown_names(wanted.base, known)
    parts = (
        [part for _, part in wanted.fields]
        if isinstance(wanted, ContextType)
        else [*wanted.parameters, wanted.result]
    )
    return [name for part in parts for name in unknown_names(part, known)]


def coerced(value: object, wanted: Type | None, known: Mapping[str, Type]) -> object:
    """`value` as `wanted` by the implicit conversions of the standard, or null.

    A list of one stands for its item, a single value for a list of one, and a date for its
    midnight in UTC where a date and time is wanted (DMN 10.3.2.9.4).
    """
    if wanted is None or value is None or wanted == ANY or conforms(value, wanted, known):
        return value
    if is_list(value) and len(value) == 1 and conforms(value[0], wanted, known):
        return value[0]
    target = _defined(wanted, known)
    if isinstance(target, ListType) and conforms(value, target.item, known):
        return [value]
    if type(value) is date:
        moment = datetime.combine(value, MIDNIGHT)
        return moment if conforms(moment, wanted, known) else None
    return None


def _defined(wanted: Type, known: Mapping[str, Type]) -> Type:
    """What a name stands for in the end, without its allowed values."""
    while isinstance(wanted, Constrained) or (isinstance(wanted, Named) and wanted.name in known):
        wanted = wanted.base if isinstance(wanted, Constrained) else known[wanted.name]
    return wanted


def fitted(
    arguments: Sequence[object], wanted: Sequence[Type | None], known: Mapping[str, Type]
) -> list[object] | None:
    """Arguments converted to the types of parameters; None when one of them does not fit."""
    found: list[object] = []
    for value, each in zip(arguments, wanted, strict=True):
        converted = coerced(value, each, known)
        if converted is None and value is not None:
            return None
        found.append(converted)
    return found
