"""SpiffWorkflow's own DMN engine, as its business rule task calls it; nothing patched."""

import sys
from collections.abc import Callable

from lxml import etree
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.dmn.engine.DMNEngine import DMNEngine
from SpiffWorkflow.dmn.parser.DMNParser import DMNParser

from benchmarks.peers.programs.answering import Pipe
from benchmarks.peers.programs.large_tables import (
    KINDS,
    NAMESPACE,
    PYTHON,
    asked_in_turn,
    questions,
    sizes_of,
    table,
)

_DIAGRAM = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
 targetNamespace="urn:asking">
<process id="asking" isExecutable="true"><startEvent id="start"/><userTask id="ask"/>
<endEvent id="end"/><sequenceFlow id="a" sourceRef="start" targetRef="ask"/>
<sequenceFlow id="b" sourceRef="ask" targetRef="end"/></process></definitions>"""


def main(sizes: list[int]) -> None:
    """Prepare each kind of table in each size, then wait for orders."""
    Pipe().answer(
        {},
        {
            f"{kind} {rules}": asked_in_turn(questions(kind, rules), _asked(kind, rules))
            for kind in KINDS
            for rules in sizes_of(kind, sizes)
        },
    )


def _asked(kind: str, rules: int) -> Callable[[dict[str, object]], int]:
    root = etree.fromstring(table(kind, rules, PYTHON))
    parser = DMNParser(None, root, {"dmn": NAMESPACE}, filename="large.dmn")
    parser.parse()
    engine = DMNEngine(parser.decision.decisionTables[0])
    bpmn = BpmnParser()
    bpmn.add_bpmn_str(_DIAGRAM)
    workflow = BpmnWorkflow(bpmn.get_spec("asking"))
    task = workflow.get_tasks(spec_name="ask")[0]

    def answer(context: dict[str, object]) -> int:
        task.data = context
        return engine.result(task)["rule"]

    return answer


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]])
