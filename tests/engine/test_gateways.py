"""Gateways: tokens part and meet as drawn, also in loops."""

from collections.abc import Callable
from typing import Any

import pytest

from clearway.engine.values import ProcessFault

Playing = Callable[..., Any]


def test_a_parallel_join_in_a_loop_waits_in_every_round(play: Playing):
    run = play(
        "<startEvent id='s'/><exclusiveGateway id='m'/><parallelGateway id='g'/>"
        "<userTask id='a'/><userTask id='b'/><parallelGateway id='j'/>"
        "<exclusiveGateway id='x' default='x_e'/><endEvent id='e'/>"
        "{s>m m>g g>a g>b a>j b>j j>x x>m[again] x>e}"
    )
    run.start(again=True)

    for _ in range(4):
        run.complete("b")
        assert run.open() == ["a"]
        run.complete("a")
        assert sorted(run.open()) == ["a", "b"]

    assert run.count("j") == 4


def test_excess_tokens_stay_at_a_parallel_join_for_the_next_time(play: Playing):
    run = play(
        "<startEvent id='s'/><parallelGateway id='g'/><task id='a'/><task id='b'/>"
        "<exclusiveGateway id='m'/><userTask id='c'/><parallelGateway id='j'/><endEvent id='e'/>"
        "{s>g g>a g>b g>c a>m b>m m>j c>j j>e}"
    )
    run.start()

    run.complete("c")

    assert run.count("j") == 1
    assert not run.last.finished


def test_an_inclusive_join_waits_only_for_what_can_still_come(play: Playing):
    run = play(
        "<startEvent id='s'/><inclusiveGateway id='g'/><userTask id='a'/><userTask id='b'/>"
        "<task id='c'/><inclusiveGateway id='j'/><endEvent id='e'/>"
        "{s>g g>a[x > 0] g>b[x > 1] g>c[x > 2] a>j b>j c>j j>e}"
    )
    run.start(x=2)

    run.complete("a")
    assert run.count("j") == 0
    run.complete("b")

    assert run.count("j") == 1
    assert run.last.finished


def test_an_inclusive_join_lets_a_token_go_that_took_another_way(play: Playing):
    run = play(
        "<startEvent id='s'/><parallelGateway id='g'/><task id='a'/><userTask id='b'/>"
        "<exclusiveGateway id='x' default='x_j'/><inclusiveGateway id='j'/>"
        "<endEvent id='away'/><endEvent id='e'/>"
        "{s>g g>a g>b a>j b>x x>away[out] x>j j>e}"
    )
    run.start(out=True)
    assert run.count("j") == 0

    run.complete("b")

    assert run.count("j") == 1
    assert run.last.finished


def test_an_exclusive_gateway_without_a_way_is_a_fault(play: Playing):
    run = play(
        "<startEvent id='s'/><exclusiveGateway id='g'/><task id='a'/><task id='b'/>"
        "{s>g g>a[x = 1] g>b[x = 2]}"
    )

    with pytest.raises(ProcessFault) as caught:
        run.start(x=3)

    assert caught.value.element == "g"
    assert "no condition holds" in caught.value.cause
    assert [h.element for h in caught.value.happenings] == ["s"]


def test_a_condition_that_is_no_truth_is_a_fault(play: Playing):
    run = play(
        "<startEvent id='s'/><exclusiveGateway id='g' default='g_b'/><task id='a'/><task id='b'/>"
        "{s>g g>a[x + 1] g>b}"
    )

    with pytest.raises(ProcessFault, match="neither true nor false"):
        run.start(x=3)


def test_of_two_timers_behind_one_gateway_the_shorter_one_wins(play: Playing):
    timer = "<timerEventDefinition><timeDuration>{}</timeDuration></timerEventDefinition>"
    run = play(
        "<startEvent id='s'/><eventBasedGateway id='g'/>"
        f"<intermediateCatchEvent id='long'>{timer.format('PT5H')}</intermediateCatchEvent>"
        f"<intermediateCatchEvent id='short'>{timer.format('PT2H')}</intermediateCatchEvent>"
        "<endEvent id='e1'/><endEvent id='e2'/>{s>g g>long g>short long>e1 short>e2}"
    )
    run.start()
    assert len(run.waits.timers) == 2

    run.wait(hours=3)

    assert "e2" in run.done
    assert "e1" not in run.done
    assert run.last.finished
