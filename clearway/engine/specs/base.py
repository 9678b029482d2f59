"""What every flow node has in common: how a token enters it and how it leaves."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clearway.engine.expressions import Formula
from clearway.engine.model import Node
from clearway.engine.spiff import WAITING, BaseNodeSpec
from clearway.engine.token import Token
from clearway.engine.values import ProcessFault

if TYPE_CHECKING:
    from clearway.engine.process_spec import ScopeSpec
    from clearway.engine.timers import TimerRule


@dataclass(frozen=True, slots=True)
class Way:
    """A sequence flow as it runs."""

    id: str
    target: "NodeSpec"
    condition: Formula | None
    is_default: bool


@dataclass(frozen=True, slots=True)
class Catch:
    """What an event waits for. `key` tells several definitions of one event apart."""

    key: str
    kind: str
    name: str | None = None
    timer: "TimerRule | None" = None
    condition: Formula | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """How a message event is offered to people: the words, the role that may, and the form."""

    action: str | None = None
    role: str | None = None
    form: str | None = None


class NodeSpec(BaseNodeSpec):
    """A flow node: its ways out, and the hooks by which SpiffWorkflow runs it.

    Nothing is predicted: a token is made when the one before it completes, never earlier.
    """

    name: str
    reports_start = False

    def __init__(self, scope: "ScopeSpec", node: Node) -> None:
        BaseNodeSpec.__init__(
            self,
            scope,
            node.id,
            lane=node.lane,
            documentation=node.documentation,
            description=node.kind,
            inputs=[],
            outputs=[],
            data={},
        )
        self.bpmn_id = node.id
        self.bpmn_name = node.name
        self.node = node
        self.ways: tuple[Way, ...] = ()
        self.is_plain = True
        """No way out has a condition, and none is the default."""
        self.incoming_count = 0
        self.state_shown: str | None = node.own.get("state")
        self.catches: tuple[Catch, ...] = ()
        self.offer = Offer()
        self.message_outputs: tuple[tuple[str, Formula], ...] = ()

    def enter(self, token: Token) -> None:
        """A token arrives: it runs as soon as it is its turn, or waits here."""
        self._update(token)

    # --- hooks of SpiffWorkflow -----------------------------------------------------------------

    def test(self) -> None:
        """A node may have no inputs: the gate has looked at the drawing."""

    def _predict(self, my_task: Any, *_: Any, **__: Any) -> None:
        """The future is not guessed."""

    def _update(self, my_task: Token) -> None:
        if self._update_hook(my_task):
            my_task.make_ready()

    def _update_hook(self, my_task: Token) -> bool:
        my_task.workflow.top_workflow.entered(my_task)
        return self.begin(my_task)

    def _on_ready_hook(self, my_task: Token) -> None:
        my_task.workflow.top_workflow.queue.append(my_task)

    def _run_hook(self, my_task: Token) -> bool | None:
        self.perform(my_task)
        return True

    def _on_complete_hook(self, my_task: Token) -> None:
        my_task.workflow.top_workflow.happen("completed", self.node)
        self.leave(my_task)

    # --- what kinds of nodes do differently -----------------------------------------------------

    def begin(self, token: Token) -> bool:  # noqa: ARG002 for those that ask
        """A token has arrived: True to run at once, False when it waits."""
        return True

    def perform(self, token: Token) -> None:
        """What the node does when it runs."""

    def leave(self, token: Token) -> None:
        """Send tokens along the ways out."""
        self.follow(token, self.chosen(token))

    def follow(self, token: Token, ways: list[Way]) -> None:
        """One new token for each way."""
        instance = token.workflow.top_workflow
        for way in ways:
            instance.effects.flows.append(way.id)
            child = instance.new_token(token, way.target)
            if way.target.incoming_count > 1:
                child.internal_data["flow"] = way.id

    def chosen(self, token: Token) -> list[Way]:
        """Flows out of an activity or event: all without a condition, and those that hold.

        The default is taken when no condition holds (BPMN 2.0, 13.2.1 and 13.3.1).
        """
        taken = self.holding(token)
        if self.ways and not taken:
            raise self.no_way()
        return taken

    def holding(self, token: Token) -> list[Way]:
        """The ways without a condition, those whose condition holds, or else the default."""
        if self.is_plain:
            return list(self.ways)
        instance = token.workflow.top_workflow
        free = [w for w in self.ways if w.condition is None and not w.is_default]
        held = [
            w
            for w in self.ways
            if w.condition is not None and not w.is_default and instance.holds(w.condition, token)
        ]
        default = [w for w in self.ways if w.is_default]
        if held or not default:
            return [w for w in self.ways if w in held or w in free]
        return [w for w in self.ways if w in free or w in default]

    def no_way(self) -> ProcessFault:
        """No flow out of this node could be taken."""
        return ProcessFault(
            self.name,
            "No flow out of it can be taken: no condition holds and there is no default flow.",
            "Correct the data and try again, or draw a default flow, deploy that and try again; a "
            "record that is open already is moved to it before (`clearway migrate`).",
        )

    def wait(self, token: Token, state: int = WAITING) -> bool:
        """Stay here until something outside happens."""
        token.set_state(state)
        return False
