"""Which names an expression may use although they hold spaces or special characters."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from clearway.feel.errors import FeelError
from clearway.feel.lexer import Kind, Token, tokens

CONSTANTS: dict[str, object] = {"true": True, "false": False, "null": None}
KEYWORDS = frozenset(
    (
        *("if", "then", "else", "for", "in", "return", "some", "every", "satisfies", "between"),
        *("and", "or", "function", *CONSTANTS),
    )
)

Pattern = tuple[tuple[str, bool], ...]


@dataclass(slots=True)
class Branch:
    """What may follow the tokens read so far, and the name they spell, if they spell one."""

    name: str | None = None
    after: "dict[tuple[str, bool], Branch]" = field(
        default_factory=dict[tuple[str, bool], "Branch"]
    )


class KnownNames:
    """Names found by their tokens, the longest first; grows while contexts and loops are read."""

    def __init__(self, names: Iterable[str] = (), more: "KnownNames | None" = None) -> None:
        self._more = more
        self._first = Branch()
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
        branch = self._first
        for part in pattern:
            branch = branch.after.setdefault(part, Branch())
        branch.name = name

    def match(self, stream: Sequence[Token], index: int) -> tuple[str, int] | None:
        """The longest known name at `index`, and how many tokens it takes."""
        found = self._more.match(stream, index) if self._more is not None else None
        branch = self._first.after.get((stream[index].text, False))
        for end in range(index + 1, len(stream)):
            if branch is None:
                break
            if branch.name is not None and (found is None or found[1] <= end - index):
                found = branch.name, end - index
            branch = branch.after.get((stream[end].text, stream[end].spaced))
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
