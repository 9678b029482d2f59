"""The syntax tree of FEEL; `at` is the offset of a node in its text."""

from dataclasses import dataclass

from clearway.feel.types import Type


@dataclass(frozen=True, slots=True)
class Literal:
    value: object
    at: int


@dataclass(frozen=True, slots=True)
class Name:
    name: str
    at: int


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Operators of one precedence from left to right; flat, so that a long sum is not deep."""

    first: "Node"
    rest: tuple[tuple[str, "Node"], ...]
    at: int


@dataclass(frozen=True, slots=True)
class Negation:
    operand: "Node"
    at: int


@dataclass(frozen=True, slots=True)
class Logic:
    """`word` is "and" or "or"."""

    word: str
    items: tuple["Node", ...]
    at: int


@dataclass(frozen=True, slots=True)
class Comparison:
    left: "Node"
    operator: str
    right: "Node"
    at: int


@dataclass(frozen=True, slots=True)
class Between:
    value: "Node"
    low: "Node"
    high: "Node"
    at: int


@dataclass(frozen=True, slots=True)
class Test:
    """A unary test: `operator` is one of = != < <= > >=, or "" for a value, list or range."""

    operator: str
    operand: "Node"
    at: int


@dataclass(frozen=True, slots=True)
class Membership:
    """`value in tests`."""

    value: "Node"
    tests: tuple[Test, ...]
    at: int


@dataclass(frozen=True, slots=True)
class InstanceOf:
    value: "Node"
    type: Type
    at: int


@dataclass(frozen=True, slots=True)
class Path:
    base: "Node"
    name: str
    at: int


@dataclass(frozen=True, slots=True)
class Filter:
    base: "Node"
    condition: "Node"
    at: int


@dataclass(frozen=True, slots=True)
class Call:
    """Either `arguments` or `named` is filled."""

    function: "Node"
    arguments: tuple["Node", ...]
    named: tuple[tuple[str, "Node"], ...]
    at: int


@dataclass(frozen=True, slots=True)
class RangeOf:
    """A missing end is None, as in `(< 5)`."""

    low: "Node | None"
    high: "Node | None"
    low_included: bool
    high_included: bool
    at: int


@dataclass(frozen=True, slots=True)
class ListOf:
    items: tuple["Node", ...]
    at: int


@dataclass(frozen=True, slots=True)
class ContextOf:
    entries: tuple[tuple[str, "Node"], ...]
    at: int


@dataclass(frozen=True, slots=True)
class If:
    condition: "Node"
    then: "Node"
    otherwise: "Node"
    at: int


@dataclass(frozen=True, slots=True)
class Iterator:
    """`name in source`, or `name in source .. last`."""

    name: str
    source: "Node"
    last: "Node | None"


@dataclass(frozen=True, slots=True)
class For:
    iterators: tuple[Iterator, ...]
    body: "Node"
    at: int


@dataclass(frozen=True, slots=True)
class Quantified:
    """`word` is "some" or "every"."""

    word: str
    iterators: tuple[Iterator, ...]
    condition: "Node"
    at: int


@dataclass(frozen=True, slots=True)
class FunctionOf:
    """A function definition; `source` is its text."""

    parameters: tuple[tuple[str, Type | None], ...]
    body: "Node"
    source: str
    at: int


Node = (
    Literal
    | Name
    | Arithmetic
    | Negation
    | Logic
    | Comparison
    | Between
    | Membership
    | InstanceOf
    | Path
    | Filter
    | Call
    | RangeOf
    | ListOf
    | ContextOf
    | If
    | For
    | Quantified
    | FunctionOf
)
