"""Names and paths to closures."""

from collections.abc import Callable
from typing import cast

from clearway.feel.access import property_of
from clearway.feel.builtins.catalogue import BUILTINS
from clearway.feel.errors import (
    FeelEvaluationError,
    FeelUnknownNameError,
    place_of,
)
from clearway.feel.frame import Code, Frame
from clearway.feel.limits import Run
from clearway.feel.scope import Maker, Scope
from clearway.feel.syntax import Name, Node, Path
from clearway.feel.values import SCALARS, adopted, is_context, is_list

MISSING = object()

# What a context holds under a key, for a value that is known to be one.
entry = cast(Callable[[object, str], object], dict[str, object].get)


def name(node: Name, scope: Scope, maker: Maker) -> Code:
    """A variable: entries of filtered items first, then local values, the context, built-ins."""
    slot, items = scope.find(node.name)
    if slot is not None and slot in maker.uses.item_slots:
        return _item(slot)
    if node.name == "partial" and slot is not None and not items:
        return _partial(slot)
    if slot is not None:
        return _in_items(node.name, items, local(slot)) if items else local(slot)
    _note(node.name, items, maker)
    outside = _outside(node, maker.uses.text)
    return _in_items(node.name, items, outside) if items else outside


def path(node: Path, scope: Scope, maker: Maker) -> Code:
    """A property; a path from a name in the context has a quick way of its own."""
    whole = root_path(node)
    if whole is not None and scope.find(whole[0]) == (None, ()) and whole[0] not in BUILTINS:
        return _root_path(node, whole, maker)
    key, base = node.name, maker.code(node.base, scope)

    def run(frame: Frame) -> object:
        return property_of(frame.run, base(frame), key)

    return run


def root_path(node: Node) -> tuple[str, ...] | None:
    """The names of a path that begins with a name: `record.impact` is (record, impact)."""
    names: list[str] = []
    while isinstance(node, Path):
        names.append(node.name)
        node = node.base
    return (node.name, *reversed(names)) if isinstance(node, Name) else None


def operand(node: Node, scope: Scope, maker: Maker) -> Code:
    """The closure of an operand, which a bare built-in function can never be."""
    code = maker.code(node, scope)
    if (
        not isinstance(node, Name)
        or node.name not in BUILTINS
        or scope.find(node.name)[0] is not None
    ):
        return code
    text, at, word = maker.uses.text, node.at, node.name

    def run(frame: Frame) -> object:
        value = code(frame)
        if value is BUILTINS[word]:
            cause = f"`{word}` is a function here: write `{word}(...)`, or give such a value"
            raise FeelEvaluationError(cause, text, place_of(text, at))
        return value

    return run


def outside_name(node: Node, scope: Scope) -> str | None:
    """The word of a name that only the context can hold."""
    if isinstance(node, Name) and scope.find(node.name) == (None, ()):
        return node.name if node.name not in BUILTINS else None
    return None


def _note(word: str, items: tuple[int, ...], maker: Maker) -> None:
    if word in BUILTINS:
        return
    if items:
        maker.uses.in_filters.add(word)
    else:
        maker.uses.free.add(word)
        maker.uses.paths.add((word,))


def local(slot: int) -> Code:
    """The local value in a slot."""
    return lambda frame: frame.slots[slot]


def _item(slot: int) -> Code:
    def run(frame: Frame) -> object:
        item = frame.slots[slot]
        return adopted(frame.run, item["item"]) if is_context(item) and "item" in item else item

    return run


def _partial(slot: int) -> Code:
    def run(frame: Frame) -> object:
        results = frame.slots[slot]
        if not is_list(results):
            return results
        # A copy, because the loop goes on to fill the list that it came from.
        frame.run.room(len(results))
        return list(results)

    return run


def _outside(node: Name, text: str) -> Code:
    word, at = node.name, node.at
    built_in = BUILTINS.get(word)

    def read(purse: Run, value: object) -> object:
        if value is not MISSING:
            return adopted(purse, value)
        if built_in is not None:
            return built_in
        raise _unknown(word, text, at)

    def run(frame: Frame) -> object:
        value = frame.context.get(word, MISSING)
        return value if type(value) in SCALARS else read(frame.run, value)

    return run


def _unknown(word: str, text: str, at: int) -> FeelUnknownNameError:
    return FeelUnknownNameError(word, text, place_of(text, at))


def _in_items(word: str, items: tuple[int, ...], otherwise: Code) -> Code:
    def run(frame: Frame) -> object:
        is_item_context = False
        for slot in items:
            item = frame.slots[slot]
            if is_context(item):
                if word in item:
                    return adopted(frame.run, item[word])
                is_item_context = True
        try:
            return otherwise(frame)
        except FeelEvaluationError:
            # Items of one list need not all have the same entries: a missing one is null.
            if is_item_context:
                return None
            raise

    return run


def _root_path(node: Path, whole: tuple[str, ...], maker: Maker) -> Code:
    root, keys = whole[0], whole[1:]
    maker.uses.free.add(root)
    maker.uses.paths.add(whole)
    text, at = maker.uses.text, _first(node).at
    if len(keys) == 1:
        return _root_property(root, keys[0], text, at)

    def run(frame: Frame) -> object:
        value = frame.context.get(root, MISSING)
        if value is MISSING:
            raise _unknown(root, text, at)
        for key in keys:
            # The exact type is asked here, because this is what most conditions do.
            kind = type(value)
            value = entry(value, key) if kind is dict else property_of(frame.run, value, key)
        return value if type(value) in SCALARS else adopted(frame.run, value)

    return run


def _root_property(root: str, key: str, text: str, at: int) -> Code:
    def run(frame: Frame) -> object:
        base = frame.context.get(root, MISSING)
        kind = type(base)
        if kind is dict:
            value = entry(base, key)
            return value if type(value) in SCALARS else adopted(frame.run, value)
        if base is MISSING:
            raise _unknown(root, text, at)
        return property_of(frame.run, base, key)

    return run


def _first(node: Node) -> Node:
    while isinstance(node, Path):
        node = node.base
    return node
