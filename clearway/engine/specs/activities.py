"""Activities: what people, steps, tables and subprocesses do while a token rests on them."""

from typing import TYPE_CHECKING, Any

from clearway.engine import compensation, decisions, loops, throwing, work_items
from clearway.engine.expressions import NOTHING, Formula
from clearway.engine.loops import LoopRule
from clearway.engine.model import Node
from clearway.engine.names import assign, write_field
from clearway.engine.specs.base import NodeSpec
from clearway.engine.specs.events import BoundarySpec
from clearway.engine.spiff import STARTED
from clearway.engine.token import Token
from clearway.engine.values import Value
from clearway.feel import encode

if TYPE_CHECKING:
    from clearway.engine.process_spec import ScopeSpec


class ActivitySpec(NodeSpec):
    """What all activities share: boundary events, loops and what compensation needs.

    A plain task is one: it does nothing and passes at once.
    """

    reports_start = True

    def __init__(self, scope: "ScopeSpec", node: Node) -> None:
        super().__init__(scope, node)
        self.boundaries: tuple[BoundarySpec, ...] = ()
        self.loop: LoopRule | None = None
        self.undo: NodeSpec | None = None

    def _update_hook(self, my_task: Token) -> bool:
        instance = my_task.workflow.top_workflow
        if "body" in my_task.internal_data:
            instance.happen("started", self.node, self._round(my_task))
            return self.begin(my_task)
        if self.loop is None:
            instance.entered(my_task)
        elif self.state_shown:
            instance.show(self.state_shown, self.node)
        for boundary in self.boundaries:
            instance.arm(my_task.internal_data, boundary.catches, boundary.node, my_task)
        if self.loop is not None:
            return loops.begin(my_task, self.loop)
        return self.begin(my_task)

    def _run_hook(self, my_task: Token) -> bool | None:
        # The body of a loop that had nothing to do only passes.
        if "loop" not in my_task.internal_data:
            self.perform(my_task)
        return True

    def _on_complete_hook(self, my_task: Token) -> None:
        instance = my_task.workflow.top_workflow
        if "loop" not in my_task.internal_data:
            instance.happen("completed", self.node, self._round(my_task))
        if "body" in my_task.internal_data and self.loop is not None:
            loops.round_done(my_task, self.loop)
            return
        compensation.remember(my_task, self)
        if self.node.for_compensation:
            compensation.handler_done(my_task)
        else:
            self.leave(my_task)

    def _round(self, token: Token) -> dict[str, Value]:
        return {"round": token.internal_data["round"] + 1} if "round" in token.internal_data else {}


class UserSpec(ActivitySpec):
    """A user task: a work item for a person."""

    def __init__(self, scope: "ScopeSpec", node: Node) -> None:
        super().__init__(scope, node)
        self.asking = work_items.Asking()

    def begin(self, token: Token) -> bool:
        """Work out once who it is for and until when, then wait."""
        work_items.open_work_item(token, self.asking)
        return self.wait(token)


class ServiceSpec(ActivitySpec):
    """A service task: a job for a step, whose result comes back as a command."""

    def __init__(self, scope: "ScopeSpec", node: Node) -> None:
        super().__init__(scope, node)
        self.inputs_of: tuple[tuple[str, Formula], ...] = ()
        self.outputs_of: tuple[tuple[str, Formula], ...] = ()

    def begin(self, token: Token) -> bool:
        """Freeze the inputs and wait for the answer."""
        instance = token.workflow.top_workflow
        inputs = {name: encode(instance.value(f, token)) for name, f in self.inputs_of}
        if inputs:
            token.internal_data["in"] = inputs
        return self.wait(token, STARTED)

    def answer(self, token: Token, result: Any) -> None:
        """The step has answered: write what the diagram keeps of it and go on."""
        keep_outputs(token, self.outputs_of, {"result": result})
        token.complete()


class ScriptSpec(ActivitySpec):
    """A script task: one expression into one name, or into fields by way of its outputs."""

    def __init__(self, scope: "ScopeSpec", node: Node) -> None:
        super().__init__(scope, node)
        self.formula: Formula = NOTHING
        self.target = ""
        self.outputs_of: tuple[tuple[str, Formula], ...] = ()

    def perform(self, token: Token) -> None:
        """Compute and write."""
        instance = token.workflow.top_workflow
        value = instance.value(self.formula, token)
        if self.target:
            assign(instance, token, self.target, value)
            instance.happen("computed", self.node, {"name": self.target, "value": value})
        keep_outputs(token, self.outputs_of, {"result": value})


class DecisionSpec(ActivitySpec):
    """A business rule task: a decision of the folder."""

    def __init__(self, scope: "ScopeSpec", node: Node) -> None:
        super().__init__(scope, node)
        self.decision = ""
        self.outputs_of: tuple[tuple[str, Formula], ...] = ()

    def perform(self, token: Token) -> None:
        """Evaluate, remember which rule fired, and write the outputs."""
        result = decisions.decide(token, self.decision)
        if self.outputs_of:
            keep_outputs(token, self.outputs_of, {"result": result})
            return
        instance = token.workflow.top_workflow
        for name, value in decisions.fields_of(self.name, result).items():
            if instance.blueprint.record_schema:
                write_field(instance, self.name, name, value)
            else:
                assign(instance, token, name, value)


class SendSpec(ActivitySpec):
    """A send task: tells people or another record."""

    def __init__(self, scope: "ScopeSpec", node: Node) -> None:
        super().__init__(scope, node)
        self.telling: throwing.Telling | None = None

    def perform(self, token: Token) -> None:
        """Tell and go on."""
        throwing.tell(token, self.telling)


class ReceiveSpec(ActivitySpec):
    """A receive task: waits for a message."""

    def begin(self, token: Token) -> bool:
        """Wait, unless the message came already through an event gateway."""
        return bool(token.internal_data.get("fired")) or self.wait(token)


class InsideSpec(ActivitySpec):
    """A subprocess, transaction, ad-hoc subprocess, event subprocess or call activity."""

    def __init__(self, scope: "ScopeSpec", node: Node, inside: str) -> None:
        super().__init__(scope, node)
        self.inside = inside

    def begin(self, token: Token) -> bool:
        """Open the inside; the token waits until it is empty."""
        token.set_state(STARTED)
        start = token.internal_data.pop("start", None)
        instance = token.workflow.top_workflow
        spec = None if start is None else instance.blueprint.nodes[start]
        instance.start_scope(token, self.inside, spec)
        return False


def keep_outputs(
    token: Token, outputs: tuple[tuple[str, Formula], ...], extra: dict[str, Value]
) -> None:
    """Write declared outputs: all are worked out before the first is written."""
    instance = token.workflow.top_workflow
    values = [(name, instance.value(formula, token, extra)) for name, formula in outputs]
    for name, value in values:
        write_field(instance, token.task_spec.name, name, value)
