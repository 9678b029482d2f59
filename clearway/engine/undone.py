"""Which activity stands behind a boundary event that only says how something is undone."""

from clearway.engine.blueprint import Blueprint
from clearway.engine.specs.activities import ActivitySpec
from clearway.engine.specs.events import BoundarySpec


def undone_by(blueprint: Blueprint, boundary: str) -> str | None:
    """The activity that undoes what this boundary event is attached to; None for other events."""
    spec = blueprint.nodes.get(boundary)
    if not isinstance(spec, BoundarySpec) or spec.node.event.kind != "compensate":
        return None
    host = blueprint.nodes.get(spec.node.attached_to or "")
    undo = host.undo if isinstance(host, ActivitySpec) else None
    return undo.name if undo else None
