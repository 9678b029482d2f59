"""What other tools wrote runs or is refused with element and cause, also when it is damaged."""

import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from playing import MONDAY, Play, draw

from clearway.engine import build, check, turn
from clearway.engine.values import Bundle, CompleteWorkItem, ProcessFault, Severity, Start, World

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
SEEDS = 12
"""Damages to each process in `make test`."""
STEPS = 15


def _processes(root: Any) -> list[str]:
    return [it.get("id") for it in root.iter(f"{BPMN}process") if it.get("id")]


def _damaged(root: Any, choose: random.Random) -> None:
    """One to three things that a careless tool or hand may do to a file."""
    for _ in range(choose.randint(1, 3)):
        element = choose.choice([it for it in root.iter(etree.Element) if it.tag.startswith(BPMN)])
        names = list(element.attrib)
        damage = choose.choice(("drop", "drop", "attribute", "value", "double", "move", "text"))
        if damage == "drop" and element.getparent() is not None:
            element.getparent().remove(element)
        elif damage == "attribute" and names:
            del element.attrib[choose.choice(names)]
        elif damage == "value" and names:
            element.set(choose.choice(names), choose.choice(("", "x y", "true", "-1", "ü", "id")))
        elif damage == "double" and element.getparent() is not None:
            element.addnext(etree.fromstring(etree.tostring(element)))
        elif damage == "move" and element.getparent() is not None:
            places = list(root.iter(f"{BPMN}process", f"{BPMN}subProcess"))
            place = choose.choice(places) if places else root
            if element not in place.iterancestors() and element is not place:
                place.append(element)
        elif damage == "text":
            element.text = choose.choice(("${x}", "1 +", "R/PT", "true"))


def _is_answered(bundle: Bundle) -> str:
    """Checked; played as far as it goes when nothing speaks against it. Answers how it ended."""
    for strict in (True, False):
        findings = check(bundle, strict=strict, trusted=True)
        errors = [it for it in findings if it.severity is Severity.ERROR]
        assert all(it.file and it.message and it.remedy for it in findings)
    if errors:
        return "refused"
    blueprint = build(bundle, strict=False)
    world = World(MONDAY, {}, "P-1")
    try:
        made = turn(blueprint, None, Start(), world)
        for _ in range(STEPS):
            if made.finished or not made.after.work_items:
                break
            made = turn(
                blueprint, made.state, CompleteWorkItem(made.after.work_items[0].token), world
            )
    except ProcessFault as fault:
        assert str(fault)
        return "fault"
    return "ended" if made.finished else "waits"


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_damaged_file_is_refused_or_runs_and_nothing_else(test_data: Path, seed: int):
    ends: list[str] = []
    for path in sorted((test_data / "bpmn-miwg-reference").glob("*.bpmn")):
        root = etree.parse(path).getroot()
        _damaged(root, random.Random(f"{path.name} {seed}"))
        for process in _processes(root):
            files = {f"{process}/{process}.bpmn": etree.tostring(root)}
            ends.append(_is_answered(Bundle(process, files)))

    assert ends


OF_OWN = "xmlns:own='urn:test' xmlns:other='urn:other'"


@pytest.mark.parametrize(
    ("namespace", "is_refused"), [("own", False), ("other", True), ("", False)]
)
@pytest.mark.parametrize(
    "body",
    [
        "<startEvent id='s'/><receiveTask id='r' messageRef='{}m1'/><endEvent id='e'/>{{s>r r>e}}",
        "<startEvent id='s'/><callActivity id='c' calledElement='{}q'/><endEvent id='e'/>"
        "{{s>c c>e}}",
        "<startEvent id='s'/><task id='t'/><boundaryEvent id='b' attachedToRef='{}t'>"
        "<errorEventDefinition errorRef='er1'/></boundaryEvent><endEvent id='e'/>{{s>t t>e b>e}}",
        "<startEvent id='s'/><intermediateThrowEvent id='t'><signalEventDefinition "
        "signalRef='{}g1'/></intermediateThrowEvent><endEvent id='e'/>{{s>t t>e}}",
    ],
)
def test_a_reference_into_another_file_is_not_taken_for_one_of_this(
    body: str, namespace: str, is_refused: bool
):
    called = (
        "<process id='q' isExecutable='true'><startEvent id='sq'/><task id='tq'/>{sq>tq}</process>"
    )
    drawn = draw(body.format(namespace and namespace + ":"), called)
    xml = drawn.files["p/p.bpmn"].replace(b"<definitions ", f"<definitions {OF_OWN} ".encode())

    for strict in (True, False):
        found = check(Bundle("p", {"p/p.bpmn": xml}), strict=strict, trusted=True)

        assert any(it.rule == "reference-elsewhere" for it in found) is is_refused


def test_a_call_may_lead_into_the_namespace_of_the_file_that_holds_the_process():
    shared = draw("<startEvent id='sq'/><task id='tq'/>{sq>tq}", process="q").files["q/q.bpmn"]
    drawn = draw(
        "<startEvent id='s'/><callActivity id='c' calledElement='own:q'/><endEvent id='e'/>"
        "{s>c c>e}"
    ).files["p/p.bpmn"]
    files = {
        "p/p.bpmn": drawn.replace(b"<definitions ", f"<definitions {OF_OWN} ".encode()).replace(
            b'targetNamespace="urn:test"', b'targetNamespace="urn:mine"'
        ),
        "shared/q.bpmn": shared,
    }

    found = check(Bundle("p", files), strict=False, trusted=True)

    assert [it.rule for it in found if it.rule == "reference-elsewhere"] == []


BESIDES = (
    "<documentation>not</documentation><extensionElements><own:x xmlns:own='urn:test'>1</own:x>"
    "</extensionElements>"
)


def test_what_stands_in_an_expression_beside_its_text_is_no_part_of_it():
    several = (
        f"<multiInstanceLoopCharacteristics><loopCardinality>{BESIDES}2</loopCardinality>"
        "</multiInstanceLoopCharacteristics>"
    )
    timer = (
        f"<timerEventDefinition><timeDuration>{BESIDES}PT1H</timeDuration></timerEventDefinition>"
    )
    condition = "<conditionExpression xsi:type='tFormalExpression'>"
    body = (
        f"<startEvent id='s'/><userTask id='u'>{several}</userTask>"
        "<exclusiveGateway id='x' default='x_n'/><task id='y'/><task id='n'/>"
        f"<intermediateCatchEvent id='t'>{timer}</intermediateCatchEvent>"
        "{s>u u>x x>y[(1 = 2)] x>n n>t}"
    )
    drawn = draw(body).files["p/p.bpmn"].replace(condition.encode(), (condition + BESIDES).encode())
    play = Play(Bundle("p", {"p/p.bpmn": drawn}))
    play.start()

    assert play.open() == ["u", "u"]
    play.complete("u")
    play.complete("u")
    assert (play.count("y"), play.count("n")) == (0, 1)
    assert [it.due - play.now for it in play.waits.timers] == [timedelta(hours=1)]


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ("<startEvent id='s'/><task id='a' xsi:type='tUserTask'/>{s>a}", "element-type"),
        ("<startEvent id='s'/><subProcess id='a' xsi:type='tTransaction'/>{s>a}", "element-type"),
        (
            "<startEvent id='s'/><endEvent id='e'><eventDefinition "
            "xsi:type='tTerminateEventDefinition'/></endEvent>{s>e}",
            "element-type",
        ),
        (
            "<startEvent id='s'/><task id='a'><loopCharacteristics "
            "xsi:type='tMultiInstanceLoopCharacteristics'/></task>{s>a}",
            "element-type",
        ),
        (
            "<startEvent id='s'/><scriptTask id='a' scriptFormat='feel'><script>1<text> + 1</text>"
            "</script></scriptTask>{s>a}",
            "script-markup",
        ),
    ],
)
def test_what_the_markup_makes_of_an_element_is_not_passed_over(body: str, rule: str):
    assert rule in [it.rule for it in check(draw(body), strict=False, trusted=True)]


def test_white_space_around_a_name_is_no_part_of_it():
    body = (
        "<startEvent id=' s '/><userTask id='a'/><boundaryEvent id='b' attachedToRef=' a '>"
        "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>"
        "</boundaryEvent><task id='c'/>{s>a b>c}"
    )
    play = Play(draw(body))
    play.start()

    play.wait(hours=1)

    assert (play.last.finished, play.count("c")) == (True, 1)


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ("<adHocSubProcess id='sp'><userTask/></adHocSubProcess>", "duplicate-id"),
        ("<subProcess><startEvent/><endEvent/></subProcess>", "duplicate-id"),
        (
            "<userTask id='u'/><boundaryEvent id='w' attachedToRef='u' cancelActivity='false'>"
            "<messageEventDefinition/></boundaryEvent>"
            "<sequenceFlow id='f' sourceRef='w' targetRef='nowhere'/>",
            "flow-end",
        ),
    ],
)
def test_what_has_no_id_and_flows_to_nowhere_are_refused(body: str, rule: str):
    text = (
        "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' targetNamespace='t'>"
        f"<process id='p' isExecutable='true'><startEvent id='s'/>{body}</process></definitions>"
    )

    found = check(Bundle("p", {"p/p.bpmn": text.encode()}), trusted=True)

    assert rule in {it.rule for it in found if it.severity is Severity.ERROR}
    nameless = [it for it in found if it.rule == "unreachable" and not it.element]
    assert not nameless
    assert not [it for it in found if "**" in it.message]
