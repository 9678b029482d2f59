"""The recommended rules of drawing: said in our words, and asked of what they look at only."""

from pathlib import Path
from typing import Any, cast

import pytest
from bpmn_io import create_moddle
from bpmn_io.lint import Linter
from bpmn_io.lint.resolver import StaticResolver
from bpmn_io.lint.rules import RULES

from clearway.diagrams.recommended import REMEDIES, check_style
from clearway.engine.values import Severity

ROOT = Path(__file__).resolve().parents[2]
DRAWN = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:di="http://www.omg.org/spec/DD/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" targetNamespace="t"><process id="p">'
    '<startEvent id="s"/><task id="a"><documentation>Why</documentation></task>'
    '<sequenceFlow id="f" sourceRef="s" targetRef="a"/></process><bpmndi:BPMNDiagram>'
    '<bpmndi:BPMNPlane bpmnElement="p"><bpmndi:BPMNShape bpmnElement="s">'
    '<dc:Bounds x="0" y="0" width="36" height="36"/></bpmndi:BPMNShape>'
    '<bpmndi:BPMNEdge bpmnElement="f"><di:waypoint x="36" y="18"/><di:waypoint x="90" y="18"/>'
    "</bpmndi:BPMNEdge></bpmndi:BPMNPlane></bpmndi:BPMNDiagram></definitions>"
)


def test_each_finding_names_the_element_and_what_to_do():
    found = list(check_style("p/p.bpmn", DRAWN.encode()))

    told = {(it.element, it.rule): it for it in found}
    assert ("a", "bpmnlint/no-bpmndi") in told
    assert ("p", "bpmnlint/end-event-required") in told
    assert all(it.remedy and it.severity is Severity.WARNING for it in found)


@pytest.mark.parametrize("process", ["incident", "change", "onboarding"])
def test_what_is_left_out_to_be_fast_is_what_no_rule_looks_at(process: str):
    # With each name away there is something to say.
    text = (ROOT / "bpmn" / process / f"{process}.bpmn").read_text().replace(' name="', ' id2="')
    rules = {f"rule:bpmnlint/{name}": RULES[name] for name in REMEDIES}
    linter = Linter(
        config={"rules": dict.fromkeys(REMEDIES, "warn")},
        resolver=cast(Any, StaticResolver(cast(Any, rules))),
    )
    read = create_moddle().from_xml(text, "bpmn:Definitions")
    theirs = {
        (report.get("id"), f"bpmnlint/{rule}", f"{report['message']}.")
        for rule, reports in linter.lint(cast(Any, read.root_element)).items()
        for report in reports
    }

    ours = {(it.element, it.rule, it.message) for it in check_style("x", text.encode())}

    assert len(ours) > 20
    assert ours <= theirs
    # What is not said again: names of user tasks, and of plain ends inside a subprocess.
    assert {rule for _, rule, _ in theirs - ours} <= {"bpmnlint/label-required"}
