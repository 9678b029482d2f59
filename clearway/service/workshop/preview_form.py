"""A form before it is saved: who meets it in the diagram, and what it would answer to values."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from clearway.engine.examine import Examined, examine
from clearway.engine.gate.record import check_schema
from clearway.engine.model import Node
from clearway.service.forms import Filled, Form, Schema, Values
from clearway.service.house import House
from clearway.service.values import Actor, Refusal
from clearway.service.workshop.drafts import held
from clearway.service.workshop.live_gate import laid_over

_DEEPEST = 30


@dataclass(frozen=True)
class FormUse:
    """An element at which people meet the form.

    `kind` is one of task, vote (the form is only shown there), button, start, message.
    """

    kind: str
    element: str
    name: str
    roles: Sequence[str]
    file: str


@dataclass(frozen=True)
class FormPreview:
    """A form as its page would show it; `problem` says why it cannot be shown.

    `shown` has an example for each field that the form only shows.
    """

    uses: Sequence[FormUse]
    schema: Schema = field(default_factory=dict[str, Any])
    shown: Values = field(default_factory=dict[str, object])
    problem: Refusal | None = None


def preview_form(
    house: House, actor: Actor, process: str, draft_id: int, path: str, text: str
) -> FormPreview | Refusal:
    """The form of a draft with this text, which need not be saved."""
    found = held(house, actor, process, draft_id)
    if isinstance(found, Refusal):
        return found
    if not path.startswith(f"{process}/forms/") or not path.endswith(".json"):
        return Refusal(
            "not_found", f"{path} is no form of {process}.", "Name forms/<element id>.json."
        )
    return preview_in(examine(laid_over(found.bundle, {path: text})), path, text, house.now())


def preview_in(examined: Examined, path: str, text: str, now: datetime) -> FormPreview:
    """The same for a draft that was read with this text in it."""
    uses = uses_of(examined, path)
    schema = examined.forms.get(path, {})
    problem = _unread(text) or _deep(schema) or _unfit(examined, path, schema)
    if problem is not None:
        return FormPreview(uses, problem=problem)
    return FormPreview(uses, schema, _examples(schema, now))


def answer_to(
    path: str, schema: Schema, values: Values, shown: Values, now: datetime
) -> Refusal | None:
    """What the form would say of these values; names and links are not looked up."""
    try:
        found = Form(path, schema).read(values, shown, now)
    except RecursionError:
        text = "The form refers to itself without an end."
        return Refusal("invalid", text, "Remove the `$ref` that leads round.")
    return None if isinstance(found, Filled) else found


def uses_of(examined: Examined, path: str) -> list[FormUse]:
    """The elements that this form belongs to: it goes by their id."""
    element = path.rpartition("/")[2].removesuffix(".json")
    return [
        FormUse(kind, node.id, _called(node, kind), node.roles, file)
        for file, diagram in sorted(examined.diagrams.items())
        for process in diagram.processes.values()
        for node in process.all_nodes()
        if node.id == element and (kind := _kind(node))
    ]


def _kind(node: Node) -> str:
    if node.kind == "userTask":
        return "vote" if node.own.get("rule") else "task"
    if node.own.get("action"):
        return "button"
    if node.kind == "startEvent" and node.scope.kind == "process":
        return {"none": "start", "message": "message"}.get(node.event.kind, "")
    return ""


def _called(node: Node, kind: str) -> str:
    return node.own["action"] if kind == "button" else node.label


def _unread(text: str) -> Refusal | None:
    """Why the text is no JSON object, with the line."""
    try:
        found: object = json.loads(text)
    except json.JSONDecodeError as error:
        said = f"This is no JSON. Line {error.lineno}, column {error.colno}: {error.msg}."
        return Refusal("invalid", said, "Correct it in Source.")
    except (ValueError, RecursionError) as error:
        return Refusal("invalid", f"This cannot be read: {error}.", "Correct it in Source.")
    if isinstance(found, dict):
        return None
    return Refusal(
        "invalid",
        "This is JSON, but no form: a form is an object.",
        'Begin it with { and end it with }, for example {"type": "object", "properties": {}}.',
    )


def _deep(schema: object) -> Refusal | None:
    level = [schema]
    for _ in range(_DEEPEST):
        level = [inner for one in level for inner in _parts(one)]
        if not level:
            return None
    text = f"The form is nested more than {_DEEPEST} levels deep, which no page can show."
    return Refusal("invalid", text, "Take it apart into plain fields.")


def _parts(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        yield from cast(dict[str, object], value).values()
    elif isinstance(value, list):
        yield from cast(list[object], value)


def _unfit(examined: Examined, path: str, schema: Schema) -> Refusal | None:
    """Why it is no schema that a form can be made of: what the gate says of it."""
    if not check_schema(examined, path, schema):
        first = next(
            it for it in examined.findings.found if (it.file, it.rule[:6]) == (path, "schema")
        )
        return Refusal("invalid", first.message, first.remedy)
    fields: object = schema.get("properties")
    if not isinstance(fields, dict):
        return Refusal("invalid", "The form has no list of fields.", "Add `properties`: {}.")
    broken = [name for name, one in cast(dict[str, object], fields).items() if _is_no_field(one)]
    if broken:
        text = f"`{broken[0]}` is no description of a field."
        return Refusal("invalid", text, 'Write an object, for example {"type": "string"}.')
    return None


def _is_no_field(value: object) -> bool:
    return not isinstance(value, dict)


def _examples(schema: Schema, now: datetime) -> dict[str, object]:
    fields = cast(Mapping[str, Schema], schema["properties"])
    return {name: _example(name, one, now) for name, one in fields.items() if one.get("readOnly")}


def _example(name: str, shape: Schema, now: datetime) -> object:
    """Something that the field may hold, so that the page looks as it will."""
    for key in ("examples", "enum"):
        listed: object = shape.get(key)
        if isinstance(listed, list) and listed:
            return cast(list[object], listed)[0]
    if "const" in shape or "default" in shape:
        return cast(object, shape.get("const", shape.get("default")))
    kind: object = shape.get("type")
    if kind in ("integer", "number"):
        least, most = shape.get("minimum", 1), shape.get("maximum", 3)
        return max(least, min(3, most))
    if kind == "boolean":
        return True
    if kind == "array":
        items: object = shape.get("items")
        return [_example(name, items, now)] if isinstance(items, dict) else []  # pyright: ignore[reportUnknownArgumentType] keys of JSON are text
    if kind == "object":
        return {}
    return _text(name, shape, now)


def _text(name: str, shape: Schema, now: datetime) -> str:
    formats = {
        "date": now.date().isoformat(),
        "date-time": now.isoformat(),
        "email": "someone@example.org",
        "uri": "https://example.org/",
    }
    known = formats.get(str(shape.get("format")))
    most: object = shape.get("maxLength")
    words = f"Example: {str(shape.get('title') or name).lower()}"
    return known or (words[:most] if isinstance(most, int) else words)
