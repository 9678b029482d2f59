"""What a file of decisions says, read and compiled."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from clearway.decisions.errors import DecisionError, Place
from clearway.feel import Function, UnaryTests
from clearway.feel.frame import Code
from clearway.feel.limits import Run
from clearway.feel.scope import Called
from clearway.feel.syntax import Node, Test
from clearway.feel.types import Type

Context = Mapping[str, object]
Value = Callable[[Context, Run], object]


UNNAMED = "."
"""What stands before the number of an import without a name; no name begins with it."""


def parted(identity: str) -> tuple[str, str]:
    """The name of the import that an id belongs to, empty for none, and the id in that file."""
    name, _, inner = identity.rpartition("#")
    return name, inner


def is_unnamed(name: str) -> bool:
    """Whether what is imported under this name is known by its own names alone (DMN 1.5)."""
    return name.startswith(UNNAMED)


class BoundFunction(Function):
    """A function with the names it can see, which may be completed after it is made."""

    context: dict[str, object]


class HitPolicy(Enum):
    """How many rules may fit, and which of them answers."""

    UNIQUE = "UNIQUE"
    FIRST = "FIRST"
    PRIORITY = "PRIORITY"
    ANY = "ANY"
    COLLECT = "COLLECT"
    RULE_ORDER = "RULE ORDER"
    OUTPUT_ORDER = "OUTPUT ORDER"


class Aggregation(Enum):
    """What COLLECT makes of all answers."""

    SUM = "SUM"
    MIN = "MIN"
    MAX = "MAX"
    COUNT = "COUNT"


@dataclass(frozen=True, slots=True)
class Cell:
    """One test of a rule; `place` is for errors, `column` the number of its input from 0."""

    column: int
    tests: UnaryTests
    place: Place


@dataclass(frozen=True, slots=True)
class Answer:
    """One output of a rule, or a default; `nodes` are what its text says."""

    value: Value
    place: Place
    text: str = ""
    nodes: tuple[Node | Test, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Input:
    """A column of inputs: its label, expression, type and allowed values.

    `nodes` are what its expression says, `computed_from` are the names of one that is more than a
    name or path; else None.
    """

    label: str
    text: str
    value: Value
    type: Type | None
    allowed: UnaryTests | None
    place: Place
    computed_from: frozenset[str] | None = None
    nodes: tuple[Node | Test, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Output:
    """A column of outputs; `order` are its output values, the highest priority first."""

    name: str
    type: Type | None
    allowed: UnaryTests | None
    order: tuple[object, ...]
    default: Answer | None


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: the cells that test something, the outputs, and its annotations."""

    number: int
    cells: tuple[Cell, ...]
    answers: tuple[Answer, ...]
    notes: tuple[str, ...]


Rules = int
"""Rules of a table as the bits of a whole number; rule 1 is the lowest."""


@dataclass(frozen=True, slots=True)
class Computed:
    """Cells of one column with the same text, of which an evaluation asks one for all.

    `holds` is that of the tests.
    """

    column: int
    tests: UnaryTests
    rules: Rules
    holds: Code


@dataclass(frozen=True, slots=True)
class ComputedColumn:
    """The computed cells of one column; no two of them are of the same rule.

    `rules` are those that have one, `by_rule` finds it by the place of its rule, from 0, `inside`
    are the ways that they go on from the input.
    """

    column: int
    rules: Rules
    cells: tuple[Computed, ...]
    by_rule: Mapping[int, Computed]
    inside: tuple[tuple[str, ...], ...] = ()


class RuleIndex(Protocol):
    """Finds the rules that can fit, see `clearway.decisions.index`."""

    @property
    def computed(self) -> tuple[ComputedColumn, ...]:
        """The columns whose cells have to be asked, in the order in which to ask."""
        ...

    @property
    def names(self) -> frozenset[str]:
        """What these cells expect from the context."""
        ...

    @property
    def paths(self) -> frozenset[tuple[str, ...]]:
        """How they go on from these names."""
        ...

    @property
    def in_filters(self) -> frozenset[str]:
        """Names in their filters that may be from the context."""
        ...

    def candidates(self, asked: Sequence[object]) -> Rules:
        """The rules left by the cells that are constants."""
        ...


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table; `slots` is how many local values its cells need at most.

    `type` is what the table as a whole is said to answer. Where it `is_in_filter`, what it asks for
    may be an entry of an item.
    """

    policy: HitPolicy
    aggregation: Aggregation | None
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    index: RuleIndex
    slots: int
    type: Type | None = None
    is_in_filter: bool = False


@dataclass(frozen=True, slots=True)
class Around:
    """What a boxed expression says of a name inside of it, or with no name, of a filter's items.

    A loop and a filter go through the items of `source`, which is None where that is boxed itself;
    where it `is_whole`, that is the value of the name.
    """

    name: str
    source: Node | None = None
    type: Type | None = None
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What an expression expects from outside, and where it stands.

    `names` it asks for, `paths` that go on from them, and the `calls` of functions among them.
    `nodes` are what `text` says; `is_condition` where it has to be true or false. `around` has what
    binds names for it, the outermost first.
    """

    place: Place
    names: frozenset[str]
    paths: frozenset[tuple[str, ...]] = frozenset()
    calls: tuple[Called, ...] = ()
    text: str = ""
    nodes: tuple[Node | Test, ...] = field(default=(), compare=False, repr=False)
    is_condition: bool = False
    around: tuple[Around, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Typed:
    """A text in FEEL whose value has a declared type; `what` tells the reader which value.

    `nodes` are what the text says, none where the names in it may be entries of items.
    """

    place: Place
    what: str
    text: str
    type: Type
    nodes: tuple[Node | Test, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Signature:
    """What a function takes, in order, and of which type its answer is."""

    parameters: tuple[tuple[str, Type | None], ...]
    result: Type | None = None

    @property
    def names(self) -> list[str]:
        """The names of the parameters."""
        return [name for name, _ in self.parameters]

    @property
    def types(self) -> list[Type | None]:
        """The types of the parameters."""
        return [wanted for _, wanted in self.parameters]


@dataclass(frozen=True, slots=True)
class Requirements:
    """The ids a decision, knowledge model or service refers to."""

    inputs: tuple[str, ...] = ()
    decisions: tuple[str, ...] = ()
    knowledge: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InputData:
    """A value that comes from outside; one that the file does not name is known by its id."""

    id: str
    name: str
    type: Type | None
    is_named: bool = True


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision: a table or another expression, with what it needs.

    `broken` are the reasons why it is refused; such a decision is never evaluated. `paths` are
    the names it asks for, such as (record, impact); those of its own variables are among them.
    `asked` are the names that it expects from outside, by place, `typed` its texts with a type,
    `bound` the names that it gives values itself, `in_filters` what stands in boxed filters, where
    a name may be an entry of an item. `shape` has the entries of its value, where these are written
    down.
    """

    id: str
    name: str
    variable: str
    type: Type | None
    logic: Table | Value | None
    needs: Requirements
    place: Place
    paths: frozenset[tuple[str, ...]] = frozenset()
    asked: tuple[Asked, ...] = ()
    broken: tuple[DecisionError, ...] = ()
    typed: tuple[Typed, ...] = ()
    bound: frozenset[str] = frozenset()
    in_filters: tuple[Asked, ...] = ()
    shape: Type | None = None

    @property
    def outputs(self) -> tuple[str, ...]:
        """The names of the outputs an evaluation has."""
        if isinstance(self.logic, Table):
            return tuple(output.name for output in self.logic.outputs)
        return (self.variable,)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """A business knowledge model: a function made for a context of other functions."""

    id: str
    name: str
    make: Callable[[Context, Run], BoundFunction] | None
    needs: Requirements
    place: Place
    asked: tuple[Asked, ...] = ()
    broken: tuple[DecisionError, ...] = ()
    typed: tuple[Typed, ...] = ()
    bound: frozenset[str] = frozenset()
    signature: Signature = Signature(())
    in_filters: tuple[Asked, ...] = ()
    shape: Type | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """A decision service: decisions offered as one function, with others `encapsulated` in it."""

    id: str
    name: str
    type: Type | None
    outputs: tuple[str, ...]
    parameters: tuple[str, ...]
    place: Place
    encapsulated: tuple[str, ...] = ()
