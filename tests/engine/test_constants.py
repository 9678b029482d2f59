"""Constant expressions: what they give is looked at before anything runs."""

from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import quoteattr

import pytest

from clearway.engine import check
from clearway.engine.values import Finding, Severity

Drawing = Callable[..., Any]


def refused(drawn: Drawing, body: str) -> list[Finding]:
    rules = ("timer", "constant")
    found = check(drawn(body), trusted=True)
    return [it for it in found if it.severity is Severity.ERROR and it.rule in rules]


def timer(kind: str, text: str) -> str:
    return (
        "<startEvent id='s'/><intermediateCatchEvent id='c'><timerEventDefinition>"
        f"<{kind}>{text}</{kind}></timerEventDefinition></intermediateCatchEvent>"
        "<endEvent id='e'/>{s>c c>e}"
    )


@pytest.mark.parametrize(
    ("kind", "text", "cause"),
    [
        ("timeDate", '"P5X"', "P5X"),
        ("timeDate", 'duration("P5D")', "not a date and time"),
        ("timeDate", 'date and time("2026-07-01T09:00:00")', "names no time zone"),
        ("timeDuration", '"P5X"', "P5X"),
        ("timeDuration", 'duration("P5X")', "null"),
        ("timeDuration", 'date("2026-07-01")', "not a duration"),
        ("timeDuration", 'duration("-P1D")', "negative"),
        ("timeDuration", "42", "not a duration"),
        ("timeDuration", "now", "not a duration"),
        ("timeDuration", "today()", "not a duration"),
        ("timeDuration", 'duration("P4000Y")', "hundred years ahead"),
        ("timeCycle", '"PT1H"', "not a cycle"),
        ("timeCycle", 'duration("PT1H")', "A cycle needs a text"),
    ],
)
def test_a_timer_that_can_never_be_set_is_refused_before_it_runs(
    drawn: Drawing, kind: str, text: str, cause: str
):
    findings = refused(drawn, timer(kind, text))

    assert [(it.element, it.rule) for it in findings] == [("c", "timer")]
    assert cause in findings[0].message
    assert findings[0].remedy


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("timeDate", '"2026-07-01T09:00:00Z"'),
        ("timeDate", 'now + duration("P5D")'),
        ("timeDuration", 'duration("P1M")'),
        ("timeDuration", '"P5D"'),
        ("timeDuration", "record.title"),
        ("timeDuration", 'if day of week(now) = "Sunday" then duration("P1D") else null'),
        ("timeCycle", '"R3/PT1H"'),
    ],
)
def test_a_timer_that_can_be_set_is_not_refused(drawn: Drawing, kind: str, text: str):
    assert refused(drawn, timer(kind, text)) == []


@pytest.mark.parametrize("text", ['"yes"', '="yes"', "1", "null", '"a" &lt; 1'])
def test_a_condition_that_is_never_true_or_false_is_refused(drawn: Drawing, text: str):
    body = (
        "<startEvent id='s'/><exclusiveGateway id='g' default='s2'/><endEvent id='a'/>"
        "<endEvent id='b'/>{s>g}"
        "<sequenceFlow id='s1' sourceRef='g' targetRef='a'><conditionExpression>"
        f"{text}</conditionExpression></sequenceFlow>"
        "<sequenceFlow id='s2' sourceRef='g' targetRef='b'/>"
    )

    findings = refused(drawn, body)

    assert [(it.element, it.rule) for it in findings] == [("g", "constant")]
    assert "`s1`" in findings[0].message
    assert "comparison" in findings[0].remedy


@pytest.mark.parametrize(
    ("attribute", "text"),
    [("due", "&quot;P5X&quot;"), ("due", "3"), ("assignee", "5"), ("group", "true")],
)
def test_a_task_for_a_constant_that_is_no_person_and_no_time_is_refused(
    drawn: Drawing, attribute: str, text: str
):
    body = f"<startEvent id='s'/><userTask id='u' clearway:{attribute}='{text}'/>{{s>u}}"

    assert [(it.element, it.rule) for it in refused(drawn, body)] == [("u", "constant")]


@pytest.mark.parametrize("attribute", ["due", "deadline"])
@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("null", "always null"),
        ('duration("P2D") + 1', "always null"),
        ('-duration("P2D")', "over as soon as it begins"),
        ('duration("PT0S")', "over as soon as it begins"),
        ('now - duration("P2D")', "over as soon as it begins"),
        ("today()", "neither a duration nor an instant"),
    ],
)
def test_a_time_to_be_done_by_that_never_comes_is_refused(
    drawn: Drawing, attribute: str, text: str, cause: str
):
    body = f"<startEvent id='s'/><userTask id='u' clearway:{attribute}={quoteattr(text)}/>{{s>u}}"

    findings = [it for it in refused(drawn, body) if it.element == "u"]

    assert [it.rule for it in findings] == ["constant"]
    assert cause in findings[0].message
    assert findings[0].remedy


@pytest.mark.parametrize(
    "text",
    ['now + duration("P2D")', 'date and time("2026-07-01T09:00:00Z")', 'duration("P1M")'],
)
def test_a_time_to_be_done_by_that_comes_is_accepted(drawn: Drawing, text: str):
    body = f"<startEvent id='s'/><userTask id='u' clearway:due={quoteattr(text)}/>{{s>u}}"

    assert refused(drawn, body) == []


@pytest.mark.parametrize("text", ["5.5", '"three"', "-1"])
def test_a_constant_number_of_rounds_is_a_whole_number(drawn: Drawing, text: str):
    body = (
        "<startEvent id='s'/><task id='t'><multiInstanceLoopCharacteristics>"
        f"<loopCardinality>{text}</loopCardinality></multiInstanceLoopCharacteristics></task>"
        "{s>t}"
    )

    assert [(it.element, it.rule) for it in refused(drawn, body)] == [("t", "constant")]


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ('record.at + duration("P5X")', 'duration("P5X")'),
        ('if record.big then date and time("2026-02-30T00:00:00Z") else now', "2026-02-30"),
        ('max([date(from: "31.12.2026"), record.day])', 'date(from: "31.12.2026")'),
    ],
)
def test_a_call_in_an_expression_that_always_gives_null_is_refused(
    drawn: Drawing, text: str, call: str
):
    findings = refused(drawn, timer("timeDate", text))

    assert [(it.element, it.rule) for it in findings] == [("c", "constant")]
    assert call in findings[0].message
    assert "always null" in findings[0].message


@pytest.mark.parametrize(
    "text",
    [
        'record.at + duration("P5D")',
        'record.at + duration(record.wait + "H")',
        'if contains("duration(\\"P5X\\")", record.title) then now else null',
        "if date(null) = record.at then now else record.at",
    ],
)
def test_a_call_that_gives_something_or_depends_on_the_record_is_accepted(
    drawn: Drawing, text: str
):
    assert refused(drawn, timer("timeDate", text)) == []
