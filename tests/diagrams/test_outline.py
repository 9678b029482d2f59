"""The outline: all that is drawn is told, in the order in which a person would read it."""

import re

from clearway.diagrams.outline import OutlineItem, outline
from clearway.diagrams.source import BPMN, parse
from clearway.diagrams.wording import texts

SMALL = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:clearway="urn:clearway:bpmn:1" id="d">
  <message id="m" name="it.broke"/>
  <process id="p" name="Mend">
    <laneSet id="ls"><lane id="desk" name="Desk" clearway:role="service_desk">
      <flowNodeRef>begin</flowNodeRef><flowNodeRef>mend</flowNodeRef></lane></laneSet>
    <endEvent id="late_end" name="Too late"/>
    <sequenceFlow id="f4" sourceRef="late" targetRef="late_end"/>
    <boundaryEvent id="late" attachedToRef="mend" cancelActivity="false">
      <timerEventDefinition id="t"><timeDuration>PT4H</timeDuration></timerEventDefinition>
    </boundaryEvent>
    <exclusiveGateway id="ok" name="Mended?" default="f3"/>
    <sequenceFlow id="f2" name="no" sourceRef="ok" targetRef="mend">
      <conditionExpression>record.ok = false</conditionExpression></sequenceFlow>
    <sequenceFlow id="f3" sourceRef="ok" targetRef="end"/>
    <sequenceFlow id="f1" sourceRef="mend" targetRef="ok"/>
    <subProcess id="mend" name="Mend it" clearway:state="open">
      <documentation>Until it works.</documentation>
      <multiInstanceLoopCharacteristics isSequential="true">
        <loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>
      <userTask id="look" name="Look" clearway:due="duration(&quot;P1D&quot;)"/>
    </subProcess>
    <startEvent id="begin"><messageEventDefinition messageRef="m"/></startEvent>
    <sequenceFlow id="f0" sourceRef="begin" targetRef="mend"/>
    <endEvent id="end"/>
    <textAnnotation id="n"><text>A note</text></textAnnotation>
    <association id="a" sourceRef="n" targetRef="mend"/>
  </process>
</definitions>"""


def test_everything_in_a_diagram_is_in_its_outline(
    miwg: dict[str, bytes], shipped: dict[str, bytes], features: dict[str, bytes]
):
    for name, stored in (miwg | shipped | features).items():
        items = outline(stored)

        told = [it.element for it in items]
        ways = {way.flow for it in items for way in it.next}
        assert len(told) == len(set(told)), name
        assert _drawn(stored) <= {*told, *ways}, name


def test_what_it_says_is_told_word_by_word(shipped: dict[str, bytes]):
    for name, stored in shipped.items():
        text = str(outline(stored))

        for it in parse(stored).root.walk():
            for word in ("timeDuration", "timeDate", "timeCycle", "conditionExpression", "script"):
                for said in texts(it, word) if it.tag.startswith(BPMN) else ():
                    assert repr(said)[1:-1] in text.replace('\\"', '"'), f"{name} {said}"
            if it.local in ("message", "signal", "error"):
                assert it.get("name") in text


def test_the_order_is_that_of_reading():
    items = outline(SMALL.encode())

    told = [(it.level, it.element) for it in items]
    assert told == [
        (0, "p"),
        (1, "desk"),
        (1, "begin"),
        (1, "mend"),
        (2, "look"),
        (1, "late"),
        (1, "ok"),
        (1, "end"),
        (1, "late_end"),
        (1, "n"),
        (1, "a"),
        (0, "m"),
    ]


def test_each_item_says_what_it_is_who_does_it_and_what_comes_then():
    items = {it.element: it for it in outline(SMALL.encode(), {"look": "Have a look"})}

    assert items["mend"].kind == "subprocess, for several (3), one after the other"
    assert items["mend"].who == "service_desk"
    assert items["mend"].state == "open"
    assert items["mend"].documentation == "Until it works."
    assert items["look"].waits_for == ("form Have a look",)
    assert items["look"].who == "service_desk"
    assert items["look"].details == (("due", 'duration("P1D")'),)
    assert items["begin"].kind == "message start event"
    assert items["begin"].waits_for == ("message it.broke",)
    assert items["late"].kind == "timer boundary event on Mend it, which does not interrupt"
    assert items["late"].waits_for == ("timer: after PT4H",)
    no, yes = items["ok"].next
    assert (no.name, no.condition, no.to) == ("no", "record.ok = false", "Mend it")
    assert yes.is_default
    assert items["n"] == OutlineItem("n", "note", "A note", 1)
    assert items["a"].details == (("from", "note n"),)


def test_ten_thousand_elements_in_a_row_are_no_trouble():
    tasks = "".join(f'<task id="t{n}"/>' for n in range(5000))
    flows = "".join(
        f'<sequenceFlow id="f{n}" sourceRef="t{n}" targetRef="t{n + 1}"/>' for n in range(4999)
    )
    xml = re.sub(
        r"<process.*</process>", f'<process id="p">{tasks}{flows}</process>', SMALL, flags=re.S
    )

    items = outline(xml.encode())

    assert [it.element for it in items[1:5001]] == [f"t{n}" for n in range(5000)]


def _drawn(stored: bytes) -> set[str]:
    """Ids of all that a diagram shows or that its events name."""
    root = parse(stored).root
    planes = {it.get("bpmnElement") for it in root.walk() if it.local == "BPMNPlane"}
    shown = {it.get("bpmnElement") for it in root.walk() if it.get("bpmnElement")} - planes
    words = ("message", "signal", "error", "escalation", "lane", "sequenceFlow", "participant")
    return {it.rpartition(":")[2] for it in shown} | {
        it.get("id")
        for it in root.walk()
        if it.tag.startswith(BPMN) and it.get("id") and it.local in words
    }
