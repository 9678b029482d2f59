"""The state that a record shows is what its tokens say."""

from collections.abc import Callable
from typing import Any

Playing = Callable[..., Any]


def test_the_innermost_state_is_shown(play: Playing):
    run = play(
        "<startEvent id='s'/><subProcess id='sp' clearway:state='in_progress'>"
        "<startEvent id='s1'/><userTask id='a' clearway:state='on_hold'/><userTask id='b'/>"
        "{s1>a a>b}</subProcess>{s>sp}"
    )

    assert run.start().shown_state == "on_hold"
    assert run.complete("a").shown_state == "in_progress"


def test_a_task_without_a_state_shows_the_last_one(play: Playing):
    run = play("<startEvent id='s'/><task id='a' clearway:state='new'/><userTask id='u'/>{s>a a>u}")

    assert run.start().shown_state == "new"


def test_the_state_of_an_end_event_stays(play: Playing):
    run = play(
        "<startEvent id='s'/><userTask id='u' clearway:state='open'/>"
        "<endEvent id='e' clearway:state='closed'/>{s>u u>e}"
    )
    run.start()

    made = run.complete("u")

    assert made.finished
    assert made.shown_state == "closed"
    states = [h.details for h in made.happenings if h.kind == "state"]
    assert states == [{"from": "open", "to": "closed"}]


def test_a_side_branch_shows_its_state_only_while_it_lives(play: Playing):
    run = play(
        "<startEvent id='s'/><userTask id='u' clearway:state='open'/>"
        "<boundaryEvent id='b' attachedToRef='u' cancelActivity='false'>"
        "<messageEventDefinition messageRef='m1'/></boundaryEvent>"
        "<userTask id='v' clearway:state='asked'/>{s>u b>v}"
    )
    run.start()

    assert run.message("m1").shown_state == "asked"
    assert run.complete("v").shown_state == "open"


def test_who_waits_at_an_event_gateway_shows_the_state_of_its_events(play: Playing):
    run = play(
        "<startEvent id='s'/><eventBasedGateway id='g'/>"
        "<intermediateCatchEvent id='c' clearway:state='on_hold'>"
        "<messageEventDefinition messageRef='m1'/></intermediateCatchEvent>"
        "<intermediateCatchEvent id='d' clearway:state='on_hold'>"
        "<messageEventDefinition messageRef='m2'/></intermediateCatchEvent>"
        "<endEvent id='e'/>{s>g g>c g>d c>e d>e}"
    )

    assert run.start().shown_state == "on_hold"
