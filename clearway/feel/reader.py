"""A stream of tokens read from left to right, and what it says when something is missing."""

from clearway.feel.errors import FeelLimitError, FeelSyntaxError, place_of
from clearway.feel.lexer import Kind, Token, tokens
from clearway.feel.limits import MAX_NESTING
from clearway.feel.names import KnownNames, joined

NEVER_IN_NAMES = frozenset("{}()[]:,")


class Reader:
    """The base of the parsers: one token ahead, known names, bounded depth."""

    def __init__(self, text: str, known: KnownNames) -> None:
        self.text = text
        self.tokens = tokens(text)
        self.at: int = 0
        self.depth: int = 0
        self.known = known

    @property
    def token(self) -> Token:
        """The token that comes next."""
        return self.tokens[self.at]

    def finish(self) -> None:
        """Nothing may follow."""
        if self.token.kind is not Kind.END:
            raise self.wrong("an operator or the end")

    def is_operator(self, text: str) -> bool:
        """Whether the operator `text` comes next."""
        token = self.tokens[self.at]
        return token.text == text and token.kind is Kind.OPERATOR

    def take(self, text: str) -> bool:
        """Pass the operator or keyword `text` if it comes next."""
        token = self.tokens[self.at]
        if token.text != text or token.kind not in (Kind.OPERATOR, Kind.WORD):
            return False
        self.at += 1
        return True

    def expect(self, text: str) -> int:
        """Pass the operator or keyword `text`, which must come next; its offset."""
        offset = self.token.at
        if not self.take(text):
            raise self.wrong(f"`{text}`")
        return offset

    def new_name(self, *ends: str) -> str:
        """A name that is declared here, up to one of `ends`."""
        start = self.at
        while self.token.text not in ends and self._may_be_in_name(self.token):
            self.at += 1
        if start == self.at or self.tokens[start].kind not in (Kind.WORD, Kind.SYMBOL):
            self.at = start
            raise self.wrong("a name")
        return joined(self.tokens[start : self.at])

    def deeper(self) -> None:
        """One level down; the caller takes one off `depth` when it is done."""
        self.depth += 1
        if self.depth > MAX_NESTING:
            cause = f"the expression nests deeper than {MAX_NESTING}"
            raise FeelLimitError(cause, self.text, self.place(self.token.at))

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset."""
        return place_of(self.text, offset)

    def wrong(self, wanted: str) -> FeelSyntaxError:
        """The error for a token that does not fit; to be raised by the caller."""
        token = self.token
        found = f"`{token.text}`" if token.kind is not Kind.END else "the end"
        return FeelSyntaxError(f"expected {wanted}, found {found}", self.text, self.place(token.at))

    @staticmethod
    def _may_be_in_name(token: Token) -> bool:
        return token.kind not in (Kind.END, Kind.STRING) and token.text not in NEVER_IN_NAMES
