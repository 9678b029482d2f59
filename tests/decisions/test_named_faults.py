"""A fault names the input, item and entry that makes it, through whatever stands between."""

import random
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import cast

import pytest

from clearway.decisions import (
    DecisionError,
    Decisions,
    MissingInput,
    evaluate,
    evaluate_service,
)

Read = Callable[[str], Decisions]
Table = Callable[..., Decisions]
Way = tuple[str | int, ...]
ITEMS = [{"p": 1, "k": [1]}, {"p": None, "k": [None]}]
LITERAL = "<literalExpression><text>{}</text></literalExpression>"
ASKS = '<informationRequirement><required{} href="#{}"/></informationRequirement>'


def literal(text: str) -> str:
    return LITERAL.format(text.replace("<", "&lt;").replace(">", "&gt;"))


def decided(text: str, needs: str = "") -> str:
    return f'<decision id="d" name="d">{needs}{text}</decision>'


def missing(found: Decisions, context: Mapping[str, object]) -> MissingInput:
    with pytest.raises(MissingInput) as error:
        evaluate(found, "d", context)
    return error.value


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("count(its[some j in k satisfies j > 5])", "its, item 2, k, item 1"),
        ("count(its[every j in k satisfies j > 0])", "its, item 2, k, item 1"),
        ("count(its[p = max(its.p)])", "its, item 2, p"),
        ("count(its[item.p > mean(its.p)])", "its, item 2, p"),
        ("count(its[some j in [y] satisfies j > 0 * p])", "y"),
        ("count(its[{m: p, r: m > 3}.r])", "its, item 2, p"),
        ("count(its[(function(q) q > 3)(p)])", "its, item 2, p"),
        ("if get entries(its[2])[1].value > 3 then 1 else 2", "its, item 2, p"),
        ("if context merge(its).p > 3 then 1 else 2", "its, item 2, p"),
        ("(if y > 3 then its[1] else its[2]).p + 1", "y"),
        ("(-d).days + 1", "d"),
    ],
)
def test_a_name_bound_inside_is_never_told_for_what_the_caller_gave(
    read: Read, text: str, name: str
):
    found = read(decided(literal(text)))

    assert missing(found, {"its": ITEMS, "y": None, "d": None}).name == name


def model(body: str) -> str:
    return (
        '<businessKnowledgeModel id="k" name="m"><variable name="m"/><encapsulatedLogic>'
        f'<formalParameter name="p"/>{body}</encapsulatedLogic></businessKnowledgeModel>'
    )


NEEDS_K = '<knowledgeRequirement><requiredKnowledge href="#k"/></knowledgeRequirement>'
TABLE = (
    "<decisionTable><input><inputExpression><text>{}</text></inputExpression></input>"
    '<output name="o"/><rule><inputEntry><text>&gt; 3</text></inputEntry><outputEntry>'
    "<text>1</text></outputEntry></rule><rule><inputEntry><text>&lt;= 3</text></inputEntry>"
    "<outputEntry><text>2</text></outputEntry></rule></decisionTable>"
)


@pytest.mark.parametrize(
    ("body", "call", "name"),
    [
        (literal("if p[1] > 3 then 1 else 2"), "m([y])", "y"),
        (TABLE.format("p"), "m(y)", "y"),
        (TABLE.format("p"), "for i in its return m(i.p)", "its, item 2, p"),
    ],
)
def test_what_a_model_is_given_is_named_as_the_caller_knows_it(
    read: Read, body: str, call: str, name: str
):
    found = read(model(body) + decided(literal(call), NEEDS_K))

    error = missing(found, {"its": ITEMS, "y": None})

    assert error.name == name
    assert "which is made of it, has no value" in error.cause


@pytest.mark.parametrize(
    ("entry", "result", "name"),
    [
        ("y", literal("if m > 3 then 1 else 2"), "y"),
        ("[1, y]", literal("count(m[item > 3])"), "y"),
        ("{a: y}", literal("m.a + 1"), "y"),
        ("its.p", literal("max(m)"), "its, item 2, p"),
        ("its[2].p", literal("if m > 3 then 1 else 2"), "its, item 2, p"),
        ("y", TABLE.format("m"), "y"),
    ],
)
def test_an_entry_of_a_context_is_told_by_what_it_is_made_of(
    read: Read, entry: str, result: str, name: str
):
    found = read(
        decided(
            f'<context><contextEntry><variable name="m"/>{literal(entry)}</contextEntry>'
            f"<contextEntry>{result}</contextEntry></context>"
        )
    )

    assert missing(found, {"its": ITEMS, "y": None}).name == name


@pytest.mark.parametrize(("made", "column"), [("its.p", "max(a)"), ("{m: its[2].p}", "a.m")])
def test_a_column_over_another_decision_tells_the_input_behind_it(
    read: Read, made: str, column: str
):
    asks, needs = ASKS.format("Input", "i"), ASKS.format("Decision", "a")
    found = read(
        f'<inputData id="i" name="its"/><decision id="a" name="a">{asks}{literal(made)}</decision>'
        + decided(TABLE.format(column), needs)
    )

    assert "`its`, item 2, `p`" in missing(found, {"its": ITEMS}).cause


SERVED = (
    '<inputData id="y" name="y"/><inputData id="its" name="its"/>{}'
    '<decisionService id="s" name="s"><outputDecision href="#d"/>{}<inputData href="#y"/>'
    '<inputData href="#its"/></decisionService>'
)


@pytest.mark.parametrize(
    ("made", "asks", "name"),
    [
        ("{p: y}", "a.p + 1", "y"),
        ("its.p", "max(a)", "its, item 2, p"),
        ("[1, y]", "count(a[item > 3])", "y"),
    ],
)
def test_a_service_tells_the_input_behind_what_it_encapsulates(
    read: Read, made: str, asks: str, name: str
):
    inputs = ASKS.format("Input", "y") + ASKS.format("Input", "its")
    made = f'<decision id="a" name="a">{inputs}{literal(made)}</decision>'
    decisions = made + decided(literal(asks), ASKS.format("Decision", "a"))
    found = read(SERVED.format(decisions, '<encapsulatedDecision href="#a"/>'))

    with pytest.raises(MissingInput) as error:
        evaluate_service(found, "s", {"y": None, "its": ITEMS, "other": None})

    assert error.value.name == name
    assert "which is made of it, has no value" in error.value.cause


def test_a_service_tells_the_entry_of_a_decision_that_it_is_given(read: Read):
    decisions = f'<decision id="a" name="a">{literal("{p: 1}")}</decision>'
    decisions += decided(literal("a.p + 1"), ASKS.format("Decision", "a"))
    found = read(SERVED.format(decisions, '<inputDecision href="#a"/>'))

    with pytest.raises(MissingInput) as error:
        evaluate_service(found, "s", {"y": 1, "its": [], "a": {"p": None}})

    assert error.value.name == "a.p"


def test_a_fault_that_no_value_of_an_input_makes_names_none(read: Read):
    found = read(
        f'<decision id="a" name="a">{literal("null")}</decision>'
        + decided(literal("a + 1"), ASKS.format("Decision", "a"))
    )

    error = missing(found, {"y": None})

    assert error.name == ""
    assert "a missing value is inside of what `d` is given or computes" in error.cause


def test_a_name_that_is_nowhere_is_told_itself(read: Read):
    found = read(decided(literal("if y = null then nowhere + 1 else 2")))

    assert missing(found, {"y": None}).name == "nowhere"


SEEDS = range(40)
LEAVES = ("x", "y", "its[1].p", "max(its.p)", "sum(l)", "l[1]", "c.a", "m(x)", "m(c.a)", "m(l[2])")
CONDITIONS = ("p > {}", "item.p > {}", "some j in k satisfies j > {}", "(function(q) q > {})(p)")
SHAPES = ("count(its[{}])", "if some i in its satisfies i.p > {0} then {1} else 2", "{} + {}")
MORE = ("if {} > {} then 1 else {}", "[{}, {}][1] + 1", "{{r: {}, n: {}}}.r + 1", "max({}, {})")


def made_up(dice: random.Random, deep: int) -> str:
    if not deep or dice.random() < 0.25:
        return dice.choice((*LEAVES, "3"))
    inner = [made_up(dice, deep - 1) for _ in range(3)]
    shape = dice.choice((*SHAPES, *MORE))
    if shape == SHAPES[0]:
        return shape.format(dice.choice(CONDITIONS).format(f"({inner[0]})"))
    return shape.format(*(f"({each})" for each in inner))


def planted(dice: random.Random) -> dict[str, object]:
    def one() -> object:
        return dice.choice((None, 1, 5, 9))

    its = [{"p": one(), "k": [one(), one()]} for _ in range(2)]
    return {"x": one(), "y": one(), "its": its, "l": [one(), one()], "c": {"a": one()}}


def places(value: object, way: Way = ()) -> Iterator[Way]:
    if isinstance(value, dict):
        for key, each in cast("dict[str, object]", value).items():
            yield from places(each, (*way, key))
    elif isinstance(value, list):
        for at, each in enumerate(cast("list[object]", value)):
            yield from places(each, (*way, at))
    elif value is None:
        yield way


def told(way: Way) -> str:
    text, after = "", "."
    for key in way:
        after = ", " if isinstance(key, int) else after
        text += f", item {key + 1}" if isinstance(key, int) else f"{after if text else ''}{key}"
    return text


def filled(context: dict[str, object], ways: set[Way], value: int) -> dict[str, object]:
    changed = deepcopy(context)
    for way in ways:
        holder: object = changed
        for key in way[:-1]:
            holder = holder[key]  # pyright: ignore
        holder[way[-1]] = value  # pyright: ignore
    return changed


def outcome(found: Decisions, context: Mapping[str, object]) -> str:
    try:
        return repr(evaluate(found, "d", context).value)
    except DecisionError as error:
        return str(error)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_value_in_the_place_that_a_fault_names_changes_what_comes_of_it(read: Read, seed: int):
    dice = random.Random(seed)
    for _ in range(10):
        text, context = made_up(dice, 3), planted(dice)
        found = read(model(literal("[p][1] + 1")) + decided(literal(text), NEEDS_K))
        try:
            evaluate(found, "d", context)
            continue
        except MissingInput as error:
            name, first = error.name, str(error)
        holding = {told(way): way for way in places(context)}

        # An item that a list does not have holds nothing either.
        assert name in holding, (text, context, first)

        others = set(holding.values()) - {holding[name]}
        assert any(
            outcome(found, filled(context, rest, value))
            != outcome(found, filled(context, {*rest, holding[name]}, value))
            for rest in (set[Way](), others)
            for value in (1, 5, 9)
        ), (text, context, first)
