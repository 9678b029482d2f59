"""Boxed expressions and type definitions where they differ from FEEL in text."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from clearway.decisions import DecisionError, Decisions, WrongValue, evaluate

Read = Callable[[str], Decisions]


def literal(text: str) -> str:
    return f"<literalExpression><text>{text}</text></literalExpression>"


def loop(text: str, kind: str = "for", part: str = "return", over: str = "items") -> str:
    inside = f"<in>{literal(over)}</in><{part}>{literal(text)}</{part}>"
    return f'<{kind} iteratorVariable="x">{inside}</{kind}>'


def selected(text: str, over: str) -> str:
    return f"<filter><in>{literal(over)}</in><match>{literal(text)}</match></filter>"


@pytest.fixture
def value(read: Read) -> Callable[..., object]:
    """The value of a boxed expression, given of a type, with type definitions beside it."""

    def decide(logic: str, kind: str = "", types: str = "") -> object:
        typed = f'<variable name="d" typeRef="{kind}"/>' if kind else ""
        decisions = read(f'{types}<decision id="d" name="d">{typed}{logic}</decision>')
        assert decisions.problems() == []
        return evaluate(decisions, "d", {"items": [1, 2, 3]}).value

    return decide


@pytest.mark.parametrize(
    ("logic", "expected"),
    [
        (loop("x + count(partial)"), [1, 3, 5]),
        (loop("partial"), [[], [[]], [[], [[]]]]),
        (loop("x", over="[1..3)"), [1, 2]),
        (loop("x", over="null"), None),
        (loop("x", over="5"), [5]),
        (loop("x &gt; 2", "some", "satisfies"), True),
        (loop("null", "some", "satisfies"), None),
        (loop("x &gt; 2", "every", "satisfies", "[]"), True),
        (loop("1", "every", "satisfies"), None),
        (selected("item &gt; 1", "items"), [2, 3]),
        (selected("a &gt; 1", "[{a: 1}, {a: 2}]"), [{"a": 2}]),
        (selected("item &gt; 1", "[{item: 1}, {item: 2}]"), [{"item": 2}]),
        (selected("2", "items"), 2),
        (selected("true", "null"), []),
        (
            f"<conditional><if>{literal('null')}</if><then>{literal('1')}</then>"
            f"<else>{literal('2')}</else></conditional>",
            2,
        ),
    ],
)
def test_a_boxed_expression_has_this_value(
    value: Callable[..., object], logic: str, expected: object
):
    assert value(logic) == expected


def test_a_boxed_loop_is_paid_for_by_what_it_copies(read: Read):
    text = loop("count(partial)", over="for i in 1..5000 return i")
    decisions = read(f'<decision id="d" name="d">{text}</decision>')

    with pytest.raises(DecisionError, match="steps"):
        evaluate(decisions, "d", {})


def test_answers_are_converted_to_the_declared_type(value: Callable[..., object]):
    midnight = datetime(2026, 1, 2, tzinfo=UTC)
    alias = '<itemDefinition name="instant"><typeRef>date and time</typeRef></itemDefinition>'

    assert value(literal('date("2026-01-02")'), "date and time") == midnight
    assert value(literal('date("2026-01-02")'), "instant", alias) == midnight
    assert value(literal('date("2026-01-02")'), "date") == date(2026, 1, 2)
    assert value(literal("[5]"), "number") == 5
    many = '<itemDefinition name="many" isCollection="true"><typeRef>number</typeRef>'
    assert value(literal("5"), "many", many + "</itemDefinition>") == [5]
    with pytest.raises(WrongValue):
        value(literal('"x"'), "number")


def test_a_constraint_speaks_of_the_whole_collection(value: Callable[..., object]):
    two = (
        '<itemDefinition name="pair" isCollection="true"><typeRef>number</typeRef>'
        "<allowedValues><text>&gt; 0</text></allowedValues>"
        "<typeConstraint><text>count(?) = 2</text></typeConstraint></itemDefinition>"
    )

    assert value(literal("[1, 2]"), "pair", two) == [1, 2]
    with pytest.raises(WrongValue):
        value(literal("[1, 2, 3]"), "pair", two)
    with pytest.raises(WrongValue):
        value(literal("[1, -2]"), "pair", two)
