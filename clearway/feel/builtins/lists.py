"""Built-in functions over lists."""

from decimal import Decimal
from functools import cmp_to_key

from clearway.feel import logic
from clearway.feel.builtins.signature import BuiltIn, built_in
from clearway.feel.limits import TEXT_PER_STEP, Run
from clearway.feel.values import ITEMS_PER_STEP, Function, Range, is_list, operand_of


def list_contains(run: Run, items: list[object], element: object) -> bool:
    """`list contains(list, element)`; null may be an element."""
    if type(element) is str and len(element) <= TEXT_PER_STEP and len(items) <= ITEMS_PER_STEP:
        # No text is equal to anything else, so Python may look for it.
        run.spend(len(items))
        return element in items
    return any(same(run, item, element) for item in items)


def count(_run: Run, items: list[object]) -> Decimal:
    """`count(list)`."""
    return Decimal(len(items))


def least(run: Run, items: list[object]) -> object:
    """`min(list)`."""
    return _best(run, items, "<")


def greatest(run: Run, items: list[object]) -> object:
    """`max(list)`."""
    return _best(run, items, ">")


def least_of(run: Run, *items: object) -> object:
    """`min(c1, ..., cN)`."""
    return _best(run, list(items), "<")


def greatest_of(run: Run, *items: object) -> object:
    """`max(c1, ..., cN)`."""
    return _best(run, list(items), ">")


def every(run: Run, items: list[object]) -> bool | None:
    """`all(list)` in three-valued logic."""
    run.spend(len(items))
    if any(item is False for item in items):
        return False
    return True if all(item is True for item in items) else None


def some(run: Run, items: list[object]) -> bool | None:
    """`any(list)` in three-valued logic."""
    run.spend(len(items))
    if any(item is True for item in items):
        return True
    return False if all(item is False for item in items) else None


def every_of(run: Run, *items: object) -> bool | None:
    """`all(b1, ..., bN)`."""
    return every(run, list(items))


def some_of(run: Run, *items: object) -> bool | None:
    """`any(b1, ..., bN)`."""
    return some(run, list(items))


def sublist(
    run: Run, items: list[object], start: Decimal, length: Decimal | None = None
) -> list[object] | None:
    """`sublist(list, start position, length)`."""
    first = _place(items, start)
    if first is None or (length is not None and length < 1):
        return None
    end = len(items) if length is None else first + int(min(length, len(items)))
    run.room(len(items))
    return items[first:end] if end <= len(items) else None


def append(run: Run, items: list[object], *more: object) -> list[object]:
    """`append(list, item...)`."""
    run.room(len(items) + len(more))
    return [*items, *more]


def concatenate(run: Run, *lists: list[object]) -> list[object]:
    """`concatenate(list...)`."""
    run.room(sum(map(len, lists)))
    return [item for items in lists for item in items]


def insert_before(
    run: Run, items: list[object], position: Decimal, item: object
) -> list[object] | None:
    """`insert before(list, position, newItem)`."""
    place = _place(items, position)
    if place is None:
        return None
    run.room(len(items) + 1)
    return [*items[:place], item, *items[place:]]


def remove(run: Run, items: list[object], position: Decimal) -> list[object] | None:
    """`remove(list, position)`."""
    place = _place(items, position)
    if place is None:
        return None
    run.room(len(items))
    return [*items[:place], *items[place + 1 :]]


def list_replace(
    run: Run, items: list[object], target: object, item: object
) -> list[object] | None:
    """`list replace(list, position, newItem)` or, with a function, `(list, match, newItem)`."""
    run.room(len(items))
    if isinstance(target, Function):
        answers = [target.call(run, [old, item]) for old in items]
        if not all(isinstance(answer, bool) for answer in answers):
            return None
        return [item if hit else old for old, hit in zip(items, answers, strict=True)]
    place = _place(items, target) if isinstance(target, Decimal) else None
    return None if place is None else [*items[:place], item, *items[place + 1 :]]


def reverse(run: Run, items: list[object]) -> list[object]:
    """`reverse(list)`."""
    run.room(len(items))
    return items[::-1]


def index_of(run: Run, items: list[object], match: object) -> list[object]:
    """`index of(list, match)`: all places, counted from 1."""
    return [Decimal(at) for at, item in enumerate(items, 1) if same(run, item, match)]


def union(run: Run, *lists: list[object]) -> list[object]:
    """`union(list...)`: concatenated, without doubles."""
    return distinct_values(run, concatenate(run, *lists))


def distinct_values(run: Run, items: list[object]) -> list[object]:
    """`distinct values(list)`, each at its first place."""
    kept: list[object] = []
    numbers_and_texts: set[object] = set()
    for item in map(operand_of, items):
        run.spend(1)
        if isinstance(item, Decimal | str):
            if item not in numbers_and_texts:
                numbers_and_texts.add(item)
                kept.append(item)
        elif not any(same(run, item, other) for other in kept):
            kept.append(item)
    return kept


def flatten(run: Run, items: list[object]) -> list[object]:
    """`flatten(list)`: nested lists become one."""
    flat: list[object] = []
    waiting = [iter(items)]
    while waiting:
        for item in waiting[-1]:
            run.spend(1)
            if is_list(item):
                waiting.append(iter(item))
                break
            flat.append(item)
        else:
            waiting.pop()
    return flat


def sort(run: Run, items: list[object], precedes: Function | None = None) -> list[object] | None:
    """`sort(list, precedes)`; without a function by the order of the values.

    Null for a function that does not take two items, or does not say of them true or false.
    """
    run.room(len(items))
    if precedes is None:
        return _in_order(run, items)
    if not precedes.conforms(2):
        return None
    answers: list[object] = []  # Those that are neither true nor false.

    def order(left: object, right: object) -> int:
        for sign, pair in ((-1, [left, right]), (1, [right, left])):
            if answers:
                break
            run.spend(1)
            answer = precedes.call(run, pair)
            if answer is True:
                return sign
            if answer is not False:
                answers.append(answer)
        return 0

    found = sorted(items, key=cmp_to_key(order))
    return None if answers else found


def same(run: Run, left: object, right: object) -> bool:
    """Whether two values are the same one, null included."""
    run.spend(1)
    return logic.equal(run, left, right) is True


def _in_order(run: Run, items: list[object]) -> list[object] | None:
    if _best(run, items, "<") is None:
        return [] if not items else None

    def order(left: object, right: object) -> int:
        run.spend(1)
        if logic.compare("<", left, right) is True:
            return -1
        run.spend(1)
        return 1 if logic.compare("<", right, left) is True else 0

    return sorted(items, key=cmp_to_key(order))


def _best(run: Run, items: list[object], operator: str) -> object:
    if not items or any(isinstance(item, Range) for item in items):
        return None
    run.spend(len(items))
    best = operand_of(items[0])
    if logic.comparable(best, best) is None:
        return None
    for item in items[1:]:
        answer = logic.compare(operator, item, best)
        if answer is None:
            return None
        best = operand_of(item) if answer else best
    return best


def _place(items: list[object], position: Decimal) -> int | None:
    if position != position.to_integral_value() or not position or abs(position) > len(items):
        return None
    return int(position) - 1 if position > 0 else len(items) + int(position)


FUNCTIONS: tuple[BuiltIn, ...] = (
    built_in("list contains", ("list: list, element: any", list_contains)),
    built_in("count", ("list: list", count)),
    built_in("min", ("list: list", least), ("c: any*", least_of)),
    built_in("max", ("list: list", greatest), ("c: any*", greatest_of)),
    built_in("all", ("list: list", every), ("b: any*", every_of)),
    built_in("any", ("list: list", some), ("b: any*", some_of)),
    built_in("sublist", ("list: list, start position: number, [length: number?]", sublist)),
    built_in("append", ("list: list, item: any*", append)),
    built_in("concatenate", ("list: list*", concatenate)),
    built_in("insert before", ("list: list, position: number, newItem: any", insert_before)),
    built_in("remove", ("list: list, position: number", remove)),
    built_in(
        "list replace",
        ("list: list, position: number, newItem: any", list_replace),
        ("list: list, match: function, newItem: any", list_replace),
    ),
    built_in("reverse", ("list: list", reverse)),
    built_in("index of", ("list: list, match: any", index_of)),
    built_in("union", ("list: list*", union)),
    built_in("distinct values", ("list: list", distinct_values)),
    built_in("flatten", ("list: list", flatten)),
    built_in("sort", ("list: list, [precedes: function?]", sort)),
)
