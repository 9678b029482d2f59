"""The regular expressions of XPath, rewritten for the library that matches them."""

import re

from clearway.feel.errors import FeelEvaluationError, FeelLimitError

MOST_COPIES = 100_000
WHITE = " \t\r\n"
SINGLE = frozenset("|.?*+(){}-[]^$\\")
SPACES = {"n": "\n", "r": "\r", "t": "\t"}
START = (
    ":A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
PART = START + r"\-.0-9" + "\u00b7\u0300-\u036f\u203f-\u2040"
CLASSES = {
    "d": r"\p{Nd}",
    "D": r"\P{Nd}",
    "s": r"[ \t\n\r]",
    "S": r"[^ \t\n\r]",
    "w": r"[^\p{P}\p{Z}\p{C}]",
    "W": r"[\p{P}\p{Z}\p{C}]",
    "i": f"[{START}]",
    "I": f"[^{START}]",
    "c": f"[{PART}]",
    "C": f"[^{PART}]",
}
CATEGORY = re.compile(
    r"\{(L[ultmo]?|M[nce]?|N[dlo]?|P[cdseifo]?|Z[slp]?|S[mcko]?|C[cfon]?|Is[A-Za-z0-9-]+)\}"
)
COUNT = re.compile(r"\{([0-9]+)(?:,([0-9]*))?\}")
CASED = frozenset(("Lu", "Ll", "Lt"))


def rewritten(pattern: str, flags: str) -> str:
    """The pattern in the library's own grammar (XPath and XQuery functions 7.6.1).

    Raises FeelEvaluationError for what XPath does not have, FeelLimitError for counts that
    multiply without bound.
    """
    return Grammar(_without_space(pattern) if "x" in flags else pattern, flags).text()


def _without_space(pattern: str) -> str:
    """The pattern as the flag `x` reads it: white space counts only inside of brackets."""
    kept: list[str] = []
    depth, escaped = 0, False
    for character in pattern:
        if character in WHITE and not depth:
            continue
        kept.append(character)
        if not escaped:
            depth += (character == "[") - (character == "]" and depth > 0)
        escaped = character == "\\" and not escaped
    return "".join(kept)


class Grammar:
    """Reads one pattern from left to right."""

    def __init__(self, pattern: str, flags: str) -> None:
        self._pattern = pattern
        self._flags = flags
        self._at = 0
        self._groups = 0
        self._closed: set[int] = set()
        self._open: list[tuple[int, int]] = []
        # The library writes counted parts out, so what they multiply to is counted.
        self._size = self._last = 0

    def text(self) -> str:
        """The rewritten pattern."""
        parts: list[str] = []
        while self._at < len(self._pattern):
            parts.append(self._next())
        self._only(not self._open, "a `)` for every `(`")
        return "".join(parts)

    def _next(self) -> str:
        character = self._pattern[self._at]
        if character in "*+?{":
            return self._quantifier(character)
        if character == "(":
            return self._group()
        if character == ")":
            return self._group_end()
        self._last = 0 if character == "|" else 1
        self._size += self._last
        if character == "\\":
            return self._escape()
        if character == "[":
            return self._class()
        self._only(character not in "]}", f"`\\{character}` for the sign itself")
        self._at += 1
        if character == "." and "s" not in self._flags:
            return r"[^\n\r]"
        return r"\Z" if character == "$" and "m" not in self._flags else character

    def _group(self) -> str:
        quiet = self._pattern.startswith("(?", self._at)
        self._only(not quiet or self._pattern.startswith("(?:", self._at), "`(?` only as `(?:`")
        self._groups += not quiet
        self._open.append((0 if quiet else self._groups, self._size))
        self._size = self._last = 0
        self._at += 3 if quiet else 1
        return "(?:" if quiet else "("

    def _group_end(self) -> str:
        self._only(bool(self._open), "a `(` for every `)`")
        number, before = self._open.pop()
        self._closed.add(number)
        self._last = self._size + 1
        self._size = before + self._last
        self._at += 1
        return ")"

    def _quantifier(self, character: str) -> str:
        self._only(self._last > 0, f"`{character}` only behind what it repeats")
        written = character
        if character == "{":
            count = COUNT.match(self._pattern, self._at)
            if count is None:
                raise self._faulty("`{` only as a count such as `{2,3}`")
            written = count.group()
            self._repeat(count.group(1), count.group(2) or "")
        self._at += len(written)
        self._last = 0
        if self._pattern.startswith("?", self._at):
            self._at += 1
            return written + "?"
        return written

    def _repeat(self, least: str, most: str) -> None:
        self._only(not most or int(least) <= int(most), "the smaller count first")
        self._size += self._last * (max(1, int(most or least)) - 1)
        if self._size > MOST_COPIES:
            raise FeelLimitError(f"the counts of the pattern multiply to more than {MOST_COPIES}")

    def _escape(self) -> str:
        letter = self._pattern[self._at + 1 : self._at + 2]
        if letter and letter in "123456789":
            return self._back_reference()
        if letter and letter in "pP":
            return self._category(letter)
        if letter in CLASSES:
            self._at += 2
            return CLASSES[letter]
        return _literal(self._single())

    def _single(self) -> str:
        """The one character that an escape stands for."""
        letter = self._pattern[self._at + 1 : self._at + 2]
        self._only(letter in SPACES or letter in SINGLE, f"no `\\{letter}`")
        self._at += 2
        return SPACES.get(letter, letter)

    def _back_reference(self) -> str:
        end = self._at + 2
        while self._pattern[end : end + 1].isdecimal():
            if int(self._pattern[self._at + 1 : end + 1]) > self._groups:
                break
            end += 1
        number = int(self._pattern[self._at + 1 : end])
        self._only(number in self._closed, f"`\\{number}` only behind that group")
        self._at = end
        # A group that took no part stands for the empty text.
        return rf"(?({number})\{number})"

    def _category(self, letter: str) -> str:
        name = CATEGORY.match(self._pattern, self._at + 2)
        if name is None:
            raise self._faulty(rf"a category in braces after `\{letter}`, such as `\p{{L}}`")
        self._at += 2 + len(name.group())
        word = name.group(1)
        # What XPath calls a block by Is is a block by In here.
        found = rf"\{letter}{{{'In' + word[2:] if word.startswith('Is') else word}}}"
        # The flag i speaks of letters, not of categories.
        return f"(?-i:{found})" if word in CASED and "i" in self._flags else found

    def _class(self) -> str:
        self._at += 1
        negated = self._pattern.startswith("^", self._at)
        self._at += negated
        parts: list[str] = []
        while not self._ends():
            self._only(self._at < len(self._pattern), "a `]` for every `[`")
            parts.append(self._in_class(not parts))
        self._only(bool(parts), "something between `[` and `]`")
        found = _one_of(parts, negated)
        if self._pattern.startswith("-", self._at):
            self._at += 1
            found = _without(found, self._class())
            self._only(self._pattern.startswith("]", self._at), "a `]` behind what is taken away")
        self._at += 1
        return found

    def _ends(self) -> bool:
        return self._pattern.startswith(("]", "-["), self._at)

    def _in_class(self, is_first: bool) -> str:
        letter = self._pattern[self._at + 1 : self._at + 2]
        if self._pattern[self._at] == "\\" and letter not in SPACES and letter not in SINGLE:
            self._only(letter in CLASSES or letter in ("p", "P"), f"no `\\{letter}` in brackets")
            return self._escape()
        low = self._character(is_first)
        # Behind a character a hyphen makes a range, unless it is the last or takes away.
        if not self._pattern.startswith("-", self._at) or _characters_end(
            self._pattern, self._at + 1
        ):
            return _literal(low)
        self._at += 1
        high = self._character(True)
        self._only(low <= high, f"`{high}-{low}` for `{low}-{high}`")
        return f"{_literal(low)}-{_literal(high)}"

    def _character(self, may_be_hyphen: bool) -> str:
        character = self._pattern[self._at]
        if character == "\\":
            return self._single()
        at_end = _characters_end(self._pattern, self._at + 1)
        self._only(character != "[", "`\\[` for a bracket in brackets")
        self._only(character != "-" or may_be_hyphen or at_end, "`\\-` for a hyphen in brackets")
        self._at += 1
        return character

    def _only(self, allowed: bool, remedy: str) -> None:
        if not allowed:
            raise self._faulty(remedy)

    def _faulty(self, remedy: str) -> FeelEvaluationError:
        return FeelEvaluationError(f"the pattern `{self._pattern}` is faulty: {remedy}")


def _characters_end(pattern: str, at: int) -> bool:
    """Whether the characters between brackets end at `at`."""
    return at >= len(pattern) or pattern[at] in "[]"


def _literal(character: str) -> str:
    return character if character.isalnum() or character.isspace() else "\\" + character


def _one_of(parts: list[str], negated: bool) -> str:
    """A class of characters; what has a flag of its own cannot stand in brackets."""
    apart = [part for part in parts if part.startswith("(?")]
    inside = "".join(part for part in parts if part not in apart)
    if not apart:
        return f"[{'^' if negated else ''}{inside}]"
    either = "|".join([*apart, f"[{inside}]"] if inside else apart)
    return rf"(?:(?!{either})[\s\S])" if negated else f"(?:{either})"


def _without(found: str, less: str) -> str:
    """The characters of one class that are not of another."""
    if found.startswith("[") and less.startswith("["):
        return f"[{found}--{less}]"
    return f"(?:(?!{less}){found})"
