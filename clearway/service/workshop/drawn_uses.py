"""How the diagrams of a draft use its messages and calendars: where, and with which values."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from clearway.engine.examine import examine
from clearway.engine.model import Node
from clearway.engine.values import Bundle
from clearway.service.workshop.message_samples import fields_of


@dataclass(frozen=True)
class Given:
    """A value that an element gives: its name, the expression, the title of the field it is."""

    name: str
    expression: str
    title: str


@dataclass(frozen=True)
class Sender:
    """An element that sends a message."""

    element: str
    name: str
    file: str
    template: str
    to: str
    gives: Sequence[Given]


@dataclass(frozen=True)
class Timed:
    """An element that counts its time by a calendar."""

    element: str
    name: str
    file: str
    calendar: str


@dataclass(frozen=True)
class Drawn:
    """What the diagrams of a draft say of messages and calendars.

    `schema`: of the record. `variables`: the names that the diagram sets. None can be told of a
    diagram that is not understood (`is_understood`).
    """

    is_understood: bool
    senders: Sequence[Sender]
    timed: Sequence[Timed]
    schema: Mapping[str, Any]
    variables: frozenset[str]


def drawn_in(bundle: Bundle) -> Drawn:
    """What the diagrams of this bundle say; from a cache while they are the same."""
    kept = (".bpmn", f"{bundle.process}/record.json")
    files = tuple((path, data) for path, data in bundle.files.items() if path.endswith(kept))
    return _drawn(bundle.process, files)


def gives_by_name(senders: Sequence[Sender]) -> dict[str, list[Sender]]:
    """Each value with the elements that give it."""
    found: dict[str, list[Sender]] = {}
    for sender in senders:
        for given in sender.gives:
            found.setdefault(given.name, []).append(sender)
    return found


@lru_cache(maxsize=16)
def _drawn(process: str, files: tuple[tuple[str, bytes], ...]) -> Drawn:
    draft = examine(Bundle(process, dict(files)))
    if draft.reading is None:
        return Drawn(False, (), (), draft.record_schema, frozenset())
    titles = _titles(draft.record_schema)
    nodes = [
        (draft.reading.files[scope.id], node)
        for scope in draft.reading.called()
        for node in scope.all_nodes()
    ]
    variables = frozenset[str](draft.compiled.variables if draft.compiled is not None else ())
    return Drawn(
        True,
        [_sender(file, node, titles) for file, node in nodes if node.own.get("notice")],
        list(_timed(nodes)),
        draft.record_schema,
        variables,
    )


def _sender(file: str, node: Node, titles: Mapping[str, str]) -> Sender:
    gives = [
        Given(name, text, titles.get(text.strip().removeprefix("=").strip(), ""))
        for name, text in node.inputs
    ]
    to = node.own.get("to", "")
    return Sender(node.id, node.name or node.id, file, node.own["notice"], to, gives)


def _timed(nodes: Sequence[tuple[str, Node]]) -> Iterator[Timed]:
    for file, node in nodes:
        if calendar := node.own.get("calendar"):
            yield Timed(node.id, node.name or node.id, file, calendar)


def _titles(schema: Mapping[str, Any]) -> dict[str, str]:
    """`record.<field>` -> the title of the field."""
    return {
        f"record.{name}": str(shape.get("title") or name)
        for name, shape in fields_of(schema).items()
    }
