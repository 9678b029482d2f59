"""Whether the keys that say who or what may be named in a form's field name what is there."""

from collections.abc import Mapping
from typing import Any, cast

from clearway.engine.examine import Examined
from clearway.engine.model import Node
from processes.planned import names_of

_KEYS = {"service", "group", "apart-from", "roles"}


def check(
    examined: Examined, path: str, nodes: Mapping[str, Node], schema: Mapping[str, Any]
) -> None:
    """`x-voice` stands on the button of an approval; `x-decider` says for what, and which roles;
    `x-does` names a user task, and `x-among` a list of the record."""
    element = path.rpartition("/")[2].removesuffix(".json")
    fields = _fields(schema)
    for name, shape in fields.items():
        problem = _voice(nodes, element, fields, shape) or _decider(examined, shape)
        problem = problem or _doer(nodes, shape) or _among(examined, shape)
        if problem is not None:
            what, remedy = problem
            examined.findings.error(
                path, element, "form-decider", f"In `{name}`, {what}.", f"{remedy}."
            )


def _fields(schema: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """The fields that say something: `true` is a schema, too."""
    found: Mapping[str, object] = schema.get("properties", {})
    return {name: cast(Mapping[str, Any], it) for name, it in found.items() if isinstance(it, dict)}


def _voice(
    nodes: Mapping[str, Node], element: str, fields: Mapping[str, Any], shape: Mapping[str, Any]
) -> tuple[str, str] | None:
    when = shape.get("x-voice")
    if when is None:
        return None
    if not isinstance(when, str) or fields.get(when, {}).get("format") != "date-time":
        return f"`{when}` is no moment of this form", "Name the field with when they said it"
    node = nodes.get(element)
    host = nodes.get(node.attached_to or "") if node is not None else None
    if host is None or not host.own.get("rule"):
        return "nobody can say yes by word here", "Keep x-voice to a button on an approval"
    return None


def _decider(examined: Examined, shape: Mapping[str, Any]) -> tuple[str, str] | None:
    if "x-decider" not in shape:
        return None
    written: object = shape["x-decider"]
    said = cast(Mapping[str, object], written if isinstance(written, dict) else {})
    if not names_of(said.get("roles")) or not {*said} <= _KEYS:
        example = '{"service": "service", "apart-from": ["author"], "roles": ["board_member"]}'
        return "`x-decider` does not say who decides", f"Write for example {example}"
    named = names_of(said.get("service"), said.get("group"), said.get("apart-from"))
    known = _fields(examined.record_schema)
    lost = [it for it in named if it not in known]
    return (f"the record has no field `{lost[0]}`", "Name a field of the record") if lost else None


def _doer(nodes: Mapping[str, Node], shape: Mapping[str, Any]) -> tuple[str, str] | None:
    task = shape.get("x-does")
    node = nodes.get(str(task))
    if task is None or (node is not None and node.kind == "userTask" and shape.get("x-suggest")):
        return None
    return f"`{task}` is no task for people", "Name a user task, beside x-suggest"


def _among(examined: Examined, shape: Mapping[str, Any]) -> tuple[str, str] | None:
    among = shape.get("x-among")
    known = _fields(examined.record_schema)
    if among is None or (isinstance(among, str) and known.get(among, {}).get("type") == "array"):
        return None
    return f"`{among}` is no list of the record", "Name a field with a list in x-among"
