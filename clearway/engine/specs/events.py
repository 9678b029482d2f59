"""Events: what starts, what is waited for, what is thrown and how a path ends."""

from typing import TYPE_CHECKING

from clearway.engine import compensation, throwing
from clearway.engine.model import Node
from clearway.engine.specs.base import NodeSpec
from clearway.engine.token import Token

if TYPE_CHECKING:
    from clearway.engine.process_spec import ScopeSpec


class StartSpec(NodeSpec):
    """A start event. What triggers it is looked at before its token is made."""


class CatchSpec(NodeSpec):
    """An intermediate catch event: the token waits here."""

    def begin(self, token: Token) -> bool:
        """Arm the event, unless it has happened already behind an event gateway."""
        if token.internal_data.get("fired") or not self.catches:
            return True
        token.workflow.top_workflow.arm(token.internal_data, self.catches, self.node, token)
        return self.wait(token)


class BoundarySpec(NodeSpec):
    """A boundary event. Its token is made when it happens; until then its host waits for it."""

    def __init__(self, scope: "ScopeSpec", node: Node) -> None:
        super().__init__(scope, node)
        self.interrupting = node.interrupting


class ThrowSpec(NodeSpec):
    """An intermediate throw event or an end event with all that it throws."""

    def __init__(self, scope: "ScopeSpec", node: Node) -> None:
        super().__init__(scope, node)
        self.telling: throwing.Telling | None = None

    def perform(self, token: Token) -> None:
        """Tell what does not interrupt anything here."""
        for event in self.node.events:
            if event.kind == "message":
                throwing.tell(token, self.telling)
            elif event.kind == "signal":
                throwing.broadcast(token, event.name or "")
        if not self.node.events and self.telling is not None:
            throwing.tell(token, self.telling)

    def _run_hook(self, my_task: Token) -> bool | None:
        self.perform(my_task)
        undoing = next((e for e in self.node.events if e.kind in ("compensate", "cancel")), None)
        if undoing is None or compensation.begin(my_task, undoing):
            return True
        return None

    def _on_complete_hook(self, my_task: Token) -> None:
        instance = my_task.workflow.top_workflow
        instance.happen("completed", self.node)
        if self.state_shown is not None:
            # What it undid may have shown states of its own meanwhile.
            instance.show(self.state_shown, self.node)
        for event in self.node.events:
            throwing.interrupt(my_task, event)
        if my_task.id in my_task.workflow.tasks:
            self.leave(my_task)
