"""Forms beside the record: what a form takes, the record must be able to hold."""

from collections.abc import Iterator, Mapping
from typing import Any

_ELSEWHERE = frozenset(("$ref", "anyOf", "oneOf", "allOf"))
"""Keys behind which a type or an enum may stand that is not looked for here."""


def contradictions(form: Mapping[str, Any], record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is wrong with a form's property beside the record's, and the remedy.

    null counts nowhere: it clears a field. A read-only property only shows, so that it needs the
    type, but neither the values nor the format.
    """
    taken, held = _types(form), _types(record)
    if taken and held and (others := sorted(taken - _widened(held))):
        yield (
            f"takes {' or '.join(others)}, but the record holds {' or '.join(sorted(held))}",
            f'Write "type": {_written(record["type"])} in the form, or correct record.json.',
        )
        return
    if form.get("readOnly"):
        return
    yield from _values(form, record)
    yield from _format(form, record)
    inner, outer = form.get("items"), record.get("items")
    if isinstance(inner, dict) and isinstance(outer, dict):
        for what, remedy in contradictions(inner, outer):  # pyright: ignore[reportUnknownArgumentType] keys of JSON are text
            yield f"is a list whose item {what}", remedy


def _values(form: Mapping[str, Any], record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    held, taken = _enum(record), _enum(form)
    if held is None or (taken is None and _ELSEWHERE & form.keys()):
        return
    known = ", ".join(map(str, held))
    if taken is None:
        yield "takes any value", f"Give it an enum of what the record holds: {known}."
        return
    others = [str(value) for value in taken if not _is_in(value, held)]
    if others:
        yield (
            f"offers {', '.join(others)}, which the record does not hold",
            f"The record holds: {known}. Remove the others, or declare them in record.json.",
        )


def _format(form: Mapping[str, Any], record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    held, taken = record.get("format"), form.get("format")
    # An enum says each value in full: its format is the record's own affair.
    if held is None or held == taken or _enum(form) is not None or _ELSEWHERE & form.keys():
        return
    what = f"has the format {taken}" if taken else "has no format"
    yield f"{what}, but the record asks for {held}", f'Write "format": "{held}" in the form.'


def _types(shape: Mapping[str, Any]) -> frozenset[str]:
    found: Any = shape.get("type", ())
    return frozenset([found] if isinstance(found, str) else found) - {"null"}


def _widened(types: frozenset[str]) -> frozenset[str]:
    return types | {"integer"} if "number" in types else types


def _enum(shape: Mapping[str, Any]) -> list[Any] | None:
    found: Any = [shape["const"]] if "const" in shape else shape.get("enum")
    return None if found is None else [value for value in found if value is not None]


def _is_in(value: Any, held: list[Any]) -> bool:
    """As JSON compares: true is no 1."""
    return any(value == it and isinstance(value, bool) == isinstance(it, bool) for it in held)


def _written(type_: Any) -> str:
    return f'"{type_}"' if isinstance(type_, str) else str(type_).replace("'", '"')
