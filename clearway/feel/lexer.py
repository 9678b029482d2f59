"""Characters to tokens."""

import re
from enum import Enum
from typing import NamedTuple

from clearway.feel.errors import FeelLimitError, FeelSyntaxError, place_of
from clearway.feel.limits import MAX_SOURCE

START = (
    "?A-Z_a-z\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff"
    "\u200c-\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufefe\uff00-\ufffd"
    "\U00010000-\U000effff"
)
PART = START + "0-9\u00b7\u0300-\u036f\u203f-\u2040"
SPACE = "\t\n\x0b\x0c\r \x85\xa0\u1680\u180e\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff"

WHITE = re.compile(rf"(?:[{SPACE}]+|//[^\n]*|/\*.*?\*/)+", re.DOTALL)
NUMBER = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
# U+1680 and U+180E are white space although they lie inside the name ranges of the standard.
WORD = re.compile(rf"(?![\u1680\u180e\u2000-\u200b])[{START}](?:(?![\u1680\u180e])[{PART}])*")
STRING = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{6})|(.))", re.DOTALL)
SIMPLE = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
OPERATOR = re.compile(r"\.\.|\*\*|<=|>=|!=|->|[-+*/=<>()\[\]{}.,:@]")
LONE = re.compile("[\ud800-\udfff]")
PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


class Kind(Enum):
    """What a token is; SYMBOL is a character that only a known name may contain."""

    NUMBER = "number"
    STRING = "string"
    WORD = "word"
    OPERATOR = "operator"
    SYMBOL = "symbol"
    END = "end"


class Token(NamedTuple):
    """`text` as written at offset `at`; `spaced` after white space, `value` what a string means."""

    kind: Kind
    text: str
    at: int
    spaced: bool
    value: str = ""


def tokens(text: str) -> list[Token]:
    """All tokens of `text`, END last; raises FeelSyntaxError or FeelLimitError."""
    if len(text) > MAX_SOURCE:
        raise FeelLimitError(
            f"an expression may have {MAX_SOURCE} characters, this has {len(text)}",
            text,
            place_of(text, MAX_SOURCE),
        )
    if half := LONE.search(text):
        place = place_of(text, half.start())
        raise FeelSyntaxError("the text holds half of a surrogate pair", text, place)
    found: list[Token] = []
    at = 0
    while True:
        white = WHITE.match(text, at)
        at = white.end() if white else at
        token = _token(text, at, white is not None)
        found.append(token)
        if token.kind is Kind.END:
            return found
        at += len(token.text)


def _token(text: str, at: int, spaced: bool) -> Token:
    if at == len(text):
        return Token(Kind.END, "", at, spaced)
    if text[at] == '"':
        return _string(text, at, spaced)
    if text.startswith("/*", at):
        raise FeelSyntaxError("the comment is not closed", text, place_of(text, at))
    if not text.startswith("..", at) and (number := NUMBER.match(text, at)):
        return Token(Kind.NUMBER, number.group(), at, spaced)
    if word := WORD.match(text, at):
        return Token(Kind.WORD, word.group(), at, spaced)
    if operator := OPERATOR.match(text, at):
        return Token(Kind.OPERATOR, operator.group(), at, spaced)
    return Token(Kind.SYMBOL, text[at], at, spaced)


def _string(text: str, at: int, spaced: bool) -> Token:
    match = STRING.match(text, at)
    if match is None:
        raise FeelSyntaxError("the text in quotes is not closed", text, place_of(text, at))
    value = PAIR.sub(_joined, ESCAPE.sub(_unescaped, match.group(1)))
    if LONE.search(value):
        raise FeelSyntaxError("\\u names half of a surrogate pair", text, place_of(text, at))
    return Token(Kind.STRING, match.group(), at, spaced, value)


def _unescaped(match: re.Match[str]) -> str:
    short, long, simple = match.groups()
    if simple is not None:
        return SIMPLE.get(simple, match.group())
    code = int(short or long, 16)
    return chr(code) if code <= 0x10FFFF else match.group()


def _joined(match: re.Match[str]) -> str:
    return match.group().encode("utf-16", "surrogatepass").decode("utf-16")
