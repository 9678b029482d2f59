"""The record's schema: is it one, and do its own keys name its fields."""

import json
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from typing import Any, cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from clearway.engine.examine import Examined
from clearway.engine.gate import planned
from clearway.text_patterns import problem_of
from processes.links import NAMES

KNOWN = frozenset(
    (
        "x-key-prefix",
        "x-title",
        "x-list",
        "x-requester",
        "x-brief",
        "x-agenda",
        "x-agenda-rules",
        "x-current",
        planned.KEY,
    )
)


def check(examined: Examined, rules: Collection[str] | None) -> None:
    """record.json is a JSON Schema of an object, with a prefix for keys.

    `rules` are the approval rules that there are; None: they are not looked at.
    """
    path = f"{examined.bundle.process}/record.json"
    if path not in examined.bundle.files:
        examined.findings.error(
            path,
            None,
            "record-missing",
            "The process does not say what its record holds.",
            "Add record.json: a JSON Schema of an object, with x-key-prefix.",
        )
        return
    schema = examined.record_schema
    if not schema:
        return
    if not check_schema(examined, path, schema):
        # What is no schema has no fields that anything else could be held against.
        examined.record_schema = {}
    fields = schema.get("properties")
    if not isinstance(fields, dict):
        examined.findings.error(
            path, None, "record-fields", "The record has no fields.", "Add `properties`."
        )
        return
    prefix = schema.get("x-key-prefix")
    if not (isinstance(prefix, str) and prefix.isascii() and prefix.isalnum() and len(prefix) <= 8):
        examined.findings.error(
            path,
            None,
            "record-prefix",
            f"x-key-prefix is `{prefix}`.",
            "Write up to eight letters or digits, for example INC.",
        )
    for name, merge in _said(fields, "x-merge"):
        if merge == "last":
            continue
        examined.findings.error(
            path,
            None,
            "record-merge",
            f"x-merge of `{name}` is `{merge}`.",
            'Write "last": of two parallel branches that write it, the later one counts.',
        )
    for name, link in _said(fields, "x-link"):
        if link in NAMES:
            continue
        examined.findings.error(
            path,
            None,
            "record-link",
            f"x-link of `{name}` is `{link}`, which is no kind of link.",
            f"Write one of {', '.join(NAMES)}.",
        )
    named = [schema.get(it) for it in ("x-title", "x-requester", "x-agenda", "x-current")]
    named += [*_list(schema.get("x-list")), *_list(schema.get("x-brief"))]
    for name in named:
        if name is not None and str(name) not in fields:
            examined.findings.error(
                path,
                None,
                "record-named",
                f"An x- key names the field `{name}`, which is not there.",
                "Name a field of `properties`.",
            )
    _check_agenda(examined, path, schema, rules)
    planned.check(
        schema,
        fields,  # pyright: ignore[reportUnknownArgumentType] keys of JSON are text
        lambda problem, remedy: examined.findings.error(
            path, None, "record-planned", problem, remedy
        ),
    )
    for name in sorted(str(key) for key in schema if str(key).startswith("x-")):
        if name not in KNOWN:
            examined.findings.error(
                path,
                None,
                "record-key",
                f"Nobody knows the key `{name}`.",
                f"Known are: {', '.join(sorted(KNOWN))}.",
            )


def _check_agenda(
    examined: Examined, path: str, schema: Mapping[str, Any], rules: Collection[str] | None
) -> None:
    """An agenda is a list of keys, and what is discussed is one of them."""
    fields = cast(Mapping[str, object], schema["properties"])
    for key, wanted in (("x-agenda", "array"), ("x-current", "string")):
        field = fields.get(str(schema[key])) if key in schema else None
        if field is not None and _type_of(field) != wanted:
            examined.findings.error(
                path,
                None,
                "record-agenda",
                f"{key} names the field `{schema[key]}`, which is no {wanted}.",
                "Name a list of texts as the agenda, and a text as what is discussed.",
            )
    for key in ("x-current", "x-agenda-rules"):
        if key in schema and "x-agenda" not in schema:
            examined.findings.error(
                path, None, "record-agenda", f"{key} is there without x-agenda.", "Add x-agenda."
            )
    said = [str(it) for it in _list(schema.get("x-agenda-rules"))]
    unknown = [] if rules is None else sorted(it for it in said if it not in rules)
    if "x-agenda" in schema and (not said or unknown):
        problem = (
            f"x-agenda-rules names {', '.join(unknown)}, which is no approval rule."
            if unknown
            else "x-agenda is there, and nothing says whose rounds are decided together."
        )
        known = ", ".join(sorted(rules or ())) or "the rules in processes/catalogue.py"
        remedy = f"Name in x-agenda-rules one or more of {known}."
        examined.findings.error(path, None, "record-agenda", problem, remedy)


def _type_of(shape: object) -> object:
    """What a field says of its type; `true` is a schema, too, and says nothing."""
    return cast(Mapping[str, object], shape).get("type") if isinstance(shape, dict) else None


def check_schema(examined: Examined, path: str, schema: Any) -> bool:
    """Whether it is a JSON Schema (2020-12)."""
    problem = _schema_problem(examined.bundle.files[path])
    if problem is not None:
        examined.findings.error(
            path, None, "schema", problem, "Correct it after JSON Schema 2020-12."
        )
        return False
    patterns, references = list(_patterns(schema)), list(_references(schema))
    for problem, remedy in patterns:
        examined.findings.error(path, None, "schema-pattern", problem, remedy)
    for reference in references:
        examined.findings.error(
            path,
            None,
            "schema-reference",
            f"It refers to `{reference}`, outside of the file.",
            "Copy the part into `$defs` and refer to it with `#/$defs/...`.",
        )
    for choice, wanted in _misfits(schema):
        examined.findings.error(
            path,
            None,
            "schema-choice",
            f"The choice `{choice}` is no {wanted}: whatever is chosen is refused.",
            'Write the choices in the type of the field, such as 1 and not "1" for a number.',
        )
    return not (patterns or references)


@lru_cache(maxsize=512)
def _schema_problem(data: bytes) -> str | None:
    """Why a file is no JSON Schema; to find out takes its time, and most files did not change."""
    try:
        Draft202012Validator.check_schema(json.loads(data))
        return None
    except SchemaError as error:
        place = "/".join(str(part) for part in error.absolute_path) or "the top"
        return f"It is no JSON Schema: at {place}, {error.message}"


def _references(schema: Any) -> Iterator[str]:
    """References that lead out of the file: nothing is fetched from elsewhere."""
    for part in _objects(schema):
        target = part.get("$ref")
        if isinstance(target, str) and not target.startswith("#"):
            yield target


def _patterns(schema: Any) -> Iterator[tuple[str, str]]:
    """Patterns that are none, and fields that are named by patterns: each with what to do."""
    for part in _objects(schema):
        pattern = part.get("pattern")
        if isinstance(pattern, str) and (problem := problem_of(pattern)) is not None:
            yield f"`{pattern}` is no pattern: {problem}.", "Correct it."
        if isinstance(part.get("patternProperties"), dict):
            yield (
                "Its fields are named by patterns (patternProperties), which nobody can fill in.",
                "Name each field in `properties`.",
            )


def _misfits(schema: Any) -> Iterator[tuple[str, str]]:
    """Each choice that is not of the type beside it, with that type."""
    for shape in _objects(schema):
        said: Any = shape.get("type")
        kinds = [said] if isinstance(said, str) else _list(said)
        fitting = Draft202012Validator({"type": kinds})
        for choice in _list(shape.get("enum")) if kinds else []:
            # null clears a field, whatever its type.
            if choice is not None and not fitting.is_valid(choice):  # pyright: ignore[reportUnknownMemberType] its own types are partial
                yield json.dumps(choice, ensure_ascii=False), " or ".join(map(str, kinds))


def _objects(schema: Any) -> Iterator[dict[str, Any]]:
    """Every object in it, at whatever depth."""
    open_ends: list[Any] = [schema]
    while open_ends:
        part = open_ends.pop()
        if isinstance(part, dict):
            inner: dict[str, Any] = part  # pyright: ignore[reportUnknownVariableType] keys of JSON are text
            yield inner
            open_ends.extend(inner.values())
        elif isinstance(part, list):
            open_ends.extend(part)  # pyright: ignore[reportUnknownArgumentType] parts of any kind


def _said(fields: Any, key: str) -> list[tuple[str, Any]]:
    """The fields that have this key of ours, each with what it says."""
    return [
        (str(name), shape[key])
        for name, shape in fields.items()
        if isinstance(shape, dict) and key in shape
    ]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []  # pyright: ignore[reportUnknownVariableType] names, checked one by one
