"""For years: nothing grows, nothing is shared, nothing runs for ever."""

import contextlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from clearway.engine import StateError, build, limits, turn, waits
from clearway.engine import state as states
from clearway.engine.values import (
    CancelInstance,
    CompleteWorkItem,
    DeliverMessage,
    ProcessFault,
    Start,
    World,
)

Playing = Callable[..., Any]
LOOP = (
    "<startEvent id='s'/><exclusiveGateway id='m'/><parallelGateway id='g'/><userTask id='u'/>"
    "<task id='t'/><parallelGateway id='j'/><exclusiveGateway id='x' default='x_m'/>"
    "<endEvent id='e'/>{s>m m>g g>u g>t u>j t>j j>x x>m x>e[stop = true]}"
    "<boundaryEvent id='b' attachedToRef='u' cancelActivity='false'><timerEventDefinition>"
    "<timeCycle>R/P1D</timeCycle></timerEventDefinition></boundaryEvent><task id='n'/>{b>n}"
    "<subProcess id='es' triggeredByEvent='true'><startEvent id='es_s' isInterrupting='false'>"
    "<messageEventDefinition messageRef='m1'/></startEvent><task id='h'/>{es_s>h}</subProcess>"
)


def picture(blueprint: Any) -> list[Any]:
    """All that the specs of a blueprint hold, as far as it is not a spec itself."""
    found: list[Any] = []
    for scope in blueprint.scopes.values():
        found.append((scope.name, sorted(scope.task_specs), id(scope.start)))
        for spec in scope.task_specs.values():
            attributes = {
                name: repr(value)
                if isinstance(value, str | list | dict | bool | int)
                else id(value)
                for name, value in sorted(vars(spec).items())
            }
            found.append((scope.name, spec.name, attributes))
    return found


def test_a_thousand_instances_leave_the_shared_specs_as_they_were(
    drawn: Callable[..., Any],
):
    blueprint = build(drawn(LOOP), strict=False)
    world = World(datetime(2026, 3, 2, tzinfo=UTC), {})
    before = picture(blueprint)

    for _ in range(1000):
        made = turn(blueprint, None, Start(variables={"stop": True}), world)
        made = turn(blueprint, made.state, DeliverMessage("m1"), world)
        made = turn(blueprint, made.state, CompleteWorkItem(made.after.work_items[0].token), world)
        assert made.finished

    assert picture(blueprint) == before


def test_a_thousand_rounds_cost_no_more_than_the_first(play: Playing):
    run = play(LOOP)
    run.start(stop=False)
    sizes: list[int] = []
    nodes: list[int] = []

    for _ in range(1000):
        run.complete("u")
        sizes.append(len(run.last.state))
        loaded = states.load(build(run.bundle, strict=False), run.last.state, run.world)
        nodes.append(sum(len(scope.tasks) for scope in loaded.scopes()))

    assert run.count("j") == 1000
    assert max(nodes[-100:]) <= max(nodes[:100])
    assert sum(sizes[-100:]) <= 1.2 * sum(sizes[:100])
    assert max(sizes) < 2500


def test_a_state_is_small_and_names_its_format(play: Playing):
    made = play("<startEvent id='s'/><userTask id='u'/>{s>u}").start()

    assert made.state[:3] == b"CW\x02"
    assert len(made.state) < 250


def test_a_state_of_another_version_is_not_read(play: Playing, drawn: Callable[..., Any]):
    made = play("<startEvent id='s'/><userTask id='u'/>{s>u}").start()
    other = build(drawn("<startEvent id='s'/><userTask id='v'/>{s>v}"), strict=False)

    with pytest.raises(StateError, match="belongs to version"):
        waits(other, made.state, play("").world)


@pytest.mark.parametrize(
    "damage", [b"", b"CW", b"XX\x01abc", b"CW\x00abc", b"CW\x03abc", b"CW\x02abc", b"CW\x01abc"]
)
def test_damaged_bytes_are_no_state(play: Playing, damage: bytes):
    run = play("<startEvent id='s'/><userTask id='u'/>{s>u}")
    run.start()

    with pytest.raises(StateError):
        waits(build(run.bundle, strict=False), damage, run.world)


def test_no_damaged_byte_is_taken_for_something_else(play: Playing):
    run = play("<startEvent id='s'/><userTask id='u'/><task id='u2'/>{s>u u>u2}")
    whole, blueprint = run.start().state, build(run.bundle, strict=False)
    expected = waits(blueprint, whole, run.world)
    read: list[dict[str, Any]] = []

    for place in range(3, len(whole)):
        for bit in range(8):
            damaged = whole[:place] + bytes([whole[place] ^ 1 << bit]) + whole[place + 1 :]
            try:
                assert waits(blueprint, damaged, run.world) == expected
                read.append(states.read(damaged))
            except StateError:
                continue

    # Some bits of a frame mean nothing.
    assert all(it == states.read(whole) for it in read)
    assert len(read) < 20


@pytest.mark.parametrize(
    "name", ["version", "count", "state", "told", "variables", "kept", "scopes"]
)
@pytest.mark.parametrize("value", [None, 3, "x", [1], [[1, 2, 3]], {"a": 1}, ...])
def test_a_state_with_other_contents_is_told_or_read(play: Playing, name: str, value: object):
    run = play("<startEvent id='s'/><userTask id='u'/>{s>u}")
    data = states.read(run.start().state)
    data = {key: it for key, it in data.items() if key != name or value is not ...}
    if value is not ...:
        data[name] = value
    packed = states._TOOLS.pack.compress(states.orjson.dumps(data))

    with contextlib.suppress(StateError):
        waits(build(run.bundle, strict=False), b"CW\x02" + packed, run.world)


def test_a_size_that_no_state_has_is_not_believed(play: Playing):
    run = play("<startEvent id='s'/><userTask id='u'/>{s>u}")
    run.start()
    frame = states.zstandard.ZstdCompressor().compress(b" " * (17 << 20))

    with pytest.raises(StateError, match="larger than a state may be"):
        waits(build(run.bundle, strict=False), b"CW\x02" + frame, run.world)


def test_a_token_without_its_scope_is_an_error_and_no_loss(play: Playing):
    run = play(
        "<startEvent id='s'/><subProcess id='sp'><startEvent id='s1'/><userTask id='u'/>{s1>u}"
        "</subProcess>{s>sp}"
    )
    run.start()
    data = states.read(run.last.state)
    data["scopes"][0][5] = []
    damaged = states.MAGIC + bytes([1]) + states._TOOLS.pack.compress(states.orjson.dumps(data))

    with pytest.raises(StateError, match="damaged"):
        waits(build(run.bundle, strict=False), damaged, run.world)


def test_the_same_turn_gives_the_same_answer(play: Playing):
    run = play(LOOP)
    first = run.start(stop=False)
    blueprint = build(run.bundle, strict=False)

    again = [
        turn(blueprint, first.state, CompleteWorkItem(first.after.work_items[0].token), run.world)
        for _ in range(2)
    ]

    assert again[0] == again[1]


def test_a_loop_that_never_waits_is_a_fault_that_names_it(play: Playing):
    run = play(
        "<startEvent id='s'/><exclusiveGateway id='m'/>"
        "<scriptTask id='count' clearway:result='x'><script>x + 1</script></scriptTask>"
        "<exclusiveGateway id='g' default='g_m'/><endEvent id='e'/>"
        "{s>m m>count count>g g>m g>e[x = 0]}"
    )

    with pytest.raises(ProcessFault, match="runs in a circle") as caught:
        run.start(x=1)

    assert "count" in caught.value.cause


def test_tokens_that_multiply_without_end_are_a_fault(play: Playing):
    run = play(
        "<startEvent id='s'/><exclusiveGateway id='m'/><parallelGateway id='g'/><userTask id='u'/>"
        "{s>m m>g g>m g>u}"
    )

    with pytest.raises(ProcessFault):
        run.start()


def test_a_cancelled_instance_waits_for_nothing(play: Playing):
    run = play(LOOP)
    run.start(stop=False)

    made = run.apply(CancelInstance())

    assert made.finished
    assert made.after == waits(build(run.bundle, strict=False), made.state, run.world)
    assert (made.after.work_items, made.after.timers, made.after.events) == ((), (), ())
    assert not run.message("m1").caught


def test_messages_that_nothing_catches_do_not_pile_up_without_end(play: Playing):
    run = play(
        "<startEvent id='s'/><exclusiveGateway id='m'/><intermediateThrowEvent id='t'>"
        "<messageEventDefinition messageRef='m1'/></intermediateThrowEvent><userTask id='u'/>"
        "{s>m m>t t>u u>m}"
    )
    run.start()

    with pytest.raises(ProcessFault, match="nothing catches them"):
        for _ in range(200):
            run.complete("u")


def test_an_instance_that_can_never_go_on_says_where_it_stands(play: Playing):
    run = play(
        "<startEvent id='s'/><exclusiveGateway id='x' default='x_a'/><task id='a'/><task id='b'/>"
        "<parallelGateway id='j'/><endEvent id='e'/>{s>x x>a x>b[other] a>j b>j j>e}"
    )

    made = run.start(other=False)

    assert not made.finished
    assert made.stuck == ("j",)


def test_an_instance_that_waits_is_not_stuck(play: Playing):
    assert play("<startEvent id='s'/><userTask id='u'/>{s>u}").start().stuck == ()


def test_what_grows_beyond_measure_is_a_fault(play: Playing):
    run = play(
        "<startEvent id='s'/><scriptTask id='a' clearway:result='x'><script>"
        "for i in 1..900000 return i * 1000003</script></scriptTask>"
        "<userTask id='u'/>{s>a a>u}"
    )

    with pytest.raises(ProcessFault):
        run.start()


def test_a_large_drawing_is_read_in_little_time(drawn: Callable[..., Any]):
    tasks = "".join(f"<task id='t{number}'/>" for number in range(2000))
    chain = " ".join(f"t{number}>t{number + 1}" for number in range(1999))
    bundle = drawn(f"<startEvent id='s'/>{tasks}{{s>t0 {chain}}}")

    assert build(bundle, strict=False).nodes.keys() >= {"t0", "t1999"}


def test_what_was_done_more_often_than_a_circle_may_run_is_undone(play: Playing):
    run = play(
        "<startEvent id='s'/><scriptTask id='a' scriptFormat='feel' clearway:result='record.n'>"
        "<script>record.n + 1</script></scriptTask><boundaryEvent id='b' attachedToRef='a'>"
        "<compensateEventDefinition/></boundaryEvent><task id='undo' isForCompensation='true'/>"
        "<association id='as' associationDirection='One' sourceRef='b' targetRef='undo'/>"
        "<exclusiveGateway id='in'/><exclusiveGateway id='out' default='out_wait'/>"
        "<exclusiveGateway id='more' default='more_in'/>"
        "<userTask id='wait'/><intermediateThrowEvent id='regret'><compensateEventDefinition/>"
        "</intermediateThrowEvent><endEvent id='e'/>{s>in in>a a>out out>wait wait>more more>in"
        " out>in[modulo(record.n, 5000) != 0] more>regret[record.n > 10000] regret>e}",
        record={"n": 0},
    )
    run.start(stop=False)
    run.complete("wait")
    run.complete("wait")

    run.complete("wait")

    assert run.last.finished
    assert run.count("undo") == limits.RUNS_PER_NODE + 5000
