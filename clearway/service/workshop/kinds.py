"""The kinds of files that a draft holds, told by where they lie."""

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Literal, get_args

Kind = Literal["diagram", "table", "form", "message", "calendar", "scenario", "text"]
KINDS: Sequence[Kind] = get_args(Kind)


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
