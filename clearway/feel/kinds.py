"""Which kind of value an expression gives, and which of its sums are of kinds that have none."""

from collections.abc import Callable, Collection, Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import product

from clearway.feel.arithmetic import OPERATIONS
from clearway.feel.compile_names import root_path
from clearway.feel.errors import FeelError
from clearway.feel.limits import DEFAULT_LIMITS, Run
from clearway.feel.parser import parse_expression
from clearway.feel.syntax import (
    Arithmetic,
    Between,
    Call,
    Comparison,
    If,
    ListOf,
    Literal,
    Logic,
    Name,
    Negation,
    Node,
    Path,
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


def null_sums(text: str, names: Collection[str], kind_of: KindOf) -> list[str]:
    """What is added, subtracted and so on although no such values can be: `a number + a string`.

    Where an expression binds names of its own nothing is said of what stands inside.
    """
    try:
        found: list[str] = []
        _kind(parse_expression(text, names), kind_of, found)
        return found
    except (FeelError, RecursionError):
        return []


def _kind(node: Node, kind_of: KindOf, found: list[str]) -> str | None:
    """The kind of a node's value, unless that is null or not known."""
    if isinstance(node, Arithmetic):
        return _kind_of_sum(node, kind_of, found)
    if isinstance(node, Literal):
        return kind(node.value) if node.value is not None else None
    if isinstance(node, Name | Path):
        path = root_path(node)
        return None if path is None else kind_of(path)
    inside = [_kind(each, kind_of, found) for each in _parts(node)]
    return inside[0] if isinstance(node, Negation) else None


def _kind_of_sum(node: Arithmetic, kind_of: KindOf, found: list[str]) -> str | None:
    left = _kind(node.first, kind_of, found)
    for operator, operand in node.rest:
        right = _kind(operand, kind_of, found)
        if left not in SAMPLES or right not in SAMPLES:
            left = None
            continue
        sums = (
            OPERATIONS[operator](Run(DEFAULT_LIMITS, None), one, other)
            for one, other in product(SAMPLES[left], SAMPLES[right])
        )
        value = next((each for each in sums if each is not None), None)
        if value is None:
            found.append(f"a {left} {operator} a {right}")
        left = None if value is None else kind(value)
    return left


def _parts(node: Node) -> Iterator[Node]:
    """The expressions inside of a node that see the same names as it does."""
    if isinstance(node, Negation):
        yield node.operand
    elif isinstance(node, If):
        yield from (node.condition, node.then, node.otherwise)
    elif isinstance(node, Comparison):
        yield from (node.left, node.right)
    elif isinstance(node, Between):
        yield from (node.value, node.low, node.high)
    elif isinstance(node, Logic | ListOf):
        yield from node.items
    elif isinstance(node, Call):
        yield from node.arguments
        yield from (argument for _, argument in node.named)
