"""Which values an expression counts on, so that it can stop where one of them is missing.

It counts on what it computes with, calls a built-in function with that does not take null, or
compares, unless that is by `=` or `in` with constants: whether a value is `true` or `"a"` is a
question that no value answers as well. What it puts into a list, a context or a function may be
null; when nothing comes out in the end, that was the reason.
"""

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal

from clearway.feel.access import property_of
from clearway.feel.blame import Blame
from clearway.feel.builtins.catalogue import BUILTINS
from clearway.feel.compile_calls import built_in_called
from clearway.feel.compile_names import root_path
from clearway.feel.compile_tests import any_of
from clearway.feel.compiler import Compiler
from clearway.feel.constants import settled
from clearway.feel.errors import FeelEvaluationError, FeelMissingValueError, place_of, quoted
from clearway.feel.frame import Code, Frame
from clearway.feel.lacking import lacks_something
from clearway.feel.likeness import differ_by_null
from clearway.feel.limits import Run
from clearway.feel.origins import CLOSED, NOWHERE, origins_of
from clearway.feel.scope import EMPTY, Maker, Scope
from clearway.feel.syntax import (
    Call,
    Comparison,
    Filter,
    Logic,
    Name,
    Node,
    Path,
    Quantified,
    Test,
)
from clearway.feel.types import Type
from clearway.feel.uses import NEEDED, PUT, Use, uses_of, uses_of_test
from clearway.feel.values import Function, is_context, kind


def sure_expression(
    tree: Node, text: str, types: Mapping[str, Type], hidden: Collection[str], is_handed_on: bool
) -> tuple[Code, int]:
    """The code of an expression and its slots; it raises FeelMissingValueError.

    Where a value `is_handed_on`, to be a part of a larger one, it may be null. A missing value that
    is put into another is left in the run.
    """
    # To find nothing that fits is an answer of its own.
    may_be_null = is_handed_on or (isinstance(tree, Filter) and _is_choice(tree))
    uses = uses_of(tree, PUT if may_be_null else NEEDED)
    compiler = _Sure(text, types, (tree,), uses, hidden)
    code = compiler.code(tree, EMPTY)
    return code, compiler.uses.slots


def sure_tests(tests: tuple[Test, ...], text: str, types: Mapping[str, Type]) -> tuple[Code, int]:
    """The same for the tests of a cell, not negated: a value that is missing matters only where
    no other test holds."""
    nodes = (use for test in tests for use in uses_of_test(test))
    compiler = _Sure(text, types, tests, nodes, ())
    slot = compiler.uses.new_slot()
    scope = EMPTY.with_names({"?": slot})
    codes = [any_of((test,), slot, scope, compiler) for test in tests]
    return _any(codes, True), compiler.uses.slots


class _Sure(Compiler):
    """Compiles so that a value that is counted on and missing is an error."""

    def __init__(
        self,
        text: str,
        types: Mapping[str, Type],
        roots: Iterable[Node | Test],
        uses: Iterable[tuple[Node, Use]],
        hidden: Collection[str],
    ) -> None:
        super().__init__(text, types)
        # By identity: the same name may be asked for null in one place and counted on in another.
        self._use = {id(node): use for node, use in uses}
        self._ways = {
            node: frozenset(way for way in ways if way[0] not in hidden)
            for node, ways in origins_of(roots).items()
        }
        self._hidden = hidden
        self._put_off: dict[int, int] = {}
        self._made: dict[int, Code] = {}

    def code(self, node: Node, scope: Scope) -> Code:
        """The closure that gives the node's value."""
        made = self._made.pop(id(node), None)
        if made is not None:
            return made
        slot = self._put_off.pop(id(node), None)
        return (
            self._code(node, scope) if slot is None else _putting_off(self._code(node, scope), slot)
        )

    def _code(self, node: Node, scope: Scope) -> Code:
        if isinstance(node, Call) and built_in_called(node.function, scope) is None:
            self._made[id(node.function)] = self._function(node.function, scope)
        if isinstance(node, Logic):
            return _any([self.code(item, scope) for item in node.items], node.word == "or")
        if isinstance(node, Comparison) and node.operator in ("=", "!="):
            return self._equality(node, scope)
        if isinstance(node, Quantified):
            slot = self._put_off[id(node.condition)] = self.uses.new_slot()
            return _quantified(super().code(node, scope), slot)
        use = self._use.get(id(node))
        if use is None:
            return super().code(node, scope)
        path = root_path(node)
        slot, items = scope.find(path[0]) if path is not None else (None, ())
        if path is not None and slot is None:
            if path[0] in BUILTINS or path[0] in self._hidden:
                return super().code(node, scope)
            code = _present(super().code(node, scope), path, items, node.at, self, use)
            return self._of_item(code, node, items) if items and use is NEEDED else code
        return self._found(node, scope) if use is NEEDED else super().code(node, scope)

    def _function(self, node: Node, scope: Scope) -> Code:
        """What is called, which has to be a function."""
        code, text, path = self.code(node, scope), self.uses.text, root_path(node)
        told = quoted(".".join(path)) if path is not None else "what is called here"

        def run(frame: Frame) -> object:
            value = code(frame)
            if value is not None and not isinstance(value, Function):
                cause = f"{told} is a {kind(value)} and no function"
                raise FeelEvaluationError(cause, text, place_of(text, node.at))
            return value

        return run

    def _found(self, node: Node, scope: Scope) -> Code:
        """What the expression has found or bound itself, and counts on."""
        if isinstance(node, Path):
            return self._component(node, scope)
        if isinstance(node, Call):
            return self._answer(node, scope)
        item = item_asked(node) if isinstance(node, Filter) else None
        blame = Blame(self._ways.get(id(node), NOWHERE), item)
        return _blamed(super().code(node, scope), blame, (self.uses.text, node.at))

    def _answer(self, node: Call, scope: Scope) -> Code:
        """The answer of a function, which is null for what is missing in what it is given."""
        ways = self._ways.get(id(node), NOWHERE)
        if not ways:
            return super().code(node, scope)
        slots: list[int] = []
        for given in (*node.arguments, *(each for _, each in node.named)):
            slots.append(self.uses.new_slot())
            self._made[id(given)] = _keeping(self.code(given, scope), slots[-1])
        code, blame, text = super().code(node, scope), Blame(ways), self.uses.text

        def run(frame: Frame) -> object:
            value = code(frame)
            if value is None and any(lacks_something(frame.slots[slot]) for slot in slots):
                told = blame.told(frame.context, frame.run)
                if told is not None:
                    raise FeelMissingValueError(told, text, place_of(text, node.at))
            return value

        return run

    def _equality(self, node: Comparison, scope: Scope) -> Code:
        """Of lists and contexts: null in one is no answer to what the other computes there."""
        slots = self.uses.new_slot(), self.uses.new_slot()
        for side, slot in zip((node.left, node.right), slots, strict=True):
            if settled(side) is not None:
                return super().code(node, scope)
            self._made[id(side)] = _keeping(self.code(side, scope), slot)
        ways = self._ways.get(id(node.left), NOWHERE) | self._ways.get(id(node.right), NOWHERE)
        code, blame, text = super().code(node, scope), Blame(ways), self.uses.text

        def run(frame: Frame) -> object:
            answer = code(frame)
            left, right = (frame.slots[slot] for slot in slots)
            if differ_by_null(frame.run, left, right, node.left, node.right):
                told = blame.told(frame.context, frame.run)
                if told is not None:
                    raise FeelMissingValueError(told, text, place_of(text, node.at))
            return answer

        return run

    def _component(self, node: Path, scope: Scope) -> Code:
        base = self.code(node.base, scope)
        ways = self._ways
        of_holder = Blame(ways.get(id(node.base), NOWHERE), name=node.name)
        of_all = Blame(ways.get(id(node), NOWHERE))
        text, is_made = self.uses.text, root_path(node) is None

        def run(frame: Frame) -> object:
            holder = base(frame)
            value = property_of(frame.run, holder, node.name)
            if value is not None:
                return value
            told = of_holder.told(frame.context, frame.run, holder) if is_context(holder) else None
            told = told or of_all.told(frame.context, frame.run)
            if told is not None:
                raise FeelMissingValueError(told, text, place_of(text, node.at))
            if is_made:
                # What was put into it before is the reason, if something was.
                raise frame.run.missing or FeelMissingValueError(
                    node.name, text, place_of(text, node.at)
                )
            return None

        return run

    def _of_item(self, code: Code, node: Node, items: tuple[int, ...]) -> Code:
        """A name in a filter, which the item may have: it is the item then that lacks it."""
        if not isinstance(node, Name):
            return _blamed(
                code, Blame(self._ways.get(id(node), NOWHERE)), (self.uses.text, node.at)
            )
        word, text = node.name, self.uses.text
        ways = self._ways.get(id(node), NOWHERE)
        of_all = Blame(ways)
        blame = Blame(frozenset(way[:-1] for way in ways if len(way) > 1), name=word)

        def run(frame: Frame) -> object:
            value = code(frame)
            if value is not None:
                return value
            lacking = [it for it in (frame.slots[slot] for slot in items) if is_context(it)]
            holder = next((it for it in lacking if word in it), lacking[0] if lacking else None)
            if holder is None:
                return None
            told = blame.told(frame.context, frame.run, holder)
            told = told or of_all.told(frame.context, frame.run)
            if told is not None:
                raise FeelMissingValueError(told, text, place_of(text, node.at))
            return None

        return run


def _keeping(code: Code, slot: int) -> Code:
    def run(frame: Frame) -> object:
        value = frame.slots[slot] = code(frame)
        return value

    return run


def _blamed(code: Code, blame: Blame, place: tuple[str, int]) -> Code:
    text, at = place

    def run(frame: Frame) -> object:
        value = code(frame)
        if value is None:
            told = blame.told(frame.context, frame.run)
            if told is not None:
                raise FeelMissingValueError(told, text, place_of(text, at))
        return value

    return run


def told_of(
    node: Node, tree: Node, rest: str, context: Mapping[str, object], run: Run
) -> str | None:
    """What is missing in the value of a part of an expression, as a reader knows it.

    `rest` is how it goes on from there, such as `.price`. None where no input lacks it.
    """
    path = root_path(node)
    if path is not None and path[0] in context:
        return f"{'.'.join(path)}{rest}"
    ways = origins_of((tree,)).get(id(node), NOWHERE)
    if not rest:
        return Blame(ways, item_asked(node) if isinstance(node, Filter) else None).told(
            context, run
        )
    if ", " in rest:
        return None
    more = tuple(rest.lstrip(".").split("."))
    return Blame(frozenset((*way, *more) for way in ways if way[-1] != CLOSED)).told(context, run)


def item_asked(node: Filter) -> int | str | None:
    """The place of the one item that is asked for; None for a condition."""
    found, is_direct = settled(node.condition), root_path(node.base) is not None
    number = found.value if found is not None else None
    if isinstance(number, Decimal) and number == int(number):
        return (
            int(number)
            if is_direct
            else f"{number} of those that fit"
            if _is_choice(node)
            else None
        )
    path = root_path(node.condition)
    return ".".join(path) if path is not None and is_direct else None


def _without_components(node: Node) -> Node:
    while isinstance(node, Path):
        node = node.base
    return node


def _is_choice(node: Filter) -> bool:
    """Whether it looks among the items that another filter finds, or among a component of them."""
    chosen = _without_components(node.base)
    if not isinstance(chosen, Filter) or settled(chosen.condition) is not None:
        return False
    return root_path(chosen.base) is not None


def _putting_off(condition: Code, slot: int) -> Code:
    """The condition of one turn: what it misses matters where no other turn decides."""

    def run(frame: Frame) -> object:
        try:
            return condition(frame)
        except FeelMissingValueError as error:
            frame.slots[slot] = frame.slots[slot] or error
            return None

    return run


def _quantified(code: Code, slot: int) -> Code:
    def run(frame: Frame) -> object:
        frame.slots[slot] = None
        answer, error = code(frame), frame.slots[slot]
        if answer is None and isinstance(error, FeelMissingValueError):
            raise error
        return answer

    return run


def _present(
    code: Code, path: tuple[str, ...], items: tuple[int, ...], at: int, maker: Maker, use: Use
) -> Code:
    text, root = maker.uses.text, path[0]

    def run(frame: Frame) -> object:
        value = code(frame)
        if (
            value is None
            and root in frame.context
            and not any(_has(frame.slots[slot], root) for slot in items)
        ):
            error = FeelMissingValueError(".".join(path), text, place_of(text, at))
            if use is NEEDED:
                raise error
            frame.run.missing = frame.run.missing or error
        return value

    return run


def _has(item: object, name: str) -> bool:
    """Whether a name is an entry of a filtered item, in which null is a value."""
    return is_context(item) and name in item


def _any(codes: list[Code], decides: bool) -> Code:
    """`or`, or `and` where false decides: what is missing matters when nothing else decides."""

    def run(frame: Frame) -> object:
        unknown, missing = False, None
        for code in codes:
            try:
                value = code(frame)
            except FeelMissingValueError as error:
                missing = missing or error
                continue
            if value is decides:
                return decides
            unknown = unknown or value is not (not decides)
        if missing is not None:
            raise missing
        return None if unknown else not decides

    return run
