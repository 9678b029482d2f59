"""Patterns that forms ask of texts, bounded in time: some never end on a text that almost fits."""

from functools import lru_cache
from typing import Any

import regex  # pyright: ignore[reportMissingTypeStubs] it ships none

SECONDS = 0.25


def occurs(pattern: str, text: str) -> bool:
    """Whether the pattern occurs in the text; not, where that cannot be said in time."""
    try:
        return _compiled(pattern).search(text, timeout=SECONDS) is not None
    except TimeoutError:
        return False


def problem_of(pattern: str) -> str | None:
    """Why this is no pattern, or None."""
    try:
        _compiled(pattern)
    except regex.error as error:
        return str(error)
    return None


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> Any:
    return regex.compile(pattern)
