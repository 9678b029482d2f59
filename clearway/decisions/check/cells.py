"""Checks of single cells: their types, their allowed values, and whether anything fits them."""

from collections.abc import Iterator

from clearway.decisions.check.columns import Names, allowing_types, declared_type
from clearway.decisions.check.kinds import constraints_of, is_certain, kind_of
from clearway.decisions.check.subject import LISTED, Subject
from clearway.decisions.errors import Place
from clearway.decisions.findings import Finding
from clearway.decisions.index import places
from clearway.decisions.model import Cell, Input
from clearway.feel import Expression, UnaryTests, feel_text
from clearway.feel.kinds import never_passed
from clearway.feel.values import kind


def wrong_cells(subject: Subject) -> Iterator[Finding]:
    """Cells that compare with a value which the input can never have."""
    expected = [_expected(subject, column) for column in subject.table.inputs]
    seen = [
        subject.names.with_input(declared_type([column], subject.names))
        for column in subject.table.inputs
    ]
    for rule in subject.table.rules:
        for cell in rule.cells:
            found = [
                *null_calls(subject, cell.tests, cell.place),
                *_wrong_cell(subject, cell, *expected[cell.column]),
                *_never_true(subject, cell, seen[cell.column]),
            ]
            if found:
                subject.wrong_places.add(cell.place)
            yield from found


def null_calls(subject: Subject, text: UnaryTests | Expression, place: Place) -> Iterator[Finding]:
    """Calls that give null whatever the input, such as that for the 30th of February."""
    with subject.budget.purse() as purse:
        calls = text.null_calls(purse)
    for call in calls:
        yield subject.error(
            "decision-null-call",
            f"`{text.text}` contains `{call}`, which is always null",
            "Correct what stands in the brackets, or write null.",
            place,
        )


def computed_cells(subject: Subject) -> Iterator[Finding]:
    """Cells that do more than compare with constants, of which nothing can be proven."""
    cells = [cell for rule in subject.table.rules for cell in rule.cells]
    wrong = subject.wrong_places
    computed = [it for it in cells if it.place not in wrong and not it.tests.breaks().exact]
    for cell in computed[:LISTED]:
        yield subject.warning(
            "decision-not-proven",
            f"`{cell.tests.text}` is computed, so that gaps and overlaps with this rule are looked "
            "for at examples only",
            "Compare with constants if the rule can be said so.",
            cell.place,
        )
    if len(computed) > LISTED:
        yield subject.warning(
            "decision-not-proven",
            f"{len(computed) - LISTED} more cells are computed",
            "See those above.",
        )


def doubtful_columns(subject: Subject) -> Iterator[Finding]:
    """Inputs whose values cannot be gone through, of whose cells nothing can be proven."""
    for column in subject.columns:
        if column.doubt:
            yield subject.warning(
                "decision-not-proven",
                f"of {' and '.join(column.labels)} gaps and overlaps are not found for certain: "
                f"{column.doubt}",
                "Compare with plain constants of one type, or test the table with examples.",
            )


def rules_that_never_fit(subject: Subject) -> Iterator[Finding]:
    """Rules with a cell that accepts nothing of what the input can have."""
    for column in subject.columns:
        fitting = 0
        for part in column.possible_parts:
            fitting |= part.may
        for place in places(column.exact & ~fitting):
            rule = subject.table.rules[place]
            cells = [it for it in rule.cells if _label(subject, it) in column.labels]
            if any(cell.place in subject.wrong_places for cell in cells):
                continue  # What is wrong with the cell tells why.
            texts = " and ".join(f"`{cell.tests.text}`" for cell in cells)
            yield subject.error(
                "decision-never-fits",
                f"no value that the input can have fits {texts}",
                "Correct the cell, or remove the rule.",
                cells[0].place if cells else subject.place,
            )


def _expected(subject: Subject, column: Input) -> tuple[str | None, list[UnaryTests]]:
    """Which simple kind the values of a column are, and the tests that allow them."""
    wanted = declared_type([column], subject.names)
    allowed = [] if column.allowed is None else [column.allowed]
    for each in allowing_types([column], subject.names):
        allowed += constraints_of(each, subject.names.types)
    return kind_of(wanted, subject.names.types), allowed


def _wrong_cell(
    subject: Subject, cell: Cell, expected: str | None, allowed: list[UnaryTests]
) -> Iterator[Finding]:
    breaks = cell.tests.breaks()
    if expected is None or not breaks.exact:
        return
    for value in (*breaks.values, *breaks.limits):
        if value is not None and kind(value) != expected:
            yield subject.error(
                "decision-cell-type",
                f"{feel_text(value)} is a {kind(value)}, the input is a {expected}: they are "
                "never equal",
                "Correct the cell, or the type of the input.",
                cell.place,
            )
            return
    for value in breaks.values:
        refusing = None if value is None else next(_refusing(subject, allowed, value), None)
        if refusing is not None:
            yield subject.error(
                "decision-cell-value",
                f"{feel_text(value)} is not among the allowed values {refusing.text}",
                "Correct the cell, or add the value to the allowed values.",
                cell.place,
            )


def _never_true(subject: Subject, cell: Cell, names: Names) -> Iterator[Finding]:
    """A computed cell of which the declared types tell that a test is true for no value."""
    tests = cell.tests
    is_list = names.kind_at(("?",)) == "list"
    if not is_list and (tests.constants is not None or tests.breaks().exact):
        return
    nulls, causes = never_passed(tests.tree, names.kind_at, names.taken)
    for cause in nulls:
        yield subject.error(
            "decision-null-call",
            f"`{tests.text}` has {cause}",
            "Correct it, or convert one of the values.",
            cell.place,
        )
    for cause in causes if not nulls else ():
        yield subject.error(
            "decision-cell-type",
            f"`{tests.text}` has {cause}, which is true for no value",
            "Correct the cell, or the type of the input.",
            cell.place,
        )


def _refusing(subject: Subject, allowed: list[UnaryTests], value: object) -> Iterator[UnaryTests]:
    """The tests that do not allow a value, as far as that can be computed beforehand."""
    for tests in allowed:
        if is_certain(tests) and subject.budget.passes(tests, value) is False:
            yield tests


def _label(subject: Subject, cell: Cell) -> str:
    return subject.table.inputs[cell.column].label
