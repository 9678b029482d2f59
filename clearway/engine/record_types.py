"""What the fields of a record are to FEEL, as far as record.json says."""

from collections.abc import Mapping
from typing import Any, cast

from clearway.feel.types import ANY, ContextType, ListType, Named, Type

_SIMPLE = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean"}


def record_type(schema: Mapping[str, Any]) -> Type:
    """The type of `record`. A date or an instant is kept as its text, so it is a string."""
    properties = schema.get("properties")
    if not isinstance(properties, dict):
        return ANY
    fields = cast(dict[str, Any], properties)
    return ContextType(tuple((name, _type(shape)) for name, shape in fields.items()))


def _type(shape: object) -> Type:
    """Any for whatever is not plainly one type."""
    if not isinstance(shape, dict):
        return ANY
    schema = cast(dict[str, Any], shape)
    name = schema.get("type")
    if not isinstance(name, str):
        return ANY
    if name == "array":
        return ListType(_type(schema.get("items")))
    if name == "object" and "properties" in schema:
        return record_type(schema)
    return Named(_SIMPLE[name]) if name in _SIMPLE else ANY
