"""How a field may be called: a word that expressions, addresses and forms can use as it is."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from clearway.engine.examine import Examined
from clearway.feel.names import KEYWORDS

_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_SHOWN = 40


def check(examined: Examined) -> None:
    """Refuse fields of the record and of the forms that have other names, also inside of fields."""
    record = f"{examined.bundle.process}/record.json"
    for path, schema in ((record, examined.record_schema), *examined.forms.items()):
        for name in dict.fromkeys(_names(schema)):
            problem = _problem(name)
            if problem is None:
                continue
            shown = name if len(name) <= _SHOWN else f"{name[:_SHOWN]}..."
            close = _suggestion(name)
            hint = f"Call it `{close}`" if close else "Give it another name"
            examined.findings.error(
                path,
                None if path == record else path.rpartition("/")[2].removesuffix(".json"),
                "field-name",
                f"A field is called `{shown}`: {problem}.",
                f"{hint}: a small letter first, then small letters, digits and underscores, at "
                "most 63 in all. What people read is said by its `title`.",
            )


def _problem(name: str) -> str | None:
    if not name:
        return "that is no name"
    if name in KEYWORDS:
        return "FEEL has this word for itself"
    return None if _NAME.fullmatch(name) else "expressions could not name it as it is"


def _suggestion(name: str) -> str | None:
    """The name nearest to it that would do."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    plain = re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")
    return plain if _problem(plain) is None else None


def _names(schema: Any) -> Iterator[str]:
    """The names in `properties`, however deep; conditions only name what is there already."""
    open_ends: list[Any] = [schema]
    while open_ends:
        part = open_ends.pop()
        if not isinstance(part, dict):
            continue
        shape = cast("dict[str, Any]", part)
        properties: object = shape.get("properties")
        if isinstance(properties, Mapping):
            named = cast(Mapping[str, Any], properties)
            yield from map(str, named)
            open_ends.extend(named.values())
        open_ends.append(shape.get("items"))
