"""A record's history as its readers follow it: the lines of one command belong to one moment."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from clearway.service.values import EntryView

_LEADING = ("comment", "done", "voted", "opened", "message", "cancelled_record", "given")


@dataclass(frozen=True)
class Moment:
    """What one command did: its main line, what followed from it, and where that led."""

    at: datetime
    said: str
    text: str
    is_internal: bool
    also: Sequence[str]
    state: str | None


def moments(entries: Sequence[EntryView]) -> list[Moment]:
    """The moments of these lines, the newest first."""
    groups = itertools.groupby(entries, key=lambda one: (one.at, one.actor, one.command))
    found = [_moment(list(lines)) for _, lines in groups]
    return found[::-1]


def _moment(lines: Sequence[EntryView]) -> Moment:
    rank = {kind: number for number, kind in enumerate(_LEADING)}
    first = min(lines, key=lambda one: rank.get(one.kind, len(rank)))
    rest = [one.sentence for one in lines if one is not first and one.kind != "state"]
    states = [one for one in lines if one.state_after is not None]
    changed = bool(states) and states[-1].state_after != states[0].state_before
    comment = first.kind == "comment"
    is_internal = comment and not first.details.get("public")
    said = first.sentence
    if comment:
        said = f"{first.actor} noted internally" if is_internal else f"{first.actor} commented"
    return Moment(
        at=first.at,
        said=said,
        text=str(first.details.get("text", "")) if comment else "",
        is_internal=is_internal,
        also=rest,
        state=states[-1].state_after if changed else None,
    )
