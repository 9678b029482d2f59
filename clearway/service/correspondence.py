"""The keys of the other records that a history speaks of, and which of them its reader may read."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from clearway.service.house import House
from clearway.service.search import reader_of
from clearway.service.values import Actor
from clearway.store import correspondence
from clearway.store.histories import Entry

_NAMING = ("sender", "opened", "to")
"""The details of a line that may name another record."""


def with_keys(house: House, instance_id: int, entries: Sequence[Entry]) -> Sequence[Entry]:
    """The lines with who sent each message (`sender`) and what one opened (`opened`), if known."""
    messages = {number for it in entries if (number := _message(it)) is not None}
    opening = [it for it in entries if it.kind == "sent" and it.details.get("starts")]
    if not messages and not opening:
        return entries
    senders, opened = house.store.ask(
        lambda it: (
            correspondence.senders(it, instance_id, messages) if messages else {},
            correspondence.opened_by(it, instance_id) if opening else [],
        )
    )
    keys = _pairs(opening, opened)
    return [_told(it, senders.get(_message(it) or 0), keys.get(it.id)) for it in entries]


def readable_of(house: House, actor: Actor, entries: Sequence[Entry]) -> frozenset[str]:
    """The keys in these lines of records that the actor may read."""
    named = {key for it in entries for key in keys_in(it)}
    if not named:
        return frozenset()
    reader = reader_of(house, actor)
    return house.store.ask(lambda it: correspondence.readable_keys(it, reader, named))


def keys_in(entry: Entry) -> list[str]:
    """The keys of other records that a line names."""
    if entry.kind not in ("opened", "message", "sent", "linked"):
        return []
    found = (entry.details.get(name) for name in _NAMING)
    return [key for key in found if isinstance(key, str)]


def _message(entry: Entry) -> int | None:
    """The id of the message that a line tells of."""
    name = {"message": "id", "opened": "message"}.get(entry.kind)
    found = entry.details.get(name) if name else None
    return found if isinstance(found, int) else None


def _pairs(
    lines: Sequence[Entry], opened: Sequence[correspondence.Opened]
) -> Mapping[int, str | None]:
    """The id of a line -> the key of what its message opened.

    Lines and messages of one command stand in the same order; where a page shows only some of
    them, it is not known which.
    """
    found: dict[int, str | None] = {}
    in_order = sorted(lines, key=lambda one: one.id)
    for line in in_order:
        same = [it.id for it in in_order if _wanted(it) == _wanted(line)]
        keys = [it.key for it in opened if it[:3] == _wanted(line)]
        if len(keys) == len(same):
            found[line.id] = keys[same.index(line.id)]
    return found


def _wanted(line: Entry) -> tuple[object, object, object]:
    return line.at, line.details.get("message"), line.details.get("starts")


def _told(entry: Entry, sender: str | None, opened: str | None) -> Entry:
    known = {"sender": sender, "opened": opened}
    more = {name: key for name, key in known.items() if key is not None}
    return replace(entry, details={**entry.details, **more}) if more else entry
