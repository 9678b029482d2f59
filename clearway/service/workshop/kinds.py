"""The kinds of files that a draft holds, told by where they lie, and how a new one begins."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Literal, get_args

from clearway.engine.bundle import SHARED
from clearway.service.values import Refusal

Kind = Literal["diagram", "table", "form", "message", "calendar", "scenario", "text"]
KINDS: Sequence[Kind] = get_args(Kind)

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_LONGEST_NAME = 60


def kind_of(path: str) -> Kind:
    """What a file of a draft is; a text when it is nothing that has a view of its own."""
    folder, name = PurePosixPath(path).parent.name, PurePosixPath(path).name
    if name.endswith(".bpmn"):
        return "diagram"
    if name.endswith(".dmn"):
        return "table"
    if folder == "forms" and name.endswith(".json"):
        return "form"
    if folder == "messages" and name.endswith(".md.j2"):
        return "message"
    if folder == "calendars" and name.endswith((".yaml", ".yml")):
        return "calendar"
    if folder == "scenarios" and name.endswith((".yaml", ".yml")):
        return "scenario"
    return "text"


def by_kind(paths: Sequence[str]) -> Mapping[Kind, Sequence[str]]:
    """The paths of each kind that is there, in the order in which an owner looks for them."""
    found: dict[Kind, Sequence[str]] = {}
    for kind in KINDS:
        if listed := [path for path in paths if kind_of(path) == kind]:
            found[kind] = listed
    return found


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
