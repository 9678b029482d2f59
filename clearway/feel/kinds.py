"""Which kind of value an expression gives, and which parts of it never give one, by their kinds."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import product

from clearway.feel.arithmetic import OPERATIONS, negate
from clearway.feel.builtins.catalogue import BUILTINS
from clearway.feel.builtins.results import RESULTS
from clearway.feel.compile_names import root_path
from clearway.feel.constants import settled
from clearway.feel.inside import nodes_in, parts
from clearway.feel.limits import DEFAULT_LIMITS, Run
from clearway.feel.logic import ORDERS, compare, equal
from clearway.feel.pattern_calls import why_refused
from clearway.feel.properties import PROPERTIES
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
    ListOf,
    Literal,
    Logic,
    Membership,
    Name,
    Negation,
    Node,
    Path,
    Quantified,
    RangeOf,
    Test,
)
from clearway.feel.values import YearsMonths, kind

KindOf = Callable[[tuple[str, ...]], str | None]
"""The kind of the value under a name, or at the end of a path; None where it is not known."""
KindsGiven = tuple[tuple[str, ...], tuple[tuple[str, str | None], ...]]
"""The names that lead to a function, and each argument with its name, if it has one, and kind."""

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
OF_KEYS = ("get value", "context put")
"""Functions that are given a context and a key."""
OF_POINTS = ("before", "after", "coincides")
"""Functions that compare two values, or ranges of such."""
MADE: tuple[tuple[type | tuple[type, ...], str], ...] = (
    ((Comparison, Between, Logic, Membership, InstanceOf, Quantified), "boolean"),
    ((ListOf, For), "list"),
    (ContextOf, "context"),
    (FunctionOf, "function"),
    (RangeOf, "range"),
)
"""The kinds of what is the same kind of value, or null, whatever is inside of it."""


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


def kind_given(node: Node, kind_of: KindOf, taken: Collection[str] = ()) -> str | None:
    """The kind of an expression's value, unless that is null or not known."""
    return _Reading(kind_of, frozenset(taken)).kind(node)


def never_passed(
    tests: Iterable[Test], kind_of: KindOf, taken: Collection[str] = ()
) -> tuple[list[str], list[str]]:
    """What in the tests of a cell is null for every value, as `never_given` has it, and why single
    tests are true for none; `kind_of` knows the input by the name `?`."""
    reading = _Reading(kind_of, frozenset(taken))
    causes = [reading.why_never_true(each) for each in tests]
    return list(dict.fromkeys(reading.found)), [each for each in causes if each is not None]


def calls_given(
    nodes: Iterable[Node | Test], kind_of: KindOf, taken: Collection[str] = ()
) -> list[KindsGiven]:
    """The calls of functions that are not built in, with the kinds of what they are given."""
    reading = _Reading(kind_of, frozenset(taken))
    for node in nodes:
        reading.kind(node.operand if isinstance(node, Test) else node)
    return reading.calls


@dataclass(frozen=True, slots=True)
class _Reading:
    """Goes through an expression; `hidden` are names it binds itself, `known` false in a filter."""

    kind_of: KindOf
    taken: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    known: bool = True
    found: list[str] = field(default_factory=list[str])
    calls: list[KindsGiven] = field(default_factory=list[KindsGiven])

    def kind(self, node: Node) -> str | None:
        """The kind of a node's value, unless that is null or not known."""
        if isinstance(node, Literal):
            return kind(node.value) if node.value is not None else None
        if isinstance(node, Arithmetic):
            return self._sum(node)
        if isinstance(node, Name | Path):
            return self._path(node)
        if isinstance(node, Call):
            return self._call(node)
        if isinstance(node, If):
            return self._choice(node)
        if isinstance(node, Negation):
            return self._negative(node)
        if isinstance(node, For | Quantified | FunctionOf | ContextOf | Filter):
            self._binding(node)
        elif isinstance(node, Comparison):
            self._compared(node.operator, self.kind(node.left), self.kind(node.right))
        elif isinstance(node, Between):
            middle = self.kind(node.value)
            self._compared(">=", middle, self.kind(node.low))
            self._compared("<=", middle, self.kind(node.high))
        elif isinstance(node, Logic):
            self._joined(node)
        elif isinstance(node, Membership):
            self._member(node)
        else:
            for each in parts(node):
                self.kind(each)
        return next((told for types, told in MADE if isinstance(node, types)), None)

    def why_never_true(self, test: Test) -> str | None:
        """Why a unary test is true for no value of its input; None where it may be."""
        node, wanted = test.operand, self.kind_of(("?",))
        asks = any(isinstance(each, Name) and each.name == "?" for each in nodes_in(node))
        if isinstance(node, ListOf | RangeOf) and not test.operator and not asks:
            return self._why_none_of(node, wanted)
        told = self.kind(node)
        if test.operator:
            return why_never_true_of(test.operator, wanted, told)
        if asks:
            return None if told in (None, "boolean") else f"a {told} where a condition is wanted"
        if told == "boolean" and wanted != "boolean" and settled(node) is None:
            return None  # A condition that does not ask for the input.
        return _why_never_same(wanted, told)

    def _why_none_of(self, node: Node, wanted: str | None) -> str | None:
        """Why no item is the input; each part is read once, however deep it stands."""
        if isinstance(node, ListOf) and wanted == "list":
            return None  # A list may be the same as it is, or as an item.
        if isinstance(node, ListOf):
            causes = [self._why_none_of(item, wanted) for item in node.items]
            return None if None in causes else next(iter(causes), None)
        if not isinstance(node, RangeOf):
            return _why_never_same(wanted, self.kind(node))
        ends = [self.kind(end) for end in (node.low, node.high) if end is not None]
        causes = [why_never_true_of(">=", wanted, end) for end in ends if wanted in SAMPLES]
        return next((each for each in causes if each is not None), None)

    def _path(self, node: Name | Path) -> str | None:
        whole = root_path(node)
        if whole is not None:
            if not self.known or whole[0] in self.hidden:
                return None
            told = self.kind_of(whole)
            if told is not None or isinstance(node, Name):
                return told
        if isinstance(node, Name):
            return None
        base = self.kind(node.base)
        if base is None or base not in PROPERTIES:
            return None
        # That a name of the file has no such component is told for itself.
        if node.name not in PROPERTIES[base] and (whole is None or whole[0] == "?"):
            self.found.append(f"`{node.name}` of a {base}, which is always null")
        return PROPERTIES[base].get(node.name)

    def _sum(self, node: Arithmetic) -> str | None:
        left = self.kind(node.first)
        for operator, operand in node.rest:
            right = self.kind(operand)
            if operator == "/" and _constant(operand) == 0:
                self.found.append("a division by 0, which is always null")
                left = None
                continue
            if left not in SAMPLES or right not in SAMPLES:
                left = None
                continue
            given = _kind_of_sum(operator, left, right)
            if given is None:
                self.found.append(f"a {left} {operator} a {right}, which is always null")
            left = given
        return left

    def _negative(self, node: Negation) -> str | None:
        told = self.kind(node.operand)
        if told in SAMPLES and all(negate(each) is None for each in SAMPLES[told]):
            self.found.append(f"a minus before a {told}, which is always null")
            return None
        return told if told in SAMPLES else None

    def _joined(self, node: Logic) -> None:
        for each in node.items:
            told = self.kind(each)
            if told not in (None, "boolean"):
                self.found.append(f"`{node.word}` with a {told}, which is neither true nor false")

    def _member(self, node: Membership) -> None:
        value, around = self.kind(node.value), self.kind_of

        def kind_of(path: tuple[str, ...]) -> str | None:
            if path[0] != "?":
                return around(path)
            return value if len(path) == 1 else None

        inside = replace(self, kind_of=kind_of)
        for test in node.tests:
            cause = inside.why_never_true(test)
            if cause is not None:
                self.found.append(f"`in` with {cause}, which is never true")

    def _compared(self, operator: str, left: str | None, right: str | None) -> None:
        cause = why_never_true_of(operator, left, right)
        if cause is not None:
            self.found.append(f"{cause}, which is null for every value")

    def _choice(self, node: If) -> str | None:
        self._condition("`if`", node.condition)
        then, otherwise = self.kind(node.then), self.kind(node.otherwise)
        if _is_null(node.then) or _is_null(node.otherwise):
            return then or otherwise
        return then if then == otherwise else None

    def _condition(self, word: str, node: Node) -> None:
        told = self.kind(node)
        if told not in (None, "boolean"):
            self.found.append(f"{word} with a {told}, so that it is never true")

    def _call(self, node: Call) -> str | None:
        given: list[tuple[str, str | None]] = [("", self.kind(each)) for each in node.arguments]
        given += [(name, self.kind(each)) for name, each in node.named]
        name = node.function.name if isinstance(node.function, Name) else ""
        if name in BUILTINS:
            if self._is_taken(name):
                return None
            self.found.extend(it for it in (why_refused(name, node),) if it is not None)
            return self._built_in(name, given)
        told, path = self.kind(node.function), root_path(node.function)
        if told not in (None, "function"):
            self.found.append(f"a call of a {told}, which is always null")
        elif path is not None and self.known and path[0] not in self.hidden:
            self.calls.append((path, tuple(given)))
        return None

    def _built_in(self, name: str, given: Sequence[tuple[str, str | None]]) -> str | None:
        cause = BUILTINS[name].why_never(given)
        if name == "not" and len(given) == 1 and given[0][1] in SAMPLES.keys() - {"boolean"}:
            cause = f"`negand` is a {given[0][1]}"
        kinds = [told for key, told in given if not key]
        if name in OF_KEYS and len(kinds) > 1 and kinds[1] in SAMPLES.keys() - {"string"}:
            cause = f"`key` is a {kinds[1]}"
        if name in OF_POINTS and len(kinds) == 2 and set(kinds) <= SAMPLES.keys():
            cause = cause or _why_no_order(name, kinds)
        if cause is not None:
            self.found.append(f"a call of `{name}` that is always null: {cause}")
        return RESULTS.get(name) if cause is None else None

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


def _constant(node: Node) -> object:
    """The value of a number, or of what is computed from numbers alone; None for all else."""
    if not isinstance(node, Literal | Arithmetic | Negation):
        return None
    if isinstance(node, Literal):
        return node.value
    if isinstance(node, Negation):
        value = _constant(node.operand)
        return negate(value) if isinstance(value, Decimal) else None
    value, run = _constant(node.first), Run(DEFAULT_LIMITS, None)
    for operator, operand in node.rest:
        other = _constant(operand)
        if not isinstance(value, Decimal) or not isinstance(other, Decimal) or operator == "**":
            return None
        value = OPERATIONS[operator](run, value, other)
    return value


def _is_null(node: Node) -> bool:
    return isinstance(node, Literal) and node.value is None


def why_never_true_of(operator: str, left: str | None, right: str | None) -> str | None:
    """How a comparison reads that is null for all values of both kinds."""
    if left is None or right is None or not {left, right} & SAMPLES.keys():
        return None
    both = left in SAMPLES and right in SAMPLES
    return None if both and _compares(operator, left, right) else f"a {left} {operator} a {right}"


def _why_never_same(wanted: str | None, told: str | None) -> str | None:
    """The same for a test that is a value: where one is a list or range, it may be in it."""
    may_be_in = told in ("list", "range") or wanted == "range"
    return None if may_be_in else why_never_true_of("=", wanted, told)


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


def _why_no_order(name: str, kinds: Sequence[str | None]) -> str | None:
    left, right = (it or "" for it in kinds)
    run = Run(DEFAULT_LIMITS, None)
    pairs = _samples(left, right)
    if any(BUILTINS[name].call(run, list(each)) is not None for each in pairs):
        return None
    return f"a {left} has no order with a {right}"


def _samples(left: str, right: str) -> Sequence[tuple[object, object]]:
    return list(product(SAMPLES[left], SAMPLES[right]))
