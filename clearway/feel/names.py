"""Which names an expression may use although they hold spaces or special characters."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from clearway.feel.errors import FeelError
from clearway.feel.lexer import Kind, Token, tokens

KEYWORDS = frozenset(
    (
        *("if", "then", "else", "for", "in", "return", "some", "every", "satisfies", "between"),
        *("and", "or", "true", "false", "null", "function"),
    )
)

Pattern = tuple[tuple[str, bool], ...]


class KnownNames:
    """Names found by their tokens, the longest first; grows while contexts and loops are read."""

    def __init__(self, names: Iterable[str] = (), more: "KnownNames | None" = None) -> None:
        self._more = more
        self._by_first: dict[str, list[tuple[Pattern, str]]] = {}
        self._seen: set[str] = set()
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Know `name` from here on; a name of one plain word needs no help and is left out."""
        if name in self._seen:
            return
        self._seen.add(name)
        pattern = _pattern(name)
        if len(pattern) < 2 and not (pattern and pattern[0][0] in KEYWORDS):
            return
        entries = self._by_first.setdefault(pattern[0][0], [])
        entries.append((pattern, name))
        entries.sort(key=lambda entry: -len(entry[0]))

    def match(self, stream: Sequence[Token], index: int) -> tuple[str, int] | None:
        """The longest known name at `index`, and how many tokens it takes."""
        found = self._more.match(stream, index) if self._more is not None else None
        for pattern, name in self._by_first.get(stream[index].text, ()):
            if _fits(pattern, stream, index):
                return (name, len(pattern)) if not found or found[1] <= len(pattern) else found
        return found


def plain_run(stream: Sequence[Token], index: int) -> int:
    """How many plain words stand side by side: they can only be one name."""
    end = index
    while stream[end].kind is Kind.WORD and (end == index or not is_keyword(stream, end)):
        end += 1
    return end - index


def is_keyword(stream: Sequence[Token], index: int) -> bool:
    """Whether the word at `index` has a meaning of its own there."""
    text = stream[index].text
    return text in KEYWORDS or (text == "instance" and stream[index + 1].text == "of")


def joined(parts: Sequence[Token]) -> str:
    """The name that the tokens spell, with one space where any white space was."""
    return "".join((" " if part.spaced and at else "") + part.text for at, part in enumerate(parts))


@lru_cache(maxsize=4096)
def _pattern(name: str) -> Pattern:
    try:
        parts = tokens(name)[:-1]
    except FeelError:
        return ()
    # A name that reads as something else, such as a comment, cannot be written in an expression.
    if joined(parts) != " ".join(name.split()):
        return ()
    return tuple((part.text, part.spaced and index > 0) for index, part in enumerate(parts))


def _fits(pattern: Pattern, stream: Sequence[Token], index: int) -> bool:
    if index + len(pattern) >= len(stream):
        return False
    return all(
        stream[index + offset].text == text
        and (offset == 0 or stream[index + offset].spaced == spaced)
        for offset, (text, spaced) in enumerate(pattern)
    )
