"""One running process in memory: its tokens, its variables and what a turn of it did."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from clearway.engine import conditions, expressions, keeping, limits
from clearway.engine.expressions import Formula
from clearway.engine.ledger import Ledger
from clearway.engine.model import Node
from clearway.engine.names import Names
from clearway.engine.process_spec import ScopeSpec
from clearway.engine.specs.base import Catch, NodeSpec
from clearway.engine.spiff import CANCELLED, COMPLETED, FUTURE, READY, BaseSubWorkflow, BaseWorkflow
from clearway.engine.timers import Timing, too_far
from clearway.engine.token import Token
from clearway.engine.values import (
    Happening,
    Notice,
    OutgoingMessage,
    ProcessFault,
    RecordChange,
    Value,
    World,
)

if TYPE_CHECKING:
    from clearway.engine.blueprint import Blueprint


@dataclass
class Effects:
    """What a turn has done so far."""

    record_changes: list[RecordChange] = field(default_factory=list[RecordChange])
    messages: list[OutgoingMessage] = field(default_factory=list[OutgoingMessage])
    notices: list[Notice] = field(default_factory=list[Notice])
    happenings: list[Happening] = field(default_factory=list[Happening])
    signals: list[str] = field(default_factory=list[str])
    flows: list[str] = field(default_factory=list[str])


class NoScripts:
    """Stands where SpiffWorkflow expects its Python engine, and refuses."""

    def __getattr__(self, name: str) -> Any:
        raise ProcessFault(
            None,
            f"Something asked the script engine for `{name}`.",
            "Diagrams compute with FEEL only; report this to the makers of Clearway.",
        )


class Running:
    """What a process and a subprocess have in common while they run.

    `arms` are the armed events of event subprocesses, `ledger` what compensation could undo;
    `interrupted` scopes start no event subprocess any more; in `fulfilled` ones the
    completion condition of an ad-hoc subprocess has held.
    """

    id: str
    spec: ScopeSpec
    top_workflow: "Instance"
    outer: "Running"
    depth: int
    tasks: dict[str, Token]
    task_tree: Token
    completed: bool
    parent_task_id: str | None

    def open(self, identifier: str) -> None:
        """Prepare an empty scope."""
        self.id = identifier
        self.arms: dict[str, Any] = {}
        self.ledger: Ledger = []
        self.interrupted = False
        self.fulfilled = False
        self.task_tree = Token(self, self.spec.start, None, COMPLETED, f"({identifier})")

    @property
    def live(self) -> list[Token]:
        """All tokens in this scope, in the order in which they came."""
        root = self.task_tree
        return [token for token in self.tasks.values() if token is not root]

    def _task_completed_notify(self, task: Token) -> None:
        self.top_workflow.retire(task)


class Subscope(Running, BaseSubWorkflow):
    """A subprocess or called process that runs inside an instance."""

    def __init__(self, spec: ScopeSpec, owner: Token) -> None:
        # The library computes depth by walking up; here the outer scope knows it.
        self.outer: Running = owner.workflow
        if self._calculate_depth() > limits.SCOPE_DEPTH:
            raise ProcessFault(
                owner.task_spec.node.id,
                f"Subprocesses nest deeper than {limits.SCOPE_DEPTH}.",
                "Look for a process that calls itself without end.",
            )
        BaseSubWorkflow.__init__(
            self, spec, owner.id, owner.workflow.top_workflow, deserializing=True
        )
        self.open(owner.id)

    def _calculate_depth(self) -> int:
        return self.outer.depth + 1

    @property
    def owner(self) -> Token:
        """The token of the activity that this scope is the inside of."""
        return self.top_workflow.tokens[self.id]


class Instance(Running, BaseWorkflow):
    """The whole of one instance while a turn runs; nothing of it outlives the turn."""

    subprocesses: "dict[str, Subscope]"
    subprocess_specs: dict[str, ScopeSpec]

    def __init__(self, blueprint: "Blueprint", world: World) -> None:
        self.tokens: dict[str, Token] = {}
        BaseWorkflow.__init__(
            self, blueprint.spec, blueprint.scopes, NoScripts(), deserializing=True
        )
        self.blueprint = blueprint
        self.world = world
        self.record: dict[str, Value] = dict(world.record)
        self.variables: dict[str, Value] = {}
        self.kept: list[keeping.KeptMessage] = []
        self.last_state: str | None = None
        self.told_state: str | None = None
        self.count = 0
        self.steps = 0
        self.runs: dict[str, int] = {}
        self.effects = Effects()
        self.queue: deque[Token] = deque()
        self.emptied: list[Running] = []
        self.open("0")

    # --- tokens -------------------------------------------------------------------------------

    def new_token(self, parent: Token, spec: NodeSpec) -> Token:
        """A token that is about to enter a node."""
        if len(self.tokens) > limits.LIVE_TOKENS:
            raise ProcessFault(
                spec.name,
                f"More than {limits.LIVE_TOKENS} tokens are alive at once.",
                "Look for a loop that splits without a join.",
            )
        self.count += 1
        return Token(parent.workflow, spec, parent, FUTURE, str(self.count))

    def spawn(self, scope: Running, spec: NodeSpec, kept: Mapping[str, Any] | None = None) -> Token:
        """A new token enters a node out of nothing: an event happened, or a loop goes on."""
        token = self.new_token(scope.task_tree, spec)
        token.internal_data.update(kept or {})
        spec.enter(token)
        return token

    def retire(self, token: Token) -> None:
        """A completed token leaves the tree; what it started hangs on the root instead."""
        scope = token.workflow
        if token.id not in scope.tasks:
            return
        scope.task_tree.adopt(token.children)
        self.remove(token)
        conditions.after_completion(self, token)

    def remove(self, token: Token) -> None:
        """Forget a token."""
        scope = token.workflow
        parent = token.parent
        if parent is not None:
            parent.disown(token)
        scope.tasks.pop(token.id, None)
        self.tokens.pop(token.id, None)
        if len(scope.tasks) == 1 and not scope.completed:
            self.emptied.append(scope)

    def cancel_token(self, token: Token) -> None:
        """A token stops with all that runs inside it; nothing of it goes on."""
        if token.id not in token.workflow.tasks:
            return
        if "loop" in token.internal_data:
            for other in token.workflow.live:
                if other.internal_data.get("body") == token.id:
                    self.cancel_token(other)
        inner = self.subprocesses.get(token.id)
        if inner is not None:
            inner.completed = True
            self.cancel_all(inner)
            del self.subprocesses[token.id]
        if token.is_live:
            token.set_state(CANCELLED)
            self.happen("cancelled", token.task_spec.node)
        self.remove(token)

    def cancel_all(self, scope: Running, but: Token | None = None) -> None:
        """Everything in a scope stops."""
        for token in scope.live:
            if token is not but:
                self.cancel_token(token)

    # --- running ------------------------------------------------------------------------------

    def run(self) -> None:
        """Run until everything waits; raises ProcessFault when it never would."""
        while True:
            while self.queue or self.emptied:
                if self.emptied:
                    self._close(self.emptied.pop())
                    continue
                token = self.queue.popleft()
                if token.state == READY and token.id in self.tokens:
                    self._step(token)
            if self.completed or not (
                keeping.deliver(self) or conditions.fire_join(self) or conditions.fire(self)
            ):
                return

    def _step(self, token: Token) -> None:
        self.steps += 1
        name = token.task_spec.name
        self.runs[name] = self.runs.get(name, 0) + 1
        if self.runs[name] > limits.RUNS_PER_NODE or self.steps > limits.STEPS_PER_TURN:
            most = max(self.runs.values())
            loop = [each for each, runs in self.runs.items() if runs > most // 2]
            raise ProcessFault(
                name,
                f"It runs in a circle without ever waiting: {', '.join(sorted(loop)[:10])}.",
                "Correct the data or the condition that should end the loop.",
            )
        token.run()

    def _close(self, scope: Running) -> None:
        if scope.completed or len(scope.tasks) > 1:
            return
        conditions.check_ad_hoc(self, scope)
        scope.completed = True
        if scope is self:
            self.happenings_add("ended", self.blueprint.process, self.blueprint.name)
            return
        owner = self.tokens[scope.id]
        owner.internal_data["ledger"] = scope.ledger
        del self.subprocesses[scope.id]
        owner.complete()

    def start_scope(self, owner: Token, name: str, start: NodeSpec | None = None) -> None:
        """Open the inside of an activity and put its first tokens there."""
        scope = Subscope(self.subprocess_specs[name], owner)
        self.subprocesses[owner.id] = scope
        self.begin_scope(scope, start)

    def begin_scope(self, scope: Running, start: NodeSpec | None = None) -> None:
        """Arm the event subprocesses of a scope and start it."""
        for event in scope.spec.event_starts:
            self.arm({"arms": scope.arms}, event.catches, event.node, scope)
        starts = (start,) if start is not None else scope.spec.starts
        for spec in starts:
            self.spawn(scope, spec)
        if len(scope.tasks) == 1:
            self.emptied.append(scope)

    # --- what a token sees --------------------------------------------------------------------

    def names(self, holder: "Token | Running", extra: Mapping[str, Value] | None = None) -> Names:
        """The names an expression may use at a token or in a scope."""
        return Names(self, holder, extra)

    def value(
        self, formula: Formula, holder: "Token | Running", extra: Mapping[str, Value] | None = None
    ) -> Value:
        """Evaluate a formula where `holder` stands."""
        value = expressions.evaluate(formula, self.names(holder, extra), self.world)
        # The record goes on changing; what was computed from it must not.
        return dict(self.record) if value is self.record else value

    def holds(
        self, formula: Formula, holder: "Token | Running", extra: Mapping[str, Value] | None = None
    ) -> bool:
        """Whether a condition is true where `holder` stands."""
        return expressions.holds(formula, self.names(holder, extra), self.world)

    # --- waiting ------------------------------------------------------------------------------

    def arm(
        self,
        kept: dict[str, Any],
        catches: tuple[Catch, ...],
        node: Node,
        holder: "Token | Running",
    ) -> None:
        """Work out when timers are due; other events need nothing to be kept."""
        for catch in catches:
            if catch.timer is None:
                continue
            timing = catch.timer.start(self.world.now, lambda f: self.value(f, holder))
            self.check_due(node, timing)
            kept.setdefault("arms", {})[catch.key] = timing.armed()

    def check_due(self, node: Node, timing: Timing) -> None:
        """Refuse what is due after a hundred years."""
        if too_far(timing.due, self.world.now):
            raise ProcessFault(
                node.id,
                f"The timer would be due at {timing.due.isoformat()}.",
                "Correct the data it uses, or the timer in the diagram.",
            )

    def scopes(self) -> Iterator[Running]:
        """All open scopes, the outermost first."""
        yield self
        yield from self.subprocesses.values()

    # --- telling ------------------------------------------------------------------------------

    def entered(self, token: Token) -> None:
        """A token has arrived at a node."""
        spec = token.task_spec
        if spec.state_shown:
            self.show(spec.state_shown, spec.node)
        if spec.reports_start:
            self.happen("started", spec.node)

    def show(self, state: str, node: Node) -> None:
        """The record shows this state from here on."""
        self.last_state = state
        if state != self.told_state:
            self.happen("state", node, {"from": self.told_state, "to": state})
            self.told_state = state

    def happen(self, kind: str, node: Node, details: Mapping[str, Value] | None = None) -> None:
        """One line for the history."""
        self.happenings_add(kind, node.id, node.label, details)

    def happenings_add(
        self, kind: str, element: str, name: str, details: Mapping[str, Value] | None = None
    ) -> None:
        """One line for the history about something that need not be a node."""
        self.effects.happenings.append(Happening(kind, element, name, details or {}))
