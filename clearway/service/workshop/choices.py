"""What an editor can choose from in a draft: roles, forms, decisions, fields and all the rest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from clearway.decisions import Decisions
from clearway.engine.examine import Examined
from clearway.engine.model import Node
from clearway.engine.values import Surroundings
from processes.links import NAMES as LINKS


@dataclass(frozen=True)
class FieldChoice:
    """A field of the record: `schema` as in record.json, `type` in one word."""

    name: str
    type: str
    title: str
    schema: Mapping[str, object]


@dataclass(frozen=True)
class FormChoice:
    """A form of the draft, by its path, with the fields that it asks for."""

    path: str
    fields: Sequence[str]


@dataclass(frozen=True)
class DecisionChoice:
    """A decision of the draft: what it is asked by, and the fields that it gives."""

    id: str
    name: str
    file: str
    inputs: Sequence[str]
    outputs: Sequence[str]


@dataclass(frozen=True)
class StepChoice:
    """A step of the catalogue; `about` is what its function says of itself."""

    value: str
    about: str


@dataclass(frozen=True)
class Choices:
    """Everything that a diagram of this draft can name, each list in order."""

    roles: Sequence[str]
    groups: Sequence[str]
    rules: Sequence[str]
    steps: Sequence[StepChoice]
    decisions: Sequence[DecisionChoice]
    forms: Sequence[FormChoice]
    fields: Sequence[FieldChoice]
    states: Sequence[str]
    templates: Sequence[str]
    calendars: Sequence[str]
    processes: Sequence[str]
    called: Sequence[str]
    links: Sequence[str]


def choices_of(
    examined: Examined,
    surroundings: Surroundings,
    *,
    groups: Sequence[str],
    processes: Sequence[str],
    steps: Mapping[str, str],
) -> Choices:
    """The choices of a draft; `processes` are those that run here, `steps` name -> about."""
    nodes = list(_nodes(examined))
    own = examined.bundle.process
    called = sorted(
        name for diagram in examined.diagrams.values() for name in diagram.processes if name != own
    )
    return Choices(
        roles=sorted(surroundings.roles or ()),
        groups=sorted(groups),
        rules=sorted(surroundings.rules),
        steps=[StepChoice(name, steps.get(name, "")) for name in sorted(surroundings.steps)],
        decisions=_decisions(examined),
        forms=_forms(examined),
        fields=_fields(examined.record_schema),
        states=sorted({node.own["state"] for node in nodes if node.own.get("state")}),
        templates=sorted(examined.templates),
        calendars=sorted(examined.calendars),
        processes=sorted({*processes, own}),
        called=called,
        links=list(LINKS),
    )


def _nodes(examined: Examined) -> list[Node]:
    return [
        node
        for diagram in examined.diagrams.values()
        for process in diagram.processes.values()
        for node in process.all_nodes()
    ]


def _decisions(examined: Examined) -> list[DecisionChoice]:
    found = (
        _decision(file, identifier)
        for _name, file in sorted(examined.decision_files.items())
        for identifier in file.ids
    )
    return sorted(found, key=lambda it: it.id)


def _decision(file: Decisions, identifier: str) -> DecisionChoice:
    decision = file.decisions[identifier]
    inputs = sorted({".".join(path) for path in decision.paths})
    return DecisionChoice(identifier, decision.name, file.file, inputs or [], [*decision.outputs])


def _forms(examined: Examined) -> list[FormChoice]:
    return [
        FormChoice(path, [str(name) for name in _properties(form)])
        for path, form in sorted(examined.forms.items())
    ]


def _fields(schema: Mapping[str, Any]) -> list[FieldChoice]:
    return [
        _field(str(name), cast(Mapping[str, Any], shape))
        for name, shape in _properties(schema).items()
        if isinstance(shape, dict)
    ]


def _field(name: str, shape: Mapping[str, Any]) -> FieldChoice:
    return FieldChoice(name, _type(shape), str(shape.get("title", "")), shape)


def _properties(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    found = schema.get("properties")
    return found if isinstance(found, dict) else {}  # pyright: ignore[reportUnknownVariableType] keys of JSON are text


def _type(shape: Mapping[str, Any]) -> str:
    kind = shape.get("type", "anything")
    return str(shape.get("format") or kind) if isinstance(kind, str) else "anything"
