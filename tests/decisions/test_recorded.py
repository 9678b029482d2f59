"""Cases of the past, decided by two versions of a table: what each says, and what is not known."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import product

import pytest
from dmn_table import Column, DmnTable, Row, file_of
from hypothesis import given
from hypothesis import strategies as st

from clearway.decisions import read_decisions
from clearway.decisions.recorded import Judge, Judged, NotACase, case_of

IMPACT = Column("record.impact", "Impact", "number")
TABLE = DmnTable(
    (IMPACT,), (Column("priority"),), (Row(("1",), ("1",)), Row(("2",), ("2",))), policy="FIRST"
)


def judged(before: DmnTable, after: DmnTable, **case: object) -> Judged:
    return judged_files(before.xml, after.xml, **case)


def judged_files(before: bytes, after: bytes, **case: object) -> Judged:
    judge = Judge(read_decisions(before, "old.dmn"), read_decisions(after, "new.dmn"))
    return judge.judged(case_of({"decision": "d", **case}, 1))


def outputs(found: Judged) -> list[Mapping[str, object]]:
    assert found.before is not None, found.unjudged
    assert found.after is not None
    return [found.before.outputs, found.after.outputs]


def test_a_case_that_both_decide_alike_is_not_otherwise():
    found = judged(TABLE, TABLE, inputs={"Impact": 1})

    assert (found.otherwise, found.unjudged) == (False, "")
    assert outputs(found) == [{"priority": 1}, {"priority": 1}]


def test_a_case_that_the_new_version_decides_otherwise_is_told_with_both_outputs_and_rules():
    found = judged(TABLE, TABLE.with_row(1, answers=("3",)), inputs={"Impact": 2})

    assert found.otherwise
    assert outputs(found) == [{"priority": 2}, {"priority": 3}]
    assert found.before and found.before.rules == (2,)
    assert found.after and found.after.rules == (2,)


def test_a_refusal_of_one_version_is_otherwise_and_told():
    after = replace(TABLE, rows=TABLE.rows[:1])

    found = judged(TABLE, after, inputs={"Impact": 2})

    assert found.otherwise
    assert found.after and "no rule fits Impact = 2" in found.after.refusal


def test_what_both_refuse_is_not_otherwise():
    found = judged(TABLE, TABLE, inputs={"Impact": 3})

    assert not found.otherwise
    assert found.before and found.before.refusal


def test_a_whole_context_can_be_given_instead():
    found = judged(TABLE, TABLE, context={"record": {"impact": 2}})

    assert outputs(found) == [{"priority": 2}, {"priority": 2}]


def test_an_input_that_was_not_recorded_cannot_be_judged():
    after = replace(
        TABLE,
        inputs=(IMPACT, Column("record.vip", "VIP")),
        rows=tuple(replace(row, cells=(*row.cells, "-")) for row in TABLE.rows),
    )

    found = judged(TABLE, after, inputs={"Impact": 1})

    assert not found.otherwise
    assert "new.dmn" in found.unjudged
    assert "no value of the column `VIP` was recorded" in found.unjudged


def test_a_column_that_got_another_label_keeps_its_values():
    after = replace(TABLE, inputs=(replace(IMPACT, label="Effect"),))

    assert not judged(TABLE, after, inputs={"Impact": 1}).unjudged


def test_a_label_that_now_asks_something_else_is_no_value_of_the_column():
    after = replace(TABLE, inputs=(replace(IMPACT, key="record.effect"),))

    found = judged(TABLE, after, inputs={"Impact": 1})

    assert "asks for `record.effect`; what was recorded is `record.impact`" in found.unjudged


def test_two_columns_of_one_label_are_not_guessed():
    both = replace(
        TABLE,
        inputs=(IMPACT, replace(IMPACT, key="record.effect")),
        rows=tuple(replace(row, cells=(*row.cells, "-")) for row in TABLE.rows),
    )

    assert "two columns are called `Impact`" in judged(both, both, inputs={"Impact": 1}).unjudged


@pytest.mark.parametrize(
    "answer",
    ["record.impact + 1", "[{a: 1}][a = record.impact]", "if record = null then 1 else 2"],
)
def test_an_output_that_asks_for_what_is_no_column_cannot_be_judged(answer: str):
    after = TABLE.with_row(0, answers=(answer,))

    found = judged(TABLE, after, inputs={"Impact": 1})

    assert "`record`, which was not recorded" in found.unjudged
    # Rules that do not answer ask for nothing.
    assert not judged(TABLE, after, inputs={"Impact": 2}).unjudged


def test_a_name_that_only_a_filter_asks_for_is_not_taken_for_null():
    table = TABLE.with_row(0, answers=("count([{a: 1}][a = people])",))

    found = judged(table, table, inputs={"Impact": 1})

    assert "`people`, which was not recorded" in found.unjudged


def test_what_is_null_counts_as_not_given():
    case = case_of({"id": None, "record": None, "at": None, "decision": "d", "inputs": {}}, 3)

    assert (case.id, case.record, case.at) == ("3", "", None)


def named(kind: str) -> DmnTable:
    """A table whose output asks for the input that its only column asks for."""
    return DmnTable(
        (Column("Due", "When due", "date"),),
        (Column("out"),),
        (Row(("-",), ("Due.year",)),),
        before=f'<inputData id="i" name="Due"><variable name="Due"{kind}/></inputData>',
        needs='<informationRequirement><requiredInput href="#i"/></informationRequirement>',
    )


def test_a_name_that_is_a_column_may_be_used_in_an_output():
    table = named(' typeRef="date"')

    found = judged(table, table, inputs={"When due": "2026-02-01"})

    assert outputs(found)[0] == {"out": 2026}


def test_a_name_without_a_type_is_not_taken_for_text_when_it_may_be_a_date():
    found = judged(named(""), named(""), inputs={"When due": "2026-02-01"})

    assert "`Due`, which was not recorded" in found.unjudged


@pytest.mark.parametrize(
    ("kind", "cell", "recorded"),
    [
        ("date", '< date("2026-02-01")', "2026-01-31"),
        ("date and time", '< date and time("2026-02-01T00:00:00Z")', "2026-01-31T23:00:00Z"),
        ("time", '< time("12:00:00")', "11:59:59"),
        ("days and time duration", '< duration("P1D")', "PT0S"),
        ("days and time duration", '< duration("P2D")', "P1DT2H"),
        ("years and months duration", '> duration("P1Y")', "P14M"),
        ("number", "< 0.3", "0.1"),
        ("tMoment", '< date("2026-02-01")', "2026-01-31"),
        ("", '< date("2026-02-01")', "2026-01-31"),
        ("", '"2026-01-31"', "2026-01-31"),
        ("", '"[1..5]"', "[1..5]"),
        ("range", "? = [1..5]", "[1..5]"),
    ],
)
def test_recorded_text_becomes_what_the_column_asks_for(kind: str, cell: str, recorded: str):
    table = DmnTable(
        (Column("record.it", "It", kind),),
        (Column("out"),),
        (Row((cell,), ('"fits"',)), Row(("-",), ('"other"',))),
        policy="FIRST",
        before='<itemDefinition name="tMoment"><typeRef>date</typeRef></itemDefinition>',
    )

    assert outputs(judged(table, table, inputs={"It": recorded}))[0] == {"out": "fits"}


def test_text_that_may_be_a_date_is_not_guessed_where_nothing_says_so():
    table = DmnTable(
        (Column("record.it", "It"),), (Column("out"),), (Row(("< date(2026, 1, 1 + 1)",), ("1",)),)
    )

    found = judged(table, table, inputs={"It": "2026-01-01"})

    assert "may be a text or a date: give it a type" in found.unjudged


def test_what_asks_for_the_time_needs_the_time_of_the_case():
    table = TABLE.with_row(0, answers=("now().year",))

    assert "give the case its `at`" in judged(table, table, inputs={"Impact": 1}).unjudged
    found = judged(table, table, inputs={"Impact": 1}, at="2024-05-01T08:00:00Z")
    assert outputs(found)[0] == {"priority": 2024}


def test_functions_of_the_file_are_there():
    model = (
        '<businessKnowledgeModel id="k" name="twice"><encapsulatedLogic><formalParameter name="x"/>'
        "<literalExpression><text>2 * x</text></literalExpression></encapsulatedLogic>"
        "</businessKnowledgeModel>"
    )
    table = replace(
        TABLE.with_row(0, answers=("twice(4)",)),
        before=model,
        needs='<knowledgeRequirement><requiredKnowledge href="#k"/></knowledgeRequirement>',
    )

    assert outputs(judged(table, table, inputs={"Impact": 1}))[0] == {"priority": 8}


def test_an_expression_is_judged_by_its_input_data():
    text = (
        '<inputData id="i" name="Age"/><decision id="d" name="d">'
        '<informationRequirement><requiredInput href="#i"/></informationRequirement>'
        "<literalExpression><text>{}</text></literalExpression></decision>"
    )
    before, after = (file_of(text.format(it)) for it in ("Age + 1", "Age + 2"))

    found = judged_files(before, after, inputs={"Age": 1}, outputs={"d": 2})

    assert (found.otherwise, found.recorded_otherwise) == (True, False)
    assert "`Age`" in judged_files(before, after, inputs={}).unjudged


def test_a_decision_that_a_version_has_not_cannot_be_judged():
    other = file_of(
        TABLE.xml.decode().partition(">")[2].rpartition("</def")[0].replace('"d"', '"e"')
    )

    assert "no such decision" in judged_files(TABLE.xml, other, inputs={"Impact": 1}).unjudged
    assert "no such decision" in judged_files(other, TABLE.xml, inputs={"Impact": 1}).unjudged


@pytest.mark.parametrize(
    ("answer", "recorded", "differs"),
    [
        ("1", 1, False),
        ("1.0", 1, False),
        ("1", 2, True),
        ("1", "1", True),
        ('"a"', "a", False),
        ("null", None, False),
        ("null", "a", True),
        ('date("2026-01-01")', "2026-01-01", False),
        ("[1..5)", "[1..5)", False),
        ("[1..5)", "[1..6)", True),
        ('duration("P1Y2M")', "P14M", False),
        ('@"2026-01-01T10:00:00+02:00"', "2026-01-01T08:00:00Z", False),
        ("[1, {a: 2}]", [1, {"a": 2}], False),
        ("[1, {a: 2}]", [1, {"a": 3}], True),
    ],
)
def test_what_was_recorded_is_compared_with_what_the_first_version_decides(
    answer: str, recorded: object, differs: bool
):
    table = TABLE.with_row(0, answers=(answer,))

    found = judged(table, table, inputs={"Impact": 1}, outputs={"priority": recorded})

    assert (found.unjudged, found.recorded_otherwise) == ("", differs)


@pytest.mark.parametrize(
    ("case", "word"),
    [
        (1, "no JSON object"),
        ({"inputs": {}}, "names no decision"),
        ({"decision": "d"}, "needs one of two"),
        ({"decision": "d", "inputs": {}, "context": {}}, "needs one of two"),
        ({"decision": "d", "inputs": []}, "needs one of two"),
        ({"decision": "d", "inputs": {}, "outputs": [1]}, "no JSON object by output name"),
        ({"decision": "d", "inputs": {}, "at": "today"}, "no instant"),
        ({"decision": "d", "inputs": {}, "at": "2026-01-01T10:00:00"}, "no instant"),
        ({"decision": "d", "inputs": {}, "at": "0001-01-01T00:00:00+14:00"}, "no instant"),
    ],
)
def test_what_is_no_case_is_refused_with_what_is_missing(case: object, word: str):
    with pytest.raises(NotACase, match=f"case 7.*{word}"):
        case_of(case, 7)


# By brute force: every input of a small table, judged by cells that are Python here.

CELLS = {
    "-": lambda _value: True,
    "1": lambda value: value == 1,
    "2": lambda value: value == 2,
    "< 3": lambda value: value < 3,
    "[2..3]": lambda value: 2 <= value <= 3,
    "not(1)": lambda value: value != 1,
}


@st.composite
def tables(draw: st.DrawFn) -> DmnTable:
    """A table of two inputs; columns in any order."""
    cell = st.sampled_from(sorted(CELLS))
    rows = draw(
        st.lists(st.tuples(st.tuples(cell, cell), st.sampled_from("12")), min_size=1, max_size=4)
    )
    table = DmnTable(
        (Column("record.a", "A", "number"), Column("record.b", "B", "number")),
        (Column("out"),),
        tuple(Row(cells, (answer,)) for cells, answer in rows),
        draw(st.sampled_from(("UNIQUE", "FIRST", "ANY"))),
    )
    return draw(st.sampled_from((table, turned(table))))


def turned(table: DmnTable) -> DmnTable:
    return replace(
        table,
        inputs=table.inputs[::-1],
        rows=tuple(replace(row, cells=row.cells[::-1]) for row in table.rows),
    )


def by_hand(table: DmnTable, values: Mapping[str, int]) -> tuple[str, tuple[int, ...]] | None:
    """The output and the rules, or None for a refusal."""
    fitting = [
        (number, row.answers[0])
        for number, row in enumerate(table.rows, 1)
        if all(
            CELLS[cell](values[column.label])
            for cell, column in zip(row.cells, table.inputs, strict=True)
        )
    ]
    if not fitting or (table.policy == "UNIQUE" and len(fitting) > 1):
        return None
    if table.policy == "ANY":
        same = len({answer for _, answer in fitting}) == 1
        return (fitting[0][1], tuple(number for number, _ in fitting)) if same else None
    return fitting[0][1], (fitting[0][0],)


@given(tables(), tables())
def test_every_case_is_judged_as_by_hand(before: DmnTable, after: DmnTable):
    judge = Judge(read_decisions(before.xml, "old.dmn"), read_decisions(after.xml, "new.dmn"))
    for a, b in product((1, 2, 3, 4), repeat=2):
        values = {"A": a, "B": b}
        wanted = [by_hand(table, values) for table in (before, after)]
        for case in ({"inputs": values}, {"context": {"record": {"a": a, "b": b}}}):
            found = judge.judged(case_of({"decision": "d", **case}, 1))

            assert not found.unjudged
            assert found.otherwise == ((wanted[0] and wanted[0][0]) != (wanted[1] and wanted[1][0]))
            said = [
                None if it is None or it.refusal else (str(it.outputs["out"]), it.rules)
                for it in (found.before, found.after)
            ]
            assert said == wanted
