"""Checks of items: what an expression asks of each item of a list, in filters and in loops."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from clearway.decisions.check.kinds import (
    constraints_of,
    fields_of,
    is_certain,
    item_of,
    kind_at_path,
    kind_of,
    resolved,
    same_type,
)
from clearway.decisions.check.lists import type_made, why_null
from clearway.decisions.model import Around
from clearway.feel.builtins.catalogue import BUILTINS
from clearway.feel.compile_names import root_path
from clearway.feel.constants import settled
from clearway.feel.inside import inside_of
from clearway.feel.kinds import KindOf, kind_given, never_given, why_never_true_of
from clearway.feel.properties import PROPERTIES
from clearway.feel.syntax import (
    Arithmetic,
    Call,
    Comparison,
    ContextOf,
    Filter,
    For,
    FunctionOf,
    If,
    ListOf,
    Literal,
    Membership,
    Name,
    Node,
    Path,
    Quantified,
    Test,
)
from clearway.feel.text import feel_text
from clearway.feel.types import ANY, ContextType, FunctionType, ListType, Named, Type
from clearway.feel.values import kind

ITEM = "item"
INPUT = "?"
CORRECT = "Correct the name, or add it to the type."


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a value: its type, None for nothing, and whether the file declares it."""

    type: Type | None = None
    is_declared: bool = False

    def of(self, inner: Type | None) -> "Seen":
        """A value inside of it, or around it."""
        return Seen(inner, self.is_declared)


UNKNOWN = Seen()


@dataclass(frozen=True, slots=True)
class Level:
    """Names in one place of an expression; in a filter the `item` and its entries."""

    names: Mapping[str, Seen]
    outer: "Level | None" = None
    item: Seen | None = None
    entries: Mapping[str, Type] | None = None


@dataclass
class Items:
    """What expressions ask of items; `lacking` fills with (cause, remedy) and `absent` with names,
    `null` with what is null for every value of the names that are bound inside of them, `excluded`
    with comparisons with what the declared values do not have.

    `absent` are the names in filters that neither the items nor anything around them has. `levels`
    are those made before for the same element, by the identity of what is around; `taken` are names
    that may hide a built-in function.
    """

    types: Mapping[str, Type]
    levels: dict[int, Level]
    taken: frozenset[str] = frozenset()
    lacking: dict[str, str] = field(default_factory=dict[str, str])
    absent: dict[str, str] = field(default_factory=dict[str, str])
    null: dict[str, None] = field(default_factory=dict[str, None])
    excluded: dict[str, None] = field(default_factory=dict[str, None])

    def within(self, around: tuple[Around, ...], level: Level) -> Level:
        """The names that a text sees inside of boxed expressions, given those outside of them."""
        if around and id(around[-1]) in self.levels:
            return self.levels[id(around[-1])]
        for each in around:
            if id(each) in self.levels:
                level = self.levels[id(each)]
                continue
            source = (
                Items(self.types, self.levels).seen(each.source, level) if each.source else UNKNOWN
            )
            if each.name:
                found = source if each.is_whole else self._item(source)
                inner = Seen(each.type, True) if each.type else found
                level = Level({each.name: inner}, level)
            else:
                level = self._filtered(source, level)
            self.levels[id(each)] = level
        return level

    def seen(self, node: object, level: Level) -> Seen:
        """What is known of the value of a node; looks at all that is inside of it."""
        match node:
            case Literal():
                return Seen(Named(kind(node.value)))
            case Name():
                return self._named(node.name, level)
            case Path():
                return self._component(node, level)
            case Filter():
                source = self.seen(node.base, level)
                inside = self._filtered(source, level)
                self.seen(node.condition, inside)
                self.read(node.condition, inside)
                number = settled(node.condition)
                if number is not None and kind(number.value) == "number":
                    return inside.item or UNKNOWN
                return source.of(_list_of(inside.item))
            case ListOf():
                # Of a list of contexts, as they are written, each may have other components.
                is_open = any(isinstance(each, ContextOf) for each in node.items)
                made = self._listed([self.seen(each, level) for each in node.items])
                return Seen(made.type) if is_open else made
            case ContextOf():
                return self._context(node, level)
            case For():
                inside = self._loops(node, Level({"partial": UNKNOWN}, level))
                body = self.seen(node.body, inside)
                self.read(node.body, inside)
                return body.of(ListType(body.type)) if body.type is not None else UNKNOWN
            case Quantified():
                inside = self._loops(node, level)
                self.seen(node.condition, inside)
                self.read(node.condition, inside)
                told = kind_given(node.condition, self._kinds(inside), self.taken)
                if told not in (None, "boolean"):
                    self.null[f"`{node.word}` with a {told}, so that it is never true"] = None
                return Seen(Named("boolean"))
            case FunctionOf():
                self._function(node, level, UNKNOWN)
            case Call():
                return self._call(node, level)
            case If():
                self.seen(node.condition, level)
                return self._either(self.seen(node.then, level), self.seen(node.otherwise, level))
            case Comparison():
                sides = self.seen(node.left, level), self.seen(node.right, level)
                if node.operator in ("=", "!="):
                    self._excluded(node.left, sides[0], node.right)
                    self._excluded(node.right, sides[1], node.left)
                left, right = (kind_of(each.type, self.types) for each in sides)
                cause = why_never_true_of(node.operator, left, right)
                if cause is not None:
                    self.null[f"{cause}, which is null for every value"] = None
                return Seen(Named("boolean"))
            case Membership():
                value = self.seen(node.value, level)
                for each in node.tests:
                    self.seen(each, Level({INPUT: value}, level))
                    if each.operator in ("", "=", "!="):
                        self._excluded(node.value, value, each.operand)
                return Seen(Named("boolean"))
            case _:
                for each in inside_of(node):
                    self.seen(each, level)
                if isinstance(node, Arithmetic):
                    told = kind_given(node, self._kinds(level), self.taken)
                    return Seen(Named(told)) if told is not None else UNKNOWN
        return UNKNOWN

    def read(self, node: Node | Test, level: Level, *, is_condition: bool = False) -> None:
        """Note what is null for every value of the names that are bound around a node."""
        found = never_given((node,), self._kinds(level), self.taken, is_condition=is_condition)
        self.null.update(dict.fromkeys(found))

    def _excluded(self, node: Node, seen: Seen, other: Node) -> None:
        """Note a constant that the declared values of what it is compared with do not have."""
        found = settled(other) if seen.is_declared else None
        if found is None or kind(found.value) != kind_of(seen.type, self.types):
            return
        for tests in constraints_of(seen.type, self.types):
            # What is computed would cost more than a look.
            is_known = is_certain(tests) and tests.breaks().exact
            if is_known and tests.matches(found.value, {}) is False:
                told = f"{_told(node)} is compared with {feel_text(found.value)}, which is not "
                self.excluded[f"{told}among the allowed values {tests.text}"] = None

    def _kinds(self, level: Level) -> KindOf:
        def kind_at(path: tuple[str, ...]) -> str | None:
            return kind_at_path(path, {path[0]: self._bound(path[0], level)}, self.types)

        return kind_at

    def _bound(self, name: str, level: Level) -> Type | None:
        at: Level | None = level
        while at is not None:
            if name in at.names:
                return at.names[name].type
            if at.item is not None and (at.entries is None or name in at.entries):
                return (at.entries or {}).get(name)
            at = at.outer
        return None

    def _function(self, node: FunctionOf, level: Level, item: Seen) -> None:
        """A function; `item` is what is known of what it is given, where nothing is declared."""
        given = {name: Seen(it, True) if it else item for name, it in node.parameters}
        inside = Level(given, level)
        self.seen(node.body, inside)
        self.read(node.body, inside)

    def _call(self, node: Call, level: Level) -> Seen:
        name = node.function.name if isinstance(node.function, Name) else ""
        is_built_in = name in BUILTINS and name not in self.taken
        given: list[Seen] = []
        for each in node.arguments:
            if is_built_in and name == "sort" and given and isinstance(each, FunctionOf):
                self._function(each, level, self._item(given[0]))
            else:
                given.append(self.seen(each, level))
        for _, each in node.named:
            self.seen(each, level)
        if not is_built_in:
            function = self.seen(node.function, level).type
            told = "list" if self._is_list(function) else kind_of(function, self.types)
            if told is not None and name not in BUILTINS:  # Which no such value hides.
                self.null[f"a call of a {told}, which is always null"] = None
            result = function.result if isinstance(function, FunctionType) else None
            return Seen(None if result == ANY else result, True)
        kinds = [each.type for each in given] if not node.named else []
        cause = why_null(name, kinds, self.types)
        if cause is not None:
            self.null[cause] = None
        made = type_made(name, kinds, self.types)
        # A place or number among them says nothing of what comes of it.
        holders = [each for each in given if kind_of(each.type, self.types) is None]
        return Seen(made, bool(holders) and all(each.is_declared for each in holders))

    def _either(self, one: Seen, other: Seen) -> Seen:
        if Named("null") in (one.type, other.type):
            return other if one.type == Named("null") else one
        is_same = one.type is not None and same_type(one.type, other.type)
        return Seen(one.type, one.is_declared and other.is_declared) if is_same else UNKNOWN

    def _named(self, name: str, level: Level) -> Seen:
        around: list[Level] = []
        at: Level | None = level
        while at is not None:
            if name in at.names:
                return at.names[name]
            if at.item is not None:
                if at.entries is None:
                    return UNKNOWN
                if name in at.entries:
                    return at.item.of(at.entries[name])
                around.append(at)
            at = at.outer
        if around and name not in BUILTINS and name != INPUT:
            self.absent.setdefault(name, self._hint(name, around))
        return UNKNOWN

    def _hint(self, name: str, around: list[Level]) -> str:
        has = sorted({entry for each in around for entry in each.entries or ()})
        close = get_close_matches(name, has, 1)
        return f"Did you mean `{close[0]}`?" if close else ""

    def _component(self, node: Path, level: Level) -> Seen:
        base = self.seen(node.base, level)
        found = item_of(base.type, self.types)
        has: Mapping[str, Type] | None = fields_of(found, self.types)
        if has is None:
            properties = PROPERTIES.get(kind_of(found, self.types) or "")
            has = dict.fromkeys(properties, ANY) if properties is not None else None
        if has is None:
            return UNKNOWN
        if node.name in has:
            inner = has[node.name]
            is_list = self._is_list(base.type)
            return base.of(ListType(inner) if is_list else inner)
        # What a simple value that a cell tests does not have is told with the kinds of the cell.
        is_told = (
            isinstance(node.base, Name) and node.base.name == INPUT and kind_of(found, self.types)
        )
        if base.is_declared and not is_told:
            close = get_close_matches(node.name, sorted(has), 1)
            hint = f"Did you mean `{close[0]}`?" if close else CORRECT
            self.lacking.setdefault(f"{_told(node.base)} has no `{node.name}`", hint)
        return UNKNOWN

    def _is_list(self, given: Type | None) -> bool:
        return given is not None and isinstance(resolved(given, self.types), ListType)

    def _filtered(self, source: Seen, level: Level) -> Level:
        """The names inside of a filter; a value that is no list is filtered as one of one."""
        base = resolved(source.type, self.types) if source.type is not None else None
        item = source.of(base.item if isinstance(base, ListType) else base)
        entries: Mapping[str, Type] | None = fields_of(item.type, self.types)
        if entries is None and kind_of(item.type, self.types) is not None:
            entries = {}
        own = item.of(entries[ITEM]) if entries and ITEM in entries else item
        return Level({ITEM: own}, level, item, entries)

    def _item(self, source: Seen) -> Seen:
        base = resolved(source.type, self.types) if source.type is not None else None
        return source.of(base.item) if isinstance(base, ListType) else UNKNOWN

    def _loops(self, node: For | Quantified, level: Level) -> Level:
        for each in node.iterators:
            source = self.seen(each.source, level)
            if each.last is not None:
                self.seen(each.last, level)
            item = self._item(source) if each.last is None else UNKNOWN
            level = Level({each.name: item}, level)
        return level

    def _context(self, node: ContextOf, level: Level) -> Seen:
        made: list[tuple[str, Type]] = []
        names: dict[str, Seen] = {}
        inside = Level(names, level)
        for name, value in node.entries:
            if isinstance(value, FunctionOf):
                names[name] = UNKNOWN  # A function sees itself.
            # The level fills as it is gone through: an entry sees those before it.
            names[name] = found = self.seen(value, inside)
            if names:
                self.read(value, inside)
            made.append((name, found.type or ANY))
        return Seen(ContextType(tuple(made)), is_declared=True)

    def _listed(self, items: list[Seen]) -> Seen:
        """A list as it is written; nothing is known where its items are of several kinds."""
        given = [each.type for each in items if each.type != Named("null")]
        if not given or any(each is None for each in given):
            return UNKNOWN
        if all(same_type(each, given[0]) for each in given):
            return Seen(ListType(given[0] or ANY), all(each.is_declared for each in items))
        kinds = {kind_of(each, self.types) for each in given}
        if kinds != {None}:
            one = next(iter(kinds))
            return Seen(ListType(Named(one))) if len(kinds) == 1 and one else UNKNOWN
        fields = [fields_of(each, self.types) for each in given]
        if any(each is None for each in fields):
            return UNKNOWN
        several = len(fields) > 1
        names = {name: ANY if several else it for one in fields if one for name, it in one.items()}
        return Seen(ListType(ContextType(tuple(names.items()))))


def _list_of(item: Seen | None) -> Type | None:
    return ListType(item.type) if item is not None and item.type is not None else None


def _told(node: object) -> str:
    """A value as a finding tells of it."""
    path = root_path(node) if isinstance(node, Name | Path) else None
    if path is not None:
        return f"`{'.'.join(path)}`"
    if isinstance(node, Filter):
        return f"an item of {_told(node.base)}"
    return "the value"
