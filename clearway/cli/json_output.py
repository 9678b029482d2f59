"""FEEL values as JSON that loses nothing on its way."""

from decimal import Decimal
from typing import cast


def plain(value: object) -> object:
    """A FEEL value as `to_plain` has it, in which a number that no float holds is its text.

    Raises FeelError for a function.
    """
    from clearway.feel import to_plain

    return _exact(to_plain(value))


def _exact(value: object) -> object:
    if isinstance(value, dict):
        items = cast("dict[str, object]", value).items()
        return {name: _exact(item) for name, item in items}
    if isinstance(value, list):
        return [_exact(item) for item in cast("list[object]", value)]
    if not isinstance(value, Decimal):
        return value
    if value == value.to_integral_value():
        return int(value) if value.adjusted() < 34 else format(value, "f")
    return float(value) if Decimal(repr(float(value))) == value else format(value, "f")
