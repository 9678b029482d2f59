"""The schema of a draft's record, as it is stored."""

import json
from collections.abc import Mapping
from typing import Any

from clearway.service.house import House
from clearway.service.values import Actor, Refusal
from clearway.service.workshop.files import read_file


def record_schema(
    house: House, actor: Actor, process: str, draft_id: int
) -> Mapping[str, Any] | Refusal:
    """The schema in `record.json`; an empty one where there is none or it cannot be read."""
    stored = read_file(house, actor, process, draft_id, f"{process}/record.json")
    if isinstance(stored, Refusal):
        return {} if stored.code == "not_found" else stored
    try:
        found = json.loads(stored)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}  # pyright: ignore[reportUnknownVariableType] keys of JSON are text
