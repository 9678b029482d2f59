"""A syntax tree to nested closures, each kind of node in its own room."""

from collections.abc import Callable, Mapping
from typing import cast

from clearway.feel import (
    compile_calls,
    compile_collections,
    compile_names,
    compile_operators,
    compile_tests,
    syntax,
)
from clearway.feel.frame import Code
from clearway.feel.scope import Maker, Scope, Uses
from clearway.feel.syntax import Literal, Name, Node
from clearway.feel.types import Type

Room = Callable[[Node, Scope, Maker], Code]


class Compiler:
    """Compiles the nodes of one text and notes what they use."""

    def __init__(self, text: str, types: Mapping[str, Type]) -> None:
        self.uses = Uses(text, types)

    def code(self, node: Node, scope: Scope) -> Code:
        """The closure that gives the node's value; raises FeelSyntaxError."""
        self.uses.nodes += 1
        if isinstance(node, Name) and node.name == "?":
            self.uses.input_reads += 1
        return ROOMS[type(node)](node, scope, self)


def _literal(node: Literal, _scope: Scope, _maker: Maker) -> Code:
    value = node.value
    return lambda _frame: value


ROOMS = cast(
    dict[type, Room],
    {
        syntax.Literal: _literal,
        syntax.Name: compile_names.name,
        syntax.Path: compile_names.path,
        syntax.Call: compile_calls.call,
        syntax.Arithmetic: compile_operators.arithmetic,
        syntax.Negation: compile_operators.negation,
        syntax.Logic: compile_operators.logic,
        syntax.Comparison: compile_operators.comparison,
        syntax.Between: compile_operators.between,
        syntax.Membership: compile_tests.membership,
        syntax.InstanceOf: compile_operators.instance_of,
        syntax.ListOf: compile_collections.list_of,
        syntax.ContextOf: compile_collections.context_of,
        syntax.RangeOf: compile_collections.range_of,
        syntax.If: compile_collections.choice,
        syntax.Filter: compile_collections.selection,
        syntax.For: compile_collections.loop,
        syntax.Quantified: compile_collections.quantified,
        syntax.FunctionOf: compile_collections.function_of,
    },
)
