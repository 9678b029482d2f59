"""Forms: for an element that people use, and only about fields that there are."""

from collections.abc import Iterator, Mapping
from typing import Any

from clearway.engine.examine import Examined
from clearway.engine.gate import deciding
from clearway.engine.gate.form_types import contradictions
from clearway.engine.gate.record import check_schema
from clearway.engine.gate.say import Say
from clearway.engine.model import Node
from processes.links import NAMES


def check(examined: Examined) -> None:
    """Each form belongs to an element, and each of its properties to the record or to history."""
    nodes = {node.id: node for process in examined.read.called() for node in process.all_nodes()}
    for path, schema in examined.forms.items():
        element = path.rpartition("/")[2].removesuffix(".json")
        if not _is_used(nodes.get(element)):
            examined.findings.error(
                path,
                element,
                "form-unused",
                f"No person fills in a form at `{element}`.",
                "Remove it, or name it after a user task, a start event or an event with "
                "clearway:action.",
            )
        if schema and check_schema(examined, path, schema):
            _check_properties(examined, path, element, schema)
            _check_conditions(examined, path, element, schema)
            deciding.check(examined, path, nodes, schema)
    for process in examined.read.called():
        say = Say(examined.read.files[process.id], examined.findings)
        for node in process.all_nodes():
            _check_form(node, examined, say)


def _check_conditions(
    examined: Examined, path: str, element: str, schema: Mapping[str, Any]
) -> None:
    """A condition that was begun and not finished asks for nothing, and nobody would miss it."""
    rules: list[Mapping[str, Any]] = [schema, *schema.get("allOf", ())]
    together: Mapping[str, Any] = schema.get("dependentRequired", {})
    is_empty = any("if" in it and it.get("then") in ({}, {"required": []}) for it in rules)
    if is_empty or [] in together.values():
        examined.findings.warning(
            path,
            element,
            "form-condition",
            "A condition of this form asks for nothing.",
            "Say what must be filled in then, or take the condition out.",
        )


def _check_form(node: Node, examined: Examined, say: Say) -> None:
    """A task without a form runs as a confirmation; nobody can see whether that was meant."""
    if node.kind != "userTask" or node.own.get("rule"):
        return
    path = f"{examined.bundle.process}/forms/{node.id}.json"
    if path not in examined.bundle.files:
        say.warning(
            node.id,
            "form-missing",
            f"`{node.label}` has no form: the person can only confirm.",
            f"Write forms/{node.id}.json. When only a confirmation is meant, write an empty form: "
            '{"type": "object", "properties": {}}.',
        )


def _is_used(node: Node | None) -> bool:
    if node is None:
        return False
    if node.kind == "userTask":
        return True
    if node.kind == "startEvent" and node.scope.kind == "process":
        return node.event.kind in ("none", "message")
    return bool(node.own.get("action"))


_REGISTRY = ("assets", "groups", "people", "services")
_OF_THE_RECORD = frozenset(("x-material", "x-merge"))
"""Said of the field in record.json; a form that copies its field from there may repeat them."""
_KEYS = _OF_THE_RECORD | {
    "x-after",
    "x-ahead",
    "x-among",
    "x-comment",
    "x-decider",
    "x-does",
    "x-in",
    "x-link",
    "x-multiline",
    "x-new",
    "x-of",
    "x-only",
    "x-open",
    "x-other-than",
    "x-past",
    "x-suggest",
    "x-titles",
    "x-voice",
    "x-why",
}


def _check_keys(
    examined: Examined,
    path: str,
    element: str,
    name: str,
    shape: Mapping[str, Any],
    properties: Any,
) -> None:
    """Our own keys of a property: known ones, where they mean something."""
    for key in sorted(it for it in shape if it.startswith("x-")):
        if key not in _KEYS:
            examined.findings.error(
                path,
                element,
                "form-key",
                f"Nobody knows the key `{key}` of `{name}`.",
                f"Known are: {', '.join(sorted(_KEYS))}.",
            )
    sides = [it for it in ("x-ahead", "x-past") if it in shape]
    if sides and (len(sides) > 1 or shape.get("format") != "date-time"):
        examined.findings.error(
            path,
            element,
            "form-ahead",
            f"`{name}` has {' and '.join(sides)}, which only a moment can have, and one of them.",
            'Give it "format": "date-time", and keep one of x-ahead and x-past.',
        )
    after = shape.get("x-after")
    if after is not None and not (_is_moment(shape) and _is_moment(properties.get(str(after)))):
        examined.findings.error(
            path,
            element,
            "form-after",
            f"`{name}` must be after `{after}`, but both are not moments of this form.",
            'Name a field of this form in x-after, and give both "format": "date-time".',
        )
    _check_link(examined, path, element, name, shape)
    _check_new(examined, path, element, name, shape)
    for key, rule, says in (
        ("x-why", "form-why", "is to say why `{name}` changes"),
        ("x-other-than", "form-other", "is what `{name}` must differ from"),
    ):
        other = shape.get(key)
        if other is not None and (str(other) not in properties or other == name):
            examined.findings.error(
                path,
                element,
                rule,
                f"`{other}` {says.format(name=name)}, but is no other field of the form.",
                f"Name a field of this form in {key}.",
            )


def _is_moment(shape: Any) -> bool:
    return isinstance(shape, dict) and {"format": "date-time"}.items() <= shape.items()  # pyright: ignore[reportUnknownMemberType] JSON


def _check_link(
    examined: Examined, path: str, element: str, name: str, shape: Mapping[str, Any]
) -> None:
    """A field that names other records: `x-link`, and what only means something beside it."""
    link, processes = shape.get("x-link"), shape.get("x-of", [])
    problem = None
    states: object = shape.get("x-in", [])
    beside = [it for it in ("x-in", "x-of", "x-open") if it in shape]
    if link is None and beside:
        problem = f"`{beside[0]}` means nothing without `x-link`", "Add x-link, or remove it"
    elif link is not None and link not in NAMES:
        problem = f"`{link}` is no kind of link", f"Write one of {', '.join(NAMES)}"
    elif link is not None and not _names_keys(shape):
        problem = "only a text or a list of texts names records", 'Give it "type": "string"'
    elif link is not None and (shape.get("x-comment") or shape.get("x-only")):
        problem = "what is not kept in the record links nothing", "Remove x-comment or x-only"
    elif not (isinstance(processes, list) and all(isinstance(it, str) for it in processes)):  # pyright: ignore[reportUnknownVariableType] JSON
        problem = "`x-of` is no list of processes", 'Write for example ["incident"]'
    elif not (isinstance(states, list) and all(isinstance(it, str) for it in states)):  # pyright: ignore[reportUnknownVariableType] JSON
        problem = "`x-in` is no list of states", 'Write for example ["new", "in_progress"]'
    elif not isinstance(shape.get("x-open", False), bool):
        problem = "`x-open` is neither true nor false", "Write true or remove it"
    if problem is not None:
        what, remedy = problem
        examined.findings.error(path, element, "form-link", f"In `{name}`, {what}.", f"{remedy}.")


def _check_new(
    examined: Examined, path: str, element: str, name: str, shape: Mapping[str, Any]
) -> None:
    """A field that gives a new name: of what, and where it means something."""
    if "x-new" not in shape:
        return
    known = ", ".join(_REGISTRY)
    problem = None
    if shape["x-new"] not in _REGISTRY:
        problem = f"`{shape['x-new']}` is nothing that the registry has", f"Write one of {known}"
    elif not _names_keys(shape):
        problem = "only a text or a list of texts gives names", 'Give it "type": "string"'
    elif beside := [it for it in ("x-suggest", "x-link") if it in shape]:
        problem = f"a new name is none that `{beside[0]}` offers", f"Remove x-new or {beside[0]}"
    if problem is not None:
        what, remedy = problem
        examined.findings.error(path, element, "form-new", f"In `{name}`, {what}.", f"{remedy}.")


def _names_keys(shape: Mapping[str, Any]) -> bool:
    items = shape.get("items")
    of_items = items if isinstance(items, dict) else {}  # pyright: ignore[reportUnknownVariableType] JSON
    kind: object = shape.get("type")
    return kind == "string" or (kind == "array" and {"type": "string"}.items() <= of_items.items())  # pyright: ignore[reportUnknownMemberType] JSON


def _by_condition(schema: Any, name: str) -> Iterator[dict[str, Any]]:
    """What the conditions of a form add to a field: as the form finds it when it is filled in."""
    rules: Any = schema.get("allOf", [])
    for rule in rules if isinstance(rules, list) else []:  # pyright: ignore[reportUnknownVariableType] JSON
        then: Any = rule.get("then", {}) if isinstance(rule, dict) else {}  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] JSON
        more: Any = then.get("properties", {}).get(name) if isinstance(then, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] JSON
        if isinstance(more, dict):
            yield more  # pyright: ignore[reportUnknownVariableType] JSON


def _check_properties(examined: Examined, path: str, element: str, schema: Any) -> None:
    fields = examined.record_schema.get("properties", {})
    properties = schema.get("properties", {})
    for name, drawn in properties.items():
        shape: dict[str, Any] = drawn if isinstance(drawn, dict) else {}  # pyright: ignore[reportUnknownVariableType] keys of JSON are text
        comment = shape.get("x-comment")
        if comment is not None and comment not in ("public", "internal"):
            examined.findings.error(
                path,
                element,
                "form-comment",
                f"x-comment of `{name}` is `{comment}`.",
                "Write public or internal.",
            )
        if fields and name not in fields and comment is None and not shape.get("x-only"):
            examined.findings.error(
                path,
                element,
                "form-field",
                f"The record has no field `{name}`.",
                "Declare it in record.json, or mark it x-comment or x-only.",
            )
        _check_keys(examined, path, element, name, shape, properties)
        for more in _by_condition(schema, name):
            _check_link(examined, path, element, name, {**shape, **more})
        held = fields.get(name)
        if isinstance(held, dict) and comment is None and not shape.get("x-only"):
            for what, remedy in contradictions(shape, held):  # pyright: ignore[reportUnknownArgumentType] keys of JSON are text
                examined.findings.error(path, element, "form-type", f"`{name}` {what}.", remedy)
    for name in schema.get("required", []):
        if name not in properties:
            examined.findings.error(
                path,
                element,
                "form-required",
                f"`{name}` is required, but not in the form.",
                "Add it to `properties`, or do not require it.",
            )
