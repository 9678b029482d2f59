"""The texts in FEEL of a file, compiled so that an error tells where in it they stand."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar, cast

from clearway.decisions.errors import (
    DecisionError,
    MissingInput,
    NotUnderstood,
    NoValue,
    Place,
    split_root,
)
from clearway.decisions.markup import Element
from clearway.decisions.model import Around, Asked, Context, Typed, Value
from clearway.decisions.purse import is_strict
from clearway.feel import Expression, FeelError, UnaryTests
from clearway.feel.errors import FeelMissingValueError, FeelUnknownNameError
from clearway.feel.expression import compile_typed_expression
from clearway.feel.limits import Run
from clearway.feel.missing import told_of
from clearway.feel.names import KnownNames
from clearway.feel.origins import given_to
from clearway.feel.syntax import Node, Test
from clearway.feel.types import Type

ITEM = "item"
"""How a filter calls what it looks at."""
OF_ITEMS = "\0"
"""No name of FEEL: under it a filter gives its condition the names that come from its items."""
NOTHING: frozenset[str] = frozenset()
T = TypeVar("T")


class Compiled(Generic[T]):
    """What the texts of one element mean, each compiled once."""

    def __init__(self) -> None:
        self._made: dict[str, T | FeelError] = {}

    def of(self, text: str, make: Callable[[], T]) -> T:
        """What `make` gives for a text; raises FeelError as it does."""
        if text not in self._made:
            try:
                self._made[text] = make()
            except FeelError as error:
                self._made[text] = error
        found = self._made[text]
        if isinstance(found, FeelError):
            raise found
        return found


@dataclass(frozen=True, slots=True)
class Room:
    """What the expressions of one element share: its place, known names and types.

    `paths` fills with the names they ask for, as `Expression.paths` has them, `asked` with those
    that each of them expects from outside of itself, `typed` with the texts of a declared type.
    Where what an expression gives `is_handed_on`, as a part of a larger value, that may be null;
    so may the values of `loops`, which an iterator goes through, and in a filter the entries of its
    items. In one of the `filters` around another, any may. What they ask for fills `in_filters`;
    `around` is what binds names in this place.
    """

    place: Place
    names: KnownNames
    types: Mapping[str, Type]
    table: "Callable[[Element, Room], Value]"
    paths: set[tuple[str, ...]] = field(default_factory=set[tuple[str, ...]])
    asked: list[Asked] = field(default_factory=list[Asked])
    in_filters: list[Asked] = field(default_factory=list[Asked])
    typed: list[Typed] = field(default_factory=list[Typed])
    is_handed_on: bool = False
    loops: frozenset[str] = frozenset()
    filters: int = 0
    around: tuple[Around, ...] = ()
    expressions: Compiled[Expression] = field(default_factory=Compiled[Expression])
    tests: Compiled[UnaryTests] = field(default_factory=Compiled[UnaryTests])


def expression(text: str | None, room: Room, place: Place) -> Value:
    """A FEEL text whose errors tell where it stands."""
    if text is None:
        raise NotUnderstood(place, "the expression is empty", "Write one, or remove the element.")
    try:
        compiled = room.expressions.of(
            text, lambda: compile_typed_expression(text, room.names, room.types)
        )
    except FeelError as error:
        raise NotUnderstood(place, str(error), "Correct the expression.") from error
    room.paths.update(compiled.paths)
    names, paths, calls = compiled.free_names, compiled.paths, compiled.calls
    room.asked.append(Asked(place, names, paths, calls, text, (compiled.tree,), around=room.around))

    loops, is_handed_on, filters = room.loops, room.is_handed_on, room.filters

    def run(context: Context, purse: Run) -> object:
        try:
            if filters > 1 or not is_strict(purse):
                return compiled.evaluate_in(context, purse)
            of_items = cast(frozenset[str], context.get(OF_ITEMS, NOTHING))
            own = loops | (names & of_items)
            return compiled.evaluate_sure(context, purse, own, is_handed_on=is_handed_on)
        except FeelError as error:
            raise failed(place, error) from error
        except NoValue as error:
            first, rest = split_root(error.name)
            given = given_to(compiled.tree, error.function, error.index, first)
            if not error.function or given is None:
                raise
            told = told_of(given, compiled.tree, rest, context, purse)
            if told is None:
                raise
            # The one who calls knows the input, and not what a function calls it.
            raise NoValue(place, told) from error

    return run


def typed_text(text: str, room: Room, wanted: Type, what: str) -> Typed:
    """The expression read last, with the type that is declared for it."""
    nodes = room.asked[-1].nodes if not room.filters else ()
    return Typed(room.place, what, text, wanted, nodes)


def operand_of(node: Node | Test) -> Node:
    """The expression in what was read, which may be one of a test."""
    return node.operand if isinstance(node, Test) else node


def failed(place: Place, error: FeelError) -> DecisionError:
    """An error of evaluation, with its place in the file."""
    if isinstance(error, FeelUnknownNameError):
        return MissingInput(place, error.name)
    if isinstance(error, FeelMissingValueError):
        return NoValue(place, error.name)
    return DecisionError(place, str(error), "Correct the expression or the values it is given.")
