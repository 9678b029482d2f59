"""What differs between two forms, or two records: fields, and when they are asked."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import cast

from clearway.decisions.compare.matching import matching
from clearway.diagrams.compare.changes import QUOTE, Change, Kind, shown
from clearway.diagrams.compare.settings import AnyValue, Listed, Named, NoValues, Scalar, plain

_CONDITIONS = frozenset(
    (
        "allOf",
        "anyOf",
        "oneOf",
        "if",
        "then",
        "else",
        "dependentRequired",
        "not",
        "dependentSchemas",
    )
)
_WORDS = {
    "title": "title",
    "description": "explanation",
    "type": "type",
    "format": "format",
    "maxLength": "largest length",
    "minLength": "smallest length",
    "minimum": "smallest value",
    "maximum": "largest value",
    "pattern": "pattern",
    "default": "default",
    "readOnly": "mark `read only`",
    "x-list": "list of fields in lists",
}
_CHOICES = ("enum", "x-titles")
_NOTHING = Named(())


@dataclass(frozen=True, slots=True)
class _Form:
    """A form, or a record, and how a sentence calls it."""

    file: str
    called: str

    def change(
        self, kind: Kind, what: str, before: str | None, after: str | None, said: str
    ) -> Change:
        return Change(self.file, None, kind, what, before, after, said)


def changed_schema(before: bytes, after: bytes, file: str, noun: str) -> Iterator[Change]:
    """What differs; raises NoValues at once for what is no JSON object.

    `noun` is what it is for people: form, or record.
    """
    one, other = read_schema(before), read_schema(after)
    return _changes(one, other, _Form(file, called(other, file, noun)))


def read_schema(data: bytes) -> Named:
    """A JSON object in values; raises NoValues."""
    try:
        found = json.loads(data, object_pairs_hook=_Pairs, parse_int=_number, parse_float=_number)
    except (ValueError, RecursionError) as error:
        raise NoValues from error
    value = _of_json(found)
    if not isinstance(value, Named):
        raise NoValues
    return value


def called(schema: Named, file: str, noun: str) -> str:
    """How a sentence names it."""
    title = schema_title(schema)
    return f"the {noun} *{title}*" if title else f"the {noun} `{file}`"


def schema_title(schema: Named) -> str:
    """Its title; empty for none."""
    title = dict(schema.items).get("title")
    return title.text if isinstance(title, Scalar) else ""


def fields_of(schema: Named) -> dict[str, AnyValue]:
    """Its fields by name, in order."""
    return dict(_named(schema, "properties").items)


def field_title(name: str, field: AnyValue | None) -> str:
    """How a sentence names a field."""
    title = schema_title(field) if isinstance(field, Named) else ""
    return f"*{title}*" if title else f"`{name}`"


class _Pairs(list["tuple[str, object]"]):
    """An object of JSON as it is written."""


class _Number(str):
    """A number of JSON as it is written."""


def _number(text: str) -> _Number:
    return _Number(text)


def _of_json(found: object) -> AnyValue:
    if isinstance(found, _Pairs):
        names = [name for name, _ in found]
        if len(set(names)) < len(names):
            raise NoValues
        return Named(tuple((name, _of_json(it)) for name, it in found))
    if isinstance(found, list):
        return Listed(tuple(_of_json(it) for it in cast("list[object]", found)))
    if isinstance(found, _Number):
        return Scalar(str(found), "number")
    if isinstance(found, str):
        return Scalar(found, ":str")
    return Scalar(json.dumps(found), "word")


def _changes(one: Named, other: Named, form: _Form) -> Iterator[Change]:
    old, new = fields_of(one), fields_of(other)
    needed = _required(one), _required(other)
    for name in dict.fromkeys([*new, *old]):
        if name not in old:
            yield _came(name, new[name], name in needed[1], form, is_new=True)
        elif name not in new:
            yield _came(name, old[name], name in needed[0], form, is_new=False)
        else:
            title = field_title(name, new[name])
            yield from _field(old[name], new[name], name, title, form)
            if (name in needed[0]) != (name in needed[1]):
                words = ["required" if name in it else "optional" for it in needed]
                said = f"In {form.called}, the field {title} is {words[1]}, it was {words[0]}."
                yield form.change(Kind.CHANGED, f"{name}: required", words[0], words[1], said)
    yield from _order(old, new, form)
    yield from _beside(one, other, form, needed)


def _came(name: str, field: AnyValue, is_needed: bool, form: _Form, *, is_new: bool) -> Change:
    text = f"{plain(field)}, required" if is_needed else plain(field)
    kind = Kind.ADDED if is_new else Kind.REMOVED
    word = "new" if is_new else "gone"
    said = f"In {form.called}, the field {field_title(name, field)} is {word}."
    texts = (None, text) if is_new else (text, None)
    return form.change(kind, f"{name}: field", *texts, said)


def _field(one: AnyValue, other: AnyValue, name: str, title: str, form: _Form) -> Iterator[Change]:
    if not isinstance(one, Named) or not isinstance(other, Named):
        yield from _value(one, other, f"{name}: field", f"the field {title}", form)
        return
    yield from _changed_choices(one, other, name, title, form)
    old, new = ({key: it for key, it in side.items if key not in _CHOICES} for side in (one, other))
    for key in dict.fromkeys([*new, *old]):
        word = _WORDS.get(key, f"setting `{key}`")
        what = f"{name}: {_WORDS.get(key, key)}"
        yield from _value(old.get(key), new.get(key), what, f"{word} of {title}", form)


def _changed_choices(
    one: Named, other: Named, name: str, title: str, form: _Form
) -> Iterator[Change]:
    old, new = (Named(tuple(it for it in side.items if it[0] in _CHOICES)) for side in (one, other))
    if _same(old, new):
        return
    texts = [_choices(side, plain) for side in (one, other)]
    if texts[0] == texts[1]:
        # A number became a text, or a comma parts what was one: only quotes tell these apart.
        texts = [_choices(side, _quoted) for side in (one, other)]
    yield _said(texts[0], texts[1], f"{name}: choices", f"choices of {title}", form)


def _choices(field: Named, tell: Callable[[AnyValue], str]) -> str | None:
    """The values of an enumeration with the words shown for them."""
    parts = dict(field.items)
    if not any(key in parts for key in _CHOICES):
        return None
    titles = dict(_named(field, "x-titles").items)
    listed = parts.get("enum")
    told: list[str] = []
    for it in listed.items if isinstance(listed, Listed) else ():
        words = titles.pop(plain(it), None)
        told.append(tell(it) if words is None else f"{tell(it)} ({tell(words)})")
    # Words for what is no choice.
    told += [f"{key}: {tell(it)}" for key, it in titles.items()]
    return ", ".join(told)


def _quoted(value: AnyValue) -> str:
    is_text = isinstance(value, Scalar) and value.tag == ":str"
    return json.dumps(plain(value), ensure_ascii=False) if is_text else plain(value)


def _order(old: dict[str, AnyValue], new: dict[str, AnyValue], form: _Form) -> Iterator[Change]:
    kept = [name for name in old if name in new], [name for name in new if name in old]
    if kept[0] != kept[1]:
        texts = [", ".join(names) for names in kept]
        said = f"The fields of {form.called} are in another order."
        yield form.change(Kind.CHANGED, "order", texts[0], texts[1], said)


def _beside(
    one: Named, other: Named, form: _Form, needed: tuple[set[str], set[str]]
) -> Iterator[Change]:
    """What is no field: its own title, what depends on what, and any other setting."""
    old, new = ({key: it for key, it in side.items if key != "properties"} for side in (one, other))
    for side, names, fields in ((old, needed[0], one), (new, needed[1], other)):
        unknown = sorted(names - fields_of(fields).keys())
        side.pop("required", None)
        if unknown:
            side["required without a field"] = Scalar(", ".join(unknown), ":str")
    rule = [_rule(old), _rule(new)]
    if rule[0] != rule[1]:
        yield from _value(rule[0], rule[1], "condition", "conditions", form)
    for key in dict.fromkeys([*new, *old]):
        was, now = old.get(key), new.get(key)
        if key in ("if", "then", "else"):
            continue
        if key in _CONDITIONS:
            yield from _conditions(was, now, key, form)
        else:
            word = _WORDS.get(key, f"setting `{key}`")
            yield from _value(was, now, _WORDS.get(key, key), word, form)


def _rule(side: dict[str, AnyValue]) -> AnyValue | None:
    """If, then and else are one condition."""
    found = tuple((key, it) for key, it in side.items() if key in ("if", "then", "else"))
    return Named(found) if found else None


def _conditions(
    was: AnyValue | None, now: AnyValue | None, key: str, form: _Form
) -> Iterator[Change]:
    if not isinstance(was, Listed | None) or not isinstance(now, Listed | None):
        yield from _value(was, now, "condition", f"conditions (`{key}`)", form)
        return
    one, other = was.items if was else (), now.items if now else ()
    found = matching(len(one), len(other)).by_key(list(one), list(other))
    if len(found.removed) == len(found.added):
        found.take(list(zip(found.removed, found.added, strict=True)))
    for at in found.removed:
        yield _said(plain(one[at]), None, "condition", "a condition", form)
    for at in found.added:
        yield _said(None, plain(other[at]), "condition", "a condition", form)
    for left, right in found.pairs:
        if not _same(one[left], other[right]):
            texts = plain(one[left]), plain(other[right])
            yield _said(texts[0], texts[1], "condition", f"condition {right + 1} (`{key}`)", form)
    if found.moved():
        texts = [", ".join(map(plain, it)) for it in (one, other)]
        yield _said(texts[0], texts[1], "condition", f"order of the conditions (`{key}`)", form)


def _value(
    was: AnyValue | None, now: AnyValue | None, what: str, phrase: str, form: _Form
) -> Iterator[Change]:
    if was is not None and now is not None and _same(was, now):
        return
    if was is None and now is None:
        return
    texts = [None if it is None else _typed(it) for it in (was, now)]
    yield _said(texts[0], texts[1], what, phrase, form)


def _said(before: str | None, after: str | None, what: str, phrase: str, form: _Form) -> Change:
    mark = QUOTE if what.rpartition(": ")[2] in ("title", "explanation") else "`"
    told = [None if it is None else shown(it, mark) for it in (before, after)]
    article = "" if phrase.startswith(("a ", "the ")) else "the "
    where = f"In {form.called}, {article}{phrase}"
    if before is None:
        said = f"{where} {_is(phrase)} new{f': {told[1]}' if told[1] else ''}."
        return form.change(Kind.ADDED, what, None, after, said)
    if after is None:
        said = f"{where} {_is(phrase)} gone{f': {told[0]}' if told[0] else ''}."
        return form.change(Kind.REMOVED, what, before, None, said)
    said = f"{where} changed."
    if all(told):
        verbs = ("are", "they were") if _is(phrase) == "are" else ("is", "it was")
        said = f"{where} {verbs[0]} {told[1]}, {verbs[1]} {told[0]}."
    return form.change(Kind.CHANGED, what, before, after, said)


def _is(phrase: str) -> str:
    return "are" if phrase.startswith(("choices", "conditions")) else "is"


def _typed(value: AnyValue) -> str:
    """A value as text, with quotes where a text looks like something else."""
    if isinstance(value, Scalar) and value.tag == ":str":
        looks = value.text in ("true", "false", "null") or value.text.lstrip("-").isdigit()
        return f'"{value.text}"' if looks else value.text
    return plain(value)


def _same(one: AnyValue, other: AnyValue) -> bool:
    """Whether two values are equal; names may be in any order."""
    if isinstance(one, Named) and isinstance(other, Named):
        old, new = dict(one.items), dict(other.items)
        return old.keys() == new.keys() and all(_same(it, new[key]) for key, it in old.items())
    if isinstance(one, Listed) and isinstance(other, Listed):
        pairs = zip(one.items, other.items, strict=False)
        return len(one.items) == len(other.items) and all(_same(a, b) for a, b in pairs)
    return one == other


def _required(schema: Named) -> set[str]:
    found = dict(schema.items).get("required")
    return {plain(it) for it in found.items} if isinstance(found, Listed) else set()


def _named(schema: Named, key: str) -> Named:
    found = dict(schema.items).get(key)
    return found if isinstance(found, Named) else _NOTHING
