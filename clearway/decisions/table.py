"""Running a decision table: which rules fit, and what the hit policy makes of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from clearway.decisions.declared import held
from clearway.decisions.errors import (
    MissingInput,
    NoRuleMatched,
    NoValue,
    Place,
    RulesOverlap,
    WrongValue,
)
from clearway.decisions.hits import Hit, aggregated, by_priority
from clearway.decisions.index import cells_of, places
from clearway.decisions.model import (
    Aggregation,
    Answer,
    Cell,
    Computed,
    Context,
    HitPolicy,
    Input,
    Output,
    Rule,
    Rules,
    Table,
)
from clearway.decisions.purse import is_strict
from clearway.decisions.texts import failed
from clearway.feel import FeelError, FeelLimitError, feel_text
from clearway.feel.errors import FeelMissingValueError
from clearway.feel.expression import FAILURES, WHOLE
from clearway.feel.frame import Frame
from clearway.feel.lacking import INPUT, lacks, lacks_inside
from clearway.feel.limits import Run
from clearway.feel.logic import equal
from clearway.feel.temporal import at_literal
from clearway.feel.types import TEMPORAL, Named, Type, coerced
from clearway.feel.values import EXACT, adopt, whole

ALL_HITS = (HitPolicy.COLLECT, HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a table says: its value as FEEL has it, the rules that fired, the inputs it saw."""

    value: object
    rules: tuple[int, ...]
    inputs: Mapping[str, object]


def decide(
    table: Table, place: Place, types: Mapping[str, Type], context: Context, run: Run
) -> Verdict:
    """Run a table; raises NoRuleMatched, RulesOverlap, WrongValue or another DecisionError."""
    verdict = TableRun(table, place, types, context, run).verdict()
    if table.type is None:
        return verdict
    value = held(verdict.value, table.type, types, place, "the answer of the table", run)
    return replace(verdict, value=value)


def with_numbers(context: Context, names: Collection[str]) -> Context:
    """The context with the whole numbers under these names as FEEL has them."""
    found = {
        name: whole(value)
        for name in names
        if isinstance(value := context.get(name), int)
        and not isinstance(value, bool)
        and abs(value) < EXACT
    }
    return {**context, **found} if found else context


class TableRun:
    """One run of one table."""

    def __init__(
        self, table: Table, place: Place, types: Mapping[str, Type], context: Context, run: Run
    ) -> None:
        self._table = table
        self._place = place
        self._types = types
        self._context = with_numbers(context, table.index.names)
        self._run = run
        self._strict = is_strict(run)
        self._index = table.index
        self._room: list[object] = [None] * table.slots
        self._inputs: dict[str, object] = {}
        self._lacking: dict[str, str] = {}

    def verdict(self) -> Verdict:
        """Ask the inputs, find the rules that fit, and apply the hit policy."""
        asked = [self._asked(column) for column in self._table.inputs]
        self._inputs = dict(zip((each.label for each in self._table.inputs), asked, strict=True))
        fitting, failures = self._fitting(asked)
        hits: list[Hit] = []
        for place in places(fitting):
            for computed, error in failures:
                if computed.rules >> place & 1:
                    raise failed(self._place_of(place, computed.column), error) from error
            rule = self._table.rules[place]
            hits.append((rule, self.row(rule.answers)))
            if self._table.policy is HitPolicy.FIRST:
                break
        try:
            if hits:
                return self._judged(hits)
            self._refuse_missing(asked)
            return Verdict(self._without_hit(), (), self._inputs)
        except (NoRuleMatched, RulesOverlap):
            if self._strict:
                raise
            return Verdict(None, (), self._inputs)

    def _refuse_missing(self, asked: Sequence[object]) -> None:
        """Nothing fits: if a rule might, had it an input's value, that input is to blame.

        Raises MissingInput: neither a default nor an empty list answers for what is not known. An
        input is known to have no value where a rule asks for that.
        """
        if not self._strict:
            return
        unknown = {
            number
            for number, value in enumerate(asked)
            if value is None and not any(self._asks_for_nothing(it, number) for it in self._rules)
        }
        for rule in self._rules if unknown else ():
            unfit = {cell.column for cell in rule.cells if not self._fits(cell, asked[cell.column])}
            if unfit and unfit <= unknown:
                column = self._table.inputs[min(unfit)]
                lacking = self._lacking.get(column.text)
                seen = self._seen(column)
                raise MissingInput(column.place, column.text, seen, lacking, is_null=True)

    def _seen(self, column: Input) -> Mapping[str, object] | None:
        """What an expression that has no value was given; None for a value that is named."""
        if column.computed_from is None:
            return None
        names = sorted(column.computed_from)
        return {name: self._context[name] for name in names if name in self._context}

    @property
    def _rules(self) -> Sequence[Rule]:
        return self._table.rules

    def _asks_for_nothing(self, rule: Rule, column: int) -> bool:
        cells = [cell for cell in rule.cells if cell.column == column]
        return bool(cells) and all(self._fits(cell, None) for cell in cells)

    def _fits(self, cell: Cell, value: object) -> bool:
        try:
            return cell.tests.matches_in(value, self._context, self._run) is True
        except FeelLimitError as error:
            raise failed(cell.place, error) from error
        except FeelError:
            return False

    def _asked(self, column: Input) -> object:
        try:
            value = adopt(column.value(self._context, self._run))
        except NoValue as error:
            self._lacking[column.text] = error.name
            # A rule may provide for that; else this input is to blame.
            value = None
        if value is None:
            return None
        if column.type is not None:
            value = self._of_type(value, column.type, column.place)
        if column.allowed is None:
            return value
        if column.allowed.matches_in(value, self._context, self._run) is True:
            return value
        if not self._strict:
            return None
        raise WrongValue(
            column.place,
            f"the input is {feel_text(value)}, the table allows {column.allowed.text}",
            "Correct the value, or add it to the allowed values and the rules.",
        )

    def _fitting(self, asked: Sequence[object]) -> tuple[Rules, list[tuple[Computed, FeelError]]]:
        """The rules that fit, and the cells that failed; rules with these are among the first."""
        rules = self._index.candidates(asked)
        failures: list[tuple[Computed, FeelError]] = []
        frames = [Frame(self._context, [value, *self._room], self._run) for value in asked]
        is_unsure = self._strict and lacks(self._index.paths, self._index.in_filters, self._context)
        for column in self._index.computed:
            cells, frame, kept = cells_of(column, rules), frames[column.column], ~column.rules
            self._run.spend(len(cells))
            may_lack = self._strict and lacks_inside(column.inside, asked[column.column])
            for computed in cells:
                try:
                    is_sure = not is_unsure and not may_lack
                    holds = computed.holds if is_sure else computed.tests.holds_sure
                    answer = holds(frame)
                    if self._run.uncalled and self._strict:
                        answer = computed.tests.holds_sure(frame)
                    if answer is True:
                        kept |= computed.rules
                except FAILURES as raised:
                    error = self._named(computed.tests.failure(raised), column.column)
                    if isinstance(error, FeelLimitError):
                        first = next(places(rules & computed.rules))
                        raise failed(self._place_of(first, computed.column), error) from error
                    # Whether that matters is known when a rule with this cell has its turn.
                    failures.append((computed, error))
                    kept |= computed.rules
            rules &= kept
        return rules, failures

    def _named(self, error: FeelError, column: int) -> FeelError:
        """The same, where it tells of the value of a column: with what the column asks for."""
        if not isinstance(error, FeelMissingValueError) or not error.name.startswith(INPUT):
            return error
        text = " ".join(self._table.inputs[column].text.split())
        name = f"{text}{error.name.removeprefix(INPUT)}"
        return FeelMissingValueError(name, error.text, error.position or WHOLE)

    def _place_of(self, rule: int, column: int) -> Place:
        cells = self._table.rules[rule].cells
        return next((cell.place for cell in cells if cell.column == column), self._place)

    def row(self, answers: Sequence[Answer]) -> tuple[object, ...]:
        """The outputs of a rule, or the defaults; raises WrongValue for one that is not allowed."""
        pairs = zip(self._table.outputs, answers, strict=True)
        return tuple(self._answer(output, answer) for output, answer in pairs)

    def _answer(self, output: Output, answer: Answer) -> object:
        value = answer.value(self._context, self._run)
        if value is None:
            return None
        if output.type is not None:
            value = self._of_type(value, output.type, answer.place)
        if output.allowed is None or not self._strict:
            return value
        if output.allowed.matches_in(value, self._context, self._run) is True:
            return value
        raise WrongValue(
            answer.place,
            f"the output is {feel_text(value)}, the table allows {output.allowed.text}",
            "Correct the cell, or add the value to the output values.",
        )

    def _of_type(self, value: object, wanted: Type, place: Place) -> object:
        # Records keep dates as text; a column that asks for a date gets one.
        if isinstance(value, str) and isinstance(wanted, Named) and wanted.name in TEMPORAL:
            found = at_literal(value)
            value = value if found is None else found
        found = coerced(value, wanted, self._types)
        if found is not None or not self._strict:
            return found
        name = wanted.name if isinstance(wanted, Named) else "the declared type"
        cause = f"the value {feel_text(value)} is not of type {name}"
        raise WrongValue(place, cause, "Correct the value or the type.")

    def _judged(self, hits: list[Hit]) -> Verdict:
        table = self._table
        if table.policy in ALL_HITS:
            return self._of_all(hits)
        numbers = tuple(rule.number for rule, _ in hits)
        if table.policy is HitPolicy.UNIQUE and len(hits) > 1:
            raise RulesOverlap(self._place, self._inputs, numbers, table.policy.value)
        if table.policy is HitPolicy.ANY:
            if not self._agree(hits):
                raise RulesOverlap(self._place, self._inputs, numbers, table.policy.value)
            return Verdict(self._value(hits[0][1]), numbers, self._inputs)
        if table.policy is HitPolicy.PRIORITY:
            hits = by_priority(table.outputs, hits, self._run)
        rule, answers = hits[0]
        return Verdict(self._value(answers), (rule.number,), self._inputs)

    def _of_all(self, hits: list[Hit]) -> Verdict:
        table = self._table
        if table.policy is HitPolicy.OUTPUT_ORDER:
            hits = by_priority(table.outputs, hits, self._run)
        rows = [self._value(answers) for _, answers in hits]
        value: object = rows
        if table.aggregation is not None:
            value = aggregated(table.aggregation, rows, self._place, self._run)
        return Verdict(value, tuple(rule.number for rule, _ in hits), self._inputs)

    def _agree(self, hits: list[Hit]) -> bool:
        first = list(hits[0][1])
        return all(equal(self._run, list(answers), first) is True for _, answers in hits)

    def _without_hit(self) -> object:
        table = self._table
        collects = table.policy in ALL_HITS and table.aggregation is None
        defaults = [output.default for output in table.outputs if output.default is not None]
        if len(defaults) == len(table.outputs):
            value = self._value(self.row(defaults))
            return [value] if collects else value
        # To collect nothing is an answer; a sum, least or greatest of nothing is none.
        if table.aggregation is Aggregation.COUNT:
            return Decimal(0)
        if collects and self._strict:
            return []
        raise NoRuleMatched(self._place, self._inputs)

    def _value(self, answers: Sequence[object]) -> object:
        if len(answers) == 1:
            return answers[0]
        names = (output.name for output in self._table.outputs)
        return dict(zip(names, answers, strict=True))
