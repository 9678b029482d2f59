"""Lists, contexts, ranges, filters, loops, choices and functions to closures."""

from collections.abc import Callable
from collections.abc import Iterator as Items
from decimal import Decimal

from clearway.feel.access import item_at, iterated, steps_between
from clearway.feel.errors import FeelEvaluationError, FeelLimitError, FeelSyntaxError, place_of
from clearway.feel.frame import Closure, Code, Frame
from clearway.feel.scope import Maker, Scope
from clearway.feel.syntax import (
    Arithmetic,
    Call,
    ContextOf,
    Filter,
    For,
    FunctionOf,
    If,
    Iterator,
    ListOf,
    Literal,
    Name,
    Negation,
    Path,
    Quantified,
    RangeOf,
)
from clearway.feel.types import unknown_names
from clearway.feel.values import Range, adopted, is_list, kind

Walk = Callable[[Frame], Items[bool]]


def list_of(node: ListOf, scope: Scope, maker: Maker) -> Code:
    """A list literal."""
    items = [maker.code(item, scope) for item in node.items]
    if all(isinstance(item, Literal) for item in node.items):
        constants = [item.value for item in node.items if isinstance(item, Literal)]
        # A copy, because it goes to the caller, who may change it.
        return lambda _frame: constants.copy()
    return lambda frame: [item(frame) for item in items]


def context_of(node: ContextOf, scope: Scope, maker: Maker) -> Code:
    """A context literal: each entry sees those before it, and a function sees itself."""
    entries: list[tuple[str, int, Code, bool]] = []
    seen: dict[str, int] = {}
    for key, value in node.entries:
        if key in seen:
            text = maker.uses.text
            raise FeelSyntaxError(
                f"the entry `{key}` is given twice", text, place_of(text, node.at)
            )
        slot = maker.uses.new_slot()
        defines = isinstance(value, FunctionOf)
        own = {**seen, key: slot} if defines else seen
        entries.append((key, slot, maker.code(value, scope.with_names(own)), defines))
        seen = {**seen, key: slot}

    def run(frame: Frame) -> object:
        made: dict[str, object] = {}
        for key, slot, code, defines in entries:
            made[key] = frame.slots[slot] = value = code(frame)
            # Only what is defined here: a function from elsewhere has slots of its own.
            if defines and isinstance(value, Closure):
                value.know(slot, value)
        return made

    return run


def range_of(node: RangeOf, scope: Scope, maker: Maker) -> Code:
    """A range; null where an end is null or the ends are of different kinds."""
    if isinstance(node.low, Literal) and isinstance(node.high, Literal):
        constant = range_between(node, node.low.value, node.high.value)
        return lambda _frame: constant
    low, high = ends_of(node, scope, maker)
    return between(node, low, high)


def between(node: RangeOf, low: Code, high: Code) -> Code:
    """The range with these ends."""
    return lambda frame: range_between(node, low(frame), high(frame))


def ends_of(node: RangeOf, scope: Scope, maker: Maker) -> tuple[Code, Code]:
    """Both ends of a range; one that is not written gives null."""
    low = maker.code(node.low, scope) if node.low is not None else _null
    high = maker.code(node.high, scope) if node.high is not None else _null
    return low, high


def _null(_frame: Frame) -> object:
    return None


def range_between(node: RangeOf, low: object, high: object) -> Range | None:
    """The range that is written so, with the values of its ends."""
    # An end that is null is not known; only an end that is not written is open.
    if (low is None and node.low is not None) or (high is None and node.high is not None):
        return None
    if low is not None and high is not None and kind(low) != kind(high):
        return None
    return Range(low, high, node.low_included, node.high_included)


def choice(node: If, scope: Scope, maker: Maker) -> Code:
    """`if`: whatever is not true goes the other way."""
    condition = maker.code(node.condition, scope)
    then, otherwise = maker.code(node.then, scope), maker.code(node.otherwise, scope)
    return lambda frame: then(frame) if condition(frame) is True else otherwise(frame)


def selection(node: Filter, scope: Scope, maker: Maker) -> Code:
    """`list[condition]` or `list[index]`; a single value counts as a list of one."""
    base = maker.code(node.base, scope)
    slot = maker.uses.new_slot()
    maker.uses.item_slots.add(slot)
    before = maker.uses.nodes
    condition = maker.code(node.condition, scope.with_item(slot))
    weight = maker.uses.nodes - before + 1
    may_be_index = isinstance(node.condition, Literal | Name | Path | Call | Arithmetic | Negation)

    def run(frame: Frame) -> object:
        value = base(frame)
        items = value if is_list(value) else [] if value is None else [value]
        kept: list[object] = []
        frame.run.spend(weight * len(items))
        for each in items:
            frame.slots[slot] = item = adopted(frame.run, each)
            answer = condition(frame)
            if answer is True:
                kept.append(item)
            elif isinstance(answer, Decimal):
                return item_at(frame.run, items, answer)
        if not items and may_be_index:
            return _nothing(frame, condition, slot)
        return kept

    return run


def loop(node: For, scope: Scope, maker: Maker) -> Code:
    """`for`: the results of all turns in a list; null where there is nothing to walk over."""
    partial = maker.uses.new_slot()
    walk, inside = _walk(node.iterators, scope.with_names({"partial": partial}), maker)
    before = maker.uses.nodes
    body = maker.code(node.body, inside)
    weight = maker.uses.nodes - before + 1

    def run(frame: Frame) -> object:
        results: list[object] = []
        for going in walk(frame):
            if not going:
                return None
            frame.run.spend(weight)
            frame.slots[partial] = results
            results.append(body(frame))
        return results

    return _located(run, node.at, maker)


def quantified(node: Quantified, scope: Scope, maker: Maker) -> Code:
    """`some` and `every`, in three-valued logic."""
    walk, inside = _walk(node.iterators, scope, maker)
    before = maker.uses.nodes
    condition = maker.code(node.condition, inside)
    weight = maker.uses.nodes - before + 1
    decides = node.word == "some"

    def run(frame: Frame) -> object:
        unknown = False
        for going in walk(frame):
            if not going:
                return None
            frame.run.spend(weight)
            answer = condition(frame)
            if answer is decides:
                return decides
            if answer is not (not decides):
                unknown = True
        return None if unknown else not decides

    return _located(run, node.at, maker)


def _located(run: Code, at: int, maker: Maker) -> Code:
    """The same; what is too much for it is blamed on the place where it begins."""
    text = maker.uses.text

    def located(frame: Frame) -> object:
        try:
            return run(frame)
        except FeelLimitError as error:
            error.locate(text, at)
            raise

    return located


def function_of(node: FunctionOf, scope: Scope, maker: Maker) -> Code:
    """A function definition; its parameters are local, all else is taken along."""
    names = [name for name, _ in node.parameters]
    for cause in _parameter_faults(node, names, maker):
        raise FeelSyntaxError(cause, maker.uses.text, place_of(maker.uses.text, node.at))
    parameters = tuple((name, wanted, maker.uses.new_slot()) for name, wanted in node.parameters)
    before = maker.uses.nodes
    body = maker.code(node.body, scope.with_names({name: slot for name, _, slot in parameters}))
    weight = maker.uses.nodes - before
    types = maker.uses.types
    return lambda frame: Closure(node.source, parameters, body, weight, frame, types)


def _parameter_faults(node: FunctionOf, names: list[str], maker: Maker) -> Items[str]:
    if len(set(names)) != len(names):
        yield "two parameters have the same name"
    for _, wanted in node.parameters:
        for unknown in unknown_names(wanted, maker.uses.types) if wanted is not None else ():
            yield f"there is no type `{unknown}`"


def _nothing(frame: Frame, condition: Code, slot: int) -> object:
    frame.slots[slot] = None
    try:
        return None if isinstance(condition(frame), Decimal) else []
    except FeelEvaluationError:
        return []


def _walk(iterators: tuple[Iterator, ...], scope: Scope, maker: Maker) -> tuple[Walk, Scope]:
    sources: list[tuple[int, Code]] = []
    for each in iterators:
        source = _source(each, scope, maker)
        slot = maker.uses.new_slot()
        scope = scope.with_names({each.name: slot})
        sources.append((slot, source))
    return _nested(sources), scope


def _source(each: Iterator, scope: Scope, maker: Maker) -> Code:
    first = maker.code(each.source, scope)
    if each.last is None:
        return lambda frame: iterated(frame.run, first(frame))
    last = maker.code(each.last, scope)
    return lambda frame: steps_between(frame.run, first(frame), last(frame))


def _nested(sources: list[tuple[int, Code]]) -> Walk:
    slot, source = sources[0]
    inner = _nested(sources[1:]) if len(sources) > 1 else None

    def walk(frame: Frame) -> Items[bool]:
        items = source(frame)
        if not is_list(items):
            yield False
            return
        for item in items:
            frame.slots[slot] = adopted(frame.run, item)
            if inner is None:
                yield True
            else:
                frame.run.spend(1)
                yield from inner(frame)

    return walk
