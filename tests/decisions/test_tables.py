"""What decision tables answer, and what they refuse to answer."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from clearway.decisions import (
    DecisionError,
    Decisions,
    MissingInput,
    NoRuleMatched,
    RulesOverlap,
    WrongValue,
    evaluate,
    explain,
)

Table = Callable[..., Decisions]

PRIORITY = [
    (["1", "1"], ["1"]),
    (["1", "[2..3]"], ["2"]),
    (["> 1", "1"], ["2"]),
    (["> 1", "> 1"], ["3"]),
]


def priority(table: Table) -> Decisions:
    return table(["record.impact:number", "record.urgency:number"], ["priority"], PRIORITY)


def test_the_rule_that_fits_answers_and_is_named(table: Table):
    decisions = priority(table)

    made = evaluate(decisions, "d", {"record": {"impact": 1, "urgency": 3}})

    assert made.outputs == {"priority": Decimal(2)}
    assert made.rules == (2,)
    assert made.inputs == {"record.impact": Decimal(1), "record.urgency": Decimal(3)}
    assert made.hit_policy == "UNIQUE"
    assert made.decision == "d"


def test_an_evaluation_is_told_in_sentences(table: Table):
    made = evaluate(priority(table), "d", {"record": {"impact": 1, "urgency": 3}})

    assert explain(made) == [
        "record.impact is 1.",
        "record.urgency is 3.",
        "Rule 2 of d (UNIQUE) fits and answers priority = 2.",
    ]


def test_no_rule_is_an_error_with_the_inputs(table: Table):
    with pytest.raises(NoRuleMatched) as error:
        evaluate(priority(table), "d", {"record": {"impact": 0, "urgency": 3}})

    assert error.value.inputs == {"record.impact": Decimal(0), "record.urgency": Decimal(3)}
    assert "test.dmn, decision d" in str(error.value)
    assert "record.impact = 0" in str(error.value)


def test_an_empty_input_fits_no_comparison_and_is_told(table: Table):
    with pytest.raises(MissingInput) as error:
        evaluate(priority(table), "d", {"record": {"impact": 1}})

    assert error.value.name == "record.urgency"


def test_a_missing_input_is_an_error_with_its_name(table: Table):
    with pytest.raises(MissingInput) as error:
        evaluate(priority(table), "d", {"incident": {}})

    assert error.value.name == "record"
    assert error.value.place.column == "record.impact"


def test_an_unknown_name_in_a_cell_is_an_error_with_rule_and_column(table: Table):
    decisions = table(["n"], ["out"], [(["1"], ["1"]), (["< limit"], ["2"])])

    with pytest.raises(MissingInput) as error:
        evaluate(decisions, "d", {"n": 3})

    assert (error.value.name, error.value.place.rule, error.value.place.column) == ("limit", 2, "n")


def test_two_rules_under_unique_are_an_error_with_their_numbers(table: Table):
    decisions = table(["n"], ["out"], [(["< 5"], ["1"]), (["> 9"], ["2"]), (["< 3"], ["3"])])

    with pytest.raises(RulesOverlap, match="rules 1 and 3") as error:
        evaluate(decisions, "d", {"n": 1})

    assert error.value.rules == (1, 3)
    assert error.value.inputs == {"n": Decimal(1)}


def test_first_takes_the_first_rule_that_fits(table: Table):
    decisions = table(["n"], ["out"], [(["< 5"], ["1"]), (["-"], ["2"])], "FIRST")

    assert evaluate(decisions, "d", {"n": 1}).outputs == {"out": Decimal(1)}
    assert evaluate(decisions, "d", {"n": 7}).rules == (2,)


def test_any_needs_one_answer(table: Table):
    rules = [(["< 5"], ["1"]), (["< 9"], ["1.0"]), (["< 2"], ["3"])]
    decisions = table(["n"], ["out"], rules, "ANY")

    assert evaluate(decisions, "d", {"n": 3}).rules == (1, 2)
    with pytest.raises(RulesOverlap, match="one answer"):
        evaluate(decisions, "d", {"n": 1})


def test_priority_takes_the_output_value_listed_first(table: Table):
    rules = [(["> 1"], ['"low"']), (["> 5"], ['"high"'])]
    decisions = table(["n"], ['out:"high", "low"'], rules, "PRIORITY")

    made = evaluate(decisions, "d", {"n": 9})

    assert made.outputs == {"out": "high"}
    assert made.rules == (2,)


@pytest.mark.parametrize(
    ("aggregation", "answer"),
    [("SUM", Decimal(9)), ("MIN", Decimal(2)), ("MAX", Decimal(4)), ("COUNT", Decimal(3))],
)
def test_collect_puts_all_answers_together(table: Table, aggregation: str, answer: Decimal):
    rules = [(["> 1"], ["3"]), (["> 2"], ["4"]), (["> 3"], ["2"]), (["> 9"], ["8"])]
    decisions = table(["n"], ["out"], rules, "COLLECT", aggregation)

    made = evaluate(decisions, "d", {"n": 5})

    assert made.outputs == {"out": answer}
    assert made.rules == (1, 2, 3)


def test_collect_without_aggregation_lists_the_answers(table: Table):
    rules = [(["> 1"], ['"a"']), (["> 2"], ['"b"'])]
    decisions = table(["n"], ["out"], rules, "COLLECT")

    assert evaluate(decisions, "d", {"n": 5}).outputs == {"out": ["a", "b"]}
    assert evaluate(decisions, "d", {"n": 0}).outputs == {"out": []}


def test_the_sum_of_nothing_is_no_answer_but_its_count_is(table: Table):
    rules = [(["> 1"], ["3"])]

    assert evaluate(table(["n"], ["o"], rules, "COLLECT", "COUNT"), "d", {"n": 0}).value == 0
    with pytest.raises(NoRuleMatched):
        evaluate(table(["n"], ["o"], rules, "COLLECT", "SUM"), "d", {"n": 0})


def test_what_cannot_be_added_is_an_error(table: Table):
    decisions = table(["n"], ["o"], [(["-"], ["1"]), (["-"], ['"a"'])], "COLLECT", "SUM")

    with pytest.raises(WrongValue, match="no SUM"):
        evaluate(decisions, "d", {"n": 0})


def test_rule_order_and_output_order_list_all_answers(table: Table):
    rules = [(["> 1"], ['"low"', "1"]), (["> 2"], ['"high"', "2"])]
    outputs = ['level:"high", "low"', "n"]

    in_rules = evaluate(table(["n"], outputs, rules, "RULE ORDER"), "d", {"n": 5})
    by_value = evaluate(table(["n"], outputs, rules, "OUTPUT ORDER"), "d", {"n": 5})

    assert in_rules.outputs == {"level": ["low", "high"], "n": [Decimal(1), Decimal(2)]}
    assert by_value.outputs == {"level": ["high", "low"], "n": [Decimal(2), Decimal(1)]}
    assert by_value.rules == (2, 1)
    assert by_value.value == [{"level": "high", "n": Decimal(2)}, {"level": "low", "n": Decimal(1)}]


def test_a_default_answers_when_no_rule_does(table: Table):
    decisions = table(["n"], ["a::0", 'b::"none"'], [(["> 1"], ["1", '"some"'])])

    made = evaluate(decisions, "d", {"n": 0})

    assert made.outputs == {"a": Decimal(0), "b": "none"}
    assert made.rules == ()
    assert explain(made)[-1] == 'No rule of d fits, so by default it answers a = 0, b = "none".'


def test_a_default_for_some_outputs_only_is_no_answer(table: Table):
    decisions = table(["n"], ["a::0", "b"], [(["> 1"], ["1", "2"])])

    with pytest.raises(NoRuleMatched):
        evaluate(decisions, "d", {"n": 0})


def test_output_cells_see_the_same_context_and_time(table: Table):
    decisions = table(["n"], ["due"], [(["-"], ["today() + duration(limit)"])])
    now = datetime(2026, 3, 2, 9, tzinfo=UTC)

    made = evaluate(decisions, "d", {"n": 1, "limit": "P3D"}, now=now)

    assert made.outputs == {"due": date(2026, 3, 5)}


def test_an_input_of_another_type_is_an_error_with_its_column(table: Table):
    with pytest.raises(WrongValue, match='"2" is not of type number') as error:
        evaluate(priority(table), "d", {"record": {"impact": "2", "urgency": 1}})

    assert error.value.place.column == "record.impact"


def test_an_input_outside_the_allowed_values_is_an_error(table: Table):
    decisions = table(['kind:string:"a", "b"'], ["out"], [(["-"], ["1"])])

    assert evaluate(decisions, "d", {"kind": "b"}).outputs == {"out": Decimal(1)}
    with pytest.raises(WrongValue, match='"c", the table allows "a", "b"'):
        evaluate(decisions, "d", {"kind": "c"})


def test_an_output_outside_the_declared_values_is_an_error_with_its_rule(table: Table):
    decisions = table(["n"], ['out:"a", "b"'], [(["1"], ['"a"']), (["2"], ['"c"'])])

    with pytest.raises(WrongValue) as error:
        evaluate(decisions, "d", {"n": 2})

    assert error.value.place.rule == 2


def test_a_date_that_a_record_keeps_as_text_is_tested_as_a_date(table: Table):
    decisions = table(
        ["record.due:date"],
        ["late"],
        [(['< @"2026-03-01"'], ["true"]), (["-"], ["false"])],
        "FIRST",
    )

    assert evaluate(decisions, "d", {"record": {"due": "2026-02-28"}}).outputs == {"late": True}
    with pytest.raises(WrongValue, match='"soon"'):
        evaluate(decisions, "d", {"record": {"due": "soon"}})


def test_a_decision_that_is_not_there_is_named_with_those_that_are(table: Table):
    with pytest.raises(DecisionError, match="Name one of: d"):
        evaluate(priority(table), "other", {})


def test_a_table_that_never_ends_is_stopped(table: Table):
    cell = "count(for i in 1..999, j in 1..999, k in 1..99 return i) = ?"
    decisions = table(["n"], ["out"], [([cell], ["1"])])

    with pytest.raises(DecisionError, match="steps"):
        evaluate(decisions, "d", {"n": 1})


def test_no_time_at_all_is_a_duration_like_any_other(table: Table):
    decisions = table(
        ["waited:days and time duration"], ["p"], [(['<= duration("P1D")'], ['"short"'])]
    )

    assert evaluate(decisions, "d", {"waited": "PT0S"}).outputs == {"p": "short"}


@pytest.mark.parametrize(
    ("policy", "aggregation", "output"),
    [
        ("UNIQUE", "", "p"),
        ("FIRST", "", "p::7"),
        ("COLLECT", "", "p"),
        ("COLLECT", "COUNT", "p"),
        ("COLLECT", "SUM", "p::7"),
        ("RULE ORDER", "", "p"),
        ("OUTPUT ORDER", "", "p:1,2"),
    ],
)
def test_an_input_without_a_value_is_named_and_never_answered_for(
    table: Table, policy: str, aggregation: str, output: str
):
    decisions = table(["record.x:number"], [output], [(["> 1"], ["1"])], policy, aggregation)

    for record in ({}, {"x": None}):
        with pytest.raises(MissingInput) as error:
            evaluate(decisions, "d", {"record": record})
        assert error.value.name == "record.x"


@pytest.mark.parametrize("cell", ["null", "-", "not(5)"])
def test_a_rule_may_provide_for_an_input_without_a_value(table: Table, cell: str):
    rows = [(["> 1", "true"], ["1"]), ([cell, "true"], ["2"])]
    decisions = table(["x:number", "y:boolean"], ["p"], rows, "COLLECT")

    assert evaluate(decisions, "d", {"x": None, "y": True}).outputs == {"p": [Decimal(2)]}
    assert evaluate(decisions, "d", {"x": None, "y": False}).outputs == {"p": []}


def test_what_a_table_answers_is_held_to_its_own_type(read: Callable[[str], Decisions]):
    found = read(
        '<decision id="d" name="d"><decisionTable typeRef="number" hitPolicy="COLLECT">'
        "<input><inputExpression><text>x</text></inputExpression></input>"
        '<output name="o"/><rule><inputEntry><text>-</text></inputEntry>'
        "<outputEntry><text>x</text></outputEntry></rule></decisionTable></decision>"
    )

    with pytest.raises(WrongValue, match="the answer of the table"):
        evaluate(found, "d", {"x": "a"})
    assert evaluate(found, "d", {"x": 1}).value == Decimal(1)
