"""Calls of functions to closures."""

from collections.abc import Callable, Iterator

from clearway.feel.builtins.catalogue import BUILTINS
from clearway.feel.builtins.signature import CALL_OF_BUILT_IN, BuiltIn
from clearway.feel.compile_names import root_path
from clearway.feel.constants import never_sorts, reading_of, settled
from clearway.feel.errors import FeelError
from clearway.feel.frame import Code, Frame
from clearway.feel.scope import NOT_KNOWN, Called, Maker, Scope
from clearway.feel.syntax import Call, Name, Node
from clearway.feel.values import SCALARS, Function, adopted

Invocation = Callable[[Frame, object], object]


def call(node: Call, scope: Scope, maker: Maker) -> Code:
    """An invocation by position or by name."""
    built_in = built_in_called(node.function, scope)
    function = maker.code(node.function, scope) if built_in is None else _replaceable(built_in)
    arguments = [maker.code(argument, scope) for argument in node.arguments]
    invoke = _named_call(node, scope, maker) if node.named else _positional_call(arguments)
    text, at = maker.uses.text, node.at

    def run(frame: Frame) -> object:
        try:
            return invoke(frame, function(frame))
        except FeelError as error:
            error.locate(text, at)
            raise

    path = root_path(node.function)
    if built_in is None and path is not None and scope.find(path[0]) == (None, ()):
        maker.uses.calls.append(Called(path, tuple(_given(node))))
    reading = reading_of(node) if built_in is not None else None
    if reading is not None:
        maker.uses.settled.append((reading, run))
    elif built_in is BUILTINS["sort"] and (reading := never_sorts(node)) is not None:
        maker.uses.settled.append((reading, lambda _frame: None))
    if built_in is None or node.named:
        return run
    return _direct_call(built_in, arguments, run, (text, at)) or run


def _given(node: Call) -> Iterator[tuple[str, object]]:
    for name, argument in (*(("", it) for it in node.arguments), *node.named):
        found = settled(argument)
        yield name, NOT_KNOWN if found is None else found.value


def built_in_called(node: Node, scope: Scope) -> BuiltIn | None:
    """The built-in function that a name means where it is called; None for all others."""
    if isinstance(node, Name) and scope.find(node.name)[0] is None:
        return BUILTINS.get(node.name)
    return None


def _replaceable(function: BuiltIn) -> Code:
    word = function.name

    def run(frame: Frame) -> object:
        # Only a function may stand in for a built-in one; a value of that name does not hide it.
        own = frame.context.get(word)
        return own if own is not None and isinstance(own, Function) else function

    return run


def _positional_call(arguments: list[Code]) -> Invocation:
    def invoke(frame: Frame, function: object) -> object:
        values = [argument(frame) for argument in arguments]
        if isinstance(function, Function):
            return function.call(frame.run, values)
        frame.run.uncalled = True
        return None

    return invoke


def _named_call(node: Call, scope: Scope, maker: Maker) -> Invocation:
    arguments = [(name, maker.code(argument, scope)) for name, argument in node.named]

    def invoke(frame: Frame, function: object) -> object:
        values = {name: argument(frame) for name, argument in arguments}
        if not isinstance(function, Function):
            frame.run.uncalled = True
            return None
        if len(values) != len(arguments):
            return None
        return function.call_named(frame.run, values)

    return invoke


def _direct_call(
    built_in: BuiltIn, arguments: list[Code], general: Code, place: tuple[str, int]
) -> Code | None:
    """A call with one or two arguments; those that fit as they are go to the body at once.

    The general way is for a context with a function of that name.
    """
    form = built_in.form(len(arguments))
    if form is None:
        return None
    word, body = built_in.name, form.body
    if len(arguments) == 1:
        only, fits = arguments[0], form.types[0]

        def run_one(frame: Frame) -> object:
            if word in frame.context:
                return general(frame)
            purse = frame.run
            try:
                value = only(frame)
                if type(value) not in fits:
                    return built_in.call(purse, [value])
                purse.spend(CALL_OF_BUILT_IN)
                return body(purse, value if type(value) in SCALARS else adopted(purse, value))
            except FeelError as error:
                error.locate(*place)
                raise

        return run_one
    if len(arguments) != 2:
        return None
    first, second = arguments
    first_fits, second_fits = form.types

    def run_two(frame: Frame) -> object:
        if word in frame.context:
            return general(frame)
        purse = frame.run
        try:
            one, other = first(frame), second(frame)
            if type(one) not in first_fits or type(other) not in second_fits:
                return built_in.call(purse, [one, other])
            purse.spend(CALL_OF_BUILT_IN)
            one = one if type(one) in SCALARS else adopted(purse, one)
            return body(purse, one, other if type(other) in SCALARS else adopted(purse, other))
        except FeelError as error:
            error.locate(*place)
            raise

    return run_two
