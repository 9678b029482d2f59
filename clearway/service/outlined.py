"""The outline of a version as rows that pages show, alone or with where a record stands."""

from collections.abc import Iterator, Mapping, Sequence

from clearway.diagrams.outline import OutlineItem, outline
from clearway.engine.model import FLOW_NODES
from clearway.service.deployed import Deployed

_NO_COUNTS: Mapping[str, int] = {}
_NO_WORDS: Mapping[str, Sequence[str]] = {}


def outlined(
    deployed: Deployed,
    *,
    tokens: Mapping[str, int] = _NO_COUNTS,
    completed: Mapping[str, int] = _NO_COUNTS,
    flows: Mapping[str, int] = _NO_COUNTS,
    waiting: Mapping[str, Sequence[str]] = _NO_WORDS,
    faults: Mapping[str, Sequence[str]] = _NO_WORDS,
) -> list[Mapping[str, object]]:
    """Each thing of the diagram in the order in which it is read.

    A row has `id`, `kind` (as in BPMN), `called` (the kind in words), `name`, `level`, `role`,
    `waits_for`, `state`, `documentation`, `next` (flow, element, to, name, condition, is_default,
    taken), `is_node`, and of a record `tokens`, `completed`, `waiting` and `faults`.
    """
    forms = {
        it.id: str(form.schema.get("title") or it.name or it.id)
        for it in deployed.elements.values()
        if (form := deployed.form_of(it.id)) is not None
    }
    return [
        _row(deployed, it)
        | {
            "next": list(_next(it, flows)),
            "tokens": tokens.get(it.element, 0),
            "completed": completed.get(it.element, 0),
            "waiting": list(waiting.get(it.element, ())),
            "faults": list(faults.get(it.element, ())),
        }
        for it in outline(deployed.blueprint.xml, forms)
    ]


def _row(deployed: Deployed, it: OutlineItem) -> dict[str, object]:
    info = deployed.elements.get(it.element)
    return {
        "id": it.element,
        "kind": info.kind if info else it.kind,
        "called": it.kind,
        "name": it.name or it.element,
        "level": it.level,
        "role": (info.role if info else None) or it.who or None,
        "waits_for": list(it.waits_for),
        "state": it.state or None,
        "documentation": it.documentation,
        "is_node": info is not None and info.kind in FLOW_NODES,
    }


def _next(it: OutlineItem, flows: Mapping[str, int]) -> Iterator[Mapping[str, object]]:
    for way in it.next:
        yield {
            "flow": way.flow,
            "element": way.element,
            "to": way.to,
            "name": way.name,
            "condition": way.condition,
            "is_default": way.is_default,
            "taken": flows.get(way.flow, 0),
        }
