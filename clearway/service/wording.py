"""How values of records are said to people: in the words of their schema, and never too long."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import cast

from clearway.service.deployed import Deployed

LONGEST = 200
LONGEST_VALUE = 80  # of one field among others
_NUMBERED = re.compile(r"(?<=[a-z]{2})(?=[0-9]{1,2}(?:_|$))")

Say = Callable[[datetime], str]
"""How an instant with its offset is said."""


def in_words(name: str | None) -> str:
    """`on_hold`, `day1_ready` -> `on hold`, `day 1 ready`."""
    return _NUMBERED.sub(" ", name or "").replace("_", " ")


def seat_words(name: str) -> str:
    """`service_owner` -> `service owner`; of several people `owner:bob_s` -> `owner (bob_s)`."""
    seat, parted, person = name.partition(":")
    return f"{in_words(seat)} ({person})" if parted else in_words(seat)


class Wording:
    """The words that the record's schema has for fields and values.

    Instants stay as they were written, unless `say` has words for them.
    """

    def __init__(self, deployed: Deployed, say: Say | None) -> None:
        self.deployed = deployed
        self._say = say

    def title(self, field: str) -> str:
        """What people call a field of the record."""
        return str(self._shape(field).get("title", in_words(field)))

    def value(self, field: str, value: object) -> str:
        """A value of a field of the record in the words that its schema has for it."""
        return self.worded(value, self._shape(field))

    def worded(
        self, value: object, shape: Mapping[str, object], longest: int = LONGEST_VALUE
    ) -> str:
        """A value in the words of its schema."""
        return self.instant_of(value, shape) or worded(value, shape, longest)

    def instant_of(self, value: object, shape: Mapping[str, object]) -> str | None:
        """None for what is no instant; what no schema tells of is one when it reads so."""
        is_other = "type" in shape and shape.get("format") != "date-time"
        if self._say is None or is_other or not isinstance(value, str):
            return None
        try:
            instant = datetime.fromisoformat(value)
        except ValueError:
            return None
        return None if instant.tzinfo is None else self._say(instant)

    def _shape(self, field: str) -> Mapping[str, object]:
        fields = self.deployed.record_schema.fields
        return cast(Mapping[str, object], fields.get(field, {}))


def worded(value: object, shape: Mapping[str, object], longest: int = LONGEST_VALUE) -> str:
    """A value in the words of its schema: `x-titles`, or a code without its underscores."""
    if isinstance(value, list):
        items = cast(Mapping[str, object], shape.get("items", {}))
        # The titles of a list's entries may stand at the list.
        entry = {**shape, **items}
        each = [worded(item, entry, longest) for item in cast(list[object], value)]
        return _cut(", ".join(each), longest) or "nothing"
    code = str(value).lower() if isinstance(value, bool) else str(value)
    words = cast(Mapping[str, object], shape.get("x-titles", {})).get(code)
    if words is not None:
        return inside(str(words))
    if isinstance(value, str) and value in cast(Sequence[object], shape.get("enum", ())):
        return in_words(value)
    return _quoted(value, longest)


def text_of(value: object, longest: int = LONGEST) -> str:
    """A value of which no schema tells."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(text_of(item) for item in cast(list[object], value)) or "nothing"
    if isinstance(value, Mapping):
        pairs = cast(Mapping[str, object], value).items()
        return _cut(", ".join(f"{in_words(name)} {text_of(each)}" for name, each in pairs), longest)
    return _cut(str(value), longest)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]}…"


def _quoted(value: object, longest: int = LONGEST_VALUE) -> str:
    """A value inside a sentence: text of several words stands in quotation marks."""
    text = text_of(value, longest)
    return f'"{text}"' if isinstance(value, str) and " " in text else text


def listed(values: Sequence[object]) -> str:
    """`1`, `1 and 2`, `1, 2 and 3`."""
    texts = [text_of(value) for value in values]
    return " and ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)


def inside(title: str) -> str:
    """A title in the middle of a sentence; what begins with capitals is an abbreviation."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]
