"""One command of the day: what it is given, and what it may answer when it is sent again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

MINUTE = timedelta(minutes=1)

Find = Callable[..., list[tuple[Any, ...]]]
"""Looks into the database, past the line that is cut."""


@dataclass(frozen=True)
class Step:
    """One command: what it is given is looked up once, so that it can be sent again as it was.

    `again` says what the same command may answer when its effect is there already: a word of
    WORDS. `parts`: it has several transactions, so that some of it may be there and some not.
    `passes` is how much time goes by before it. Not `struck`: it only leads to the next.
    """

    name: str
    run: Callable[..., object]
    given: Callable[[Find], Sequence[object]] = lambda _: ()
    again: str = "repeated"
    parts: bool = False
    passes: timedelta = MINUTE
    struck: bool = True


WORDS: dict[str, Callable[[dict[str, Any]], bool]] = {
    # The first answer again, under the same key.
    "repeated": lambda told: told["kind"] == "Done" and told["repeated"],
    # A worker that has no right to it any more.
    "stale": lambda told: told["kind"] == "Refusal" and told["code"] == "stale",
    # The process itself cannot go on.
    "faulted": lambda told: told["kind"] == "Refusal" and told["code"] == "faulted",
    # Nothing is left to be done.
    "nothing": lambda told: told in ({"kind": "value", "value": 0}, {"kind": "list", "length": 0}),
    # This runner has it, and nobody else.
    "ours": lambda told: told == {"kind": "value", "value": True},
    # A second one is made, on purpose: it is not asked for again.
    "anew": lambda told: told["kind"] != "Refusal",
    # It is as it is, however often it is said.
    "same": lambda told: told["kind"] != "Refusal",
    # What is there is what was asked for; nothing was written a second time.
    "kept": lambda told: told["kind"] == "Saved" and not told["is_new"],
    "gone": lambda told: told["kind"] == "Refusal" and told["code"] == "not_found",
}


def item(element: str) -> Callable[[Find], Sequence[object]]:
    """The open task of this element; the newest."""
    statement = "SELECT max(id) FROM work_item WHERE element = %s AND closed_at IS NULL"
    return lambda find: find(statement, element)[0]


def key(title: str) -> Callable[[Find], Sequence[object]]:
    """The key of the record with this title."""
    return lambda find: find("SELECT key FROM instance WHERE title = %s", title)[0]


def keys(*titles: str) -> Callable[[Find], Sequence[object]]:
    """The same for several."""
    return lambda find: [one for title in titles for one in key(title)(find)]


def job(find: Find) -> Sequence[object]:
    """The newest job that waits, with its fence."""
    return find("SELECT id, fence FROM job WHERE status = 'ready' ORDER BY id DESC LIMIT 1")[0]


def fault(find: Find) -> Sequence[object]:
    """The newest fault that nobody has settled."""
    return find("SELECT id FROM fault WHERE settled_at IS NULL ORDER BY id DESC LIMIT 1")[0]
