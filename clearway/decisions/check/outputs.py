"""Checks of outputs: their types and allowed values, and those that no rule gives."""

from collections.abc import Iterator, Sequence

from clearway.decisions.check.cells import null_calls
from clearway.decisions.check.computed import misfit_of_kind
from clearway.decisions.check.kinds import constraints_of
from clearway.decisions.check.subject import Subject
from clearway.decisions.errors import DecisionError, WrongValue
from clearway.decisions.findings import Finding, finding_of
from clearway.decisions.hits import aggregated
from clearway.decisions.model import Answer, Output
from clearway.decisions.table_reader import NOTHING
from clearway.feel import DEFAULT_LIMITS, compile_expression, feel_text
from clearway.feel.limits import Run
from clearway.feel.logic import equal


def wrong_outputs(subject: Subject) -> Iterator[Finding]:
    """Outputs that an evaluation would refuse, whatever its input."""
    for rule, tried in zip(subject.table.rules, subject.tried, strict=True):
        for answer in rule.answers:
            yield from _null_calls(subject, answer)
        if isinstance(tried, WrongValue):
            yield finding_of(tried)
        elif not isinstance(tried, tuple):
            yield from _computed(subject, rule.answers, "the output")
    outputs = subject.table.outputs
    defaults = [each.default for each in outputs if each.default is not None]
    for answer in defaults:
        yield from _null_calls(subject, answer)
    # The defaults answer only where every output has one.
    if defaults and len(defaults) == len(outputs):
        tried = subject.outputs_of(defaults)
        if isinstance(tried, WrongValue):
            cause = f"the default output: {tried.cause}"
            yield finding_of(WrongValue(tried.place, cause, tried.remedy))
        elif not isinstance(tried, tuple):
            yield from _computed(subject, defaults, "the default output")


def _computed(subject: Subject, answers: Sequence[Answer], what: str) -> Iterator[Finding]:
    """Outputs that are computed from the input, and always of another kind than their type."""
    for answer, output in zip(answers, subject.table.outputs, strict=True):
        said = f"{what}, `{answer.text}`,"
        cause = misfit_of_kind(answer.nodes, output.type, subject.names, said)
        if cause is not None:
            remedy = "Correct the cell, or the type of the output."
            yield finding_of(WrongValue(answer.place, cause, remedy))


def _null_calls(subject: Subject, answer: Answer) -> Iterator[Finding]:
    if answer.text == NOTHING:
        yield subject.warning(
            "decision-output-empty",
            f"the output is `{NOTHING}`, which answers null",
            "Write what it answers; write null if it is to answer nothing.",
            answer.place,
        )
    elif answer.text:
        yield from null_calls(subject, compile_expression(answer.text), answer.place)


def wrong_sums(subject: Subject) -> Iterator[Finding]:
    """Outputs that the aggregator cannot put together."""
    aggregation = subject.table.aggregation
    constants = [row[0] for row in subject.rows if row is not None and row[0] is not None]
    if aggregation is None or not constants:
        return
    with subject.budget.purse() as purse:
        try:
            aggregated(aggregation, constants, subject.place, purse)
        except WrongValue as error:
            wrong = finding_of(error)
        else:
            return
    yield wrong


def missing_outputs(subject: Subject) -> Iterator[Finding]:
    """Output values that the table lists and no rule gives."""
    rows = [row for place, row in enumerate(subject.rows) if place not in subject.hidden]
    for number, output in enumerate(subject.table.outputs):
        given = [None if row is None else row[number] for row in rows]
        if any(row is None for row in rows) or not _add_default(subject, output, given):
            continue
        for value in output.order or _enumerated(subject, output):
            if not any(_same(value, each) for each in given):
                yield subject.warning(
                    "decision-output-unreachable",
                    f"no rule answers {feel_text(value)}, which the output values of {output.name} "
                    "list",
                    "Add a rule that answers it, or take it from the list.",
                )


def _enumerated(subject: Subject, output: Output) -> Sequence[object]:
    """The values that the type of an output lists, if it lists them."""
    for tests in constraints_of(output.type, subject.names.types):
        breaks = tests.breaks()
        if breaks.exact and not breaks.limits and tests.constants is not None:
            return breaks.values
    return ()


def _add_default(subject: Subject, output: Output, given: list[object]) -> bool:
    """Whether the default is known, if there is one."""
    if output.default is None:
        return True
    with subject.budget.purse() as purse:
        try:
            given.append(output.default.value({}, purse))
        except DecisionError:
            return False
    return True


def _same(one: object, other: object) -> bool:
    return equal(Run(DEFAULT_LIMITS, None), one, other) is True
