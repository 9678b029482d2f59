"""Type definitions of a DMN file as FEEL types."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping

from clearway.decisions.errors import NotUnderstood, Place
from clearway.decisions.markup import Element, child, children, own_text, text_of
from clearway.decisions.model import is_unnamed
from clearway.feel import FeelError
from clearway.feel.expression import compile_typed_unary_tests
from clearway.feel.limits import purse_at_hand
from clearway.feel.types import (
    ANY,
    GENERAL,
    SIMPLE,
    Constrained,
    ContextType,
    FunctionType,
    ListType,
    Named,
    RangeType,
    Type,
    unknown_names,
)

DEEPEST = 20


def item_types(
    root: Element, file: str, foreign: Mapping[str, Type]
) -> tuple[dict[str, Type], list[NotUnderstood]]:
    """All type definitions by name, imported ones included, and what is wrong with some."""
    found: dict[str, Type] = {**foreign}
    wrong: list[NotUnderstood] = []
    wrong += _named_wrongly(root, file)
    for element in children(root, "itemDefinition"):
        place = Place(file, column=element.get("name"))
        try:
            found[element.get("name")] = _type(element, place, DEEPEST)
        except NotUnderstood as error:
            wrong.append(error)
    wrong += _unresolved(found, file)
    circular = _circular(found)
    wrong += [
        NotUnderstood(
            Place(file, column=name), "the type is defined by itself", "Break the circle."
        )
        for name in found
        if name in circular
    ]
    return {name: kind for name, kind in found.items() if name not in circular}, wrong


def _named_wrongly(root: Element, file: str) -> Iterator[NotUnderstood]:
    """Definitions or components of one name, and definitions that hide a type of FEEL."""
    seen: set[str] = set()
    for element in children(root, "itemDefinition"):
        name = element.get("name")
        place = Place(file, column=name)
        if name in seen:
            yield NotUnderstood(place, f"two types are called `{name}`", "Rename one of them.")
        elif name in SIMPLE or name in GENERAL:
            cause = f"the type is called `{name}`, as one of FEEL is"
            yield NotUnderstood(place, cause, "Rename it.")
        seen.add(name)
        yield from _components_twice(element, place)


def _components_twice(root: Element, place: Place) -> Iterator[NotUnderstood]:
    waiting = [(root, place.column)]
    while waiting:
        element, path = waiting.pop()
        inside = children(element, "itemComponent")
        names = [each.get("name") for each in inside]
        for name in sorted(each for each, count in Counter(names).items() if count > 1):
            where = Place(place.file, column=path)
            cause = f"two components of `{path}` are called `{name}`"
            yield NotUnderstood(where, cause, "Rename one of them.")
        waiting += [(each, f"{path}.{each.get('name')}") for each in inside]


def type_named(name: str | None) -> Type | None:
    """The type of a `typeRef`; None for none, or for Any."""
    if not name:
        return None
    plain = name.rpartition(":")[2]
    return None if plain == "Any" else Named(plain)


def answer_type(wanted: Type | None, types: Mapping[str, Type]) -> Type | None:
    """What a function gives whose variable has this type: a type of functions, or of its answer."""
    for _ in range(DEEPEST):
        if not (isinstance(wanted, Named) and wanted.name in types):
            break
        found = types[wanted.name]
        if not isinstance(found, Named | FunctionType):
            break
        wanted = found
    if isinstance(wanted, FunctionType):
        return None if wanted.result == ANY else wanted.result
    return None if wanted == Named("function") else wanted


def imported_types(name: str, types: Mapping[str, Type]) -> dict[str, Type]:
    """The types of a file that is imported under a name, as the importing file names them."""
    if is_unnamed(name):
        return dict(types)
    return {f"{name}.{each}": prefixed(kind, name, types) for each, kind in types.items()}


def prefixed(kind: Type, prefix: str, names: Collection[str]) -> Type:
    """A type of an imported file, as the importing file names it."""
    if isinstance(kind, Named):
        return Named(f"{prefix}.{kind.name}") if kind.name in names else kind
    if isinstance(kind, ListType):
        return ListType(prefixed(kind.item, prefix, names))
    if isinstance(kind, RangeType):
        return RangeType(prefixed(kind.item, prefix, names))
    if isinstance(kind, Constrained):
        return Constrained(prefixed(kind.base, prefix, names), kind.allows)
    if isinstance(kind, ContextType):
        fields = ((key, prefixed(field, prefix, names)) for key, field in kind.fields)
        return ContextType(tuple(fields))
    parameters = tuple(prefixed(each, prefix, names) for each in kind.parameters)
    return FunctionType(parameters, prefixed(kind.result, prefix, names))


def component_names(root: Element) -> set[str]:
    """The names of all fields, which expressions may use in paths."""
    names: set[str] = set()
    waiting = children(root, "itemDefinition")
    while waiting:
        element = waiting.pop()
        names.add(element.get("name"))
        waiting += children(element, "itemComponent")
    return names - {""}


def field_names(types: Iterable[Type]) -> Iterator[str]:
    """The names of the components of types, at any depth."""
    waiting = list(types)
    while waiting:
        found = waiting.pop()
        if isinstance(found, ContextType):
            yield from (name for name, _ in found.fields)
            waiting += (kind for _, kind in found.fields)
        elif isinstance(found, ListType):
            waiting.append(found.item)
        elif isinstance(found, Constrained):
            waiting.append(found.base)


def _type(element: Element, place: Place, left: int) -> Type:
    if not left:
        raise NotUnderstood(place, "the type nests too deep", f"Keep it below {DEEPEST} levels.")
    base = _base(element, place, left)
    allowed = child(element, "allowedValues")
    if allowed is not None:
        base = Constrained(base, _allows(text_of(allowed), place))
    found = ListType(base) if element.get("isCollection") == "true" else base
    whole = child(element, "typeConstraint")
    # Allowed values speak of each item of a collection, a constraint of the collection itself.
    return found if whole is None else Constrained(found, _allows(text_of(whole), place))


def _base(element: Element, place: Place, left: int) -> Type:
    components = children(element, "itemComponent")
    if components:
        fields = ((each.get("name"), _type(each, place, left - 1)) for each in components)
        return ContextType(tuple(fields))
    function = child(element, "functionItem")
    if function is not None:
        parameters = (
            type_named(each.get("typeRef")) or ANY for each in children(function, "parameters")
        )
        return FunctionType(tuple(parameters), type_named(function.get("outputTypeRef")) or ANY)
    return type_named(own_text(child(element, "typeRef"))) or ANY


class Allowed:
    """Asks unary tests whether they allow a value."""

    def __init__(self, text: str, place: Place) -> None:
        try:
            self.tests = compile_typed_unary_tests(text, (), {})
        except FeelError as error:
            raise NotUnderstood(
                place, f"the allowed values are no unary tests: {error}", "Correct them."
            ) from error

    def __call__(self, value: object) -> bool:
        return self.tests.matches_in(value, {}, purse_at_hand()) is True


def _allows(text: str | None, place: Place) -> Allowed:
    if text is None:
        raise NotUnderstood(
            place, "the allowed values are empty", "Write them, or remove the element."
        )
    return Allowed(text, place)


def _unresolved(found: Mapping[str, Type], file: str) -> list[NotUnderstood]:
    return [
        NotUnderstood(
            Place(file, column=name),
            f"there is no type `{missing}`",
            "Define it, or correct the name.",
        )
        for name, kind in found.items()
        for missing in unknown_names(kind, found)
    ]


def _circular(found: Mapping[str, Type]) -> frozenset[str]:
    """The types that are defined by themselves, each definition gone through once.

    Types are taken away that use none but those taken away before, and then those that no other
    uses; what neither leaves is in a circle, or between two.
    """
    uses = {name: {it for it in _names_in(kind) if it in found} for name, kind in found.items()}
    used_by: dict[str, set[str]] = {name: set() for name in found}
    for name, used in uses.items():
        for each in used:
            used_by[each].add(name)
    left = _without_ends(_without_ends(frozenset(found), uses, used_by), used_by, uses)
    return frozenset(name for name in left if _leads_back(name, uses, left))


def _without_ends(
    names: frozenset[str], ways: Mapping[str, set[str]], back: Mapping[str, set[str]]
) -> frozenset[str]:
    left = {name: len(ways[name] & names) for name in names}
    ends = [name for name, count in left.items() if not count]
    for name in ends:
        # The list grows while it is gone through.
        for each in back[name] & names:
            left[each] -= 1
            if not left[each]:
                ends.append(each)
    return names - frozenset(ends)


def _leads_back(name: str, uses: Mapping[str, set[str]], within: frozenset[str]) -> bool:
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        for used in uses[waiting.pop()] & within:
            if used == name:
                return True
            if used not in seen:
                seen.add(used)
                waiting.append(used)
    return False


def _names_in(kind: Type | None) -> list[str]:
    if kind is None:
        return []
    return unknown_names(kind, {})
