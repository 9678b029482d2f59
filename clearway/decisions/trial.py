"""Which missing value makes a fault, found out by giving values where there are none.

An expression knows what it has nothing to go on with, and often where that comes from; but what it
counts on may have gone through loops, functions, tables and other decisions. So the name is tried:
with a value there, the fault has to go, or to arise elsewhere. Only such a place is named.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import chain
from typing import cast

from clearway.decisions.errors import (
    DecisionError,
    MissingInput,
    NoValue,
    SomethingMissing,
    WrongValue,
    split_root,
)
from clearway.decisions.purse import Purse
from clearway.feel.errors import FeelError, FeelMissingValueError
from clearway.feel.limits import paying
from clearway.feel.types import Type, coerced
from clearway.feel.values import YearsMonths, is_context, is_list

Way = tuple[str | int, ...]
"""A name of the context, and the keys and numbers of items, from 0, that follow."""
Context = Mapping[str, object]
GIVEN: tuple[object, ...] = (
    Decimal(7), "a", True, date(2020, 2, 2), timedelta(days=1), datetime(2020, 2, 2, tzinfo=UTC),
    time(12), YearsMonths(1), [Decimal(7)], {},
)  # fmt: skip
"""What is given in place of null, one after the other, until the types allow it."""
MOST_PLACES, MOST_TRIALS, MOST_ROUNDS = 1_000, 40, 10
NOT_KNOWN = object()


@dataclass(frozen=True, slots=True)
class Making:
    """How a decision is made of a context, whose values are `wanted` to be of types.

    All that is made again is paid from one purse.
    """

    make: Callable[[Context], object]
    wanted: Mapping[str, Type | None]
    types: Mapping[str, Type]
    purse: Purse

    def again(self, context: Context) -> None:
        """Make it of another context; raises what that raises."""
        # Whatever a refusal has left open is closed.
        self.purse.depth = self.purse.limits.depth
        self.make(context)

    def accepts(self, name: str, value: object) -> bool:
        """Whether an input may have a value."""
        return coerced(value, self.wanted.get(name), self.types) is not None


def traced(error: MissingInput, context: Context, making: Making) -> MissingInput:
    """The same fault with the name of the input, item and entry that makes it.

    Where no place can be told, the fault names nothing that is not known to be missing.
    """
    if not error.is_null:
        return error
    with paying(making.purse):
        return _traced(error, context, making)


def _traced(error: MissingInput, context: Context, making: Making) -> MissingInput:
    name = error.lacking if error.seen is not None else error.name
    root = split_root(name)[0] if name else ""
    candidate = _way(name, context) if name and root in context else None
    if candidate is None and root in context and name and _is_beyond(name, context):
        return error
    trials = _Trials(error, context, making)
    found = trials.culprit(candidate)
    if found is None:
        if trials.is_blind and candidate is not None:
            return error
        return _unnamed(error)
    told = (name or "") if found == candidate else _told(found)
    if error.seen is not None:
        return MissingInput(error.place, error.name, error.seen, told)
    if root in context:
        return error if told == name else NoValue(error.place, told)
    return NoValue(error.place, told, through=error.name)


def _unnamed(error: MissingInput) -> MissingInput:
    if error.seen is not None:
        return MissingInput(error.place, error.name, error.seen)
    return SomethingMissing(error.place)


class _Trials:
    """Makes a decision again and again, each time with values in other places."""

    def __init__(self, error: MissingInput, context: Context, making: Making) -> None:
        self._error = error
        self._context = context
        self._making = making
        self._left = MOST_TRIALS
        self._name = error.name
        self.is_blind = True
        """Whether no trial has told anything, because no value was allowed."""

    def culprit(self, candidate: Way | None) -> Way | None:
        """The place where null makes the fault; the candidate, where it is one of them."""
        if candidate is not None and self._ends_alone(candidate):
            return candidate
        known = list(dict.fromkeys(_empty_places(self._context, MOST_PLACES)))
        if candidate is not None and candidate not in known:
            known.append(candidate)
        for turn in range(len(GIVEN)):
            places = self._all_that_is_asked(known, turn)
            if places is None:
                continue
            if candidate is not None and self._goes_on(set(places) - {candidate}, turn) is True:
                return candidate
            return self._first(places, turn)
        return None

    def _ends_alone(self, place: Way) -> bool:
        for turn in range(len(GIVEN)):
            goes_on = self._goes_on({place}, turn)
            if goes_on is not None:
                return not goes_on
        return False

    def _all_that_is_asked(self, known: list[Way], turn: int) -> list[Way] | None:
        """Places that end the fault when all have values; what it names meanwhile is added."""
        places = list(known)
        for _ in range(MOST_ROUNDS):
            goes_on = self._goes_on(places, turn)
            if not goes_on:
                return places if goes_on is False else None
            root = split_root(self._name)[0]
            more = _way(self._name, self._context) if root in self._context else None
            if more is None or more in places:
                return None
            places.append(more)
        return None

    def _first(self, places: list[Way], turn: int) -> Way | None:
        """The first place that brings the fault back when it and all before it are null."""
        low, high = 0, len(places)
        while high - low > 1:
            middle = (low + high) // 2
            goes_on = self._goes_on(places[middle:], turn)
            if goes_on is None:
                return None
            low, high = (low, middle) if goes_on else (middle, high)
        return places[low] if places else None

    def _goes_on(self, places: Collection[Way], turn: int) -> bool | None:
        """Whether the fault is still there with values in these places; None where that is not
        known."""
        if self._left <= 0:
            return None
        self._left -= 1
        context = self._filled(places, turn)
        try:
            self._making.again(context)
        except MissingInput as error:
            self._name = (error.lacking or "") if error.seen is not None else error.name
            self.is_blind = False
            return error.is_null and _whereabouts(error) == _whereabouts(self._error)
        except WrongValue:
            return None
        except DecisionError as error:
            if isinstance(error.__cause__, FeelError | RecursionError):
                return None
        except (FeelError, RecursionError):
            return None
        self.is_blind = False
        return False

    def _filled(self, places: Collection[Way], turn: int) -> Context:
        roots = {str(way[0]) for way in places}
        context = {key: _copied(it) if key in roots else it for key, it in self._context.items()}
        for way in places:
            likely = _of_a_sibling(self._context, way)
            of_its_kind = () if likely is None else (likely,)
            root = str(way[0])
            fitting: list[object] = []
            for value in chain(of_its_kind, GIVEN):
                _set(context, way, value)
                if self._making.accepts(root, context[root]):
                    fitting.append(value)
                    if len(fitting) > turn:
                        break
            _set(context, way, fitting[turn % len(fitting)] if fitting else None)
        return context


def _whereabouts(error: MissingInput) -> object:
    """Where a fault has arisen: in which cell or text, and where in that."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, FeelMissingValueError):
        cause = cause.__cause__
    return error.place, cause.position if cause is not None else None


def _way(name: str, context: Context) -> Way | None:
    """The place that a name tells, `its, item 2, p`; None unless null is there, or nothing."""
    value: object = context
    way: list[str | int] = []
    for part in name.split(", "):
        number = part.removeprefix("item ")
        if is_list(value):
            if not number.isdecimal() or not 1 <= int(number) <= len(value):
                return None
            way.append(int(number) - 1)
            value = value[int(number) - 1]
            continue
        for key in part.split("."):
            if value is None and way:
                # What is null has no entries: it is null itself that is in the way.
                return tuple(way)
            if not isinstance(value, Mapping):
                return None
            way.append(key)
            value = cast(Context, value).get(key)
    return tuple(way) if value is None and not _is_hidden(tuple(way), context) else None


def _is_beyond(name: str, context: Context) -> bool:
    """Whether it tells an item that is not there at all, in whose place no value can be given."""
    holder, _, last = name.rpartition(", ")
    number = last.removeprefix("item ")
    if number == last:
        return False
    whole = [way for way in (_followed(dict(context), _keys(holder)),) if is_list(way)]
    return not (number.isdecimal() and whole and 1 <= int(number) <= len(whole[0]))


def _keys(name: str) -> Way:
    """The way that a name tells, without a look at what is there."""
    found: list[str | int] = []
    for part in name.split(", "):
        number = part.removeprefix("item ")
        found += [int(number) - 1] if number != part and number.isdecimal() else part.split(".")
    return tuple(found)


def _is_hidden(way: Way, context: Context) -> bool:
    """Whether an item has no such entry and the context has a name of the same words: that is
    meant, then, and the entry would only hide it."""
    holder, key = _followed(dict(context), way[:-1]), way[-1]
    return len(way) > 1 and key in context and is_context(holder) and key not in holder


def _told(way: Way) -> str:
    """A place as a reader knows it: after an item, each entry is told apart."""
    told, in_item = str(way[0]), False
    for key in way[1:]:
        if isinstance(key, int):
            told, in_item = f"{told}, item {key + 1}", True
        else:
            told = f"{told}{', ' if in_item else '.'}{key}"
    return told


def _empty_places(context: Context, most: int) -> Iterator[Way]:
    """Where null is, and where an item lacks an entry that another item of its list has."""
    left = most
    for way in _nulls((), dict(context)):
        yield way
        left -= 1
        if left <= 0:
            return


def _nulls(way: Way, value: object, expected: Collection[str] = ()) -> Iterator[Way]:
    if value is None:
        yield way
    elif is_list(value):
        keys = dict.fromkeys(key for each in value if is_context(each) for key in each)
        for at, each in enumerate(value):
            yield from _nulls((*way, at), each, keys)
    elif is_context(value):
        for key in dict.fromkeys((*value, *expected)):
            yield from _nulls((*way, key), value.get(key))


def _of_a_sibling(context: Context, way: Way) -> object:
    """What another item of the same list has in this place; None where none has anything."""
    at = next((at for at in range(len(way) - 1, 0, -1) if isinstance(way[at], int)), 0)
    if not at:
        return None
    siblings = _followed(dict(context), way[:at])
    found = (_followed(each, way[at + 1 :]) for each in siblings) if is_list(siblings) else ()
    return next((each for each in found if each is not None), None)


def _followed(value: object, way: Way) -> object:
    for key in way:
        if isinstance(key, int):
            value = value[key] if is_list(value) and key < len(value) else None
        else:
            value = value.get(key) if is_context(value) else None
    return value


def _copied(value: object) -> object:
    if is_list(value):
        return [_copied(each) for each in value]
    if is_context(value):
        return {key: _copied(each) for key, each in value.items()}
    return value


def _set(context: dict[str, object], way: Way, value: object) -> None:
    """Put a value in its place; an entry of what is null itself has none."""
    holder: object = context
    for key in way[:-1]:
        if is_list(holder) and isinstance(key, int):
            holder = holder[key]
        elif is_context(holder) and isinstance(key, str):
            holder = holder.get(key)
    last = way[-1]
    if is_list(holder) and isinstance(last, int):
        holder[last] = value
    if is_context(holder) and isinstance(last, str):
        holder[last] = value
