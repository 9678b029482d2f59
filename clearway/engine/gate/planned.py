"""What `x-planned` of record.json names: the fields with the time, things and people of work."""

from collections.abc import Callable, Mapping
from typing import Any

KEY = "x-planned"
_PARTS = ("from", "until", "things", "people", "collides_with")

Say = Callable[[str, str], None]
"""Take down a problem and its remedy."""


def check(schema: Mapping[str, Any], fields: Mapping[Any, Any], say: Say) -> None:
    """Both times are instants; things and people are texts, or lists of texts."""
    if KEY not in schema:
        return
    said = schema[KEY]
    if not isinstance(said, dict):
        say(
            f"{KEY} is no object.",
            'Write {"from": ..., "until": ..., "things": [...], "people": [...]} with the names '
            "of fields.",
        )
        return
    planned: dict[str, Any] = said  # pyright: ignore[reportUnknownVariableType] keys of JSON are text
    for name in sorted(set(planned) - set(_PARTS)):
        say(f"{KEY} has `{name}`, which means nothing.", f"It has {', '.join(_PARTS)}.")
    for part in ("from", "until"):
        _check_time(part, planned.get(part), fields, say)
    if planned.get("from") is not None and planned.get("from") == planned.get("until"):
        say(f"{KEY} begins and ends with the same field.", "Name a second field for `until`.")
    for part in ("things", "people"):
        _check_names(part, planned.get(part, []), fields, say)
    if "collides_with" in planned:
        _check_keys(planned["collides_with"], fields, say)


def _check_time(part: str, name: Any, fields: Mapping[Any, Any], say: Say) -> None:
    if not isinstance(name, str) or name not in fields:
        say(f"`{part}` of {KEY} names no field: {name!r}.", "Name a field of `properties`.")
    elif not _is_instant(fields[name]):
        say(
            f"`{part}` of {KEY} names `{name}`, which is no instant.",
            f'Give `{name}` the type "string" and the format "date-time".',
        )


def _check_names(part: str, names: Any, fields: Mapping[Any, Any], say: Say) -> None:
    if not isinstance(names, list):
        say(f"`{part}` of {KEY} is no list.", 'Write the names of fields, such as ["service"].')
        return
    listed: list[Any] = names  # pyright: ignore[reportUnknownVariableType] checked one by one
    for name in listed:
        if not isinstance(name, str) or name not in fields:
            say(f"`{part}` of {KEY} names no field: {name!r}.", "Name a field of `properties`.")
        elif not _holds_names(fields[name]):
            say(
                f"`{part}` of {KEY} names `{name}`, which holds no names.",
                f'Let `{name}` be a text ("type": "string") or a list of texts.',
            )


def _check_keys(name: Any, fields: Mapping[Any, Any], say: Say) -> None:
    if not isinstance(name, str) or name not in fields:
        say(f"`collides_with` of {KEY} names no field: {name!r}.", "Name a field of `properties`.")
    elif _types(fields[name]) != {"array"} or not _holds_names(fields[name]):
        say(
            f"`collides_with` of {KEY} names `{name}`, which holds no keys.",
            f'Let `{name}` be a list of texts: the answer `collides_with` of "find_collisions".',
        )


def _is_instant(shape: Any) -> bool:
    return _is_text(shape) and shape.get("format") == "date-time"


def _holds_names(shape: Any) -> bool:
    if _types(shape) == {"array"}:
        return _is_text(shape.get("items"))
    return _is_text(shape)


def _is_text(shape: Any) -> bool:
    return _types(shape) == {"string"}


def _types(shape: Any) -> set[str]:
    """The types that a value may have, null aside."""
    said: Any = shape.get("type") if isinstance(shape, dict) else None  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType] keys of JSON are text
    listed: list[Any] = said if isinstance(said, list) else [said]  # pyright: ignore[reportUnknownVariableType] checked one by one
    return {str(it) for it in listed} - {"null"}
