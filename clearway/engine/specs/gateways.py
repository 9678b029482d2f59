"""Gateways: where tokens part, meet and are counted."""

from typing import TYPE_CHECKING

from clearway.engine.model import Node
from clearway.engine.specs.base import NodeSpec, Way
from clearway.engine.spiff import COMPLETED, WAITING
from clearway.engine.token import Token
from clearway.engine.values import Value

if TYPE_CHECKING:
    from clearway.engine.process_spec import ScopeSpec


class GatewaySpec(NodeSpec):
    """A gateway has completed only when it has found a way; history names the flows it took."""

    def _on_complete_hook(self, my_task: Token) -> None:
        ways = self.chosen(my_task)
        taken: list[Value] = [way.id for way in ways]
        my_task.workflow.top_workflow.happen("completed", self.node, {"flows": taken})
        self.follow(my_task, ways)


class ExclusiveSpec(GatewaySpec):
    """The first condition that holds, in the order of the file; else the default."""

    def chosen(self, token: Token) -> list[Way]:
        """Exactly one way; raises ProcessFault when there is none."""
        instance = token.workflow.top_workflow
        if len(self.ways) == 1 and self.ways[0].condition is None:
            return list(self.ways)
        for way in self.ways:
            if way.is_default or way.condition is None:
                continue
            if instance.holds(way.condition, token):
                return [way]
        default = [way for way in self.ways if way.is_default]
        if self.ways and not default:
            raise self.no_way()
        return default


class JoinSpec(GatewaySpec):
    """A gateway that waits for more than one token."""

    def waiting(self, token: Token) -> list[Token]:
        """Other tokens that wait here, in the same scope, oldest first."""
        return [
            other
            for other in token.workflow.tasks.values()
            if other.task_spec is self and other is not token and other.state == WAITING
        ]

    def merge(self, token: Token, others: list[Token]) -> None:
        """The token goes on for all of them."""
        for other in others:
            other.set_state(COMPLETED)
            token.workflow.top_workflow.remove(other)


class ParallelSpec(JoinSpec):
    """One token from each incoming flow; more than one on a flow stay for the next time.

    The library's own gateway guesses from the shape of the tree and fires early in loops.
    """

    def begin(self, token: Token) -> bool:
        """Wait until each incoming flow has brought a token."""
        if self.incoming_count < 2:
            return True
        first: dict[str, Token] = {}
        for other in self.waiting(token):
            first.setdefault(other.internal_data["flow"], other)
        first.pop(token.internal_data["flow"], None)
        if len(first) + 1 < self.incoming_count:
            return self.wait(token)
        self.merge(token, list(first.values()))
        return True

    def chosen(self, token: Token) -> list[Way]:  # noqa: ARG002 nothing is asked
        """Every way, whatever is written on it."""
        return list(self.ways)


class InclusiveSpec(JoinSpec):
    """Waits while a token elsewhere could still reach an incoming flow that has none.

    `reaches` says for each incoming flow from which nodes it can be reached without passing
    this gateway (BPMN 2.0, 13.4.3).
    """

    def __init__(self, scope: "ScopeSpec", node: Node) -> None:
        super().__init__(scope, node)
        self.reaches: dict[str, frozenset[str]] = {}

    def begin(self, token: Token) -> bool:
        """Always wait when there is something to wait for; the instance asks when all is quiet."""
        return self.incoming_count < 2 or self.wait(token)

    def is_complete(self, here: list[Token], others: list[Token]) -> bool:
        """Whether nothing more can come on flows that have no token yet."""
        filled = {token.internal_data["flow"] for token in here}
        empty = [flow for flow in self.reaches if flow not in filled]
        for other in others:
            place = other.task_spec.name
            could_come = any(place in self.reaches[flow] for flow in empty)
            if could_come and not any(place in self.reaches[flow] for flow in filled):
                return False
        return True

    def fire(self, here: list[Token]) -> None:
        """One token from each filled flow goes on as one."""
        first: dict[str, Token] = {}
        for token in here:
            first.setdefault(token.internal_data["flow"], token)
        oldest, *rest = first.values()
        self.merge(oldest, rest)
        oldest.make_ready()

    def chosen(self, token: Token) -> list[Way]:
        """Every way whose condition holds; raises ProcessFault when there is none."""
        if len(self.ways) == 1 and self.ways[0].condition is None:
            return list(self.ways)
        taken = self.holding(token)
        if self.ways and not taken:
            raise self.no_way()
        return taken


class EventGatewaySpec(NodeSpec):
    """Waits for the first of several events; each keeps its own due time."""

    def __init__(self, scope: "ScopeSpec", node: Node) -> None:
        super().__init__(scope, node)
        self.targets: tuple[NodeSpec, ...] = ()

    def begin(self, token: Token) -> bool:
        """Arm every event behind the gateway."""
        instance = token.workflow.top_workflow
        for target in self.targets:
            instance.arm(token.internal_data, target.catches, target.node, token)
        return self.wait(token)

    def leave(self, token: Token) -> None:
        """Go on at the event that happened."""
        instance = token.workflow.top_workflow
        for target in self.targets:
            if target.name == token.internal_data["chosen"]:
                instance.effects.flows += [it.id for it in self.ways if it.target is target]
                child = instance.new_token(token, target)
                child.internal_data["fired"] = True
