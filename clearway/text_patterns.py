"""Patterns that forms ask of texts, bounded in time: some never end on a text that almost fits."""

from functools import lru_cache
from typing import Any

import regex  # pyright: ignore[reportMissingTypeStubs] it ships none

from clearway.errors import ClearwayError

SECONDS = 0.25


class PatternTooSlow(ClearwayError):
    """Whether the pattern occurs cannot be said in time."""


def occurs(pattern: str, text: str) -> bool:
    """Whether the pattern occurs in the text; raises PatternTooSlow, also for want of memory."""
    try:
        return _compiled(pattern).search(text, timeout=SECONDS) is not None
    except (TimeoutError, MemoryError):
        raise PatternTooSlow(
            f"The pattern {pattern} of the form takes too long on this text: shorten the text, and "
            "let the owner of the process write a simpler pattern."
        ) from None


def problem_of(pattern: str) -> str | None:
    """Why this is no pattern, or None."""
    try:
        _compiled(pattern)
    except (regex.error, RecursionError, OverflowError) as error:
        return str(error)
    return None


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> Any:
    return regex.compile(pattern)
