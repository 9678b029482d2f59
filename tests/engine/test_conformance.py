"""The 63 small diagrams: executed as BPMN says, or refused; never wrong."""

from collections.abc import Callable
from typing import Any

from clearway.engine import conformance


def test_every_construct_runs_as_the_standard_says(features: list[dict[str, Any]]):
    report = conformance(features)

    assert [outcome.reason for outcome in report.wrong] == []
    assert len(report.executed) == len(features) == 63


def test_a_case_that_expects_something_else_is_counted_as_wrong(features: list[dict[str, Any]]):
    case = {**features[0], "expect": ["nowhere"]}

    report = conformance([case])

    assert report.wrong[0].reason == "nowhere does not complete, but should"


def test_a_case_that_cannot_be_read_is_refused():
    report = conformance([{"name": "broken", "xml": "<definitions"}])

    assert "not well-formed" in report.refused[0].reason


def test_ids_that_the_library_uses_itself_hide_nothing(play: Callable[..., Any]):
    run = play(
        "<startEvent id='Start'/><task id='End'/><task id='Root'/><endEvent id='p.EndJoin'/>"
        "{Start>End End>Root}<sequenceFlow id='f' sourceRef='Root' targetRef='p.EndJoin'/>"
    )

    run.start()

    assert run.done == ["Start", "End", "Root", "p.EndJoin"]
    assert run.last.finished


STARTS = (
    "<definitions id='defs' xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' "
    "targetNamespace='x'><signal id='g1' name='g1'/><process id='p' isExecutable='true'>"
    "<startEvent id='s'>{}</startEvent><task id='a'/>"
    "<sequenceFlow id='f' sourceRef='s' targetRef='a'/></process></definitions>"
)


def test_the_first_action_starts_what_waits_for_a_signal_or_a_time():
    signal = STARTS.format("<signalEventDefinition signalRef='g1'/>")
    timer = STARTS.format(
        "<timerEventDefinition><timeDuration>PT0.2S</timeDuration></timerEventDefinition>"
    )
    cases = [
        {"name": "signal", "xml": signal, "actions": ["signal:g1"], "expect": ["a"], "done": True},
        {"name": "timer", "xml": timer, "actions": ["wait:0.4"], "expect": ["a"], "done": True},
    ]

    report = conformance(cases)

    assert [outcome.case for outcome in report.executed] == ["signal", "timer"]
