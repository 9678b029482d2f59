"""What differs between two elements of XML: each attribute, text and child once."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from clearway.decisions.compare.matching import Matching, matching
from clearway.diagrams.compare.tree import XSI, Part
from clearway.engine.markup import BPMN, OWN

TEXT = "#text"
ORDER = "#order"
_PREFIXES = {
    BPMN: "",
    OWN: "clearway:",
    XSI: "xsi:",
    "{http://camunda.org/schema/zeebe/1.0}": "zeebe:",
    "{http://camunda.org/schema/1.0/bpmn}": "camunda:",
    "{http://activiti.org/bpmn}": "activiti:",
    "{http://flowable.org/bpmn}": "flowable:",
    "{http://www.signavio.com}": "signavio:",
}
_KEYS = ("id", "name", "key", "field", "source", "target", "type")
_TIMES = frozenset(("timeDuration", "timeDate", "timeCycle"))
_LOOPS = frozenset(("multiInstanceLoopCharacteristics", "standardLoopCharacteristics"))
_UNORDERED = frozenset(("incoming", "outgoing", "flowNodeRef"))


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference at the end of a way; one of the two texts is None for what came or went."""

    way: tuple[str, ...]
    before: str | None
    after: str | None
    key: str = ""
    """What tells the child from its brothers, such as the id of a seat."""

    @property
    def path(self) -> str:
        """The way on one line."""
        return "/".join(self.way)


def differences(
    before: Part, after: Part, way: tuple[str, ...] = (), key: str = ""
) -> Iterator[Difference]:
    """All that differs between two elements of the same name; ids of brothers pair them."""
    old, new = dict(before.attributes), dict(after.attributes)
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            found = (*way, f"@{label(name)}")
            yield Difference(found, _plain(old.get(name)), _plain(new.get(name)), key)
    if before.text != after.text:
        yield Difference((*way, TEXT), before.text, after.text, key)
    one, other = _inside(before), _inside(after)
    replaced = [it for it in _replaced(one, other) if it[0].name != it[1].name]
    for was, now in replaced:
        yield Difference((*way, _replacing(was)), outline(was), outline(now), key)
    one = [it for it in one if all(it is not was for was, _ in replaced)]
    other = [it for it in other if all(it is not now for _, now in replaced)]
    yield from _children(before, one, other, way, key)


def label(name: str) -> str:
    """A name for people: BPMN's own without a prefix, what is known with its usual one."""
    for uri, prefix in _PREFIXES.items():
        if name.startswith(uri):
            return f"{prefix}{name[len(uri) :]}"
    return name


def outline(part: Part) -> str:
    """An element on one line: all that is in it, but for ids and types that BPMN implies."""
    marks = [
        f"{label(key)} {_plain(value)}"
        for key, value in part.attributes
        if key not in ("id", f"{XSI}type")
    ]
    inner = [outline(each) for each in part.children]
    text = [part.text] if part.text else []
    if not marks and not inner:
        return part.text if part.text else label(part.name)
    inside = "; ".join([*marks, *text, *inner])
    return f"{label(part.name)} ({inside})"


def key_of(part: Part) -> str:
    """What tells an element from its brothers; empty when nothing does."""
    return next((f"{part.get(key)}" for key in _KEYS if part.get(key)), "")


def is_event_definition(part: Part) -> bool:
    """Whether it says what an event waits for or throws."""
    return part.is_bpmn and part.local.endswith("EventDefinition")


def _children(
    parent: Part, one: list[Part], other: list[Part], way: tuple[str, ...], key: str
) -> Iterator[Difference]:
    old, new = _by_name(one), _by_name(other)
    pairs: list[tuple[Part, Part]] = []
    for name in dict.fromkeys([*old, *new]):
        was, now = old.get(name, []), new.get(name, [])
        found = _matched(was, now)
        inner = (*way, label(name))
        for at in found.removed:
            yield Difference(inner, outline(was[at]), None, key_of(was[at]) or key)
        for at in found.added:
            yield Difference(inner, None, outline(now[at]), key_of(now[at]) or key)
        for left, right in found.pairs:
            pairs.append((was[left], now[right]))
            if was[left] != now[right]:
                yield from differences(was[left], now[right], inner, key_of(now[right]) or key)
        is_ordered = parent.is_bpmn and parent.local != "extensionElements"
        if is_ordered and found.moved() and name[len(BPMN) :] not in _UNORDERED:
            texts = [", ".join(map(_short, each)) for each in (was, now)]
            yield Difference((*inner, ORDER), texts[0], texts[1], key)
    if (not parent.is_bpmn or parent.local == "extensionElements") and _moved(one, other, pairs):
        texts = [", ".join(map(_short, each)) for each in (one, other)]
        yield Difference((*way, ORDER), texts[0], texts[1], key)


def _matched(was: Sequence[Part], now: Sequence[Part]) -> Matching:
    found = matching(len(was), len(now))
    found.by_key(was, now)
    found.by_key([key_of(each) or None for each in was], [key_of(each) or None for each in now])
    if len(found.removed) == len(found.added):
        rest = list(zip(found.removed, found.added, strict=True))
        alone = len(was) == len(now) == 1
        found.take([(a, b) for a, b in rest if alone or _alike(was[a], now[b])])
    return found


def _alike(one: Part, other: Part) -> bool:
    """Whether more than half of what they say is the same, or they say one thing only."""
    left, right = ({*it.attributes, *it.children, it.text} for it in (one, other))
    size = max(len(left), len(right))
    return size <= 1 or 2 * len(left & right) > size


def _moved(one: Sequence[Part], other: Sequence[Part], pairs: list[tuple[Part, Part]]) -> bool:
    place = {id(each): at for at, each in enumerate(one)}
    where = {id(each): at for at, each in enumerate(other)}
    return bool(Matching(sorted((place[id(a)], where[id(b)]) for a, b in pairs)).moved())


def _inside(part: Part) -> list[Part]:
    """The children; no extension elements is as good as empty ones."""
    found = list(part.children)
    if part.is_bpmn and not any(each.local == "extensionElements" for each in found):
        found.append(Part(f"{BPMN}extensionElements", (), "", ()))
    return found if part.local != "extensionElements" else list(part.children)


def _replaced(one: Sequence[Part], other: Sequence[Part]) -> Iterator[tuple[Part, Part]]:
    """What stands in the place of another: a date of a duration, a message of a timer."""
    for belongs in (is_event_definition, _is_time, _is_loop):
        old, new = [it for it in one if belongs(it)], [it for it in other if belongs(it)]
        if len(old) == len(new) == 1:
            yield old[0], new[0]


def _is_time(part: Part) -> bool:
    return part.is_bpmn and part.local in _TIMES


def _is_loop(part: Part) -> bool:
    return part.is_bpmn and part.local in _LOOPS


def _replacing(part: Part) -> str:
    if part.local in _TIMES:
        return "timer"
    return "loop" if part.local in _LOOPS else "event definition"


def _by_name(parts: Sequence[Part]) -> dict[str, list[Part]]:
    found: dict[str, list[Part]] = defaultdict(list)
    for each in parts:
        found[each.name].append(each)
    return found


def _short(part: Part) -> str:
    return key_of(part) or outline(part)


def _plain(value: str | None) -> str | None:
    return None if value is None else label(value) if value.startswith("{") else value
