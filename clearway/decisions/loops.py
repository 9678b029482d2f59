"""Boxed iterators, quantifiers and filters: an expression for each item of a list."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TypeGuard, cast

from clearway.decisions.errors import NotUnderstood, NoValue, split_root
from clearway.decisions.markup import Element, child
from clearway.decisions.model import Around, Context, Value
from clearway.decisions.texts import ITEM, NOTHING, OF_ITEMS, Room, operand_of
from clearway.feel.access import item_at, iterated
from clearway.feel.blame import Blame
from clearway.feel.limits import Run
from clearway.feel.origins import NOWHERE, origins_of
from clearway.feel.syntax import Node
from clearway.feel.values import adopted, is_context, is_list

# What a turn costs, and how much more for each name it sees.
TURN, NAMES_PER_STEP = 5, 32
Part = Callable[[Element, str, Room], Value]
"""Reads the expression in a named part of an element."""
Names = Mapping[str, object]


def loop(element: Element, room: Room, part: Part) -> Value:
    variable, asks = _variable_of(element, room), _mentions(element, "partial")
    source = part(element, "in", room)
    around = (*room.around, Around("partial"), Around(variable, _source_of(element, room)))
    loops = room.loops | {"partial"}
    inside_it = replace(room, is_handed_on=True, loops=loops, around=around)
    blame = _blame_of(element, room)
    body = part(element, "return", inside_it)

    def run(context: Context, purse: Run) -> object:
        items = iterated(purse, source(context, purse))
        if items is None:
            return None
        results: list[object] = []
        for each in items:
            names = {variable: adopted(purse, each)}
            if asks:
                # A copy, because the loop goes on to fill the list that it came from.
                purse.room(len(results))
                names["partial"] = list(results)
            results.append(_turn(body, context, purse, names, variable, blame))
        return results

    return run


def _variable_of(element: Element, room: Room) -> str:
    variable = element.get("iteratorVariable").strip()
    if not variable:
        cause = f"`{element.name}` has no iteratorVariable"
        raise NotUnderstood(room.place, cause, "Say what it calls each item.")
    return variable


def quantified(element: Element, room: Room, part: Part) -> Value:
    variable, decides = _variable_of(element, room), element.name == "some"
    source = part(element, "in", room)
    around = (*room.around, Around(variable, _source_of(element, room)))
    inside_it, blame = replace(room, around=around), _blame_of(element, room)
    condition = part(element, "satisfies", inside_it)

    def run(context: Context, purse: Run) -> object:
        items = iterated(purse, source(context, purse))
        if items is None:
            return None
        unknown, missing = False, None
        for each in items:
            names = {variable: adopted(purse, each)}
            try:
                answer = _turn(condition, context, purse, names, variable, blame)
            except NoValue as error:
                # It matters where no other item decides.
                missing = missing or error
                continue
            if answer is decides:
                return decides
            unknown = unknown or not isinstance(answer, bool)
        if missing is not None:
            raise missing
        return None if unknown else not decides

    return run


def selection(element: Element, room: Room, part: Part) -> Value:
    source = part(element, "in", room)
    # Names in it may be entries of the items, so nobody knows what they ask for.
    around = (*room.around, Around("", _source_of(element, room)))
    inside_it = replace(room, asked=[], filters=room.filters + 1, around=around)
    blame = _blame_of(element, room)
    match = part(element, "match", inside_it)
    room.in_filters.extend(inside_it.asked)

    def run(context: Context, purse: Run) -> object:
        found = source(context, purse)
        items = found if is_list(found) else [] if found is None else [found]
        kept: list[object] = []
        # An entry that only other items have is null in this one, as in a filter that is not boxed.
        entries = frozenset(key for it in items if is_context(it) for key in it)
        lacking = dict.fromkeys(entries - context.keys())
        for each in items:
            item = adopted(purse, each)
            own = {**lacking, **item} if is_context(item) else {}
            answer = _turn(match, context, purse, {ITEM: item, **own}, ITEM, blame)
            if answer is True:
                kept.append(item)
            elif not isinstance(answer, bool) and answer is not None:
                return item_at(purse, items, answer) if _is_index(answer) else None
        return kept

    return run


def _turn(
    value: Value, context: Context, purse: Run, names: Names, variable: str, blame: Blame
) -> object:
    """The value for one item: where that lacks what is counted on, and is an input's, a fault.

    Of other items null is a value. Raises NoValue with what a reader calls the item.
    """
    inside = _inside(context, purse, names)
    try:
        return value(inside, purse)
    except NoValue as error:
        root, rest = split_root(error.name)
        if error.function or root not in names:
            raise
        told = blame.item_told(context, purse, names[variable])
        if told is None:
            hidden = cast(frozenset[str], context.get(OF_ITEMS, NOTHING)) | names.keys()
            return value({**inside, OF_ITEMS: hidden}, purse)
        own = rest.lstrip("., ") if root == variable else f"{root}{rest}"
        raise NoValue(error.place, f"{told}, {own}" if own else told) from error


def _blame_of(element: Element, room: Room) -> Blame:
    """Where the items of a loop or filter come from, whose source was read before."""
    source = _source_of(element, room)
    return Blame(origins_of((source,))[id(source)] if source is not None else NOWHERE)


def _source_of(element: Element, room: Room) -> Node | None:
    """What a loop or a filter goes through, which was read last; None where that is boxed."""
    part = child(element, "in")
    is_text = part is not None and child(part, "literalExpression") is not None
    return operand_of(room.asked[-1].nodes[0]) if is_text and room.asked else None


def _inside(context: Context, purse: Run, names: Mapping[str, object]) -> dict[str, object]:
    """The context of one turn, paid for by its size."""
    purse.spend(TURN + (len(context) + len(names)) // NAMES_PER_STEP)
    return {**context, **names}


def _mentions(element: Element, word: str) -> bool:
    waiting = [element]
    while waiting:
        found = waiting.pop()
        if word in found.text:
            return True
        waiting += list(found)
    return False


def _is_index(value: object) -> TypeGuard[Decimal]:
    return isinstance(value, Decimal)
