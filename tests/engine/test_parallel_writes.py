"""Two branches that run side by side do not write one field, unless the record says how."""

from collections.abc import Callable
from typing import Any

import pytest
from steps import at_most

from clearway.engine import check
from clearway.engine.examine import examine
from clearway.engine.findings import Findings
from clearway.engine.gate import branches, parallel_writes
from clearway.engine.gate.say import Say

Drawing = Callable[..., Any]

LANE = "<laneSet id='ls'><lane id='l' clearway:role='service_desk'/></laneSet>"
FORM = {"type": "object", "properties": {"n": {"type": "integer"}}}
PART = "<startEvent id='s'/><parallelGateway id='p1'/><parallelGateway id='j'/><endEvent id='e'/>"
TWO = "{s>p1 p1>a p1>b a>j b>j j>c c>e}"


def _writes(name: str, field: str = "n") -> str:
    return (
        f"<scriptTask id='{name}' name='{name}' scriptFormat='feel' "
        f"clearway:result='record.{field}'><script>1</script></scriptTask>"
    )


def _refused(drawn: Drawing, body: str, merge: str | None = None, **files: Any) -> list[str | None]:
    shape: dict[str, Any] = {"type": "integer"}
    if merge is not None:
        shape["x-merge"] = merge
    record = {
        "type": "object",
        "x-key-prefix": "P",
        "properties": {"n": shape, "m": {"type": "integer"}},
    }
    found = check(drawn(LANE + body, record=record, **files), trusted=True)
    assert not [it for it in found if it.rule == "xsd"]
    return [it.element for it in found if it.rule == "written-twice"]


@pytest.mark.parametrize(
    "body",
    [
        PART + _writes("a") + _writes("b") + "<task id='c'/>" + TWO,
        PART + _writes("a") + "<task id='b'/>" + _writes("d") + "<task id='c'/>"
        "{s>p1 p1>a p1>b b>d a>j d>j j>c c>e}",
        # Beyond an inner gateway that joins, and in a round.
        "<startEvent id='s'/><exclusiveGateway id='again'/><parallelGateway id='p1'/>"
        "<parallelGateway id='p2'/><task id='x'/><task id='y'/><parallelGateway id='j2'/>"
        + _writes("a")
        + _writes("b")
        + "<parallelGateway id='j'/><exclusiveGateway id='more' default='more_again'/>"
        "<endEvent id='e'/>{s>again again>p1 p1>p2 p2>x p2>y x>j2 y>j2 j2>a a>j p1>b b>j j>more"
        " more>again more>e[record.n > 3]}",
        # No gateway: a task with two ways out.
        "<startEvent id='s'/><task id='p1'/>"
        + _writes("a")
        + _writes("b")
        + "<endEvent id='e'/>{s>p1 p1>a p1>b a>e b>e}",
        # An inclusive one, whose branches may both be taken.
        "<startEvent id='s'/><inclusiveGateway id='p1'/>"
        + _writes("a")
        + _writes("b")
        + "<inclusiveGateway id='j'/><endEvent id='e'/>"
        "{s>p1 p1>a[record.m > 1] p1>b[true] a>j b>j j>e}",
        # What lies in a subprocess of the branch.
        PART + "<subProcess id='q'><startEvent id='s2'/>" + _writes("a") + "<endEvent id='e2'/>"
        "{s2>a a>e2}</subProcess>" + _writes("b") + "<task id='c'/>"
        "{s>p1 p1>q p1>b q>j b>j j>c c>e}",
    ],
)
def test_a_second_branch_that_writes_one_field_is_refused(drawn: Drawing, body: str):
    assert _refused(drawn, body) == ["a"]
    assert _refused(drawn, body, merge="last") == []


def test_a_variable_that_two_branches_write_is_refused_as_a_field_is(drawn: Drawing):
    body = PART + _writes("a") + _writes("b") + "<task id='c'/>" + TWO

    assert _refused(drawn, body.replace("record.n", "n"), merge="last") == ["a"]


@pytest.mark.parametrize(
    "body",
    [
        PART + _writes("a") + _writes("b", "m") + "<task id='c'/>" + TWO,
        PART + "<task id='a'/>" + _writes("b") + _writes("c") + TWO,
        "<startEvent id='s'/><exclusiveGateway id='p1' default='p1_b'/>"
        + _writes("a")
        + _writes("b")
        + "<endEvent id='e'/>{s>p1 p1>a[record.m > 1] p1>b a>e b>e}",
        # One after the other, behind an event that interrupts a branch, in a round.
        PART + "<userTask id='a' name='A'/><boundaryEvent id='x' attachedToRef='a'>"
        "<messageEventDefinition messageRef='m1'/></boundaryEvent><task id='b'/>"
        + _writes("c")
        + _writes("d")
        + "<endEvent id='off'/>{s>p1 p1>a p1>b a>j b>j x>off j>c c>d d>e}",
    ],
)
def test_what_is_written_by_one_branch_alone_is_fine(drawn: Drawing, body: str):
    assert _refused(drawn, body) == []


def test_two_forms_that_write_one_field_are_refused(drawn: Drawing):
    body = PART + "<userTask id='a'/><userTask id='b'/><task id='c'/>" + TWO
    shown = {"type": "object", "properties": {"n": {"type": "integer", "readOnly": True}}}

    both = _refused(drawn, body, **{"p/forms/a.json": FORM, "p/forms/b.json": FORM})
    one = _refused(drawn, body, **{"p/forms/a.json": FORM, "p/forms/b.json": shown})

    assert (both, one) == (["a"], [])


def test_what_is_repeated_side_by_side_does_not_write_over_itself(drawn: Drawing):
    body = (
        "<startEvent id='s'/><scriptTask id='a' scriptFormat='feel' clearway:result='record.n'>"
        "<multiInstanceLoopCharacteristics{}><loopCardinality>3</loopCardinality>"
        "</multiInstanceLoopCharacteristics><script>1</script></scriptTask><endEvent id='e'/>"
        "{{s>a a>e}}"
    )

    assert _refused(drawn, body.format("")) == ["a"]
    assert _refused(drawn, body.format(" isSequential='true'")) == []


TIMER = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>"
BESIDE = (
    "<startEvent id='s'/>{host}<boundaryEvent id='b' name='Late' attachedToRef='u' "
    "cancelActivity='false'>{event}</boundaryEvent><userTask id='w'/>{more}<endEvent id='e'/>"
    "<endEvent id='f'/>"
)
ESCALATES = (
    "<subProcess id='u'><startEvent id='i'/><intermediateThrowEvent id='t'>"
    "<escalationEventDefinition escalationRef='es1'/></intermediateThrowEvent>"
    "<userTask id='inside'/>{i>t t>inside}</subProcess>"
)
ASIDE = (
    "<startEvent id='s'/><userTask id='u'/><endEvent id='e'/>{s>u u>e}"
    "<subProcess id='q' triggeredByEvent='true'><startEvent id='r' isInterrupting='INTERRUPTS'>"
    + TIMER
    + "</startEvent><userTask id='w'/><endEvent id='f'/>{r>w w>f}</subProcess>"
)


def _beside(host: str, event: str, more: str, flows: str) -> str:
    return BESIDE.format(host=host, event=event, more=more) + flows


@pytest.mark.parametrize(
    ("body", "forms"),
    [
        # The activity itself, what lies in it, what follows it.
        (_beside("<userTask id='u'/>", TIMER, "", "{s>u b>w u>e w>f}"), "uw"),
        (
            _beside(
                ESCALATES,
                "<escalationEventDefinition escalationRef='es1'/>",
                "",
                "{s>u b>w u>e w>f}",
            ),
            ("inside", "w"),
        ),
        (
            _beside("<userTask id='u'/>", TIMER, "<userTask id='v'/>", "{s>u b>w u>v v>e w>f}"),
            "vw",
        ),
        # An event subprocess beside all of its scope.
        (ASIDE.replace("INTERRUPTS", "false"), "uw"),
    ],
)
def test_what_lies_behind_an_event_runs_beside_the_work(drawn: Drawing, body: str, forms: Any):
    files: dict[str, Any] = {f"p/forms/{name}.json": FORM for name in forms}

    assert _refused(drawn, body, **files) == ["w"]
    assert _refused(drawn, body, merge="last", **files) == []


@pytest.mark.parametrize(
    ("body", "forms"),
    [
        # What the event itself brings, what comes of the event alone, however often.
        (_beside("<userTask id='u'/>", TIMER, "", "{s>u b>w u>e w>f}"), "ub"),
        (_beside("<userTask id='u'/>", TIMER, "", "{s>u b>w u>e w>f}"), "w"),
        (_beside("<userTask id='u'/>", TIMER, "<task id='v'/>", "{s>v v>u b>w u>e w>f}"), "vw"),
        (ASIDE.replace("INTERRUPTS", "false"), "ur"),
        (ASIDE.replace("INTERRUPTS", "true"), "uw"),
    ],
)
def test_an_event_is_a_moment_and_what_it_begins_is_beside_the_work_alone(
    drawn: Drawing, body: str, forms: str
):
    files: dict[str, Any] = {f"p/forms/{name}.json": FORM for name in forms}

    assert _refused(drawn, body, **files) == []


@pytest.mark.parametrize(
    ("body", "twice"),
    [
        # Nothing waits for both branches.
        (
            "<startEvent id='s'/><parallelGateway id='p1'/><task id='a'/><task id='b'/>"
            "<exclusiveGateway id='j'/><userTask id='u'/><endEvent id='e'/>"
            "{s>p1 p1>a p1>b a>j b>j j>u u>e}",
            "u",
        ),
        # Each round leaves one behind.
        (
            "<startEvent id='s'/><exclusiveGateway id='m'/><task id='a'/><parallelGateway id='p1'/>"
            "<userTask id='u'/><exclusiveGateway id='x' default='x_e'/><endEvent id='e'/>"
            "<endEvent id='f'/>{s>m m>a a>p1 p1>x x>m[record.m > 1] x>e p1>u u>f}",
            "u",
        ),
    ],
)
def test_what_may_be_open_twice_does_not_write_over_itself(drawn: Drawing, body: str, twice: str):
    form: dict[str, Any] = {f"p/forms/{twice}.json": FORM}

    assert _refused(drawn, body, **form) == [twice]
    assert _refused(drawn, body, merge="last", **form) == []


@pytest.mark.parametrize(
    "body",
    [
        # One of the two ways is the default: never both.
        "<startEvent id='s'/><exclusiveGateway id='m'/><userTask id='u'/>"
        "<task id='t' default='t_e'/><endEvent id='e'/>{s>m m>u u>t t>m[record.m > 1] t>e}",
        # A round that waits for its branches first.
        "<startEvent id='s'/><exclusiveGateway id='m'/><parallelGateway id='p1'/><userTask id='u'/>"
        "<task id='b'/><parallelGateway id='j'/><exclusiveGateway id='x' default='x_e'/>"
        "<endEvent id='e'/>{s>m m>p1 p1>u p1>b u>j b>j j>x x>m[record.m > 1] x>e}",
    ],
)
def test_one_round_after_the_other_is_fine(drawn: Drawing, body: str):
    form: dict[str, Any] = {"p/forms/u.json": FORM}

    assert _refused(drawn, body, **form) == []


def test_a_branch_that_joins_two_is_beside_the_third(drawn: Drawing):
    body = (
        "<startEvent id='s'/><parallelGateway id='p1'/><task id='x'/><task id='y'/>"
        "<parallelGateway id='j2'/>" + _writes("a") + _writes("b") + "<parallelGateway id='j'/>"
        "<endEvent id='e'/>{s>p1 p1>x p1>y p1>b x>j2 y>j2 j2>a a>j b>j j>e}"
    )

    # The one that begins alone is told first.
    assert _refused(drawn, body) == ["b"]


def _wide(branches: int) -> str:
    names = [f"t{number}" for number in range(branches)]
    tasks = "".join(f"<userTask id='{it}'/>" for it in names)
    flows = " ".join(f"p1>{it} {it}>j" for it in names)
    return PART + tasks + f"{{s>p1 {flows} j>e}}"


def test_many_branches_are_looked_at_one_by_one_and_not_two_by_two(drawn: Drawing):
    draft = examine(drawn(LANE + _wide(500)), trusted=True)
    findings = Findings()

    with at_most(calls=60_000):
        parallel_writes.check(draft.read.main, draft, Say("p/p.bpmn", findings))

    assert findings.found == []


def test_what_could_not_be_looked_at_whole_is_not_called_proven(
    drawn: Drawing, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(branches, "MOST_STEPS", 40)
    draft = examine(drawn(LANE + _wide(50)), trusted=True)
    findings = Findings()

    parallel_writes.check(draft.read.main, draft, Say("p/p.bpmn", findings))

    assert [(it.rule, str(it.severity)) for it in findings.found] == [
        ("writes-unproven", "warning")
    ]


def test_the_refusal_names_both_and_the_place_where_they_part(drawn: Drawing):
    body = LANE + PART + _writes("a") + _writes("b") + "<task id='c'/>" + TWO

    (found,) = (it for it in check(drawn(body), trusted=True) if it.rule == "written-twice")

    assert found.message == (
        "`a` and `b` may both write `n`, side by side after `p1`: which one counts would be chance."
    )
    assert '"x-merge": "last"' in found.remedy


def test_there_is_one_way_to_merge(drawn: Drawing):
    body = LANE + "<startEvent id='s'/><endEvent id='e'/>{s>e}"
    record = {"type": "object", "x-key-prefix": "P", "properties": {"n": {"x-merge": "sum"}}}

    found = check(drawn(body, record=record), trusted=True)

    assert "record-merge" in {it.rule for it in found}


UNDONE = (
    "<startEvent id='s'/><task id='x'/><boundaryEvent id='bx' attachedToRef='x'>"
    "<compensateEventDefinition/></boundaryEvent>"
    "<scriptTask id='u' isForCompensation='true' scriptFormat='feel' clearway:result='record.n'>"
    "<script>1</script></scriptTask>"
)
BY = "<association id='as' associationDirection='One' sourceRef='bx' targetRef='u'/>"


@pytest.mark.parametrize(
    ("body", "is_refused"),
    [
        # Undone in one branch, beside a writer in the other: all of it, or only this activity.
        (
            "<parallelGateway id='p1'/><parallelGateway id='j'/><endEvent id='e'/>"
            f"<intermediateThrowEvent id='a'><compensateEventDefinition {which}/>"
            f"</intermediateThrowEvent>{_writes('b', field)}{{s>x x>p1 p1>a p1>b a>j b>j j>e}}",
            field == "n",
        )
        for which in ("", "activityRef='x'")
        for field in ("n", "m")
    ]
    + [
        # By an end event inside a subprocess that is an activity of one branch.
        (
            "<parallelGateway id='p1'/><parallelGateway id='j'/><endEvent id='e'/>"
            "<subProcess id='a'><startEvent id='s1'/><task id='y'/>"
            "<boundaryEvent id='by' attachedToRef='y'><compensateEventDefinition/></boundaryEvent>"
            "<scriptTask id='uy' isForCompensation='true' scriptFormat='feel' "
            "clearway:result='record.n'><script>1</script></scriptTask>"
            "<endEvent id='e1'><compensateEventDefinition/></endEvent>{s1>y y>e1}<association "
            "id='asy' associationDirection='One' sourceRef='by' targetRef='uy'/></subProcess>"
            f"{_writes('b')}{{s>x x>p1 p1>a p1>b a>j b>j j>e}}",
            True,
        ),
        # The next in the same branch: only beside what the event does not wait for.
        *(
            (
                "<intermediateThrowEvent id='a'><compensateEventDefinition "
                f"waitForCompletion='{waits}'/></intermediateThrowEvent>{_writes('b')}"
                "<endEvent id='e'/>{s>x x>a a>b b>e}",
                waits == "false",
            )
            for waits in ("true", "false")
        ),
        # A button that undoes, while nothing else writes the field.
        (
            "<userTask id='w'/><endEvent id='e'/>{s>x x>w w>e}"
            "<subProcess id='es' triggeredByEvent='true'>"
            "<startEvent id='z' isInterrupting='false'><messageEventDefinition messageRef='m1'/>"
            "</startEvent><endEvent id='a'><compensateEventDefinition/></endEvent>{z>a}"
            "</subProcess>",
            False,
        ),
        # From within an event subprocess that does not interrupt, beside the work.
        (
            f"{_writes('b')}<userTask id='w'/><endEvent id='e'/>{{s>x x>w w>b b>e}}"
            "<subProcess id='es' triggeredByEvent='true'>"
            "<startEvent id='z' isInterrupting='false'><messageEventDefinition messageRef='m1'/>"
            "</startEvent><endEvent id='a'><compensateEventDefinition/></endEvent>{z>a}"
            "</subProcess>",
            True,
        ),
    ],
)
def test_what_undoes_writes_where_it_is_thrown(drawn: Drawing, body: str, is_refused: bool):
    assert bool(_refused(drawn, UNDONE + body + BY)) is is_refused
