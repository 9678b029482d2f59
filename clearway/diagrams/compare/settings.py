"""What differs between two files of values: calendars, clocks and the like, as YAML or JSON."""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

import yaml

from clearway.decisions.compare.matching import matching
from clearway.diagrams.compare.changes import Change, Kind, shown

_MOST_VALUES = 50_000
_DEEPEST = 50
_KEYS = ("id", "name", "date", "key")
_YAML: Any = yaml
"""Its types say nothing about what comes out of a stream."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text as it is written, and what YAML takes it for."""

    text: str
    tag: str


@dataclass(frozen=True, slots=True)
class Listed:
    """Values in order."""

    items: "tuple[Scalar | Listed | Named, ...]"


@dataclass(frozen=True, slots=True)
class Named:
    """Values by name, in the order of the file."""

    items: "tuple[tuple[str, Scalar | Listed | Named], ...]"


AnyValue = Scalar | Listed | Named


class NoValues(Exception):
    """This text holds no plain values; it is compared line by line."""


def changed_values(before: bytes, after: bytes, file: str, called: str) -> Iterator[Change]:
    """What differs, by its way in the file; raises NoValues at once for what cannot be read."""
    one, other = read_values(before), read_values(after)
    return _changes(one, other, (), file, called)


def read_values(data: bytes) -> AnyValue:
    """A file of YAML, JSON among it, without what refers to another place; raises NoValues."""
    try:
        text = data.decode("utf-8")
        if any(isinstance(it, yaml.AliasEvent) for it in _YAML.parse(text, yaml.SafeLoader)):
            raise NoValues
        node: Any = _YAML.compose(text, yaml.SafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise NoValues from error
    left = [_MOST_VALUES]
    return Named(()) if node is None else _value(node, left, _DEEPEST)


def plain(value: AnyValue) -> str:
    """A value on one line."""
    if isinstance(value, Scalar):
        return value.text
    if isinstance(value, Listed):
        return f"[{', '.join(map(plain, value.items))}]"
    return ", ".join(f"{name}: {_held(inner)}" for name, inner in value.items)


def _held(value: AnyValue) -> str:
    return f"{{{plain(value)}}}" if isinstance(value, Named) else plain(value)


def _changes(
    one: AnyValue, other: AnyValue, way: tuple[str, ...], file: str, called: str
) -> Iterator[Change]:
    if one == other:
        return
    if isinstance(one, Named) and isinstance(other, Named):
        old, new = dict(one.items), dict(other.items)
        for name in dict.fromkeys([*new, *old]):
            yield from _one(old.get(name), new.get(name), (*way, name), file, called)
    elif isinstance(one, Listed) and isinstance(other, Listed):
        yield from _lists(one.items, other.items, way, file, called)
    else:
        yield _change(_distinct(one, other), _distinct(other, one), way, file, called)


def _one(
    was: AnyValue | None, now: AnyValue | None, way: tuple[str, ...], file: str, called: str
) -> Iterator[Change]:
    if was is None or now is None:
        texts = [None if it is None else plain(it) for it in (was, now)]
        yield _change(texts[0], texts[1], way, file, called)
    else:
        yield from _changes(was, now, way, file, called)


def _lists(
    one: Sequence[AnyValue],
    other: Sequence[AnyValue],
    way: tuple[str, ...],
    file: str,
    called: str,
) -> Iterator[Change]:
    found = matching(len(one), len(other))
    found.by_key(list(one), list(other))
    found.by_key([_key(it) for it in one], [_key(it) for it in other])
    if len(found.removed) == len(found.added):
        both = list(zip(found.removed, found.added, strict=True))
        found.take([(a, b) for a, b in both if _alike(one[a], other[b])])
    for at in found.removed:
        yield _change(plain(one[at]), None, (*way, _place(one[at], at)), file, called)
    for at in found.added:
        yield _change(None, plain(other[at]), (*way, _place(other[at], at)), file, called)
    for left, right in found.pairs:
        inner = (*way, _place(other[right], right))
        yield from _changes(one[left], other[right], inner, file, called)
    if found.moved():
        texts = [", ".join(_key_text(it) for it in each) for each in (one, other)]
        yield _change(texts[0], texts[1], (*way, "order"), file, called)


def _change(
    before: str | None, after: str | None, way: tuple[str, ...], file: str, called: str
) -> Change:
    name = ".".join(way) or "everything"
    told = [None if it is None else shown(it) for it in (before, after)]
    where = f"In {called}, `{name}`"
    if before is None:
        said = f"{where} is new: {told[1]}." if told[1] else f"{where} is new."
        return Change(file, None, Kind.ADDED, name, None, after, said)
    if after is None:
        said = f"{where} is gone, it was {told[0]}." if told[0] else f"{where} is gone."
        return Change(file, None, Kind.REMOVED, name, before, None, said)
    said = f"{where} is {told[1]}, it was {told[0]}." if all(told) else f"{where} changed."
    return Change(file, None, Kind.CHANGED, name, before, after, said)


def _value(node: Any, left: list[int], depth: int) -> AnyValue:
    left[0] -= 1
    if left[0] < 0 or depth < 0:
        raise NoValues
    if isinstance(node, yaml.ScalarNode):
        return Scalar(str(cast(object, node.value)), str(node.tag))
    if isinstance(node, yaml.SequenceNode):
        return Listed(tuple(_value(it, left, depth - 1) for it in cast("list[Any]", node.value)))
    pairs = cast("list[tuple[Any, Any]]", node.value)
    names = [str(key.value) if isinstance(key, yaml.ScalarNode) else "" for key, _ in pairs]
    if "" in names or len(set(names)) < len(names):
        raise NoValues
    inner = (_value(it, left, depth - 1) for _, it in pairs)
    return Named(tuple(zip(names, inner, strict=True)))


def _distinct(value: AnyValue, other: AnyValue) -> str:
    """A value as text; with its quotes when only they tell it from the other."""
    if isinstance(value, Scalar) and isinstance(other, Scalar) and value.text == other.text:
        return f'"{value.text}"' if value.tag.endswith(":str") else value.text
    return plain(value)


def _key(value: AnyValue) -> Hashable | None:
    if not isinstance(value, Named):
        return None
    return next(((name, it) for name, it in value.items if name in _KEYS), None)


def _key_text(value: AnyValue) -> str:
    if isinstance(value, Named):
        return next((plain(it) for name, it in value.items if name in _KEYS), plain(value))
    return plain(value)


def _place(value: AnyValue, at: int) -> str:
    return _key_text(value) if _key(value) is not None else str(at + 1)


def _alike(one: AnyValue, other: AnyValue) -> bool:
    """Whether it is the same item, changed: names of which at least half have the same value."""
    if isinstance(one, Scalar) and isinstance(other, Scalar):
        return True
    if not isinstance(one, Named) or not isinstance(other, Named):
        return type(one) is type(other)
    shared = len(set(one.items) & set(other.items))
    return 2 * shared >= min(len(one.items), len(other.items))
