"""The table that is checked: its columns in parts, its outputs, and how findings on it are told."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from clearway.decisions.check.columns import Column, Names, Part, columns_of
from clearway.decisions.check.looking import Budget, Looking
from clearway.decisions.check.precedence import hidden_rules
from clearway.decisions.check.real import Tried, are_tied, tried
from clearway.decisions.errors import DecisionError, Place, told
from clearway.decisions.findings import Finding, finding_of
from clearway.decisions.index import common, places
from clearway.decisions.model import Answer, Rules, Table
from clearway.decisions.table import TableRun
from clearway.decisions.texts import failed
from clearway.feel import FeelError, feel_text

PLACES_PER_LOOK = 10
LISTED = 5
"""So many findings of one sort are listed for a table."""


@dataclass
class Subject:
    """A table with its place; rules are told by number from 1, and known by place from 0.

    `wrong_places` are those of the cells that were found to be wrong for themselves.
    """

    table: Table
    place: Place
    names: Names
    budget: Budget = field(default_factory=Budget)
    looking: Looking = field(init=False)
    wrong_places: set[Place] = field(default_factory=set[Place])
    unmet: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        self.look_anew()

    def look_anew(self) -> None:
        """Let the next check of the table look as much as each may."""
        self.looking = Looking(self.budget)

    @cached_property
    def columns(self) -> list[Column]:
        """The inputs, in parts."""
        return columns_of(self.table, self.names, self.budget)

    @property
    def all_rules(self) -> Rules:
        """Every rule."""
        return (1 << len(self.table.rules)) - 1

    # inputs of which one is tied to another

    @cached_property
    def is_tied(self) -> bool:
        """Whether two inputs are computed from one value."""
        return are_tied(self.table)

    @cached_property
    def real(self) -> list[Tried]:
        """Inputs that can be, where not each value of one goes with each of another."""
        return tried(self.table, self.names, self.budget)

    # rules that fit one input together

    def pairs(self) -> Iterator[tuple[int, int]]:
        """The pairs of rules that fit one input, each once, the earlier rule first.

        Of inputs that are tied, those of which an input is known that can be; `unmet` is one of
        which none is. Raises OutOfLooks.
        """
        for one, other in self._pairs():
            together = 1 << one | 1 << other
            if not self.is_tied or any(it.fits & together == together for it in self.real):
                yield one, other
            else:
                self.unmet = self.unmet or (one, other)

    def _pairs(self) -> Iterator[tuple[int, int]]:
        for one in range(len(self.table.rules)):
            later = self.all_rules & ~((1 << (one + 1)) - 1)
            for other in places(common((column.get(one, 0) for column in self._met), later)):
                self.looking.spend()
                yield one, other

    def meeting(self, one: int, other: int) -> list[Part]:
        """An input that both rules fit, with values where it can be."""
        together = 1 << one | 1 << other
        return [
            next(part for part in column.all_parts if part.fits & together == together)
            for column in self.columns
        ]

    def shared(self, one: int, others: Rules) -> Iterator[int]:
        """Those of the other rules that fit something the rule fits, in order."""
        for column in self.columns:
            met = 0
            for part in column.all_parts:
                if part.fits >> one & 1:
                    met |= part.fits
            others &= met
        return places(others)

    @cached_property
    def _met(self) -> list[dict[int, Rules]]:
        """By column, for each rule those that fit something together with it."""
        return [self._met_in(column) for column in self._fitting]

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

    # rules that never answer

    @cached_property
    def hidden(self) -> dict[int, Rules]:
        """The rules that never answer, with those that answer instead; raises OutOfLooks."""
        return hidden_rules(self.table, self.columns, self.rows, self._met, self.looking)

    # outputs

    @cached_property
    def rows(self) -> list[tuple[object, ...] | None]:
        """The outputs of each rule; None where they are computed from the input."""
        return [each if isinstance(each, tuple) else None for each in self.tried]

    @cached_property
    def tried(self) -> list[tuple[object, ...] | DecisionError]:
        """The outputs of each rule, or why they cannot be had without an input."""
        return [self.outputs_of(rule.answers) for rule in self.table.rules]

    def outputs_of(self, answers: Sequence[Answer]) -> tuple[object, ...] | DecisionError:
        """The outputs of one row, without an input."""
        with self.budget.purse() as purse:
            try:
                return TableRun(self.table, self.place, self.names.types, {}, purse).row(answers)
            except DecisionError as error:
                return error
            except FeelError as error:
                return failed(self.place, error)

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

    def told_of(self, one: int, other: int) -> str:
        """An input that both rules fit, as a reader sees it."""
        together = 1 << one | 1 << other
        shown = (it for it in self.real if it.fits & together == together) if self.is_tied else ()
        for each in shown:
            return told(each.values)
        return self.told(self.meeting(one, other))

    def tests(self, parts: Sequence[Part]) -> tuple[str, ...]:
        """The cells of a rule that fits this input and no other; none where two inputs share a
        label, so that it is not certain whose value is whose."""
        labels = [each.label for each in self.table.inputs]
        if len(set(labels)) < len(labels):
            return ()
        return tuple(feel_text(value) for value in self.inputs(parts).values())

    def error(
        self,
        rule: str,
        cause: str,
        remedy: str,
        place: Place | None = None,
        *,
        numbers: tuple[int, ...] = (),
        example: tuple[str, ...] = (),
    ) -> Finding:
        """A finding for which the table is refused."""
        error = DecisionError(place or self.place, cause, remedy)
        return finding_of(error, rule, numbers=numbers, example=example)

    def warning(self, rule: str, cause: str, remedy: str, place: Place | None = None) -> Finding:
        """A finding to be thought about."""
        return finding_of(DecisionError(place or self.place, cause, remedy), rule, "warning")
