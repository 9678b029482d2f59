"""The gate: what would run wrongly is refused, with element, cause and remedy."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from clearway.engine import check
from clearway.engine.values import Bundle, Finding, Severity, Surroundings

Drawing = Callable[..., Any]
RECORD = {
    "type": "object",
    "x-key-prefix": "P",
    "x-title": "title",
    "properties": {"title": {"type": "string"}, "impact": {"type": "integer"}},
}
CONFIRM = {"type": "object", "properties": {}}
LANE = (
    "<laneSet id='ls'><lane id='l' clearway:role='service_desk'><flowNodeRef>u</flowNodeRef>"
    "</lane></laneSet>"
)


def errors(findings: list[Finding]) -> list[tuple[str | None, str]]:
    return [(f.element, f.rule) for f in findings if f.severity is Severity.ERROR]


def refused(
    drawn: Drawing, body: str, after: str = "", **files: Any
) -> list[tuple[str | None, str]]:
    files.setdefault("record", RECORD)
    return errors(check(drawn(body, after, **files), trusted=True))


def test_a_complete_process_has_no_findings(drawn: Drawing):
    body = f"{LANE}<startEvent id='s'/><userTask id='u' name='Look'/><endEvent id='e'/>{{s>u u>e}}"

    assert check(drawn(body, record=RECORD, **{"p/forms/u.json": CONFIRM}), trusted=True) == []


def test_every_finding_says_where_why_and_what_to_do(drawn: Drawing):
    body = "<startEvent id='s'/><exclusiveGateway id='g'/><task id='a'/><task id='b'/>{s>g g>a g>b}"

    findings = check(drawn(body), trusted=True)

    assert findings
    for finding in findings:
        assert finding.file.startswith("p/")
        assert finding.message.endswith(".")
        assert finding.remedy.endswith((".", "?"))


@pytest.mark.parametrize(
    ("body", "element", "rule"),
    [
        ("<startEvent id='s'/><userTask id='u' name='x'/>{s>u}", "u", "lane-missing"),
        ("<startEvent id='s'/><serviceTask id='w'/>{s>w}", "w", "step-missing"),
        ("<startEvent id='s'/><scriptTask id='c' clearway:result='x'/>"
        "{s>c}", "c", "script-missing"),
        (
            "<startEvent id='s'/><scriptTask id='c' scriptFormat='python' clearway:result='x'>"
            "<script>1</script></scriptTask>{s>c}",
            "c",
            "script-language",
        ),
        ("<startEvent id='s'/><scriptTask id='c'><script>1</script></scriptTask>"
        "{s>c}", "c", "result-missing"),
        (
            "<startEvent id='s'/><scriptTask id='c' clearway:result='record.nothing'>"
            "<script>1</script></scriptTask>{s>c}",
            "c",
            "field-missing",
        ),
        (
            "<startEvent id='s'/><scriptTask id='c' clearway:result='if'><script>1</script>"
            "</scriptTask>{s>c}",
            "c",
            "variable-name",
        ),
        ("<startEvent id='s'/><businessRuleTask id='d'/>{s>d}", "d", "decision-missing"),
        (
            "<startEvent id='s'/><businessRuleTask id='d' clearway:decision='gone'/>{s>d}",
            "d",
            "decision-missing",
        ),
        (
            "<startEvent id='s'/><sendTask id='n' clearway:notice='gone' clearway:to='key'/>{s>n}",
            "n",
            "notice-missing",
        ),
        ("<startEvent id='s'/><sendTask id='n'/>{s>n}", "n", "notice-missing"),
        (
            "<startEvent id='s'/><sendTask id='n' messageRef='m1' clearway:to='key'"
            " clearway:expires='P1X'/>{s>n}",
            "n",
            "expires",
        ),
        (
            "<startEvent id='s'/><sendTask id='n' messageRef='m1' clearway:expires='PT0S'/>{s>n}",
            "n",
            "expires-place",
        ),
        (
            "<startEvent id='s'/><sendTask id='n' clearway:notice='x' clearway:to='key'"
            " clearway:expires='PT0S'/>{s>n}",
            "n",
            "expires-place",
        ),
        (
            "<startEvent id='s'/><task id='t' clearway:expires='PT0S'/>{s>t}",
            "t",
            "attribute-unknown",
        ),
        ("<startEvent id='s'/><task id='t' clearway:colour='red'/>{s>t}", "t", "attribute-unknown"),
        ("<startEvent id='s'/><task id='t' clearway:state=' '/>{s>t}", "t", "attribute-empty"),
        ("<startEvent id='s'/><task id='t'/><task id='lost'/>{s>t}", "lost", "unreachable"),
        (
            "<startEvent id='s'/><exclusiveGateway id='g' default='g_a'/><task id='a'/>"
            "<task id='b'/>"
            "{s>g g>a g>b[record.impackt = 1]}",
            "g",
            "field-unknown",
        ),
        (
            "<startEvent id='s'/><exclusiveGateway id='g' default='g_a'/><task id='a'/>"
            "<task id='b'/>"
            "{s>g g>a g>b[impact = 1]}",
            "g",
            "name-unknown",
        ),
        (
            "<startEvent id='s'/><exclusiveGateway id='g' default='g_a'/><task id='a'/>"
            "<task id='b'/>"
            "{s>g g>a g>b[record.impact == 1]}",
            "g",
            "expression",
        ),
        (
            "<startEvent id='s'/><userTask id='u' clearway:role='r' clearway:rule='cab'/>{s>u}",
            "u",
            "seats-missing",
        ),
        (
            "<startEvent id='s'/><userTask id='u' clearway:role='r' clearway:result='title'/>{s>u}",
            "u",
            "rule-missing",
        ),
        (
            "<startEvent id='s'/><userTask id='u' clearway:role='r' clearway:reasons='title'/>"
            "{s>u}",
            "u",
            "rule-missing",
        ),
        (
            "<startEvent id='s'/><userTask id='u' clearway:rule='cab' clearway:result='title' "
            "clearway:conditions='nothing'>"
            "<extensionElements><clearway:seat id='a' role='r'/></extensionElements></userTask>"
            "{s>u}",
            "u",
            "field-missing",
        ),
        (
            "<startEvent id='s'/><userTask id='u' clearway:rule='cab' clearway:result='title' "
            "clearway:reasons='impact'>"
            "<extensionElements><clearway:seat id='a' role='r'/></extensionElements></userTask>"
            "{s>u}",
            "u",
            "result-type",
        ),
        (
            "<startEvent id='s'/><userTask id='u' clearway:rule='cab' clearway:result='title'>"
            "<extensionElements><clearway:seat id='a' role='r' mandatory='yes'/>"
            "</extensionElements></userTask>{s>u}",
            "u",
            "own-attribute",
        ),
        (
            "<startEvent id='s'/><userTask id='u' clearway:rule='cab' clearway:result='title'>"
            "<extensionElements><clearway:seat id='a' role='r' vote='true'/>"
            "</extensionElements></userTask>{s>u}",
            "u",
            "own-attribute",
        ),
        (
            "<startEvent id='s'/><userTask id='u' clearway:role='r' "
            "clearway:not-same-person-as='t'/><task id='t'/>{s>u u>t}",
            "u",
            "same-person",
        ),
        (
            "<startEvent id='s'/>"
            "<serviceTask id='w' clearway:step='x' clearway:retries='many'/>{s>w}",
            "w",
            "retries",
        ),
        (
            "<startEvent id='s'/><endEvent id='e'><messageEventDefinition messageRef='m1'/>"
            "</endEvent>{s>e}",
            "e",
            "message-uncaught",
        ),
        (
            "<startEvent id='s'/><callActivity id='c' calledElement='gone'/>{s>c}",
            "c",
            "called-missing",
        ),
        (
            "<startEvent id='s'/><serviceTask id='w' clearway:step='x'><extensionElements>"
            "<clearway:output field='nothing' value='result.a'/></extensionElements>"
            "</serviceTask>{s>w}",
            "w",
            "field-missing",
        ),
        (
            "<startEvent id='s'/><task id='t'><extensionElements><clearway:wish/>"
            "</extensionElements></task>{s>t}",
            "t",
            "own-element",
        ),
    ],
)  # fmt: skip
def test_what_the_house_asks_for_is_missed(drawn: Drawing, body: str, element: str, rule: str):
    assert (element, rule) in refused(drawn, body)


@pytest.mark.parametrize(
    ("body", "element", "rule"),
    [
        ("<startEvent id='s'/><startEvent id='s2'/><task id='t'/>"
        "{s>t s2>t}", "s2", "start-several"),
        ("<exclusiveGateway id='a'/><task id='b'/>{a>b b>a}", "p", "start-missing"),
        (
            "<startEvent id='s'/><exclusiveGateway id='g'/><task id='a'/><task id='b'/>"
            "{s>g g>a g>b}",
            "g_a",
            "condition-missing",
        ),
        (
            "<startEvent id='s'/><parallelGateway id='g'/><task id='a'/><task id='b'/>"
            "{s>g g>a[x] g>b}",
            "g_a",
            "condition-unused",
        ),
        (
            "<startEvent id='s'/><complexGateway id='g'/><task id='a'/><task id='b'/>"
            "<task id='c'/>{s>a s>b a>g b>g g>c}",
            "g",
            "complex-gateway",
        ),
        (
            "<startEvent id='s'/><eventBasedGateway id='g'/><task id='a'/><task id='b'/>"
            "{s>g g>a g>b}",
            "a",
            "event-gateway",
        ),
        (
            "<startEvent id='s'/><endEvent id='e'><timerEventDefinition/></endEvent>{s>e}",
            "e",
            "event-place",
        ),
        (
            "<startEvent id='s'/><endEvent id='e'><cancelEventDefinition/></endEvent>{s>e}",
            "e",
            "cancel",
        ),
        (
            "<startEvent id='s'/><endEvent id='e'><errorEventDefinition/></endEvent>{s>e}",
            "e",
            "error-missing",
        ),
        (
            "<startEvent id='s'/><intermediateThrowEvent id='t'><linkEventDefinition name='L'/>"
            "</intermediateThrowEvent>{s>t}",
            "t",
            "link",
        ),
        (
            "<startEvent id='s'/><task id='a'/><boundaryEvent id='b' attachedToRef='a'>"
            "<compensateEventDefinition/></boundaryEvent>{s>a}",
            "b",
            "undo-missing",
        ),
        (
            "<startEvent id='s'/><task id='a'/><boundaryEvent id='b' attachedToRef='a'>"
            "<compensateEventDefinition/></boundaryEvent><task id='u' isForCompensation='true'/>"
            "<task id='v' isForCompensation='true'/>{s>a}<association id='as' sourceRef='b' "
            "targetRef='u'/><association id='at' sourceRef='b' targetRef='v'/>",
            "b",
            "undo-several",
        ),
        (
            "<startEvent id='s'/><task id='a'><multiInstanceLoopCharacteristics/></task>{s>a}",
            "a",
            "loop-count",
        ),
        (
            "<startEvent id='s'/><task id='a'><standardLoopCharacteristics/></task>{s>a}",
            "a",
            "loop-endless",
        ),
        (
            "<startEvent id='s'/><adHocSubProcess id='a' ordering='Sequential'><task id='b'/>"
            "</adHocSubProcess>{s>a}",
            "a",
            "ad-hoc",
        ),
        (
            "<startEvent id='s'/><task id='t'/>{s>t}<subProcess id='es' triggeredByEvent='true'>"
            "<startEvent id='x'/><task id='h'/>{x>h}</subProcess>",
            "x",
            "event-place",
        ),
        (
            "<startEvent id='s'/><intermediateCatchEvent id='c' parallelMultiple='true'>"
            "<messageEventDefinition messageRef='m1'/><signalEventDefinition signalRef='g1'/>"
            "</intermediateCatchEvent>{s>c}",
            "c",
            "event-parallel",
        ),
        (
            "<startEvent id='s'/><receiveTask id='r' instantiate='true' messageRef='m1'/>{s>r}",
            "r",
            "instantiate",
        ),
        (
            "<startEvent id='s'/><subProcess id='a'/>{s>a}",
            "a",
            "empty",
        ),
        (
            "<startEvent id='s'/><task id='a'/>{s>a a>gone}",
            "a_gone",
            "flow-end",
        ),
        (
            "<startEvent id='s'/><subProcess id='p'><startEvent id='q'/><receiveTask id='r' "
            "messageRef='m'/><endEvent id='o'/>{q>r r>o}</subProcess>{s>p gone>p}",
            "gone_p",
            "flow-end",
        ),
        (
            "<startEvent id='s'/><eventBasedGateway id='g'/><receiveTask id='r' messageRef='m'/>"
            "{s>g g>r g>gone}",
            "g_gone",
            "flow-end",
        ),
    ],
)  # fmt: skip
def test_a_construct_that_would_run_wrongly_is_refused(
    drawn: Drawing, body: str, element: str, rule: str
):
    assert (element, rule) in errors(check(drawn(body), strict=False, trusted=True))


UNHEARD = [
    (
        "<startEvent id='s'><timerEventDefinition><timeCycle>R/P1D</timeCycle>"
        "</timerEventDefinition></startEvent><task id='t'/>{s>t}",
        "s",
        "start-timer",
    ),
    (
        "<startEvent id='s'><signalEventDefinition signalRef='g1'/></startEvent><task id='t'/>"
        "{s>t}",
        "s",
        "start-signal",
    ),
    (
        "<startEvent id='s'><conditionalEventDefinition><condition>1 = 1</condition>"
        "</conditionalEventDefinition></startEvent><task id='t'/>{s>t}",
        "s",
        "start-conditional",
    ),
]


@pytest.mark.parametrize(("body", "element", "rule"), UNHEARD)
def test_what_nobody_here_would_act_upon_is_refused(
    drawn: Drawing, body: str, element: str, rule: str
):
    assert (element, rule) in refused(drawn, body)
    assert rule not in [it.rule for it in check(drawn(body), strict=False, trusted=True)]


def test_a_timer_that_belongs_to_a_record_is_heard(drawn: Drawing):
    cycle = "<timerEventDefinition><timeCycle>R/P1D</timeCycle></timerEventDefinition>"
    body = (
        f"{LANE}<startEvent id='s'/><userTask id='u' name='Look'/>"
        f"<boundaryEvent id='b' attachedToRef='u' cancelActivity='false'>{cycle}</boundaryEvent>"
        "<task id='n'/>{s>u b>n}<subProcess id='es' triggeredByEvent='true'>"
        f"<startEvent id='x' isInterrupting='false'>{cycle}</startEvent><task id='h'/>{{x>h}}"
        "</subProcess>"
    )

    assert refused(drawn, body) == []


def test_the_form_of_an_approval_only_shows(drawn: Drawing):
    body = (
        f"{LANE}<startEvent id='s'/><userTask id='u' name='x' clearway:rule='cab' "
        "clearway:result='title'><extensionElements><clearway:seat id='a' role='r'/>"
        "</extensionElements></userTask>{s>u}"
    )
    form = {"type": "object", "properties": {"title": {"type": "string"}}}
    shown = {"type": "object", "properties": {"title": {"type": "string", "readOnly": True}}}

    assert refused(drawn, body, **{"p/forms/u.json": form}) == [("u", "approval-form")]
    assert refused(drawn, body, **{"p/forms/u.json": shown}) == []


def test_forms_hold_only_fields_of_the_record_or_of_history(drawn: Drawing):
    body = f"{LANE}<startEvent id='s'/><userTask id='u' name='x'/>{{s>u}}"
    form = {
        "type": "object",
        "properties": {
            "title": {"type": "string"},
            "note": {"type": "string", "x-comment": "internal"},
            "reason": {"type": "string", "x-only": True},
            "wish": {"type": "string"},
        },
        "required": ["gone"],
    }

    found = refused(drawn, body, **{"p/forms/u.json": form, "p/forms/nobody.json": {}})

    assert sorted(found) == [("nobody", "form-unused"), ("u", "form-field"), ("u", "form-required")]


@pytest.mark.parametrize(
    ("more", "is_told"),
    [
        ({"allOf": [{"if": {"required": ["title"]}, "then": {"required": []}}]}, True),
        ({"if": {"required": ["title"]}, "then": {}}, True),
        ({"dependentRequired": {"title": []}}, True),
        ({"allOf": [{"if": {"required": ["title"]}, "then": {"required": ["title"]}}]}, False),
        ({"dependentRequired": {"title": ["title"]}}, False),
    ],
)
def test_a_condition_that_asks_for_nothing_is_told(
    drawn: Drawing, more: dict[str, Any], is_told: bool
):
    body = f"{LANE}<startEvent id='s'/><userTask id='u' name='x'/>{{s>u}}"
    form = {"type": "object", "properties": {"title": {"type": "string"}}, **more}

    found = check(drawn(body, **{"p/forms/u.json": form}), trusted=True)

    assert any(it.rule == "form-condition" for it in found) is is_told


@pytest.mark.parametrize(
    ("shape", "rule"),
    [
        ({"type": "string", "x-sugest": "people"}, "form-key"),
        ({"type": "string", "format": "date", "x-ahead": True}, "form-ahead"),
        ({"type": "string", "format": "date-time", "x-after": "impact"}, "form-after"),
        ({"type": "string", "x-after": "title"}, "form-after"),
        ({"type": "string", "x-why": "note"}, "form-why"),
        ({"type": "string", "x-why": "title"}, "form-why"),
        ({"type": "string", "x-other-than": "note"}, "form-other"),
        ({"type": "string", "x-other-than": "title"}, "form-other"),
        ({"type": "string", "x-link": "likes"}, "form-link"),
        ({"type": "string", "x-open": True}, "form-link"),
        ({"type": "string", "x-in": ["new"]}, "form-link"),
        ({"type": "string", "x-link": "part_of", "x-in": "new"}, "form-link"),
        ({"type": "string", "x-past": True}, "form-ahead"),
        ({"type": "string", "format": "date-time", "x-past": True, "x-ahead": True}, "form-ahead"),
        ({"type": "string", "x-of": ["incident"]}, "form-link"),
        ({"type": "string", "x-link": "part_of", "x-of": "incident"}, "form-link"),
        ({"type": "string", "x-link": "part_of", "x-open": "yes"}, "form-link"),
        ({"type": "string", "x-link": "part_of", "x-only": True}, "form-link"),
        ({"type": "string", "x-new": "person"}, "form-new"),
        ({"type": "string", "x-new": ["people"]}, "form-new"),
        ({"type": "string", "x-new": "people", "x-suggest": "people"}, "form-new"),
        ({"type": "boolean", "x-new": "people", "x-only": True}, "form-new"),
        ({"type": "string", "x-voice": "title"}, "form-decider"),
        ({"type": "string", "format": "date-time", "x-voice": "title"}, "form-decider"),
        ({"type": "string", "x-does": "lost", "x-suggest": "people"}, "form-decider"),
        ({"type": "string", "x-among": "title"}, "form-decider"),
        ({"type": "string", "x-decider": "title"}, "form-decider"),
        ({"type": "string", "x-decider": {"service": "title"}}, "form-decider"),
        ({"type": "string", "x-decider": {"service": "lost", "roles": ["r"]}}, "form-decider"),
    ],
)
def test_a_key_of_ours_in_a_form_means_something(drawn: Drawing, shape: dict[str, Any], rule: str):
    body = f"{LANE}<startEvent id='s'/><userTask id='u' name='x'/>{{s>u}}"
    form = {"type": "object", "properties": {"title": shape}}

    assert refused(drawn, body, **{"p/forms/u.json": form}) == [("u", rule)]


def test_a_field_of_which_a_form_says_nothing_is_no_moment(drawn: Drawing):
    body = f"{LANE}<startEvent id='s'/><userTask id='u' name='x'/>{{s>u}}"
    who = {"type": "string", "x-only": True, "x-voice": "title"}
    form = {"type": "object", "properties": {"title": True, "who": who}}

    assert refused(drawn, body, **{"p/forms/u.json": form}) == [("u", "form-decider")]


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({"properties": {"title": {"type": "string", "pattern": "(("}}}, "schema"),
        ({"properties": {"title": {"type": "string", "enum": ["one", 2]}}}, "schema-choice"),
        (
            {"properties": {"title": {"type": "string"}}, "patternProperties": {"^x": {}}},
            "schema-pattern",
        ),
    ],
)
def test_what_a_form_asks_of_texts_can_be_looked_at(
    drawn: Drawing, more: dict[str, Any], rule: str
):
    body = f"{LANE}<startEvent id='s'/><userTask id='u' name='x'/>{{s>u}}"

    found = check(
        drawn(body, record=RECORD, **{"p/forms/u.json": {"type": "object", **more}}), trusted=True
    )

    assert [it.rule for it in found if it.severity is Severity.ERROR] == [rule]


@pytest.mark.parametrize(
    "path", ["p/notes.txt", "p/messages/told.md", "p/form/u.json", "p/scenarios/path.yaml.orig"]
)
def test_a_file_that_nothing_reads_is_named(drawn: Drawing, path: str):
    body = f"{LANE}<startEvent id='s'/><userTask id='u' name='Look'/><endEvent id='e'/>{{s>u u>e}}"
    files = {"p/forms/u.json": CONFIRM, "p/README.md": {}, path: {}}

    [finding] = check(drawn(body, record=RECORD, **files), trusted=True)

    assert (finding.file, finding.rule) == (path, "file-unread")
    assert finding.severity is Severity.WARNING


def test_a_process_that_nothing_calls_is_said_to_be_unchecked(drawn: Drawing):
    other = (
        b"<definitions id='o' targetNamespace='o' "
        b"xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL'><process id='other'>"
        b"<userTask id='lost'/></process></definitions>"
    )
    bundle = drawn("<startEvent id='s'/><endEvent id='e'/>{s>e}", **{"p/other.bpmn": other})

    found = [it for it in check(bundle, trusted=True) if it.rule == "process-uncalled"]

    assert [(it.file, it.element) for it in found] == [("p/other.bpmn", "other")]


@pytest.mark.parametrize(
    "shape",
    [
        {"type": "string", "x-link": "waits_for", "x-of": ["incident"], "x-open": True},
        {"type": "string", "x-link": "part_of"},
        {"type": "string", "x-new": "people"},
    ],
)
def test_a_field_may_name_another_record_or_give_a_new_name(drawn: Drawing, shape: dict[str, Any]):
    body = f"{LANE}<startEvent id='s'/><userTask id='u' name='x'/>{{s>u}}"
    form = {"type": "object", "properties": {"title": shape}}

    assert refused(drawn, body, **{"p/forms/u.json": form}) == []


@pytest.mark.parametrize(("asked", "rules"), [("waits_for", []), ("wait_for", ["link-unknown"])])
def test_only_kinds_of_links_lead_here(drawn: Drawing, asked: str, rules: list[str]):
    body = (
        "<startEvent id='s'/><exclusiveGateway id='g' default='g_a'/><task id='a'/>"
        f"<task id='b'/>{{s>g g>a g>b[count(linked.{asked}) > 0]}}"
    )

    found = check(drawn(body, record=RECORD), trusted=True)

    assert [it.rule for it in found] == rules


@pytest.mark.parametrize(
    ("attributes", "rules"),
    [
        ("clearway:action='Go' clearway:only='record.title'", []),
        ("clearway:action='Go' clearway:only='record.owner'", [("c", "field-missing")]),
        ("clearway:action='Go' clearway:only='title'", [("c", "only")]),
        ("clearway:only='record.title'", [("c", "only-place"), ("c", "wait-forever")]),
        ("clearway:action='Go' clearway:group='record.title'", []),
        ("clearway:action='Go' clearway:group='record.owner'", [("c", "field-missing")]),
        ("clearway:action='Go' clearway:group='title'", [("c", "group")]),
        ("clearway:group='record.title'", [("c", "group-place"), ("c", "wait-forever")]),
        ("clearway:action='Go' clearway:also='record.title'", []),
        ("clearway:action='Go' clearway:also='record.owner'", [("c", "field-missing")]),
        ("clearway:action='Go' clearway:also='title'", [("c", "also")]),
        ("clearway:also='record.title'", [("c", "also-place"), ("c", "wait-forever")]),
        (
            "clearway:action='Go' clearway:also='record.title' clearway:only='record.title'",
            [("c", "only-also")],
        ),
    ],
)
def test_who_alone_or_also_may_send_is_a_field_of_the_record(
    drawn: Drawing, attributes: str, rules: list[tuple[str, str]]
):
    body = (
        f"{LANE}<startEvent id='s'/><intermediateCatchEvent id='c' name='x' {attributes}>"
        "<messageEventDefinition messageRef='m1'/></intermediateCatchEvent>{s>c}"
    )

    assert refused(drawn, body) == rules


@pytest.mark.parametrize(
    ("holder", "rules"),
    [
        ("record.title", []),
        ("record.owner", [("u", "field-missing")]),
        ("title", [("u", "holder")]),
    ],
)
def test_who_has_a_task_stands_in_a_field_of_the_record(
    drawn: Drawing, holder: str, rules: list[tuple[str, str]]
):
    task = f"<userTask id='u' name='x' clearway:holder='{holder}'/>"
    body = f"{LANE}<startEvent id='s'/>{task}{{s>u}}"

    assert refused(drawn, body, **{"p/forms/u.json": CONFIRM}) == rules


@pytest.mark.parametrize(
    ("start", "rules"),
    [
        ("<startEvent id='s' clearway:holder='record.title'/>", []),
        ("<startEvent id='s' clearway:holder='record.owner'/>", [("s", "field-missing")]),
        ("<startEvent id='s' clearway:holder='title'/>", [("s", "holder")]),
        (
            "<startEvent id='s' clearway:holder='record.title'>"
            "<messageEventDefinition messageRef='m1'/></startEvent>",
            [],
        ),
        (
            "<startEvent id='s' clearway:holder='record.title'><timerEventDefinition>"
            "<timeCycle>R/P1D</timeCycle></timerEventDefinition></startEvent>",
            [("s", "attribute-unknown"), ("s", "start-timer")],
        ),
        (
            "<startEvent id='s' clearway:action='Go' clearway:only='record.title'>"
            "<messageEventDefinition messageRef='m1'/></startEvent>",
            [("s", "attribute-unknown")],
        ),
    ],
)
def test_who_opens_a_record_may_stand_in_a_field_of_it(
    drawn: Drawing, start: str, rules: list[tuple[str, str]]
):
    assert refused(drawn, f"{start}<endEvent id='e'/>{{s>e}}") == rules


@pytest.mark.parametrize(
    ("roles", "rules"),
    [
        ("service_desk", []),
        ("service_desk resolver", []),
        (" resolver  service_desk ", []),
        ("service_desk resolver service_desk", [("c", "role-twice")]),
        ("service_desk cook waiter", [("c", "role-missing"), ("c", "role-missing")]),
    ],
)
def test_a_message_event_names_roles_that_there_are(
    drawn: Drawing, roles: str, rules: list[tuple[str, str]]
):
    body = (
        "<startEvent id='s'/><intermediateCatchEvent id='c' name='x' clearway:action='Go' "
        f"clearway:role='{roles}'><messageEventDefinition messageRef='m1'/>"
        "</intermediateCatchEvent>{s>c}"
    )
    known = Surroundings(roles=frozenset({"service_desk", "resolver"}))

    assert errors(check(drawn(body, record=RECORD), known, trusted=True)) == rules


@pytest.mark.parametrize(
    ("body", "element"),
    [
        ("<startEvent id='s'/><userTask id='u' name='x' clearway:role='a b'/>{s>u}", "u"),
        ("<startEvent id='s' clearway:role='a b'/><userTask id='u' name='x'/>{s>u}", "s"),
    ],
)
def test_only_a_message_event_names_several_roles(drawn: Drawing, body: str, element: str):
    lane = LANE if element == "s" else ""

    assert refused(drawn, lane + body, **{"p/forms/u.json": CONFIRM}) == [(element, "role-many")]


def test_a_lane_has_one_role(drawn: Drawing):
    lane = LANE.replace("service_desk", "service_desk resolver")
    body = f"{lane}<startEvent id='s'/><userTask id='u' name='x'/>{{s>u}}"

    assert refused(drawn, body, **{"p/forms/u.json": CONFIRM}) == [("l", "role-many")]


def test_files_that_are_no_json_and_no_schema_are_refused(drawn: Drawing):
    body = f"{LANE}<startEvent id='s'/><userTask id='u' name='x'/>{{s>u}}"
    broken = {"p/forms/u.json": b"{", "record": {**RECORD, "type": "thing"}}

    assert sorted(refused(drawn, body, **broken)) == [(None, "json"), (None, "schema")]


@pytest.mark.parametrize(
    ("asked", "remedy"),
    [
        ("record.impackt", "Did you mean `record.impact`?"),
        ("record.wholly_other", "Declare it in record.json."),
    ],
)
def test_a_table_asks_only_for_fields_of_the_record(drawn: Drawing, asked: str, remedy: str):
    body = "<startEvent id='s'/><businessRuleTask id='b' clearway:decision='d'/>{s>b}"
    files = {"p/d.dmn": table(asked), "record": RECORD}

    [found] = check(drawn(body, **files), trusted=True)

    assert (found.file, found.element, found.rule) == ("p/d.dmn", "d", "field-unknown")
    assert asked in found.message
    assert found.remedy == remedy
    assert refused(drawn, body, **{"p/d.dmn": table("record.impact")}) == []


@pytest.mark.parametrize(
    ("asked", "remedy"),
    [("recrod.impact", "Did you mean `record`?"), ("zz(1)", "Correct the name.")],
)
def test_a_table_asks_only_for_names_that_the_process_has(drawn: Drawing, asked: str, remedy: str):
    body = "<startEvent id='s'/><businessRuleTask id='b' clearway:decision='d'/>{s>b}"
    files = {"p/d.dmn": table(asked), "record": RECORD}

    [found] = [
        it for it in check(drawn(body, **files), trusted=True) if it.severity is Severity.ERROR
    ]

    assert (found.file, found.element, found.rule) == ("p/d.dmn", "d", "name-unknown")
    assert found.remedy == remedy


HELD = {
    "title": {"type": "string", "maxLength": 9},
    "impact": {"type": "integer"},
    "cost": {"type": ["number", "null"]},
    "urgent": {"type": "boolean"},
    "phase": {"type": "string", "enum": ["new", "old"]},
    "due": {"type": "string", "format": "date-time"},
    "places": {"type": "array", "items": {"type": "string"}},
}


@pytest.mark.parametrize(
    ("name", "shape", "words"),
    [
        ("impact", {"type": "string"}, "`impact` takes string, but the record holds integer."),
        ("impact", {"type": "number"}, "takes number"),
        ("title", {"type": ["string", "integer"]}, "takes integer"),
        ("title", {"type": "integer", "readOnly": True}, "takes integer"),
        ("urgent", {"type": "string", "enum": ["yes", "no"]}, "takes string"),
        ("phase", {"type": "string", "enum": ["new", "gone"]}, "offers gone"),
        ("phase", {"const": "gone"}, "offers gone"),
        ("phase", {"type": "string"}, "takes any value"),
        ("due", {"type": "string", "format": "date"}, "has the format date"),
        ("due", {"type": "string"}, "has no format"),
        ("places", {"type": "string"}, "takes string"),
        ("places", {"type": "array", "items": {"type": "number"}}, "item takes number"),
    ],
)
def test_a_form_takes_nothing_that_the_record_cannot_hold(
    drawn: Drawing, name: str, shape: dict[str, Any], words: str
):
    body = f"{LANE}<startEvent id='s'/><userTask id='u' name='x'/>{{s>u}}"
    form = {"type": "object", "properties": {name: shape}}
    record = {**RECORD, "properties": HELD}

    [found] = check(drawn(body, record=record, **{"p/forms/u.json": form}), trusted=True)

    assert (found.file, found.element, found.rule) == ("p/forms/u.json", "u", "form-type")
    assert found.severity is Severity.ERROR
    assert words in found.message


@pytest.mark.parametrize(
    "properties",
    [
        HELD,
        {"cost": {"type": "integer"}, "title": {"type": ["string", "null"], "format": "email"}},
        {"phase": {"type": "string", "enum": ["new", None]}, "impact": {"enum": [1, 2]}},
        {"phase": {"type": "string", "readOnly": True}, "due": {"$ref": "#/$defs/instant"}},
        {"impact": {"type": "string", "x-comment": "public"}},
        {"impact": {"type": "string", "x-only": True}},
    ],
)
def test_a_form_may_take_less_than_the_record_holds(drawn: Drawing, properties: dict[str, Any]):
    body = f"{LANE}<startEvent id='s'/><userTask id='u' name='x'/>{{s>u}}"
    form = {"type": "object", "properties": properties}
    record = {**RECORD, "properties": HELD}

    assert refused(drawn, body, record=record, **{"p/forms/u.json": form}) == []


@pytest.mark.parametrize(
    "record", [{"properties": 5}, {"properties": {"title": {"type": 5, "enum": 6}}}]
)
def test_a_record_that_is_no_schema_is_told_once(drawn: Drawing, record: dict[str, Any]):
    body = f"{LANE}<startEvent id='s'/><userTask id='u' name='x'/>{{s>u}}"
    form = {"type": "object", "properties": {"title": {"type": "string"}}}
    files = {"record": {**RECORD, **record}, "p/forms/u.json": form}

    found = check(drawn(body, **files), trusted=True)

    assert {(it.file, it.element) for it in found} == {("p/record.json", None)}


def test_a_name_that_no_list_could_show_is_refused(drawn: Drawing):
    long, told = "x" * 501, "y" * 50_001
    body = (
        f"{LANE}<startEvent id='s'/><manualTask id='u' name='{long}'/>"
        f"<manualTask id='v' name='v'><documentation>{told}</documentation></manualTask>"
        "{s>u u>v}"
    )

    assert sorted(refused(drawn, body)) == [("u", "name-length"), ("v", "documentation-length")]


def test_a_task_without_a_form_is_told_of(drawn: Drawing):
    body = f"{LANE}<startEvent id='s'/><userTask id='u' name='Look'/>{{s>u}}"

    [found] = check(drawn(body, record=RECORD), trusted=True)

    assert (found.file, found.element, found.rule) == ("p/p.bpmn", "u", "form-missing")
    assert found.severity is Severity.WARNING
    assert "forms/u.json" in found.remedy
    assert check(drawn(body, record=RECORD, **{"p/forms/u.json": CONFIRM}), trusted=True) == []


def test_what_exists_around_the_process_is_asked_for(drawn: Drawing):
    body = (
        f"{LANE}<startEvent id='s'/><userTask id='u' name='x'/>"
        "<serviceTask id='w' clearway:step='find'/>{s>u u>w}"
    )
    bundle = drawn(body, record=RECORD)

    known = Surroundings(frozenset({"find"}), frozenset(), frozenset({"service_desk"}))

    assert errors(check(bundle, known, trusted=True)) == []
    assert errors(check(bundle, Surroundings(), trusted=True)) == [
        ("u", "role-missing"),
        ("w", "step-missing"),
    ]


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha">'
    + b"".join(
        b'<!ENTITY %c "%s">' % (c, b"&%c;" % (c - 1) * 10) for c in range(ord("b"), ord("k"))
    )
    + b"]><definitions>&j;</definitions>"
)
EXTERNAL = (
    b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="x">&x;'
    b"</definitions>"
)


@pytest.mark.parametrize("trusted", [False, True])
@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", "unreadable-xml"),
        (b"not xml", "unreadable-xml"),
        (b"<definitions", "unreadable-xml"),
        (b"\xff\xfe\x00", "unreadable-xml"),
        (b"<definitions>" + b"\x00" * 10, "unreadable-xml"),
        (BOMB, "unreadable-doctype"),
        (EXTERNAL, "unreadable-doctype"),
        (b"<a>" * 200 + b"</a>" * 200, "unreadable-depth"),
        (b"<a>" * 5000 + b"</a>" * 5000, "unreadable-xml"),
        (b"<a>" + b"<b/>" * 150_000 + b"</a>", "unreadable-size"),
        (b"<a/>" + b" " * (6 * 1024 * 1024), "unreadable-size"),
        (b"<a/>", "xsd"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_hostile_xml_is_refused(data: bytes, rule: str, trusted: bool):
    findings = check(Bundle("p", {"p/p.bpmn": data}), trusted=trusted)

    assert [f.rule for f in findings] == [rule]


@pytest.mark.parametrize("trusted", [False, True])
@pytest.mark.parametrize(
    ("body", "element"),
    [
        ("<userTask id='a'><standing/></userTask>", "a"),
        ("<userTask id='a' colour='red'/>", "a"),
        ("<userTask id='a'><extensionElements>\n</extensionElements><wrong/>\n</userTask>", "a"),
        ("\n<wrong/>\n<userTask id='a'/>", "p"),
    ],
)
def test_a_break_of_the_schema_names_the_nearest_element(
    drawn: Drawing, body: str, element: str, trusted: bool
):
    [found] = [it for it in check(drawn(body), trusted=trusted) if it.rule == "xsd"]

    assert found.element == element


def test_a_break_of_the_schema_in_the_drawing_names_what_is_drawn():
    shape = (
        "<bpmndi:BPMNDiagram id='d'><bpmndi:BPMNPlane id='l' bpmnElement='p'>"
        "<bpmndi:BPMNShape id='a_di' bpmnElement='a'><wrong/></bpmndi:BPMNShape>"
        "</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>"
    )
    head = (
        "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' targetNamespace='t' "
        "xmlns:bpmndi='http://www.omg.org/spec/BPMN/20100524/DI'><process id='p'>"
        "<task id='a'/></process>"
    )

    [found] = check(Bundle("p", {"p/p.bpmn": f"{head}{shape}</definitions>".encode()}))

    assert (found.element, found.rule) == ("a", "xsd")


def test_nothing_of_a_file_outside_gets_into_a_finding():
    findings = check(Bundle("p", {"p/p.bpmn": EXTERNAL}))

    assert "root:" not in repr(findings)


def test_a_bundle_without_its_diagram_is_refused():
    assert errors(check(Bundle("p", {}))) == [(None, "process-missing")]


def test_data_that_is_not_in_the_file_is_refused(drawn: Drawing):
    body = (
        "<dataObjectReference id='r' dataObjectRef='{}'/><startEvent id='s'/><task id='t'/>{{s>t}}"
    )
    there = "<dataObject id='d'/>" + body.format("d")

    assert refused(drawn, body.format("gone")) == [("r", "data-missing")]
    assert refused(drawn, there) == []


def test_files_of_other_tools_are_answered_with_findings_and_nothing_else(test_data: Path):
    files = sorted((test_data / "bpmn-miwg-reference").glob("*.bpmn"))
    assert len(files) == 21

    for path in files:
        for process in processes_in(path):
            bundle = Bundle(process, {f"{process}/{process}.bpmn": path.read_bytes()})
            findings = check(bundle, Surroundings(), trusted=True)
            assert findings
            assert all(f.message and f.remedy for f in findings)
            check(bundle, strict=False, trusted=True)


def processes_in(path: Path) -> list[str]:
    tag = "{http://www.omg.org/spec/BPMN/20100524/MODEL}process"
    return [each.get("id") for each in etree.parse(path).iter(tag)]


def table(asked: str) -> bytes:
    """A decision table `d` with one rule that asks for one value."""
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" namespace="urn:d" '
        'id="ds" name="d"><decision id="d" name="d"><variable name="d"/>'
        '<decisionTable hitPolicy="UNIQUE"><input id="i"><inputExpression><text>'
        f"{asked}</text></inputExpression></input>"
        '<output name="title" typeRef="string"/><rule id="r"><inputEntry><text>-</text>'
        '</inputEntry><outputEntry><text>"x"</text></outputEntry></rule></decisionTable>'
        "</decision></definitions>"
    ).encode()


@pytest.mark.parametrize(
    "body",
    [
        "<startEvent id='s'/><intermediateCatchEvent id='a'><timerEventDefinition "
        "clearway:calendar='office'><timeDuration>P1D</timeDuration></timerEventDefinition>"
        "</intermediateCatchEvent>{s>a}",
        "<startEvent id='s'/><task id='a'/><sequenceFlow id='f' sourceRef='s' targetRef='a' "
        "clearway:state='new'/>",
        "<startEvent id='s'/><task id='a'/><sequenceFlow id='f' sourceRef='s' targetRef='a'>"
        "<extensionElements><clearway:input name='x' value='1'/></extensionElements>"
        "</sequenceFlow>",
    ],
)
def test_what_is_ours_is_refused_where_nobody_reads_it(drawn: Callable[..., Any], body: str):
    assert "own-place" in [it.rule for it in check(drawn(body), trusted=True)]


@pytest.mark.parametrize(
    ("keys", "rule"),
    [
        ({"x-agenda": "title"}, "record-agenda"),
        ({"x-agenda": "nowhere", "x-agenda-rules": ["cab_majority"]}, "record-named"),
        ({"x-agenda": "agenda", "x-current": "agenda"}, "record-agenda"),
        ({"x-current": "title"}, "record-agenda"),
        ({"x-agenda": "agenda", "x-agenda-rules": []}, "record-agenda"),
        ({"x-agenda": "agenda", "x-agenda-rules": ["whoever"]}, "record-agenda"),
        ({"x-agenda-rules": ["cab_majority"]}, "record-agenda"),
        (
            {
                "x-agenda": "agenda",
                "x-agenda-rules": ["cab_majority"],
                "x-current": "title",
            },
            None,
        ),
    ],
)
def test_an_agenda_is_a_list_and_what_is_discussed_is_a_text(
    drawn: Drawing, keys: dict[str, object], rule: str | None
):
    body = "<startEvent id='s'/><endEvent id='e'/>{s>e}"
    fields = {"title": {"type": "string"}, "agenda": {"type": "array"}}
    record = {"type": "object", "x-key-prefix": "P", "properties": fields, **keys}

    around = Surroundings(rules=frozenset({"cab_majority"}))
    found = {it.rule for it in check(drawn(body, record=record), around, trusted=True)}

    assert found & {"record-agenda", "record-named", "record-key"} == ({rule} if rule else set())
