"""Moving a running instance to another version: each rule by hand, and random edits at random."""

import random
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from clearway.engine import build, turn, waits
from clearway.engine.migration import Moved, Obstacle, migrate
from clearway.engine.state import read
from clearway.engine.values import (
    CompleteWorkItem,
    DeliverMessage,
    Start,
    Wake,
    World,
)

sys.path.insert(0, str(Path(__file__).parent))
import edits
import oracle

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ENDS = "<startEvent id='s'/><endEvent id='e'/>"
TIMER = (
    "<boundaryEvent id='{id}' attachedToRef='{on}' cancelActivity='{stops}'>"
    "<timerEventDefinition><timeDuration>{span}</timeDuration></timerEventDefinition>"
    "</boundaryEvent><endEvent id='{id}_e'/>{{{id}>{id}_e}}"
)


def timer(name: str, on: str, span: str = "PT1H", stops: str = "true") -> str:
    return TIMER.format(id=name, on=on, span=span, stops=stops)


@pytest.fixture
def move(play, drawn):
    """Play a first drawing to some place, then move it: `move(playing, body, {...})`."""

    def moved(playing, body: str, mapping=None, after: str = ""):
        old = build(playing.bundle, strict=False)
        new = drawn(body, after)
        answer = migrate(
            playing.last.state, old, build(new, strict=False), mapping or {}, playing.world
        )
        if isinstance(answer, Moved):
            playing.bundle = new
            playing.turns.append(answer.turn)
        return answer

    return moved


def at(play, body: str, *completed: str, **options):
    playing = play(body, **options)
    playing.start()
    for element in completed:
        playing.complete(element)
    return playing


def reasons(answer) -> list[str]:
    assert isinstance(answer, tuple), answer
    assert all(isinstance(it, Obstacle) and it.remedy for it in answer)
    return [it.reason for it in answer]


def test_a_task_that_is_there_is_where_it_goes_on(play, move):
    playing = at(play, ENDS + "<userTask id='a'/>{s>a a>e}")

    answer = move(playing, ENDS + "<userTask id='a'/><userTask id='b'/>{s>a a>b b>e}")

    assert isinstance(answer, Moved)
    assert (answer.notes, answer.went_on) == ((), False)
    playing.complete("a")
    playing.complete("b")
    assert playing.last.finished


def test_finished_history_plays_no_part(play, move):
    body = ENDS + "<userTask id='a'/><userTask id='b'/>{s>a a>b b>e}"
    playing = at(play, body, "a")

    answer = move(playing, ENDS + "<userTask id='b'/>{s>b b>e}")

    assert isinstance(answer, Moved)
    playing.complete("b")
    assert playing.last.finished


def test_a_renamed_task_keeps_its_token(play, move):
    playing = at(play, ENDS + "<userTask id='a'/>{s>a a>e}")
    [before] = playing.waits.work_items
    body = ENDS + "<userTask id='b'/>{s>b b>e}"

    assert reasons(move(playing, body)) == ["a is not in the new version."]
    answer = move(playing, body, {"a": "b"})

    assert isinstance(answer, Moved)
    [after] = playing.waits.work_items
    assert (after.token, after.element) == (before.token, "b")


@pytest.mark.parametrize(
    ("now", "reason"),
    [
        ("<manualTask id='a'/>", "a is a manualTask there, no userTask."),
        (
            "<userTask id='a'><standardLoopCharacteristics loopMaximum='2'/></userTask>",
            "a is repeated in another way there.",
        ),
    ],
)
def test_another_kind_of_place_is_refused(play, move, now, reason):
    playing = at(play, ENDS + "<userTask id='a'/>{s>a a>e}")

    assert reasons(move(playing, f"{ENDS}{now}{{s>a a>e}}")) == [reason]


def test_another_nesting_is_refused(play, move):
    playing = at(play, ENDS + "<userTask id='a'/>{s>a a>e}")
    body = (
        ENDS + "<subProcess id='sub'><startEvent id='ps'/><userTask id='a'/><endEvent id='pe'/>"
        "{ps>a a>pe}</subProcess>{s>sub sub>e}"
    )

    assert reasons(move(playing, body)) == ["a lies in another subprocess in the new version."]


def test_a_renamed_subprocess_keeps_what_is_inside(play, move):
    inside = (
        "<subProcess id='{n}'><startEvent id='ps'/><userTask id='a'/><endEvent id='pe'/>"
        "{{ps>a a>pe}}</subProcess>{{s>{n} {n}>e}}"
    )
    playing = at(play, ENDS + inside.format(n="sub"))

    answer = move(playing, ENDS + inside.format(n="q"), {"sub": "q"})

    assert isinstance(answer, Moved)
    playing.complete("a")
    assert playing.last.finished


def test_a_subprocess_that_is_gone_is_told_once(play, move):
    inside = (
        "<subProcess id='sub'><startEvent id='ps'/><userTask id='a'/><endEvent id='pe'/>"
        "{ps>a a>pe}</subProcess>{s>sub sub>e}"
    )
    playing = at(play, ENDS + inside)

    answer = move(playing, ENDS + "<userTask id='a'/>{s>a a>e}")

    assert reasons(answer) == ["sub is not in the new version."]


def test_a_timer_keeps_its_due_time_whatever_it_says_now(play, move):
    body = ENDS + "<userTask id='a'/>{s>a a>e}"
    playing = at(play, body + timer("late", "a"))
    playing.now += timedelta(minutes=30)

    answer = move(playing, body + timer("later", "a", "PT9H"), {"late": "later"})

    assert isinstance(answer, Moved)
    [due] = playing.waits.timers
    assert (due.element, due.due) == ("later", NOW + timedelta(hours=1))
    assert answer.notes == ()


def test_a_new_timer_runs_from_now(play, move):
    body = ENDS + "<userTask id='a'/>{s>a a>e}"
    playing = at(play, body)
    playing.now += timedelta(minutes=30)

    answer = move(playing, body + timer("late", "a"))

    assert isinstance(answer, Moved)
    assert [it.due for it in playing.waits.timers] == [NOW + timedelta(minutes=90)]
    assert answer.notes == (
        "The timer late is new: it runs from now and is due at 2026-03-02 10:30:00 UTC.",
    )


def test_a_timer_of_another_kind_is_new(play, move):
    body = ENDS + "<userTask id='a'/>{s>a a>e}"
    playing = at(play, body + timer("late", "a"))
    date = (
        timer("late", "a")
        .replace("timeDuration", "timeDate")
        .replace(">PT1H<", ">2026-04-01T00:00:00Z<")
    )

    answer = move(playing, body + date)

    assert isinstance(answer, Moved)
    assert [it.due for it in playing.waits.timers] == [datetime(2026, 4, 1, tzinfo=UTC)]
    assert len(answer.notes) == 1


def test_a_timer_that_has_fired_for_the_last_time_stays_silent(play, move):
    body = ENDS + "<userTask id='a'/>{s>a a>e}" + timer("late", "a", stops="false")
    playing = at(play, body)
    playing.wait(hours=2)

    answer = move(playing, body.replace("id='e'/>", "id='e'/><endEvent id='more'/>", 1))

    assert isinstance(answer, Moved)
    assert playing.waits.timers == ()


def test_a_timer_that_is_gone_is_told(play, move):
    body = ENDS + "<userTask id='a'/>{s>a a>e}"
    playing = at(play, body + timer("late", "a"))

    answer = move(playing, body)

    assert isinstance(answer, Moved)
    assert answer.notes == ("late cannot happen there in the new version.",)
    assert playing.waits.timers == ()


def test_a_timer_whose_time_cannot_be_told_is_refused(play, move):
    body = ENDS + "<userTask id='a'/>{s>a a>e}"
    playing = at(play, body)

    answer = move(playing, body + timer("late", "a", "record.nothing"))

    assert reasons(answer)[0].startswith("It could not go on there: The timer cannot be set")


CATCH = (
    "<intermediateCatchEvent id='{id}'><timerEventDefinition><timeDuration>{span}</timeDuration>"
    "</timerEventDefinition></intermediateCatchEvent>{{g>{id} {id}>e}}"
)


def test_an_event_gateway_keeps_its_timer_and_gets_another(play, move):
    body = ENDS + (
        "<eventBasedGateway id='g'/><intermediateCatchEvent id='m'>"
        "<messageEventDefinition messageRef='m1'/></intermediateCatchEvent>{s>g g>m m>e}"
    )
    one, two = CATCH.format(id="one", span="PT1H"), CATCH.format(id="two", span="PT2H")
    playing = at(play, body + one)
    playing.now += timedelta(minutes=30)

    answer = move(playing, body + one + two)

    assert isinstance(answer, Moved)
    assert {it.element: it.due for it in playing.waits.timers} == {
        "one": NOW + timedelta(hours=1),
        "two": NOW + timedelta(minutes=150),
    }
    playing.wait(hours=2)
    assert playing.last.finished


def test_an_event_subprocess_gets_its_timer(play, move):
    body = ENDS + "<userTask id='a'/>{s>a a>e}"
    event = (
        "<subProcess id='es' triggeredByEvent='true'><startEvent id='w' isInterrupting='false'>"
        "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>"
        "</startEvent><userTask id='b'/><endEvent id='we'/>{w>b b>we}</subProcess>"
    )
    playing = at(play, body)

    answer = move(playing, body + event)

    assert isinstance(answer, Moved)
    playing.wait(hours=1)
    assert sorted(playing.open()) == ["a", "b"]
    again = move(playing, body + event.replace("'w'", "'v'").replace("w>b", "v>b"), {"w": "v"})
    assert isinstance(again, Moved)
    assert sorted(playing.open()) == ["a", "b"]


def test_another_message_is_told(play, move):
    body = ENDS + (
        "<intermediateCatchEvent id='c'><messageEventDefinition messageRef='{m}'/>"
        "</intermediateCatchEvent>{{s>c c>e}}"
    )
    playing = at(play, body.format(m="m1"))

    answer = move(playing, body.format(m="m2"))

    assert isinstance(answer, Moved)
    assert answer.notes == ("c waits for m2 now, no longer for m1.",)
    playing.message("m2")
    assert playing.last.finished


BELL = (
    ENDS + "<userTask id='a'/><boundaryEvent id='bell' attachedToRef='a' cancelActivity='false'>"
    "{0}</boundaryEvent><endEvent id='be'/>{{s>a a>e bell>be}}"
)
HOUR = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>"


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        (HOUR, "<messageEventDefinition messageRef='m1'/>", "waits for m1 now"),
        (
            "<messageEventDefinition messageRef='m1'/>",
            "<signalEventDefinition signalRef='g1'/>",
            "waits for g1 now, no longer for m1",
        ),
    ],
)
def test_an_event_that_waits_for_something_else_is_told(play, move, was: str, now: str, told: str):
    playing = at(play, BELL.format(was))

    answer = move(playing, BELL.format(now))

    assert isinstance(answer, Moved)
    assert any(told in note for note in answer.notes), answer.notes


def test_an_event_that_interrupts_now_is_told(play, move):
    playing = at(play, BELL.format(HOUR))

    answer = move(playing, BELL.format(HOUR).replace("cancelActivity='false'", ""))

    assert isinstance(answer, Moved)
    assert "bell interrupts now." in answer.notes


FORK = (
    ENDS + "<parallelGateway id='f'/><userTask id='a'/><userTask id='b'/>"
    "<parallelGateway id='j'/>{s>f f>a f>b a>j b>j j>e}"
)


def test_a_branch_that_arrived_is_never_mapped_onto_one_that_is_still_to_come(play, move):
    playing = at(play, FORK, "a")

    answer = move(playing, FORK, {"a_j": "b_j"})

    assert not isinstance(answer, Moved)
    assert any("standstill at j" in it.reason for it in answer)


def test_a_join_keeps_what_has_arrived(play, move):
    playing = at(play, FORK, "a")

    answer = move(playing, FORK.replace("{s>f", "<userTask id='z'/>{s>z z>f"))

    assert isinstance(answer, Moved)
    playing.complete("b")
    assert playing.last.finished


def test_a_flow_with_another_id_is_known_by_where_it_comes_from(play, move):
    playing = at(play, FORK, "a")

    answer = move(
        playing,
        FORK.replace("a>j ", "").replace(
            "{s>f", "<sequenceFlow id='other' sourceRef='a' targetRef='j'/>{s>f"
        ),
    )

    assert isinstance(answer, Moved)
    playing.complete("b")
    assert playing.last.finished


def test_what_arrived_by_a_flow_that_is_gone_is_refused_until_it_is_mapped(play, move):
    playing = at(play, FORK, "a")
    body = FORK.replace("a>j", "a>c c>j").replace("{s>f", "<userTask id='c'/>{s>f")

    answer = move(playing, body)

    assert reasons(answer) == [
        "A branch has arrived at j by the flow `a_j`, which does not lead there in the new version."
    ]
    assert isinstance(move(playing, body, {"a_j": "c_j"}), Moved)
    playing.complete("b")
    assert playing.last.finished


def test_a_join_that_no_longer_waits_for_a_branch_goes_on(play, move):
    nodes = "<userTask id='c'/><userTask id='d'/><endEvent id='ce'/>{s>f"
    three = FORK.replace("{s>f", nodes).replace("f>b", "f>b f>c").replace("j>e", "j>d d>e")
    playing = at(play, three.replace("f>c", "f>c c>j"), "a", "b")
    assert playing.open() == ["c"]

    answer = move(playing, three.replace("f>c", "f>c c>ce"))

    assert isinstance(answer, Moved)
    assert answer.went_on
    assert sorted(playing.open()) == ["c", "d"]
    playing.complete("c")
    playing.complete("d")
    assert playing.last.finished


def test_a_branch_that_would_never_come_is_refused(play, move):
    playing = at(play, FORK)
    three = FORK.replace("f>b", "f>b f>c c>j").replace("{s>f", "<userTask id='c'/>{s>f")

    assert reasons(move(playing, three)) == [
        "It could come to a standstill at j in the new version: what is to arrive there has no way "
        "there from where the record stands."
    ]


def test_what_would_be_done_twice_is_refused(play, move):
    playing = at(play, FORK)

    answer = move(playing, ENDS + "<userTask id='a'/><userTask id='b'/>{s>a a>b b>e}")

    assert len(reasons(answer)) == 1
    assert "reached twice" in reasons(answer)[0]


def test_rounds_go_on_with_their_items(play, move):
    body = ENDS + (
        "<userTask id='{n}'><multiInstanceLoopCharacteristics isSequential='{seq}'>"
        "<loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics></userTask>"
        "{{s>{n} {n}>e}}"
    )
    playing = at(play, body.format(n="a", seq="false"), "a")

    refused = move(playing, body.format(n="a", seq="true"))
    answer = move(playing, body.format(n="b", seq="false"), {"a": "b"})

    assert reasons(refused) == ["a is repeated in another way there."]
    assert isinstance(answer, Moved)
    assert [it.item for it in playing.waits.work_items] == [2, 3]
    playing.complete("b")
    playing.complete("b")
    assert playing.last.finished


UNDO = (
    ENDS + "<userTask id='book'/><userTask id='free' isForCompensation='true'/>"
    "<boundaryEvent id='cb' attachedToRef='book'><compensateEventDefinition/></boundaryEvent>"
    "<association id='as' sourceRef='cb' targetRef='free' associationDirection='One'/>"
    "<userTask id='pay'/><intermediateThrowEvent id='undo'><compensateEventDefinition/>"
    "</intermediateThrowEvent>{s>book book>pay pay>undo undo>e}"
)


def test_what_could_be_undone_still_can(play, move):
    playing = at(play, UNDO, "book")
    renamed = (
        UNDO.replace("'book'", "'hire'")
        .replace("s>book book>", "s>hire hire>")
        .replace("'free'", "'give_back'")
    )

    refused = move(playing, ENDS + "<userTask id='pay'/>{s>pay pay>e}")
    answer = move(playing, renamed, {"book": "hire", "free": "give_back"})

    assert reasons(refused) == ["What book did could not be undone in the new version."]
    assert isinstance(answer, Moved)
    playing.complete("pay")
    assert playing.open() == ["give_back"]


def test_undoing_that_has_begun_goes_on(play, move):
    playing = at(play, UNDO, "book", "pay")

    answer = move(playing, UNDO.replace("'free'", "'give_back'"), {"free": "give_back"})

    assert isinstance(answer, Moved)
    playing.complete("give_back")
    assert playing.last.finished


def test_a_called_process_moves_along(play, move):
    called = (
        "<process id='{q}'><startEvent id='qs'/><userTask id='{a}'/><endEvent id='qe'/>"
        "{{qs>{a} {a}>qe}}</process>"
    )
    body = ENDS + "<callActivity id='c' calledElement='{q}'/>{{s>c c>e}}"
    playing = play(body.format(q="q"), called.format(q="q", a="a"))
    playing.start()

    answer = move(playing, body.format(q="r"), {"a": "b"}, after=called.format(q="r", a="b"))

    assert isinstance(answer, Moved)
    playing.complete("b")
    assert playing.last.finished


def test_a_variable_that_the_old_version_did_not_compute_is_told(play, move):
    body = ENDS + "<userTask id='a'/>{{s>{way} a>e}}"
    script = "<scriptTask id='c' clearway:result='total'><script>1</script></scriptTask>"
    playing = at(play, body.format(way="a"))

    answer = move(playing, script + body.format(way="c c>a"))

    assert isinstance(answer, Moved)
    assert [note[:31] for note in answer.notes] == ["The variable total is new and h"]


def test_a_step_that_runs_is_not_exchanged(play, move):
    body = ENDS + "<serviceTask id='a' clearway:step='{step}'/>{{s>a a>e}}"
    playing = at(play, body.format(step="one"))

    answer = move(playing, body.format(step="two"))

    assert reasons(answer) == ["a calls two there, and one is running."]


def test_a_mapping_must_name_what_there_is(play, move):
    playing = at(play, ENDS + "<userTask id='a'/>{s>a a>e}")

    answer = move(playing, ENDS + "<userTask id='b'/>{s>b b>e}", {"x": "b", "a": "y"})

    assert reasons(answer) == [
        "The mapping names `x`, which its version does not have.",
        "The mapping leads to `y`, which the new version does not have.",
    ]


# --- at random -----------------------------------------------------------------------------------

WORLD = World(NOW, {}, "P-1")
STEPS = 15
LONGEST = 2000


def step(blueprint, made, choose, *, messages: float):
    """One move of a random walk; tasks before messages, which could go on for ever."""
    tasks = [CompleteWorkItem(item.token) for item in made.after.work_items]
    heard = [DeliverMessage(name) for name in sorted({event.name for event in made.after.events})]
    moves = heard if not tasks or (heard and choose.random() < messages) else tasks
    assert moves, "nothing can go on"
    return turn(blueprint, made.state, choose.choice(moves), WORLD)


def tokens(state: bytes) -> Counter[str]:
    return Counter(token[0] for scope in read(state)["scopes"] for token in scope[5])


def check_moved(old, new, made, mapping, moved: Moved, choose) -> None:
    """Nothing is lost or doubled; saved and loaded it waits for the same; it comes to an end."""
    after = moved.turn
    if not moved.went_on:
        before = {
            item.token: mapping.get(item.element, item.element) for item in made.after.work_items
        }
        assert {item.token: item.element for item in after.after.work_items} == before
        assert tokens(after.state) == tokens(made.state)
    if after.finished:
        return
    assert waits(new, after.state, WORLD) == after.after
    assert turn(new, after.state, Wake(), WORLD).after == after.after
    for _ in range(LONGEST):
        if after.finished:
            return
        after = step(new, after, choose, messages=0.1)
    raise AssertionError("it does not come to an end")


def walk(seed: int) -> Counter[str]:
    """Walk a random process; at each step move a copy to an edited version, and finish it there."""
    from test_random_processes import bundle_of

    block = oracle.process(seed)
    other, mapping = edits.edited(block, seed)
    old, new = (build(bundle_of(it), strict=False) for it in (block, other))
    choose, counts = random.Random(seed), Counter[str]()
    made = turn(old, None, Start(), WORLD)
    for _ in range(STEPS):
        if made.finished:
            break
        state = made.state
        answer = migrate(state, old, new, mapping, WORLD)
        if isinstance(answer, Moved):
            check_moved(old, new, made, mapping, answer, choose)
            counts["moved"] += 1
        else:
            assert answer
            assert all(it.reason and it.remedy for it in answer)
            counts["refused"] += 1
        assert waits(old, state, WORLD) == made.after
        made = step(old, made, choose, messages=0.3)
    return counts


@pytest.mark.parametrize("start", range(0, 60, 20))
def test_after_random_edits_each_instance_finishes_or_is_refused(start: int):
    counts = sum((walk(seed) for seed in range(start, start + 20)), Counter[str]())

    assert counts["moved"] > 20
    assert counts["refused"] > 0
