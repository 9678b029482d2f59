"""A form as its page shows it: one field for each property of a JSON Schema."""

import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import cast
from zoneinfo import ZoneInfo

from clearway.service.forms import is_wide
from clearway.web.times import for_input
from clearway.web.words import spoken

Schema = Mapping[str, object]

_NATIVE = {"integer": "integer", "number": "number"}
_FORMATS = {"date": "date", "date-time": "instant", "email": "email", "uri": "url"}
_LINES_HINT = "one on each line"


@dataclass(frozen=True)
class Field:
    """One field: what it is called, which control shows it, what it holds, what is wrong with it.

    `kind` is one of text, multiline, email, url, choice, checks, lines, integer, number, yes_no,
    tick, date, instant, json. `texts` holds what the control shows, one text for most kinds.
    """

    name: str
    kind: str
    label: str
    help: str = ""
    required: bool = False
    read_only: bool = False
    texts: Sequence[str] = ()
    options: Sequence[tuple[str, str]] = ()
    error: str = ""
    attributes: Mapping[str, object] = field(default_factory=dict[str, object])
    suggest: str = ""
    value: object = None
    schema: Schema = field(default_factory=dict[str, object])

    @property
    def text(self) -> str:
        """What a control for a single value shows."""
        return self.texts[0] if self.texts else ""

    @property
    def needs_lines_hint(self) -> bool:
        """It takes one entry on each line, and its help does not say so already."""
        return self.kind == "lines" and _LINES_HINT not in self.help.lower()


@dataclass(frozen=True)
class Form:
    """The fields in the order of the schema, and errors that belong to no field."""

    fields: Sequence[Field]
    general: Sequence[str] = ()
    title: str = ""
    intro: str = ""

    @property
    def groups(self) -> Sequence[tuple[bool, Sequence[Field]]]:
        """The fields in their order: runs that are only shown (True), and runs to fill in."""
        runs = itertools.groupby(self.fields, key=lambda one: one.read_only)
        return [(shown, list(run)) for shown, run in runs]

    @property
    def names(self) -> Sequence[str]:
        """The names of all fields."""
        return [one.name for one in self.fields]

    @property
    def wrong(self) -> Sequence[Field]:
        """The fields that were refused."""
        return [one for one in self.fields if one.error]

    @property
    def first_wrong(self) -> str | None:
        """The field that gets the focus."""
        return self.wrong[0].name if self.wrong else None


def form_of(
    schema: Schema | None,
    values: Mapping[str, object],
    zone: ZoneInfo,
    *,
    typed: Mapping[str, Sequence[str]] | None = None,
    errors: Mapping[str, str] | None = None,
) -> Form:
    """The form with the record's values, or with what a person typed when that was refused."""
    properties = properties_of(schema)
    required = required_of(schema)
    wrong = dict(errors or {})
    fields: list[Field] = []
    for name, declared in properties.items():
        error = _error_for(name, wrong)
        if typed is None or _is_read_only(declared):
            texts = _texts(declared, values.get(name, declared.get("default")), zone)
        else:
            texts = typed.get(name, ())
        fields.append(_field(name, declared, name in required, texts, error, values.get(name)))
    general = [f"{spoken(name)}: {text}" if name else text for name, text in wrong.items()]
    about = schema or {}
    title, intro = str(about.get("title") or ""), str(about.get("description") or "")
    return Form(fields, general, title, intro)


def properties_of(schema: Schema | None) -> dict[str, Schema]:
    """The declared properties by name."""
    found = (schema or {}).get("properties")
    if not isinstance(found, Mapping):
        return {}
    named = cast(Mapping[str, object], found)
    return {name: cast(Schema, one) for name, one in named.items() if isinstance(one, Mapping)}


def required_of(schema: Schema | None) -> Sequence[str]:
    """The names of the properties that must be given."""
    return _words((schema or {}).get("required"))


def kind_of(declared: Schema) -> str:
    """Which control shows a property."""
    if _choices(declared):
        return "choice"
    name = type_of(declared)
    if name == "string":
        return _kind_of_text(declared)
    if name == "boolean":
        return "tick"
    if name == "array":
        return _kind_of_list(declared)
    return _NATIVE.get(name, "json")


def type_of(declared: Schema) -> str:
    """The JSON type of a property, its null aside; a property without one holds text."""
    found = declared.get("type", "string")
    if isinstance(found, str):
        return found
    names = [name for name in _words(found) if name != "null"]
    return names[0] if names else "string"


def label_of(name: str, declared: Schema) -> str:
    """How a property is called: its title, or its name made readable."""
    return str(declared.get("title") or spoken(name))


def choices_of(declared: Schema) -> list[tuple[object, str]]:
    """The values a property may take with the words for each, or nothing when it is open."""
    return _choices(declared)


def items_of(declared: Schema) -> Schema:
    """The schema of a list's items."""
    found = declared.get("items")
    return cast(Schema, found) if isinstance(found, Mapping) else {}


def _field(
    name: str,
    declared: Schema,
    required: bool,
    texts: Sequence[str],
    error: str,
    value: object,
) -> Field:
    kind = kind_of(declared)
    if kind == "tick" and required:
        # Only two buttons tell "no" from "not answered".
        kind = "yes_no"
    options = _choices(items_of(declared) if kind == "checks" else declared)
    return Field(
        name=name,
        kind=kind,
        label=label_of(name, declared),
        help=str(declared.get("description") or ""),
        required=required,
        read_only=_is_read_only(declared),
        texts=texts,
        options=[(as_text(one), words) for one, words in options],
        error=error,
        attributes=_attributes(kind, declared),
        suggest=str(declared.get("x-suggest") or "") if kind == "text" else "",
        value=value,
        schema=declared,
    )


def _kind_of_text(declared: Schema) -> str:
    if declared.get("format") in _FORMATS:
        return _FORMATS[str(declared["format"])]
    return "multiline" if is_wide(declared) else "text"


def _kind_of_list(declared: Schema) -> str:
    items = items_of(declared)
    if _choices(items):
        return "checks"
    return "lines" if type_of(items) in ("string", "integer", "number") else "json"


def _choices(declared: Schema) -> list[tuple[object, str]]:
    listed = declared.get("enum")
    if isinstance(listed, Sequence) and not isinstance(listed, str):
        titles = declared.get("x-titles")
        said: Mapping[str, object] = {}
        if isinstance(titles, Mapping):
            said = cast(Mapping[str, object], titles)
        values = [one for one in cast(Sequence[object], listed) if one is not None]
        return [(one, str(said.get(as_text(one), spoken(as_text(one))))) for one in values]
    for key in ("oneOf", "anyOf"):
        found = _titled_constants(declared.get(key))
        if found:
            return found
    return []


def _titled_constants(listed: object) -> list[tuple[object, str]]:
    if not isinstance(listed, Sequence) or isinstance(listed, str):
        return []
    found: list[tuple[object, str]] = []
    for one in cast(Sequence[object], listed):
        if not isinstance(one, Mapping) or "const" not in one:
            return []
        constant = cast(Mapping[str, object], one)
        found.append((constant["const"], str(constant.get("title", constant["const"]))))
    return found


def _attributes(kind: str, declared: Schema) -> dict[str, object]:
    """What the browser can check by itself; the server checks everything again."""
    names = {"text": {"maxLength": "maxlength"}, "multiline": {"maxLength": "maxlength"}}
    numbers = {"minimum": "min", "maximum": "max"}
    wanted = names.get(kind) or (numbers if kind in ("integer", "number") else {})
    found = {html: declared[key] for key, html in wanted.items() if key in declared}
    if kind == "number":
        found["step"] = declared.get("multipleOf", "any")
    return found


def _texts(declared: Schema, value: object, zone: ZoneInfo) -> Sequence[str]:
    if value is None:
        return ()
    kind = kind_of(declared)
    if kind == "json":
        return (json.dumps(value, default=str, ensure_ascii=False, indent=2),)
    if kind == "lines" and isinstance(value, Sequence) and not isinstance(value, str):
        return ("\n".join(as_text(one) for one in cast(Sequence[object], value)),)
    if kind == "checks" and isinstance(value, Sequence) and not isinstance(value, str):
        return [as_text(one) for one in cast(Sequence[object], value)]
    if kind == "instant":
        return (_instant_text(value, zone),)
    return (as_text(value),)


def _instant_text(value: object, zone: ZoneInfo) -> str:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return for_input(value, zone)
    try:
        read = datetime.fromisoformat(str(value))
    except ValueError:
        return str(value)
    return for_input(read, zone) if read.tzinfo else str(value)


def as_text(value: object) -> str:
    """A plain value as a control holds it: `true`, `3`, `2.5`, `2026-03-02`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _is_read_only(declared: Schema) -> bool:
    return declared.get("readOnly") is True


def _error_for(name: str, wrong: dict[str, str]) -> str:
    """What was refused in this field or inside it (`whys/2`); taken out of `wrong`."""
    mine = [key for key in wrong if key == name or key.startswith(f"{name}/")]
    return " ".join(wrong.pop(key) for key in mine)


def _words(found: object) -> Sequence[str]:
    if not isinstance(found, Sequence) or isinstance(found, str):
        return ()
    return [str(one) for one in cast(Sequence[object], found)]
