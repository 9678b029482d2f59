"""Arithmetic, comparison and logic to closures."""

from collections.abc import Callable
from decimal import Decimal

from clearway.feel.arithmetic import NUMBER_OPERATIONS, OPERATIONS, negate
from clearway.feel.compile_names import operand, outside_name
from clearway.feel.constants import is_plain, settled
from clearway.feel.errors import FeelError, FeelSyntaxError, place_of
from clearway.feel.frame import Code, Frame
from clearway.feel.limits import Run
from clearway.feel.logic import ORDERS, all_true, compare, equal, pay_for_texts
from clearway.feel.scope import Maker, Scope
from clearway.feel.syntax import (
    Arithmetic,
    Between,
    Comparison,
    InstanceOf,
    Logic,
    Negation,
    Node,
)
from clearway.feel.types import is_instance, unknown_names

Place = tuple[str, int]
Operation = Callable[[Run, object, object], object]


def arithmetic(node: Arithmetic, scope: Scope, maker: Maker) -> Code:
    """Operators of one precedence, from left to right."""
    text, at = maker.uses.text, node.at
    steps = [(_operation(sign), operand(item, scope, maker)) for sign, item in node.rest]
    first = operand(node.first, scope, maker)
    if len(steps) == 1:
        return _one_step(node, first, steps[0], scope, (text, at))

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


def _one_step(
    node: Arithmetic, first: Code, step: tuple[Operation, Code], scope: Scope, place: Place
) -> Code:
    """One operator, as most have; with a constant after a name it is a short way."""
    sign, item = node.rest[0]
    constant, word = settled(item), outside_name(node.first, scope)
    value = constant.value if constant is not None else None
    if isinstance(value, Decimal) and sign in NUMBER_OPERATIONS:
        general = WITH_NUMBER[sign](first, value, place)
        return general if word is None else OF_NAME[sign](word, value, general)
    general = _of_both(first, *step, place)
    if word is not None and sign == "+" and isinstance(value, str):
        return _text_of_name(word, value, general)
    return general


def _of_both(left: Code, operation: Operation, right: Code, place: Place) -> Code:
    def run(frame: Frame) -> object:
        value = left(frame)
        try:
            return operation(frame.run, value, right(frame))
        except FeelError as error:
            error.locate(*place)
            raise

    return run


def _with_number(sign: str) -> Callable[[Code, Decimal, Place], Code]:
    general, quick = OPERATIONS[sign], NUMBER_OPERATIONS[sign]

    def make(left: Code, number: Decimal, place: Place) -> Code:
        def run(frame: Frame) -> object:
            value = left(frame)
            try:
                if type(value) is Decimal:
                    return quick(value, number)
                return general(frame.run, value, number)
            except FeelError as error:
                error.locate(*place)
                raise
            except ArithmeticError:
                return None

        return run

    return make


def _of_name(sign: str) -> Callable[[str, Decimal, Code], Code]:
    quick = NUMBER_OPERATIONS[sign]

    def make(word: str, number: Decimal, general: Code) -> Code:
        def run(frame: Frame) -> object:
            value = frame.context.get(word)
            if type(value) is not Decimal:
                return general(frame)
            try:
                return quick(value, number)
            except ArithmeticError:
                return None

        return run

    return make


def _text_of_name(word: str, more: str, general: Code) -> Code:
    def run(frame: Frame) -> object:
        value, purse = frame.context.get(word), frame.run
        if type(value) is str and purse.pays_for_short(len(value) + len(more)):
            return value + more
        return general(frame)

    return run


# Made once for each sign: what thousands of cells share stays near the processor.
WITH_NUMBER = {sign: _with_number(sign) for sign in NUMBER_OPERATIONS}
OF_NAME = {sign: _of_name(sign) for sign in NUMBER_OPERATIONS}


def negation(node: Negation, scope: Scope, maker: Maker) -> Code:
    """The minus sign before a value."""
    inner = operand(node.operand, scope, maker)
    constant = settled(node)
    if constant is not None:
        return lambda _frame: constant.value
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
    return compared(node.operator, operand(node.left, scope, maker), node.right, scope, maker)


def compared(operator: str, left: Code, node: Node, scope: Scope, maker: Maker) -> Code:
    """The value of `left` compared with an operand; a constant one is not asked for each time."""
    constant, right = settled(node), operand(node, scope, maker)
    if constant is not None and is_plain(constant.value):
        if constant.value is not None:
            return _with_constant(operator, left, constant.value)
        if operator not in ORDERS:
            return _with_null(operator == "=", left)
    return _ordered(operator, left, right) if operator in ORDERS else _equal(operator, left, right)


def between(node: Between, scope: Scope, maker: Maker) -> Code:
    """`value between low and high`, both ends included."""
    value = operand(node.value, scope, maker)
    low, high = operand(node.low, scope, maker), operand(node.high, scope, maker)

    def run(frame: Frame) -> object:
        middle = value(frame)
        return all_true([compare(">=", middle, low(frame)), compare("<=", middle, high(frame))])

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


def _with_constant(operator: str, left: Code, constant: object) -> Code:
    kind, order, wanted = type(constant), ORDERS.get(operator), operator == "="
    if order is not None:
        quick = kind if kind is not bool else None

        def ordered(frame: Frame) -> object:
            value = left(frame)
            if type(value) is quick:
                return order(value, constant)
            return compare(operator, value, constant)

        return ordered

    def equals(frame: Frame) -> object:
        value = left(frame)
        if type(value) is kind:
            return (value == constant) is wanted
        answer = equal(frame.run, value, constant)
        return answer if answer is None else answer is wanted

    return equals


def _with_null(wanted: bool, left: Code) -> Code:
    return lambda frame: (left(frame) is None) is wanted


def _equal(operator: str, left: Code, right: Code) -> Code:
    wanted = operator == "="

    def run(frame: Frame) -> object:
        one, other = left(frame), right(frame)
        if type(one) is Decimal and type(other) is Decimal:
            return (one == other) is wanted
        answer = equal(frame.run, one, other)
        return answer if answer is None else answer is wanted

    return run


def _ordered(operator: str, left: Code, right: Code) -> Code:
    order = ORDERS[operator]

    def run(frame: Frame) -> object:
        one, other = left(frame), right(frame)
        if type(one) is Decimal and type(other) is Decimal:
            return order(one, other)
        pay_for_texts(frame.run, one, other)
        return compare(operator, one, other)

    return run
