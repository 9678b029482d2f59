"""What somebody who decides about a record must see of it, as plain texts for a document."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from clearway.service.history import history
from clearway.service.house import House
from clearway.service.permissions import cannot_see
from clearway.service.reading import readable
from clearway.service.values import Actor, EntryView, Refusal
from clearway.service.wording import in_words
from clearway.store.rows import Snapshot
from processes.planned import Planned

BRIEF = "x-brief"
"""The key of record.json with the names of the fields that are shown, in their order."""

_MOST_COMMENTS = 20

Schema = Mapping[str, object]


@dataclass(frozen=True)
class ItemFacts:
    """A record in words: label and text of each fact, and what was said about it, the last first.

    Of internal comments it says only how many there are: the document goes to others as well.
    `values` are the fields as they are stored, `titles` what each is called, and `planned` is what
    it occupies, None while it does not say when.
    """

    key: str
    title: str
    process: str
    facts: Sequence[tuple[str, str]]
    comments: Sequence[str]
    values: Mapping[str, object]
    titles: Mapping[str, str]
    planned: Planned | None


def item_facts(house: House, actor: Actor, key: str) -> ItemFacts | Refusal:
    """The facts that its process names in `x-brief`; else what its approval shows; else all.

    Instants are in UTC, and say so.
    """
    snapshot = readable(house, actor, key)
    if isinstance(snapshot, Refusal):
        return snapshot
    lines = history(house, actor, key, limit=500, order="newest")
    if isinstance(lines, Refusal):
        return cannot_see("record")
    said = [it for it in lines.rows if it.kind == "comment"]
    deployed = house.version(snapshot.version_id)
    schema = deployed.record_schema.schema
    fields = cast(Mapping[str, Schema], schema.get("properties") or {})
    names = _names(house, snapshot, schema, fields)
    titles = {name: str(field.get("title") or in_words(name)) for name, field in fields.items()}
    record, title = snapshot.record, snapshot.title
    facts = [
        (titles.get(name, in_words(name)), text_of(record[name], fields.get(name, {})))
        for name in names
        if record.get(name) not in (None, "", [], {})
    ]
    planned = deployed.planned.read(key, title, record) if deployed.planned else None
    return ItemFacts(key, title, snapshot.process, facts, _told(said), record, titles, planned)


def text_of(value: object, field: Schema) -> str:
    """A value in the words of its schema; a list has one entry on each line."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, Sequence) and not isinstance(value, str):
        items = cast(Schema, field.get("items") or {})
        return "\n".join(text_of(it, items) for it in cast(Sequence[object], value))
    titles = cast(Mapping[str, object], field.get("x-titles") or {})
    if str(value) in titles:
        return str(titles[str(value)])
    if field.get("format") == "date-time" and (instant := as_instant(value)) is not None:
        return _instant(instant)
    return in_words(str(value)) if "enum" in field else str(value)


def as_instant(value: object) -> datetime | None:
    """A value of a record as an instant in UTC; None when it is none."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    is_aware = isinstance(value, datetime) and value.tzinfo is not None
    return value.astimezone(UTC) if isinstance(value, datetime) and is_aware else None


def _told(comments: Sequence[EntryView]) -> list[str]:
    public = [it for it in comments if it.details.get("public")]
    told = [f"{it.actor}, {_instant(it.at)}: {it.details.get('text')}" for it in public]
    internal = len(comments) - len(public)
    also = [f"Internal comments, for those who work on it: {internal}."] if internal else []
    return [*told[:_MOST_COMMENTS], *also]


def _names(
    house: House, snapshot: Snapshot, schema: Schema, fields: Mapping[str, Schema]
) -> Sequence[str]:
    if brief := cast(Sequence[str], schema.get(BRIEF) or ()):
        return brief
    deployed = house.version(snapshot.version_id)
    forms = (deployed.form(it.form) for it in snapshot.open_items() if it.rule is not None)
    asked = next((form for form in forms if form is not None), None)
    return tuple(asked.fields) if asked is not None else tuple(fields)


def _instant(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
