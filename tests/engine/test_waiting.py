"""Waits: what only a message can end needs a timer or a person beside it."""

from collections.abc import Callable
from typing import Any

import pytest

from clearway.engine import check
from clearway.engine.values import Severity

Drawing = Callable[..., Any]

LANE = "<laneSet id='ls'><lane id='l' clearway:role='service_desk'/></laneSet>"
TIMER = '<timerEventDefinition><timeDuration>duration("P1D")</timeDuration></timerEventDefinition>'
M1 = "<messageEventDefinition messageRef='m1'/>"
WAIT = f"<intermediateCatchEvent id='c' name='Reply'>{M1}</intermediateCatchEvent>"
TWO_WAYS = (
    "<startEvent id='s'/><eventBasedGateway id='g'/>" + WAIT + "{other}"
    "<endEvent id='e'/>{{s>g g>c g>o c>e o>e}}"
)
RECEIVE = "<receiveTask id='c' name='Reply' messageRef='m1'/>"


def _inside(drawn: str, border: str) -> str:
    return (
        f"<startEvent id='s'/><subProcess id='p1'><startEvent id='i'/>{drawn}<endEvent id='j'/>"
        f"{{i>c c>j}}</subProcess>{border}<endEvent id='e'/>{{s>p1 p1>e b>e}}"
    )


def _refused(drawn: Drawing, body: str) -> list[str | None]:
    found = check(drawn(LANE + body), trusted=True)
    return [it.element for it in found if it.rule == "wait-forever"]


@pytest.mark.parametrize(
    "body",
    [
        "<startEvent id='s'/>" + WAIT + "<endEvent id='e'/>{s>c c>e}",
        "<startEvent id='s'/>" + RECEIVE + "<endEvent id='e'/>{s>c c>e}",
        "<startEvent id='s'/><intermediateCatchEvent id='c'><signalEventDefinition signalRef='s1'/>"
        "</intermediateCatchEvent><endEvent id='e'/>{s>c c>e}",
        "<startEvent id='s'/>" + RECEIVE + f"<boundaryEvent id='b' attachedToRef='c'>{M1}"
        "</boundaryEvent><endEvent id='e'/>{s>c c>e b>e}",
        _inside(WAIT, f"<boundaryEvent id='b' attachedToRef='p1'>{M1}</boundaryEvent>"),
        # What ends everything lies behind the wait itself.
        "<startEvent id='s'/>" + WAIT + "<endEvent id='e'><terminateEventDefinition/></endEvent>"
        "{s>c c>e}",
    ],
)
def test_a_wait_for_what_may_never_come_is_refused(drawn: Drawing, body: str):
    assert _refused(drawn, body) == ["c"]


@pytest.mark.parametrize(
    "body",
    [
        TWO_WAYS.format(other=f"<intermediateCatchEvent id='o'>{TIMER}</intermediateCatchEvent>"),
        TWO_WAYS.format(
            other="<intermediateCatchEvent id='o' clearway:action='Go on' "
            f"clearway:role='service_desk'>{M1}</intermediateCatchEvent>"
        ),
        "<startEvent id='s'/>" + RECEIVE + f"<boundaryEvent id='b' attachedToRef='c'>{TIMER}"
        "</boundaryEvent><endEvent id='e'/>{s>c c>e b>e}",
        _inside(WAIT, f"<boundaryEvent id='b' attachedToRef='p1'>{TIMER}</boundaryEvent>"),
        _inside(
            WAIT + "<subProcess id='x' triggeredByEvent='true'><startEvent id='y'>"
            f"{TIMER}</startEvent><endEvent id='z'/>{{y>z}}</subProcess>",
            f"<boundaryEvent id='b' attachedToRef='p1'>{M1}</boundaryEvent>",
        ),
        "<startEvent id='s'/><parallelGateway id='g'/><userTask id='u' name='Do'/>"
        f"{WAIT}<endEvent id='e'/><endEvent id='t'><terminateEventDefinition/></endEvent>"
        "{s>g g>u g>c u>t c>e}",
        "<startEvent id='s'/><userTask id='u' name='Do'/><endEvent id='e'/>{s>u u>e}",
    ],
)
def test_time_or_a_person_leads_on(drawn: Drawing, body: str):
    assert _refused(drawn, body) == []


def test_the_refusal_says_how_to_mend_it(drawn: Drawing):
    body = LANE + "<startEvent id='s'/>" + WAIT + "<endEvent id='e'/>{s>c c>e}"

    (found,) = (it for it in check(drawn(body), trusted=True) if it.rule == "wait-forever")

    assert found.severity is Severity.ERROR
    assert found.message == "`Reply` may wait for ever: nothing need come."
    assert "clearway:action" in found.remedy
