"""Events in vain: what nothing there can throw is not waited for."""

from collections.abc import Callable
from typing import Any

import pytest

from clearway.engine import check

Drawing = Callable[..., Any]

LANE = "<laneSet id='ls'><lane id='l' clearway:role='service_desk'/></laneSet>"
ERROR = "<errorEventDefinition errorRef='er1'/>"
ANY_ERROR = "<errorEventDefinition/>"
ESCALATION = "<escalationEventDefinition escalationRef='es1'/>"
FAILS = f"<userTask id='u'/><endEvent id='x'>{ERROR}</endEvent>{{u>x}}"
RISES = f"<userTask id='u'/><endEvent id='x'>{ESCALATION}</endEvent>{{u>x}}"
STEP = "<serviceTask id='u' clearway:step='look'/>"


def _on(host: str, event: str) -> str:
    return (
        f"<startEvent id='s'/>{host}<boundaryEvent id='b' attachedToRef='p1'>{event}"
        "</boundaryEvent><userTask id='v'/><endEvent id='e'/>{s>p1 p1>e b>v v>e}"
    )


def _part(inside: str, name: str = "p1") -> str:
    return f"<subProcess id='{name}'>{inside}</subProcess>"


def _caught(inside: str, event: str) -> str:
    """A part in a part, with an event on its border."""
    return _part(
        f"{_part(inside, 'q')}<boundaryEvent id='c' attachedToRef='q'>{event}</boundaryEvent>"
    )


def _beside(inside: str, event: str) -> str:
    return (
        f"<startEvent id='s'/>{_part(inside)}<endEvent id='e'/>{{s>p1 p1>e}}"
        "<subProcess id='h' triggeredByEvent='true'>"
        f"<startEvent id='b'>{event}</startEvent><userTask id='v'/>{{b>v}}</subProcess>"
    )


def _refused(drawn: Drawing, body: str, after: str = "") -> list[str | None]:
    found = check(drawn(LANE + body, after), trusted=True)
    return [it.element for it in found if it.rule == "dead-event"]


@pytest.mark.parametrize(
    "body",
    [
        _on(_part("<userTask id='u'/>"), ERROR),
        _on(_part("<userTask id='u'/>"), ANY_ERROR),
        _on(_part("<userTask id='u'/>"), ESCALATION),
        _on("<userTask id='p1'/>", ERROR),
        # Of another kind, or caught further inside.
        _on(_part(FAILS), ESCALATION),
        _on(_part(RISES), ERROR),
        _on(_caught(FAILS, ERROR), ERROR),
        _on(_caught(STEP, ANY_ERROR), ERROR),
        _beside("<userTask id='u'/>", ERROR),
    ],
)
def test_an_event_that_nothing_can_throw_is_refused(drawn: Drawing, body: str):
    assert _refused(drawn, body) == ["b"]


@pytest.mark.parametrize(
    "body",
    [
        _on(_part(FAILS), ERROR),
        _on(_part(FAILS), ANY_ERROR),
        _on(_part(_part(FAILS, "q")), ERROR),
        _on(_part(RISES), ESCALATION),
        # A step may fail with any code, also with one that nothing inside catches.
        _on("<serviceTask id='p1' clearway:step='look'/>", ERROR),
        _on(_part(STEP), ERROR),
        _on(_caught(STEP, ERROR), ANY_ERROR),
        _beside(FAILS, ERROR),
        # Time comes by itself.
        _on(
            "<userTask id='p1'/>",
            "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>",
        ),
    ],
)
def test_an_event_that_can_come_is_fine(drawn: Drawing, body: str):
    assert _refused(drawn, body) == []


@pytest.mark.parametrize(("event", "refused"), [(ERROR, []), (ESCALATION, ["b"])])
def test_what_a_called_process_throws_comes_to_the_call(
    drawn: Drawing, event: str, refused: list[str]
):
    body = _on("<callActivity id='p1' calledElement='q'/>", event)
    called = (
        "<process id='q' isExecutable='true'><startEvent id='qs'/><callActivity id='again' "
        "calledElement='q'/><userTask id='u'/>"
        f"<endEvent id='x'>{ERROR}</endEvent>{{qs>again again>u u>x}}</process>"
    )

    assert _refused(drawn, body, called) == refused


def test_the_refusal_says_where_nothing_throws(drawn: Drawing):
    found = check(drawn(LANE + _on(_part("<userTask id='u'/>"), ERROR)), trusted=True)

    (told,) = (it for it in found if it.rule == "dead-event")

    assert told.message == "`b` waits for what nothing in `p1` throws."
