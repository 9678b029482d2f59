"""A token: one activation of one flow node, as a task of SpiffWorkflow's tree."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from clearway.engine.spiff import LIVE, BaseTask

if TYPE_CHECKING:
    from clearway.engine.instance import Running


class Token(BaseTask):
    """A task with a short id that neither predicts nor logs.

    `internal_data` is what is kept of it: plain JSON. Finished tokens leave the tree at once, so
    the tree holds what is alive and nothing else.
    """

    if TYPE_CHECKING:
        id: str
        workflow: "Running"
        task_spec: Any
        state: int
        internal_data: dict[str, Any]
        parent: "Token | None"
        children: "list[Token]"

    def __init__(
        self, scope: "Running", spec: Any, parent: "Token | None", state: int, identifier: str
    ) -> None:
        BaseTask.__init__(self, scope, spec, parent, state, identifier)
        # A dict keeps the order and forgets a finished child in constant time.
        self._children: dict[str, None] = {}
        scope.top_workflow.tokens[identifier] = self

    @property
    def is_live(self) -> bool:
        """Neither completed nor cancelled, and still part of its instance."""
        return self._state & LIVE != 0 and self.id in self.workflow.tasks

    def _set_state(self, value: int) -> None:
        self._state = value

    def _child_added_notify(self, child: "Token") -> None:
        self._children[child.id] = None

    def _inherit_data(self) -> None:
        """Variables live in the instance, not in the tokens."""

    def make_ready(self) -> None:
        """Let it run as soon as it is its turn."""
        self._ready()

    def set_state(self, state: int) -> None:
        """Change the state without asking whether the library would."""
        self._state = state

    def complete(self) -> None:
        """Go on from here."""
        BaseTask.complete(self)

    def cancel(self) -> None:
        """Stop here and in all that this token started."""
        self.workflow.top_workflow.cancel_token(self)

    def adopt(self, children: Iterable["Token"]) -> None:
        """Become the parent of these tokens."""
        for child in children:
            child.parent = self
            self._children[child.id] = None

    def disown(self, child: "Token") -> None:
        """Forget a child."""
        self._children.pop(child.id, None)
