"""Decisions that take the values of a table's columns as they were recorded, by label."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import cast

from clearway.decisions.json_values import range_of, typed
from clearway.decisions.model import Context, Decision, Input, Requirements, Table, Value
from clearway.decisions.reader import Decisions
from clearway.feel import FeelError, compile_expression, from_json
from clearway.feel.limits import Run
from clearway.feel.temporal import at_literal
from clearway.feel.types import TEMPORAL, Named
from clearway.feel.values import kind

NUMBER = Named("number")
COLUMNS = "\n"
"""Where the values of the columns stand in the context; no expression can name it."""


class NotRecorded(FeelError):
    """A decision asks for what was not recorded."""


class Recorded:
    """A version of a file that decides from recorded values; `recorded_by` is the version by whose
    columns they were recorded."""

    def __init__(self, decisions: Decisions, recorded_by: Decisions) -> None:
        self.decisions = decisions
        self._recorded_by = recorded_by
        self._opened: dict[str, OpenedDecision] = {}

    def opened(
        self, decision_id: str, inputs: Mapping[str, object]
    ) -> tuple[Decisions, dict[str, object]]:
        """What to evaluate instead, and in which context.

        Evaluating it fails because of NotRecorded where it asks for what was not recorded. Raises
        DecisionError when one of the two versions has no such decision.
        """
        if decision_id not in self._opened:
            asked = asked_by(self._recorded_by.get(decision_id), self._recorded_by)
            self._opened[decision_id] = OpenedDecision(self.decisions, decision_id, asked)
        opened = self._opened[decision_id]
        return opened.decisions, opened.context(inputs)


class OpenedDecision:
    """A decision whose table takes the values of its columns from the context.

    `asked` are, by label, the expressions that the recorded values are of.
    """

    def __init__(
        self, decisions: Decisions, decision_id: str, asked: Mapping[str, Sequence[str]]
    ) -> None:
        decision = decisions.get(decision_id)
        self._types = decisions.types
        self._inputs = {each.name: each.type for each in decisions.inputs.values()}
        self._table = decision.logic if isinstance(decision.logic, Table) else None
        self._asked = asked
        self._names = names_of(decision, decisions)
        opened = decision if self._table is None else _opened(decision, self._table)
        self.decisions = replace(decisions, decisions={**decisions.decisions, decision_id: opened})

    def context(self, inputs: Mapping[str, object]) -> dict[str, object]:
        """The context for values by label: the columns, and the names that are columns as well."""
        made: dict[str, object] = {name: Unknown(name) for name in self._names}
        for label, texts in self._asked.items():
            if label in inputs and len(texts) == 1 and texts[0] in made:
                self._name(made, texts[0], from_json(inputs[label]))
        columns = self._table.inputs if self._table is not None else ()
        made[COLUMNS] = [self._value(at, column, inputs) for at, column in enumerate(columns)]
        return made

    def _name(self, made: dict[str, object], name: str, value: object) -> None:
        """Let a name be seen whose value was recorded, unless it may stand for another kind."""
        wanted = self._inputs.get(name)
        if wanted is not None or not isinstance(value, str) or not _may_be_more(value):
            made[name] = typed(value, wanted, self._types)

    def _value(self, at: int, column: Input, inputs: Mapping[str, object]) -> object:
        """The value of a column, or the error to be raised when it is asked for."""
        text = _squeezed(column.text)
        same = (label for label, texts in self._asked.items() if text in texts)
        label = next((each for each in same if each in inputs), column.label)
        if label not in inputs:
            return NotRecorded(f"no value of the column `{column.label}` was recorded")
        texts = self._asked.get(label, (text,))
        if len(texts) > 1:
            return NotRecorded(f"two columns are called `{label}`: whose value this is, is unknown")
        if text not in texts:
            cause = f"the column `{label}` asks for `{text}`; what was recorded is `{texts[0]}`"
            return NotRecorded(cause)
        value = from_json(inputs[label])
        wanted = column.type or self._inputs.get(column.text)
        if wanted is None and isinstance(value, str) and (other := _as_more(value)) is not None:
            return self._guessed(at, column, value, other)
        return typed(value, wanted, self._types)

    def _guessed(self, at: int, column: Input, value: str, other: object) -> object:
        """A text that reads as something else, in a column whose type does not say what it is."""
        kinds = _compared_kinds(self._table, at)
        if kinds is not None and kind(other) not in kinds and not kinds & TEMPORAL:
            return value
        if kinds is not None and kinds <= TEMPORAL and kind(other) in TEMPORAL:
            return other
        return NotRecorded(
            f'the column `{column.label}` has no type, so that "{value}" may be a text or a '
            f"{kind(other)}: give it a type"
        )


class Unknown(Mapping[str, object]):
    """Stands for a value that was not recorded; looking at it raises NotRecorded."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getitem__(self, key: str) -> object:
        raise self._refusal()

    def __iter__(self) -> Iterator[str]:
        raise self._refusal()

    def __len__(self) -> int:
        raise self._refusal()

    def _refusal(self) -> NotRecorded:
        return NotRecorded(f"it asks for `{self._name}`, which was not recorded")


def asked_by(decision: Decision, decisions: Decisions) -> dict[str, tuple[str, ...]]:
    """By label, the different expressions of the columns called so; of no table, its inputs."""
    if not isinstance(decision.logic, Table):
        own = (each for each in decision.needs.inputs if each in decisions.inputs)
        return {name: (name,) for name in (decisions.inputs[each].name for each in own)}
    found: dict[str, dict[str, None]] = {}
    for column in decision.logic.inputs:
        found.setdefault(column.label, {})[_squeezed(column.text)] = None
    return {label: tuple(texts) for label, texts in found.items()}


def names_of(decision: Decision, decisions: Decisions) -> set[str]:
    """All names that a decision may ask for, those of functions as well."""
    names = {path[0] for path in decision.paths}
    names |= {decisions.inputs[each].name for each in decision.needs.inputs if "#" not in each}
    if isinstance(decision.logic, Table):
        names |= {
            decisions.get(each).variable for each in decision.needs.decisions if "#" not in each
        }
        names |= _in_filters(decision.logic)
    return names


def _in_filters(table: Table) -> set[str]:
    """Names inside of filters, which may be entries of the items, or come from outside."""
    found: set[str] = set()
    for rule in table.rules:
        for cell in rule.cells:
            found |= cell.tests.filter_names
        for answer in rule.answers:
            found |= _filter_names(answer.text)
    return found


def _filter_names(text: str) -> frozenset[str]:
    try:
        return compile_expression(text or "null").filter_names
    except FeelError:
        # It has names with spaces, which are known in the file only.
        return frozenset()


def _opened(decision: Decision, table: Table) -> Decision:
    """The same table, its inputs read from the context; only functions are still needed."""
    inputs = (replace(column, value=_column(at)) for at, column in enumerate(table.inputs))
    needs = Requirements(knowledge=decision.needs.knowledge)
    return replace(decision, logic=replace(table, inputs=tuple(inputs)), needs=needs)


def _column(at: int) -> Value:
    def value(context: Context, _run: Run) -> object:
        found = cast("list[object]", context[COLUMNS])[at]
        if isinstance(found, NotRecorded):
            raise found
        return found

    return value


def _compared_kinds(table: Table | None, at: int) -> set[str] | None:
    """What the values are compared with in a column; None when that is computed."""
    kinds: set[str] = set()
    for rule in table.rules if table is not None else ():
        for cell in rule.cells:
            if cell.column == at:
                breaks = cell.tests.breaks()
                if not breaks.exact:
                    return None
                kinds |= {kind(each) for each in (*breaks.values, *breaks.limits)}
    return kinds - {"null"}


def _as_more(text: str) -> object:
    """The date, time, duration or range that a text reads as, or None."""
    found = at_literal(text)
    return range_of(text) if found is None else found


def _may_be_more(text: str) -> bool:
    """Whether a text may stand for another value, a number among them."""
    return _as_more(text) is not None or isinstance(typed(text, NUMBER, {}), Decimal)


def _squeezed(text: str) -> str:
    return " ".join(text.split())
