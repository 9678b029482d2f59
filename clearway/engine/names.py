"""What an expression can see from where it stands: record, variables and what a loop brings."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from clearway.engine import loop_names
from clearway.engine.token import Token
from clearway.engine.values import ProcessFault, RecordChange, Value
from clearway.feel import FeelError, encode

if TYPE_CHECKING:
    from clearway.engine.instance import Instance, Running


class Names(Mapping[str, Value]):
    """Looked up one by one, so that nothing is copied: extra names, loops, variables, record.

    A variable that the diagram sets somewhere, but that has no value yet, is null.
    """

    def __init__(
        self, instance: "Instance", holder: "Token | Running", extra: Mapping[str, Value] | None
    ) -> None:
        self._instance = instance
        self._holder = holder
        self._extra = extra or {}
        self._local: dict[str, Value] | None = None

    def __getitem__(self, name: str) -> Value:
        if name in self._extra:
            return self._extra[name]
        if name == "record":
            return self._instance.record
        local = self._locals()
        if name in local:
            return local[name]
        if name in self._instance.variables:
            return self._instance.variables[name]
        if name in self._instance.blueprint.variables:
            return None
        if name == "now":
            return self._instance.world.now
        if name == "key":
            return self._instance.world.key
        if name == "linked":
            return self._instance.world.linked
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        known = (
            self._extra,
            {"record"},
            self._locals(),
            self._instance.variables,
            self._instance.blueprint.variables,
            ("now", "key", "linked"),
        )
        yield from dict.fromkeys(name for names in known for name in names)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _locals(self) -> dict[str, Value]:
        if self._local is None:
            self._local = {}
            for token in holders(self._instance, self._holder):
                for name, value in loop_names.local_names(self._instance, token).items():
                    self._local.setdefault(name, value)
        return self._local


def holders(instance: "Instance", holder: "Token | Running") -> "Iterator[Token]":
    """The token itself and the tokens of the activities around it, inner first."""
    scope: Any = holder
    if isinstance(holder, Token):
        yield holder
        scope = holder.workflow
    while scope is not instance:
        owner = instance.tokens[scope.id]
        yield owner
        scope = owner.workflow


def assign(instance: "Instance", token: "Token", target: str, value: Value) -> None:
    """Write a result: `record.<field>`, a name that a loop keeps to itself, or a variable."""
    element = token.task_spec.name
    check_storable(element, target, value)
    if target.startswith("record."):
        write_field(instance, element, target.removeprefix("record."), value)
        return
    for holder in holders(instance, token):
        if loop_names.keeps(instance, holder, target):
            loop_names.keep(holder, target, value)
            return
    instance.variables[target] = value


def write_field(instance: "Instance", element: str, name: str, value: Value) -> None:
    """Write a field of the record and remember the change."""
    schema = instance.blueprint.record_schema
    if schema and name not in schema.get("properties", {}):
        raise ProcessFault(
            element,
            f"The record has no field `{name}`.",
            "Declare it in record.json, or correct the name in the diagram or the table.",
        )
    check_storable(element, name, value)
    before = instance.record.get(name)
    instance.record[name] = value
    if before != value or isinstance(before, bool) != isinstance(value, bool):
        instance.effects.record_changes.append(RecordChange(name, before, value, element))


def check_storable(element: str, name: str, value: Value) -> None:
    """Raises ProcessFault for a value that cannot be kept, such as a function."""
    try:
        encode(value)
    except FeelError as error:
        raise ProcessFault(
            element, f"`{name}` cannot be kept: {error}.", "Correct the expression in the diagram."
        ) from error
