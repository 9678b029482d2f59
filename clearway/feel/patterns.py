"""Regular expressions as XPath writes them, bounded in length and time."""

from collections.abc import Callable
from functools import lru_cache
from time import perf_counter
from typing import Protocol, TypeVar, cast

import regex  # pyright: ignore[reportMissingTypeStubs] it ships none

from clearway.feel.errors import FeelEvaluationError, FeelLimitError
from clearway.feel.limits import Run
from clearway.feel.pattern_grammar import rewritten

T = TypeVar("T")

LONGEST_PATTERN = 1000
SECONDS = 0.25
SLOW = 0.01
COMPILING = 100
FLAGS = {"s": regex.DOTALL, "m": regex.MULTILINE, "i": regex.IGNORECASE, "x": 0, "q": 0}


class Found(Protocol):
    """A match."""

    def expand(self, template: str) -> str:
        """The template with its groups filled in."""
        ...


class Pattern(Protocol):
    """What is used of a compiled pattern."""

    groups: int

    def search(self, text: str, *, timeout: float) -> Found | None:
        """The first match."""
        ...

    def split(self, text: str, *, timeout: float) -> list[str | None]:
        """The parts between matches."""
        ...

    def sub(self, replacement: str, text: str, *, timeout: float) -> str:
        """The text with all matches replaced."""
        ...


def found_in(run: Run, text: str, pattern: str, flags: str) -> bool:
    """Whether the pattern occurs in the text; raises FeelEvaluationError for a faulty pattern."""
    compiled = _ready(run, pattern, flags)
    run.text_room(len(text))
    return _timed(run, lambda: compiled.search(text, timeout=SECONDS)) is not None


def replaced(run: Run, text: str, pattern: str, replacement: str, flags: str) -> str:
    """The text with every match replaced; `$1` is the first group of the match."""
    compiled = _ready(run, pattern, flags)
    if _timed(run, lambda: compiled.search("", timeout=SECONDS)) is not None:
        cause = f"the pattern `{pattern}` also matches nothing, so there is nothing to replace"
        raise FeelEvaluationError(cause)
    if "q" in flags:
        template = replacement.replace("\\", "\\\\")
    else:
        template = _template(replacement, compiled.groups)
    run.text_room((len(text) + 1) * (len(replacement) + 1))
    result = _timed(run, lambda: compiled.sub(template, text, timeout=SECONDS))
    run.text_room(len(result))
    return result


def parts_of(run: Run, text: str, pattern: str) -> list[object]:
    """The text cut at every match."""
    compiled = _ready(run, pattern, "")
    run.room(len(text) + 1)
    parts = _timed(run, lambda: compiled.split(text, timeout=SECONDS))
    # What groups have matched stands between the parts and is left out.
    return list(parts[:: compiled.groups + 1])


def why_no_pattern(pattern: str, flags: str, replacement: str | None) -> str | None:
    """Why no text can be matched by a pattern, or replaced so; None where one can."""
    try:
        compiled = _compiled(pattern, flags)
        if replacement is not None and "q" not in flags:
            _template(replacement, compiled.groups)
    except (FeelEvaluationError, FeelLimitError) as error:
        return error.cause
    return None


def _timed(run: Run, match: Callable[[], T]) -> T:
    started = perf_counter()
    try:
        found = match()
    except TimeoutError as error:
        run.steps -= int(SECONDS * 1_000_000)
        raise FeelLimitError(
            f"the pattern takes longer than {SECONDS} s; make it simpler"
        ) from error
    except MemoryError as error:
        raise FeelLimitError("the pattern takes too much memory; make it simpler") from error
    # A quick match costs what its text costs; many slow ones must not add up to minutes.
    took = perf_counter() - started
    if took > SLOW:
        run.spend(int(took * 1_000_000))
    return found


def _ready(run: Run, pattern: str, flags: str) -> Pattern:
    """The compiled pattern; a new one costs far more than one seen before."""
    before = _compiled.cache_info().misses
    compiled = _timed(run, lambda: _compiled(pattern, flags))
    if _compiled.cache_info().misses != before:
        run.spend(COMPILING + len(pattern))
    return compiled


@lru_cache(maxsize=512)
def _compiled(pattern: str, flags: str) -> Pattern:
    if len(pattern) > LONGEST_PATTERN:
        raise FeelLimitError(
            f"a pattern may have {LONGEST_PATTERN} characters, this has {len(pattern)}"
        )
    unknown = sorted(set(flags) - FLAGS.keys())
    if unknown:
        raise FeelEvaluationError(
            f"there is no flag `{unknown[0]}`; the flags are s, m, i, x and q"
        )
    source = regex.escape(pattern) if "q" in flags else rewritten(pattern, flags)
    if "i" in flags:
        # Letters are compared one by one: `ß` is not `ss`.
        source = "(?-f)" + source
    chosen = regex.VERSION1
    for flag in flags:
        chosen |= FLAGS[flag]
    try:
        return cast(Pattern, regex.compile(source, chosen))
    except (regex.error, RecursionError, OverflowError) as error:
        raise FeelEvaluationError(f"the pattern `{pattern}` is faulty: {error}") from error


def _template(replacement: str, groups: int) -> str:
    parts: list[str] = []
    at = 0
    while at < len(replacement):
        character = replacement[at]
        following = replacement[at + 1 : at + 2]
        if character == "$" and following.isascii() and following.isdigit():
            number = _group_number(replacement, at + 1, groups)
            parts.append(rf"\g<{number}>" if int(number) <= groups else "")
            at += 1 + len(number)
        elif character == "\\" and following and following in "\\$":
            parts.append("\\\\" if following == "\\" else "$")
            at += 2
        elif character in "\\$":
            raise FeelEvaluationError(f"`{character}` in a replacement is written `\\{character}`")
        else:
            parts.append(character)
            at += 1
    return "".join(parts)


def _group_number(replacement: str, start: int, groups: int) -> str:
    # As many digits as still name a group: `$12` is the first group and a 2 when there are nine.
    end = start + 1
    while replacement[end : end + 1].isdigit() and int(replacement[start : end + 1]) <= groups:
        end += 1
    return replacement[start:end]
