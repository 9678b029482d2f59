"""What a type says of its values: which simple kind they are, and which of them are allowed."""

from collections.abc import Mapping, Sequence

from clearway.decisions.item_types import Allowed
from clearway.feel import UnaryTests
from clearway.feel.types import (
    ANY,
    GENERAL,
    SIMPLE,
    Constrained,
    ContextType,
    ListType,
    Named,
    Type,
)

KINDS = frozenset(SIMPLE.values()) - {"null"}
NEVER_SIMPLE = frozenset(("context", "function", "range"))


def kind_of(wanted: Type | None, types: Mapping[str, Type]) -> str | None:
    """The FEEL name of a simple type, through type definitions; None for all others."""
    base = _resolved(wanted, types)[0]
    name = SIMPLE.get(base.name) if isinstance(base, Named) else None
    return name if name in KINDS else None


def kind_told(wanted: Type | None, types: Mapping[str, Type]) -> str | None:
    """The same, with contexts as a kind of their own."""
    return "context" if fields_of(wanted, types) is not None else kind_of(wanted, types)


def kind_at_path(
    path: Sequence[str], known: Mapping[str, Type | None], types: Mapping[str, Type]
) -> str | None:
    """The kind at the end of a path, with lists as one of their own; a path goes through these."""
    found, is_list = known.get(path[0]), False
    for name in path[1:]:
        is_list = is_list or _is_list(found, types)
        found = (fields_of(item_of(found, types), types) or {}).get(name)
    if found is None or found == ANY:
        return None
    return "list" if is_list or _is_list(found, types) else kind_told(found, types)


def _is_list(wanted: Type | None, types: Mapping[str, Type]) -> bool:
    return isinstance(_resolved(wanted, types)[0], ListType)


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


def is_certain(tests: UnaryTests) -> bool:
    """Whether tests take what they take at any time, whoever asks."""
    return not tests.free_names and tests.breaks().timeless


def type_of_path(
    path: Sequence[str], known: Mapping[str, Type | None], types: Mapping[str, Type]
) -> Type | None:
    """The type of `applicant.age`, as far as the types of names and their fields tell."""
    found = known.get(path[0])
    for name in path[1:]:
        found = (fields_of(found, types) or {}).get(name)
    return found


def same_type(one: Type | None, other: Type | None, looks: int = 1000) -> bool:
    """Whether two types are the same; of those that take too many looks it is not said."""
    waiting = [(one, other)]
    while waiting and looks:
        left, right = waiting.pop()
        looks -= 1
        if isinstance(left, ContextType) and isinstance(right, ContextType):
            if [name for name, _ in left.fields] != [name for name, _ in right.fields]:
                return False
            waiting += zip(dict(left.fields).values(), dict(right.fields).values(), strict=True)
        elif isinstance(left, ListType) and isinstance(right, ListType):
            waiting.append((left.item, right.item))
        elif left is not right and not (isinstance(left, Named) and left == right):
            return False
    return not waiting


def may_be(given: Type, wanted: Type, types: Mapping[str, Type], exact: bool = False) -> bool:
    """Whether some value of one type is taken for the other; `exact` is without a conversion."""
    given, wanted = resolved(given, types), resolved(wanted, types)
    if ANY in (given, wanted) or given == wanted:
        return True
    if isinstance(wanted, ListType) and not exact and may_be(given, wanted.item, types, exact=True):
        return True  # A single value stands for a list of one,
    if isinstance(given, ListType):
        # and a list of one for its item.
        item = wanted.item if isinstance(wanted, ListType) else wanted
        return wanted == Named("list") or may_be(given.item, item, types, exact=True)
    one, other = kind_of(given, types), kind_of(wanted, types)
    if one is not None and other is not None:
        return one == other or (not exact and (one, other) == ("date", "date and time"))
    if isinstance(given, Named) and given.name in NEVER_SIMPLE:
        return other is None
    if isinstance(given, ContextType):
        return _may_be_context(given, wanted, types)
    return not (one is not None and _is_no_simple(wanted))


def _may_be_context(given: ContextType, wanted: Type, types: Mapping[str, Type]) -> bool:
    if not isinstance(wanted, ContextType):
        return wanted == Named("context")
    has = dict(given.fields)
    return all(
        name in has and may_be(has[name], field, types, exact=True) for name, field in wanted.fields
    )


def _is_no_simple(wanted: Type) -> bool:
    return not isinstance(wanted, Named) or wanted.name in GENERAL


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
