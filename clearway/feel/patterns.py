"""Regular expressions as XPath writes them, bounded in length and time."""

from collections.abc import Callable
from functools import lru_cache
from typing import Protocol, TypeVar, cast

import regex  # pyright: ignore[reportMissingTypeStubs] it ships none

from clearway.feel.errors import FeelEvaluationError, FeelLimitError
from clearway.feel.limits import Run

T = TypeVar("T")

LONGEST_PATTERN = 1000
SECONDS = 0.25
MOST_REPEATS = 100_000
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
    compiled = _compiled(pattern, flags)
    run.text_room(len(text))
    return _timed(lambda: compiled.search(text, timeout=SECONDS)) is not None


def replaced(run: Run, text: str, pattern: str, replacement: str, flags: str) -> str:
    """The text with every match replaced; `$1` is the first group of the match."""
    compiled = _compiled(pattern, flags)
    if _timed(lambda: compiled.search("", timeout=SECONDS)) is not None:
        cause = f"the pattern `{pattern}` also matches nothing, so there is nothing to replace"
        raise FeelEvaluationError(cause)
    if "q" in flags:
        template = replacement.replace("\\", "\\\\")
    else:
        template = _template(replacement, compiled.groups)
    run.text_room((len(text) + 1) * (len(replacement) + 1))
    result = _timed(lambda: compiled.sub(template, text, timeout=SECONDS))
    run.text_room(len(result))
    return result


def parts_of(run: Run, text: str, pattern: str) -> list[object]:
    """The text cut at every match."""
    compiled = _compiled(pattern, "")
    run.room(len(text) + 1)
    parts = _timed(lambda: compiled.split(text, timeout=SECONDS))
    # What groups have matched stands between the parts and is left out.
    return list(parts[:: compiled.groups + 1])


def _timed(match: Callable[[], T]) -> T:
    try:
        return match()
    except TimeoutError as error:
        raise FeelLimitError(
            f"the pattern takes longer than {SECONDS} s; make it simpler"
        ) from error
    except MemoryError as error:
        raise FeelLimitError("the pattern takes too much memory; make it simpler") from error


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
    source = regex.escape(pattern) if "q" in flags else Translation(pattern, flags).text()
    chosen = regex.VERSION1
    for flag in flags:
        chosen |= FLAGS[flag]
    try:
        return cast(Pattern, regex.compile(source, chosen))
    except (regex.error, RecursionError, OverflowError) as error:
        raise FeelEvaluationError(f"the pattern `{pattern}` is faulty: {error}") from error


class Translation:
    """An XPath pattern in the dialect of the matching library."""

    def __init__(self, pattern: str, flags: str) -> None:
        self._pattern = pattern
        self._free = "x" in flags
        self._lines = "m" in flags
        self._at = 0
        self._repeats = 1

    def text(self) -> str:
        """The translated pattern; raises FeelEvaluationError for what XPath does not have."""
        parts: list[str] = []
        while self._at < len(self._pattern):
            parts.append(self._next())
        return "".join(parts)

    def _next(self) -> str:
        character = self._pattern[self._at]
        if character == "\\":
            return self._escape()
        if character == "[":
            return self._class()
        self._at += 1
        if character == "$" and not self._lines:
            return r"\Z"
        if character == "(" and self._pattern.startswith("?", self._at):
            self._only(self._pattern.startswith("?:", self._at), "`(?` only as `(?:`")
        if character == "{":
            end = self._pattern.find("}", self._at)
            counts = self._pattern[self._at : end].replace(",", "", 1)
            self._only(end > 0 and counts.isascii() and counts.isdigit(), "`{` only as a count")
            self._repeat(self._pattern[self._at : end])
        if character in "*+?}":
            self._only(not self._pattern.startswith("+", self._at), "no `+` after a count")
        return "" if self._free and character in " \t\r\n" else character

    def _repeat(self, counts: str) -> None:
        # Counts are written out by the matching library, so nested ones multiply.
        self._repeats *= max(1, *(int(count[:9]) for count in counts.split(",") if count))
        if self._repeats > MOST_REPEATS:
            raise FeelLimitError(f"the counts of the pattern multiply to more than {MOST_REPEATS}")

    def _escape(self) -> str:
        escape = self._pattern[self._at : self._at + 2]
        self._at += 2
        letter = escape[1:]
        known = not letter.isalpha() or letter in "nrtdDsSwWpP"
        self._only(bool(letter) and known, f"no `{escape}`")
        if letter in "pP":
            end = self._pattern.find("}", self._at)
            self._only(
                self._pattern.startswith("{", self._at) and end > 0, "a name in braces after `\\p`"
            )
            escape += self._pattern[self._at : end + 1]
            self._at = end + 1
        return escape

    def _class(self) -> str:
        parts = ["["]
        self._at += 1
        if self._pattern.startswith("^", self._at):
            parts.append("^")
            self._at += 1
        while self._at < len(self._pattern) and self._pattern[self._at] != "]":
            parts.append(self._in_class())
        self._only(self._at < len(self._pattern), "a `]` for every `[`")
        self._at += 1
        return "".join(parts) + "]"

    def _in_class(self) -> str:
        if self._pattern.startswith("-[", self._at):
            self._at += 1
            return "--" + self._class()
        character = self._pattern[self._at]
        if character == "\\":
            return self._escape()
        self._only(character != "[", "`\\[` for a bracket in a class")
        self._at += 1
        if self._free and character in " \t\r\n":
            return ""
        return "\\" + character if character in "&|~" else character

    def _only(self, allowed: bool, remedy: str) -> None:
        if not allowed:
            raise FeelEvaluationError(f"the pattern `{self._pattern}` is faulty: {remedy}")


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
