"""Which kind of value an expression gives, and which parts of it never give one, by their kinds."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import product

from clearway.feel.arithmetic import OPERATIONS
from clearway.feel.builtins.catalogue import BUILTINS
from clearway.feel.compile_names import root_path
from clearway.feel.inside import parts
from clearway.feel.limits import DEFAULT_LIMITS, Run
from clearway.feel.logic import ORDERS, compare, equal
from clearway.feel.syntax import (
    Arithmetic,
    Between,
    Call,
    Comparison,
    ContextOf,
    Filter,
    For,
    FunctionOf,
    If,
    InstanceOf,
    Literal,
    Logic,
    Membership,
    Name,
    Negation,
    Node,
    Path,
    Quantified,
    Test,
)
from clearway.feel.values import YearsMonths, kind

KindOf = Callable[[tuple[str, ...]], str | None]
"""The kind of the value under a name, or at the end of a path; None where it is not known."""

SAMPLES: dict[str, tuple[object, ...]] = {
    "number": (Decimal(1),),
    "string": ("a",),
    "boolean": (True,),
    "date": (date(2026, 1, 1),),
    "time": (time(12), time(12, tzinfo=UTC)),
    "date and time": (datetime(2026, 1, 1, 12), datetime(2026, 1, 1, 12, tzinfo=UTC)),
    "days and time duration": (timedelta(hours=1),),
    "years and months duration": (YearsMonths(1),),
}
"""Values of each kind; of those with and without a zone one each, because they have no order."""
TRUTHS = (Comparison, Between, Logic, Membership, InstanceOf, Quantified)


def never_given(
    nodes: Iterable[Node | Test],
    kind_of: KindOf,
    taken: Collection[str] = (),
    *,
    is_condition: bool = False,
) -> list[str]:
    """What is null for every value: `a number + a string`, `modulo` of one value, `if` on a number.

    `taken` are names that may hide a built-in function. Of names that an expression binds itself
    nothing is known. Where a value is missing, such a part is null or false, unless it is `!=`.
    """
    reading = _Reading(kind_of, frozenset(taken))
    for node in nodes:
        told = reading.kind(node.operand if isinstance(node, Test) else node)
        if is_condition and told not in (None, "boolean"):
            reading.found.append(f"a condition that is a {told}, so that it is never true")
    return list(dict.fromkeys(reading.found))


def kind_given(node: Node, kind_of: KindOf) -> str | None:
    """The kind of an expression's value, unless that is null or not known."""
    return _Reading(kind_of).kind(node)


@dataclass(frozen=True, slots=True)
class _Reading:
    """Goes through an expression; `hidden` are names it binds itself, `known` false in a filter."""

    kind_of: KindOf
    taken: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    known: bool = True
    found: list[str] = field(default_factory=list[str])

    def kind(self, node: Node) -> str | None:
        """The kind of a node's value, unless that is null or not known."""
        if isinstance(node, Literal):
            return kind(node.value) if node.value is not None else None
        if isinstance(node, Arithmetic):
            return self._sum(node)
        if isinstance(node, Name | Path) and (path := root_path(node)) is not None:
            return self.kind_of(path) if self.known and path[0] not in self.hidden else None
        if isinstance(node, Comparison):
            self._compared(node.operator, self.kind(node.left), self.kind(node.right))
        elif isinstance(node, Between):
            middle = self.kind(node.value)
            self._compared(">=", middle, self.kind(node.low))
            self._compared("<=", middle, self.kind(node.high))
        elif isinstance(node, Call):
            self._call(node)
        elif isinstance(node, If):
            return self._choice(node)
        elif isinstance(node, For | Quantified | FunctionOf | ContextOf | Filter):
            self._binding(node)
        else:
            inside = [self.kind(each) for each in parts(node)]
            return inside[0] if isinstance(node, Negation) else _truth(node)
        return _truth(node)

    def _sum(self, node: Arithmetic) -> str | None:
        left = self.kind(node.first)
        for operator, operand in node.rest:
            right = self.kind(operand)
            if left not in SAMPLES or right not in SAMPLES:
                left = None
                continue
            given = _kind_of_sum(operator, left, right)
            if given is None:
                self.found.append(f"a {left} {operator} a {right}, which is always null")
            left = given
        return left

    def _compared(self, operator: str, left: str | None, right: str | None) -> None:
        if left in SAMPLES and right in SAMPLES and not _compares(operator, left, right):
            self.found.append(f"a {left} {operator} a {right}, which is null for every value")

    def _choice(self, node: If) -> str | None:
        self._condition("`if`", node.condition)
        then, otherwise = self.kind(node.then), self.kind(node.otherwise)
        return then if then == otherwise else None

    def _condition(self, word: str, node: Node) -> None:
        told = self.kind(node)
        if told not in (None, "boolean"):
            self.found.append(f"{word} with a {told}, so that it is never true")

    def _call(self, node: Call) -> None:
        given: list[tuple[str, str | None]] = [("", self.kind(each)) for each in node.arguments]
        given += [(name, self.kind(each)) for name, each in node.named]
        if not isinstance(node.function, Name):
            self.kind(node.function)
        elif node.function.name in BUILTINS and not self._is_taken(node.function.name):
            cause = BUILTINS[node.function.name].why_never(given)
            if cause is not None:
                name = node.function.name
                self.found.append(f"a call of `{name}` that is always null: {cause}")

    def _is_taken(self, name: str) -> bool:
        return name in self.hidden or name in self.taken

    def _binding(self, node: For | Quantified | FunctionOf | ContextOf | Filter) -> None:
        """Parts that see more names than the expression around them."""
        if isinstance(node, Filter):
            self.kind(node.base)
            # Entries of the items may have any name.
            replace(self, known=False).kind(node.condition)
        elif isinstance(node, ContextOf):
            inside = self
            for name, entry in node.entries:
                inside = inside._with(name)
                inside.kind(entry)
        elif isinstance(node, FunctionOf):
            self._with(*(name for name, _ in node.parameters)).kind(node.body)
        else:
            inside = self
            for each in node.iterators:
                for source in (each.source, each.last):
                    if source is not None:
                        inside.kind(source)
                inside = inside._with(each.name, "partial")
            if isinstance(node, For):
                inside.kind(node.body)
            else:
                inside._condition(f"`{node.word}`", node.condition)

    def _with(self, *names: str) -> "_Reading":
        return replace(self, hidden=self.hidden | set(names))


def _truth(node: Node) -> str | None:
    return "boolean" if isinstance(node, TRUTHS) else None


@lru_cache(maxsize=1024)
def _kind_of_sum(operator: str, left: str, right: str) -> str | None:
    sums = (
        OPERATIONS[operator](Run(DEFAULT_LIMITS, None), one, other)
        for one, other in _samples(left, right)
    )
    return next((kind(each) for each in sums if each is not None), None)


@lru_cache(maxsize=1024)
def _compares(operator: str, left: str, right: str) -> bool:
    if operator in ORDERS:
        answers = [compare(operator, one, other) for one, other in _samples(left, right)]
    else:
        run = Run(DEFAULT_LIMITS, None)
        answers = [equal(run, one, other) for one, other in _samples(left, right)]
    return any(each is not None for each in answers)


def _samples(left: str, right: str) -> Sequence[tuple[object, object]]:
    return list(product(SAMPLES[left], SAMPLES[right]))
