"""Events: what interrupts and what does not, what is caught and what is a fault."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from clearway.engine.values import (
    BroadcastSignal,
    DeliverMessage,
    FireTimer,
    ProcessFault,
    SetVariables,
    Wake,
)

Playing = Callable[..., Any]
ERROR_END = "<endEvent id='{id}'><errorEventDefinition errorRef='{ref}'/></endEvent>"


def boundary(identifier: str, host: str, definition: str, interrupting: bool = True) -> str:
    cancels = "true" if interrupting else "false"
    return (
        f"<boundaryEvent id='{identifier}' attachedToRef='{host}' cancelActivity='{cancels}'>"
        f"{definition}</boundaryEvent>"
    )


MESSAGE = "<messageEventDefinition messageRef='m1'/>"
ERROR = "<errorEventDefinition errorRef='er1'/>"
ANY_ERROR = "<errorEventDefinition/>"


def test_a_failing_step_is_caught_by_its_code(play: Playing):
    run = play(
        "<startEvent id='s'/><serviceTask id='w' clearway:step='work'/>"
        f"{boundary('b1', 'w', ERROR)}{boundary('b2', 'w', ANY_ERROR)}"
        "<endEvent id='e'/><endEvent id='known'/><endEvent id='other'/>"
        "{s>w w>e b1>known b2>other}"
    )
    run.start()

    run.fail("w", "E1")

    assert run.done[-1] == "known"
    assert run.last.finished


def test_an_unknown_code_goes_to_the_event_that_catches_all(play: Playing):
    run = play(
        "<startEvent id='s'/><serviceTask id='w' clearway:step='work'/>"
        f"{boundary('b1', 'w', ERROR)}{boundary('b2', 'w', ANY_ERROR)}"
        "<endEvent id='e'/><endEvent id='known'/><endEvent id='other'/>"
        "{s>w w>e b1>known b2>other}"
    )
    run.start()

    run.fail("w", "E9")

    assert run.done[-1] == "other"


def test_a_failing_step_that_nothing_catches_is_a_fault_and_changes_nothing(play: Playing):
    run = play(
        "<startEvent id='s'/><serviceTask id='w' clearway:step='work'/><endEvent id='e'/>{s>w w>e}"
    )
    run.start()

    with pytest.raises(ProcessFault, match="no luck"):
        run.fail("w", "E1")

    assert [job.element for job in run.waits.jobs] == ["w"]


def test_an_error_passes_through_nested_scopes_to_the_nearest_handler(play: Playing):
    run = play(
        "<startEvent id='s'/><subProcess id='outer'><startEvent id='s1'/>"
        f"<subProcess id='inner'><startEvent id='s2'/>{ERROR_END.format(id='ee', ref='er1')}"
        "{s2>ee}</subProcess><endEvent id='e1'/>{s1>inner inner>e1}</subProcess>"
        f"{boundary('b', 'outer', ERROR)}<endEvent id='e'/><endEvent id='handled'/>"
        "{s>outer outer>e b>handled}"
    )

    run.start()

    assert run.done[-1] == "handled"
    assert "e1" not in run.done


def test_an_error_in_a_handler_is_not_caught_by_the_handler_itself(play: Playing):
    run = play(
        "<startEvent id='s'/><subProcess id='sp'><startEvent id='s1'/>"
        f"{ERROR_END.format(id='first', ref='er1')}{{s1>first}}"
        "<subProcess id='es' triggeredByEvent='true'>"
        f"<startEvent id='es_s'>{ERROR}</startEvent>{ERROR_END.format(id='second', ref='er1')}"
        "{es_s>second}</subProcess></subProcess>"
        f"{boundary('b', 'sp', ERROR)}<endEvent id='e'/><endEvent id='outside'/>"
        "{s>sp sp>e b>outside}"
    )

    run.start()

    assert run.done.count("es_s") == 1
    assert run.done[-1] == "outside"


def test_an_uncaught_escalation_is_a_fault(play: Playing):
    run = play(
        "<startEvent id='s'/><intermediateThrowEvent id='t'>"
        "<escalationEventDefinition escalationRef='es1'/></intermediateThrowEvent>"
        "<endEvent id='e'/>{s>t t>e}"
    )

    with pytest.raises(ProcessFault, match="escalation `S1`"):
        run.start()


def test_an_interrupting_escalation_stops_the_subprocess_that_threw_it(play: Playing):
    run = play(
        "<startEvent id='s'/><subProcess id='sp'><startEvent id='s1'/>"
        "<intermediateThrowEvent id='t'><escalationEventDefinition escalationRef='es1'/>"
        "</intermediateThrowEvent><userTask id='u'/><endEvent id='e1'/>{s1>t t>u u>e1}</subProcess>"
        "<boundaryEvent id='b' attachedToRef='sp'><escalationEventDefinition escalationRef='es1'/>"
        "</boundaryEvent><endEvent id='e'/><endEvent id='out'/>{s>sp sp>e b>out}"
    )

    run.start()

    assert run.done[-1] == "out"
    assert run.open() == []
    assert run.last.finished


def test_a_signal_reaches_everything_that_waits_for_it_in_every_scope(play: Playing):
    signal = "<signalEventDefinition signalRef='g1'/>"
    run = play(
        "<startEvent id='s'/><parallelGateway id='g'/>"
        f"<intermediateCatchEvent id='c'>{signal}</intermediateCatchEvent><endEvent id='e1'/>"
        "<subProcess id='sp'><startEvent id='s1'/>"
        f"<intermediateCatchEvent id='d'>{signal}</intermediateCatchEvent>{{s1>d}}</subProcess>"
        "{s>g g>c g>sp c>e1}"
    )
    run.start()

    made = run.apply(BroadcastSignal("g1"))

    assert made.caught
    assert {"c", "d"} <= set(run.done)
    assert made.finished


def test_a_message_for_one_element_leaves_the_others_waiting(play: Playing):
    run = play(
        "<startEvent id='s'/><userTask id='a'/><userTask id='b'/><parallelGateway id='g'/>"
        f"{boundary('ba', 'a', MESSAGE)}{boundary('bb', 'b', MESSAGE)}"
        "<endEvent id='e'/><endEvent id='f'/>{s>g g>a g>b a>e b>e ba>f bb>f}"
    )
    run.start()

    run.apply(DeliverMessage("m1", {}, "bb"))

    assert run.open() == ["a"]


def test_a_message_that_nothing_waits_for_is_not_caught(play: Playing):
    run = play("<startEvent id='s'/><userTask id='a'/><endEvent id='e'/>{s>a a>e}")
    run.start()

    made = run.message("m1")

    assert not made.caught
    assert run.open() == ["a"]


def test_a_message_to_itself_is_kept_until_something_waits_for_it(play: Playing):
    run = play(
        "<startEvent id='s'/><intermediateThrowEvent id='t'>"
        f"{MESSAGE}</intermediateThrowEvent><userTask id='u'/>"
        f"<intermediateCatchEvent id='c'>{MESSAGE}</intermediateCatchEvent><endEvent id='e'/>"
        "{s>t t>u u>c c>e}"
    )
    run.start()

    run.complete("u")

    assert run.last.finished


def test_an_interrupting_event_subprocess_stops_all_else_and_happens_once(play: Playing):
    run = play(
        "<startEvent id='s'/><parallelGateway id='g'/><userTask id='a'/><userTask id='b'/>"
        "{s>g g>a g>b}<subProcess id='es' triggeredByEvent='true'>"
        f"<startEvent id='es_s'>{MESSAGE}</startEvent><userTask id='h'/>{{es_s>h}}</subProcess>"
    )
    run.start()

    run.message("m1")

    assert run.open() == ["h"]
    assert not run.message("m1").caught
    assert run.complete("h").finished


def test_a_timer_event_subprocess_does_not_keep_a_process_open(play: Playing):
    run = play(
        "<startEvent id='s'/><userTask id='a'/><endEvent id='e'/>{s>a a>e}"
        "<subProcess id='es' triggeredByEvent='true'><startEvent id='es_s' isInterrupting='false'>"
        "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>"
        "</startEvent><task id='h'/>{es_s>h}</subProcess>"
    )
    run.start()
    token = run.waits.timers[0].token

    assert run.complete("a").finished
    assert run.waits.timers == ()
    assert not run.apply(FireTimer(token)).caught


def test_a_conditional_event_happens_again_only_after_its_condition_was_false(play: Playing):
    run = play(
        "<startEvent id='s'/><userTask id='a'/><boundaryEvent id='b' attachedToRef='a' "
        "cancelActivity='false'><conditionalEventDefinition><condition>x > 3</condition>"
        "</conditionalEventDefinition></boundaryEvent><task id='n'/><endEvent id='e'/>"
        "{s>a a>e b>n}"
    )
    run.start(x=1)

    for value in (5, 6, 1, 7):
        run.apply(SetVariables({"x": value}))

    assert run.count("n") == 2
    assert run.open() == ["a"]


def test_a_conditional_event_looks_at_the_record_when_it_is_woken(play: Playing):
    run = play(
        "<startEvent id='s'/><intermediateCatchEvent id='c'><conditionalEventDefinition>"
        "<condition>record.ready = true</condition></conditionalEventDefinition>"
        "</intermediateCatchEvent><endEvent id='e'/>{s>c c>e}"
    )
    run.start()
    assert not run.last.finished

    run.record["ready"] = True

    assert run.apply(Wake()).finished


def test_terminating_a_subprocess_leaves_the_process_running(play: Playing):
    run = play(
        "<startEvent id='s'/><subProcess id='sp'><startEvent id='s1'/><parallelGateway id='g'/>"
        "<userTask id='a'/><userTask id='b'/><endEvent id='t'><terminateEventDefinition/>"
        "</endEvent>"
        "{s1>g g>a g>b a>t}</subProcess><userTask id='after'/>{s>sp sp>after}"
    )
    run.start()

    run.complete("a")

    assert run.open() == ["after"]
    cancelled = [h.element for h in run.last.happenings if h.kind == "cancelled"]
    assert cancelled == ["b"]


def test_a_boundary_event_ends_with_its_activity(play: Playing):
    run = play(
        "<startEvent id='s'/><userTask id='a'/><userTask id='z'/>"
        f"{boundary('b', 'a', MESSAGE)}<endEvent id='e'/>{{s>a a>z b>e}}"
    )
    run.start()

    run.complete("a")

    assert run.waits.events == ()
    assert not run.message("m1").caught


@pytest.mark.parametrize(
    ("expires", "after"),
    [
        ("PT0S", timedelta(0)),
        ("P2D", timedelta(days=2)),
        ("duration(&quot;PT1H&quot;)", timedelta(hours=1)),
    ],
)
def test_a_message_says_until_when_it_is_wanted(play: Playing, expires: str, after: timedelta):
    told = f"clearway:to='&quot;P-1&quot;' clearway:expires='{expires}'"
    run = play(
        f"<startEvent id='s'/><sendTask id='n' messageRef='m1' {told}/>"
        f"<intermediateThrowEvent id='t' {told}>{MESSAGE}</intermediateThrowEvent>"
        f"<endEvent id='e' {told}>{MESSAGE}</endEvent>{{s>n n>t t>e}}"
    )

    made = run.start()

    assert [it.expires for it in made.messages] == [run.now + after] * 3


def test_a_message_without_a_time_is_kept_until_it_is_caught(play: Playing):
    run = play(
        "<startEvent id='s'/><sendTask id='n' messageRef='m1' clearway:to='&quot;P-1&quot;'/>{s>n}"
    )

    assert [it.expires for it in run.start().messages] == [None]


@pytest.mark.parametrize("expires", ["-duration(&quot;PT1H&quot;)", "record.no", "5"])
def test_a_message_with_no_true_time_is_a_fault(play: Playing, expires: str):
    run = play(
        "<startEvent id='s'/><sendTask id='n' messageRef='m1' clearway:to='&quot;P-1&quot;'"
        f" clearway:expires='{expires}'/>{{s>n}}"
    )

    with pytest.raises(ProcessFault) as fault:
        run.start()

    assert fault.value.element == "n"
    assert "expires" in fault.value.cause


def test_what_failed_can_be_written_down_by_the_event_that_catches_it(play: Playing):
    body = (
        "<startEvent id='s'/><serviceTask id='w' name='Do it' clearway:step='x'/>"
        "<boundaryEvent id='b' attachedToRef='w'><extensionElements>"
        "<clearway:output field='why' value='error.element + &quot;: &quot; + error.code "
        "+ &quot;, &quot; + error.message'/></extensionElements><errorEventDefinition/>"
        "</boundaryEvent><task id='t'/>{s>w b>t}"
    )
    run = play(body)
    run.start()

    turn = run.fail("w", "gone", "nobody there")

    assert [(it.field, it.after) for it in turn.record_changes] == [
        ("why", "Do it: gone, nobody there")
    ]
