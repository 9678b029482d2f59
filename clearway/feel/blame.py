"""Which value of an input is to blame where an expression has nothing to go on with."""

from collections.abc import Iterator, Mapping
from typing import cast

from clearway.feel.limits import Run
from clearway.feel.origins import CLOSED, Ways
from clearway.feel.values import is_context, is_list

Leaf = tuple[str, object]
"""What stands at the end of a way, and how it is told: `its, item 2, p`."""


class Blame:
    """Finds what is missing at the end of some ways.

    `item` is the place that was asked for in a list there, from 1 or from the end, or how a reader
    knows it, and `name` the component.
    """

    def __init__(self, ways: Ways, item: int | str | None = None, name: str = "") -> None:
        self._ways = sorted({way[:-1] if way[-1] == CLOSED else way for way in ways})
        self._item = item
        self._name = name

    def told(self, context: Mapping[str, object], run: Run, holder: object = None) -> str | None:
        """The value that is missing, or a component of its `holder`, as a reader knows it.

        None where no input lacks it, so that null is what the expression itself says.
        """
        if not self._ways:
            return None
        leaves, holders = self._seen(context, run)
        if is_context(holder):
            found = holders.get(id(holder))
            if found is None:
                return None
            # Of an item a component is told apart; that of a value goes on from its name.
            return f"{found}{', ' if ', item ' in found else '.'}{self._name}"
        if self._item is not None:
            told = self._numbered(context, self._item)
            if told is not None:
                return told
        return next((told for told, value in leaves if value is None), None)

    def item_told(self, context: Mapping[str, object], run: Run, item: object) -> str | None:
        """How a reader knows an item, where it is an input's."""
        if is_context(item):
            return self._seen(context, run)[1].get(id(item)) if self._ways else None
        return self.told(context, run) if item is None else None

    def _seen(
        self, context: Mapping[str, object], run: Run
    ) -> tuple[list[Leaf], Mapping[int, str]]:
        """The ends of the ways, and what stands there by its identity; gone through once a run."""
        kept = run.seen.get((self, id(context)))
        if kept is None:
            leaves = [leaf for way in self._ways for leaf in _ends(context, way)]
            run.spend(len(leaves))
            holders = {id(value): told for told, value in leaves if is_context(value)}
            inside = [each for told, value in leaves for each in _lacking(told, value)]
            # The context is kept, so that no other can have its identity.
            kept = run.seen[(self, id(context))] = ([*leaves, *inside], holders, context)
        return cast("tuple[list[Leaf], Mapping[int, str], object]", kept)[:2]

    def _numbered(self, context: Mapping[str, object], item: int | str) -> str | None:
        for way in self._ways:
            base = _at(context, way)
            if isinstance(item, str) and (base is not None or _goes_through_list(context, way)):
                return f"{'.'.join(way)}, item {item}"
            if base is None or isinstance(item, str):
                continue
            place = item - 1 if item > 0 else item
            if not item or not -len(base) <= place < len(base):
                return f"{'.'.join(way)}, item {item}"
            if base[place][1] is None:
                return base[place][0]
        return None


def _at(context: Mapping[str, object], way: tuple[str, ...]) -> list[Leaf] | None:
    """The items of the list at the end of a way; None where there is none."""
    value = _followed(context, way)
    if is_list(value):
        return [(f"{'.'.join(way)}, item {at}", each) for at, each in enumerate(value, 1)]
    ends = list(_ends(context, way))
    return ends if len(ends) > 1 else None


def _goes_through_list(context: Mapping[str, object], way: tuple[str, ...]) -> bool:
    return any(is_list(_followed(context, way[:end])) for end in range(1, len(way)))


def _followed(context: Mapping[str, object], way: tuple[str, ...]) -> object:
    value: object = context
    for key in way:
        value = value.get(key) if is_context(value) else None
    return value


def _ends(context: Mapping[str, object], way: tuple[str, ...]) -> Iterator[Leaf]:
    """What stands at the end of a way, which goes on through the items of lists."""
    if way[0] in context:
        yield from _leaves(context[way[0]], way[1:], way[0], False)


def _leaves(value: object, keys: tuple[str, ...], told: str, in_item: bool) -> Iterator[Leaf]:
    if is_list(value):
        for at, item in enumerate(value, 1):
            yield from _leaves(item, keys, f"{told}, item {at}", True)
    elif keys and is_context(value):
        part = f"{told}, {keys[0]}" if in_item else f"{told}.{keys[0]}"
        yield from _leaves(value.get(keys[0]), keys[1:], part, in_item)
    elif not keys or value is None:
        yield told, value


def _lacking(told: str, value: object) -> Iterator[Leaf]:
    """The components of a value that are null."""
    if is_context(value):
        yield from ((f"{told}, {key}", None) for key, each in value.items() if each is None)
