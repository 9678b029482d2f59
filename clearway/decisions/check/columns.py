"""The inputs of a table as a check sees them: parts of values, and which rules fit each part."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from clearway.decisions.check.domains import ZONED, examples, is_in_order, other_zone
from clearway.decisions.check.kinds import (
    KINDS,
    constraints_of,
    is_open,
    kind_at_path,
    kind_of,
    type_of_path,
)
from clearway.decisions.check.looking import Budget, OutOfLooks
from clearway.decisions.index import ColumnIndex
from clearway.decisions.model import Input, Rules, Table
from clearway.feel import UnaryTests
from clearway.feel.builtins.catalogue import BUILTINS
from clearway.feel.types import Type
from clearway.feel.values import kind

MOST_BITS = 400_000_000
"""So many pairs of a part and a rule of one column are kept."""


NO_EXAMPLES = "its values have no order in which they could be gone through"


@dataclass(frozen=True, slots=True)
class Part:
    """Values of an input that no constant parts, and one of them as an example.

    `fits` are the rules whose cell fits the example; `may` also those whose cell depends on more
    than the value.
    """

    example: object
    fits: Rules
    may: Rules


@dataclass(frozen=True, slots=True)
class Column:
    """One input, or several that ask for the same; `labels` are their names.

    `parts` cover what the input can have, unless `doubt` says why they may not; `null` is the
    input without a value. `beside` are values that have no order with the constants: those with a
    zone where these have none, or the other way round. Of `unsure` the example is not allowed, but
    other values of the part may be. `exact` are the rules that fit all of a part when they fit its
    example.
    """

    labels: tuple[str, ...]
    parts: tuple[Part, ...]
    null: Part
    exact: Rules
    doubt: str = ""
    beside: tuple[Part, ...] = ()
    unsure: tuple[Part, ...] = ()

    @property
    def all_parts(self) -> tuple[Part, ...]:
        """The parts whose example the input can have, and the input without a value."""
        return (*self.parts, *self.beside, self.null)

    @property
    def possible_parts(self) -> tuple[Part, ...]:
        """These, and the parts of which that is not known: all of which something never is."""
        return (*self.all_parts, *self.unsure)


@dataclass(frozen=True, slots=True)
class Names:
    """What the names of an expression stand for: their types, and the type definitions.

    `taken` are names that may hide a built-in function. Where it `is_closed`, nothing but these and
    the known ones can be asked for, so that any other name of a function means the function.
    """

    types: Mapping[str, Type]
    known: Mapping[str, Type | None]
    taken: frozenset[str] = frozenset()
    is_closed: bool = False

    def kind_at(self, path: tuple[str, ...]) -> str | None:
        """The kind of what a path leads to; None where it is not known."""
        first = path[0]
        if first not in self.known:
            is_function = first in BUILTINS and first not in self.taken and len(path) == 1
            return "function" if self.is_closed and is_function else None
        return kind_at_path(path, self.known, self.types)

    def with_input(self, wanted: Type | None) -> "Names":
        """The names that a cell sees of an input of this type."""
        return replace(self, known={**self.known, "?": wanted})


def columns_of(table: Table, names: Names, budget: Budget) -> list[Column]:
    """The columns of a table; those with the same expression are one."""
    by_text: dict[str, list[int]] = {}
    for number, column in enumerate(table.inputs):
        by_text.setdefault(" ".join(column.text.split()), []).append(number)
    return [_ColumnReader(table, numbers, names, budget).column() for numbers in by_text.values()]


class _ColumnReader:
    """Reads the columns with these numbers as one."""

    def __init__(self, table: Table, numbers: Sequence[int], names: Names, budget: Budget) -> None:
        self._budget = budget
        self._inputs = [table.inputs[number] for number in numbers]
        self._all = (1 << len(table.rules)) - 1
        self._type = declared_type(self._inputs, names)
        self._types = names.types
        self._cells = [
            (1 << at, cell.tests)
            for at, rule in enumerate(table.rules)
            for cell in rule.cells
            if cell.column in numbers
        ]
        # The index takes one cell of a rule; where columns are put together a rule has several.
        alone = len(numbers) == 1
        constant = [it for it in self._cells if alone and it[1].constants is not None]
        self._asked = [it for it in self._cells if not alone or it[1].constants is None]
        self._index = ColumnIndex(self._all - sum(rule for rule, _ in constant), constant)
        self._allowed = [each.allowed for each in self._inputs if each.allowed is not None]
        of_types = {*(it.type for it in self._inputs), *allowing_types(self._inputs, names)}
        for each in of_types:
            self._allowed += constraints_of(each, names.types)
        self._breaks = {
            tests: tests.breaks() for tests in (*(it for _, it in self._cells), *self._allowed)
        }

    def column(self) -> Column:
        """The column, with at least one part unless no value is allowed."""
        labels = tuple(each.label for each in self._inputs)
        kinds = self._kinds()
        lines = [(each, list(self._examples(each))) for each in kinds]
        if sum(len(line) for _, line in lines) * self._all.bit_length() > MOST_BITS:
            raise OutOfLooks
        asked = self._all
        inexact = 0
        for rule, tests in self._cells:
            asked &= ~rule
            inexact |= 0 if self._breaks[tests].exact else rule
        if not kinds:
            # Of a list, a context or a function no example is made: every cell depends on more.
            unknown = Part(None, asked, self._all), Part(None, 0, 0)
            doubt = NO_EXAMPLES if any(self._breaks[it].exact for _, it in self._cells) else ""
            return Column(labels, unknown[:1], unknown[1], asked, doubt)
        is_certain = all(self._breaks[tests].exact for tests in self._allowed)
        doubt = "" if is_certain else "its allowed values are computed"
        parts: list[Part] = []
        beside: list[Part] = []
        unsure: list[Part] = []
        for each, line in lines:
            for value in line:
                self._sort(value, parts, unsure)
            other = other_zone(each, self._constants) if each in ZONED else None
            if other is not None:
                self._sort(other, beside, unsure)
        return Column(
            labels,
            tuple(parts),
            self._part(None),
            self._all & ~inexact,
            doubt,
            tuple(beside),
            tuple(unsure),
        )

    def _sort(self, value: object, allowed: list[Part], unsure: list[Part]) -> None:
        """Put the part of a value where it belongs; nowhere if nothing of it is allowed."""
        refusing = [it for it in self._allowed if self._answer(it, value) is not True]
        if not any(self._breaks[tests].exact for tests in refusing):
            (unsure if refusing else allowed).append(self._part(value))

    def _examples(self, kind_of_input: str) -> Iterable[object]:
        values = [value for each in self._breaks.values() for value in each.values]
        limits = [value for each in self._breaks.values() for value in each.limits]
        return examples(kind_of_input, values, limits)

    @property
    def _constants(self) -> list[object]:
        return [value for each in self._breaks.values() for value in (*each.values, *each.limits)]

    def _kinds(self) -> list[str]:
        declared = kind_of(self._type, self._types)
        constants = self._constants
        kinds = [declared] if declared is not None else []
        if declared is None and is_open(self._type, self._types):
            kinds = sorted({kind(each) for each in constants} & KINDS) or ["string"]
        return kinds if all(is_in_order(each, constants) for each in kinds) else []

    def _part(self, value: object) -> Part:
        fits = may = self._index.accepting(value)
        for rule, tests in self._asked:
            answer = self._answer(tests, value)
            if answer is not True:
                fits &= ~rule
            if answer is False:
                may &= ~rule
        return Part(value, fits, may)

    def _answer(self, tests: UnaryTests, value: object) -> bool | None:
        """Whether a value passes; None when that depends on more than the value."""
        if tests.free_names or not self._breaks[tests].timeless:
            return None
        return self._budget.passes(tests, value)


def declared_type(inputs: Sequence[Input], names: Names) -> Type | None:
    """The type of an input: its own, or that of the value it names."""
    for each in inputs:
        if each.type is not None:
            return each.type
    return named_type(inputs[0], names)


def allowing_types(inputs: Sequence[Input], names: Names) -> list[Type | None]:
    """The types that say which values an input has: its own, and that of the value it names, of
    which a type of the same kind takes no more."""
    own, named = declared_type(inputs, names), named_type(inputs[0], names)
    if own is named or kind_of(own, names.types) != kind_of(named, names.types):
        return [own]
    return [own, named]


def named_type(column: Input, names: Names) -> Type | None:
    """The type of the value that an input names; None where it computes one."""
    path = [part.strip() for part in column.text.split(".")]
    return type_of_path(path, names.known, names.types)
