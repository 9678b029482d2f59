"""Unary tests and `in` to closures."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cache
from operator import le, lt
from types import NoneType

from clearway.feel.compile_collections import between, ends_of, range_between
from clearway.feel.compile_names import local, operand
from clearway.feel.compile_operators import compared
from clearway.feel.constants import is_plain, settled
from clearway.feel.frame import Code, Frame
from clearway.feel.limits import TEXT_PER_STEP
from clearway.feel.logic import contains, equal, in_range
from clearway.feel.scope import Maker, Scope
from clearway.feel.syntax import Membership, RangeOf, Test
from clearway.feel.values import Range, is_list


def membership(node: Membership, scope: Scope, maker: Maker) -> Code:
    """`value in tests`: true when one of the tests holds."""
    value = operand(node.value, scope, maker)
    slot = maker.uses.new_slot()
    holds = any_of(node.tests, slot, scope.with_names({"?": slot}), maker)

    def run(frame: Frame) -> object:
        frame.slots[slot] = value(frame)
        return holds(frame)

    return run


def any_of(tests: Sequence[Test], slot: int, scope: Scope, maker: Maker) -> Code:
    """True when one test of the value in `slot` holds, false when none does, null if not known.

    No tests at all accept everything.
    """
    codes = [_test(each, slot, scope, maker) for each in tests]
    if len(codes) < 2:
        return codes[0] if codes else lambda _frame: True
    found = _constants(tests)
    return _one_of(codes) if found is None else _looked_up(found, slot, _one_of(codes))


def _one_of(codes: list[Code]) -> Code:
    def run(frame: Frame) -> object:
        unknown = False
        for each in codes:
            answer = each(frame)
            if answer is True:
                return True
            unknown = unknown or answer is None
        return None if unknown else False

    return run


def _constants(tests: Sequence[Test]) -> list[object] | None:
    """The values of tests that are all for one; None if a test is more, or too long a text."""
    literals = [settled(test.operand) for test in tests if test.operator in ("", "=")]
    found = [each.value for each in literals if each is not None and is_plain(each.value)]
    return found if len(found) == len(tests) else None


Within = Callable[[Frame, object, object, object], object]
LOOKED_UP: tuple[type, ...] = (str, Decimal, bool, NoneType)


class _Group:
    """The constants that are of one type, and the answer for a value of it that is none of them.

    It is not known whether a value differs from one of another type, unless one of them is null.
    """

    __slots__ = ("members", "otherwise")

    def __init__(self, kind: type, constants: list[object]) -> None:
        own = [it for it in constants if type(it) is kind]
        others = any(it is not None and type(it) is not kind for it in constants)
        # A caller's number may be one that has no hash.
        self.members = frozenset(own) if kind is str else tuple(own)
        self.otherwise = None if others and kind is not NoneType else False


def _looked_up(constants: list[object], slot: int, general: Code) -> Code:
    """The same as asking for one constant after the other, by the type of the value."""
    groups = {kind: _Group(kind, constants) for kind in LOOKED_UP}

    def run(frame: Frame) -> object:
        value = frame.slots[slot]
        group = groups.get(type(value))
        if group is None:
            return general(frame)
        return True if value in group.members else group.otherwise

    return run


def _test(node: Test, slot: int, scope: Scope, maker: Maker) -> Code:
    """One unary test of the value in `slot`, which the test itself may call `?`."""
    if node.operator:
        return compared(node.operator, local(slot), node.operand, scope, maker)
    if settled(node.operand) is not None:
        return compared("=", local(slot), node.operand, scope, maker)
    found, _ = scope.find("?")
    before = maker.uses.input_reads
    if isinstance(node.operand, RangeOf):
        low, high = ends_of(node.operand, scope, maker)
        code, test = between(node.operand, low, high), _range_test(node.operand, slot, low, high)
    else:
        code = maker.code(node.operand, scope)
        test = _value_test(slot, code)
    return _condition(code) if found == slot and maker.uses.input_reads != before else test


def _condition(code: Code) -> Code:
    def run(frame: Frame) -> object:
        answer = code(frame)
        return answer if isinstance(answer, bool) else None

    return run


def _value_test(slot: int, code: Code) -> Code:
    def run(frame: Frame) -> object:
        wanted, value = code(frame), frame.slots[slot]
        if type(wanted) is Decimal and type(value) is Decimal:
            return wanted == value
        if type(wanted) is str and type(value) is str and len(value) <= TEXT_PER_STEP:
            return wanted == value
        if isinstance(wanted, Range) and not isinstance(value, Range):
            return in_range(wanted, value)
        if is_list(wanted):
            same = equal(frame.run, value, wanted) if is_list(value) else False
            return True if same else contains(frame.run, wanted, value)
        if isinstance(wanted, bool) and not isinstance(value, bool):
            return wanted
        return equal(frame.run, value, wanted)

    return run


def _range_test(node: RangeOf, slot: int, low: Code, high: Code) -> Code:
    def within(frame: Frame, first: object, last: object, value: object) -> object:
        limits = range_between(node, first, last)
        if isinstance(value, Range):
            return equal(frame.run, value, limits)
        return in_range(limits, value) if limits is not None else None

    return _number_range(node.low_included, node.high_included, slot)(low, high, within)


@cache
def _number_range(
    low_included: bool, high_included: bool, slot: int
) -> Callable[[Code, Code, Within], Code]:
    """What makes such tests: of numbers at once, of other values by `within`.

    Made once, because what thousands of cells share stays near the processor.
    """
    above, below = le if low_included else lt, le if high_included else lt

    def make(low: Code, high: Code, within: Within) -> Code:
        def run(frame: Frame) -> object:
            first, last, value = low(frame), high(frame), frame.slots[slot]
            if type(first) is Decimal and type(last) is Decimal and type(value) is Decimal:
                return above(first, value) and below(value, last)
            return within(frame, first, last, value)

        return run

    return make
