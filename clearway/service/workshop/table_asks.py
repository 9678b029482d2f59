"""What a decision asks of whoever tries it: each value by its path, with its kind and choices."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from clearway.decisions import Decisions
from clearway.decisions.check.kinds import constraints_of, kind_of, type_of_path
from clearway.decisions.model import Decision, Input, Table
from clearway.engine.expressions import BUILT_IN_NAMES
from clearway.feel import FeelError, UnaryTests, compile_expression, feel_text
from clearway.feel.temporal import at_literal
from clearway.feel.types import Type
from clearway.feel.values import number_of

Path = tuple[str, ...]

KINDS: Mapping[str, str] = {
    "number": "number",
    "string": "text",
    "boolean": "truth",
    "date": "day",
    "date and time": "instant",
    "time": "time",
    "days and time duration": "duration",
    "years and months duration": "duration",
}
"""The kind of a FEEL value -> the word that the page knows; all else is asked for as FEEL."""

_OF_SCHEMA = {"number": "number", "integer": "number", "string": "text", "boolean": "truth"}
_OF_FORMAT = {"date": "day", "date-time": "instant", "time": "time", "duration": "duration"}
_GIVEN = BUILT_IN_NAMES - {"record"}
"""What a process brings by itself, the time among it."""
_MOST_VALUES = 50


@dataclass(frozen=True)
class Ask:
    """One value: its path such as `record.impact`, what it is called, its kind, its choices."""

    path: str
    label: str
    kind: str
    values: Sequence[str] = ()


class WrongInput(Exception):
    """What was typed is no value of the kind that is asked for."""


def asks_of(decisions: Decisions, decision_id: str, record: Mapping[str, Any]) -> list[Ask]:
    """What has to be given for a decision and all that it needs; `record` is its schema."""
    needed = list(_with_needed(decisions, decision_id))
    made = {each.variable for each in needed}
    made |= {each.name for each in (*decisions.knowledge.values(), *decisions.services.values())}
    paths = {path: None for each in needed for path in sorted(each.paths)}
    for each in needed:
        for identity in each.needs.inputs:
            if identity in decisions.inputs:
                paths.setdefault((decisions.inputs[identity].name,), None)
    asked = [it for it in paths if it[0] not in made and it[0] not in _GIVEN]
    columns = {_squeezed(it.text): it for each in needed for it in _columns(each)}
    whole = sorted(_without_inner(asked), key=lambda it: _place(it, columns))
    return [_ask(decisions, it, columns.get(".".join(it)), record) for it in whole]


def context_of(
    asks: Sequence[Ask], given: Mapping[str, str]
) -> tuple[dict[str, object], dict[str, str]]:
    """What was typed as the names that a decision sees, and by path what is wrong with it."""
    context: dict[str, object] = {}
    problems: dict[str, str] = {}
    for ask in asks:
        try:
            value = _value(ask, given.get(ask.path, "").strip())
        except WrongInput as error:
            problems[ask.path] = str(error)
            continue
        *above, last = ask.path.split(".")
        inside = context
        for name in above:
            inside = cast(dict[str, object], inside.setdefault(name, {}))
        inside[last] = value
    return context, problems


def _with_needed(decisions: Decisions, decision_id: str) -> Iterator[Decision]:
    """A decision and those of this file that it needs, each once."""
    waiting, seen = [decision_id], {decision_id}
    while waiting:
        decision = decisions.decisions.get(waiting.pop(0))
        if decision is None:
            continue
        yield decision
        more = [it for it in decision.needs.decisions if it not in seen]
        seen |= set(more)
        waiting += more


def _columns(decision: Decision) -> Sequence[Input]:
    return decision.logic.inputs if isinstance(decision.logic, Table) else ()


def _without_inner(paths: Sequence[Path]) -> list[Path]:
    """The deepest values that are asked for; a name that is asked for whole only where nothing of
    it is asked for by itself."""
    outer = {path[:end] for path in paths for end in range(1, len(path))}
    return [path for path in dict.fromkeys(paths) if path not in outer]


def _place(path: Path, columns: Mapping[str, Input]) -> int:
    """Where the first column stands that asks for it."""
    name = ".".join(path)
    return next((at for at, text in enumerate(columns) if name in text), len(columns))


def _ask(decisions: Decisions, path: Path, column: Input | None, record: Mapping[str, Any]) -> Ask:
    known = {each.name: each.type for each in decisions.inputs.values()}
    wanted: Type | None = type_of_path(path, known, decisions.types)
    if wanted is None and column is not None:
        wanted = column.type
    kind = KINDS.get(kind_of(wanted, decisions.types) or "", "")
    field = _field(record, path)
    tests = [] if column is None or column.allowed is None else [column.allowed]
    values = _values([*tests, *constraints_of(wanted, decisions.types)])
    kind = kind or _kind_of_field(field) or "feel"
    if kind == "truth":
        values = ["true", "false"]
    elif not values:
        values = [feel_text(it) for it in _choices(field)]
    label = column.label if column is not None else str(field.get("title") or ".".join(path))
    return Ask(".".join(path), label, kind, tuple(values))


def _values(allowed: Sequence[UnaryTests]) -> list[str]:
    """The allowed values as FEEL, where they can be listed."""
    for tests in allowed:
        breaks = tests.breaks()
        if breaks.exact and not breaks.limits and 0 < len(breaks.values) <= _MOST_VALUES:
            return [feel_text(it) for it in breaks.values if tests.matches(it, {}) is True]
    return []


def _field(record: Mapping[str, Any], path: Path) -> Mapping[str, Any]:
    """The schema of `record.a.b`; nothing for all that is no field."""
    found: Mapping[str, Any] = record if path[0] == "record" else {}
    for name in path[1:]:
        found = _inside(_inside(found, "properties"), name)
    return found


def _inside(schema: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found: object = schema.get(name)
    return cast(Mapping[str, Any], found) if isinstance(found, dict) else {}


def _kind_of_field(field: Mapping[str, Any]) -> str:
    return _OF_FORMAT.get(str(field.get("format"))) or _OF_SCHEMA.get(str(field.get("type")), "")


def _choices(field: Mapping[str, Any]) -> Sequence[object]:
    listed: object = field.get("enum")
    if not isinstance(listed, list):
        options: object = field.get("oneOf")
        parts = cast(list[object], options) if isinstance(options, list) else []
        listed = [
            cast(Mapping[str, object], it)["const"]
            for it in parts
            if isinstance(it, dict) and "const" in it
        ]
    found = [it for it in cast(list[object], listed) if isinstance(it, str | int | float | bool)]
    return [it if isinstance(it, str | bool) else Decimal(str(it)) for it in found][:_MOST_VALUES]


def _value(ask: Ask, text: str) -> object:
    """Raises WrongInput."""
    if not text:
        return None
    if ask.values or ask.kind == "feel":
        return _feel(text)
    if ask.kind == "number":
        return _number(text)
    if ask.kind != "text" and at_literal(text) is None:
        raise WrongInput(f"`{text}` is no {ask.kind}.")
    return text


def _number(text: str) -> object:
    try:
        found = number_of(text)
    except (ArithmeticError, ValueError):
        found = None
    if not isinstance(found, Decimal) or not found.is_finite():
        raise WrongInput(f"`{text}` is no number.")
    return found


def _feel(text: str) -> object:
    try:
        return compile_expression(text).evaluate({})
    except FeelError as error:
        raise WrongInput(f"{error.cause}.") from error


def _squeezed(text: str) -> str:
    return "".join(text.split())
