"""Activities: user tasks, steps, scripts, decisions, notices, loops and what undoes them."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from clearway.engine.values import FinishJob, ProcessFault, SeatSpec

Playing = Callable[..., Any]
EXTENSIONS = "<extensionElements>{}</extensionElements>"


def test_a_work_item_says_for_whom_it_is_and_until_when(play: Playing):
    run = play(
        "<laneSet id='ls'><lane id='l' clearway:role='service_desk'><flowNodeRef>u</flowNodeRef>"
        "</lane></laneSet><startEvent id='s'/><userTask id='u' name='Look at it' "
        "clearway:group='record.group' clearway:assignee='record.owner' "
        "clearway:due='duration(&quot;PT4H&quot;)' clearway:not-same-person-as='s'/>{s>u}",
        record={"group": "network", "owner": "carol"},
    )

    item = run.start().after.work_items[0]

    assert (item.element, item.name, item.role) == ("u", "Look at it", "service_desk")
    assert (item.group, item.assignee) == ("network", "carol")
    assert item.due == datetime(2026, 3, 2, 13, 0, tzinfo=UTC)
    assert item.not_same_person_as == ("s",)
    assert item.form is None


def test_a_work_item_stays_as_it_was_when_the_task_began(play: Playing):
    run = play(
        "<startEvent id='s'/><userTask id='u' clearway:group='record.group'/>"
        "<userTask id='v'/><parallelGateway id='g'/>{s>g g>u g>v}",
        record={"group": "network"},
    )
    before = run.start().after.work_items[0]
    run.record["group"] = "desktop"

    run.complete("v")

    assert run.waits.work_items[0] == before


def test_an_approval_brings_its_seats(play: Playing):
    seats = (
        "<clearway:seat id='chair' role='change_manager' mandatory='true' chair='true'/>"
        "<clearway:seat id='owner' person='record.owner' veto='true'/>"
    )
    run = play(
        "<startEvent id='s'/><userTask id='u' clearway:rule='cab' clearway:result='decision' "
        "clearway:excluded='[record.author, record.implementer]' "
        f"clearway:deadline='duration(&quot;P1D&quot;)'>{EXTENSIONS.format(seats)}</userTask>"
        f"{{s>u}}",
        record={"owner": "bob", "author": "alice", "implementer": None},
    )

    approval = run.start().after.work_items[0].approval

    assert approval is not None
    assert approval.rule == "cab"
    assert approval.result_field == "decision"
    assert approval.excluded == frozenset({"alice"})
    assert approval.deadline == datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
    assert approval.seats == (
        SeatSpec("chair", "change_manager", None, mandatory=True, chair=True),
        SeatSpec("owner", None, "bob", veto=True),
    )


def test_a_step_gets_its_inputs_and_its_answer_is_written(play: Playing):
    extra = (
        "<clearway:input name='who' value='record.caller'/>"
        "<clearway:output field='place' value='result.place'/>"
    )
    run = play(
        "<startEvent id='s'/><serviceTask id='w' clearway:step='find' clearway:retries='5'>"
        f"{EXTENSIONS.format(extra)}</serviceTask><endEvent id='e'/>{{s>w w>e}}",
        record={"caller": "alice"},
    )
    job = run.start().after.jobs[0]
    assert (job.step, job.inputs, job.retries) == ("find", {"who": "alice"}, 5)

    made = run.finish("w", place="Berlin")

    assert made.record == {"caller": "alice", "place": "Berlin"}
    assert [(c.field, c.before, c.after, c.element) for c in made.record_changes] == [
        ("place", None, "Berlin", "w")
    ]
    assert made.finished


def test_an_answer_that_comes_twice_is_not_caught(play: Playing):
    run = play(
        "<startEvent id='s'/><serviceTask id='w' clearway:step='find'/><userTask id='u'/>{s>w w>u}"
    )
    job = run.start().after.jobs[0]
    run.finish("w")

    assert not run.apply(FinishJob(job.token, {})).caught
    assert run.open() == ["u"]


def test_a_script_computes_into_a_variable_or_the_record(play: Playing):
    run = play(
        "<startEvent id='s'/><scriptTask id='a' clearway:result='total'><script>x * 2</script>"
        "</scriptTask><scriptTask id='b' clearway:result='record.sum'><script>total + 1</script>"
        "</scriptTask><endEvent id='e'/>{s>a a>b b>e}"
    )

    made = run.start(x=4)

    assert made.record == {"sum": Decimal(9)}
    computed = [h.details for h in made.happenings if h.kind == "computed"]
    assert computed[0] == {"name": "total", "value": Decimal(8)}


def test_a_script_may_write_several_fields_by_its_outputs(play: Playing):
    run = play(
        "<startEvent id='s'/><scriptTask id='a'><extensionElements>"
        "<clearway:output field='sum' value='result + 1'/>"
        "<clearway:output field='why' value='null'/>"
        "</extensionElements><script>x * 2</script></scriptTask><endEvent id='e'/>{s>a a>e}"
    )

    made = run.start(x=4)

    assert made.record["sum"] == Decimal(9)
    assert made.record.get("why") is None


def test_a_script_that_uses_an_unknown_name_is_a_fault(play: Playing):
    run = play(
        "<startEvent id='s'/><scriptTask id='a' clearway:result='y'><script>nobody + 1</script>"
        "</scriptTask>{s>a}"
    )

    with pytest.raises(ProcessFault, match="nobody"):
        run.start()


def test_a_variable_that_is_not_set_yet_is_null(play: Playing):
    run = play(
        "<startEvent id='s'/><exclusiveGateway id='g' default='g_a'/>"
        "<scriptTask id='a' clearway:result='tries'><script>1</script></scriptTask>"
        "<endEvent id='e'/>{s>g g>e[tries = 1] g>a a>e}"
    )

    run.start()

    assert "a" in run.done


def test_a_function_cannot_be_kept(play: Playing):
    run = play(
        "<startEvent id='s'/><scriptTask id='a' clearway:result='y'>"
        "<script>function(a) a + 1</script></scriptTask>{s>a}"
    )

    with pytest.raises(ProcessFault, match="cannot be kept"):
        run.start()


def test_what_was_copied_from_the_record_does_not_change_with_it(play: Playing):
    run = play(
        "<startEvent id='s'/><scriptTask id='a' clearway:result='before'><script>record</script>"
        "</scriptTask><scriptTask id='b' clearway:result='record.n'><script>2</script></scriptTask>"
        "<scriptTask id='c' clearway:result='record.old'><script>before.n</script></scriptTask>"
        "{s>a a>b b>c}",
        record={"n": Decimal(1)},
    )

    assert run.start().record["old"] == Decimal(1)


def test_people_are_told_by_a_notice(play: Playing):
    extra = "<clearway:input name='title' value='record.title'/>"
    run = play(
        "<startEvent id='s'/><sendTask id='n' clearway:notice='assigned' "
        f"clearway:to='[record.owner, null, &quot;desk&quot;]'>"
        f"{EXTENSIONS.format(extra)}</sendTask>"
        "<endEvent id='e'/>{s>n n>e}",
        record={"owner": "bob", "title": "No mail"},
    )

    notice = run.start().notices[0]

    assert (notice.template, notice.to, notice.element) == ("assigned", ("bob", "desk"), "n")
    assert notice.values == {"title": "No mail"}


def test_other_records_are_told_by_messages(play: Playing):
    message = "<messageEventDefinition messageRef='m1'/>"
    extra = EXTENSIONS.format("<clearway:input name='child' value='key'/>")
    run = play(
        "<startEvent id='s'/><intermediateThrowEvent id='t' clearway:to='record.parents'>"
        f"{extra}{message}</intermediateThrowEvent>"
        f"<endEvent id='e' clearway:start='problem'>{message}</endEvent>{{s>t t>e}}",
        record={"parents": ["INC-7", "INC-8"]},
    )

    told = run.start().messages

    assert [(m.name, m.to, m.starts) for m in told] == [
        ("m1", "INC-7", None),
        ("m1", "INC-8", None),
        ("m1", None, "problem"),
    ]
    assert told[0].payload == {"child": "P-1"}


def test_a_message_start_event_writes_what_came_with_the_message(play: Playing):
    extra = EXTENSIONS.format("<clearway:output field='title' value='message.summary'/>")
    run = play(
        f"<startEvent id='s'>{extra}<messageEventDefinition messageRef='m1'/></startEvent>"
        "<endEvent id='e'/>{s>e}"
    )

    assert run.start("s", summary="Disk full").record == {"title": "Disk full"}


def test_rounds_see_their_item_and_hand_their_results_over(play: Playing):
    loop = (
        "<multiInstanceLoopCharacteristics><loopDataInputRef>record.names</loopDataInputRef>"
        "<loopDataOutputRef>greetings</loopDataOutputRef><inputDataItem id='i1' name='person'/>"
        "<outputDataItem id='o1' name='greeting'/></multiInstanceLoopCharacteristics>"
    )
    run = play(
        f"<startEvent id='s'/><subProcess id='sp'>{loop}<startEvent id='s1'/>"
        "<scriptTask id='a' clearway:result='greeting'>"
        '<script>"Hello " + person + string(loopCounter)</script></scriptTask>{s1>a}</subProcess>'
        "<scriptTask id='b' clearway:result='record.all'><script>greetings</script></scriptTask>"
        "{s>sp sp>b}",
        record={"names": ["Ann", "Bob"]},
    )

    assert run.start().record["all"] == ["Hello Ann1", "Hello Bob2"]
    assert run.count("sp") == 2


def test_a_repeated_user_task_shows_the_item_of_each_round(play: Playing):
    loop = (
        "<multiInstanceLoopCharacteristics isSequential='true'><loopDataInputRef>record.names"
        "</loopDataInputRef><inputDataItem id='i1' name='person'/>"
        "</multiInstanceLoopCharacteristics>"
    )
    run = play(
        f"<startEvent id='s'/><userTask id='u' clearway:assignee='person'>{loop}</userTask>{{s>u}}",
        record={"names": ["ann", "bob"]},
    )
    run.start()
    first = run.waits.work_items[0]

    run.complete("u")

    assert (first.item, first.assignee) == ("ann", "ann")
    assert (run.waits.work_items[0].item, run.waits.work_items[0].assignee) == ("bob", "bob")


def test_a_completion_condition_sees_what_was_collected(play: Playing):
    loop = (
        "<multiInstanceLoopCharacteristics isSequential='true'>"
        "<loopCardinality>9</loopCardinality><loopDataOutputRef>votes</loopDataOutputRef>"
        "<outputDataItem id='o1' name='vote'/>"
        "<completionCondition>sum(votes) >= 6</completionCondition>"
        "</multiInstanceLoopCharacteristics>"
    )
    run = play(
        f"<startEvent id='s'/><scriptTask id='a' clearway:result='vote'>{loop}"
        "<script>loopCounter</script></scriptTask><endEvent id='e'/>{s>a a>e}"
    )

    run.start()

    assert run.count("a") == 3


def test_an_empty_collection_is_no_work(play: Playing):
    loop = (
        "<multiInstanceLoopCharacteristics><loopDataInputRef>record.names</loopDataInputRef>"
        "</multiInstanceLoopCharacteristics>"
    )
    run = play(
        f"<startEvent id='s'/><userTask id='u'>{loop}</userTask><endEvent id='e'/>{{s>u u>e}}",
        record={"names": []},
    )

    assert run.start().finished
    assert run.open() == []


@pytest.mark.parametrize("count", ["-1", "1.5", "null", "5001", '"three"'])
def test_a_count_of_rounds_that_is_none_is_a_fault(play: Playing, count: str):
    loop = (
        f"<multiInstanceLoopCharacteristics><loopCardinality>{count}</loopCardinality>"
        "</multiInstanceLoopCharacteristics>"
    )
    run = play(f"<startEvent id='s'/><userTask id='u'>{loop}</userTask>{{s>u}}")

    with pytest.raises(ProcessFault):
        run.start()


UNDO = (
    "<boundaryEvent id='b{0}' attachedToRef='{0}'><compensateEventDefinition/></boundaryEvent>"
    "<userTask id='undo_{0}' isForCompensation='true'/>"
    "<association id='as{0}' associationDirection='One' sourceRef='b{0}' targetRef='undo_{0}'/>"
)


def test_what_was_done_is_undone_backwards_one_by_one(play: Playing):
    run = play(
        f"<startEvent id='s'/><task id='a'/><task id='b'/>{UNDO.format('a')}{UNDO.format('b')}"
        "<intermediateThrowEvent id='t'><compensateEventDefinition/></intermediateThrowEvent>"
        "<endEvent id='e'/>{s>a a>b b>t t>e}"
    )
    run.start()
    assert run.open() == ["undo_b"]

    run.complete("undo_b")
    assert run.open() == ["undo_a"]
    run.complete("undo_a")

    assert run.last.finished
    assert run.done[-2:] == ["t", "e"]


def test_only_what_has_completed_is_undone_and_only_once(play: Playing):
    run = play(
        f"<startEvent id='s'/><task id='a'/><task id='b'/>{UNDO.format('a')}{UNDO.format('b')}"
        "<intermediateThrowEvent id='t1'><compensateEventDefinition/></intermediateThrowEvent>"
        "<intermediateThrowEvent id='t2'><compensateEventDefinition/></intermediateThrowEvent>"
        "<endEvent id='e'/>{s>a a>t1 t1>t2 t2>b b>e}"
    )
    run.start()

    run.complete("undo_a")

    assert run.last.finished
    assert run.count("undo_a") == 1


def test_cancelling_a_transaction_undoes_it_and_leaves_by_its_cancel_event(play: Playing):
    run = play(
        "<startEvent id='s'/><transaction id='tx'><startEvent id='s1'/><task id='a'/>"
        f"{UNDO.format('a')}<userTask id='side'/><parallelGateway id='g'/>"
        "<endEvent id='c'><cancelEventDefinition/></endEvent>{s1>a a>g g>side g>c}</transaction>"
        "<boundaryEvent id='bc' attachedToRef='tx'><cancelEventDefinition/></boundaryEvent>"
        "<endEvent id='e'/><endEvent id='away'/>{s>tx tx>e bc>away}"
    )
    run.start()
    assert run.open() == ["undo_a"]

    run.complete("undo_a")

    assert run.last.finished
    assert run.done[-2:] == ["bc", "away"]


def test_a_completed_subprocess_is_undone_from_the_inside(play: Playing):
    run = play(
        f"<startEvent id='s'/><subProcess id='sp'><startEvent id='s1'/><task id='a'/>"
        f"{UNDO.format('a')}{{s1>a}}</subProcess><userTask id='u'/>"
        "<endEvent id='t'><compensateEventDefinition/></endEvent>{s>sp sp>u u>t}"
    )
    run.start()

    run.complete("u")
    assert run.open() == ["undo_a"]

    assert run.complete("undo_a").finished


def test_a_called_process_runs_inside_its_caller(play: Playing):
    run = play(
        "<startEvent id='s'/><callActivity id='ca' calledElement='q'/><endEvent id='e'/>"
        "{s>ca ca>e}",
        "<process id='q' isExecutable='true'><startEvent id='s1'/><userTask id='u'/>"
        "{s1>u}</process>",
    )
    run.start()
    assert run.open() == ["u"]

    assert run.complete("u").finished


def test_a_process_that_calls_itself_without_end_is_a_fault(play: Playing):
    run = play(
        "<startEvent id='s'/><callActivity id='ca' calledElement='q'/>{s>ca}",
        "<process id='q' isExecutable='true'><startEvent id='s1'/>"
        "<callActivity id='cq' calledElement='q'/>{s1>cq}</process>",
    )

    with pytest.raises(ProcessFault, match="deeper than"):
        run.start()


def test_an_ad_hoc_subprocess_ends_when_its_condition_holds(play: Playing):
    run = play(
        "<startEvent id='s'/><adHocSubProcess id='sp'><userTask id='a'/><userTask id='b'/>"
        "<completionCondition>record.enough = true</completionCondition></adHocSubProcess>"
        "<endEvent id='e'/>{s>sp sp>e}"
    )
    run.start()
    assert sorted(run.open()) == ["a", "b"]
    run.record["enough"] = True

    assert run.complete("a").finished
    assert run.count("b") == 0
