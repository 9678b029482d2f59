"""How views become JSON: dataclasses as objects, numbers as numbers, instants in UTC."""

import dataclasses
from collections.abc import Mapping, Sequence, Set
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import cast

import orjson
from fastapi.responses import Response


def answer(value: object, status: int = 200) -> Response:
    """The view as a JSON answer."""
    return Response(as_json(value), status, media_type="application/json")


def as_json(value: object) -> bytes:
    """The value as JSON text."""
    return orjson.dumps(plain(value))


def plain(value: object) -> object:
    """The value with nothing in it but what JSON knows.

    A whole Decimal becomes an integer, another a float; an instant ends in `Z`.
    """
    if value is None or isinstance(value, str | bool | int | float):
        return _plain_number(value) if isinstance(value, int | float) else value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {one.name: plain(getattr(value, one.name)) for one in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in cast(Mapping[object, object], value).items()}
    if isinstance(value, Set):
        return sorted(str(one) for one in cast(Set[object], value))
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return [plain(one) for one in cast(Sequence[object], value)]
    return _plain_scalar(value)


def _plain_number(value: object) -> object:
    # orjson writes integers of 64 bits only; larger ones go as text rather than wrongly.
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        return str(value)
    return value


def _plain_scalar(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime):
        if value.tzinfo is None:
            return value.isoformat()
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Enum):
        return plain(value.value)
    return str(value)
