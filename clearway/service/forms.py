"""A form is the only door: which of a person's values may come in, and what is wrong with them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, ValidationError
from jsonschema.validators import (
    extend,  # pyright: ignore[reportUnknownVariableType] its stubs are partial
)

from clearway.service.form_messages import FORMATS, explain
from clearway.service.moments import unfit_moments
from clearway.service.values import Refusal
from clearway.store import jsonb
from clearway.store.jsonb import NotJson
from clearway.text_patterns import PatternTooSlow, occurs
from processes.blank import is_blank

Schema = Mapping[str, Any]
Values = Mapping[str, object]

_LONGEST = 1_000_000  # characters of JSON
_ONE_LINE = 200  # characters
_DEEPEST = 50  # below it, all of a value is looked at as one


def _is_integer(_checker: object, value: object) -> bool:
    if isinstance(value, Decimal):
        return value == value.to_integral_value()
    return isinstance(value, int) and not isinstance(value, bool)


def _fits_pattern(
    _validator: object, pattern: str, value: object, _schema: object
) -> Iterator[ValidationError]:
    """As the library has it, but bounded in time; raises PatternTooSlow."""
    if isinstance(value, str) and not occurs(pattern, value):
        yield ValidationError(f"{pattern} does not occur")


# The stubs of the library leave types out.
_Validator = cast(
    type[Draft202012Validator],
    extend(  # pyright: ignore[reportUnknownArgumentType]
        Draft202012Validator,
        validators={"pattern": _fits_pattern},
        type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_integer),
    ),
)


@dataclass(frozen=True)
class Comment:
    """What a form field marked `x-comment` says."""

    text: str
    public: bool


@dataclass(frozen=True)
class Filled:
    """A form's values, each where it belongs. `record` None values clear their field."""

    record: Values
    comments: tuple[Comment, ...]
    only: Values
    everything: Values
    links: Mapping[str, str] = field(default_factory=dict[str, str])
    """Fields that name other records, with how those are linked with this one."""


class Form:
    """One form of a version, with its schema ready to check."""

    def __init__(self, path: str, schema: Schema) -> None:
        self.path = path
        self.schema = schema
        self.fields: Mapping[str, Schema] = schema.get("properties", {})
        self._validator = _Validator(dict(schema), format_checker=FORMATS)

    def shape(self, name: str, values: Values) -> Schema:
        """What the form says of a field when it is filled in so: conditions that hold add to it."""
        shape, validator = dict(self.fields[name]), cast(Any, self._validator)
        for rule in cast(Sequence[Schema], self.schema.get("allOf", ())):
            if "if" in rule and validator.evolve(schema=rule["if"]).is_valid(values):
                shape |= rule.get("then", {}).get("properties", {}).get(name, {})
        return shape

    def read(self, values: Values, record: Values, now: datetime) -> Filled | Refusal:
        """The values as they may come in; a Refusal says what is wrong with which field.

        A field that the form does not declare is refused, as is a changed read-only one, a moment
        what is not in the record's list of choices (`x-among`), a moment
        that is past where it must be ahead (`x-ahead`) or not after another (`x-after`), what is
        the same as another field (`x-other-than`), and a change without its reason (`x-why`).
        """
        try:
            text = jsonb.dumps(jsonb.exact(dict(values)))
        except NotJson as error:
            return invalid(unkeepable(values) or {"": str(error)})
        if len(text) > _LONGEST:
            return Refusal("too_large", "A form takes at most a million characters.", "Attach it.")
        given = cast(dict[str, object], jsonb.loads(text))
        problems = (
            self._not_open(given, record)
            or self._invalid(given, record)
            or self._several_lines(given)
            or unfit_moments(self.fields, given, record, now)
            or self._not_among(given, record)
            or self._the_same(given, record)
            or self._unexplained(given, record)
        )
        if problems:
            return invalid(problems)
        return self._sorted(given)

    def _not_open(self, given: Values, record: Values) -> dict[str, str]:
        problems: dict[str, str] = {}
        for name, value in given.items():
            field = self.fields.get(name)
            if field is None:
                problems[name] = "This form has no such field."
            elif field.get("readOnly") and value != record.get(name):
                problems[name] = "This field can be read here, but not changed."
        return problems

    def _invalid(self, given: Values, record: Values) -> dict[str, str]:
        """A shown field counts as given; an optional field that is null counts as cleared."""
        needed = cast(Sequence[str], self.schema.get("required", ()))
        shown = {
            name: record[name]
            for name, field in self.fields.items()
            if field.get("readOnly") and record.get(name) is not None
        }
        wanted = {
            name: value for name, value in given.items() if value is not None or name in needed
        }
        # What is only blanks answers no question, also where a condition asks it, but it is kept:
        # so it must be missed, and must be what the field may hold.
        said = {name: value for name, value in wanted.items() if not _is_blank(value)}
        blank = {
            name: "Say something."
            for name in needed
            if isinstance(text := given.get(name), str) and text and is_blank(text)
        }
        missed = _problems(self._validator, {**shown, **said}) if said != wanted else {}
        empty = {
            name: f"Nothing stands at {self.fields[name].get('title', name)}, and this needs it."
            for name in needed
            if name not in shown and self.fields.get(name, {}).get("readOnly")
        }
        return {**missed, **_problems(self._validator, {**shown, **wanted}), **blank, **empty}

    def _several_lines(self, given: Values) -> dict[str, str]:
        """Line breaks where the portal has room for one line."""
        return {
            name: "This is one line: take out the line break."
            for name, value in given.items()
            if isinstance(value, str)
            and ("\n" in value or "\r" in value)
            and not self.fields[name].get("readOnly")
            and "maxLength" in self.fields[name]
            and not is_wide(self.fields[name])
        }

    def _not_among(self, given: Values, record: Values) -> dict[str, str]:
        """What is none of the entries of the record's list that `x-among` names."""
        problems: dict[str, str] = {}
        for name, value in given.items():
            among = self.fields[name].get("x-among")
            if among is None or value is None:
                continue
            known = keys_in(record.get(str(among)))
            if value not in known:
                told = ", ".join(known) or "nothing yet"
                problems[name] = f"{value} is not there: choose one of these: {told}."
        return problems

    def _the_same(self, given: Values, record: Values) -> dict[str, str]:
        """Fields that say the same as the one that `x-other-than` of the form names."""
        problems: dict[str, str] = {}
        for name, value in given.items():
            other = self.fields[name].get("x-other-than")
            if other is None or value is None or value != given.get(other, record.get(other)):
                continue
            title = self.fields[other].get("title", other)
            problems[name] = f"This must be another than {title}."
        return problems

    def _unexplained(self, given: Values, record: Values) -> dict[str, str]:
        """Reasons that are missing: `x-why` names the field that explains a change."""
        return {
            str(why): f"Say why you change {field.get('title', name)}."
            for name, value in given.items()
            if (why := (field := self.fields[name]).get("x-why"))
            and not _is_same(value, record.get(name))
            and is_blank(str(given.get(why) or ""))
        }

    def _sorted(self, given: Values) -> Filled:
        record: dict[str, object] = {}
        only: dict[str, object] = {}
        comments: list[Comment] = []
        for name, value in given.items():
            field = self.fields[name]
            if field.get("readOnly"):
                continue
            if field.get("x-comment"):
                if not is_blank(str(value or "")):
                    comments.append(Comment(str(value), field["x-comment"] == "public"))
            elif field.get("x-only"):
                only[name] = value
            else:
                record[name] = value
        links = {
            name: str(self.fields[name]["x-link"])
            for name in record
            if "x-link" in self.fields[name]
        }
        return Filled(record, tuple(comments), only, given, links)


def _is_same(value: object, before: object) -> bool:
    """A box that nobody has ticked yet says no."""
    return value == before or (value is False and before is None)


def _is_blank(value: object) -> bool:
    return isinstance(value, str) and value != "" and is_blank(value)


def is_wide(shape: Schema) -> bool:
    """Whether a text may have several lines: a long one, a comment, or what says so itself."""
    length = shape.get("maxLength")
    is_long = isinstance(length, int) and length > _ONE_LINE
    return is_long or bool(shape.get("x-multiline")) or "x-comment" in shape


class RecordSchema:
    """What a record may hold: each field with its check."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.fields: Mapping[str, Schema] = schema.get("properties", {})
        self._validators = {
            name: _Validator(dict(field), format_checker=FORMATS)
            for name, field in self.fields.items()
        }

    def problem(self, name: str, value: object) -> str | None:
        """Why the field cannot hold this value; null is always held."""
        if value is None:
            return None
        validator = self._validators.get(name)
        if validator is None:
            return "The record has no such field."
        return next(iter(_problems(validator, value).values()), None)


def unkeepable(values: Values) -> dict[str, str]:
    """What no record can hold, whatever its schema: field (nested ones as `lines/0/price`) -> why.

    NUL characters, halves of surrogate pairs, numbers that are too large, and what is no JSON.
    """
    return dict(_unkeepable(values, ""))


def schema_problem(schema: Schema) -> str | None:
    """Why this is no JSON Schema, or None."""
    try:
        Draft202012Validator.check_schema(dict(schema))
    except SchemaError as error:
        return str(error.message)
    return None


def keys_in(value: object, *, but: object = None) -> list[str]:
    """The keys in a field that names one record or several; those in `but` are left out."""
    known = keys_in(but) if but is not None else []
    several = cast(Sequence[object], value) if isinstance(value, list | tuple) else (value,)
    return [it for it in several if isinstance(it, str) and it and it not in known]


def invalid(problems: Mapping[str, str]) -> Refusal:
    """The refusal that names each field with its problem."""
    told = "; ".join(f"{name or 'the form'}: {problem}" for name, problem in problems.items())
    return Refusal("invalid", told, "Correct these fields and send the form again.", problems)


def _unkeepable(value: object, path: str, depth: int = 0) -> Iterator[tuple[str, str]]:
    parts = _parts(value) if depth < _DEEPEST else None
    if parts is not None:
        for name, part in parts:
            yield from _unkeepable(name, f"{path}/{name}".lstrip("/"))
            yield from _unkeepable(part, f"{path}/{name}".lstrip("/"), depth + 1)
        return
    try:
        jsonb.exact(value)
    except NotJson as error:
        yield path, str(error)


def _parts(value: object) -> Sequence[tuple[str, object]] | None:
    if isinstance(value, Mapping):
        named = cast(Mapping[object, object], value)
        return [(str(name), part) for name, part in named.items()]
    if isinstance(value, list | tuple):
        listed = cast(Sequence[object], value)
        return [(str(number), part) for number, part in enumerate(listed)]
    return None


def _problems(validator: Draft202012Validator, values: object) -> dict[str, str]:
    try:
        errors = cast("list[ValidationError]", list(cast(Any, validator).iter_errors(values)))
    except PatternTooSlow as error:
        return {"": str(error)}
    problems: dict[str, str] = {}
    for error in errors:
        name, problem = explain(error)
        problems.setdefault(name, problem)
    return problems
