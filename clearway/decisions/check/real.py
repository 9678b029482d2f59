"""Inputs that can be: values for the names that the columns of a table ask for, tried out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice, product

from clearway.decisions.check.columns import Names
from clearway.decisions.check.domains import examples
from clearway.decisions.check.kinds import KINDS
from clearway.decisions.check.looking import Budget
from clearway.decisions.errors import DecisionError
from clearway.decisions.index import places
from clearway.decisions.model import Input, Rules, Table
from clearway.feel import FeelError
from clearway.feel.inside import nodes_in
from clearway.feel.origins import given_paths
from clearway.feel.syntax import Literal
from clearway.feel.values import NUMBERS, adopt, kind

MOST_NUMBERS, MOST_TRIED = 60, 600

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """Values by name or path, and the rules whose cells accept what the columns make of them.

    `fits` are those that do, `may` also those of which that is not known.
    """

    values: Mapping[str, object]
    fits: Rules
    may: Rules


def are_tied(table: Table) -> bool:
    """Whether two inputs are computed from one value, so that not each goes with each."""
    seen: list[tuple[str, frozenset[Path]]] = []
    for column in table.inputs:
        text, paths = " ".join(column.text.split()), given_paths(column.nodes)
        for other, theirs in seen:
            if other != text and any(_meet(one, two) for one in paths for two in theirs):
                return True
        seen.append((text, paths))
    return False


def tried(table: Table, names: Names, budget: Budget) -> list[Tried]:
    """Inputs that can be, as many as are worth a look."""
    paths = sorted({path for each in table.inputs for path in given_paths(each.nodes)})
    if not paths or any(one != two and _meet(one, two) for one in paths for two in paths):
        return []
    lines = [_values(path, table, names) for path in paths]
    found: list[Tried] = []
    for values in islice(product(*lines), MOST_TRIED):
        if budget.is_spent:
            break
        with budget.purse() as purse:
            try:
                context = _context(paths, values)
                asked = [adopt(each.value(context, purse)) for each in table.inputs]
            except (DecisionError, FeelError):
                continue
        if any(value is None or not _is_allowed(each, value, budget)
               for each, value in zip(table.inputs, asked, strict=True)):  # fmt: skip
            continue
        told = {".".join(path): value for path, value in zip(paths, values, strict=True)}
        found.append(Tried(told, *_rules(table, asked, budget)))
    return found


def _rules(table: Table, asked: Sequence[object], budget: Budget) -> tuple[Rules, Rules]:
    fits = may = table.index.candidates(asked)
    for place in places(may):
        for cell in table.rules[place].cells:
            if cell.tests.constants is not None:
                continue
            is_known = not cell.tests.free_names and cell.tests.breaks().timeless
            answer = budget.passes(cell.tests, asked[cell.column]) if is_known else None
            if answer is not True:
                fits &= ~(1 << place)
            if answer is False:
                may &= ~(1 << place)
    return fits, may


def _is_allowed(column: Input, value: object, budget: Budget) -> bool:
    return column.allowed is None or budget.passes(column.allowed, value) is True


def _meet(one: Path, two: Path) -> bool:
    """Whether one is the other, or a component of it."""
    return one[: len(two)] == two or two[: len(one)] == one


def _context(paths: Sequence[Path], values: Sequence[object]) -> dict[str, object]:
    context: dict[str, object] = {}
    for path, value in zip(paths, values, strict=True):
        inside: dict[str, object] = context
        for key in path[:-1]:
            found = inside.setdefault(key, {})
            inside = found if isinstance(found, dict) else {}  # type: ignore[reportUnknownVariableType]
        inside[path[-1]] = value
    return context


def _values(path: Path, table: Table, names: Names) -> list[object]:
    """Values of one name: the constants of columns and cells, sums of them, and those between."""
    own = [
        node.value
        for column in table.inputs
        for node in nodes_in(column.nodes)
        if isinstance(node, Literal) and node.value is not None
    ]
    cells = [
        value
        for rule in table.rules
        for cell in rule.cells
        for value in (*cell.tests.breaks().values, *cell.tests.breaks().limits)
        if value is not None
    ]
    declared = names.kind_at(path)
    kinds = [declared] if declared is not None else sorted({kind(each) for each in own + cells})
    found: list[object] = []
    for each in kinds or ["boolean"]:
        if each in KINDS:
            constants = [value for value in (*own, *cells) if kind(value) == each]
            if each == "number":
                constants = list(dict.fromkeys(_solved(own, cells)))[:MOST_NUMBERS]
            found += examples(each, constants, constants)
    return found


def _solved(own: Sequence[object], cells: Sequence[object]) -> Iterator[Decimal]:
    """What a number may be for a column that adds or multiplies by a constant to meet a cell."""
    ours = [each for each in own if isinstance(each, Decimal)]
    theirs = [each for each in cells if isinstance(each, Decimal)]
    yield from ours
    yield from theirs
    for one, other in product(theirs, ours):
        yield NUMBERS.subtract(one, other)
        yield NUMBERS.add(one, other)
        if other:
            yield NUMBERS.divide(one, other)
