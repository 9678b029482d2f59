"""Checks of what a table answers against the type that it, or its decision, is said to have."""

from collections.abc import Iterator, Mapping, Sequence

from clearway.decisions.check.computed import kind_computed
from clearway.decisions.check.kinds import fields_of, kind_of, kind_told, may_be
from clearway.decisions.check.looking import OutOfLooks
from clearway.decisions.check.subject import Subject
from clearway.decisions.declared import is_refused, misfit, type_text
from clearway.decisions.errors import WrongValue
from clearway.decisions.findings import Finding, finding_of
from clearway.decisions.model import Aggregation, Answer, Table
from clearway.decisions.table import ALL_HITS
from clearway.feel.types import ANY, GENERAL, ContextType, ListType, Named, Type


def wrong_answers(subject: Subject, decided: Type | None) -> Iterator[Finding]:
    """Answers that an evaluation would refuse; `decided` is the type of the table's decision."""
    for wanted in dict.fromkeys((decided, subject.table.type)):
        if wanted is not None:
            yield from _wrong(subject, wanted)


def answered(table: Table) -> Type:
    """The type of what a table answers, as far as its columns tell."""
    if table.aggregation is Aggregation.COUNT:
        return Named("number")
    types = tuple((each.name, each.type or ANY) for each in table.outputs)
    row = types[0][1] if len(types) == 1 else ContextType(types)
    return ListType(row) if _is_list(table) else row


def _is_list(table: Table) -> bool:
    return table.policy in ALL_HITS and table.aggregation is None


def _wrong(subject: Subject, wanted: Type) -> Iterator[Finding]:
    types = subject.names.types
    given = answered(subject.table)
    if not may_be(given, wanted, types):
        yield subject.error(
            "decision-output-type",
            f"the table answers {_told(given, types)}, but it is said to answer "
            f"{_told(wanted, types)}",
            "Correct the type of the decision, of the table, or of its outputs.",
        )
        return
    wrong = list(_wrong_constants(subject, wanted))
    yield from wrong
    if not wrong and isinstance(given, ListType) and kind_told(wanted, types) is not None:
        yield from _several(subject, wanted)


def _told(wanted: Type, types: Mapping[str, Type]) -> str:
    if isinstance(wanted, ListType):
        return f"a list of which each item is {_told(wanted.item, types)}"
    if isinstance(wanted, Named) and (wanted.name in types or wanted.name in GENERAL - {"Any"}):
        return f"a {wanted.name}"
    fields = fields_of(wanted, types)
    if fields is not None:
        return f"a context of {', '.join(f'`{name}`' for name in fields)}"
    return f"a {kind_of(wanted, types) or 'value'}"


def _wrong_constants(subject: Subject, wanted: Type) -> Iterator[Finding]:
    """The rows of constants that are not of the type, or not among its allowed values."""
    table = subject.table
    if table.aggregation is not None:
        return
    for rule, row in zip(subject.table.rules, subject.rows, strict=True):
        yield from _wrong_row(subject, wanted, rule.answers, row)
    defaults = [each.default for each in table.outputs if each.default is not None]
    if defaults and len(defaults) == len(table.outputs):
        row = subject.outputs_of(defaults)
        yield from _wrong_row(subject, wanted, defaults, row if isinstance(row, tuple) else None)


def _wrong_row(
    subject: Subject, wanted: Type, answers: Sequence[Answer], row: tuple[object, ...] | None
) -> Iterator[Finding]:
    if row is None:
        yield from _computed_row(subject, wanted, answers)
        return
    if not any(each is not None for each in row):
        return
    names = [each.name for each in subject.table.outputs]
    value = row[0] if len(row) == 1 else dict(zip(names, row, strict=True))
    answer: object = [value] if _is_list(subject.table) else value
    if is_refused(answer, wanted, subject.names.types):
        cause = misfit(value, wanted, "the answer")
        yield finding_of(
            WrongValue(answers[0].place, cause, "Correct the cell, or the type of the decision.")
        )


def _computed_row(subject: Subject, wanted: Type, answers: Sequence[Answer]) -> Iterator[Finding]:
    """A row that is computed from the input, by the kinds of what has no type of its own."""
    given: list[tuple[str, Type]] = []
    for answer, output in zip(answers, subject.table.outputs, strict=True):
        told = kind_computed(answer.nodes, subject.names) if output.type is None else None
        given.append((output.name, output.type or (Named(told) if told else ANY)))
    row = given[0][1] if len(given) == 1 else ContextType(tuple(given))
    types = subject.names.types
    if not may_be(ListType(row) if _is_list(subject.table) else row, wanted, types):
        texts = ", ".join(f"`{each.text}`" for each in answers)
        cause = f"the answer, {texts}, is {_told(row, types)}, which is not {type_text(wanted)}"
        yield finding_of(
            WrongValue(answers[0].place, cause, "Correct the cell, or the type of the decision.")
        )


def _several(subject: Subject, wanted: Type) -> Iterator[Finding]:
    """One input for which a table of all hits answers several values, where one is declared."""
    subject.look_anew()
    try:
        pair = next(subject.pairs(), None)
    except OutOfLooks:
        return
    if pair is not None:
        numbers = tuple(place + 1 for place in pair)
        yield subject.error(
            "decision-output-type",
            f"rules {numbers[0]} and {numbers[1]} fit {subject.told_of(*pair)}, which gives a list "
            f"of values, but the table is said to answer {_told(wanted, subject.names.types)}",
            "Let the decision have a type of lists, add an aggregator, or narrow the rules.",
            numbers=numbers,
            example=() if subject.is_tied else subject.tests(subject.meeting(*pair)),
        )
