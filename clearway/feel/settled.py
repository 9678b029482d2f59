"""Tests that are asked for many values, with what is the same for all of them computed once."""

from collections.abc import Mapping

from clearway.feel.compile_tests import any_of
from clearway.feel.compiler import Compiler
from clearway.feel.errors import FeelError, FeelSyntaxError
from clearway.feel.frame import Code, Frame
from clearway.feel.inside import nodes_in
from clearway.feel.scope import EMPTY, Scope
from clearway.feel.syntax import (
    Arithmetic,
    Call,
    Filter,
    For,
    FunctionOf,
    If,
    Name,
    Node,
    Path,
    Quantified,
    Test,
)
from clearway.feel.types import Type

CLOCKS = frozenset(("now", "today"))
WORTH_KEEPING = (Arithmetic, Call, Filter, For, If, Path, Quantified)


def settled_tests(
    tests: tuple[Test, ...], text: str, types: Mapping[str, Type]
) -> tuple[Code, int]:
    """The code of tests, not negated, and its slots; each is for one thread."""
    compiler = _Settling(text, types)
    slot = compiler.uses.new_slot()
    code = any_of(tests, slot, EMPTY.with_names({"?": slot}), compiler)
    return code, compiler.uses.slots


class _Settling(Compiler):
    """Compiles so that a part which asks for nothing is computed when it is first needed."""

    def code(self, node: Node, scope: Scope) -> Code:
        """The closure that gives the node's value."""
        if not isinstance(node, WORTH_KEEPING) or not self._is_settled(node):
            return super().code(node, scope)
        plain = Compiler(self.uses.text, self.uses.types)
        return _once(plain.code(node, EMPTY), plain.uses.slots)

    def _is_settled(self, node: Node) -> bool:
        if any(isinstance(each, FunctionOf) for each in nodes_in(node)):
            return False
        alone = Compiler(self.uses.text, self.uses.types)
        try:
            alone.code(node, EMPTY)
        except FeelSyntaxError:
            return False
        names = {each.name for each in nodes_in(node) if isinstance(each, Name)}
        return not alone.uses.free and not alone.uses.in_filters and not names & CLOCKS


def _once(code: Code, slots: int) -> Code:
    kept: list[object] = []
    failed: list[FeelError] = []

    def run(frame: Frame) -> object:
        if failed:
            raise failed[0]
        if not kept:
            try:
                kept.append(code(Frame({}, [None] * slots, frame.run)))
            except FeelError as error:
                failed.append(error)
                raise
        return kept[0]

    return run
