"""A record's history as its readers follow it: the lines of one command belong to one moment."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from clearway.service.values import EntryView, Page

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


def moments(entries: Sequence[EntryView], *, newest_first: bool) -> list[Moment]:
    """The moments of these lines, in whichever order the lines come."""
    lines = sorted(entries, key=lambda one: one.id)
    found = [_moment(list(those)) for _, those in itertools.groupby(lines, key=_command)]
    return found[::-1] if newest_first else found


def whole(page: Page[EntryView]) -> Page[EntryView]:
    """The page without the lines of a moment that goes on over its end: they begin the next one.

    A moment that fills the page alone stays.
    """
    if page.after is None:
        return page
    kept = [one for one in page.rows if _command(one) != _command(page.rows[-1])]
    return Page(kept, str(kept[-1].id)) if kept else page


def _command(line: EntryView) -> tuple[datetime, str, str]:
    return line.at, line.actor, line.command


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
