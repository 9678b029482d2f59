"""Reads a scenario file: its steps in order, each with its line, and what is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, cast

import yaml

from clearway.engine.yaml_problem import yaml_problem
from clearway.errors import ClearwayError
from clearway.store import jsonb

_TOP = frozenset({"scenario", "start", "as", "event", "at", "registry", "steps"})
_REGISTRY = frozenset({"people", "groups", "services", "absences"})
_ALLOWED: Mapping[str, frozenset[str]] = {
    "complete": frozenset({"as", "with"}),
    "claim": frozenset({"as"}),
    "unclaim": frozenset({"as"}),
    "assign": frozenset({"as", "to"}),
    "send": frozenset({"as", "with"}),
    "comment": frozenset({"as", "public"}),
    "vote": frozenset({"as", "seat", "reason", "conditions"}),
    "cancel": frozenset({"as"}),
    "step": frozenset({"answers", "fails", "waits"}),
    "pass": frozenset({"calendar"}),
    "refused": frozenset[str](),
    "linked": frozenset[str](),
    "expect": frozenset[str](),
}
_EXPECTED = frozenset(
    {"state", "record", "waiting", "ended", "told", "told_to", "faults", "assignee", "sent", "due"}
)


class _Exact(yaml.SafeLoader):
    """Reads numbers with a point as they are written: a float would round them."""


def _number(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> object:
    try:
        return Decimal(str(node.value))
    except InvalidOperation:
        # YAML has more ways to write one, such as 1_000.5 and .inf.
        return cast(Any, loader).construct_yaml_float(node)


_Exact.add_constructor("tag:yaml.org,2002:float", _number)  # pyright: ignore[reportUnknownMemberType] its stubs are partial


class ScenarioError(ClearwayError):
    """A scenario cannot be read or did not go as it says; the text begins with its line."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(f"line {line}: {text}")
        self.line, self.text = line, text


@dataclass(frozen=True)
class Step:
    """One line of a scenario: what is done, and the words beside it."""

    line: int
    kind: str
    what: object
    words: Mapping[str, object]

    def text(self, name: str) -> str | None:
        """A word beside it as text."""
        value = self.words.get(name)
        return None if value is None else str(value)

    def values(self, name: str) -> Mapping[str, object]:
        """Values beside it; raises ScenarioError when they are no mapping."""
        return _mapping(self.words.get(name), self.line, name)


@dataclass(frozen=True)
class Scenario:
    """A scenario as written. `people` empty: everybody has every role of the process."""

    name: str
    line: int
    start: Mapping[str, object]
    person: str | None
    event: str | None
    at: datetime | None
    people: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    groups: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    absences: Mapping[str, str] = field(default_factory=dict[str, str])
    steps: Sequence[Step] = ()


def read_scenario(content: bytes) -> Scenario:
    """The scenario of a file; raises ScenarioError."""
    try:
        _refuse_aliases(content.decode())
        root = cast(
            "yaml.Node | None",
            yaml.compose(content.decode(), Loader=yaml.SafeLoader),  # pyright: ignore[reportUnknownMemberType] its stubs are partial
        )
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        line, problem = yaml_problem(error)
        raise ScenarioError(line, f"This is no YAML: {problem}.") from error
    if not isinstance(root, yaml.MappingNode):
        raise ScenarioError(1, "A scenario is a mapping that begins with `scenario:`.")
    top = _mapping(_plain(root), 1, "scenario")
    return scenario_of(top, [_step(node) for node in _step_nodes(root)])


def scenario_of(top: Mapping[str, object], steps: Sequence[Step]) -> Scenario:
    """The scenario of what stands in a file, with its steps read; raises ScenarioError."""
    _refuse_others(top, _TOP, 1, "A scenario")
    registry = _mapping(top.get("registry"), 1, "registry")
    _refuse_others(registry, _REGISTRY, 1, "registry")
    return Scenario(
        name=str(top.get("scenario") or "without a name"),
        line=1,
        start=_mapping(top.get("start"), 1, "start"),
        person=cast("str | None", top.get("as")),
        event=cast("str | None", top.get("event")),
        at=_instant(top.get("at")),
        people=_sets(registry.get("people")),
        groups=_sets(registry.get("groups")),
        absences=cast(Mapping[str, str], _mapping(registry.get("absences"), 1, "absences")),
        steps=steps,
    )


def _step_nodes(root: yaml.MappingNode) -> Sequence[yaml.Node]:
    pairs = cast("list[tuple[yaml.Node, yaml.Node]]", root.value)
    for name, value in pairs:
        if name.value != "steps":
            continue
        if not isinstance(value, yaml.SequenceNode):
            line = int(value.start_mark.line) + 1
            raise ScenarioError(line, "`steps` is a list; begin each step with `- `.")
        return cast(Sequence[yaml.Node], value.value)
    return ()


def _refuse_aliases(text: str) -> None:
    """A few nested aliases stand for millions of values, and no scenario needs one."""
    for token in yaml.scan(text, Loader=yaml.SafeLoader):  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] its stubs are partial
        if isinstance(token, yaml.AliasToken):
            line = int(token.start_mark.line) + 1  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType] its stubs are partial
            raise ScenarioError(line, "A scenario has no aliases (`*name`); write it out.")


def _step(node: yaml.Node) -> Step:
    line = int(node.start_mark.line) + 1
    return step_of(_mapping(_plain(node), line, "A step"), line)


def step_of(given: Mapping[str, object], line: int) -> Step:
    """One step with the words beside it; raises ScenarioError for what no step may have."""
    words = dict(given)
    kinds = [name for name in words if name in _ALLOWED]
    # `step` may stand beside nothing else; `assign: x, to: y` and the like are words of one kind.
    if len(kinds) != 1:
        raise ScenarioError(
            line, f"A step does one of {', '.join(_ALLOWED)}; this has {', '.join(words)}."
        )
    kind = kinds[0]
    what = words.pop(kind)
    _refuse_others(words, _ALLOWED[kind], line, kind)
    if kind in ("vote", "linked"):
        _mapping(what, line, kind)
    if kind == "expect":
        _refuse_others(_mapping(what, line, "expect"), _EXPECTED, line, "expect")
    return Step(line, kind, what, words)


def _plain(node: yaml.Node) -> object:
    """The node as JSON would have it: dates as text, numbers exact."""
    loader = _Exact("")
    return jsonb.exact(cast(Any, loader).construct_document(node))


def _refuse_others(
    words: Mapping[str, object], allowed: frozenset[str], line: int, what: str
) -> None:
    others = sorted(set(words) - allowed)
    if others:
        known = ", ".join(sorted(allowed)) or "nothing else"
        raise ScenarioError(line, f"{what} knows no {', '.join(others)}; it knows {known}.")


def _mapping(value: object, line: int, what: str) -> Mapping[str, object]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ScenarioError(line, f"{what} must be a mapping of names to values.")
    return {str(name): item for name, item in cast("dict[object, object]", value).items()}


def _sets(value: object) -> Mapping[str, frozenset[str]]:
    found = _mapping(value, 1, "registry")
    return {name: frozenset(cast("list[str]", items or [])) for name, items in found.items()}


def _instant(value: object) -> datetime | None:
    if value is None:
        return None
    try:
        instant = datetime.fromisoformat(str(value))
    except ValueError as error:
        raise ScenarioError(1, f"`at` is no instant: {value}.") from error
    if instant.tzinfo is None:
        raise ScenarioError(1, "`at` needs a time zone, such as 2026-03-02T09:00:00Z.")
    return instant
