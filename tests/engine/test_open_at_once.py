"""States and ends beside what undoes, what events begin, and what is done several times."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from proving import found_in
from steps import at_most

from clearway.engine.values import Bundle

Drawing = Callable[..., Bundle]


UNDONE = (
    "<startEvent id='s'/><task id='x'/><boundaryEvent id='bx' attachedToRef='x'>"
    "<compensateEventDefinition/></boundaryEvent>"
    "<userTask id='u' name='Take back' isForCompensation='true' clearway:state='taking_back'/>"
)
BY = "<association id='as' associationDirection='One' sourceRef='bx' targetRef='u'/>"


@pytest.mark.parametrize("waits", ["true", "false"])
def test_the_state_of_what_undoes_counts_beside_others(drawn: Drawing, waits: str):
    body = (
        f"{UNDONE}<parallelGateway id='f'/><intermediateThrowEvent id='t' name='Undo'>"
        f"<compensateEventDefinition waitForCompletion='{waits}'/></intermediateThrowEvent>"
        "<userTask id='c' name='Count' clearway:state='open'/><parallelGateway id='j'/>"
        f"<endEvent id='e'/>{{s>x x>f f>t f>c t>j c>j j>e}}{BY}"
    )

    [found] = found_in(drawn(body))

    assert (found.element, found.rule) == ("c", "states-at-once")
    assert "*Count* and *Undo* are open at the same time" in found.message


@pytest.mark.parametrize(("waits", "is_told"), [("true", False), ("false", True)])
def test_what_follows_an_undoing_is_beside_it_only_if_it_does_not_wait(
    drawn: Drawing, waits: str, is_told: bool
):
    body = (
        f"{UNDONE}<intermediateThrowEvent id='t' name='Undo'><compensateEventDefinition "
        f"waitForCompletion='{waits}'/></intermediateThrowEvent>"
        "<userTask id='c' name='Count' clearway:state='open'/><endEvent id='e'/>"
        f"{{s>x x>t t>c c>e}}{BY}"
    )

    assert [it.rule for it in found_in(drawn(body))] == ["states-at-once"] * is_told


ASKED = (
    "<subProcess id='es' name='Ask' triggeredByEvent='true'><startEvent id='z' "
    "isInterrupting='{0}'><messageEventDefinition messageRef='m1'/></startEvent>"
    "<userTask id='q' name='Question' {1}/>{2}</subProcess>"
)


@pytest.mark.parametrize(
    ("interrupts", "state", "told"),
    [
        ("false", "clearway:state='asking'", ["improper-completion", "states-at-once"]),
        ("false", "", ["improper-completion"]),
        ("true", "clearway:state='asking'", []),
    ],
)
def test_what_an_event_begins_beside_the_work_counts_with_it(
    drawn: Drawing, interrupts: str, state: str, told: list[str]
):
    body = (
        "<startEvent id='s'/><userTask id='w' name='Work' clearway:state='at_work'/>"
        "<endEvent id='e' name='Done' clearway:state='closed'/>{s>w w>e}"
        + ASKED.format(interrupts, state, "{z>q}")
    )

    assert sorted(it.rule for it in found_in(drawn(body))) == told


def test_what_an_event_begins_and_does_at_once_is_not_open_at_the_end(drawn: Drawing):
    body = (
        "<startEvent id='s'/><userTask id='w'/><endEvent id='e' clearway:state='closed'/>{s>w w>e}"
        + ASKED.format("false", "", "{z>q}").replace("userTask", "scriptTask")
    )

    assert found_in(drawn(body)) == []


TWO_STATES = (
    "<startEvent id='s1'/><userTask id='a' clearway:state='asking'/>"
    "<userTask id='b' clearway:state='at_work'/>{s1>a a>b}"
)


@pytest.mark.parametrize(
    ("several", "why"),
    [
        (
            "<subProcess id='p1' name='Part'><multiInstanceLoopCharacteristics><loopCardinality>2"
            f"</loopCardinality></multiInstanceLoopCharacteristics>{TWO_STATES}</subProcess>",
            "several times at the same time",
        ),
        (
            "<callActivity id='p1' name='Part' calledElement='q'><multiInstanceLoopCharacteristics>"
            "<loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>"
            "</callActivity>",
            "several times at the same time",
        ),
    ],
)
def test_what_may_be_open_several_times_shows_one_state(drawn: Drawing, several: str, why: str):
    called = f"<process id='q'>{TWO_STATES}</process>".replace("s1", "s2")
    called = called.replace("'a'", "'a2'").replace("'b'", "'b2'").replace("a>b", "a2>b2")
    called = called.replace("s2>a ", "s2>a2 ")

    found = found_in(drawn(f"<startEvent id='s'/>{several}{{s>p1}}", called))

    assert [(it.element, it.rule) for it in found] == [("p1", "states-at-once")]
    assert why in found[0].message


def test_what_is_open_once_after_the_other_may_show_several_states(drawn: Drawing):
    body = (
        "<startEvent id='s'/><subProcess id='p1'><multiInstanceLoopCharacteristics "
        f"isSequential='true'><loopCardinality>2</loopCardinality>"
        f"</multiInstanceLoopCharacteristics>{TWO_STATES}</subProcess>{{s>p1}}"
    )

    assert found_in(drawn(body)) == []


def test_a_call_shows_the_states_of_the_process_that_it_calls(drawn: Drawing):
    body = (
        "<startEvent id='s'/><parallelGateway id='f'/><callActivity id='c' calledElement='q'/>"
        "<userTask id='w' clearway:state='at_work'/><parallelGateway id='j'/>"
        "{s>f f>c f>w c>j w>j}"
    )
    called = "<process id='q'><startEvent id='s2'/><userTask id='d' clearway:state='deep'/>{s2>d}"

    [found] = found_in(drawn(body, called + "</process>"))

    assert (found.rule, "at_work and deep" in found.message) == ("states-at-once", True)


def test_an_end_does_not_say_closed_while_it_still_undoes(drawn: Drawing):
    body = (
        f"{UNDONE}<endEvent id='e' clearway:state='closed'><compensateEventDefinition "
        f"waitForCompletion='{{waits}}'/></endEvent>{{{{s>x x>e}}}}{BY}"
    )

    for waits, told in (("true", []), ("false", ["improper-completion"])):
        found = found_in(drawn(body.format(waits=waits)))
        assert [it.rule for it in found] == told


def test_what_no_event_would_ever_undo_is_told(drawn: Drawing):
    [found] = found_in(drawn(f"{UNDONE}<endEvent id='e'/>{{s>x x>e}}{BY}"))

    assert (found.element, found.rule) == ("u", "dead-activity")
    assert "no event undoes what it would undo" in found.message


@pytest.mark.parametrize(
    ("inside", "told"),
    [
        ("", ["states-at-once"]),
        ("{a>b}", []),
        # Only one of b and c comes, and both are waited for.
        (
            "<exclusiveGateway id='x'/><task id='c'/><parallelGateway id='j'/>"
            "{a>x x>b[true] x>c[false] b>j c>j}",
            ["deadlock", "deadlock"],
        ),
    ],
)
def test_an_ad_hoc_subprocess_is_looked_at_as_it_is_offered(
    drawn: Drawing, inside: str, told: list[str]
):
    body = (
        "<startEvent id='s'/><adHocSubProcess id='p1'><userTask id='a' clearway:state='asking'/>"
        f"<userTask id='b' clearway:state='at_work'/>{inside}</adHocSubProcess>{{s>p1}}"
    )

    assert [it.rule for it in found_in(drawn(body))] == told


@pytest.mark.parametrize(
    ("event", "is_told"),
    [
        ("<messageEventDefinition messageRef='m1'/>", True),
        ("<timerEventDefinition><timeCycle>R/PT1H</timeCycle></timerEventDefinition>", True),
        ("<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>", False),
    ],
)
def test_what_may_come_again_shows_one_state(drawn: Drawing, event: str, is_told: bool):
    body = (
        "<startEvent id='s'/><userTask id='w'/><boundaryEvent id='b' attachedToRef='w' "
        f"cancelActivity='false'>{event}</boundaryEvent><userTask id='q' clearway:state='asking'/>"
        "<userTask id='c' clearway:state='checking'/><endEvent id='e'/><endEvent id='f'/>"
        "{s>w w>e b>q q>c c>f}"
    )

    found = [(it.element, it.rule) for it in found_in(drawn(body))]

    assert found == [("b", "states-at-once")] * is_told


def test_what_undoes_at_once_is_not_open_at_the_end(drawn: Drawing):
    body = (
        (
            f"{UNDONE}<endEvent id='e' clearway:state='closed'><compensateEventDefinition "
            f"waitForCompletion='false'/></endEvent>{{s>x x>e}}{BY}"
        )
        .replace("<userTask id='u'", "<scriptTask id='u'")
        .replace("clearway:state='taking_back'", "")
    )

    assert found_in(drawn(body)) == []


def test_a_cancelling_ends_the_other_branches_before_it_undoes(drawn: Drawing):
    body = (
        "<startEvent id='s'/><transaction id='tx'><startEvent id='s1'/><task id='x'/>"
        "<boundaryEvent id='bx' attachedToRef='x'><compensateEventDefinition/></boundaryEvent>"
        "<userTask id='u' isForCompensation='true' clearway:state='taking_back'/>"
        "<parallelGateway id='f'/><userTask id='side' clearway:state='at_work'/>"
        "<endEvent id='c'><cancelEventDefinition/></endEvent><endEvent id='e1'/>"
        "{s1>x x>f f>side f>c side>e1}<association id='as' associationDirection='One' "
        "sourceRef='bx' targetRef='u'/></transaction>"
        "<boundaryEvent id='bc' attachedToRef='tx'><cancelEventDefinition/></boundaryEvent>"
        "<endEvent id='e'/><endEvent id='away'/>{s>tx tx>e bc>away}"
    )

    assert found_in(drawn(body)) == []


@pytest.mark.parametrize("place", ["subProcess", "process"])
def test_an_end_inside_a_part_says_closed_only_when_the_part_is_over(drawn: Drawing, place: str):
    inside = (
        "<startEvent id='s1'/><parallelGateway id='f'/><userTask id='a'/><userTask id='b'/>"
        "<endEvent id='c' clearway:state='closed'/><endEvent id='d'/>{s1>f f>a f>b a>c b>d}"
    )
    body = f"<startEvent id='s'/><subProcess id='p1'>{inside}</subProcess><endEvent id='e'/>"
    flow = "{s>p1 p1>e}"

    found = found_in(drawn(body + flow if place == "subProcess" else inside))

    assert [(it.element, it.rule) for it in found] == [("c", "improper-completion")]


@pytest.mark.parametrize(
    "flow",
    [
        "{s>t t>x x>e}",
        "{s>g g>x[true] g>t[false] x>e t>f}<exclusiveGateway id='g'/><endEvent id='f'/>",
    ],
)
def test_what_is_thrown_only_before_or_elsewhere_undoes_nothing(drawn: Drawing, flow: str):
    flows, _, more = flow.partition("}")
    body = (
        f"{UNDONE}<intermediateThrowEvent id='t'><compensateEventDefinition/>"
        f"</intermediateThrowEvent><endEvent id='e'/>{more}{flows}}}{BY}"
    )

    assert ("u", "dead-activity") in [(it.element, it.rule) for it in found_in(drawn(body))]


def test_many_handlers_that_nothing_reaches_are_told_in_bounded_time(drawn: Drawing):
    numbers = range(60)
    tasks = "".join(
        UNDONE.removeprefix("<startEvent id='s'/>")
        .replace("'x'", f"'x{it}'")
        .replace("'bx'", f"'bx{it}'")
        .replace("id='u'", f"id='u{it}'")
        + f"<intermediateThrowEvent id='t{it}'><compensateEventDefinition activityRef='x{it}'/>"
        "</intermediateThrowEvent>"
        for it in numbers
    )
    way = ["s", *(f"t{it}" for it in numbers), *(f"x{it}" for it in numbers)]
    flows = " ".join(f"{one}>{other}" for one, other in pairwise(way))
    by = "".join(
        BY.replace("'as'", f"'as{it}'").replace("'bx'", f"'bx{it}'").replace("'u'", f"'u{it}'")
        for it in numbers
    )
    bundle = drawn(f"<startEvent id='s'/>{tasks}{{{flows}}}{by}")

    with at_most(calls=400_000):
        found = found_in(bundle)

    assert [it.rule for it in found] == ["dead-activity"] * 60


def test_the_state_of_an_end_that_undoes_is_the_last(play: Callable[..., Any]):
    run = play(
        f"{UNDONE}<endEvent id='e' clearway:state='cancelled'><compensateEventDefinition/>"
        f"</endEvent>{{s>x x>e}}{BY}"
    )
    run.start()
    assert run.last.shown_state == "taking_back"

    run.complete("u")

    assert (run.last.finished, run.last.shown_state) == (True, "cancelled")


def test_what_has_no_state_of_its_own_shows_that_of_the_part_around_it(drawn: Drawing):
    body = (
        "<startEvent id='s'/><subProcess id='p1' clearway:state='busy'><startEvent id='s1'/>"
        "<parallelGateway id='f'/><userTask id='b'/><userTask id='c' clearway:state='asking'/>"
        "{s1>f f>b f>c}</subProcess>{s>p1}"
    )

    [found] = found_in(drawn(body))

    assert (found.rule, "asking and busy" in found.message) == ("states-at-once", True)


def test_a_round_in_what_an_event_begins_has_a_way_out(drawn: Drawing):
    body = "<startEvent id='s'/><userTask id='w'/>{s>w}" + ASKED.format(
        "true", "", "<exclusiveGateway id='x'/>{z>x x>q q>x}"
    )

    assert [it.rule for it in found_in(drawn(body))] == ["livelock"]


def test_what_has_arrived_at_a_join_shows_no_state(play: Callable[..., Any]):
    run = play(
        "<startEvent id='s'/><subProcess id='p1' clearway:state='busy'><startEvent id='s1'/>"
        "<parallelGateway id='f'/><userTask id='b' clearway:state='asking'/>"
        "<userTask id='c' clearway:state='asking'/><parallelGateway id='j'/><endEvent id='e1'/>"
        "{s1>f f>b f>c b>j c>j j>e1}</subProcess><userTask id='d'/>{s>p1 p1>d}"
    )
    run.start()

    run.complete("b")

    assert run.last.shown_state == "asking"
