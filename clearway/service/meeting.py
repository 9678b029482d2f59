"""The page of a meeting: each record of its agenda, what its round says, the time it took."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from clearway.service.house import House
from clearway.service.meeting_rounds import AskedRound, rounds_of
from clearway.service.reading import readable
from clearway.service.record import record
from clearway.service.values import Actor, RecordView, Refusal
from clearway.store import histories
from processes.agenda import time_spent

AGENDA = "x-agenda"
"""The key of record.json with the field that holds the keys of the records decided together."""
RULES = "x-agenda-rules"
"""The key of record.json with the approval rules by which its board decides."""
CURRENT = "x-current"
"""The key of record.json with the field that holds the key that is being discussed."""


@dataclass(frozen=True)
class AgendaItem:
    """One record of the agenda. `title` is empty for who may not see it, and `asked` is None then.

    `asked` is its newest round by the board's rules: the only thing that tells of a decision.
    """

    key: str
    title: str
    asked: AskedRound | None
    spent: timedelta
    is_current: bool

    @property
    def is_decided(self) -> bool:
        """Its round said yes or no."""
        return self.asked is not None and self.asked.is_decided

    @property
    def outcome(self) -> str | None:
        """How its round ended; None: not decided."""
        return self.asked.outcome if self.asked else None


@dataclass(frozen=True)
class MeetingView:
    """A meeting as its page shows it; `current_field` is None where nothing is said to be current.

    `stamp` is another one as soon as something that is shown has changed.
    """

    record: RecordView
    items: Sequence[AgendaItem]
    agenda_field: str
    current_field: str | None
    stamp: str

    @property
    def current(self) -> AgendaItem | None:
        """What is being discussed."""
        return next((it for it in self.items if it.is_current), None)


def meeting(house: House, actor: Actor, key: str) -> MeetingView | Refusal:
    """The meeting with its agenda, for who may see its record."""
    view = record(house, actor, key)
    if isinstance(view, Refusal):
        return view
    field = view.schema.get(AGENDA)
    if not isinstance(field, str):
        return Refusal("not_found", f"{key} is no meeting: it has no agenda.", "Open the record.")
    current_field = cast("str | None", view.schema.get(CURRENT))
    current = view.values.get(current_field) if current_field else None
    keys = [str(it) for it in cast(Sequence[object], view.values.get(field) or ())]
    asked = rounds_of(house, keys, rules_in(view.schema))
    moves = moves_of(house, key, current_field) if current_field else []
    spent = time_spent(moves, house.now())
    items = [
        AgendaItem(
            it,
            *_seen(house, actor, it, asked.get(it)),
            spent.get(it, timedelta()),
            is_current=it == current,
        )
        for it in keys
    ]
    return MeetingView(view, items, field, current_field, _stamp(view, items))


def rules_of(house: House, actor: Actor, key: str) -> list[str]:
    """The rules by which the board of this meeting decides; none where it is no meeting."""
    view = record(house, actor, key)
    return [] if isinstance(view, Refusal) else rules_in(view.schema)


def rules_in(schema: Mapping[str, object]) -> list[str]:
    """The rules that record.json names; the gate holds them to those there are."""
    return [str(it) for it in cast(Sequence[object], schema.get(RULES) or ())]


def moves_of(house: House, key: str, field: str) -> list[tuple[datetime, str | None]]:
    """When this field of a record was written, and what it held then, in order."""
    return house.store.ask(lambda it: histories.writes_of(it, key, field))


def _seen(
    house: House, actor: Actor, key: str, asked: AskedRound | None
) -> tuple[str, AskedRound | None]:
    found = readable(house, actor, key)
    return ("", None) if isinstance(found, Refusal) else (found.title, asked)


def _stamp(view: RecordView, items: Sequence[AgendaItem]) -> str:
    told = [view.changed_at.isoformat()]
    for it in items:
        last = it.asked.last if it.asked else None
        ballots = [(one.id, one.cast_at) for one in last.ballots] if last else []
        says = it.asked.says if it.asked else ""
        told.append(f"{it.key} {last.id if last else ''} {it.outcome} {says} {ballots}")
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]
