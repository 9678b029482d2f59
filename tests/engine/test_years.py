"""An instance that goes round for years costs the same in its last round as in its first."""

import sys
from collections.abc import Callable
from typing import Any

import pytest

Playing = Callable[..., Any]

STATE = 2_500
"""What a saved instance may need at most, in bytes."""
ROUNDS = 600
"""As many in `make test`; `make bench` goes 5,000 times round (B4)."""

# Waits in a round: a task with a reminder on it, a step beside it that joins, a second look that
# may be skipped, and an event that counts what happened meanwhile.
YEARS = (
    "<startEvent id='s'/><exclusiveGateway id='again'/>"
    "<subProcess id='round'>"
    "<startEvent id='begin'/><parallelGateway id='part'/>"
    "<userTask id='work' name='Work' clearway:state='in_progress'/>"
    "<boundaryEvent id='remind' attachedToRef='work' cancelActivity='false'>"
    "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent>"
    "<task id='reminded'/><userTask id='check' name='Check'/><parallelGateway id='join'/>"
    "<inclusiveGateway id='maybe'/><task id='look'/><task id='note'/><inclusiveGateway id='both'/>"
    "<endEvent id='end'/>"
    "{begin>part part>work part>check work>join check>join remind>reminded join>maybe"
    " maybe>look[true] maybe>note[record.rounds > 3] look>both note>both both>end}"
    "<subProcess id='news' triggeredByEvent='true'><startEvent id='told' isInterrupting='false'>"
    "<messageEventDefinition messageRef='m1'/></startEvent><task id='heard'/><endEvent id='h'/>"
    "{told>heard heard>h}</subProcess>"
    "</subProcess>"
    "<scriptTask id='count' scriptFormat='feel' clearway:result='record.rounds'>"
    "<script>record.rounds + 1</script></scriptTask>"
    "<exclusiveGateway id='more' default='more_again'/><endEvent id='e'/>"
    "{s>again again>round round>count count>more more>again more>e[record.rounds > 100000]}"
)


@pytest.fixture
def year(play: Playing) -> Any:
    run = play(YEARS, record={"rounds": 0})
    run.start()
    return run


def _round(run: Any) -> None:
    """Everything that can happen in one round; what is done is saved and loaded in between."""
    run.message("m1")
    run.wait(hours=1)
    run.complete("work")
    run.complete("check")
    assert max(len(made.state) for made in run.turns) < STATE
    del run.turns[:-1]


def _calls(run: Any, rounds: int) -> int:
    def go_round() -> None:
        for _ in range(rounds):
            _round(run)

    return _counted_calls(go_round)


def _counted_calls(work: Callable[[], None]) -> int:
    """How many functions are called by the work: a cost that no clock disturbs."""
    count = 0

    def seen(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(seen)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def test_the_last_rounds_cost_what_the_first_cost(year: Any):
    for _ in range(10):
        _round(year)
    first, size = _calls(year, 50), len(year.last.state)
    for _ in range(ROUNDS - 110):
        _round(year)

    last = _calls(year, 50)

    assert last <= 1.1 * first
    # Numbers of tokens grow by a digit now and then.
    assert len(year.last.state) <= size + 60
    assert year.record["rounds"] == ROUNDS
    assert [year.count(it) for it in ("work", "reminded", "heard", "look")] == [ROUNDS] * 4
    assert year.count("note") == ROUNDS - 4


def test_after_all_these_rounds_it_can_end(year: Any):
    for _ in range(3):
        _round(year)
    year.record = {**year.record, "rounds": 100_000}

    year.complete("work")
    made = year.complete("check")

    assert made.finished


# Two tasks beside each other, each of which has to be undone if it comes to that: who is first
# differs from round to round, so that the order is no simple repetition.
UNDONE = (
    "<startEvent id='s'/><exclusiveGateway id='again'/><subProcess id='round'>"
    "<startEvent id='begin'/><parallelGateway id='part'/><parallelGateway id='join'/>"
    + "".join(
        f"<userTask id='{name}'/><boundaryEvent id='b{name}' attachedToRef='{name}'>"
        f"<compensateEventDefinition/></boundaryEvent><task id='undo_{name}' "
        f"isForCompensation='true'/><association id='as{name}' associationDirection='One' "
        f"sourceRef='b{name}' targetRef='undo_{name}'/>"
        for name in ("book", "pay")
    )
    + "<endEvent id='end'/>{begin>part part>book part>pay book>join pay>join join>end}"
    "</subProcess><exclusiveGateway id='more' default='more_again'/>"
    "<intermediateThrowEvent id='regret'><compensateEventDefinition/></intermediateThrowEvent>"
    "<endEvent id='e'/>{s>again again>round round>more more>again more>regret[record.over]"
    " regret>e}"
)


def test_what_may_have_to_be_undone_costs_the_same_for_years_and_is_undone_in_its_order(
    play: Playing,
):
    run = play(UNDONE, record={"over": False})
    run.start()
    order: list[str] = []

    def rounds(count: int) -> None:
        for _ in range(count):
            first = len(order) % 7 < 3
            names = ("book", "pay") if first else ("pay", "book")
            for name in names:
                run.complete(name)
                assert len(run.last.state) < STATE
            order.extend(names)
            del run.turns[:-1]

    def calls(count: int) -> int:
        return _counted_calls(lambda: rounds(count))

    rounds(10)
    before = calls(20)
    rounds(ROUNDS - 60)
    after = calls(20)
    rounds(9)
    run.record = {"over": True}
    rounds(1)

    assert after <= 1.1 * before
    assert run.last.finished
    undone = [name.removeprefix("undo_") for name in run.done if name.startswith("undo_")]
    assert undone == order[::-1]
