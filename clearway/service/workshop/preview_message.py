"""A message while it is written: what it may say, who sends it, and the mail that it makes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from clearway.engine.expressions import BUILT_IN_NAMES
from clearway.errors import ClearwayError
from clearway.feel import FeelError, Limits, compile_expression, from_json
from clearway.messages.grammar import FILTERS
from clearway.messages.render import MessageError, names_used, render
from clearway.service.gate import template_problem
from clearway.service.house import House
from clearway.service.permissions import refuse_unless
from clearway.service.reading import readable
from clearway.service.search import search
from clearway.service.values import Actor, Refusal
from clearway.service.workshop.drafts import held
from clearway.service.workshop.drawn_uses import Drawn, Sender, drawn_in, gives_by_name
from clearway.service.workshop.message_samples import fields_of, sample_record, sample_text
from clearway.store import jsonb
from processes.links import NAMES as LINKS

SURROUNDINGS: Mapping[str, str] = {
    "key": "the key of the record",
    "title": "what the record is called",
    "process": "the name of the process",
    "base_url": "the address of this portal",
}
"""What every message may say, whoever sends it; see clearway.service.gate.ALWAYS_GIVEN."""

ENDING = ".md.j2"
_LINE = re.compile(r"\bline (\d+)", re.IGNORECASE)
_LITTLE = Limits(steps=20_000)
_LISTED = 20


@dataclass(frozen=True)
class MessageAsked:
    """What is on the screen: `sender` and `record` may be empty, `values` are typed over others."""

    path: str
    text: str
    sender: str
    record: str
    values: Mapping[str, object]


@dataclass(frozen=True)
class NameOffered:
    """A name that the template may use; `only`: the elements that give it, when not all do."""

    name: str
    about: str
    only: Sequence[str] = ()


@dataclass(frozen=True)
class _About:
    """The record that the message is about: one that exists, or a sample."""

    key: str
    title: str
    values: Mapping[str, object]
    is_sample: bool


def preview_message(
    house: House, actor: Actor, process: str, draft_id: int, asked: MessageAsked, base_url: str
) -> Mapping[str, object] | Refusal:
    """Names, senders, problem and mail, ready for the page; nothing is sent or stored."""
    found = held(house, actor, process, draft_id)
    if isinstance(found, Refusal):
        return found
    drawn = drawn_in(found.bundle)
    template = asked.path.rpartition("/")[2].removesuffix(ENDING)
    senders = [it for it in drawn.senders if it.template == template]
    sender = next((it for it in senders if it.element == asked.sender), None)
    sender = sender or (senders[0] if senders else None)
    about = _about(house, actor, process, drawn, asked.record)
    if isinstance(about, Refusal):
        return about
    surroundings: dict[str, object] = {
        "key": about.key,
        "title": about.title,
        "process": process,
        "base_url": base_url,
    }
    given = _given(sender, asked.text, about, drawn, house.now())
    values = {**surroundings, **given, **asked.values}
    return {
        "is_understood": drawn.is_understood,
        "senders": [asdict(it) for it in senders],
        "sender": sender.element if sender else "",
        "record": "" if about.is_sample else about.key,
        "values": values,
        "used": sorted(_used(asked.text)),
        "names": [asdict(it) for it in _names(senders)],
        "fields": _fields_left(drawn, sender),
        "filters": list(FILTERS),
        **_mail(asked.text, values),
    }


def records_for_preview(
    house: House, actor: Actor, process: str, words: str
) -> Sequence[Mapping[str, str]] | Refusal:
    """Records of the process that the actor may read, the last changed first."""
    if (refusal := refuse_unless(actor, "drafts")) is not None:
        return refusal
    found = search(house, actor, words, process=process, limit=_LISTED)
    if isinstance(found, Refusal):
        return found
    return [{"key": it.key, "title": it.title} for it in found.rows]


def _mail(text: str, values: Mapping[str, object]) -> Mapping[str, object]:
    """The mail; or what is wrong with the template (`problem`), or with a value (`stopped`)."""
    told = template_problem(text)
    if told is not None:
        line = _LINE.search(told)
        found = 1 if "no subject" in told else int(line[1]) if line else None
        return {"wrong": {"text": told, "line": found}, "stopped": None, "mail": None}
    try:
        return {"wrong": None, "stopped": None, "mail": asdict(render(text, values))}
    except MessageError as error:
        return {"wrong": None, "stopped": str(error), "mail": None}


def _about(house: House, actor: Actor, process: str, drawn: Drawn, key: str) -> _About | Refusal:
    if not key:
        record = sample_record(drawn.schema, house.now(), actor.name)
        prefix = str(drawn.schema.get("x-key-prefix") or process[:3].upper())
        titled = record.get(str(drawn.schema.get("x-title") or ""))
        return _About(f"{prefix}-1", str(titled or f"{prefix}-1"), record, is_sample=True)
    snapshot = readable(house, actor, key)
    if isinstance(snapshot, Refusal):
        return snapshot
    if snapshot.process != process:
        text = f"{snapshot.key} is a record of {snapshot.process}, not of {process}."
        return Refusal("not_found", text, f"Choose a record of {process}.")
    return _About(snapshot.key, snapshot.title, snapshot.record, is_sample=False)


def _given(
    sender: Sender | None, text: str, about: _About, drawn: Drawn, now: datetime
) -> dict[str, object]:
    """What the element gives, worked out for this record; a sample where only a run knows it."""
    if sender is None:
        return {name: sample_text(name) for name in _used(text) - set(SURROUNDINGS)}
    linked = {kind: list[object]() for kind in LINKS}
    names = {
        **dict.fromkeys(drawn.variables),
        "record": from_json(dict(about.values)),
        "key": about.key,
        "linked": linked,
    }
    found: dict[str, object] = {}
    for it in sender.gives:
        value = _worked_out(it.expression, names, now)
        found[it.name] = sample_text(it.name) if value is None and about.is_sample else value
    return found


def _worked_out(text: str, names: Mapping[str, object], now: datetime) -> object:
    formula = text.strip().removeprefix("=").strip()
    try:
        expression = compile_expression(formula, BUILT_IN_NAMES)
        return jsonb.exact(expression.evaluate(names, now=now, limits=_LITTLE))
    except (FeelError, ClearwayError, ValueError):
        return None


def _used(text: str) -> frozenset[str]:
    try:
        return names_used(text)
    except MessageError:
        return frozenset()


def _names(senders: Sequence[Sender]) -> list[NameOffered]:
    """What the template may name: first what its elements give, then what every message has."""
    by_name = gives_by_name(senders)
    given = [
        NameOffered(name, _about_name(name, by[0]), _only(by, senders))
        for name, by in by_name.items()
    ]
    always = (NameOffered(*it) for it in SURROUNDINGS.items() if it[0] not in by_name)
    return [*given, *always]


def _about_name(name: str, sender: Sender) -> str:
    given = next(it for it in sender.gives if it.name == name)
    same = SURROUNDINGS.get(name) if given.expression.strip() == name else None
    return same or given.title or given.expression


def _only(by: Sequence[Sender], senders: Sequence[Sender]) -> list[str]:
    return [it.element for it in by] if len(by) < len(senders) else []


def _fields_left(drawn: Drawn, sender: Sender | None) -> list[dict[str, str]]:
    """The fields of the record that the element does not give as they are."""
    given = {it.expression.strip() for it in sender.gives} if sender else set[str]()
    return [
        {"name": name, "title": str(shape.get("title") or name)}
        for name, shape in fields_of(drawn.schema).items()
        if f"record.{name}" not in given
    ]
