"""Writes the messages of a scenario as the worker would, so that none fails first on a record."""

from collections.abc import Mapping
from typing import cast

from clearway.messages.own import OWN
from clearway.messages.render import Rendered, render
from clearway.service.memory import Told

ADDRESS = "http://127.0.0.1:8000"
"""Stands for the portal's address, which a scenario does not have."""


def write(templates: Mapping[str, bytes], told: Told) -> Rendered | None:
    """Render what people are told; raises MessageError. A name without template is the gate's."""
    content = templates.get(told.template)
    text = OWN.get(told.template) if content is None else content.decode()
    if text is None:
        return None
    given = cast("Mapping[str, object]", told.inputs.get("values") or {})
    surroundings = {name: told.inputs.get(name) for name in ("key", "title", "process")}
    return render(text, {**surroundings, "base_url": ADDRESS, **given})
