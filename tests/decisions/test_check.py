"""Gaps, overlaps and rules in vain: what a check finds in a table, against trying every input."""

import itertools
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearway.decisions import Decisions, read_decisions
from clearway.decisions.check import check
from clearway.decisions.check.looking import Budget
from clearway.decisions.findings import Finding

Table = Callable[..., Decisions]


def found(decisions: Decisions, *rules: str) -> list[str]:
    """The messages of some findings, or of all."""
    return [each.message for each in check(decisions) if not rules or each.rule in rules]


def kinds(decisions: Decisions) -> set[tuple[str, str]]:
    return {(each.severity, each.rule) for each in check(decisions)}


# --- examples ------------------------------------------------------------------------------------


def test_a_complete_table_has_no_finding(table: Table):
    rows = [(["< 3"], ['"a"']), (["[3..7]"], ['"b"']), (["> 7"], ['"c"'])]

    assert check(table(["score:number"], ["band"], rows)) == []


def test_a_gap_between_two_ranges_is_told_with_a_value(table: Table):
    rows = [(["< 3"], ['"a"']), (["]3..7]"], ['"b"']), (["> 7"], ['"c"'])]

    (gap,) = check(table(["score:number"], ["band"], rows))

    assert (gap.rule, gap.severity, gap.element) == ("decision-gap", "error", "d")
    assert gap.message == "no rule fits score = 3"


def test_a_default_output_closes_all_gaps(table: Table):
    assert check(table(["score:number"], ["band::0"], [(["< 3"], ["1"])])) == []


def test_allowed_values_say_what_cannot_be(table: Table):
    rows = [(["1"], ["1"]), (["2"], ["2"])]

    assert found(table(["impact:number"], ["p"], rows), "decision-gap") != []
    assert check(table(["impact:number:1,2"], ["p"], rows)) == []


def test_a_rule_for_no_value_is_neither_a_gap_nor_in_vain(table: Table):
    rows = [(["true"], ["1"]), (["false"], ["2"]), (["null"], ["3"])]

    assert check(table(["known:boolean"], ["p"], rows)) == []


def test_what_collects_has_no_gaps(table: Table):
    rows = [(["< 3"], ["1"])]

    assert check(table(["score:number"], ["p"], rows, "COLLECT")) == []
    assert check(table(["score:number"], ["p"], rows, "COLLECT", "COUNT")) == []
    assert kinds(table(["score:number"], ["p"], rows, "COLLECT", "SUM")) == {
        ("error", "decision-gap")
    }


@pytest.mark.parametrize(
    ("kind", "first", "second", "shared"),
    [
        ("number", "[1..5]", "[5..9]", "5"),
        ("string", '"a","b"', '"b"', '"b"'),
        ("boolean", "-", "true", "true"),
        ("date", '[date("2026-01-01")..date("2026-01-31")]', '>= date("2026-01-31")', "2026-01-31"),
        ("time", '< time("12:00:00")', '[time("11:59:00")..time("13:00:00")]', "11:59"),
        ("days and time duration", '<= duration("P1D")', '>= duration("P1D")', "P1D"),
        ("years and months duration", '<= @"P1Y"', '@"P1Y"', "P1Y"),
        ("date and time", '< @"2026-01-01T00:00:00Z"', '>= @"2025-01-01T00:00:00Z"', "2025-01-01"),
    ],
)
def test_an_overlap_is_told_with_a_value_of_any_type(
    table: Table, kind: str, first: str, second: str, shared: str
):
    decisions = table([f"x:{kind}"], ["p"], [([first], ["1"]), ([second], ["2"])])

    (told,) = found(decisions, "decision-overlap")

    assert told.startswith("rules 1 and 2 fit x = ")
    assert shared in told


@pytest.mark.parametrize(
    ("kind", "cell", "missing"),
    [
        ("date", '!= date("2026-01-01")', "2026-01-01"),
        ("date", 'not([@"2026-01-01"..@"2026-12-31"])', "2026-01-01"),
        ("string", 'not("open")', '"open"'),
        ("number", "? < 3 or ? > 3", "= 3"),
        ("number", "not(? between 1 and 2)", "= 1"),
        ("boolean", "true", "false"),
        ("time", '>= @"00:00:01"', "00:00"),
        ("years and months duration", '> duration("P1Y")', "P11M"),
    ],
)
def test_a_gap_is_told_with_a_value_of_any_type(table: Table, kind: str, cell: str, missing: str):
    told = found(table([f"x:{kind}"], ["p"], [([cell], ["1"])]), "decision-gap")

    assert missing in told[0]


def test_a_date_has_nothing_between_two_days(table: Table):
    rows = [(['<= @"2026-01-01"'], ["1"]), (['>= @"2026-01-02"'], ["2"])]

    assert check(table(["day:date"], ["p"], rows)) == []


def test_a_rule_behind_others_never_answers(table: Table):
    rows = [(["< 5"], ["1"]), ([">= 5"], ["2"]), (["[3..7]"], ["3"]), (["-"], ["4"])]

    (told,) = found(table(["x:number"], ["p"], rows, "FIRST"), "decision-shadowed")

    assert told.startswith("rule 3 never answers")
    assert "x = 3 fits rule 1 as well" in told


def test_priority_goes_by_the_order_of_the_output_values(table: Table):
    rows = [(["[1..2]"], ['"low"']), (["-"], ['"high"'])]

    decisions = table(["x:number"], ['p:"high","low"'], rows, "PRIORITY")

    assert [told[:19] for told in found(decisions, "decision-shadowed")] == ["rule 1 never answer"]


def test_rules_of_any_must_agree(table: Table):
    rows = [(["< 5"], ["1"]), (["> 3"], ["2"]), (["[3..5]"], ["1"])]

    told = found(table(["x:number"], ["p"], rows, "ANY"), "decision-contradiction")

    assert told == [
        "rules 1 and 2 fit x = 4 and answer 1 and 2, but hit policy ANY allows one answer only",
        "rules 2 and 3 fit x = 4 and answer 2 and 1, but hit policy ANY allows one answer only",
    ]


def test_an_output_that_no_rule_gives(table: Table):
    rows = [(["true"], ['"a"']), (["false"], ['"b"'])]

    (told,) = check(table(["x:boolean"], ['p:"a","b","c"'], rows))

    assert (told.severity, told.rule) == ("warning", "decision-output-unreachable")
    assert told.message == 'no rule answers "c", which the output values of p list'


def test_an_output_of_a_rule_that_never_answers_is_not_given(table: Table):
    rows = [(["-"], ['"a"']), (["true"], ['"b"'])]

    assert ("warning", "decision-output-unreachable") in kinds(
        table(["x:boolean"], ['p:"a","b"'], rows, "FIRST")
    )


@pytest.mark.parametrize(
    ("column", "cell", "rule", "said"),
    [
        ("x:number", '"high"', "decision-cell-type", '"high" is a string, the input is a number'),
        ("x:date", '"2026-01-01"', "decision-cell-type", "is a string, the input is a date"),
        ("x:number:1,2,3", "4", "decision-cell-value", "4 is not among the allowed values 1,2,3"),
        ("x:number:[1..3]", "> 3", "decision-never-fits", "no value that the input can have fits"),
        ("x:number", "[5..3]", "decision-never-fits", "no value that the input can have fits"),
        ("x:date", 'date("2024-02-30")', "decision-null-call", "which is always null"),
    ],
)
def test_a_cell_outside_of_what_the_input_can_be(
    table: Table, column: str, cell: str, rule: str, said: str
):
    decisions = table([column], ["p::0"], [([cell], ["1"])])

    (finding,) = [it for it in check(decisions) if it.rule != "decision-not-proven"]

    assert (finding.rule, finding.severity) == (rule, "error")
    assert finding.message.startswith(f"rule 1, column {column.split(':', maxsplit=1)[0]}: ")
    assert said in finding.message


def test_an_output_that_is_always_null_by_a_slip(table: Table):
    decisions = table(["x:boolean"], ["p"], [(["-"], ['day of year(date("2026-02-30"))'])])

    assert ("error", "decision-null-call") in kinds(decisions)


def test_an_output_outside_of_its_values(table: Table):
    decisions = table(["x:boolean"], ['p:"a","b"'], [(["-"], ['"c"'])], "FIRST")

    assert ("error", "decision-wrong-value") in kinds(decisions)


def test_texts_cannot_be_summed_up(table: Table):
    decisions = table(["x:boolean"], ["p"], [(["-"], ['"a"'])], "COLLECT", "SUM")

    assert ("error", "decision-wrong-value") in kinds(decisions)


def test_types_of_input_data_and_their_allowed_values_count(read: Callable[[str], Decisions]):
    decisions = read(
        '<itemDefinition name="tImpact"><typeRef>number</typeRef><allowedValues><text>1,2</text>'
        '</allowedValues></itemDefinition><itemDefinition name="tCase">'
        '<itemComponent name="impact">'
        "<typeRef>tImpact</typeRef></itemComponent></itemDefinition>"
        '<inputData id="i" name="case"><variable name="case" typeRef="tCase"/></inputData>'
        '<decision id="d" name="d"><informationRequirement><requiredInput href="#i"/>'
        "</informationRequirement><decisionTable><input><inputExpression><text>case.impact</text>"
        '</inputExpression></input><output name="p"/>'
        "<rule><inputEntry><text>1</text></inputEntry><outputEntry><text>1</text></outputEntry>"
        "</rule></decisionTable></decision>"
    )

    assert found(decisions) == ["no rule fits case.impact = 2"]


def test_two_columns_that_ask_the_same_are_one(table: Table):
    rows = [(["< 5", "-"], ["1"]), (["-", ">= 5"], ["2"])]

    assert check(table(["x:number", " x :number"], ["p"], rows)) == []


def test_what_is_computed_is_not_called_proven(table: Table):
    rows = [(["limit"], ["1"]), (["not(limit)"], ["2"])]

    decisions = table(["x:number"], ["p"], rows)

    assert kinds(decisions) == {("warning", "decision-not-proven")}


def test_a_table_inside_of_an_expression_is_checked_too(read: Callable[[str], Decisions]):
    table = (
        '<decisionTable><input><inputExpression typeRef="boolean"><text>x</text></inputExpression>'
        '</input><output name="p"/><rule><inputEntry><text>true</text></inputEntry><outputEntry>'
        "<text>1</text></outputEntry></rule></decisionTable>"
    )
    decisions = read(
        '<businessKnowledgeModel id="k" name="k"><encapsulatedLogic><formalParameter name="x"/>'
        f"{table}</encapsulatedLogic></businessKnowledgeModel>"
    )

    assert [(each.element, each.message) for each in check(decisions)] == [
        ("k", "no rule fits x = false")
    ]


def test_a_refused_decision_is_told_once_and_not_checked(table: Table):
    (finding,) = check(table(["x:number"], ["p"], [(["< <"], ["1"])]))

    assert finding.rule == "decision-not-understood"


def test_many_gaps_and_overlaps_are_not_all_listed(table: Table):
    rows = [([str(number)], ["1"]) for number in range(20)] * 2
    told = check(table(["x:number"], ["p"], rows))

    assert len(told) == 12
    assert [each.message for each in told if "more" in each.message] == [
        "there are more gaps",
        "more rules overlap",
    ]


def test_a_table_that_is_too_large_is_not_called_proven(table: Table):
    # Whether such rules leave a gap is the satisfiability of clauses of three, near its threshold.
    chance = random.Random(7)
    rows: list[tuple[list[str], list[str]]] = []
    for _ in range(400):
        asked = chance.sample(range(90), 3)
        cells = [chance.choice(["true", "false"]) if at in asked else "-" for at in range(90)]
        rows.append((cells, ["1"]))

    told = check(table([f"x{at}:boolean" for at in range(90)], ["p"], rows, "ANY"))

    assert [(each.severity, each.rule) for each in told] == [("warning", "decision-not-proven")]
    assert told[0].message == "the table is too large to look for gaps to the end"


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        ("x:time", ['< @"12:00:00"', '>= @"12:00:00Z"']),
        ("x:context", ['"a"', 'not("a")']),
        ('x:string:starts with(?, "A")', ['"A1"', 'not("A1")']),
    ],
)
def test_values_that_cannot_be_gone_through_are_told(table: Table, column: str, cells: list[str]):
    decisions = table([column], ["p"], [([cell], ["1"]) for cell in cells])

    told = [each for each in check(decisions) if each.rule == "decision-not-proven"]

    assert [each.severity for each in told] == ["warning"]
    assert told[0].message.startswith("of x gaps and overlaps are not found for certain: ")


def test_a_table_of_very_many_inputs_is_told_to_be_too_large(table: Table):
    inputs = [f"x{number}:boolean" for number in range(1500)]
    rows = [(["true"] * 1500, ["1"]), (["false"] + ["-"] * 1499, ["2"])]

    assert kinds(table(inputs, ["p"], rows)) == {("warning", "decision-not-proven")}


def test_many_rules_that_never_answer_are_not_all_listed(table: Table):
    rows = [(["-"], ["1"])] + [([str(number)], ["2"]) for number in range(20)]

    told = found(table(["x:number"], ["p"], rows, "FIRST"), "decision-shadowed")

    assert len(told) == 6
    assert told[-1] == "more rules never answer"


@pytest.mark.parametrize("policy", ["FIRST", "PRIORITY", "ANY"])
def test_a_table_of_many_rules_is_checked_within_its_bound(table: Table, policy: str):
    rows = [([f"< {at}"], ["1"]) for at in range(3000)] + [(["-"], ["1"])]

    told = kinds(table(["x:number"], ["p:1"], rows, policy))

    assert told == {("warning", "decision-not-proven")}


def test_a_table_of_many_rules_that_never_meet_is_proven(table: Table):
    rows = [([str(at)], ["1"]) for at in range(5000)] + [(["-"], ["1"])]

    assert check(table(["x:number"], ["p"], rows, "FIRST")) == []


def test_a_table_of_very_many_rules_is_told_to_be_too_large(table: Table):
    rows = [([str(number)], ["1"]) for number in range(16_000)]

    told = check(table(["x:number"], ["p::0"], rows))

    assert {(each.severity, each.rule) for each in told} == {("warning", "decision-not-proven")}


def test_the_tables_that_are_shipped_have_no_finding():
    files = sorted(Path("bpmn").glob("*/*.dmn"))

    told = {str(path): check(read_decisions(path.read_bytes(), path.name)) for path in files}

    assert len(files) >= 8
    assert {path: each for path, each in told.items() if each} == {}


# --- against trying every input -------------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """A cell as text, and what it accepts, said again in Python."""

    text: str
    accepts: Callable[[object], bool]


def _number_cells() -> st.SearchStrategy[Cell]:
    number = st.integers(0, 4)
    equal = number.map(lambda n: Cell(str(n), lambda value: value == n))
    other = number.map(lambda n: Cell(f"not({n})", lambda value: value != n))
    below = number.map(lambda n: Cell(f"< {n}", lambda value: _less(value, n)))
    above = number.map(lambda n: Cell(f">= {n}", lambda value: _at_least(value, n)))
    span = st.tuples(number, number, st.booleans(), st.booleans()).map(_span)
    return st.one_of(st.just(DASH), equal, other, below, above, span)


def _less(value: object, limit: int) -> bool:
    return isinstance(value, Decimal) and value < limit


def _at_least(value: object, limit: int) -> bool:
    return isinstance(value, Decimal) and value >= limit


def _span(ends: tuple[int, int, bool, bool]) -> Cell:
    low, high, with_low, with_high = ends

    def accepts(value: object) -> bool:
        if not isinstance(value, Decimal):
            return False
        return (low < value or (with_low and value == low)) and (
            value < high or (with_high and value == high)
        )

    return Cell(f"{'[' if with_low else ']'}{low}..{high}{']' if with_high else '['}", accepts)


def _text_cells() -> st.SearchStrategy[Cell]:
    texts = st.lists(st.sampled_from("abc"), min_size=1, max_size=2, unique=True)
    return st.one_of(st.just(DASH), texts.map(_one_of), texts.map(_none_of))


def _one_of(texts: list[str]) -> Cell:
    return Cell(",".join(f'"{text}"' for text in texts), lambda value: value in texts)


def _none_of(texts: list[str]) -> Cell:
    listed = ",".join(f'"{text}"' for text in texts)
    return Cell(f"not({listed})", lambda value: value not in texts)


DASH = Cell("-", lambda _value: True)
NUMBERS = [Decimal(half) / 2 for half in range(-2, 11)]
TEXTS: list[object] = ["a", "b", "c", "d"]
EVERYTHING: list[tuple[object, object]] = list(itertools.product(NUMBERS, TEXTS))

rows_of_cells = st.lists(
    st.tuples(_number_cells(), _text_cells(), st.integers(1, 2)), min_size=1, max_size=6
)
Rows = Sequence[tuple[Cell, Cell, int]]


def fitting(rows: Rows, value: tuple[object, object]) -> list[int]:
    """The numbers of the rules that fit."""
    return [
        number
        for number, (one, other, _) in enumerate(rows, 1)
        if one.accepts(value[0]) and other.accepts(value[1])
    ]


def checked(table: Table, rows: Rows, policy: str) -> list[Finding]:
    texts = [([one.text, other.text], [str(answer)]) for one, other, answer in rows]
    return check(table(["x:number", "y:string"], ["p"], texts, policy))


@settings(max_examples=150, deadline=None)
@given(rows=rows_of_cells)
def test_gaps_and_overlaps_are_those_found_by_trying_all(table: Table, rows: Rows):
    told = [each.rule for each in checked(table, rows, "UNIQUE")]
    fits = [fitting(rows, value) for value in EVERYTHING]

    assert ("decision-gap" in told) == any(not each for each in fits)
    # An input without a value fits `-` and `not`, too.
    overlapping = any(len(each) > 1 for each in [*fits, *(fitting(rows, value) for value in NULLS)])
    assert ("decision-overlap" in told) == overlapping


NULLS: list[tuple[object, object]] = [
    *((None, text) for text in TEXTS),
    *((number, None) for number in NUMBERS),
    (None, None),
]


@settings(max_examples=150, deadline=None)
@given(rows=rows_of_cells)
def test_rules_in_vain_are_those_that_never_come_first(table: Table, rows: Rows):
    told = checked(table, rows, "FIRST")
    firsts = {fits[0] for value in [*EVERYTHING, *NULLS] if (fits := fitting(rows, value))}
    fit_at_all = {n for value in [*EVERYTHING, *NULLS] for n in fitting(rows, value)}

    shadowed = {int(each.message.split()[1]) for each in told if each.rule == "decision-shadowed"}
    dead = {
        int(each.message.split()[1].rstrip(","))
        for each in told
        if each.rule == "decision-never-fits"
    }
    everyone = set(range(1, len(rows) + 1))
    assert dead == everyone - fit_at_all
    assert shadowed == fit_at_all - firsts


@settings(max_examples=150, deadline=None)
@given(rows=rows_of_cells)
def test_contradictions_are_those_found_by_trying_all(table: Table, rows: Rows):
    told = [each.rule for each in checked(table, rows, "ANY")]
    against = any(
        len({rows[number - 1][2] for number in fitting(rows, value)}) > 1
        for value in [*EVERYTHING, *NULLS]
    )

    assert ("decision-contradiction" in told) == against


SLOW = "count(for i in 1..2000 return i * {})"


@pytest.mark.parametrize(
    ("cell", "output"),
    [
        ("? > " + SLOW, "1"),
        ("? > count(for i in 1..2000 return i * ?) + {}", "1"),
        ("> {}", SLOW),
    ],
)
def test_a_check_that_takes_too_long_stops_and_says_where(table: Table, cell: str, output: str):
    rules = [([cell.format(n)], [output.format(n)]) for n in range(60)]
    found = table(["x:number"], ["o"], rules, "FIRST")

    stopped = [
        each for each in check(found, Budget(100_000)) if "the check stopped" in each.message
    ]

    assert [(each.rule, each.severity, each.element) for each in stopped] == [
        ("decision-not-proven", "warning", "d")
    ]


def test_what_is_the_same_for_all_values_is_computed_once(table: Table):
    rules = [([f"? > {SLOW.format(n)}"], ["1"]) for n in range(20)]
    found = table(["x:number"], ["o"], rules, "FIRST")

    messages = [each.message for each in check(found, Budget(20 * 25_000))]

    assert not [message for message in messages if "the check stopped" in message]


def test_allowed_values_that_cannot_be_computed_do_not_stop_the_check(table: Table):
    too_long = "? > count(for i in 1..2000000 return i)"
    found = table(["x:number"], [f"o:{too_long}"], [(["-"], ["1"])])

    assert check(found) == []


@pytest.mark.parametrize(
    ("columns", "rules", "rule", "shown"),
    [
        (["x > 5", "x < 3"], ["true,false", "false,true", "false,false"], "not-proven", ""),
        (["a", "not(a)"], ["true,false", "false,true"], "not-proven", ""),
        (["x > 5", "x < 3"], ["true,false", "false,true"], "gap", "x = 3"),
        (["x", "x * 2"], ["<5,-", ">=5,>20"], "gap", "x = 5"),
    ],
)
def test_a_gap_of_inputs_that_are_tied_is_told_with_an_input_that_can_be(
    table: Table, columns: list[str], rules: list[str], rule: str, shown: str
):
    found = table(columns, ["o"], [(each.split(","), ["1"]) for each in rules])

    told = [each for each in check(found) if "no rule fits" in each.message]

    assert [each.rule for each in told] == [f"decision-{rule}"]
    assert shown in told[0].message


@pytest.mark.parametrize(
    ("rule", "example"),
    [("true,true", "x = 6 fits rule 1 as well"), ("true,false", "it is not proven that any")],
)
def test_a_rule_that_never_answers_is_told_with_an_input_that_can_be(
    table: Table, rule: str, example: str
):
    rows = [(["true", "-"], ["1"]), (rule.split(","), ["2"]), (["-", "-"], ["3"])]

    found = check(table(["x > 5", "x > 3"], ["o"], rows, "FIRST"))

    assert [each.numbers for each in found if each.rule == "decision-shadowed"] == [(2, 1)]
    assert example in found[0].message


def test_rules_that_no_input_can_fit_together_do_not_overlap(table: Table):
    rules = [(["true", "-"], ["1"]), (["-", "true"], ["2"]), (["false", "false"], ["3"])]
    found = table(["x > 5", "x < 3"], ["o"], rules)
    other = table(["x > 5", "x < 8"], ["o"], rules)

    assert {each.rule for each in check(found)} == {"decision-not-proven"}
    assert "rules 1 and 2 fit x = 6" in next(it.message for it in check(other))
