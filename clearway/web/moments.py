"""A record's history as its readers follow it: the lines of one command belong to one moment."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from clearway.service.values import EntryView, Page

_LEADING = ("done", "voted", "opened", "message", "cancelled_record", "given", "comment")
"""What was done leads, and what was said with it follows; words lead where they are all."""


@dataclass(frozen=True)
class Decided:
    """What a decision said, and why: `because` is a sentence for each input and the row that fired.

    `said` is empty where it is the main line of its moment. `table` is the path of the file and
    `version` the number of the version that decided; empty where history does not tell them.
    """

    said: str
    because: Sequence[str]
    table: str
    version: str


@dataclass(frozen=True)
class Moment:
    """What one command did: its main line, what was said, what followed, and where that led.

    `text` is a comment; `is_internal` says so of it. `decided` are the decisions made on the way.
    """

    at: datetime
    said: str
    text: str
    is_internal: bool
    also: Sequence[str]
    decided: Sequence[Decided]
    state: str | None
    keys: frozenset[str] = frozenset()
    """The records named in it that its reader may open."""


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
    comment = first if first.kind == "comment" else _comment_beside(first, lines)
    decided = [one for one in lines if one.explanation]
    told = [first, comment, *decided]
    rest = [one.sentence for one in lines if one not in told and one.kind != "state"]
    states = [one for one in lines if one.state_after is not None]
    changed = bool(states) and states[-1].state_after != states[0].state_before
    is_internal = comment is not None and not comment.details.get("public")
    said = first.sentence
    if first is comment:
        said = f"{first.actor} noted internally" if is_internal else _commented(first)
    return Moment(
        at=first.at,
        said=said,
        text=str(comment.details.get("text", "")) if comment else "",
        is_internal=is_internal,
        also=rest,
        decided=[_decided(one, is_main=one is first) for one in decided],
        state=states[-1].state_after if changed else None,
        keys=frozenset(key for one in lines for key in one.keys),
    )


def _decided(line: EntryView, *, is_main: bool) -> Decided:
    table, version = (str(line.details.get(name) or "") for name in ("table", "version"))
    said = "" if is_main else line.sentence
    return Decided(said, line.explanation, table, version)


def _commented(comment: EntryView) -> str:
    for_whom = comment.details.get("for")
    return f"{comment.actor} commented{f' for {for_whom}' if for_whom else ''}"


def _comment_beside(first: EntryView, lines: Sequence[EntryView]) -> EntryView | None:
    """What somebody said as they did it, in the same form."""
    said = (one for one in lines if one.kind == "comment" and one.element == first.element)
    return next(said, None)
