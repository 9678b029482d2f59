"""How a new file of a draft begins: its place by its kind, and its first content."""

import json
import re
from collections.abc import Mapping

from clearway.engine.bundle import SHARED
from clearway.service.values import Refusal

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_LONGEST_NAME = 60


def new_file(process: str, kind: str, name: str) -> tuple[str, bytes] | Refusal:
    """The path and the first content of a new file of this kind."""
    if kind not in _PLACES:
        return Refusal("invalid", f"No file of the kind {kind!r} is begun here.", "Choose a kind.")
    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        remedy = "Use small letters, digits and _, beginning with a letter, such as ask_caller."
        return Refusal("invalid", f"{name!r} cannot be the name of a file.", remedy)
    path = _PLACES[kind].format(process=process, name=name)
    return path, _STARTS[kind].replace("NAME", name).replace("TITLE", _title(name)).encode()


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()


_PLACES: Mapping[str, str] = {
    "table": "{process}/{name}.dmn",
    "form": "{process}/forms/{name}.json",
    "message": "{process}/messages/{name}.md.j2",
    "calendar": SHARED + "/calendars/{name}.yaml",
}

_STARTS: Mapping[str, str] = {
    "form": json.dumps(
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "TITLE",
            "type": "object",
            "properties": {},
            "additionalProperties": False,
        },
        indent=2,
    )
    + "\n",
    "message": "{{ key }}: TITLE\nWrite here what the reader has to know.\n",
    "calendar": """name: NAME
description: TITLE
tz: UTC
week:
  mon-fri: "09:00-17:00"
day: PT8H
""",
    "table": """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"
             id="NAME_definitions" name="TITLE" namespace="urn:clearway:decision:NAME">
  <decision id="NAME" name="TITLE">
    <variable id="NAME_value" name="NAME"/>
    <decisionTable id="NAME_table" hitPolicy="UNIQUE">
      <input id="NAME_by_input" label="Input">
        <inputExpression id="NAME_by_input_expression"><text></text></inputExpression>
      </input>
      <output id="NAME_gives_result" name="result" label="Result" typeRef="string"/>
    </decisionTable>
  </decision>
</definitions>
""",
}
