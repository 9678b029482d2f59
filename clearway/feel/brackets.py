"""Whether a `[` closes a range, as in `[1..5[`, or opens a filter."""

from collections.abc import Sequence

from clearway.feel.lexer import Kind, Token

# A `[` before one of these closes the range whose end was just read; it is no filter.
AFTER_RANGE = frozenset(
    (
        *(")", "]", "}", ",", "+", "*", "/", ".", "=", "!=", "<", "<=", ">", ">=", "instance"),
        *("and", "or", "then", "else", "return", "satisfies", "in", "between"),
    )
)


def closes_range(stream: Sequence[Token], index: int) -> bool:
    """Whether a `[` at `index`, behind the end of a range, closes it."""
    after = stream[index + 1]
    return after.kind is Kind.END or after.text in AFTER_RANGE
