"""Values as FEEL text."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from clearway.feel.errors import FeelLimitError
from clearway.feel.lexer import WORD
from clearway.feel.names import KEYWORDS
from clearway.feel.temporal import temporal_text
from clearway.feel.values import Function, Range, YearsMonths, adopt, is_context, is_list

LONGEST = 1_000_000
ESCAPES = str.maketrans({'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def feel_text(value: object) -> str:
    """The literal that gives the value again: `7`, `"a"`, `[1, 2]`, `date("2026-01-01")`.

    A function is shown by its source or name. Raises FeelLimitError above a million characters.
    """
    return Writer().text(value)


def string_of(value: object) -> str | None:
    """What the built-in `string` answers: text as it is, dates without their function."""
    value = adopt(value)
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, date | time | timedelta | YearsMonths):
        return temporal_text(value)
    return feel_text(value)


def number_text(value: Decimal) -> str:
    """A number without exponent."""
    return format(value, "f") if value else "0"


class Writer:
    """Writes one value, and counts so that shared lists cannot grow without bound."""

    def __init__(self) -> None:
        self._left = LONGEST

    def text(self, value: object) -> str:
        """The literal of a value."""
        try:
            return self._any(value)
        except RecursionError as error:
            raise FeelLimitError("the value nests too deep to be written") from error

    def _any(self, value: object) -> str:
        value = adopt(value)
        if is_list(value):
            return f"[{self._paid(', '.join([self._any(item) for item in value]))}]"
        if is_context(value):
            entries = [f"{_key(key)}: {self._any(item)}" for key, item in value.items()]
            return f"{{{self._paid(', '.join(entries))}}}"
        if isinstance(value, Range):
            return self._range(value)
        return self._paid(_scalar(value))

    def _range(self, value: Range) -> str:
        if value.low is None and value.high is not None:
            return f"(<{'=' if value.high_included else ''} {self._any(value.high)})"
        if value.high is None and value.low is not None:
            return f"(>{'=' if value.low_included else ''} {self._any(value.low)})"
        start, end = "[" if value.low_included else "(", "]" if value.high_included else ")"
        return f"{start}{self._any(value.low)}..{self._any(value.high)}{end}"

    def _paid(self, text: str) -> str:
        self._left -= len(text) + 2
        if self._left < 0:
            raise FeelLimitError(f"the value's text is longer than {LONGEST} characters")
        return text


def _scalar(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return number_text(value)
    if isinstance(value, str):
        return f'"{value.translate(ESCAPES)}"'
    return _temporal(value)


def _temporal(value: object) -> str:
    if isinstance(value, datetime):
        return f'date and time("{temporal_text(value)}")'
    if isinstance(value, date):
        return f'date("{temporal_text(value)}")'
    if isinstance(value, time):
        return f'time("{temporal_text(value)}")'
    if isinstance(value, timedelta | YearsMonths):
        return f'duration("{temporal_text(value)}")'
    return value.source if isinstance(value, Function) else str(value)


def _key(key: str) -> str:
    plain = WORD.fullmatch(key) is not None and key not in KEYWORDS
    return key if plain else _scalar(key)
