"""What two versions of a file differ in: exactly what was edited, and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest
from dmn_table import Column, DmnTable, Row, file_of
from hypothesis import given
from hypothesis import strategies as st

from clearway.decisions import NotUnderstood
from clearway.decisions.compare import Change, Kind, Part, compare

TABLE = DmnTable(
    (Column("record.impact", "Impact", "number"), Column("record.place", "Place")),
    (Column("priority", type="number"), Column("team")),
    (
        Row(("1", "-"), ("1", '"network"'), "r1"),
        Row(("2", '"Bonn"'), ("2", '"desk"'), "r2", "as agreed"),
        Row(("> 2", "-"), ("3", '"desk"'), "r3"),
    ),
)


def changes(before: DmnTable, after: DmnTable) -> list[Change]:
    return compare(before.xml, after.xml)


def test_a_table_does_not_differ_from_itself():
    assert changes(TABLE, TABLE) == []


def test_a_changed_cell_is_told_with_rule_column_and_both_texts():
    after = TABLE.with_row(1, cells=("2", '"Köln"'))

    [change] = changes(TABLE, after)

    assert change == Change(
        "d", Part.CELL, Kind.CHANGED, 2, 2, "Place", before='"Bonn"', after='"Köln"'
    )


def test_a_changed_output_is_told_by_its_name():
    [change] = changes(TABLE, TABLE.with_row(2, answers=("4", '"desk"')))

    assert (change.part, change.column, change.before, change.after) == (
        Part.CELL, "priority", "3", "4",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("after", "part", "column", "texts"),
    [
        (replace(TABLE, policy="FIRST"), Part.HIT_POLICY, "", ("UNIQUE", "FIRST")),
        (replace(TABLE, aggregation="SUM"), Part.AGGREGATION, "", (None, "SUM")),
        (TABLE.with_row(1, note="as paid"), Part.NOTE, "", ("as agreed", "as paid")),
    ],
)
def test_what_belongs_to_the_table_or_rule_is_told(
    after: DmnTable, part: Part, column: str, texts: tuple[str | None, str]
):
    [change] = changes(TABLE, after)

    assert (change.part, change.column, (change.before, change.after)) == (part, column, texts)


@pytest.mark.parametrize(
    ("marks", "part", "texts"),
    [
        ({"type": "string"}, Part.TYPE, ("number", "string")),
        ({"allowed": "[1..5]"}, Part.ALLOWED, (None, "[1..5]")),
        ({"label": "Effect"}, Part.LABEL, ("Impact", "Effect")),
        ({"key": "record.effect"}, Part.EXPRESSION, ("record.impact", "record.effect")),
    ],
)
def test_what_belongs_to_an_input_is_told(
    marks: dict[str, str], part: Part, texts: tuple[str | None, str]
):
    after = replace(TABLE, inputs=(replace(TABLE.inputs[0], **marks), TABLE.inputs[1]))

    [change] = changes(TABLE, after)

    assert (change.part, change.before, change.after) == (part, *texts)
    assert change.column == marks.get("label", "Impact")


def test_a_default_and_a_new_name_of_an_output_are_told():
    first = replace(TABLE.outputs[0], default="5")
    second = replace(TABLE.outputs[1], key="group")

    found = changes(TABLE, replace(TABLE, outputs=(first, second)))

    assert [(it.part, it.column, it.before, it.after) for it in found] == [
        (Part.DEFAULT, "priority", None, "5"),
        (Part.NAME, "group", "team", "group"),
    ]


def test_an_empty_cell_and_a_dash_are_the_same():
    assert changes(TABLE, TABLE.with_row(0, cells=("1", ""))) == []


def test_columns_that_change_places_change_no_cell():
    turned = replace(
        TABLE,
        inputs=TABLE.inputs[::-1],
        rows=tuple(replace(row, cells=row.cells[::-1]) for row in TABLE.rows),
    )

    [change] = changes(TABLE, turned)

    assert (change.part, change.change) == (Part.COLUMN, Kind.MOVED)


def test_a_new_column_is_told_with_the_cells_that_restrict_something():
    rows = tuple(
        replace(row, cells=(*row.cells, cell))
        for row, cell in zip(TABLE.rows, ("-", "true", "-"), strict=True)
    )
    after = replace(TABLE, inputs=(*TABLE.inputs, Column("record.vip", "VIP")), rows=rows)

    assert [
        (it.part, it.change, it.rule_after, it.column, it.before, it.after)
        for it in changes(TABLE, after)
    ] == [
        (Part.COLUMN, Kind.ADDED, None, "VIP", None, "record.vip"),
        (Part.CELL, Kind.CHANGED, 2, "VIP", "-", "true"),
    ]


def test_ids_that_an_editor_gave_anew_hide_nothing():
    rows = [replace(row, id=f"new-{row.id}") for row in TABLE.rows]
    rows[1] = replace(rows[1], answers=("2", '"field"'))

    [change] = changes(TABLE, replace(TABLE, rows=(rows[0], rows[1], rows[2])))

    assert (change.part, change.rule_before, change.before, change.after) == (
        Part.CELL, 2, '"desk"', '"field"',
    )  # fmt: skip


def test_rules_with_ids_are_not_mixed_up_with_similar_ones():
    new = replace(TABLE.rows[2], id="r9", cells=("> 3", "-"))

    found = changes(TABLE, replace(TABLE, rows=(*TABLE.rows[:2], new)))

    assert [(it.part, it.change, it.rule_before, it.rule_after) for it in found] == [
        (Part.RULE, Kind.REMOVED, 3, None),
        (Part.RULE, Kind.ADDED, None, 3),
    ]
    assert found[1].after == '> 3 | - -> 3 | "desk"'


LITERAL = (
    '<decision id="{id}" name="{id}"><literalExpression><text>{text}</text></literalExpression>'
    "</decision>"
)


def test_decisions_are_matched_by_id():
    before = file_of(LITERAL.format(id="a", text="1") + LITERAL.format(id="b", text="2"))
    after = file_of(LITERAL.format(id="c", text="1") + LITERAL.format(id="b", text="3"))

    found = compare(before, after)

    assert [(it.element, it.part, it.change, it.before, it.after) for it in found] == [
        ("a", Part.DECISION, Kind.REMOVED, "a", None),
        ("c", Part.DECISION, Kind.ADDED, None, "c"),
        ("b", Part.EXPRESSION, Kind.CHANGED, "2", "3"),
    ]


def test_decisions_in_another_order_are_moved():
    one, other = LITERAL.format(id="a", text="1"), LITERAL.format(id="b", text="2")

    [change] = compare(file_of(one + other), file_of(other + one))

    assert (change.part, change.change) == (Part.DECISION, Kind.MOVED)


MODEL = """<businessKnowledgeModel id="k" name="k"><encapsulatedLogic>
<formalParameter name="x"/><context>
<contextEntry><variable name="base"/>
<literalExpression><text>{base}</text></literalExpression></contextEntry>
<contextEntry>{result}</contextEntry>
</context></encapsulatedLogic></businessKnowledgeModel>"""
INNER = (
    '<decisionTable hitPolicy="{policy}"><input><inputExpression><text>x</text></inputExpression>'
    "</input><output/><rule><inputEntry><text>{cell}</text></inputEntry><outputEntry>"
    "<text>base</text></outputEntry></rule></decisionTable>"
)


def test_inside_a_knowledge_model_the_way_to_the_change_is_told():
    before = file_of(MODEL.format(base="1", result=INNER.format(policy="ANY", cell="1")))
    after = file_of(MODEL.format(base="2", result=INNER.format(policy="ANY", cell="7")))

    found = compare(before, after)

    assert [(it.element, it.entry, it.part, it.before, it.after) for it in found] == [
        ("k", "base", Part.EXPRESSION, "1", "2"),
        ("k", "result", Part.CELL, "1", "7"),
    ]


@pytest.mark.parametrize(
    ("before", "after", "part"),
    [
        ('<inputData id="i" name="i"/>',
         '<inputData id="i" name="i"><variable name="i" typeRef="date"/></inputData>', Part.INPUT),
        ('<itemDefinition name="t"><typeRef>number</typeRef></itemDefinition>',
         '<itemDefinition name="t"><typeRef>string</typeRef></itemDefinition>',
         Part.TYPE_DEFINITION),
        ('<decisionService id="s" name="s"><outputDecision href="#a"/></decisionService>',
         '<decisionService id="s" name="s"><outputDecision href="#b"/></decisionService>',
         Part.SERVICE),
        (LITERAL.format(id="a", text="1"),
         LITERAL.format(id="a", text="1").replace(
             "<literal", '<informationRequirement><requiredInput href="#i"/>'
             "</informationRequirement><literal"), Part.NEEDS),
        ('<decision id="a" name="a"><list><literalExpression><text>1</text></literalExpression>'
         "</list></decision>",
         '<decision id="a" name="a"><list><literalExpression><text>2</text></literalExpression>'
         "</list></decision>", Part.EXPRESSION),
    ],
)  # fmt: skip
def test_all_that_decides_something_is_compared(before: str, after: str, part: Part):
    [change] = compare(file_of(before), file_of(after))

    assert (change.part, change.change) == (part, Kind.CHANGED)


def test_layout_and_what_is_written_for_people_are_left_out():
    before = LITERAL.format(id="a", text="1")
    after = before.replace("<literal", "<description>New</description><literal")

    assert compare(file_of(before), file_of(f'{after}<textAnnotation id="n"/>')) == []


def test_what_is_no_file_of_decisions_is_refused_by_its_name():
    with pytest.raises(NotUnderstood, match=r"new\.dmn"):
        compare(TABLE.xml, b"<a/>", ("old.dmn", "new.dmn"))


# Random edits: rules and columns carry names that the files do not show to the comparison.


@dataclass(frozen=True)
class Sheet:
    """Rules and columns by name, in order, and the text of each cell."""

    rules: tuple[str, ...]
    inputs: tuple[str, ...]
    cells: dict[tuple[str, str], str]
    policy: str

    def file(self, with_ids: bool) -> DmnTable:
        return DmnTable(
            tuple(Column(f"record.{name}", name) for name in self.inputs),
            (Column("out"),),
            tuple(
                Row(
                    tuple(self.cells.get((rule, name), "-") for name in self.inputs),
                    (self.cells[rule, "out"],),
                    rule if with_ids else "",
                )
                for rule in self.rules
            ),
            self.policy,
        )


@st.composite
def edited(draw: st.DrawFn, most_per_rule: int, columns_change: bool) -> tuple[Sheet, Sheet]:
    """A table and what a few edits made of it; every text is there once."""
    rules = [f"r{at}" for at in range(draw(st.integers(1, 8)))]
    inputs = ["a", "b", "c"]
    cells = {(rule, name): f'"{rule} {name}"' for rule in rules for name in (*inputs, "out")}
    before = Sheet(tuple(rules), tuple(inputs), dict(cells), "UNIQUE")
    for rule in rules:
        for name in draw(st.lists(st.sampled_from([*inputs, "out"]), max_size=most_per_rule)):
            cells[rule, name] = f'"{rule} {name} edited"'
    kept = draw(st.permutations(draw(st.lists(st.sampled_from(rules), unique=True))))
    added = [f"n{at}" for at in range(draw(st.integers(0, 2)))]
    cells |= {(rule, name): f'"{rule} {name}"' for rule in added for name in (*inputs, "out")}
    order = draw(st.permutations([*kept, *added])) if draw(st.booleans()) else [*kept, *added]
    if columns_change:
        inputs = draw(st.permutations(inputs))
        inputs = draw(st.sampled_from([inputs, inputs[:2], [*inputs, "extra"]]))
        cells |= {(rule, "extra"): f'"{rule} extra"' for rule in order if draw(st.booleans())}
    policy = draw(st.sampled_from(("UNIQUE", "FIRST")))
    return before, Sheet(tuple(order), tuple(inputs), cells, policy)


def expected_cells(before: Sheet, after: Sheet) -> set[tuple[int, int, str, str, str]]:
    return {
        (before.rules.index(rule) + 1, after.rules.index(rule) + 1, name, old, new)
        for rule in set(before.rules) & set(after.rules)
        for name in {*before.inputs, *after.inputs, "out"}
        if (old := shown(before, rule, name)) != (new := shown(after, rule, name))
    }


def shown(sheet: Sheet, rule: str, name: str) -> str:
    there = name == "out" or name in sheet.inputs
    return sheet.cells.get((rule, name), "-") if there else "-"


def longest_common(one: Sequence[str], other: Sequence[str]) -> int:
    if not one or not other:
        return 0
    if one[0] == other[0]:
        return 1 + longest_common(one[1:], other[1:])
    return max(longest_common(one[1:], other), longest_common(one, other[1:]))


def check_against(before: Sheet, after: Sheet, found: list[Change]) -> None:
    def names(part: Part, kind: Kind) -> list[Change]:
        return [it for it in found if it.part is part and it.change is kind]

    stay = set(before.rules) & set(after.rules)
    removed = [before.rules[(it.rule_before or 0) - 1] for it in names(Part.RULE, Kind.REMOVED)]
    added = [after.rules[(it.rule_after or 0) - 1] for it in names(Part.RULE, Kind.ADDED)]
    assert removed == [rule for rule in before.rules if rule not in stay]
    assert added == [rule for rule in after.rules if rule not in stay]
    told = {
        (it.rule_before, it.rule_after, it.column, it.before, it.after)
        for it in names(Part.CELL, Kind.CHANGED)
    }
    assert told == expected_cells(before, after)
    moved = {before.rules[(it.rule_before or 0) - 1] for it in names(Part.RULE, Kind.MOVED)}
    old, new = ([rule for rule in each.rules if rule in stay] for each in (before, after))
    assert [it for it in old if it not in moved] == [it for it in new if it not in moved]
    assert len(moved) == len(stay) - longest_common(old, new)
    columns = {it.column: it.change for it in found if it.part is Part.COLUMN}
    gone = {name for name, kind in columns.items() if kind is Kind.REMOVED}
    come = {name for name, kind in columns.items() if kind is Kind.ADDED}
    assert gone == set(before.inputs) - set(after.inputs)
    assert come == set(after.inputs) - set(before.inputs)
    assert len(names(Part.HIT_POLICY, Kind.CHANGED)) == (before.policy != after.policy)
    parts = {Part.RULE, Part.CELL, Part.COLUMN, Part.HIT_POLICY}
    assert {it.part for it in found} <= parts


@given(edited(most_per_rule=4, columns_change=True))
def test_with_ids_the_edits_are_told_and_nothing_else(sheets: tuple[Sheet, Sheet]):
    before, after = sheets

    found = changes(before.file(True), after.file(True))

    check_against(before, after, found)


@given(edited(most_per_rule=2, columns_change=False))
def test_without_ids_rules_of_which_half_is_kept_are_known_again(sheets: tuple[Sheet, Sheet]):
    before, after = sheets

    found = changes(before.file(False), after.file(False))

    check_against(before, after, found)
