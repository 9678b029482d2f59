"""The table that is checked: its columns in parts, its outputs, and how findings on it are told."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from clearway.decisions.check.columns import Column, Names, Part, columns_of
from clearway.decisions.check.cover import Looking
from clearway.decisions.errors import DecisionError, Place, told
from clearway.decisions.findings import Finding, finding_of
from clearway.decisions.index import common, places
from clearway.decisions.model import Rules, Table
from clearway.decisions.table import Purse, TableRun
from clearway.feel import DEFAULT_LIMITS

PLACES_PER_LOOK = 10
LISTED = 5
"""So many findings of one sort are listed for a table."""


@dataclass
class Subject:
    """A table with its place; rules are told by number from 1, and known by place from 0."""

    table: Table
    place: Place
    names: Names
    looking: Looking = field(default_factory=Looking)

    @cached_property
    def columns(self) -> list[Column]:
        """The inputs, in parts."""
        return columns_of(self.table, self.names)

    @property
    def all_rules(self) -> Rules:
        """Every rule."""
        return (1 << len(self.table.rules)) - 1

    # rules that fit one input together

    def pairs(self) -> Iterator[tuple[int, int]]:
        """The pairs of rules that fit one input, each once, the earlier rule first."""
        met = [self._met_in(column) for column in self._fitting]
        for one in range(len(self.table.rules)):
            later = self.all_rules & ~((1 << (one + 1)) - 1)
            others = common((column.get(one, 0) for column in met), later)
            while others:
                lowest = others & -others
                yield one, lowest.bit_length() - 1
                others ^= lowest

    def can_meet(self, *places: int) -> bool:
        """Whether there is an input that all these rules fit."""
        together = sum(1 << place for place in places)
        return all(any(fits & together == together for fits in column) for column in self._fitting)

    def meeting(self, *places: int) -> list[Part]:
        """An input that all these rules fit, with values where it can be."""
        together = sum(1 << place for place in places)
        return [
            next(part for part in column.all_parts if part.fits & together == together)
            for column in self.columns
        ]

    def _met_in(self, column: Sequence[Rules]) -> dict[int, Rules]:
        """For each rule, those that fit in this column something that it fits.

        Raises OutOfLooks.
        """
        met: dict[int, Rules] = {}
        for fits in column:
            self.looking.spend(fits.bit_count() // PLACES_PER_LOOK + 1)
            for one in places(fits):
                met[one] = met.get(one, 0) | fits
        return met

    @cached_property
    def _fitting(self) -> list[list[Rules]]:
        """By column, the rules that fit one of its parts together; each set of rules once."""
        return [list({part.fits: None for part in column.all_parts}) for column in self.columns]

    # outputs

    @cached_property
    def rows(self) -> list[tuple[object, ...] | None]:
        """The outputs of each rule; None where they are computed from the input."""
        return [self._row(place) for place in range(len(self.table.rules))]

    def run(self) -> TableRun:
        """A run of the table that knows no input."""
        return TableRun(self.table, self.place, self.names.types, {}, Purse(DEFAULT_LIMITS, None))

    def _row(self, place: int) -> tuple[object, ...] | None:
        try:
            return self.run().row(self.table.rules[place].answers)
        except DecisionError:
            return None

    # telling

    def inputs(self, parts: Sequence[Part]) -> Mapping[str, object]:
        """Parts as values by label, in the order of the table."""
        by_label = {
            label: part.example
            for column, part in zip(self.columns, parts, strict=True)
            for label in column.labels
        }
        return {each.label: by_label[each.label] for each in self.table.inputs}

    def told(self, parts: Sequence[Part]) -> str:
        """An input as a reader sees it."""
        return told(self.inputs(parts))

    def error(self, rule: str, cause: str, remedy: str, place: Place | None = None) -> Finding:
        """A finding for which the table is refused."""
        found = finding_of(DecisionError(place or self.place, cause, remedy))
        return Finding(found.element, rule, "error", found.message, found.remedy)

    def warning(self, rule: str, cause: str, remedy: str, place: Place | None = None) -> Finding:
        """A finding to be thought about."""
        found = finding_of(DecisionError(place or self.place, cause, remedy))
        return Finding(found.element, rule, "warning", found.message, found.remedy)
