"""Which names an expression binds itself, and which it expects from outside."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from clearway.feel.frame import Code
from clearway.feel.syntax import Node
from clearway.feel.types import Type


@dataclass(frozen=True, slots=True)
class Scope:
    """One level of names: either `names` to slots, or a filter whose item is in `item`."""

    names: Mapping[str, int]
    item: int | None = None
    parent: "Scope | None" = None

    def with_names(self, names: Mapping[str, int]) -> "Scope":
        """A level inside this one that binds `names`."""
        return Scope(names, None, self)

    def with_item(self, slot: int) -> "Scope":
        """A level inside this one where the entries of a list item are names."""
        return Scope({"item": slot}, slot, self)

    def find(self, name: str) -> tuple[int | None, tuple[int, ...]]:
        """The slot of `name`, if bound, and the filter items to be asked before it."""
        items: list[int] = []
        level: Scope | None = self
        while level is not None:
            if level.item is not None and name != "item":
                items.append(level.item)
            elif name in level.names:
                return level.names[name], tuple(items)
            level = level.parent
        return None, tuple(items)


EMPTY = Scope({})


NOT_KNOWN = object()
"""An argument that only an evaluation can tell."""


@dataclass(frozen=True, slots=True)
class Called:
    """A call of a function that is not built in: the names that lead to it, and what it is given.

    `given` has each argument with its name, empty for one by position, and its value or NOT_KNOWN.
    """

    path: tuple[str, ...]
    given: tuple[tuple[str, object], ...]


@dataclass(slots=True)
class Uses:
    """What was met while compiling one expression."""

    text: str
    types: Mapping[str, Type]
    free: set[str] = field(default_factory=set[str])
    in_filters: set[str] = field(default_factory=set[str])
    paths: set[tuple[str, ...]] = field(default_factory=set[tuple[str, ...]])
    item_slots: set[int] = field(default_factory=set[int])
    settled: list[tuple[str, Code]] = field(default_factory=list[tuple[str, Code]])
    """Calls of built-in functions with nothing but constants: how they read, and their code."""
    calls: list[Called] = field(default_factory=list[Called])
    slots: int = 0
    nodes: int = 0
    input_reads: int = 0

    def new_slot(self) -> int:
        """A place for one more local value."""
        self.slots += 1
        return self.slots - 1


class Maker(Protocol):
    """The compiler, as the rooms see it that compile one kind of node each."""

    @property
    def uses(self) -> Uses:
        """What was met so far."""
        ...

    def code(self, node: Node, scope: Scope) -> Code:
        """The closure for any node."""
        ...
