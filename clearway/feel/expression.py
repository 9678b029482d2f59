"""Expressions and unary tests, ready to be evaluated."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType

from clearway.feel.breaks import Breaks, breaks_of
from clearway.feel.compile_tests import any_of
from clearway.feel.compiler import Compiler
from clearway.feel.constants import constants_of
from clearway.feel.errors import FeelError, FeelEvaluationError, FeelLimitError
from clearway.feel.frame import Code, Frame
from clearway.feel.inside import nodes_in
from clearway.feel.lacking import INPUT, Paths, goes_in, is_nothing, lacks, lacks_inside
from clearway.feel.limits import DEFAULT_LIMITS, Limits, Run
from clearway.feel.missing import sure_expression, sure_tests
from clearway.feel.origins import given_paths
from clearway.feel.parser import Known, parse_expression, parse_unary_tests
from clearway.feel.scope import EMPTY, Uses
from clearway.feel.settled import CLOCKS, settled_tests
from clearway.feel.syntax import Name, Node, Test
from clearway.feel.types import Type
from clearway.feel.values import adopt

CACHED = 4096
NO_TYPES: Mapping[str, Type] = MappingProxyType({})
TOO_DEEP = "the expression or its values nest too deep"
NOT_FINITE = "a number in the context is not finite"
LITTLE = Limits(steps=10_000)
"""What may be spent to find out that a call always gives null."""
FAILURES = (FeelError, RecursionError, ArithmeticError)
WHOLE = (1, 1)
"""Where an expression begins: the place of what no smaller part is to blame for."""


class Expression:
    """A compiled expression.

    `free_names` are the names it expects from its context, `paths` the dotted ways it goes from
    them, `filter_names` names inside filters that may be entries of an item or come from outside,
    `calls` those of functions of the context, `tree` is what was compiled.
    """

    def __init__(self, text: str, code: Code, uses: Uses, tree: Node) -> None:
        self.text = text
        self.tree = tree
        self.free_names = frozenset(uses.free)
        self.filter_names = frozenset(uses.in_filters)
        self.paths = frozenset(uses.paths)
        self.calls = tuple(uses.calls)
        self._code = code
        self._slots = uses.slots
        self._types = uses.types
        self._settled = tuple(uses.settled)
        self._sure: dict[tuple[frozenset[str], bool], tuple[Code, int]] = {}
        self._goes_in: bool | None = None

    @property
    def reads_clock(self) -> bool:
        """Whether it asks what time it is, so that its answer may change by itself."""
        return any(isinstance(it, Name) and it.name in CLOCKS for it in nodes_in(self.tree))

    def null_calls(self, run: Run | None = None) -> list[str]:
        """Its calls with nothing but constants that always give null, such as `date("2026-02-30")`.

        What that takes is spent from a purse where one is given.
        A function of the context that is called like a built-in one is not thought of.
        """
        return _null_calls(self._settled, self._slots, run)

    def evaluate(
        self,
        context: Mapping[str, object],
        *,
        now: datetime | None = None,
        limits: Limits = DEFAULT_LIMITS,
    ) -> object:
        """Its value; raises FeelEvaluationError for an unknown name, FeelLimitError for too much.

        What the standard calls an error of types is null. `now` is what `now()` answers.
        """
        return self.evaluate_in(context, Run(limits, now))

    def evaluate_in(self, context: Mapping[str, object], run: Run) -> object:
        """Its value as a part of a larger evaluation that shares one purse."""
        return self._run(self._code, self._slots, context, run)

    def evaluate_sure(
        self,
        context: Mapping[str, object],
        run: Run,
        hidden: frozenset[str] = frozenset(),
        *,
        is_handed_on: bool = False,
    ) -> object:
        """The same; raises FeelMissingValueError where it counts on a value that is null, and
        FeelEvaluationError where it calls what is no function.

        Of `hidden` names null is a value. Where the expression's own value `is_handed_on` it may
        be that of a name that is null.
        """
        if self._goes_in is None:
            self._goes_in = goes_in(self.tree)
        if not self._goes_in and not lacks(self.paths, self.filter_names, context):
            value = self._run(self._code, self._slots, context, run)
            if not run.uncalled and (is_handed_on or not is_nothing(value)):
                return value
        key = hidden, is_handed_on
        if key not in self._sure:
            self._sure[key] = sure_expression(self.tree, self.text, self._types, *key)
        around, run.missing = run.missing, None
        try:
            value = self._run(*self._sure[key], context, run)
            missing = run.missing
        finally:
            run.missing = around
        if not is_handed_on and is_nothing(value) and missing is not None:
            raise missing
        return value

    def _run(self, code: Code, slots: int, context: Mapping[str, object], run: Run) -> object:
        try:
            return code(Frame(context, [None] * slots, run))
        except FeelError as error:
            error.locate(self.text, 0)
            raise
        except RecursionError as error:
            raise FeelLimitError(TOO_DEEP, self.text, WHOLE) from error
        except ArithmeticError as error:
            # What FEEL computes is finite; a caller's value may not be.
            raise FeelEvaluationError(NOT_FINITE, self.text, WHOLE) from error


def _null_calls(settled: Iterable[tuple[str, Code]], slots: int, purse: Run | None) -> list[str]:
    return [reading for reading, code in settled if _gives_null(code, slots, purse)]


def _gives_null(code: Code, slots: int, purse: Run | None) -> bool:
    run = Run(LITTLE, None)
    try:
        if purse is not None and purse.steps <= 0:
            return False
        return code(Frame({}, [None] * slots, run)) is None
    except FeelError:
        return False
    finally:
        if purse is not None:
            purse.steps -= LITTLE.steps - run.steps


class UnaryTests:
    """Compiled unary tests, as a cell of a decision table holds them.

    `constants` is what they accept when that is known beforehand, see `constants_of`; `slots` is
    how many local values they need in a frame, `weight` how many nodes there are to evaluate,
    `tree` what was compiled, `holds` the bare test of a frame, whose errors `failure` explains.
    """

    def __init__(
        self,
        text: str,
        negated: bool,
        code: Code,
        uses: Uses,
        tree: tuple[Test, ...],
    ) -> None:
        self.text = text
        self.free_names = frozenset(uses.free)
        self.filter_names = frozenset(uses.in_filters)
        self.paths = frozenset(uses.paths)
        self.calls = tuple(uses.calls)
        self.constants = constants_of(negated, tree)
        self.slots = uses.slots
        self.weight = uses.nodes
        self._settled = tuple(uses.settled)
        self.tree = tree
        self._types = uses.types
        self._negated = negated
        self._breaks: Breaks | None = None
        self._sure: tuple[Code, int] | None = None
        self._in_input: Paths | None = None
        self._settling: tuple[Code, int] | None = None
        self.holds = _negation(code) if negated else code

    def null_calls(self, run: Run | None = None) -> list[str]:
        """As those of an expression."""
        return _null_calls(self._settled, self.slots, run)

    def breaks(self) -> Breaks:
        """The values at which the answer can change; found out when it is first asked for."""
        if self._breaks is None:
            self._breaks = breaks_of(self.tree)
        return self._breaks

    def matches(
        self,
        value: object,
        context: Mapping[str, object],
        *,
        now: datetime | None = None,
        limits: Limits = DEFAULT_LIMITS,
    ) -> bool | None:
        """Whether `value` passes; None when that is not known. Errors as `Expression.evaluate`."""
        return self.matches_in(value, context, Run(limits, now))

    def matches_in(self, value: object, context: Mapping[str, object], run: Run) -> bool | None:
        """The same as a part of a larger evaluation that shares one purse."""
        slots: list[object] = [None] * self.slots
        slots[0] = adopt(value)
        return self.matches_frame(Frame(context, slots, run))

    @property
    def input_paths(self) -> Paths:
        """The ways that the tests go on from the input, of which they know the name."""
        if self._in_input is None:
            paths = given_paths(test.operand for test in self.tree)
            self._in_input = tuple(path for path in paths if path[0] == INPUT)
        return self._in_input

    def holds_sure(self, frame: Frame) -> object:
        """As `holds`; raises as `Expression.evaluate_sure`."""
        value, context = frame.slots[0], frame.context
        if lacks_inside(self.input_paths, value):
            # As any other name, so that what is missing in it can be told.
            context = {**context, INPUT: value}
        elif not lacks(self.paths, self.filter_names, context):
            answer = self.holds(frame)
            if not frame.run.uncalled:
                return answer
        if self._sure is None:
            code, slots = sure_tests(self.tree, self.text, self._types)
            self._sure = (_negation(code) if self._negated else code), slots
        code, slots = self._sure
        inside = [frame.slots[0], *([None] * (slots - 1))]
        around, frame.run.missing = frame.run.missing, None
        try:
            value, missing = code(Frame(context, inside, frame.run)), frame.run.missing
        finally:
            frame.run.missing = around
        if value is None and missing is not None:
            raise missing
        return value

    def matches_settled(self, value: object, run: Run) -> bool | None:
        """As `matches_in` without a context, when asked for many values: what is the same for all
        of them is computed once, and paid for then."""
        if self.constants is not None:
            return self.matches_in(value, {}, run)
        if self._settling is None:
            code, slots = settled_tests(self.tree, self.text, self._types)
            self._settling = (_negation(code) if self._negated else code), slots
        code, slots = self._settling
        try:
            answer = code(Frame({}, [adopt(value), *([None] * (slots - 1))], run))
        except FAILURES as error:
            raise self.failure(error) from error
        return answer if isinstance(answer, bool) else None

    def matches_frame(self, frame: Frame) -> bool | None:
        """The same for a frame with at least `slots` values, the first of which is tested."""
        try:
            answer = self.holds(frame)
        except FeelError as error:
            error.locate(self.text, 0)
            raise
        except FAILURES as error:
            raise self.failure(error) from error
        return answer if isinstance(answer, bool) else None

    def failure(self, error: Exception) -> FeelError:
        """What `holds` has raised, as an error that says where."""
        if isinstance(error, FeelError):
            error.locate(self.text, 0)
            return error
        cause = TOO_DEEP if isinstance(error, RecursionError) else NOT_FINITE
        kind = FeelLimitError if isinstance(error, RecursionError) else FeelEvaluationError
        return kind(cause, self.text, WHOLE)


def compile_expression(text: str, names: Collection[str] = ()) -> Expression:
    """Compile one expression; `names` are those with spaces or special characters.

    Raises FeelSyntaxError, or FeelLimitError for a text that is too long or too deep.
    """
    return _expression(text, frozenset(names))


def compile_unary_tests(text: str, names: Collection[str] = ()) -> UnaryTests:
    """Compile the tests of one table cell, in which `?` is the value that is tested.

    Raises as `compile_expression`.
    """
    return _unary_tests(text, frozenset(names))


def compile_typed_expression(text: str, names: Known, types: Mapping[str, Type]) -> Expression:
    """Compile an expression that may name type definitions; not cached."""
    compiler = Compiler(text, types)
    try:
        tree = parse_expression(text, names)
        code = compiler.code(tree, EMPTY)
    except RecursionError as error:
        raise FeelLimitError(TOO_DEEP, text, WHOLE) from error
    return Expression(text, code, compiler.uses, tree)


def compile_typed_unary_tests(text: str, names: Known, types: Mapping[str, Type]) -> UnaryTests:
    """Compile tests that may name type definitions; not cached."""
    compiler = Compiler(text, types)
    try:
        negated, tests = parse_unary_tests(text, names)
        slot = compiler.uses.new_slot()
        scope = EMPTY.with_names({"?": slot})
        code = any_of(tests, slot, scope, compiler)
    except RecursionError as error:
        raise FeelLimitError(TOO_DEEP, text, WHOLE) from error
    return UnaryTests(text, negated, code, compiler.uses, tests)


def _negation(code: Code) -> Code:
    def run(frame: Frame) -> object:
        answer = code(frame)
        return answer if answer is None else not answer

    return run


@lru_cache(maxsize=CACHED)
def _expression(text: str, names: frozenset[str]) -> Expression:
    return compile_typed_expression(text, names, NO_TYPES)


@lru_cache(maxsize=CACHED)
def _unary_tests(text: str, names: frozenset[str]) -> UnaryTests:
    return compile_typed_unary_tests(text, names, NO_TYPES)
