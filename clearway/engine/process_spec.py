"""A scope as SpiffWorkflow sees it: the specification of a process or subprocess."""

from typing import TYPE_CHECKING, Any

from clearway.engine.expressions import Formula
from clearway.engine.model import Scope
from clearway.engine.spiff import BareScopeSpec, BaseNodeSpec, BaseScopeSpec

if TYPE_CHECKING:
    from clearway.engine.specs.base import NodeSpec
    from clearway.engine.specs.events import StartSpec
    from clearway.engine.specs.gateways import InclusiveSpec


class RootSpec(BaseNodeSpec):
    """The root of a tree of tokens. Its name can be no id of XML, so it hides no element."""

    def __init__(self, scope: "ScopeSpec") -> None:
        BaseNodeSpec.__init__(self, scope, "(root)")


class ScopeSpec(BaseScopeSpec):
    """A process or subprocess with nothing in it that is not drawn.

    The library's own constructor adds tasks named Start and End, which swallow elements with
    those ids, and a join that fires by guessing; so it is not called.
    """

    name: str
    task_specs: "dict[str, Any]"

    def __init__(self, scope: Scope) -> None:
        BareScopeSpec.__init__(self, name=scope.id)
        self.scope = scope
        self.description = scope.name
        self.data_objects: dict[str, object] = {}
        self.start = RootSpec(self)
        self.starts: tuple[NodeSpec, ...] = ()
        self.none_start: StartSpec | None = None
        self.event_starts: tuple[StartSpec, ...] = ()
        self.inclusive_joins: tuple[InclusiveSpec, ...] = ()
        self.completion: Formula | None = None

    @property
    def nodes(self) -> "list[NodeSpec]":
        """The specs of all drawn nodes."""
        return [spec for spec in self.task_specs.values() if spec is not self.start]
