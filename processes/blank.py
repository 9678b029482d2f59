"""Whether a text says anything: what only takes up room, or cannot be seen, is no answer."""

import unicodedata

_ROOM = ("Z", "Cc", "Cf")
"""Unicode's categories of separators, control characters and what only steers other characters."""

_UNSEEN = frozenset(
    "\u115f\u1160\u3164\uffa0"  # the fillers of Hangul, which Unicode calls letters
    "\u2800"  # the Braille cell without a dot, a symbol
    "\u034f\u17b4\u17b5\u180b\u180c\u180d\u180f"  # marks that only join or choose others
).union(map(chr, range(0xFE00, 0xFE10)), map(chr, range(0xE0100, 0xE01F0)))
"""What cannot be seen and has another category; from Unicode's Default_Ignorable_Code_Point."""


def is_blank(text: str) -> bool:
    """Whether nothing in the text can be seen; an empty one is blank.

    So are no-break and zero-width spaces, joiners, byte order marks and soft hyphens, alone or
    together. One letter, digit or sign makes it an answer.
    """
    return all(_is_unseen(each) for each in text)


def _is_unseen(character: str) -> bool:
    return unicodedata.category(character).startswith(_ROOM) or character in _UNSEEN
