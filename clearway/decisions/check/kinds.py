"""What a type says of its values: which simple kind they are, and which of them are allowed."""

from collections.abc import Mapping, Sequence

from clearway.decisions.item_types import Allowed
from clearway.feel import UnaryTests
from clearway.feel.types import SIMPLE, Constrained, ContextType, ListType, Named, Type

KINDS = frozenset(SIMPLE.values()) - {"null"}


def kind_of(wanted: Type | None, types: Mapping[str, Type]) -> str | None:
    """The FEEL name of a simple type, through type definitions; None for all others."""
    base = _resolved(wanted, types)[0]
    name = SIMPLE.get(base.name) if isinstance(base, Named) else None
    return name if name in KINDS else None


def kind_told(wanted: Type | None, types: Mapping[str, Type]) -> str | None:
    """The same, with contexts as a kind of their own."""
    return "context" if fields_of(wanted, types) is not None else kind_of(wanted, types)


def is_open(wanted: Type | None, types: Mapping[str, Type]) -> bool:
    """Whether nothing is said of what the values are."""
    base = _resolved(wanted, types)[0]
    return base is None or (isinstance(base, Named) and base.name == "Any")


def fields_of(wanted: Type | None, types: Mapping[str, Type]) -> Mapping[str, Type] | None:
    """The components of a type of contexts; None for all other types."""
    base = _resolved(wanted, types)[0]
    return dict(base.fields) if isinstance(base, ContextType) else None


def item_of(wanted: Type | None, types: Mapping[str, Type]) -> Type | None:
    """The type of the items of a list, through lists of lists; any other type as it is."""
    for _ in range(len(types) + 2):
        base = _resolved(wanted, types)[0]
        if not isinstance(base, ListType):
            break
        wanted = base.item
    return wanted


def resolved(wanted: Type, types: Mapping[str, Type]) -> Type:
    """What a type stands for in the end, without its allowed values."""
    return _resolved(wanted, types)[0] or wanted


def constraints_of(wanted: Type | None, types: Mapping[str, Type]) -> list[UnaryTests]:
    """The allowed values of a type definition, and of those it is made of."""
    return [each.tests for each in _resolved(wanted, types)[1]]


def type_of_path(
    path: Sequence[str], known: Mapping[str, Type | None], types: Mapping[str, Type]
) -> Type | None:
    """The type of `applicant.age`, as far as the types of names and their fields tell."""
    found = known.get(path[0])
    for name in path[1:]:
        found = (fields_of(found, types) or {}).get(name)
    return found


def _resolved(wanted: Type | None, types: Mapping[str, Type]) -> tuple[Type | None, list[Allowed]]:
    allowed: list[Allowed] = []
    for _ in range(len(types) + 2):
        before = wanted
        if isinstance(wanted, Constrained):
            if isinstance(wanted.allows, Allowed):
                allowed.append(wanted.allows)
            wanted = wanted.base
        if isinstance(wanted, Named) and wanted.name in types:
            wanted = types[wanted.name]
        if wanted is before:
            break
    return wanted, allowed
