"""Whether two lists or contexts differ in nothing but where one of them has null."""

from collections.abc import Mapping

from clearway.feel.constants import settled
from clearway.feel.limits import Run
from clearway.feel.logic import equal
from clearway.feel.syntax import ContextOf, ListOf, Node
from clearway.feel.values import is_context, is_list

Sides = tuple[object, object, Node | None, Node | None]


def differ_by_null(run: Run, left: object, right: object, one: Node, other: Node) -> bool:
    """True where null in one stands against what the other has computed there, and all else is
    equal; `one` and `other` are how the values are written. Null against a constant is unequal."""
    waiting: list[Sides] = [(left, right, one, other)]
    found = False
    while waiting:
        left, right, first, second = waiting.pop()
        run.spend(1)
        inside = _inside(left, right, first, second)
        if inside is not None:
            waiting += inside
        elif (left is None) is not (right is None):
            if any(it is not None and settled(it) is not None for it in (first, second)):
                return False
            found = True
        elif left is not None and equal(run, left, right) is not True:
            return False
    return found


def _inside(
    left: object, right: object, one: Node | None, other: Node | None
) -> list[Sides] | None:
    """What stands at the same places; None of values that have no such places."""
    if is_list(left) and is_list(right):
        if len(left) != len(right):
            return None
        ones, others = _items(one, len(left)), _items(other, len(left))
        return list(zip(left, right, ones, others, strict=True))
    if is_context(left) and is_context(right):
        if left.keys() != right.keys():
            return None
        first, second = _entries(one), _entries(other)
        return [(left[key], right[key], first.get(key), second.get(key)) for key in left]
    return None


def _items(node: Node | None, count: int) -> list[Node | None]:
    if isinstance(node, ListOf) and len(node.items) == count:
        return list(node.items)
    return [None] * count


def _entries(node: Node | None) -> Mapping[str, Node]:
    return dict(node.entries) if isinstance(node, ContextOf) else {}
