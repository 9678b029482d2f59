"""The door to SpiffWorkflow: the only file that imports it, and which version it was built on.

The library has no types. What is taken from it is declared here once as of any type; the classes
built on it declare what they use.
"""

import logging
from importlib.metadata import version
from pathlib import Path
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow  # pyright: ignore[reportMissingTypeStubs]
from SpiffWorkflow.bpmn.parser.BpmnParser import (  # pyright: ignore[reportMissingTypeStubs]
    XSD_PATH,
)
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import (  # pyright: ignore[reportMissingTypeStubs]
    BpmnProcessSpec,
)
from SpiffWorkflow.bpmn.specs.bpmn_task_spec import (  # pyright: ignore[reportMissingTypeStubs]
    BpmnTaskSpec,
)
from SpiffWorkflow.bpmn.util.subworkflow import (  # pyright: ignore[reportMissingTypeStubs]
    BpmnSubWorkflow,
)
from SpiffWorkflow.specs import WorkflowSpec  # pyright: ignore[reportMissingTypeStubs]
from SpiffWorkflow.task import Task  # pyright: ignore[reportMissingTypeStubs]
from SpiffWorkflow.util.task import TaskState  # pyright: ignore[reportMissingTypeStubs]

from clearway.errors import ClearwayError

BUILT_ON = "3.2.0"

BaseTask: Any = Task
BaseNodeSpec: Any = BpmnTaskSpec
BaseScopeSpec: Any = BpmnProcessSpec
BareScopeSpec: Any = WorkflowSpec
BaseWorkflow: Any = BpmnWorkflow
BaseSubWorkflow: Any = BpmnSubWorkflow

FUTURE: int = TaskState.FUTURE
WAITING: int = TaskState.WAITING
READY: int = TaskState.READY
STARTED: int = TaskState.STARTED
COMPLETED: int = TaskState.COMPLETED
CANCELLED: int = TaskState.CANCELLED
LIVE: int = TaskState.NOT_FINISHED_MASK

BPMN_SCHEMA = Path(XSD_PATH)
"""The schema of BPMN 2.0 that ships with the library."""


class WrongSpiffWorkflow(ClearwayError):
    """Another version of SpiffWorkflow is installed than the one whose inside is known here."""


def guard(found: str) -> None:
    """Refuse an unknown version; raises WrongSpiffWorkflow."""
    if found != BUILT_ON:
        raise WrongSpiffWorkflow(
            f"SpiffWorkflow {found} is installed, but the engine room knows {BUILT_ON}. "
            f"Install SpiffWorkflow=={BUILT_ON}, or run the engine's tests on the new one first."
        )


def quiet() -> None:
    """Keep its loggers from collecting the whole task tree for each line they do not write."""
    for name in ("spiff", "spiff.workflow", "spiff.task", "spiff.event"):
        logging.getLogger(name).setLevel(logging.WARNING)


guard(version("SpiffWorkflow"))
quiet()
