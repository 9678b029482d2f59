"""Arithmetic, comparison, logic and tests to closures."""

from collections.abc import Callable
from decimal import Decimal

from clearway.feel.arithmetic import NUMBER_OPERATIONS, OPERATIONS, negate
from clearway.feel.compile_names import operand
from clearway.feel.errors import FeelError, FeelSyntaxError, place_of
from clearway.feel.frame import Code, Frame
from clearway.feel.limits import Run
from clearway.feel.logic import (
    ORDERS,
    Answer,
    all_true,
    compare,
    contains,
    equal,
    in_range,
    pay_for_texts,
)
from clearway.feel.scope import Maker, Scope
from clearway.feel.syntax import (
    Arithmetic,
    Between,
    Comparison,
    InstanceOf,
    Literal,
    Logic,
    Membership,
    Negation,
    RangeOf,
    Test,
)
from clearway.feel.types import is_instance, unknown_names
from clearway.feel.values import Range, is_list

Operation = Callable[[Run, object, object], object]


def arithmetic(node: Arithmetic, scope: Scope, maker: Maker) -> Code:
    """Operators of one precedence, from left to right."""
    text, at = maker.uses.text, node.at
    steps = [(_operation(sign), operand(item, scope, maker)) for sign, item in node.rest]
    first = operand(node.first, scope, maker)

    def run(frame: Frame) -> object:
        value = first(frame)
        try:
            for operation, item in steps:
                value = operation(frame.run, value, item(frame))
        except FeelError as error:
            error.locate(text, at)
            raise
        return value

    return run


def negation(node: Negation, scope: Scope, maker: Maker) -> Code:
    """The minus sign before a value."""
    inner = operand(node.operand, scope, maker)
    return lambda frame: negate(inner(frame))


def logic(node: Logic, scope: Scope, maker: Maker) -> Code:
    """`and` and `or`: what decides is found first, everything that is no boolean is unknown."""
    decides = node.word == "or"
    items = [operand(item, scope, maker) for item in node.items]
    if len(items) == 2:
        return _pair(decides, items[0], items[1])

    def run(frame: Frame) -> object:
        unknown = False
        for item in items:
            value = item(frame)
            if value is decides:
                return decides
            if value is not (not decides):
                unknown = True
        return None if unknown else not decides

    return run


def _pair(decides: bool, left: Code, right: Code) -> Code:
    def run(frame: Frame) -> object:
        one = left(frame)
        if one is decides:
            return decides
        other = right(frame)
        if other is decides:
            return decides
        return (not decides) if one is other is (not decides) else None

    return run


def comparison(node: Comparison, scope: Scope, maker: Maker) -> Code:
    """Two values by = != < <= > >=."""
    left, right = operand(node.left, scope, maker), operand(node.right, scope, maker)
    if isinstance(node.right, Literal) and isinstance(node.right.value, Decimal):
        return _with_number(node.operator, left, node.right.value)
    if node.operator in ORDERS:
        return _ordered(node.operator, left, right)
    wanted = node.operator == "="

    def run(frame: Frame) -> object:
        one, other = left(frame), right(frame)
        if type(one) is Decimal and type(other) is Decimal:
            return (one == other) is wanted
        answer = equal(frame.run, one, other)
        return answer if answer is None else answer is wanted

    return run


def between(node: Between, scope: Scope, maker: Maker) -> Code:
    """`value between low and high`, both ends included."""
    value = operand(node.value, scope, maker)
    low, high = operand(node.low, scope, maker), operand(node.high, scope, maker)

    def run(frame: Frame) -> object:
        middle = value(frame)
        return all_true([compare(">=", middle, low(frame)), compare("<=", middle, high(frame))])

    return run


def membership(node: Membership, scope: Scope, maker: Maker) -> Code:
    """`value in tests`: true when one of the tests holds."""
    value = operand(node.value, scope, maker)
    slot = maker.uses.new_slot()
    inside = scope.with_names({"?": slot})
    tests = [test(each, slot, inside, maker) for each in node.tests]

    def run(frame: Frame) -> object:
        frame.slots[slot] = value(frame)
        return any_test(frame, tests)

    return run


def any_test(frame: Frame, tests: list[Code]) -> Answer:
    """True when one test holds, false when none does, null when that is not known."""
    unknown = False
    for each in tests:
        answer = each(frame)
        if answer is True:
            return True
        unknown = unknown or answer is None
    return None if unknown else False


def test(node: Test, slot: int, scope: Scope, maker: Maker) -> Code:
    """One unary test of the value in `slot`, which the test itself may call `?`."""
    if node.operator:
        return comparison_test(node.operator, slot, operand(node.operand, scope, maker))
    found, _ = scope.find("?")
    before = maker.uses.input_reads
    code = maker.code(node.operand, scope)
    if found == slot and maker.uses.input_reads != before:
        return _condition(code)
    return _value_test(node, slot, code)


def comparison_test(operator: str, slot: int, code: Code) -> Code:
    """The value in `slot` compared with an operand."""
    if operator in ORDERS:
        return _ordered(operator, lambda frame: frame.slots[slot], code)

    def run(frame: Frame) -> object:
        answer = equal(frame.run, frame.slots[slot], code(frame))
        return answer if answer is None or operator == "=" else not answer

    return run


def instance_of(node: InstanceOf, scope: Scope, maker: Maker) -> Code:
    """`value instance of type`; raises FeelSyntaxError for a type that nothing defines."""
    types, wanted = maker.uses.types, node.type
    unknown = unknown_names(wanted, types)
    if unknown:
        text = maker.uses.text
        raise FeelSyntaxError(f"there is no type `{unknown[0]}`", text, place_of(text, node.at))
    value = maker.code(node.value, scope)
    return lambda frame: is_instance(value(frame), wanted, types)


def _operation(sign: str) -> Operation:
    general, quick = OPERATIONS[sign], NUMBER_OPERATIONS.get(sign)
    if quick is None:
        return general

    def run(purse: Run, left: object, right: object) -> object:
        if type(left) is Decimal and type(right) is Decimal:
            try:
                return quick(left, right)
            except ArithmeticError:
                return None
        return general(purse, left, right)

    return run


def _with_number(operator: str, left: Code, number: Decimal) -> Code:
    # What most conditions do, so the number is not asked for each time.
    order = ORDERS.get(operator)
    if order is not None:

        def ordered(frame: Frame) -> object:
            value = left(frame)
            if type(value) is Decimal:
                return order(value, number)
            return compare(operator, value, number)

        return ordered
    wanted = operator == "="

    def equals(frame: Frame) -> object:
        value = left(frame)
        if type(value) is Decimal:
            return (value == number) is wanted
        answer = equal(frame.run, value, number)
        return answer if answer is None else answer is wanted

    return equals


def _ordered(operator: str, left: Code, right: Code) -> Code:
    order = ORDERS[operator]

    def run(frame: Frame) -> object:
        one, other = left(frame), right(frame)
        if type(one) is Decimal and type(other) is Decimal:
            return order(one, other)
        pay_for_texts(frame.run, one, other)
        return compare(operator, one, other)

    return run


def _condition(code: Code) -> Code:
    def run(frame: Frame) -> object:
        answer = code(frame)
        return answer if isinstance(answer, bool) else None

    return run


def _value_test(node: Test, slot: int, code: Code) -> Code:
    literal = isinstance(node.operand, Literal)
    if isinstance(node.operand, RangeOf):
        return lambda frame: _within(code(frame), frame.slots[slot])

    def run(frame: Frame) -> object:
        wanted, value = code(frame), frame.slots[slot]
        if isinstance(wanted, Range) and not isinstance(value, Range):
            return in_range(wanted, value)
        if is_list(wanted):
            same = equal(frame.run, value, wanted) if is_list(value) else False
            return True if same else contains(frame.run, wanted, value)
        if not literal and isinstance(wanted, bool) and not isinstance(value, bool):
            return wanted
        return equal(frame.run, value, wanted)

    return run


def _within(limits: object, value: object) -> Answer:
    return in_range(limits, value) if isinstance(limits, Range) else None
