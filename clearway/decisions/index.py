"""An index over the rules of a table: which rules can fit an input, without asking each."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from clearway.decisions.model import Computed, ComputedColumn, Rule, Rules
from clearway.feel import Range, UnaryTests

# To find one cell by its rule takes as long as to look through so many.
FEW = 8


def places(rules: Rules) -> Iterator[int]:
    """The places of rules, from 0 and in order."""
    while rules:
        lowest = rules & -rules
        yield lowest.bit_length() - 1
        rules ^= lowest


def common(sets: Iterable[Rules], rules: Rules) -> Rules:
    """Those of `rules` that are in every one of the sets."""
    for each in sets:
        rules &= each
    return rules


@dataclass(frozen=True, slots=True)
class TableIndex:
    """`columns` answer with the rules whose constant cells accept a value; `computed` are the
    cells that have to be asked, and `names` what these expect from the context, `paths` how they
    go on from it, `in_filters` names that may be from there."""

    columns: tuple["ColumnIndex", ...]
    computed: tuple[ComputedColumn, ...]
    names: frozenset[str]
    rules: Rules
    paths: frozenset[tuple[str, ...]]
    in_filters: frozenset[str]

    def candidates(self, asked: Sequence[object]) -> Rules:
        """The rules that the constant cells leave."""
        pairs = zip(self.columns, asked, strict=True)
        return common((column.accepting(value) for column, value in pairs), self.rules)


class ColumnIndex:
    """One input: texts and booleans by value, numbers by the segments between all limits.

    With limits 1 and 5 the segments are: below 1, 1 itself, between, 5 itself, above 5.
    """

    def __init__(self, always: Rules, cells: Sequence[tuple[Rules, UnaryTests]]) -> None:
        self._always = always
        self._texts: dict[object, Rules] = {}
        self._answers: dict[object, Rules] = {}
        self._limits = _limits_of(cells)
        self._segments = _segments_of(self._limits, cells)
        for rule, tests in cells:
            for constant in tests.constants or ():
                if isinstance(constant, bool):
                    self._answers[constant] = self._answers.get(constant, 0) | rule
                elif isinstance(constant, str):
                    self._texts[constant] = self._texts.get(constant, 0) | rule

    def accepting(self, value: object) -> Rules:
        """The rules whose cells in this column accept the value, or have still to be asked."""
        if isinstance(value, Decimal):
            at = bisect_left(self._limits, value)
            on = at < len(self._limits) and self._limits[at] == value
            return self._always | self._segments[2 * at + on]
        if isinstance(value, str):
            return self._always | self._texts.get(value, 0)
        if isinstance(value, bool):
            return self._always | self._answers.get(value, 0)
        return self._always


def index_of(columns: int, rules: Sequence[Rule]) -> TableIndex:
    """The index of a table with so many inputs."""
    constant: list[list[tuple[Rules, UnaryTests]]] = [[] for _ in range(columns)]
    computed: dict[tuple[int, str], Computed] = {}
    always = [(1 << len(rules)) - 1] * columns
    for place, rule in enumerate(rules):
        for cell in rule.cells:
            if cell.tests.constants is not None:
                constant[cell.column].append((1 << place, cell.tests))
                always[cell.column] &= ~(1 << place)
            else:
                key = cell.column, cell.tests.text
                before = computed[key].rules if key in computed else 0
                computed[key] = Computed(
                    cell.column, cell.tests, before | 1 << place, cell.tests.holds
                )
    indexes = (ColumnIndex(free, cells) for free, cells in zip(always, constant, strict=True))
    names = frozenset(name for cell in computed.values() for name in cell.tests.free_names)
    paths = frozenset(path for cell in computed.values() for path in cell.tests.paths)
    in_filters = frozenset(name for cell in computed.values() for name in cell.tests.filter_names)
    every = (1 << len(rules)) - 1
    return TableIndex(tuple(indexes), _columns_of(computed), names, every, paths, in_filters)


def _columns_of(computed: Mapping[tuple[int, str], Computed]) -> tuple[ComputedColumn, ...]:
    """By column; what is asked at little cost comes first and leaves fewer rules for the others."""
    cells: dict[int, list[Computed]] = {}
    for cell in computed.values():
        cells.setdefault(cell.column, []).append(cell)
    cost = {column: sum(cell.tests.weight for cell in cells[column]) for column in cells}
    cheapest_first = sorted(cells, key=lambda column: (cost[column], column))
    return tuple(_column(column, cells[column]) for column in cheapest_first)


def _column(column: int, cells: Sequence[Computed]) -> ComputedColumn:
    by_rule = {place: cell for cell in cells for place in places(cell.rules)}
    rules = sum(cell.rules for cell in cells)
    inside = dict.fromkeys(path for cell in cells for path in cell.tests.input_paths)
    return ComputedColumn(column, rules, tuple(cells), by_rule, tuple(inside))


def cells_of(column: ComputedColumn, rules: Rules) -> Sequence[Computed]:
    """The cells that some of the rules have."""
    rules &= column.rules
    if rules == column.rules:
        return column.cells
    if rules.bit_count() < len(column.cells) // FEW:
        return tuple(dict.fromkeys(column.by_rule[place] for place in places(rules)))
    return [cell for cell in column.cells if cell.rules & rules]


def _limits_of(cells: Sequence[tuple[Rules, UnaryTests]]) -> list[Decimal]:
    limits: set[Decimal] = set()
    for _, tests in cells:
        for constant in tests.constants or ():
            ends = (constant.low, constant.high) if isinstance(constant, Range) else (constant,)
            limits.update(end for end in ends if isinstance(end, Decimal))
    return sorted(limits)


def _segments_of(limits: list[Decimal], cells: Sequence[tuple[Rules, UnaryTests]]) -> list[Rules]:
    count = 2 * len(limits) + 1
    places = {limit: 2 * at + 1 for at, limit in enumerate(limits)}
    starts: list[Rules] = [0] * (count + 1)
    stops: list[Rules] = [0] * (count + 1)
    for rule, tests in cells:
        for first, last in _merged(tests, places, count):
            starts[first] |= rule
            stops[last + 1] |= rule
    segments: list[Rules] = []
    current = 0
    for at in range(count):
        current = (current & ~stops[at]) | starts[at]
        segments.append(current)
    return segments


def _merged(tests: UnaryTests, places: dict[Decimal, int], count: int) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    for first, last in sorted(_spans(tests, places, count)):
        if spans and first <= spans[-1][1] + 1:
            spans[-1] = spans[-1][0], max(spans[-1][1], last)
        else:
            spans.append((first, last))
    return spans


def _spans(tests: UnaryTests, places: dict[Decimal, int], count: int) -> Iterator[tuple[int, int]]:
    for constant in tests.constants or ():
        if isinstance(constant, Decimal):
            yield places[constant], places[constant]
        elif isinstance(constant, Range):
            first, last = 0, count - 1
            if isinstance(constant.low, Decimal):
                first = places[constant.low] + (not constant.low_included)
            if isinstance(constant.high, Decimal):
                last = places[constant.high] - (not constant.high_included)
            if first <= last:
                yield first, last
