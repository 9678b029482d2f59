"""How names and values of diagrams and records are said to a reader, and in which tone."""

import re
from collections.abc import Collection, Mapping
from functools import lru_cache

from markupsafe import Markup, escape

from clearway.service.wording import in_words

_OK = {"resolved", "closed", "done", "approved", "completed", "fulfilled", "implemented", "active"}
_WARN = {"on_hold", "waiting", "pending", "awaiting_approval", "awaiting", "overdue"}
_DANGER = {"rejected", "failed", "breached", "faulted"}
_NEUTRAL = {"cancelled", "withdrawn", "new", "draft", "open", "ended"}

_CAMEL = re.compile(r"(?<=[a-z])[A-Z](?=[a-z])")

_ICONS: Mapping[str, str] = {
    "ok": "check-circle",
    "warn": "pause-circle",
    "danger": "x-circle",
    "neutral": "circle",
    "info": "play-circle",
}


@lru_cache(maxsize=10_000)
def spoken(name: str) -> str:
    """`awaiting_caller`, `userTask`, `day1_ready` -> `Awaiting caller`, `User task`, `Day 1 ready`.

    Sentences are left alone.
    """
    if not name or " " in name:
        return name
    said = _CAMEL.sub(lambda found: f" {found[0].lower()}", name)
    said = in_words(said.replace("-", "_"))
    return said[0].upper() + said[1:]


def seat(name: str, *, inside: bool = False) -> str:
    """`service_owner` -> `Service owner`; of several people `owner:bob_s` -> `Owner (bob_s)`.

    `inside` a sentence it begins with a small letter.
    """
    what, parted, person = name.partition(":")
    said = spoken(what).lower() if inside else spoken(what)
    return f"{said} ({person})" if parted else said


def tone(state: str | None) -> str:
    """The tone of a state: ok, warn, danger, neutral, or info for what is under way.

    Only a matter of colour: states are named by diagrams, and one that is not listed is
    simply under way. Icon and word always stand beside the colour.
    """
    word = (state or "").lower()
    for name, members in (
        ("ok", _OK),
        ("warn", _WARN),
        ("danger", _DANGER),
        ("neutral", _NEUTRAL),
    ):
        if word in members:
            return name
    return "info"


def tone_icon(name: str) -> str:
    """The icon that goes with a tone."""
    return _ICONS[name]


def counted(number: int, word: str) -> str:
    """`1 error`, `2 errors`, `no errors`."""
    return f"{number or 'no'} {word}{'' if number == 1 else 's'}"


def size(count: int) -> str:
    """Bytes for people: `812 B`, `4.2 KB`, `1.3 MB`."""
    if count < 1000:
        return f"{count} B"
    if count < 1_000_000:
        return f"{count / 1000:.1f} KB"
    return f"{count / 1_000_000:.1f} MB"


def with_links(text: str, keys: Collection[str]) -> Markup:
    """The text, in which each of these keys of records leads to its record."""
    if not keys:
        return escape(text)
    longest_first = sorted(map(re.escape, keys), key=len, reverse=True)
    parts = re.split(rf"(?<![\w-])({'|'.join(longest_first)})(?![\w-])", text)
    return Markup().join(
        Markup('<a href="/records/{0}">{0}</a>').format(part) if place % 2 else part
        for place, part in enumerate(parts)
    )
