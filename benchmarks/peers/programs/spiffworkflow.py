"""SpiffWorkflow as it comes: its own parser, its own serializer to JSON text, nothing patched."""

import sys
from collections.abc import Callable
from pathlib import Path

from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from benchmarks.peers.programs.answering import Pipe

ROUND = ("work", "check", "review")
_FORM = {"found": "nothing", "enough": False}


def main(diagram: str, process: str, loops: int) -> None:
    """Prepare an instance at its first step and one after so many loops, then wait for orders."""
    pipe = Pipe()
    parser = BpmnParser()
    # Conditions and durations are Python to this engine.
    parser.add_bpmn_str(
        Path(diagram)
        .read_bytes()
        .replace(b"record.enough = true", b"enough")
        .replace(b">P7D<", b">'P7D'<")
    )
    serializer = BpmnWorkflowSerializer()

    def once_round(text: str) -> str:
        for element in ROUND:
            workflow = serializer.deserialize_json(text)
            [task] = [it for it in _ready(workflow) if it.task_spec.bpmn_id == element]
            task.data.update(_FORM)
            task.run()
            workflow.do_engine_steps()
            text = serializer.serialize_json(workflow)
        return text

    def facts(text: str) -> dict[str, object]:
        opened = [_open(serializer.deserialize_json(it)) for it in (text, once_round(text))]
        return {"bytes": len(text), "open": opened[0], "open after a round": opened[1]}

    def rounds(start: str) -> Callable[[int], None]:
        def work(count: int) -> None:
            for _ in range(count):
                once_round(start)

        return work

    workflow = BpmnWorkflow(parser.get_spec(process), parser.get_subprocess_specs(process))
    workflow.data["what"] = "A long story"
    workflow.do_engine_steps()
    first = serializer.serialize_json(workflow)
    later = first
    for _ in range(loops):
        later = once_round(later)
    pipe.answer(
        {"first": facts(first), "later": facts(later)},
        {"first": rounds(first), "later": rounds(later)},
    )


def _ready(workflow: BpmnWorkflow) -> list:
    return workflow.get_tasks(state=TaskState.READY, manual=True)


def _open(workflow: BpmnWorkflow) -> list[str]:
    return sorted(it.task_spec.bpmn_id for it in _ready(workflow))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
