"""Which bracket closes which, although a range may be closed by the opening one: `[1..5[`."""

from collections.abc import Sequence

from clearway.feel.lexer import Kind, Token
from clearway.feel.names import CONSTANTS, KEYWORDS

# A `[` before one of these closes the range whose end was just read; it is no filter.
AFTER_RANGE = frozenset(
    (
        *(")", "]", "}", ",", "+", "*", "/", ".", "=", "!=", "<", "<=", ">", ">=", "instance"),
        *("and", "or", "then", "else", "return", "satisfies", "in", "between"),
    )
)
_BEFORE_VALUES = KEYWORDS - CONSTANTS.keys()


def closes_range(stream: Sequence[Token], index: int) -> bool:
    """Whether a `[` at `index`, behind the end of a range, closes it."""
    after = stream[index + 1]
    return after.kind is Kind.END or after.text in AFTER_RANGE


def closing(stream: Sequence[Token], start: int) -> tuple[int, bool]:
    """The place of the bracket that closes the one at `start`, and whether a comma lies between.

    The place is -1 when nothing closes it; commas inside other brackets do not count.
    """
    has_dots: list[bool] = []
    comma = behind_value = False
    for index in range(start, len(stream)):
        token = stream[index]
        if token.kind is not Kind.OPERATOR:
            behind_value = token.kind is not Kind.WORD or token.text not in _BEFORE_VALUES
            continue
        if _closes(stream, index, has_dots, behind_value):
            has_dots.pop()
            behind_value = True
            if not has_dots:
                return index, comma
            continue
        behind_value = False
        if token.text in ("(", "[", "{", "]"):
            has_dots.append(False)
        elif token.text == ".." and has_dots:
            has_dots[-1] = True
        elif token.text == "," and len(has_dots) == 1:
            comma = True
    return -1, comma


def _closes(
    stream: Sequence[Token], index: int, has_dots: Sequence[bool], behind_value: bool
) -> bool:
    text = stream[index].text
    if not has_dots:
        return False
    if text == "[":
        return behind_value and has_dots[-1] and closes_range(stream, index)
    # A `]` where a value should stand opens a range: `]1..5]`. Behind `[` it ends an empty list.
    if text == "]":
        return behind_value or stream[index - 1].text == "["
    return text in (")", "}")
