"""Decision tables from XML: every cell compiled, every fault named by rule and column."""

from collections.abc import Iterable
from dataclasses import replace

from clearway.decisions.errors import NotUnderstood, Place
from clearway.decisions.index import index_of
from clearway.decisions.item_types import type_named
from clearway.decisions.markup import Element, child, children, own_text, text_of
from clearway.decisions.model import (
    Aggregation,
    Answer,
    Around,
    Asked,
    Cell,
    HitPolicy,
    Input,
    Output,
    Rule,
    Table,
)
from clearway.decisions.texts import Room, expression, operand_of
from clearway.feel import FeelError, UnaryTests, compile_expression
from clearway.feel.expression import LITTLE, compile_typed_unary_tests
from clearway.feel.types import Type, unknown_names
from clearway.feel.values import is_list

POLICIES = {policy.value: policy for policy in HitPolicy}
AGGREGATIONS = {aggregation.value: aggregation for aggregation in Aggregation}
NOTHING = "-"
"""An entry of an output that says nothing, as some editors write it; it answers null."""
SINGLE_HIT = (HitPolicy.UNIQUE, HitPolicy.FIRST, HitPolicy.PRIORITY, HitPolicy.ANY)


class TableReader:
    """Reads one table; `problems` fills up, and the table is of use only if it stays empty."""

    def __init__(self, element: Element, room: Room, default_name: str) -> None:
        self.problems: list[NotUnderstood] = []
        self._element = element
        self._room = room
        self._default_name = default_name

    def table(self) -> Table | None:
        """The table; None when something is wrong with it."""
        policy, aggregation = self._policy(), self._aggregation()
        if aggregation is not None and policy is not HitPolicy.COLLECT:
            self._note(
                self._room.place,
                f"{aggregation.value} is for hit policy COLLECT only",
                "Change one of them.",
            )
        inputs = self._inputs()
        outputs = self._outputs(policy)
        if aggregation is not None and len(outputs) > 1:
            self._note(
                self._room.place, "several outputs are aggregated", "Give the table one output."
            )
        labels = [found.label for found in inputs], [found.name for found in outputs]
        # One for each column, because a check knows what is around by its identity.
        around = [
            Around("?", operand_of(each.nodes[0]) if each.nodes else None, each.type, is_whole=True)
            for each in inputs
        ]
        rules = [
            self._rule(number, row, *labels, around)
            for number, row in enumerate(children(self._element, "rule"), 1)
        ]
        if self.problems or policy is None:
            return None
        slots = max((cell.tests.slots for rule in rules for cell in rule.cells), default=1)
        index = index_of(len(inputs), rules)
        return Table(
            policy, aggregation, tuple(inputs), tuple(outputs), tuple(rules), index, slots,
            type_named(self._element.get("typeRef")), self._room.filters > 0,
        )  # fmt: skip

    def _policy(self) -> HitPolicy | None:
        name = self._element.get("hitPolicy", "UNIQUE")
        if name not in POLICIES:
            self._note(
                self._room.place,
                f"hit policy `{name}` is unknown",
                f"Use one of {', '.join(POLICIES)}.",
            )
        return POLICIES.get(name)

    def _aggregation(self) -> Aggregation | None:
        name = self._element.get("aggregation")
        if name and name not in AGGREGATIONS:
            self._note(
                self._room.place,
                f"aggregation `{name}` is unknown",
                f"Use one of {', '.join(AGGREGATIONS)}.",
            )
        return AGGREGATIONS.get(name)

    def _inputs(self) -> list[Input]:
        found: list[Input] = []
        for number, column in enumerate(children(self._element, "input"), 1):
            inner = child(column, "inputExpression")
            text = text_of(inner)
            label = column.get("label") or text or f"input {number}"
            place = self._at(None, label)
            if inner is None or text is None:
                self._note(
                    place,
                    "the input has no expression",
                    "Say what is asked, such as `record.impact`.",
                )
                text = "null"
            wanted = self._type(inner.get("typeRef") if inner is not None else "", place)
            value = self._expression(text, place).value
            asked = self._asked_at(place)
            names, nodes = (_computed_from(asked), asked.nodes) if asked is not None else (None, ())
            allowed = self._allowed(column, "inputValues", place)
            found.append(Input(label, text, value, wanted, allowed, place, names, nodes))
        return found

    def _asked_at(self, place: Place) -> Asked | None:
        """The expression read last, if it stands there."""
        asked = self._room.asked[-1] if self._room.asked else None
        return asked if asked is not None and asked.place == place else None

    def _outputs(self, policy: HitPolicy | None) -> list[Output]:
        columns = children(self._element, "output")
        if not columns:
            self._note(self._room.place, "the table has no output", "Add one.")
        names = [
            self._output_name(column, number, len(columns))
            for number, column in enumerate(columns, 1)
        ]
        for name in sorted({name for name in names if names.count(name) > 1}):
            self._note(self._at(None, name), "two outputs have this name", "Rename one.")
        single = len(columns) == 1 and policy in SINGLE_HIT
        type_of_all = self._element.get("typeRef") if single else ""
        found = [
            self._output(column, name, type_of_all)
            for column, name in zip(columns, names, strict=True)
        ]
        needs_order = policy in (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER)
        if found and needs_order and not any(output.order for output in found):
            cause = "the hit policy needs the order of the output values"
            self._note(self._room.place, cause, "List them, the most important first.")
        return found

    def _output_name(self, column: Element, number: int, count: int) -> str:
        name = column.get("name")
        if name:
            return name
        if count > 1:
            self._note(self._at(None, f"output {number}"), "the output has no name", "Name it.")
        return self._default_name

    def _output(self, column: Element, name: str, type_of_all: str) -> Output:
        place = self._at(None, name)
        wanted = self._type(column.get("typeRef") or type_of_all, place)
        default = child(column, "defaultOutputEntry")
        answer = self._answer(text_of(default), place) if default is not None else None
        return Output(
            name, wanted, self._allowed(column, "outputValues", place), self._order(column), answer
        )

    def _order(self, column: Element) -> tuple[object, ...]:
        text = text_of(child(column, "outputValues"))
        if text is None:
            return ()
        try:
            values = compile_expression(f"[{text}]").evaluate({}, limits=LITTLE)
        except FeelError:
            # Values given as tests such as `> 5` have no order; they are still checked.
            return ()
        return tuple(values) if is_list(values) else ()

    def _rule(
        self,
        number: int,
        row: Element,
        inputs: list[str],
        outputs: list[str],
        around: list[Around],
    ) -> Rule:
        tests, answers = children(row, "inputEntry"), children(row, "outputEntry")
        for kind, found, wanted in (("inputs", tests, inputs), ("outputs", answers, outputs)):
            if len(found) != len(wanted):
                cause = f"the rule has {len(found)} {kind}, the table {len(wanted)}"
                self._note(self._at(number), cause, "Save it again from a DMN editor.")
        return Rule(
            number,
            tuple(self._cells(number, tests, inputs, around)),
            tuple(
                self._answer(text_of(entry), self._at(number, name))
                for entry, name in zip(answers, outputs, strict=False)
            ),
            tuple(note for note in map(_note_of, row) if note),
        )

    def _cells(
        self, number: int, entries: list[Element], labels: list[str], around: list[Around]
    ) -> Iterable[Cell]:
        for column, (entry, label) in enumerate(zip(entries, labels, strict=False)):
            text = text_of(entry)
            place = self._at(number, label)
            asks = text not in (None, "-")
            tests = self._tests(text, place, (around[column],)) if asks else None
            if tests is not None:
                yield Cell(column, tests, place)

    def _answer(self, text: str | None, place: Place) -> Answer:
        if text != NOTHING:
            return self._expression(text, place)
        return replace(self._expression("null", place), text=NOTHING)

    def _expression(self, text: str | None, place: Place) -> Answer:
        try:
            value = expression(text, self._room, place)
            return Answer(value, place, text or "", self._room.asked[-1].nodes)
        except NotUnderstood as error:
            self.problems.append(error)
            return Answer(lambda _context, _run: None, place)

    def _allowed(self, column: Element, name: str, place: Place) -> UnaryTests | None:
        text = text_of(child(column, name))
        return self._tests(text, place) if text is not None else None

    def _tests(
        self, text: str | None, place: Place, own: tuple[Around, ...] = ()
    ) -> UnaryTests | None:
        try:
            names, types = self._room.names, self._room.types
            tests = self._room.tests.of(
                text or "-", lambda: compile_typed_unary_tests(text or "-", names, types)
            )
            self._room.paths.update(tests.paths)
            tree = tests.tree if tests.constants is None else ()
            asked, paths, calls = tests.free_names, tests.paths, tests.calls
            around = (*self._room.around, *own)
            self._room.asked.append(
                Asked(place, asked, paths, calls, tests.text, tree, around=around)
            )
            return tests
        except FeelError as error:
            self._note(place, str(error), "Correct the cell.")
            return None

    def _type(self, name: str, place: Place) -> Type | None:
        wanted = type_named(name)
        for unknown in unknown_names(wanted, self._room.types) if wanted is not None else ():
            self._note(place, f"there is no type `{unknown}`", "Define it, or use a type of FEEL.")
        return wanted

    def _at(self, rule: int | None, column: str = "") -> Place:
        place = self._room.place
        return Place(place.file, place.decision, rule, column)

    def _note(self, place: Place, cause: str, remedy: str) -> None:
        self.problems.append(NotUnderstood(place, cause, remedy))


def _computed_from(asked: Asked) -> frozenset[str] | None:
    """The names of an expression, unless it is one name or one path."""
    plain = " ".join(asked.text.split())
    is_path = any(plain == ".".join(path) for path in asked.paths)
    return None if is_path else asked.names


def _note_of(element: Element) -> str | None:
    if element.name == "annotationEntry":
        return text_of(element)
    return own_text(element) if element.name == "description" else None
